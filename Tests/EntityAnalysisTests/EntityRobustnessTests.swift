import EntityAnalysis
import Testing

@Suite struct EntityRobustnessTests {
    /// Every range must give back the mention's own text, in order and without overlaps.
    private func check(_ text: String, _ mentions: [EntityMention], sourceLocation: SourceLocation = #_sourceLocation) {
        let bytes = Array(text.utf8)
        var end = 0
        for mention in mentions {
            guard mention.bytes.lowerBound >= end, mention.bytes.upperBound <= bytes.count, !mention.bytes.isEmpty else {
                Issue.record("range \(mention.bytes) after \(end) of \(bytes.count)", sourceLocation: sourceLocation)
                return
            }
            #expect(String(validating: bytes[mention.bytes], as: UTF8.self) == mention.text, sourceLocation: sourceLocation)
            #expect(!mention.normal.isEmpty && mention.confidence > 0 && mention.confidence <= 1, sourceLocation: sourceLocation)
            end = mention.bytes.upperBound
        }
    }

    @Test func `ranges are exact in mutilated texts`() throws {
        var random = Random(state: 11)
        let insertions: [Unicode.Scalar] = [
            "\u{A0}", "\r", "\n", "é", "\u{301}", "漢", "👩", "\u{200D}", "\u{AD}", "'", "’", ".", "-", "(", "€", "9", "\0", "\u{FEFF}", "İ",
            "ß", "\u{2028}", "@", "/", ":", "§",
        ]
        for file in ["entities-test.txt", "entities-dev.txt"] {
            for document in try GoldDocument.load(file) {
                for _ in 0..<4 {
                    var scalars = Array(document.text.unicodeScalars)
                    for _ in 0..<40 {
                        let index = Int(random.next() % UInt64(scalars.count))
                        switch random.next() % 3 {
                        case 0: scalars.remove(at: index)
                        case 1: scalars.insert(insertions[Int(random.next() % UInt64(insertions.count))], at: index)
                        default: scalars.swapAt(index, Int(random.next() % UInt64(scalars.count)))
                        }
                    }
                    var view = String.UnicodeScalarView()
                    view.append(contentsOf: scalars)
                    let text = String(view)
                    self.check(text, EntityExtractor().mentions(in: text, language: document.language))
                }
            }
        }
    }

    @Test func `line ends of both kinds give the same mentions`() throws {
        for document in try GoldDocument.load("entities-test.txt") {
            let unix = EntityExtractor().mentions(in: document.text, language: document.language)
            let windows = EntityExtractor().mentions(
                in: document.text.split(separator: "\n", omittingEmptySubsequences: false).joined(separator: "\r\n"),
                language: document.language)
            #expect(unix.map(\.normal) == windows.map(\.normal))
        }
    }

    @Test func `equal texts give equal mentions`() throws {
        let text = try goldText("entities-test.txt")
        #expect(EntityExtractor().mentions(in: text) == EntityExtractor().mentions(in: text))
    }

    @Test(arguments: [
        "", " ", "\n", "\u{FEFF}", "A", "'", "'s", "§", "[2019]", "+", "(", "1", "J.", "Mr", "Mr.", "of", "Bank of", "€", "@", "://",
        "www.", "漢字", "👩‍👩‍👧", "No.", "U.S.", "Section", "Art. 5 of the",
    ])
    func `fragments are survived`(text: String) {
        self.check(text, EntityExtractor().mentions(in: text))
    }

    /// A square growth would take hours here, so that the time limit of the run is the test.
    @Test(arguments: [
        "A A A A ", "((((", "1234 ", "J. K. ", "Bank of ", "Smith and ", "@a", "§ 12 and ", "a.b.", "2024-", "((1", "Section 12(a) of the ",
        "Aa", "'", "St. ", "X & ",
        "one two ", "DE89 3704 ", "[2019] EWCA ", "http://a", "漢", "+1 ", "e\u{301}",
    ])
    func `the time is linear in hostile texts`(unit: String) {
        func seconds(_ count: Int) -> Double {
            let text = String(repeating: unit, count: count / unit.utf8.count)
            let clock = ContinuousClock()
            let duration = clock.measure { self.check(text, EntityExtractor().mentions(in: text)) }
            return Double(duration.components.seconds) + Double(duration.components.attoseconds) / 1e18
        }
        _ = seconds(1000)
        let small = seconds(5_000)
        let large = seconds(40_000)
        // 8 times the text takes 8 times as long; 64 times if it is square. The slack is for a busy machine.
        #expect(large < small * 30 + 0.3)
    }
}

struct Random {
    var state: UInt64

    mutating func next() -> UInt64 {
        self.state = self.state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return self.state >> 33
    }
}
