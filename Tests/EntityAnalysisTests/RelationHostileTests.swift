import EntityAnalysis
import Testing

@Suite struct RelationHostileTests {
    /// Debug builds and busy machines are many times slower than what is promised.
    private static let patience = Duration.seconds(40)

    private func text(_ parts: [String], mentioned: (Int) -> EntityType?) -> (String, [EntityMention]) {
        var text = ""
        var mentions: [EntityMention] = []
        for (index, part) in parts.enumerated() {
            if let type = mentioned(index) {
                let start = text.utf8.count
                mentions.append(
                    EntityMention(
                        type: type, text: part, bytes: start..<start + part.utf8.count, normal: "\(part) \(index % 977)", confidence: 1))
            }
            text += part
        }
        return (text, mentions)
    }

    @Test func `a sentence of five thousand mentions is bounded`() {
        let types: [EntityType] = [.person, .organization, .place, .money, .date, .law]
        for word in [", ", " and ", " of ", " paid ", " works for ", " (", "'s wife ", " "] {
            let (text, mentions) = self.text((0..<10_000).map { $0 % 2 == 0 ? "Xy" : word }) { $0 % 2 == 0 ? types[$0 / 2 % 6] : nil }
            let clock = ContinuousClock()
            var found: [ExtractedRelation] = []
            let duration = clock.measure { found = RelationExtractor().relations(in: text, mentions: mentions) }
            #expect(duration < Self.patience)
            #expect(found.count <= 90_000)
            if word == ", " { #expect(found.count <= 260) }
        }
    }

    @Test func `a megabyte of sentences is quickly read`() {
        let sentence = [
            "Ann Reed", ", the chief engineer of the ", "Acme Harbour Board", " in ", "Oakmere", ", never paid ", "$1,200",
            " to anybody who had asked. ",
        ]
        let types: [EntityType?] = [.person, nil, .organization, nil, .place, nil, .money, nil]
        let count = 1_000_000 / sentence.joined().utf8.count
        let (text, mentions) = self.text((0..<count * 8).map { sentence[$0 % 8] }) { types[$0 % 8] }
        let clock = ContinuousClock()
        var found: [ExtractedRelation] = []
        let duration = clock.measure { found = RelationExtractor().relations(in: text, mentions: mentions, language: "en") }
        #expect(duration < Self.patience)
        #expect(found.contains { $0.predicate == .employs })
        #expect(!found.contains { $0.predicate == .paid })
    }

    @Test func `a megabyte without marks is quickly read`() {
        let parts = ["ann reed", " she works for the ", "acme board", " and you know then in ", "oakmere", " there was a thing that "]
        let types: [EntityType?] = [.person, nil, .organization, nil, .place, nil]
        let count = 1_000_000 / parts.joined().utf8.count
        let (text, mentions) = self.text((0..<count * 6).map { parts[$0 % 6] }) { types[$0 % 6] }
        let clock = ContinuousClock()
        let duration = clock.measure { _ = RelationExtractor().relations(in: text, mentions: mentions, language: "en") }
        #expect(duration < Self.patience)
    }

    @Test func `noise is no reason to stop`() {
        for noise in [
            "", "\0\0", ",,,,((((", "'s's's", "\u{2019}s", "é\u{301}", String(repeating: "(", count: 20_000),
            String(repeating: "a-", count: 20_000),
        ] {
            let (text, mentions) = self.text(["Ann", noise, "Bo", noise]) { [0: .person, 2: .organization][$0] }
            #expect(RelationExtractor().relations(in: text, mentions: mentions).count <= 3)
        }
    }
}
