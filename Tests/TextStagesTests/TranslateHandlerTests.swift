import Corpus
import Flotilla
import RemoteModels
import StageTools
import Testing
import TextStages
import Threading

@Suite struct TranslateHandlerTests {
    private let chunks = (0..<7).map { "Satz \($0)" }

    @Test func `every chunk is translated beside its original, some at once, and kept`() async throws {
        let translator = FakeTranslator(concurrency: 3) { $0.map { "EN " + $0 } }
        let harness = StageHarness()
        let (translation, output) = try await harness.translate(self.chunks, with: translator)
        #expect(translation.chunks.map(\.index) == Array(0..<7) && translation.chunks.map(\.text) == self.chunks.map { "EN " + $0 })
        #expect(translation.sourceLanguage == "de" && translation.targetLanguage == "en" && translation.engine == "fake 1 to en")
        #expect(translation.warnings.isEmpty && !output.isPartial && output.metrics["chunks"] == 7)
        #expect(harness.checkpoints.count == 7 && translator.load.withLock { $0.most } <= 3)
    }

    @Test func `the engine names the target, in one form`() {
        let translator = FakeTranslator { $0 }
        #expect(TranslateHandler(translator: translator, target: "eng").engine == "fake 1 to en")
        #expect(TranslateHandler(translator: translator, target: "en-GB").engine == "fake 1 to en")
    }

    @Test(arguments: ["en", "eng", "en-US", "und", "", "?"])
    func `a text that is in the target language or in no known one is left alone`(language: String) async throws {
        let translator = FakeTranslator { $0 }
        let (translation, output) = try await StageHarness().translate(self.chunks, language, with: translator)
        #expect(translation.chunks.isEmpty && translation.warnings.count == 1 && !output.isPartial && !translation.isPartial)
        #expect(translator.calls.withLock { $0.isEmpty })
    }

    @Test func `a pair that cannot be had is a warning that says what to install`() async throws {
        let (translation, output) = try await StageHarness().translate(self.chunks, "fr", with: FakeTranslator { $0 })
        #expect(translation.chunks.isEmpty && output.isPartial && translation.isPartial)
        #expect(translation.warnings.first?.contains("Install fake-fr-en.") == true)
    }

    @Test func `after trouble of the server only what is missing is asked for`() async throws {
        let harness = StageHarness()
        let broken = FakeTranslator(concurrency: 1) { texts in
            if texts == ["Satz 4"] { throw RemoteModelError(.chat, .busy, "Busy.", retryAfter: .seconds(5)) }
            return texts
        }
        let error = await #expect(throws: RemoteModelError.self) { try await harness.translate(self.chunks, with: broken) }
        #expect(error?.failureClass == .transient(retryAfter: .seconds(5)))
        #expect(Set(harness.checkpoints.keys) == Set(self.chunks.prefix(4).map { StageHarness.key($0) }))
        let whole = FakeTranslator { $0 }
        let (translation, _) = try await harness.translate(self.chunks, with: whole, attempt: 2)
        #expect(translation.chunks.map(\.text) == self.chunks)
        #expect(Set(whole.calls.withLock { $0.flatMap { $0 } }) == ["Satz 4", "Satz 5", "Satz 6"])
    }

    @Test func `a bad chunk takes none of its batch with it, is retried, and left out in the end`() async throws {
        let harness = StageHarness()
        let translator = FakeTranslator(batchSize: 4) { texts in
            if texts.contains("Satz 2") { throw TranslationFailure("Nonsense.") }
            return texts
        }
        let error = await #expect(throws: TranslationFailure.self) { try await harness.translate(self.chunks, with: translator) }
        #expect(error?.failureClass == .transient() && harness.checkpoints.count == 6)
        let (translation, output) = try await harness.translate(self.chunks, with: translator, attempt: 3)
        #expect(translation.chunks.map(\.index) == [0, 1, 3, 4, 5, 6] && output.isPartial)
        #expect(translation.warnings == ["1 of 7 chunks were not translated. The first is 2: Nonsense."])
    }

    @Test func `a chunk that is refused is left out at once, but not all of them`() async throws {
        let refused = RemoteModelError(.chat, .refused, "Too long.")
        let some = FakeTranslator { texts in
            if texts == ["Satz 0"] { throw refused }
            return texts
        }
        #expect(try await StageHarness().translate(self.chunks, with: some).translation.chunks.count == 6)
        let error = await #expect(throws: RemoteModelError.self) {
            try await StageHarness().translate(self.chunks, with: FakeTranslator { _ in throw refused })
        }
        #expect(error?.code == .refused)
    }

    @Test func `a translator that miscounts gives nothing`() async throws {
        let harness = StageHarness()
        await #expect(throws: TranslationFailure.self) {
            try await harness.translate(self.chunks, with: FakeTranslator(batchSize: 3) { $0 + ["more"] })
        }
        #expect(harness.checkpoints.isEmpty)
    }

    @Test func `a run that was lost ends, and a text without chunks is no trouble`() async throws {
        await #expect(throws: CancellationError.self) {
            try await StageHarness(isLost: true).translate(self.chunks, with: FakeTranslator { $0 })
        }
        #expect(try await StageHarness().translate([], with: FakeTranslator { $0 }).translation.chunks.isEmpty)
    }
}
