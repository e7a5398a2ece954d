/// How two readings of lines of text relate: the same with other mistakes, one that goes on, or another line.
///
/// Words are compared one by one, because the recogniser errs in single letters while people write "Part one" and "Part two". Numbers count in
/// full: "Chapter 1" is not "Chapter 2".
struct LineLikeness: Sendable {
    enum Relation: Int, Sendable, Hashable, Comparable {
        case different, clock, continued, grown, alike, equal
        static func < (one: Self, other: Self) -> Bool { one.rawValue < other.rawValue }
    }

    let text: String
    /// Folded: without case, and with one character for those that are confused.
    private let words: [[UInt8]]
    private let digits: [UInt8]
    private let letterCount: Int

    init(_ text: String) {
        self.text = text
        self.words = text.split { $0.isWhitespace }.map { Self.fold(String($0)) }.filter { !$0.isEmpty }
        self.digits = text.utf8.filter { (0x30...0x39).contains($0) }
        self.letterCount = text.unicodeScalars.count { $0.properties.isAlphabetic }
    }

    /// What `later` is to this line. ``Relation/continued``, ``Relation/grown`` and ``Relation/clock`` mean something only in one place of the
    /// screen.
    func relation(to later: LineLikeness) -> Relation {
        if self.words == later.words { return .equal }
        guard !self.words.isEmpty, !later.words.isEmpty else { return .different }
        if self.digits == later.digits, self.isAlike(later) { return .alike }
        if self.isClock, later.isClock { return .clock }
        if Self.begins(later.words, with: self.words) || Self.begins(self.words, with: later.words) && later.length * 10 >= self.length * 6
        {
            return .grown
        }
        return self.overlap(with: later) > 0 ? .continued : .different
    }

    /// This line and what `later` adds to it: of a text that runs through the picture.
    func joined(with later: LineLikeness) -> String {
        let words = later.text.split { $0.isWhitespace }
        return ([self.text] + words.dropFirst(self.overlap(with: later)).map(String.init)).joined(separator: " ")
    }

    private var length: Int { self.words.reduce(0) { $0 + $1.count } }

    /// Digits and what stands between them, as clocks, counters and page numbers have it.
    private var isClock: Bool { !self.digits.isEmpty && self.letterCount <= self.digits.count }

    private func isAlike(_ other: LineLikeness) -> Bool {
        let allowed = max(1, min(self.length, other.length) / 8)
        if self.words.count == other.words.count {
            var total = 0
            for (one, two) in zip(self.words, other.words) where one != two {
                let distance = Self.distance(one, two)
                let length = min(one.count, two.count)
                guard length > 3, distance <= max(1, length / 4) else { return false }
                total += distance
            }
            return total <= allowed
        }
        // A space was seen where there is none, or not seen.
        let one = Array(self.words.joined())
        let two = Array(other.words.joined())
        return one.count >= 8 && abs(one.count - two.count) <= allowed && Self.distance(one, two) <= allowed
    }

    /// Whether a line goes on where another one ends: at least five letters of it.
    private static func begins(_ words: [[UInt8]], with start: [[UInt8]]) -> Bool {
        let whole = Array(words.joined())
        let part = Array(start.joined())
        return part.count >= 5 && whole.count > part.count && whole.starts(with: part)
    }

    /// Words at the end of this line that begin the other one: three at least.
    private func overlap(with later: LineLikeness) -> Int {
        var count = min(self.words.count, later.words.count) - 1
        while count >= 3 {
            if self.words.suffix(count).elementsEqual(later.words.prefix(count)) { return count }
            count -= 1
        }
        return 0
    }

    private static func fold(_ word: String) -> [UInt8] {
        var folded: [UInt8] = []
        for byte in word.lowercased().utf8 {
            switch byte {
            case 0x21, 0x31, 0x69, 0x7C: folded.append(0x6C)
            case 0x30: folded.append(0x6F)
            case 0x35: folded.append(0x73)
            case 0x38: folded.append(0x62)
            case 0x61...0x7A, 0x32...0x39, 0x80...: folded.append(byte)
            default: break
            }
        }
        return folded
    }

    /// Edits between two byte strings.
    private static func distance(_ one: [UInt8], _ two: [UInt8]) -> Int {
        var row = Array(0...two.count)
        for (index, byte) in one.enumerated() {
            var diagonal = row[0]
            row[0] = index + 1
            for position in two.indices {
                let next = row[position + 1]
                row[position + 1] = min(min(next, row[position]) + 1, diagonal + (two[position] == byte ? 0 : 1))
                diagonal = next
            }
        }
        return row[two.count]
    }
}
