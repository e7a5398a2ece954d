/// Weak ties of what is named in one sentence. Their weight falls with the words between the two and with the number of mentions.
enum RelationCoOccurrence {
    /// A mention is tied to so many that follow it: what bounds a sentence of thousands.
    private static let reach = 6
    private static let strongest = 0.4

    /// - Parameters:
    ///   - positions: of the segment's mentions, ascending.
    ///   - typed: pairs of positions about which something is known already.
    static func found(
        _ positions: [Int], _ tokens: [RelationToken], _ mentions: [EntityMention], _ things: [Int], typed: [(Int, Int)], limit: Int,
        isTranscript: Bool
    ) -> [SegmentReader.Found] {
        func thing(_ position: Int) -> Int { things[Int(tokens[position].mention)] }
        func pair(_ one: Int, _ other: Int) -> Pair {
            Pair(
                low: min(thing(one), thing(other)), high: max(thing(one), thing(other)),
                window: isTranscript ? one / RelationSegment.window : 0)
        }
        var known: Set<Pair> = Set(typed.map { pair($0.0, $0.1) })
        let crowd = isTranscript ? 1 : min(1, 4 / Double(max(4, positions.count)))
        var result: [SegmentReader.Found] = []
        for gap in 1...Self.reach {
            for index in positions.indices where index + gap < positions.count {
                guard result.count < limit else { return result }
                let source = positions[index]
                let target = positions[index + gap]
                let distance = target - source
                if isTranscript, distance > RelationSegment.window { continue }
                let worth = Self.worth(mentions[Int(tokens[source].mention)].type, mentions[Int(tokens[target].mention)].type)
                guard worth > 0, thing(source) != thing(target), known.insert(pair(source, target)).inserted else {
                    continue
                }
                let weight = Self.strongest * worth * crowd / (1 + Double(distance) / 10)
                result.append(.init(predicate: .coOccurs, source: source, target: target, confidence: max(0.02, weight), rule: "co_occurs"))
            }
        }
        return result
    }

    /// 0 for pairs that deserve no edge: two dates, an amount and a place.
    private static func worth(_ left: EntityType, _ right: EntityType) -> Double {
        func isActor(_ type: EntityType) -> Bool { type == .person || type == .organization }
        if left.isNamed, right.isNamed { return 1 }
        guard isActor(left) || isActor(right) else { return 0 }
        let other = isActor(left) ? right : left
        switch other {
        case .law, .caseNumber: return 0.8
        case .email, .phone, .url: return 0.6
        default: return 0.4
        }
    }

    private struct Pair: Hashable {
        var low: Int
        var high: Int
        var window: Int
    }
}
