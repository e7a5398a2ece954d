/// Listed places, and words such as Port and Street.
extension NameClassifier {
    mutating func place(_ run: Range<Int>) -> Int? {
        let words = run.filter { self.text.isWord($0) }
        guard let first = words.first, let last = words.last else { return nil }
        if words.count == 1 { return self.singlePlace(first) }
        if self.text.isWord(last, .placeTail), words.count <= 4, !self.isPersonalPlaceName(words) {
            let isPlain = words.dropLast().allSatisfy { self.text.isPlainWord($0) }
            guard !isPlain || !self.text.has(first, .sentenceStart) else { return nil }
            self.add(run, .place, isPlain ? 0.6 : 0.85)
            return run.upperBound
        }
        if self.text.isWord(first, .placeHead), words.count <= 3,
            words.dropFirst().allSatisfy({ !self.text.isPlainWord($0) || self.text.isWord(first, among: Self.firmHeadsOfPlaces) })
        {
            let isSaint = self.text.isWord(first, among: Self.saints)
            guard !isSaint || self.text.followsPlacePreposition(first) || self.precedesPlace(run.upperBound) else { return nil }
            let isDirection = self.text.isWord(first, among: Self.directions)
            if isDirection, !words.dropFirst().allSatisfy({ self.text.isWord($0, .place) || self.text.isUnknown($0) }) { return nil }
            self.add(run, .place, isDirection ? 0.7 : 0.85)
            return run.upperBound
        }
        // "London England", "Akron Ohio".
        if words.allSatisfy({ self.text.isWord($0, .place) && !self.text.isWord($0, .common) }),
            !self.text.isGiven(first) || self.text.isWord(first, .majorPlace)
        {
            for word in words { self.add(word..<word + 1, .place, 0.8) }
            return run.upperBound
        }
        return nil
    }

    static let firmHeadsOfPlaces: KnownWords = "port mount fort cape"
    static let saints: KnownWords = "st saint san santa"
    static let directions: KnownWords = "new north south east west upper lower great"

    /// "Laura Hill" is a person, "Market Street" and "Victoria Park" are not.
    func isPersonalPlaceName(_ words: [Int]) -> Bool {
        guard words.count == 2, self.text.isGiven(words[0]), self.text.isSurname(words[1]), !self.text.isWord(words[0], [.place, .common])
        else { return false }
        return !self.text.followsPlacePreposition(words[0]) && !self.text.isWord(words[1], among: Self.firmTails)
    }

    static let firmTails: KnownWords = "street road avenue river island islands ocean square county airport bridge valley"

    mutating func singlePlace(_ index: Int) -> Int? {
        let classes = self.text.tokens[index].classes
        if classes.isDisjoint(with: [.place, .organization]) {
            // Isle of Skye, City of London.
            guard self.text.isWord(index, [.placeTail, .placeHead]), self.text.isWord(index + 1, among: Self.of),
                let start = self.joinerEnd(index + 1),
                self.text.isWord(start, .place) || self.text.isUnknown(start), self.text.isWord(index, among: Self.ofHeads)
            else { return nil }
            let end = NameRuns.end(from: start, in: self.text)
            self.add(index..<end, .place, 0.75)
            return end
        }
        if classes.contains(.organization) {
            let size = self.text.tokens[index].end - self.text.tokens[index].start
            guard
                self.text.has(index, .allCapitals) && !self.text.has(index, .shouted)
                    || size > 4 && classes.isDisjoint(with: [.common, .given, .surname])
            else { return nil }
            self.add(index..<index + 1, .organization, 0.85)
            return index + 1
        }
        let isLocated =
            self.text.followsPlacePreposition(index) || self.precedesPlace(index + 1) || self.text.isWord(index - 1, among: Self.movement)
            || self.text.isMark(index - 1, ",") && self.text.isWord(index - 2, .place) || self.text.isGoverned(index)
        // China is a country in the middle of a sentence, and a ware at its beginning.
        let isMajor =
            classes.contains(.majorPlace) && !classes.contains(.given)
            && (!classes.contains(.common) || !self.text.has(index, .sentenceStart))
        if isLocated || isMajor
            || classes.isDisjoint(with: [.common, .given, .surname])
        {
            self.add(index..<index + 1, .place, isLocated ? 0.9 : 0.8)
            return index + 1
        }
        return nil
    }

    static let of: KnownWords = "of"
    static let ofHeads: KnownWords = "isle gulf bay city county strait straits sea lake mount town river cape port"
    static let movement: KnownWords = "from to leaving left reached between"
}
