import EntityAnalysis
import Foundation
import Testing

/// The floors are a little under what was measured; docs/accuracy.md has the figures. Set FLOTILLA_SHOW_GOLD to see them.
@Suite struct EntityAccuracyTests {
    private func score(_ file: String, _ extractor: EntityExtractor = EntityExtractor()) throws -> EntityScore {
        var score = EntityScore()
        for document in try GoldDocument.load(file) {
            score.add(found: extractor.mentions(in: document.text, language: document.language), expected: document.mentions)
        }
        return score
    }

    @Test(arguments: [
        (EntityType.person, 0.95), (.organization, 0.90), (.place, 0.88), (.date, 0.96), (.money, 0.95), (.email, 1), (.phone, 0.95),
        (.url, 1),
        (.law, 0.90), (.caseNumber, 0.85),
    ])
    func `the rules find each type in texts that they were not written for`(type: EntityType, floor: Double) throws {
        let counts = try #require(self.score("entities-test.txt").types[type])
        #expect(counts.f1 >= floor, "\(type): P \(counts.precision) R \(counts.recall)")
        #expect(counts.expected > 1)
    }

    @Test(arguments: [("entities-test.txt", 0.95), ("entities-dev.txt", 0.94)])
    func `both gold sets stay above their floors together`(file: String, floor: Double) throws {
        let score = try self.score(file)
        #expect(score.micro.f1 >= floor)
        guard ProcessInfo.processInfo.environment["FLOTILLA_SHOW_GOLD"] != nil else { return }
        for (type, counts) in score.types.sorted(by: { $0.key < $1.key }) { print(goldLine("\(file) \(type.rawValue)", counts)) }
        print(goldLine("\(file) all", score.micro))
    }

    @Test(arguments: ["entities-test.txt", "entities-dev.txt"])
    func `normal forms are those of the gold set`(file: String) throws {
        for document in try GoldDocument.load(file) {
            let found = EntityExtractor().mentions(in: document.text, language: document.language)
            for mention in document.mentions where !mention.normal.isEmpty {
                guard let match = found.first(where: { $0.bytes == mention.bytes && $0.type == mention.type }) else { continue }
                #expect(match.normal == mention.normal)
            }
        }
    }

    @Test func `a score counts exact spans of the right type`() {
        func mention(_ type: EntityType, _ bytes: Range<Int>) -> EntityMention {
            EntityMention(type: type, text: "", bytes: bytes, normal: "", confidence: 1)
        }
        var score = EntityScore()
        score.add(
            found: [mention(.person, 0..<4), mention(.place, 10..<14), mention(.person, 20..<25)],
            expected: [mention(.person, 0..<4), mention(.organization, 10..<14), mention(.person, 20..<26)])
        #expect(score.types[.person]?.precision == 0.5)
        #expect(score.types[.person]?.recall == 0.5)
        #expect(score.types[.place]?.recall == 0)
        #expect(abs(score.micro.f1 - 1.0 / 3) < 1e-9)
    }
}
