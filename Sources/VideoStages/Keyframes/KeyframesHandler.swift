internal import AudioStages
internal import Corpus
package import Flotilla
internal import StageTools
internal import Subprocess

/// Picks the pictures that stand for a video, and makes a poster and a contact sheet of them.
///
/// A video whose pictures cannot be decoded is no failure here: what is said in it can still be had.
package struct KeyframesHandler: CacheableStage {
    package let stage: StageName = "keyframes"
    package let engine: String
    private let tools: ToolBox
    private let source: SourceFile
    private let limits: MediaLimits
    private let font: String?

    init(tools: ToolBox, source: SourceFile, limits: MediaLimits, font: String?, engine: String) {
        self.tools = tools
        self.source = source
        self.limits = limits
        self.font = font
        self.engine = engine
    }

    package var isExpensive: Bool { true }

    /// Poster and contact sheet are in the output itself.
    package func cacheInputs(_ context: StageContext) async throws -> StageInputs? {
        StageInputs(
            outputs: ["probe"],
            parameters: [
                "limits": "\(self.limits.duration.components.seconds) \(self.limits.frames) \(self.limits.pixels)",
                "font": self.font.map { FileStamp.of([$0]) } ?? "", "tools": self.tools.stamp(of: ["ffmpeg"]),
            ])
    }

    package func run(_ context: StageContext) async throws -> StageOutput {
        let media = try MediaFile(stage: "probe", in: context)
        guard let track = media.video else {
            throw StageFailure(.unsupported, "The file has no moving pictures; submit it as audio.")
        }
        let path = try await VideoSource.path(self.source, media: media, in: context)
        let pass = try await SamplePass(tools: self.tools, limits: self.limits).run(
            path, media: media, scratch: context.workDirectory, progress: context.progress)
        let chosen = FrameSelection.choose(pass.shots, rate: SamplePass.rate, maximum: self.limits.frames)
        let pictures = FramePictures(tools: self.tools, path: path, container: media.container, pixels: self.limits.pixels)
        let isUpright = (track.rotation % 180 == 0) == (track.height > track.width)
        let sheet = try await ContactSheet(tools: self.tools, pictures: pictures, font: self.font).make(
            of: chosen.frames, isUpright: isUpright, in: context.workDirectory)
        let verdict = DecodingVerdict(media: media, pass: pass, limits: self.limits)
        var warnings = verdict.warnings + sheet.warnings.prefix(5)
        if chosen.different > chosen.frames.count {
            warnings.append(
                "The video has \(chosen.different) different pictures; \(chosen.frames.count) of them, spread over its length, were kept.")
        }
        let frames = VideoFrames(
            frames: chosen.frames, poster: sheet.poster, contactSheet: sheet.sheet, decodedMs: pass.decodedMs, warnings: warnings,
            isPartial: verdict.isPartial || !sheet.warnings.isEmpty)
        let metrics: [String: Double] = [
            "frames": Double(frames.frames.count), "shots": Double(pass.shots.count), "decoded_seconds": Double(pass.decodedMs) / 1000,
            "poster_bytes": Double(sheet.poster?.count ?? 0), "contact_sheet_bytes": Double(sheet.sheet?.count ?? 0),
        ]
        return StageOutput(body: frames.bytes, metrics: metrics, isPartial: frames.isPartial)
    }
}
