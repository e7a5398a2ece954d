@testable import EntityAnalysis
import Testing

@Suite struct RelationTests {
    private func relations(_ line: String) throws -> [ExtractedRelation] {
        let sentence = try RelationSentence("en | \(line) => none")
        return RelationExtractor().relations(in: sentence.text, mentions: sentence.mentions, language: "en")
    }

    @Test func `every line of the tables is a pattern`() {
        #expect(RelationPatterns.shared.unreadable == [])
        #expect(RelationPatterns.shared.patterns.count > 250)
    }

    @Test func `a relation carries its sentence and its rule`() throws {
        let sentence = try RelationSentence("en | It rained. [p person Ann Reed] works for [o organization Acme]. So it goes. => none")
        let relation = try #require(RelationExtractor().relations(in: sentence.text, mentions: sentence.mentions).first)
        #expect(relation.predicate == .employs && relation.source == 1 && relation.target == 0)
        #expect(String(Array(sentence.text.utf8)[relation.bytes].map { Character(Unicode.Scalar($0)) }) == "Ann Reed works for Acme.")
        #expect(relation.rule == "employs.en1")
    }

    @Test func `a pronoun's evidence is both sentences`() throws {
        let sentence = try RelationSentence("en | [p person Ann Reed] left. She lives in [l place Oakmere]. => none")
        let relation = try #require(RelationExtractor().relations(in: sentence.text, mentions: sentence.mentions).first)
        #expect(relation.predicate == .livesIn && relation.bytes == 0..<sentence.text.utf8.count)
    }

    @Test func `what is named together is tied weakly, dates and amounts are not`() throws {
        let found = try self.relations(
            "[p person Ann Reed] saw [o organization Acme] spend [m money $5] and [m2 money $6] near [d date May 3].")
        #expect(found.contains { $0.predicate == .coOccurs && $0.source == 0 && $0.target == 1 })
        #expect(!found.contains { $0.source >= 2 && $0.target >= 2 })
        #expect(found.allSatisfy { $0.confidence < 0.5 })
    }

    @Test func `a tie is weaker the farther apart the two stand`() throws {
        let near = try self.relations("[p person Ann Reed], [q person Bo Hale].")
        let far = try self.relations(
            "[p person Ann Reed] one two three four five six seven eight nine ten eleven twelve [q person Bo Hale].")
        #expect(try #require(near.first).confidence > (try #require(far.first)).confidence)
    }

    @Test func `a pair has one relation of a predicate in a sentence`() throws {
        let found = try self.relations(
            "[p person Ann Reed] works for [o organization Acme], and [p2 person Ann Reed] is a director of [o2 organization Acme].")
        #expect(found.count { $0.predicate == .employs } == 1)
    }

    @Test func `things of one name have nothing to do with themselves`() throws {
        #expect(try self.relations("[p person Ann Reed] met [q person Ann Reed].").isEmpty)
    }

    @Test func `a transcript is read in windows`() throws {
        let filler = Array(repeating: "and so on it went for a while", count: 12).joined(separator: " ")
        let line =
            "doctor [p person margaret hale] works for the [o organization port alder harbour authority] \(filler) [q person thomas reed] was there"
        let found = try self.relations(line)
        #expect(found.contains { $0.predicate == .employs && $0.source == 1 && $0.target == 0 })
        #expect(!found.contains { $0.target == 2 || $0.source == 2 })
        #expect(found.allSatisfy { $0.bytes.count < 300 })
    }

    @Test func `mentions that do not fit the text are left out`() {
        func mention(_ bytes: Range<Int>) -> EntityMention {
            .init(type: .person, text: "x", bytes: bytes, normal: "\(bytes)", confidence: 1)
        }
        let text = "Ann met Bo 🙂"
        let found = RelationExtractor().relations(
            in: text,
            mentions: [
                mention(90..<99), mention(8..<10), mention(-4 ..< -1), mention(0..<3), mention(3..<3), mention(1..<9), mention(12..<14),
            ])
        #expect(found.allSatisfy { [1, 3, 6].contains($0.source) && [1, 3, 6].contains($0.target) })
        #expect(RelationExtractor().relations(in: "", mentions: [mention(0..<1)]).isEmpty)
    }

    @Test func `relations are sorted by place, then predicate`() throws {
        let found = try self.relations(
            "[a person Ann Reed], who lives in [l place Oakmere], works for [o organization Acme]. [b person Bo Hale] founded [q organization Zed]."
        )
        #expect(found == found.sorted { ($0.bytes.lowerBound, $0.predicate) < ($1.bytes.lowerBound, $1.predicate) })
        #expect(Set(found.map(\.predicate)).isSuperset(of: [.employs, .livesIn, .founded]))
    }
}
