/// The word lists as one table, built on first use.
struct Lexicon: Sendable {
    static let shared = Lexicon()

    /// Words of more bytes are in no list.
    static let longestWord = 40
    static let longestPhrase = 5

    private var words: ClassTable
    private var phrases: ClassTable

    private init() {
        self.words = ClassTable(capacityBits: 17)
        self.phrases = ClassTable(capacityBits: 13)
        self.add(WordLists.commonWords, .common)
        self.add(WordLists.surnames, .surname)
        self.add(WordLists.givenNames, .given)
        self.add(WordLists.frequentSurnames, [.surname, .frequentSurname])
        self.add(lines: PackageResources.given_names_world_txt, .given)
        self.add(lines: PackageResources.surnames_world_txt, .surname)
        self.add(lines: PackageResources.countries_txt, [.place, .majorPlace])
        self.add(lines: PackageResources.cities_txt, [.place, .majorPlace])
        self.add(lines: PackageResources.towns_txt, .place)
        self.add(lines: PackageResources.organizations_txt, .organization)
        self.addClasses(PackageResources.word_classes_txt)
    }

    /// What is known of the word with this hash; nothing where it is in no list.
    @inline(__always)
    func classes(of hash: UInt64) -> WordClasses { self.words[hash] }

    func phraseClasses(of hash: UInt64) -> WordClasses { self.phrases[hash] }

    /// Whether the word is everyday English, inflected or not. `letters` are ASCII and lower-case.
    func isCommon(_ letters: ArraySlice<UInt8>) -> Bool {
        if self.words[Self.hash(letters)].contains(.common) { return true }
        for ending in Self.endings
        where letters.count - ending.letters.count >= 3 && letters.suffix(ending.letters.count).elementsEqual(ending.letters) {
            let stem = letters.dropLast(ending.letters.count)
            if self.words[Self.hash(stem)].contains(.common) { return true }
            if let replacement = ending.replacement, self.words[Self.hash(stem, then: replacement)].contains(.common) { return true }
        }
        return false
    }

    private static let endings: [(letters: [UInt8], replacement: UInt8?)] = [
        ("s", nil), ("es", nil), ("d", nil), ("ed", "e"), ("ing", "e"), ("ly", nil), ("er", "e"), ("ers", "e"), ("ies", "y"), ("ied", "y"),
    ].map { (Array($0.0.utf8), ($0.1 as Unicode.Scalar?).map { UInt8(ascii: $0) }) }

    private static func hash(_ letters: ArraySlice<UInt8>, then last: UInt8? = nil) -> UInt64 {
        var hash = WordHash()
        for letter in letters { hash.combine(UInt32(letter)) }
        if let last { hash.combine(UInt32(last)) }
        return hash.value
    }

    /// A list of lower-case ASCII words with spaces between them.
    private mutating func add(_ list: StaticString, _ classes: WordClasses) {
        let bytes = UnsafeBufferPointer(start: list.utf8Start, count: list.utf8CodeUnitCount)
        var hash = WordHash()
        var length = 0
        for index in 0...bytes.count {
            if index < bytes.count, bytes[index] > 0x20 {
                hash.combine(UInt32(bytes[index]))
                length += 1
            } else if length > 0 {
                self.words.insert(hash.value, classes)
                hash = WordHash()
                length = 0
            }
        }
    }

    /// A list of names, one a line, of one or more words each.
    private mutating func add(lines bytes: [UInt8], _ classes: WordClasses) {
        for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") where !line.hasPrefix("#") {
            self.add(name: line, classes)
        }
    }

    private mutating func add(name: Substring, _ classes: WordClasses) {
        let hashes = name.split(separator: " ").map { WordHash.of($0) }
        guard let first = hashes.first else { return }
        if hashes.count == 1 {
            self.words.insert(first, classes)
        } else if hashes.count <= Self.longestPhrase {
            self.words.insert(first, .phraseStart)
            self.phrases.insert(WordHash.phrase(hashes), classes)
        }
    }

    /// Lines of the form `class: word word word`.
    private mutating func addClasses(_ bytes: [UInt8]) {
        for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") where !line.hasPrefix("#") {
            let parts = line.split(separator: ":", maxSplits: 1)
            guard parts.count == 2, let classes = WordClasses.named[String(parts[0])] else {
                preconditionFailure("word-classes.txt: a line without a known class: \(line)")
            }
            for word in parts[1].split(separator: " ") { self.words.insert(WordHash.of(word), classes) }
        }
    }
}

/// From hash to classes: open addressing, a power of two of slots.
private struct ClassTable: Sendable {
    private var keys: [UInt64]
    private var values: [UInt64]
    private var count = 0

    init(capacityBits: Int) {
        self.keys = Array(repeating: 0, count: 1 << capacityBits)
        self.values = Array(repeating: 0, count: 1 << capacityBits)
    }

    subscript(hash: UInt64) -> WordClasses { WordClasses(rawValue: self.values[self.slot(hash)]) }

    mutating func insert(_ hash: UInt64, _ classes: WordClasses) {
        let slot = self.slot(hash)
        if self.values[slot] == 0 {
            self.count += 1
            precondition(self.count * 2 < self.keys.count, "the word lists outgrew their table")
        }
        self.keys[slot] = hash
        self.values[slot] |= classes.rawValue
    }

    /// Where the hash is, or the empty slot where it belongs. An empty slot has the value 0.
    @inline(__always)
    private func slot(_ hash: UInt64) -> Int {
        let mask = self.keys.count &- 1
        var slot = Int(truncatingIfNeeded: hash ^ hash >> 32) & mask
        while self.values[slot] != 0, self.keys[slot] != hash { slot = (slot &+ 1) & mask }
        return slot
    }
}
