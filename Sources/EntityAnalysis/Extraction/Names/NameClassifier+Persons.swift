/// Titles, given names, initials, and pairs of words that no list knows.
extension NameClassifier {
    /// Mr Pell, Captain Willem van der Berg.
    mutating func titled(_ run: Range<Int>) -> Int? {
        var start = run.lowerBound
        while start < run.upperBound, self.text.isWord(start, .title) || self.text.isMark(start, ".") && start > run.lowerBound {
            start += 1
        }
        guard start > run.lowerBound, start < run.upperBound, self.text.isWord(start) else { return nil }
        let rest = start..<run.upperBound
        guard
            !rest.contains(where: {
                self.text.isOrganizationHead($0) && !self.text.isSurname($0) || self.text.isWord($0, .organizationTail)
                    || self.text.isMark($0, "&")
            })
        else { return nil }
        guard !self.text.isPlainWord(start) else { return nil }
        // "Queen Street", "King Island".
        let words = rest.filter { self.text.isWord($0) }
        if words.count <= 2, let last = words.last, self.text.isWord(last, .placeTail),
            !self.text.isGiven(start) || !self.text.isSurname(last)
        {
            return nil
        }
        var end = start
        var count = 0
        for index in rest where self.text.isWord(index) {
            if count > 0, self.text.isPlainWord(index), !self.text.isWord(index, .particle) { break }
            count += 1
            end = index + 1
            if count == 5 { break }
        }
        self.add(start..<end, .person, 0.92)
        if let next = (end..<run.upperBound).first(where: { self.text.isNamePart($0) }) { return self.decide(next..<run.upperBound) }
        return max(end, run.upperBound)
    }

    mutating func person(_ run: Range<Int>) -> Bool {
        let words = run.filter { self.text.isWord($0) && !self.text.isWord($0, .particle) || self.text.isNamePart($0) }
        guard words.count >= 2 else { return false }
        for (position, index) in words.enumerated().dropLast() {
            guard let (end, confidence) = self.fullName(words, from: position) else { continue }
            var tokens = index..<end
            if self.text.isMark(end, "."), self.text.isWord(end - 1, among: Self.generations) { tokens = index..<end }
            self.add(tokens, .person, confidence)
            // "Ruth Ashworth London": what is left may be named too.
            if let rest = (end..<run.upperBound).first(where: { self.text.isNamePart($0) }), rest + 1 == run.upperBound,
                self.text.isWord(rest, .majorPlace)
            {
                self.add(rest..<rest + 1, .place, 0.6)
            }
            return true
        }
        return self.unlistedName(run, words)
    }

    static let generations: KnownWords = "jr sr ii iii iv junior senior"

    /// A given name or initials and what follows as a surname; the token after it.
    func fullName(_ words: [Int], from position: Int) -> (end: Int, confidence: Double)? {
        let first = words[position]
        let isInitial =
            self.text.has(first, .initial)
            || self.text.has(first, .dotted) && self.text.tokens[first].end - self.text.tokens[first].start <= 6
        guard isInitial || self.text.isGiven(first) else {
            // An unlisted given name before a listed surname.
            guard position + 1 < words.count, position == 0, words.count <= 3, let last = words.last, self.text.isSurname(last),
                !self.text.isWord(last, [.common, .place]),
                words.dropLast().allSatisfy({ self.text.isUnknown($0) }), !self.capitalizesNouns || self.text.isUnknown(first)
            else { return nil }
            return (last + 1, self.text.followsPlacePreposition(first) ? 0.5 : 0.75)
        }
        var last: Int?
        var isCertain = false
        for word in words[(position + 1)...].prefix(4) {
            if self.text.isWord(word, among: Self.generations), last != nil { return (word + 1, 0.9) }
            if self.text.has(word, .initial) {
                // "Laura T. Nguyen": a middle initial only with its full stop or before more.
                continue
            }
            // "Martin Bell": words, both of them, but not where a sentence begins.
            let isUsual = !self.text.has(first, .sentenceStart) && self.text.isWord(word, .frequentSurname)
            let isStrong = last != nil || isUsual || !self.text.isWord(first, [.common, .place])
            guard self.isSurnameLike(word, afterStrongGiven: isStrong) else { break }
            isCertain = isCertain || self.text.isSurname(word)
            last = word
        }
        guard let last else { return nil }
        if isInitial, position + 1 < words.count, !isCertain, self.text.isWord(last, .common) { return nil }
        if self.text.isWord(first, .common), !isCertain { return nil }
        if self.text.isWord(first, .place), !isCertain || self.text.isWord(last, .common) { return nil }
        return (last + 1, isCertain ? 0.9 : 0.8)
    }

    func isSurnameLike(_ index: Int, afterStrongGiven: Bool) -> Bool {
        let classes = self.text.tokens[index].classes
        if classes.contains(.organizationHead) || classes.contains(.organizationTail) {
            return classes.contains(.surname) && !classes.contains(.common)
        }
        if classes.contains(.surname) { return afterStrongGiven || !classes.contains(.common) }
        if classes.contains(.given) { return !classes.contains(.common) || afterStrongGiven }
        return classes.isDisjoint(with: [.common, .function, .label, .demonym, .month, .weekday, .saying, .title])
            && (!classes.contains(.place) || afterStrongGiven)
    }

    /// Two or three capitalised words that no list knows.
    mutating func unlistedName(_ run: Range<Int>, _ words: [Int]) -> Bool {
        guard words.count <= 3, words.allSatisfy({ self.text.isUnknown($0) && !self.text.has($0, .allCapitals) }) else { return false }
        let isPlace = self.text.followsPlacePreposition(run.lowerBound) || self.precedesPlace(run.upperBound)
        if isPlace, !self.capitalizesNouns {
            self.add(run, .place, 0.6)
            return true
        }
        guard !self.capitalizesNouns || self.isSpokenOf(run) else { return false }
        self.add(run, .person, self.isSpokenOf(run) ? 0.7 : 0.5)
        return true
    }

    /// Whether what stands around the name is said of people.
    func isSpokenOf(_ run: Range<Int>) -> Bool {
        self.text.isWord(run.upperBound, .saying)
            || self.text.isWord(run.lowerBound - 1, .role) && !self.text.has(run.lowerBound, .sentenceStart)
            || self.text.isMark(run.lowerBound - 1, ",") && self.text.isWord(run.lowerBound - 2, .role)
    }

    /// ", Ohio" after a name.
    func precedesPlace(_ index: Int) -> Bool {
        self.text.isMark(index, ",") && self.text.isWord(index + 1, .place) && self.text.has(index + 1, .capital)
            && !self.text.has(index + 1, .blockStart)
    }
}
