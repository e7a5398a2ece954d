internal import Corpus
package import Flotilla
package import StageTools
internal import Subprocess

/// Recognises what is said, stretch by stretch. Each stretch is kept as soon as it is done: a run that follows a crash begins with them.
///
/// A recording in which nobody speaks gives an empty transcript with a warning; what that means is up to the stages that follow.
package struct TranscribeHandler: CacheableStage {
    /// Where the stretches come from.
    package enum Plan: Sendable, Hashable {
        /// The stage makes the plan itself; the same file always gives the same.
        case inline
        /// An ``AudioPlan`` is the output of this stage.
        case stage(StageName)
    }

    package let stage: StageName = "transcribe"
    package var engine: String { self.recognizer.engine }
    private let tools: ToolBox
    private let listener: RecordingListener
    private let recognizer: any SpeechRecognizer
    private let plan: Plan
    private let defaultLanguage: String?

    /// - Parameter defaultLanguage: ISO 639-1, when neither the message nor the file names one.
    package init(
        tools: ToolBox, source: SourceFile, limits: MediaLimits, recognizer: any SpeechRecognizer, plan: Plan,
        defaultLanguage: String? = nil
    ) {
        self.tools = tools
        self.listener = RecordingListener(tools: tools, source: source, limits: limits)
        self.recognizer = recognizer
        self.plan = plan
        self.defaultLanguage = defaultLanguage
    }

    package func run(_ context: StageContext) async throws -> StageOutput {
        let media = try MediaFile(stage: "probe", in: context)
        let plan: AudioPlan
        switch self.plan {
        case .inline: plan = try self.listener.plan(try await self.listener.samples(of: media, context), of: media)
        case .stage(let stage): plan = try AudioPlan(stage: stage, in: context)
        }
        let language = self.language(context, media)
        var work = StretchWork(
            plan.segments, kept: try await context.checkpoints.recall(plan.segments.map { StretchWork.key($0, language: language) }),
            language: language)
        if !work.missing.isEmpty {
            let samples = try await self.listener.samples(of: media, context)
            try await self.recognize(&work, samples, language: language, context)
        }
        // Also when nothing was left to recognise: the samples are the largest file of the work directory.
        FileCheck.remove(AudioDecoder.target(context.workDirectory))
        // Of a video, the pictures are still to be looked at.
        if self.plan == .inline { self.listener.source.discard(context) }
        let transcript = try work.transcript(engine: self.engine, plan: plan)
        return StageOutput(body: transcript.bytes, metrics: work.metrics(transcript), isPartial: transcript.isPartial)
    }

    package var isExpensive: Bool { true }

    package func cacheInputs(_ context: StageContext) async throws -> StageInputs? {
        var outputs: [StageName] = ["probe"]
        if case .stage(let stage) = self.plan { outputs.append(stage) }
        let media = try MediaFile(stage: "probe", in: context)
        var parameters = self.listener.parameters
        parameters["language"] = self.language(context, media) ?? ""
        return StageInputs(outputs: outputs, parameters: parameters)
    }

    private func language(_ context: StageContext, _ media: MediaFile) -> String? {
        LanguageTag.code(context.message.language) ?? media.audio?.language ?? LanguageTag.code(self.defaultLanguage)
    }

    /// Recognises what is missing, as many stretches at once as there are slots. The first transient failure ends it; what is done is kept.
    private func recognize(_ work: inout StretchWork, _ samples: SampleFile, language: String?, _ context: StageContext) async throws {
        var next = work.missing.map { (index: $0, time: work.stretches[$0]) }.makeIterator()
        context.progress(work.secondsDone, work.seconds)
        try await withThrowingTaskGroup(of: (Int, StretchResult).self) { group in
            for _ in 0..<self.tools.slots {
                guard let stretch = next.next() else { break }
                group.addTask { (stretch.index, try await self.recognize(stretch.time, samples, language: language, context)) }
            }
            while let (index, result) = try await group.next() {
                work.finish(index, result)
                context.progress(work.secondsDone, work.seconds)
                guard let stretch = next.next() else { continue }
                group.addTask { (stretch.index, try await self.recognize(stretch.time, samples, language: language, context)) }
            }
        }
    }

    private func recognize(
        _ time: TimeRange, _ samples: SampleFile, language: String?, _ context: StageContext
    ) async throws -> StretchResult {
        try await WorkDirectory.with(under: context.workDirectory) { directory in
            let path = directory.file("stretch.wav")
            let perMillisecond = SampleFile.rate / 1000
            let sound = try samples.samples((time.start * perMillisecond)..<(time.end * perMillisecond))
            try SampleFile.writeWAV(QuietSpeech.raised(sound), to: path)
            do {
                let recognition = try await self.recognizer.recognize(
                    SpeechAudio(path: path, time: time, language: language, workDirectory: directory.path))
                let piece = Transcript(recognition, of: time, engine: self.engine)
                try await context.checkpoints.keep(piece.bytes, as: StretchWork.key(time, language: language))
                return .recognized(piece)
            } catch let failure as any FailureClassified where failure.failureClass == .permanent {
                return .failed(failure)
            }
        }
    }
}
