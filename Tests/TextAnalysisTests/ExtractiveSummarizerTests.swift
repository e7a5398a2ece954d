import Testing

@testable import TextAnalysis

@Suite struct ExtractiveSummarizerTests {
    private func summary(_ text: String, _ options: ExtractiveSummarizer.Options = .init()) -> [SummarySentence] {
        ExtractiveSummarizer(options: options).summarize(TextCleaner().clean([PageText(number: 1, text: text)]))
    }

    static let article = """
        Bridge over the Elm

        The town council decided on Monday to replace the old bridge over the river Elm with a new one. The present bridge was built in 1931 \
        and has been closed to lorries since an inspection found cracks in two of its piers. My grandmother likes cake. The new bridge will \
        cost nine million euros, of which the state pays two thirds. Work on the bridge begins in spring and will take two years. During \
        that time traffic over the river is led across a temporary crossing beside the old bridge. The council had debated repair of the \
        old bridge for years, but engineers advised against it. All rights reserved.

        - cheap
        - quick
        """

    @Test func `sentences are slices in order, without headings, lists and boilerplate`() {
        let cleaned = TextCleaner().clean([PageText(number: 7, text: Self.article)])
        let summary = ExtractiveSummarizer(options: .init(lengthLimit: 400, sentenceLimit: 3)).summarize(cleaned)
        #expect(summary.count >= 2 && summary.count <= 3)
        let bytes = Array(cleaned.text.utf8)
        for sentence in summary {
            #expect(Array(sentence.text.utf8) == Array(bytes[sentence.bytes]))
            #expect(sentence.page == 7)
        }
        #expect(summary.map(\.bytes.lowerBound) == summary.map(\.bytes.lowerBound).sorted())
        let text = summary.map(\.text).joined(separator: " ")
        #expect(text.contains("council decided on Monday"))
        #expect(!text.contains("cake") && !text.contains("rights") && !text.contains("cheap"))
        #expect(text.unicodeScalars.count <= 403)
    }

    /// Opening sentences that say little, then the gist: where taking the first three sentences fails.
    @Test func `it finds the gist that a lead misses and keeps the lead where that is the gist`() {
        let sets: [(text: String, gist: [String])] = [
            (Self.article, ["decided on Monday", "nine million", "begins in spring"]),
            (
                "Good evening and welcome everybody. It is lovely to see so many faces tonight. Before we start, the exits are at the back. "
                    + "The water supply of the valley depends on three springs that have lost half of their flow since 2010. Measurements at the springs "
                    + "show that the flow falls by two percent each year. The valley must therefore connect its water supply to the lake pipeline "
                    + "before 2030. The pipeline to the lake would supply the valley with water even when the springs run dry.",
                ["three springs", "lake pipeline", "springs run dry"]
            ),
            (
                "Thanks to all who helped. Coffee was served at ten. The audit found that invoices were paid twice in forty cases because two "
                    + "systems hold supplier invoices without a common number. The duplicate payments of invoices add up to 31,000 euros, most of "
                    + "which suppliers returned. The auditors recommend one system for all supplier invoices and a check for duplicate payments.",
                ["paid twice", "31,000", "recommend one system"]
            ),
        ]
        var ours = 0
        var lead = 0
        for set in sets {
            let cleaned = TextCleaner().clean([PageText(number: 1, text: set.text)])
            let summary = ExtractiveSummarizer(options: .init(lengthLimit: 10_000, sentenceLimit: 3)).summary(of: cleaned)
            let bytes = Array(cleaned.text.utf8)
            let first = SentenceSplitter.sentences(in: cleaned.text).prefix(3).map { String(decoding: bytes[$0], as: UTF8.self) }.joined()
            ours += set.gist.filter { summary.contains($0) }.count
            lead += set.gist.filter { first.contains($0) }.count
        }
        #expect(ours >= 6)
        #expect(ours > lead)
    }

    @Test func `a repeated sentence is taken once`() {
        let text =
            String(repeating: "The river rose above its banks on Tuesday after three days of rain. ", count: 20)
            + "Nobody was hurt in the flood, the mayor said on television."
        #expect(self.summary(text).count <= 2)
    }

    @Test func `a text without sentences is summarised by its beginning`() {
        #expect(self.summary("Hello").map(\.text) == ["Hello"])
        #expect(self.summary("a\tb\nc\td").map(\.text) == ["a\tb\nc\td"])
        let words = self.summary(String(repeating: "lorem ipsum ", count: 500))
        #expect(words.count == 1 && words[0].text.hasSuffix("ipsum") || words[0].text.hasSuffix("lorem"))
        #expect(self.summary(" \n ").isEmpty)
    }

    @Test func `long documents are summarised from all of their sections`() {
        let sections = (1...60).map { section in
            "# Topic \(section)\n\n"
                + (1...20).map { "Subject\(section) concerns item\($0) and the value\(section % 7) of subject\(section) in the plan." }
                .joined(separator: " ")
        }
        let summary = self.summary(sections.joined(separator: "\n\n"), .init(lengthLimit: 5000, sentenceLimit: 8))
        #expect(!summary.isEmpty && summary.count <= 8)
    }

    @Test(arguments: HostileText.all) func `hostile text does not trap`(_ text: String) {
        _ = self.summary(text)
    }
}
