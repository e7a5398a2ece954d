import TextStages
import Testing

@Suite struct TranslatableTextTests {
    @Test(arguments: [
        "", "\n\n", "one", "  one \n\n\ttwo\t| three |\r\n4. \n— ", "\u{0}a\u{2028}b\u{85}c", "1\n2\n3", "שלום\n  مرحبا 😀", "e\u{301}\n\u{301}x",
    ])
    func `with its own segments it is the text again`(text: String) {
        for splitsCells in [false, true] {
            let parsed = TranslatableText(text, splitsCells: splitsCells)
            #expect(Array(parsed.text(with: parsed.segments).utf8) == Array(text.utf8))
        }
    }

    @Test func `what has no letters is not for translators, nor is white space`() {
        let parsed = TranslatableText("  The house \n 12.50 | 3\nname\tvalue | x\n", splitsCells: true)
        #expect(parsed.segments == ["The house", "name", "value", "x"])
        #expect(parsed.text(with: ["A", "B", "C", "D"]) == "  A \n 12.50 | 3\nB\tC | D\n")
        #expect(TranslatableText("a\tb|c").segments == ["a\tb|c"])
    }
}
