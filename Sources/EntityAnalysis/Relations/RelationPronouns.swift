/// Gives pronouns their people, where only one can be meant.
enum RelationPronouns {
    /// In a transcript without sentences a pronoun looks back so many tokens.
    private static let reach = 30

    /// A pronoun means the only fitting person named before it in its sentence, else the only one of the sentence before.
    static func resolve(_ tokens: inout [RelationToken], _ segments: [RelationSegment], _ mentions: [EntityMention]) {
        var previous: [Int] = []
        for segment in segments {
            var people: [(person: Int, position: Int)] = []
            for position in segment.tokens {
                let token = tokens[position]
                if token.mention >= 0, token.pronoun == nil, mentions[Int(token.mention)].type == .person {
                    if !people.contains(where: { mentions[$0.person].normal == mentions[Int(token.mention)].normal })
                        || segment.isTranscript
                    {
                        // More than a few people in a sentence leave no pronoun clear.
                        if people.count > 8 { people.removeFirst() }
                        people.append((Int(token.mention), position))
                    }
                    continue
                }
                guard let pronoun = token.pronoun else { continue }
                let near = people.filter { !segment.isTranscript || position - $0.position <= Self.reach }.map(\.person)
                let fitting = Self.fitting(near, pronoun, mentions)
                if let last = fitting.last, Set(fitting.map { mentions[$0].normal }).count == 1 {
                    tokens[position].mention = Int32(last)
                } else if fitting.isEmpty {
                    let before = Self.fitting(previous, pronoun, mentions)
                    if before.count == 1 { tokens[position].mention = Int32(before[0]) }
                } else if let last = fitting.last, position > segment.tokens.lowerBound, Self.isBeside(last, position, tokens) {
                    // "Thomas Reed and his wife"
                    tokens[position].mention = Int32(last)
                }
            }
            // A sentence of pronouns passes on what it was about.
            if !people.isEmpty || segment.tokens.allSatisfy({ tokens[$0].pronoun == nil }) { previous = people.map(\.person) }
        }
    }

    private static func isBeside(_ person: Int, _ position: Int, _ tokens: [RelationToken]) -> Bool {
        (max(0, position - 2)..<position).contains { tokens[$0].mention == Int32(person) }
    }

    private static func fitting(_ people: [Int], _ pronoun: RelationToken.Pronoun, _ mentions: [EntityMention]) -> [Int] {
        people.filter { person in
            guard let wanted = pronoun.gender else { return true }
            guard let gender = Self.gender(mentions[person].normal) ?? Self.gender(mentions[person].text) else { return true }
            return gender == wanted
        }
    }

    private static func gender(_ name: String) -> Gender? {
        let words = NameNormalizer.words(name).map(\.text)
        guard let first = words.first else { return nil }
        if NameWords.maleTitles.contains(first), words.count > 1, first != "m" { return .male }
        if NameWords.femaleTitles.contains(first), words.count > 1 { return .female }
        let isTitle = NameWords.otherTitles.contains(first)
        return words.dropFirst(isTitle ? 1 : 0).first.flatMap { GivenNames.gender($0) }
    }
}
