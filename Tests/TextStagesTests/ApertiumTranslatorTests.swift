import Corpus
import Flotilla
import StageTools
import Subprocess
import Testing
import TextStages

/// With the real program. Needs the Debian packages apertium and apertium-eng-spa.
@Suite(.enabled(if: StageHarness.isApertiumInstalled, "apertium or apertium-eng-spa is not installed"), .serialized)
struct ApertiumTranslatorTests {
    private func translate(_ texts: [String], from source: String = "en", to target: String = "es") async throws -> [String] {
        try await ApertiumTranslator(tools: StageHarness.tools).translate(texts, from: source, to: target)
    }

    @Test func `both ways, lines and cells stay where they are`() async throws {
        let english = "The house is big.\n\n  The cat sees the dog.\nname\tstreet | house\n12,50\t|\r\nIt's here."
        let spanish = try await self.translate([english, "The second text."])
        #expect(spanish.count == 2)
        #expect(spanish[0].split(separator: "\n", omittingEmptySubsequences: false).count == 5)
        #expect(spanish[0].hasPrefix("La casa es grande.\n\n  El gato ve el perro.\n"))
        #expect(spanish[0].contains("\n12,50\t|\r\n") && spanish[0].contains(" | "))
        #expect(spanish[1] == "El segundo texto.")
        #expect(try await self.translate(["La casa es grande."], from: "es", to: "en") == ["The house is big."])
    }

    private static let marks = [
        "^", "/", "$", "@", "*", "\\", "[", "]", "{", "}", "<", ">", "~", "#", "+", "[[t:b:1]]", "^x/y<n>$", "[b] {c}", "😀", "שלום", "عربي",
        "日本語",
        "<b>", "\\n", "x@y.org", "https://example.org/a_b?c=d&e=f#g", "C:\\dir\\file", "first_name", "~~", "[<STREAMCMD:SETVAR:x>]", "[]",
        "\\[",
    ]

    @Test func `what means something to the program means nothing in a text`() async throws {
        let texts = try await self.translate(Self.marks.map { "The house \($0) the cat." })
        for (mark, text) in zip(Self.marks, texts) {
            #expect(text.contains(mark), "\(text)")
            #expect(text.lowercased().contains("casa") && text.lowercased().contains("gato") && text.hasSuffix("."), "\(text)")
        }
    }

    @Test func `unknown words carry no mark, and what has no words is left alone`() async throws {
        let texts = ["The flibbertigibbetish house", "", " \n\n", "1 234,50 €\n…", "*"]
        let translated = try await self.translate(texts)
        #expect(translated[0].contains("flibbertigibbetish") && !translated[0].contains("*") && !translated[0].contains("#"))
        #expect(Array(translated[1...]) == Array(texts[1...]))
    }

    @Test(.timeLimit(.minutes(1))) func `endless words, control characters and thousands of lines come through`() async throws {
        let long = String(repeating: "x", count: 200_000)
        let lines = String(repeating: "The house is big.\n", count: 1_500)
        let translated = try await self.translate(["the \(long) house", lines, "the\0house \u{1} \u{7F} \u{202E}cat", "U.S.A.", "Why?!..."])
        #expect(translated[0].contains(long) && translated[0].contains("casa"))
        #expect(translated[1] == String(repeating: "La casa es grande.\n", count: 1_500))
        #expect(translated[2].contains("\u{1}") && translated[2].contains("\u{202E}") && !translated[2].contains("\0"))
        #expect(translated[4].hasSuffix("?!..."))
    }

    @Test func `pairs are known by either kind of code, and what is missing has the name of a package`() async throws {
        let translator = await ApertiumTranslator(tools: StageHarness.tools)
        #expect(translator.engine.hasPrefix("apertium 3"))
        #expect(try await translator.support(from: "en", to: "es") == .available)
        guard case .missing(let what) = try await translator.support(from: "de", to: "km") else {
            Issue.record("no package translates German to Khmer")
            return
        }
        #expect(what.contains("apertium-deu-khm") && what.contains("German to Khmer"))
    }

    @Test(arguments: Sandbox.Level.allCases)
    func `it runs at every level of the sandbox that there is`(level: Sandbox.Level) async throws {
        let sandbox = Sandbox.probe(using: StageHarness.runner, strongest: level)
        let translator = await ApertiumTranslator(tools: ToolBox(runner: StageHarness.runner, sandbox: sandbox, slots: 1))
        #expect(try await translator.translate(["The house is big."], from: "en", to: "es") == ["La casa es grande."])
    }

    @Test func `the stage translates a document`() async throws {
        let translator = await ApertiumTranslator(tools: StageHarness.tools)
        let harness = StageHarness()
        let (translation, output) = try await harness.translate(
            ["The house is big.", "The cat sees the dog."], "en", with: translator, to: "spa")
        #expect(translation.chunks.map(\.text) == ["La casa es grande.", "El gato ve el perro."])
        #expect(translation.targetLanguage == "es" && !output.isPartial && harness.checkpoints.count == 2)
        let missing = try await harness.translate(["Das Haus"], "de", with: translator, to: "es")
        #expect(missing.output.isPartial && missing.translation.warnings[0].contains("apertium-deu-spa"))
    }
}
