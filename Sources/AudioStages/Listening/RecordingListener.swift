internal import Corpus
internal import Flotilla
internal import ObjectStorage
internal import StageTools

/// Decodes the recording of a job and finds where somebody speaks.
struct RecordingListener: Sendable {
    let tools: ToolBox
    let source: SourceFile
    let limits: MediaLimits

    /// What the samples and the plan depend on, besides the file.
    var parameters: [String: String] {
        ["limit": "\(self.limits.duration.components.seconds)", "decoder": self.tools.stamp(of: ["ffmpeg"])]
    }

    /// The decoded samples; made again when no earlier stage of this delivery has left them.
    ///
    /// - Throws: ``StageFailure``, also when the file is another one than was probed.
    func samples(of media: MediaFile, _ context: StageContext) async throws -> SampleFile {
        if let samples = SampleFile(AudioDecoder.target(context.workDirectory)) { return samples }
        let (path, fetched) = try await self.source.fetch(context)
        if let fetched, fetched.sha256 != media.sha256 {
            throw StageFailure(.badInput, "The file changed after it was examined. Submit it again with a new processing version.")
        }
        return try await AudioDecoder(tools: self.tools, limits: self.limits).decode(
            path, channels: media.audio?.channels ?? 1, into: context.workDirectory)
    }

    /// What there is to listen to.
    func plan(_ samples: SampleFile, of media: MediaFile) throws -> AudioPlan {
        let detector = try SpeechDetector(samples)
        var plan = AudioPlan(
            decodedMs: samples.durationMs, segments: StretchPlanner().plan(detector, durationMs: samples.durationMs))
        // Half a second is what encoders add or drop at the ends.
        if let claimed = media.durationMs, plan.decodedMs < claimed / 100 * 95, claimed - plan.decodedMs > 500 {
            plan.isPartial = true
            plan.warnings.append(
                "The file says that it lasts \(ClockText.of(claimed)), but only \(ClockText.of(plan.decodedMs)) could be decoded: it is damaged or cut off."
            )
        }
        return plan
    }
}
