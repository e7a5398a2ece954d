@testable import AudioStages
import Corpus
import Flotilla
import FlotillaTesting
import Foundation
import JSONText
import ObjectStorage
@testable import StageTools
import Subprocess
import Testing
import Threading

@Suite struct CachedRecordingTests {
    private let programs = Lock<[String]>([])
    private let cache = InMemoryStageCache()

    private func trial(_ root: String, language: String? = nil, limits: MediaLimits = MediaLimits()) async -> PipelineTrial {
        var tools = AudioHarness.tools
        let programs = self.programs
        tools.willRun = { program, _ in programs.withLock { $0.append(program) } }
        var configuration = AudioPipeline.Configuration(
            storage: StorageRouter(files: FileStorage(root: root)), tools: tools, recognizer: PocketsphinxRecognizer(tools: tools))
        configuration.defaultLanguage = language
        configuration.limits = limits
        return PipelineTrial(
            await AudioPipeline.handlers(configuration), queue: "audio_queue", cache: self.cache,
            withWorkDirectory: { body in
                try await WorkDirectory.with(under: NSTemporaryDirectory()) { try await body($0.path) }
            })
    }

    private func message(_ name: String, tenant: String = "t", extra: [JSONValue.Member] = []) -> [UInt8] {
        JSONValue.object(
            [.init("job_id", .string("job of \(name)")), .init("tenant_id", .string(tenant)), .init("gcs_path", .string(name))] + extra
        ).jsonBytes
    }

    private func children(_ trial: PipelineTrial, _ message: [UInt8]) async throws -> [String] {
        self.programs.withLock { $0 = [] }
        guard case .completed = try await trial.run(message) else { return ["not completed"] }
        return self.programs.withLock { $0 }
    }

    @Test func `a recording that was heard is not heard again, and what was lost of it is made again from the file`() async throws {
        try await AudioHarness.withDirectory { directory in
            try await AudioHarness.speak(AudioHarness.sentence, to: directory + "/a.wav")
            try FileManager.default.copyItem(atPath: directory + "/a.wav", toPath: directory + "/b.mp3")
            let trial = await self.trial(directory)
            let made = try await self.children(trial, self.message("a.wav"))
            #expect(made.contains("ffprobe") && made.contains("pocketsphinx_continuous"))
            #expect(try await self.children(trial, self.message("b.mp3")).isEmpty)
            let outputs = try AudioPipeline.stages.map { try trial.stage($0, of: self.message("a.wav"))?.output?.body }
            #expect(try AudioPipeline.stages.map { try trial.stage($0, of: self.message("b.mp3"))?.output?.body } == outputs)
            #expect(try await self.children(trial, self.message("b.mp3", tenant: "u")) == made)

            // Its samples were left by no earlier stage: the transcript is made from the file all the same.
            self.cache.evict(try #require(self.cache.keys.first { $0.stage == "transcribe" && $0.tenant == "t" }))
            let third = self.message("a.wav", extra: [.init("filename", "third")])
            #expect(try await Set(self.children(trial, third)) == ["ffmpeg", "pocketsphinx_continuous"])
            #expect(try trial.stage("transcribe", of: third)?.output?.body == outputs[1])
        }
    }

    @Test func `the language and the limits are part of what a transcript depends on`() async throws {
        try await AudioHarness.withDirectory { directory in
            try await AudioHarness.speak("The children played.", to: directory + "/a.wav")
            let first = await self.trial(directory)
            _ = try await self.children(first, self.message("a.wav"))
            let german = self.message("a.wav", extra: [.init("language", "de"), .init("filename", "german")])
            #expect(try await self.children(first, german).contains("pocketsphinx_continuous"))
            // The same by the settings: it is the language that counts and not who said it.
            let byDefault = await self.trial(directory, language: "deu")
            #expect(try await self.children(byDefault, self.message("a.wav")).isEmpty)
            let shorter = await self.trial(directory, limits: MediaLimits(duration: .seconds(60)))
            #expect(try await self.children(shorter, self.message("a.wav")).contains("ffprobe"))
            let engine = PocketsphinxRecognizer(tools: AudioHarness.tools).engine
            #expect(engine.hasPrefix("pocketsphinx en-us ") && engine.utf8.count == "pocketsphinx en-us ".utf8.count + 17)
        }
    }
}
