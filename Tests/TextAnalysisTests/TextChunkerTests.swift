import Testing

@testable import TextAnalysis

@Suite struct TextChunkerTests {
    private func chunks(_ text: String, _ options: TextChunker.Options = .init()) -> (CleanedText, [TextChunk]) {
        let cleaned = TextCleaner().clean([PageText(number: 1, text: text)])
        return (cleaned, TextChunker(options: options).chunks(of: cleaned))
    }

    /// Every non-blank byte is in a chunk, chunks ascend, each is the slice it says, none exceeds the limit.
    private func check(_ cleaned: CleanedText, _ chunks: [TextChunk], hardLimit: Int) {
        let bytes = Array(cleaned.text.utf8)
        var covered = 0
        for (index, chunk) in chunks.enumerated() {
            #expect(chunk.index == index)
            #expect(!chunk.bytes.isEmpty && chunk.bytes.upperBound <= bytes.count)
            #expect(Array(chunk.text.utf8) == Array(bytes[chunk.bytes]))
            #expect(chunk.text.unicodeScalars.count <= hardLimit)
            #expect(chunk.firstPage <= chunk.lastPage)
            #expect(chunk.bytes.upperBound > covered)
            if chunk.bytes.lowerBound > covered {
                #expect(bytes[covered..<chunk.bytes.lowerBound].allSatisfy { $0 == 0x20 || $0 == 0x0A || $0 == 0x09 })
            }
            covered = chunk.bytes.upperBound
        }
        #expect(bytes[covered...].allSatisfy { $0 == 0x20 || $0 == 0x0A || $0 == 0x09 })
    }

    private static let sentence = "The committee met on Tuesday and decided to build the bridge after all, in spite of its cost. "

    @Test func `chunks cover the text and overlap by one sentence`() {
        let text = (1...60).map { "Number \($0): " + Self.sentence }.joined()
        let (cleaned, chunks) = self.chunks(text)
        self.check(cleaned, chunks, hardLimit: 2000)
        #expect(chunks.count > 3)
        for (first, second) in zip(chunks, chunks.dropFirst()) {
            #expect(second.bytes.lowerBound < first.bytes.upperBound)
            #expect(first.bytes.upperBound - second.bytes.lowerBound < 300)
        }
    }

    @Test func `headings make the path and start chunks`() {
        let body = String(repeating: Self.sentence, count: 8)
        let text = "# Guide\n\n## Install\n\n\(body)\n\n### On Debian\n\n\(body)\n\n## Use\n\n\(body)"
        let (cleaned, chunks) = self.chunks(text)
        self.check(cleaned, chunks, hardLimit: 2000)
        #expect(chunks.map(\.headingPath) == [["Guide", "Install"], ["Guide", "Install", "On Debian"], ["Guide", "Use"]])
        #expect(chunks[0].text.hasPrefix("# Guide"))
        #expect(chunks[2].text.hasPrefix("## Use"))
    }

    @Test func `numbered and capital headings are headings`() {
        let body = String(repeating: Self.sentence, count: 6)
        let (_, chunks) = self.chunks("GENERAL TERMS\n\n\(body)\n\n2.1 Delivery\n\n\(body)\n\nChapter 3\n\n\(body)")
        #expect(chunks.map(\.headingPath.last) == ["GENERAL TERMS", "2.1 Delivery", "Chapter 3"])
    }

    @Test func `a table stays whole up to the hard limit`() {
        let table = (1...30).map { "row \($0)\tvalue \($0 * 7)\tnote of the row" }.joined(separator: "\n")
        let (cleaned, chunks) = self.chunks(String(repeating: Self.sentence, count: 9) + "\n\n" + table + "\n\n" + Self.sentence)
        self.check(cleaned, chunks, hardLimit: 2000)
        #expect(chunks.contains { $0.text.contains("row 1\t") && $0.text.contains("row 30\t") })
        let long = (1...300).map { "row \($0)\tvalue \($0 * 7)\tnote of the row" }.joined(separator: "\n")
        let (cleanedLong, longChunks) = self.chunks(long)
        self.check(cleanedLong, longChunks, hardLimit: 2000)
        #expect(longChunks.allSatisfy { $0.text.hasPrefix("row ") && $0.text.hasSuffix("row") })
    }

