internal import Corpus
package import Flotilla
package import StageTools

/// Decodes the sound of a video and finds where somebody speaks. A video without sound has nothing to listen to, which is no failure.
package struct ExtractAudioHandler: CacheableStage {
    package let stage: StageName = "extract_audio"
    package let engine: String
    private let listener: RecordingListener

    package init(tools: ToolBox, source: SourceFile, limits: MediaLimits, engine: String) {
        self.listener = RecordingListener(tools: tools, source: source, limits: limits)
        self.engine = engine
    }

    package var isExpensive: Bool { true }

    package func cacheInputs(_ context: StageContext) async throws -> StageInputs? {
        StageInputs(outputs: ["probe"], parameters: self.listener.parameters)
    }

    package func run(_ context: StageContext) async throws -> StageOutput {
        let media = try MediaFile(stage: "probe", in: context)
        guard media.audio != nil else {
            return StageOutput(body: AudioPlan(decodedMs: 0, segments: [], warnings: ["The video has no sound."]).bytes)
        }
        let samples: SampleFile
        do {
            samples = try await self.listener.samples(of: media, context)
        } catch let failure as StageFailure where failure.code == .corrupt {
            // The pictures may still be read.
            let plan = AudioPlan(decodedMs: 0, segments: [], warnings: ["The sound cannot be decoded."], isPartial: true)
            return StageOutput(body: plan.bytes, isPartial: true)
        }
        let plan = try self.listener.plan(samples, of: media)
        let levels = try LoudnessMeter.measure(samples)
        var metrics = [
            "seconds": Double(plan.decodedMs) / 1000, "segments": Double(plan.segments.count),
            "speech_seconds": plan.segments.reduce(0.0) { $0 + Double($1.duration) / 1000 },
        ]
        metrics["loudness_lufs"] = levels.loudness
        metrics["peak_dbfs"] = levels.peak
        return StageOutput(body: plan.bytes, metrics: metrics, isPartial: plan.isPartial)
    }
}
