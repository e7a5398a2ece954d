import Testing

@testable import TextAnalysis

@Suite struct TextCleanerTests {
    private func clean(_ pages: String...) -> CleanedText {
        TextCleaner().clean(pages.enumerated().map { PageText(number: $0.offset + 1, text: $0.element) })
    }

    @Test func `line ends, spaces and invisible characters are normalised`() {
        #expect(self.clean("a\r\nb\rc\u{A0}d\u{200B}e\u{FEFF}\u{0}f\u{7}").text == "a\nb\nc def")
        #expect(self.clean("The e\u{FB03}cient \u{FB02}ow of \u{FB01}les").text == "The efficient flow of files")
        #expect(self.clean("x\u{202E}gnp.exe").text == "xgnp.exe")
    }

    @Test func `accents are composed`() {
        #expect(
            Array(self.clean("cafe\u{301} Vie\u{302}\u{323}t a\u{302}\u{301} \u{418}\u{306} \u{304B}\u{3099}").text.unicodeScalars).count
                < 22)
        #expect(Array(self.clean("e\u{301}").text.utf8) == Array("\u{E9}".utf8))
        #expect(Array(self.clean("a\u{302}\u{301}").text.utf8) == Array("\u{1EA5}".utf8))
        #expect(Array(self.clean("\u{1112}\u{1161}\u{11AB}").text.utf8) == Array("\u{D55C}".utf8))
    }

    @Test func `marks without end are cut`() {
        let zalgo = "a" + String(repeating: "\u{334}", count: 5000)
        #expect(self.clean(zalgo).text.unicodeScalars.count <= 31)
    }

    @Test func `hyphenated line ends are joined only in lower case`() {
        #expect(self.clean("This is an exam-\nple of a broken word and then some more.").text.contains("an example of"))
        #expect(self.clean("The town of Baden-\nBaden is old.").text.contains("Baden-"))
        #expect(self.clean("A well-known man met a well-\nknown woman there today.").text.contains("a well-known woman"))
        #expect(
            self.clean("soft hy\u{AD}phen and doc\u{AD}\nument together in one line").text.contains("soft hyphen and document together"))
    }

    @Test func `hard wrapped paragraphs become one line, structure stays`() {
        let text = """
            1. Introduction

            The quick brown fox jumps over the lazy dog and runs through
            the forest until it reaches the river, where it stops for a
            drink of water.

            - first item of the list
            - second item of the list

            Name      Price     Count
            Bolt      1.20      14
            Nut       0.80      7
            """
        let cleaned = self.clean(text).text
        #expect(
            cleaned.contains(
                "1. Introduction\n\nThe quick brown fox jumps over the lazy dog and runs through the forest until it reaches the river, where it stops for a drink of water.\n\n- first item of the list\n- second item"
            ))
        #expect(cleaned.contains("Name      Price     Count\nBolt      1.20      14\nNut "))
    }

    @Test func `an address keeps its lines`() {
        #expect(self.clean("Acme Ltd\n12 Mill Lane\nSpringfield").text == "Acme Ltd\n12 Mill Lane\nSpringfield")
    }

    @Test func `Japanese lines are joined without a space`() {
        let line = String(repeating: "日本語の文章", count: 8)
        #expect(self.clean("\(line)\n\(line)\n終わり。").text.hasPrefix(line + line))
    }

    @Test func `headers, footers and page numbers go`() {
        let bodies = ["Alpha starts the story.", "Beta goes on with it.", "Gamma is the middle.", "Delta ends it all."]
        let pages = bodies.enumerated().map { index, body in
            PageText(number: index + 1, text: "ACME Corp  Confidential\n\n\(body)\n\nPage \(index + 1) of 4\n")
        }
        let cleaned = TextCleaner().clean(pages)
        #expect(cleaned.text == bodies.joined(separator: "\n\n"))
        #expect(cleaned.removedLineCount == 8)
        #expect(cleaned.pages.map(\.number) == [1, 2, 3, 4])
    }

    @Test func `pages that consist of a repeated line keep it`() {
        #expect(self.clean("Sample page 1", "Sample page 2", "Sample page 3").text == "Sample page 1\n\nSample page 2\n\nSample page 3")
        #expect(self.clean("Title A\nx", "Title A\ny").text.contains("Title A"))
    }

    @Test func `mojibake is repaired where it is clear`() {
        #expect(self.clean("CafÃ© â€œnaÃ¯veâ€\u{9D} donâ€™t").text == "Café “naïve” don’t")
        #expect(self.clean("CafÃ©").repairedCharacterCount == 1)
        #expect(self.clean("NÃO É AÇÃO").text == "NÃO É AÇÃO")
        #expect(self.clean("Ünïcödé Straße").text == "Ünïcödé Straße")
    }

    @Test func `page spans are byte ranges of the text`() {
        let cleaned = self.clean("Größe eins.", "", "Seite zwei ist hier.")
        #expect(cleaned.pages.count == 3)
        let bytes = Array(cleaned.text.utf8)
        #expect(String(decoding: bytes[cleaned.pages[0].bytes], as: UTF8.self) == "Größe eins.")
        #expect(cleaned.pages[1].bytes.isEmpty)
        #expect(String(decoding: bytes[cleaned.pages[2].bytes], as: UTF8.self) == "Seite zwei ist hier.")
        #expect(cleaned.page(at: 0) == 1)
        #expect(cleaned.page(at: bytes.count - 1) == 3)
        #expect(CleanedText(text: "", pages: []).page(at: 0) == nil)
    }

    @Test(arguments: HostileText.all) func `hostile text does not trap`(_ text: String) {
        let cleaned = TextCleaner().clean([
            PageText(number: 1, text: text), PageText(number: 2, text: text), PageText(number: 3, text: text),
        ])
        #expect(!cleaned.text.utf8.contains(0))
        #expect(cleaned.pages.allSatisfy { $0.bytes.upperBound <= cleaned.text.utf8.count })
    }
}