    @Test func `graphemes are not split`() {
        let family = "\u{1F468}\u{200D}\u{1F469}\u{200D}\u{1F467}\u{200D}\u{1F466}"
        let (cleaned, chunks) = self.chunks(String(repeating: family, count: 700), .init(softLimit: 100, hardLimit: 200))
        self.check(cleaned, chunks, hardLimit: 200)
        #expect(chunks.allSatisfy { $0.text.allSatisfy { String($0) == family } })
    }

    @Test func `pages of a chunk are those it lies on`() {
        let body = String(repeating: Self.sentence, count: 10)
        let cleaned = TextCleaner().clean((1...5).map { PageText(number: $0 + 10, text: "Opening \($0) words. " + body) })
        let chunks = TextChunker().chunks(of: cleaned)
        self.check(cleaned, chunks, hardLimit: 2000)
        #expect(chunks.first?.firstPage == 11)
        #expect(chunks.last?.lastPage == 15)
        for chunk in chunks {
            for page in cleaned.pages where chunk.bytes.contains(page.bytes.lowerBound) {
                #expect(chunk.firstPage...chunk.lastPage ~= page.number)
            }
        }
    }

    @Test func `an empty text has no chunks`() {
        #expect(self.chunks("").1.isEmpty)
        #expect(self.chunks(" \n\n ").1.isEmpty)
    }

    @Test(arguments: HostileText.all) func `hostile text is covered`(_ text: String) {
        for options in [TextChunker.Options(), .init(softLimit: 50, hardLimit: 60), .init(softLimit: -5, hardLimit: 0)] {
            let (cleaned, chunks) = self.chunks(text, options)
            self.check(cleaned, chunks, hardLimit: options.hardLimit)
            // And where the text did not go through the cleaner.
            let raw = CleanedText(text: text, pages: [PageSpan(number: 1, bytes: 0..<text.utf8.count)])
            for chunk in TextChunker(options: options).chunks(of: raw) { #expect(!chunk.bytes.isEmpty) }
        }
    }

    @Test func `a large document takes seconds at most`() {
        let page = (0..<25).map { "Line \($0) " + String(Self.sentence.prefix(70)) }.joined(separator: "\n")
        let clock = ContinuousClock()
        let time = clock.measure {
            let cleaned = TextCleaner().clean((1...200).map { PageText(number: $0, text: page + "\nextra \($0)") })
            _ = TextChunker().chunks(of: cleaned)
        }
        #expect(time < .seconds(30))
    }

    @Test(arguments: ["👨\u{200D}", "🇩🇪", "a\u{301}\u{302}\u{303}", "각ᆨ"]) func `runs that join without end take time in proportion`(
        unit: String
    ) {
        let text = String(repeating: unit, count: 100_000 / unit.utf8.count)
        let options = TextChunker.Options(softLimit: 50, hardLimit: 50)
        var chunks: [TextChunk] = []
        let time = ContinuousClock().measure { chunks = TextChunker(options: options).chunks(of: CleanedText(text: text, pages: [])) }
        #expect(time < .seconds(15))
        #expect(chunks.map(\.text).joined().unicodeScalars.elementsEqual(text.unicodeScalars))
        #expect(chunks.allSatisfy { $0.text.unicodeScalars.count <= 50 })
    }

    @Test(arguments: ["日本語の文", "naïve é ", "👩‍👩‍👧 x", "e\u{301}e\u{301}"]) func `a cut leaves characters whole`(unit: String) {
        let text = String(repeating: unit, count: 60)
        let options = TextChunker.Options(softLimit: 50, hardLimit: 50, overlapsBySentence: false)
        let chunks = TextChunker(options: options).chunks(of: CleanedText(text: text, pages: []))
        #expect(chunks.count > 1)
        #expect(chunks.reduce(0) { $0 + $1.text.filter { !$0.isWhitespace }.count } == text.filter { !$0.isWhitespace }.count)
    }
}
