@testable import AudioStages
import Corpus
import Flotilla
import Foundation
import ObjectStorage
@testable import StageTools
import Testing

@Suite struct AudioPipelineTests {
    @Test func `a recording goes through all stages and its chunks know their times`() async throws {
        try await AudioHarness.withDirectory { directory in
            let path = directory + "/a.wav"
            try await AudioHarness.speak(AudioHarness.sentence, to: path)
            var configuration = AudioPipeline.Configuration(
                storage: StorageRouter(files: FileStorage(root: directory)), tools: AudioHarness.tools,
                recognizer: RecognizerChoice.pocketsphinx.recognizer(tools: AudioHarness.tools))
            configuration.defaultLanguage = "en"
            let handlers = await AudioPipeline.handlers(configuration)
            #expect(handlers.map(\.stage) == AudioPipeline.stages)
            #expect(handlers.allSatisfy { !$0.engine.isEmpty })
            var outputs: [StageName: StageOutput] = [:]
            try await AudioHarness.withDirectory { work in
                for handler in handlers {
                    outputs[handler.stage] = try await handler.run(try AudioHarness.context(path, work, outputs: outputs))
                }
            }
            let media = try MediaFile(bytes: try #require(outputs["probe"]).body)
            let document = try CleanedDocument(bytes: try #require(outputs["clean_text"]).body)
            let chunks = try ChunkedDocument(bytes: try #require(outputs["chunk"]).body).chunks
            #expect(media.sha256.count == 64)
            #expect(document.language == "en")
            #expect(!document.timeline.isEmpty)
            let time = try #require(chunks.first?.time)
            #expect(time.start < 1_000 && time.end > 3_000 && time.end <= media.durationMs ?? 0)
        }
    }
}
