/// Mentions that are listed with another: `Ann Reed, Tom Reed and Eve Hale founded …`.
struct RelationLists {
    private static let longest = 12

    private let patterns: RelationPatterns
    private let tokens: [RelationToken]
    private let mentions: [EntityMention]
    private let segment: Range<Int>
    private let comma: Int32
    private let openers: Set<Int32>
    private let followers: Set<Int32>

    init(_ patterns: RelationPatterns, _ tokens: [RelationToken], _ mentions: [EntityMention], _ segment: Range<Int>) {
        self.patterns = patterns
        self.tokens = tokens
        self.mentions = mentions
        self.segment = segment
        self.comma = patterns.vocabulary.id(",")
        func ids(_ words: String) -> Set<Int32> {
            Set(words.split(separator: " ").map { patterns.vocabulary.id(String($0)) }).subtracting([RelationVocabulary.unknown])
        }
        self.openers = ids("that dass que if as both later")
        self.followers = ids("in on for to after before under")
    }

    /// Those listed before the mention at `position`, when the list opens its clause; nearest first.
    func before(_ position: Int) -> [Int] {
        var result: [Int] = []
        var index = position - 1
        while result.count < Self.longest {
            var separators = 0
            var hasConnective = false
            while index >= self.segment.lowerBound, separators < 2, self.tokens[index].mention < 0, self.isSeparator(index) {
                hasConnective = hasConnective || self.patterns.connectives.contains(self.tokens[index].word)
                separators += 1
                index -= 1
            }
            guard separators > 0, hasConnective || !result.isEmpty, index >= self.segment.lowerBound, self.isLike(index, position) else {
                break
            }
            result.append(index)
            index -= 1
        }
        guard let first = result.last else { return [] }
        let isOpening =
            first == self.segment.lowerBound || self.tokens[first - 1].isMark || self.openers.contains(self.tokens[first - 1].word)
        return isOpening ? result : []
    }

    /// Those listed after the mention at `position`, when no verb follows that they may be the subject of.
    func after(_ position: Int) -> [Int] {
        var result: [Int] = []
        var index = position + 1
        var isClosed = false
        while result.count < Self.longest, !isClosed {
            var separators = 0
            while index < self.segment.upperBound, separators < 2, self.tokens[index].mention < 0, self.isSeparator(index) {
                isClosed = isClosed || self.patterns.connectives.contains(self.tokens[index].word)
                separators += 1
                index += 1
            }
            while separators > 0, index < self.segment.upperBound, self.tokens[index].mention < 0, !self.tokens[index].isMark,
                self.patterns.leadIns.contains(self.tokens[index].word)
            {
                index += 1
            }
            guard separators > 0, index < self.segment.upperBound, self.isLike(index, position) else { break }
            result.append(index)
            index += 1
        }
        guard isClosed, !result.isEmpty else { return [] }
        let isEnd =
            index >= self.segment.upperBound || self.tokens[index].isMark || self.tokens[index].mention >= 0
            || self.followers.contains(self.tokens[index].word)
        return isEnd ? result : []
    }

    private func isSeparator(_ index: Int) -> Bool {
        self.tokens[index].word == self.comma || self.patterns.connectives.contains(self.tokens[index].word)
    }

    private func isLike(_ index: Int, _ position: Int) -> Bool {
        let token = self.tokens[index]
        guard token.mention >= 0, token.pronoun == nil else { return false }
        return self.mentions[Int(token.mention)].type == self.mentions[Int(self.tokens[position].mention)].type
    }
}
