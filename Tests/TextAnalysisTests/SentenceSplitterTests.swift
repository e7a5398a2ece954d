import Testing

@testable import TextAnalysis

@Suite struct SentenceSplitterTests {
    private func split(_ text: String) -> [String] {
        let bytes = Array(text.utf8)
        return SentenceSplitter.sentences(in: text).map { String(decoding: bytes[$0], as: UTF8.self) }
    }

    @Test func `plain sentences`() {
        #expect(self.split("One is here. Two is there! Three? Four") == ["One is here.", "Two is there!", "Three?", "Four"])
        #expect(self.split("") == [])
        #expect(self.split("   ") == [])
    }

    @Test func `abbreviations, initials and numbers do not end a sentence`() {
        #expect(self.split("Mr. Jones met Dr. J. R. Smith. They spoke.").count == 2)
        #expect(self.split("It costs 3.50 euros, e.g. for Tea. Good.").count == 2)
        #expect(self.split("See Fig. 3 and Sec. 2.1 for more. End.").count == 2)
        #expect(self.split("Das gilt z. B. für Nr. 7 und Abs. 2. Ende.").count == 2)
        #expect(self.split("In the U.S. Government offices it rains. Yes.").count == 2)
    }

    @Test func `quotation marks belong to their sentence`() {
        #expect(self.split("He said \"Go.\" Then he left.") == ["He said \"Go.\"", "Then he left."])
        #expect(self.split("\"Really?\" she asked. No.").count == 2)
    }

    @Test func `other scripts`() {
        #expect(self.split("今日は晴れです。明日は雨でしょう。").count == 2)
        #expect(self.split("यह पहला वाक्य है। यह दूसरा है।").count == 2)
        #expect(self.split("Это первое предложение. А это, т.е. второе, длиннее.").count == 2)
    }
}
