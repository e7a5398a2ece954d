/// What a token can be within a name; the questions that the rules ask.
extension TokenizedText {
    /// Whether the token is a capitalised word that can stand in a name.
    func isNamePart(_ index: Int) -> Bool {
        guard self.isWord(index) else { return false }
        let token = self.tokens[index]
        guard token.shape.contains(.capital), token.shape.isDisjoint(with: [.taken, .spaceless, .possessive]) else { return false }
        if token.classes.contains(.function), !token.shape.contains(.initial) {
            // "Will Ashworth": a small word that is a given name, before a surname. "Los Angeles": a listed name that begins with one.
            if token.classes.contains(.phraseStart), self.listedPhrase(at: index, before: min(self.count, index + 8)) != nil { return true }
            return Self.smallGivenNames.contains(token.hash) && !token.shape.contains(.shouted) && self.isWord(index + 1, .surname)
                && self.has(index + 1, .capital)
        }
        if token.shape.contains(.initial), token.classes.contains(.function) || token.shape.contains(.sentenceStart) {
            return self.isMark(index + 1, ".") && self.isAttached(index + 1)
        }
        if !token.classes.isDisjoint(with: [.month, .weekday]) {
            return token.classes.contains(.given) && self.isWord(index + 1, .surname) && self.has(index + 1, .capital)
                && !self.has(index + 1, .blockStart)
        }
        return true
    }

    private static let smallGivenNames: KnownWords = "will may"

    func isOrganizationHead(_ index: Int) -> Bool {
        guard self.isWord(index) else { return false }
        if self.tokens[index].classes.contains(.organizationHead) { return true }
        return self.isOrganizationCompound(index)
    }

    /// A German compound: Volksbank, Bundesverfassungsgericht, Finanzamt.
    func isOrganizationCompound(_ index: Int) -> Bool {
        let token = self.tokens[index]
        guard token.end - token.start >= 8, token.shape.contains(.capital), !token.classes.contains(.common) else { return false }
        let word = self.lower(index)
        return Self.compoundHeads.contains { word.hasSuffix($0) }
    }

    private static let compoundHeads = [
        "bank", "gericht", "gerichtshof", "ministerium", "universität", "hochschule", "verband", "gesellschaft", "behörde", "verein",
        "finanzamt", "sparkasse",
        "bundesamt", "landesamt", "stiftung", "anstalt", "krankenhaus", "werke", "versicherung", "gewerkschaft", "genossenschaft",
    ]

    /// Words that are everyday language and nobody's name.
    func isPlainWord(_ index: Int) -> Bool {
        let classes = self.tokens[index].classes
        return !classes.isDisjoint(with: [.common, .label, .function]) && classes.isDisjoint(with: [.given, .surname])
    }

    /// In no list.
    func isUnknown(_ index: Int) -> Bool {
        self.isWord(index)
            && self.tokens[index].classes.isDisjoint(with: [
                .common, .label, .function, .place, .organizationHead, .organizationTail, .demonym, .month, .weekday, .placeTail, .title,
                .saying,
                .lawHead, .unit,
            ])
    }

    func isGiven(_ index: Int) -> Bool {
        guard self.isWord(index) else { return false }
        let token = self.tokens[index]
        if token.classes.contains(.given) { return true }
        // Anne-Marie, Karl-Friedrich: each half.
        guard token.classes.isEmpty, token.end - token.start <= 30, self.bytes[token.start..<token.end].contains(0x2D) else { return false }
        guard let first = self.text(index).split(separator: "-").first else { return false }
        return Lexicon.shared.classes(of: WordHash.of(first)).contains(.given)
    }

    func isSurname(_ index: Int) -> Bool { self.isWord(index, .surname) }

    /// Whether `where` the name at the token is, is what is being said: in, at, near.
    func followsPlacePreposition(_ index: Int) -> Bool {
        self.isWord(index - 1, .placePreposition) && !self.has(index, .blockStart)
            || self.isWord(index - 1, among: Self.articles) && self.isWord(index - 2, .placePreposition)
    }

    /// "Mayor of Ashford", "the city of Reading".
    func isGoverned(_ index: Int) -> Bool {
        self.isWord(index - 1, among: Self.of)
            && (self.isWord(index - 2, [.title, .placeTail, .placeHead]) || self.isWord(index - 2, among: Self.places))
    }

    private static let of: KnownWords = "of"
    private static let places: KnownWords = "people residents streets suburb outskirts capital region area north south east west"
    private static let articles: KnownWords = "the"

    /// The longest listed name of several words that begins at the token and ends before `limit`.
    func listedPhrase(at index: Int, before limit: Int) -> (end: Int, classes: WordClasses)? {
        guard self.isWord(index, .phraseStart) else { return nil }
        var hashes: [UInt64] = []
        var found: (end: Int, classes: WordClasses)?
        var position = index
        while position < limit, hashes.count < Lexicon.longestPhrase {
            if self.tokens[position].kind == .mark {
                // "St." and "Lloyd's" keep their marks; anything else ends the name.
                guard position > index, self.isMark(position, ".") || self.isMark(position, "'"), self.isAttached(position) else { break }
                position += 1
                continue
            }
            if self.has(position, .possessive) {
                position += 1
                continue
            }
            guard self.tokens[position].kind == .word, position == index || !self.has(position, .blockStart) else { break }
            hashes.append(self.tokens[position].hash)
            position += 1
            let classes = Lexicon.shared.phraseClasses(of: WordHash.phrase(hashes))
            if hashes.count > 1, !classes.isEmpty { found = (position, classes) }
        }
        return found
    }

    /// The words of a name as one key, whatever the marks and spaces between them.
    func key(_ range: Range<Int>) -> UInt64 {
        WordHash.phrase(range.lazy.filter { self.tokens[$0].kind != .mark && !self.has($0, .possessive) }.map { self.tokens[$0].hash })
    }
}
