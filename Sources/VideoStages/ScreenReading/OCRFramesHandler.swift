internal import AudioStages
internal import Corpus
package import Flotilla
internal import JSONText
internal import StageTools

/// Reads the text in a video's pictures and says when it can be seen.
///
/// The lines of each picture are a checkpoint: after a crash only the pictures without one are made and read again.
package struct OCRFramesHandler: CacheableStage {
    package let stage: StageName = "ocr_frames"
    package let engine: String
    private let tools: ToolBox
    private let source: SourceFile
    private let limits: MediaLimits
    private let languages: [String]

    init(tools: ToolBox, source: SourceFile, limits: MediaLimits, languages: [String], engine: String) {
        self.tools = tools
        self.source = source
        self.limits = limits
        self.languages = languages
        self.engine = engine
    }

    package func run(_ context: StageContext) async throws -> StageOutput {
        let media = try MediaFile(stage: "probe", in: context)
        let frames = try VideoFrames(stage: "keyframes", in: context).frames
        // Nothing after this stage needs the file.
        defer {
            self.source.discard(context)
            for frame in frames { FileCheck.remove("\(context.workDirectory)/\(ContactSheet.name(of: frame))") }
        }
        var found: [Int: [ScreenLine]] = [:]
        let kept = try await context.checkpoints.recall(frames.map { self.key($0, context) })
        for frame in frames { found[frame.time] = kept[self.key(frame, context)].flatMap(Self.read) }
        let waiting = frames.filter { found[$0.time] == nil }
        var failures: [StageFailure] = []
        if !waiting.isEmpty {
            let path = try await VideoSource.path(self.source, media: media, in: context)
            for (time, result) in try await self.read(waiting, of: path, media, in: context, done: frames.count - waiting.count) {
                switch result {
                case .success(let lines): found[time] = lines
                case .failure(let failure): failures.append(failure)
                }
            }
        }
        let text = Self.text(frames, found, failures)
        let metrics: [String: Double] = [
            "frames": Double(frames.count), "frames_with_text": Double(found.values.count { !$0.isEmpty }),
            "spans": Double(text.spans.count), "resumed_frames": Double(frames.count - waiting.count),
        ]
        return StageOutput(body: text.bytes, metrics: metrics, isPartial: text.isPartial)
    }

    package var isExpensive: Bool { true }

    package func cacheInputs(_ context: StageContext) async throws -> StageInputs? {
        let languages = self.languages(context)
        return StageInputs(
            outputs: ["probe", "keyframes"],
            parameters: [
                "languages": languages, "language data": OpticalLanguages.stamp(of: languages), "limit": "\(self.limits.pixels)",
                "tools": self.tools.stamp(of: ["ffmpeg"]),
            ])
    }

    private func read(
        _ frames: [VideoFrames.Frame], of path: String, _ media: MediaFile, in context: StageContext, done: Int
    ) async throws -> [(Int, Result<[ScreenLine], StageFailure>)] {
        let reader = ScreenReader(tools: self.tools, languages: self.languages(context))
        let pictures = FramePictures(tools: self.tools, path: path, container: media.container, pixels: self.limits.pixels)
        let progress = Countdown(done: done, total: done + frames.count, report: context.progress)
        return try await BoundedTasks.map(frames, atOnce: self.tools.slots) { frame in
            let target = "\(context.workDirectory)/\(ContactSheet.name(of: frame))"
            defer { FileCheck.remove(target) }
            do {
                // The stage before this one has left some of them.
                let picture: GrayPicture
                if let left = GrayPicture(contentsOf: target) {
                    picture = left
                } else {
                    picture = try await pictures.gray(frame, to: target, scratch: context.workDirectory)
                }
                let lines = try await reader.lines(in: picture, at: target)
                try await context.checkpoints.keep(Self.piece(lines), as: self.key(frame, context))
                await progress.step()
                return (frame.time, .success(lines))
            } catch let failure as StageFailure where failure.concernsFile {
                await progress.step()
                return (frame.time, .failure(failure))
            }
        }
    }

    private static func text(_ frames: [VideoFrames.Frame], _ found: [Int: [ScreenLine]], _ failures: [StageFailure]) -> ScreenText {
        var looks: [(time: TimeRange, lines: [ScreenLine])] = []
        for frame in frames { if let lines = found[frame.time] { looks += frame.shown.map { ($0, lines) } } }
        looks.sort { ($0.time.start, $0.time.end) < ($1.time.start, $1.time.end) }
        var tracker = ScreenTextTracker()
        for look in looks { tracker.look(look.lines, during: look.time) }
        var warnings = failures.prefix(5).map { "A picture could not be read: \($0.description)" }
        if failures.count > 5 { warnings.append("\(failures.count - 5) more pictures could not be read.") }
        return ScreenText(spans: tracker.finish(), warnings: warnings, isPartial: !failures.isEmpty)
    }

    /// The hash tells the pictures apart that different choices of frames took from about the same moment.
    private func key(_ frame: VideoFrames.Frame, _ context: StageContext) -> String {
        "frame-\(frame.time)-\(frame.lookAt)-\(frame.hash)-\(self.languages(context))"
    }

    private func languages(_ context: StageContext) -> String {
        OpticalLanguages.choose(hint: context.message.language, configured: self.languages)
    }

    private static func piece(_ lines: [ScreenLine]) -> [UInt8] { JSONValue.array(lines.map(\.json)).jsonBytes }

    /// Nil for a piece that cannot be read: its picture is read again.
    private static func read(_ piece: [UInt8]) -> [ScreenLine]? {
        guard let values = (try? JSONValue(parsing: piece))?.array else { return nil }
        let lines = values.compactMap(ScreenLine.init(json:))
        return lines.count == values.count ? lines : nil
    }
}

/// Counts what several tasks have done.
private actor Countdown {
    private var done: Int
    private let total: Int
    private let report: @Sendable (Int, Int) -> Void

    init(done: Int, total: Int, report: @escaping @Sendable (Int, Int) -> Void) {
        self.done = done
        self.total = total
        self.report = report
    }

    func step() {
        self.done += 1
        self.report(self.done, self.total)
    }
}
