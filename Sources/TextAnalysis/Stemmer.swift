/// Strips English endings so that "connected" and "connections" meet (Porter's algorithm of 1980, steps 1 to 5).
///
/// Works on lower-case ASCII words in place. Words of other languages lose at most an `-s`, `-ed` or `-ing` look-alike, in documents and
/// queries alike, so they still match each other.
struct Stemmer {
    private var word: [UInt8] = []
    private var end = 0  // one past the last byte of the word
    private var stem = 0  // one past the last byte of the stem under test

    /// The stem of `input`, which must be lower-case ASCII letters; words of one or two letters are returned as they are.
    mutating func stem(_ input: [UInt8]) -> ArraySlice<UInt8> {
        guard input.count > 2 else { return input[...] }
        self.word = input
        self.end = input.count
        self.plurals()
        self.yToI()
        self.doubleSuffixes()
        self.suffixes(Self.step3)
        self.longSuffixes()
        self.finalE()
        return self.word[0..<self.end]
    }

    private func isConsonant(_ index: Int) -> Bool {
        switch self.word[index] {
        case 0x61, 0x65, 0x69, 0x6F, 0x75: false
        case 0x79: index == 0 ? true : !self.isConsonant(index - 1)
        default: true
        }
    }

    /// The number of vowel-consonant sequences in the stem.
    private var measure: Int {
        var count = 0
        var index = 0
        while index < self.stem, self.isConsonant(index) { index += 1 }
        while index < self.stem {
            while index < self.stem, !self.isConsonant(index) { index += 1 }
            if index >= self.stem { break }
            count += 1
            while index < self.stem, self.isConsonant(index) { index += 1 }
        }
        return count
    }

    private var stemHasVowel: Bool { (0..<self.stem).contains { !self.isConsonant($0) } }

    private func endsInDoubleConsonant(_ end: Int) -> Bool {
        end >= 2 && self.word[end - 1] == self.word[end - 2] && self.isConsonant(end - 1)
    }

    /// consonant-vowel-consonant, the last not w, x or y: "hop" (hopping), where a lost e comes back ("hope").
    private func endsInShortSyllable(_ end: Int) -> Bool {
        guard end >= 3, self.isConsonant(end - 1), !self.isConsonant(end - 2), self.isConsonant(end - 3) else { return false }
        return self.word[end - 1] != 0x77 && self.word[end - 1] != 0x78 && self.word[end - 1] != 0x79
    }

    private mutating func ends(_ suffix: StaticString) -> Bool {
        let count = suffix.utf8CodeUnitCount
        guard count < self.end else { return false }
        for offset in 0..<count where self.word[self.end - count + offset] != suffix.utf8Start[offset] { return false }
        self.stem = self.end - count
        return true
    }

    private mutating func replace(with suffix: StaticString) {
        self.word.replaceSubrange(self.stem..<self.end, with: UnsafeBufferPointer(start: suffix.utf8Start, count: suffix.utf8CodeUnitCount))
        self.end = self.stem + suffix.utf8CodeUnitCount
    }

    private mutating func plurals() {
        if self.word[self.end - 1] == 0x73 {
            if self.ends("sses") {
                self.end -= 2
            } else if self.ends("ies") {
                self.replace(with: "i")
            } else if self.word[self.end - 2] != 0x73 {
                self.end -= 1
            }
        }
        if self.ends("eed") {
            if self.measure > 0 { self.end -= 1 }
        } else if (self.ends("ed") || self.ends("ing")) && self.stemHasVowel {
            self.end = self.stem
            if self.ends("at") {
                self.replace(with: "ate")
            } else if self.ends("bl") {
                self.replace(with: "ble")
            } else if self.ends("iz") {
                self.replace(with: "ize")
            } else if self.endsInDoubleConsonant(self.end) {
                let last = self.word[self.end - 1]
                if last != 0x6C && last != 0x73 && last != 0x7A { self.end -= 1 }
            } else {
                self.stem = self.end
                if self.measure == 1, self.endsInShortSyllable(self.end) { self.replace(with: "e") }
            }
        }
    }

    private mutating func yToI() {
        if self.ends("y"), self.stemHasVowel { self.word[self.end - 1] = 0x69 }
    }

    private mutating func doubleSuffixes() {
        self.suffixes(Self.step2)
    }

    private mutating func suffixes(_ table: [(StaticString, StaticString)]) {
        for (suffix, replacement) in table where self.ends(suffix) {
            if self.measure > 0 { self.replace(with: replacement) }
            return
        }
    }

    private mutating func longSuffixes() {
        for suffix in Self.step4 where self.ends(suffix) {
            if self.measure > 1 { self.end = self.stem }
            return
        }
        if self.ends("ion"), self.stem > 0, self.word[self.stem - 1] == 0x73 || self.word[self.stem - 1] == 0x74, self.measure > 1 {
            self.end = self.stem
        }
    }

    private mutating func finalE() {
        if self.word[self.end - 1] == 0x65 {
            self.stem = self.end - 1
            let measure = self.measure
            if measure > 1 || measure == 1 && !self.endsInShortSyllable(self.end - 1) { self.end -= 1 }
        }
        if self.word[self.end - 1] == 0x6C, self.endsInDoubleConsonant(self.end) {
            self.stem = self.end
            if self.measure > 1 { self.end -= 1 }
        }
    }

    private static let step2: [(StaticString, StaticString)] = [
        ("ational", "ate"), ("tional", "tion"), ("enci", "ence"), ("anci", "ance"), ("izer", "ize"), ("bli", "ble"), ("alli", "al"),
        ("entli", "ent"), ("eli", "e"), ("ousli", "ous"), ("ization", "ize"), ("ation", "ate"), ("ator", "ate"), ("alism", "al"),
        ("iveness", "ive"), ("fulness", "ful"), ("ousness", "ous"), ("aliti", "al"), ("iviti", "ive"), ("biliti", "ble"), ("logi", "log"),
    ]
    private static let step3: [(StaticString, StaticString)] = [
        ("icate", "ic"), ("ative", ""), ("alize", "al"), ("iciti", "ic"), ("ical", "ic"), ("ful", ""), ("ness", ""),
    ]
    private static let step4: [StaticString] = [
        "al", "ance", "ence", "er", "ic", "able", "ible", "ant", "ement", "ment", "ent", "ou", "ism", "ate", "iti", "ous", "ive", "ize",
    ]
}
