/// Ties addresses, telephone numbers and web pages to whom they reach: the nearest name, or the one that an address spells.
enum RelationContacts {
    private static let reach = 10

    static func found(_ positions: [Int], _ tokens: [RelationToken], _ mentions: [EntityMention]) -> [SegmentReader.Found] {
        var result: [SegmentReader.Found] = []
        for (index, position) in positions.enumerated() {
            let mention = mentions[Int(tokens[position].mention)]
            guard mention.type == .email || mention.type == .phone || mention.type == .url else { continue }
            let near = positions[max(0, index - 6)..<min(positions.count, index + 3)].filter { other in
                let type = mentions[Int(tokens[other].mention)].type
                return (type == .person || type == .organization) && tokens[other].pronoun == nil && abs(other - position) <= Self.reach
            }
            guard !near.isEmpty else { continue }
            if mention.type == .email, let owner = near.first(where: { Self.spells(mention.normal, mentions[Int(tokens[$0].mention)]) }) {
                result.append(Self.relation(owner, position, 0.92, "reachable_at.spelt"))
            } else if let owner = near.last(where: { $0 < position }) {
                result.append(Self.relation(owner, position, 0.75, "reachable_at.after"))
            } else if let owner = near.first, owner - position <= 5 {
                result.append(Self.relation(owner, position, 0.7, "reachable_at.before"))
            }
        }
        return result
    }

    private static func relation(_ source: Int, _ target: Int, _ confidence: Double, _ rule: String) -> SegmentReader.Found {
        .init(predicate: .reachableAt, source: source, target: target, confidence: confidence, rule: rule)
    }

    /// `m.hale@paha.example` spells Margaret Hale; its domain spells no person.
    private static func spells(_ address: String, _ owner: EntityMention) -> Bool {
        let halves = address.split(separator: "@", maxSplits: 1)
        guard let local = halves.first, halves.count == 2 else { return false }
        let words = NameNormalizer.words(owner.normal).map(\.text)
        guard owner.type == .person, let surname = words.last, surname.utf8.count > 2 else { return false }
        return NameNormalizer.fold(String(local)).split(separator: " ").joined().contains(surname)
    }
}
