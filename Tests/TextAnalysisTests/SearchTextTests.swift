import Testing

@testable import TextAnalysis

@Suite struct SearchTextTests {
    @Test func `phrases and exclusions are read as people type them`() {
        let query = SearchText("bridge \"nine million\" -river “Elm Road” well-known")
        #expect(query.phrases == ["nine million", "Elm Road"])
        #expect(query.excluded == ["river"])
        #expect(query.wanted == "bridge nine million Elm Road well-known")
        #expect(query.allows("The Bridge of Elm road cost NINE million."))
        #expect(!query.allows("The bridge of Elm Road over the river cost nine million."))
        #expect(!query.allows("nine millions, Elm Road"))
        #expect(SearchText("\"open").wanted == "\"open" || SearchText("\"open").wanted == "open")
        #expect(SearchText("").terms.isEmpty)
        #expect(SearchText("- -- \"\"").phrases.isEmpty)
    }

    @Test func `a snippet shows the densest matches and marks them`() {
        let source =
            String(repeating: "Nothing to see here. ", count: 40) + "The bridges over the river Elm were\nclosed to lorries. "
            + String(repeating: "More of the same. ", count: 40)
        let snippet = Snippet(of: source, terms: TermTokenizer.terms("bridge river lorry"), length: 120)
        #expect(snippet.text.contains("bridges over the river Elm were closed"))
        #expect(snippet.marked("[", "]").contains("[bridges] over the [river] Elm were closed to [lorries]"))
        #expect(snippet.text.utf8.count < 140 && !snippet.text.contains("\n"))
        #expect(Snippet(of: "", terms: [1]).text == "")
        #expect(Snippet(of: "委員会は予算を決定する。", terms: TermTokenizer.terms("予算")).marked("[", "]") == "委員会は[予算]を決定する。")
    }

    @Test(arguments: HostileText.all) func `hostile text does not trap`(_ text: String) {
        let query = SearchText(text)
        _ = query.allows(text)
        let snippet = Snippet(of: text, terms: query.terms, length: 50)
        #expect(snippet.highlights.allSatisfy { $0.upperBound <= snippet.text.utf8.count })
        _ = snippet.marked("<", ">")
    }

    @Test(arguments: ["She met J. R. Smith on a quay.", "aaaa bbbb cccc d e f g h"]) func `no mark stands on the ellipsis`(text: String) {
        let snippet = Snippet(of: text, terms: TermTokenizer.allTerms(text), length: 20)
        let ellipsis = "…".utf8.count
        let first = snippet.text.hasPrefix("…") ? ellipsis : 0
        let end = snippet.text.utf8.count - (snippet.text.hasSuffix("…") ? ellipsis : 0)
        // Something was left out, on one side or the other.
        #expect(first > 0 || end < snippet.text.utf8.count)
        #expect(!snippet.highlights.isEmpty && snippet.highlights.allSatisfy { $0.lowerBound >= first && $0.upperBound <= end })
        #expect(!snippet.marked("[", "]").contains("\u{FFFD}"))
    }
}
