internal import Corpus
package import Flotilla
internal import ObjectStorage
package import StageTools
internal import Subprocess

/// Finds out what a recording is by its content; its name and the sender's MIME type decide nothing.
///
/// A header that claims more than the limit is checked by reading the file to its end without decoding. Of audio, the stage also decodes the
/// recording once: its true length, its loudness and its peak come from that, and `transcribe` of the same delivery finds the samples
/// there, so that this pass costs nothing more. Of video, the decoding is left to `extract_audio`.
package struct ProbeHandler: CacheableStage {
    /// What a recording must have.
    package enum Need: Sendable, Hashable {
        /// A track that can be heard; pictures do not matter.
        case audio
        /// Moving pictures; there may be sound.
        case video
    }

    package let stage: StageName = "probe"
    package let engine: String
    private let tools: ToolBox
    private let source: SourceFile
    private let limits: MediaLimits
    private let needs: Need

    package init(tools: ToolBox, source: SourceFile, limits: MediaLimits, needs: Need, engine: String) {
        self.tools = tools
        self.source = source
        self.limits = limits
        self.needs = needs
        self.engine = engine
    }

    package func run(_ context: StageContext) async throws -> StageOutput {
        let (path, fetched) = try await self.source.examine(context)
        guard fetched.bytes > 0 else { throw StageFailure(.empty, "The file is empty.") }
        let inspector = MediaInspector(tools: self.tools)
        let report = try await inspector.report(on: path)
        var media = MediaFile(
            mimeType: MediaContainers.mimeType(report.container, brand: report.brand, hasVideo: report.video != nil),
            container: MediaContainers.shortName(report.container, brand: report.brand), sha256: fetched.sha256, bytes: fetched.bytes,
            durationMs: report.durationMs, title: report.title, audio: report.audio, video: report.video)
        if report.audioTracks > 1 {
            media.warnings.append("The file has \(report.audioTracks) tracks with sound; the first one is listened to.")
        }
        try self.checkTracks(&media, report)
        try await self.checkDuration(&media, path, inspector)
        var metrics = ["bytes": Double(fetched.bytes)]
        if self.needs == .audio {
            FileCheck.remove(AudioDecoder.target(context.workDirectory))
            let decoder = AudioDecoder(tools: self.tools, limits: self.limits)
            let samples = try await decoder.decode(path, channels: media.audio?.channels ?? 1, into: context.workDirectory)
            let levels = try LoudnessMeter.measure(samples)
            media.audio?.loudness = levels.loudness
            media.audio?.peak = levels.peak
            metrics["decoded_seconds"] = Double(samples.durationMs) / 1000
        }
        if let duration = media.durationMs { metrics["seconds"] = Double(duration) / 1000 }
        return StageOutput(body: media.bytes, metrics: metrics)
    }

    /// Of a recording the whole is decoded.
    package var isExpensive: Bool { self.needs == .audio }

    package func cacheInputs(_ context: StageContext) async throws -> StageInputs? {
        let fetched = try await self.source.identify(context)
        return StageInputs(
            content: fetched.sha256,
            parameters: [
                "needs": "\(self.needs)", "limits": "\(self.limits.duration.components.seconds) \(self.limits.pixels)",
                "tools": self.tools.stamp(of: ["ffprobe", "ffmpeg"]),
            ])
    }

    private func checkTracks(_ media: inout MediaFile, _ report: MediaReport) throws {
        switch self.needs {
        case .audio:
            guard let track = media.audio else {
                // A picture alone is what ffmpeg takes for a video of one frame.
                let what = report.video != nil ? "a video (\(media.container)) without sound" : "a \(media.container) file without sound"
                throw StageFailure(.unsupported, "The file is \(what): it has no audio track.")
            }
            guard track.sampleRate > 0, track.channels > 0 else {
                throw StageFailure(.corrupt, "The audio track says nothing that can be believed of its samples and channels.")
            }
        case .video:
            guard let track = media.video else {
                throw StageFailure(.unsupported, "The file is a recording without pictures (\(media.container)); submit it as audio.")
            }
            let (pixels, overflow) = track.width.multipliedReportingOverflow(by: track.height)
            guard !overflow, pixels <= self.limits.pixels else {
                throw StageFailure(
                    .tooLarge, "The pictures have \(track.width)x\(track.height) pixels; the limit is \(self.limits.pixels) in all.")
            }
            if let audio = media.audio, audio.sampleRate <= 0 || audio.channels <= 0 {
                media.audio = nil
                media.warnings.append("The audio track cannot be read.")
            }
        }
    }

    /// Refuses what is longer than the limit, by its content and not by its header's word.
    private func checkDuration(_ media: inout MediaFile, _ path: String, _ inspector: MediaInspector) async throws {
        let limit = Int(self.limits.duration.components.seconds) * 1000
        guard let claimed = media.durationMs, claimed > limit else { return }
        let measured = try await inspector.measuredDuration(of: path)
        if let measured, measured <= limit {
            media.warnings.append("The file says that it lasts \(ClockText.of(claimed)), but holds \(ClockText.of(measured)).")
            return
        }
        throw StageFailure(
            .tooLarge, "The recording lasts \(ClockText.of(measured ?? claimed)); the limit is \(ClockText.of(limit)).")
    }
}
