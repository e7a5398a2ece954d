/// Makes the inputs of one target, each from its index alone.
struct Mutator {
    private let target: FuzzTarget
    private let seed: UInt64
    private let corpus: [[UInt8]]
    private let tokens: [[UInt8]]

    init(_ target: FuzzTarget, seed: UInt64) {
        self.target = target
        self.seed = seed
        self.corpus = target.corpus().map { Array($0.prefix(target.maximumBytes)) }
        self.tokens = (target.dictionary + Self.everywhere).map { Array($0.utf8) } + Self.brokenBytes
    }

    /// The input, and the random numbers that are left for the run. The first indexes are the corpus as it is.
    func input(at index: Int) -> (bytes: [UInt8], random: FuzzRandom) {
        var random = FuzzRandom(seed: self.seed, target: self.target.name, index: index)
        if index < self.corpus.count { return (self.corpus[index], random) }
        var bytes: [UInt8]
        if let grammar = self.target.grammar, random.once(in: 2) {
            bytes = grammar(&random)
            // Some stay as the grammar made them, to reach what only sound inputs reach.
            if random.once(in: 3) { return (Array(bytes.prefix(self.target.maximumBytes)), random) }
        } else if !self.corpus.isEmpty, !random.once(in: 50) {
            bytes = self.corpus[random.below(self.corpus.count)]
        } else {
            bytes = (0..<random.small(64)).map { _ in UInt8(truncatingIfNeeded: random.next()) }
        }
        for _ in 0...random.small(6) {
            self.mutate(&bytes, &random)
            if bytes.count > self.target.maximumBytes { bytes.removeLast(bytes.count - self.target.maximumBytes) }
        }
        return (bytes, random)
    }

    private func mutate(_ bytes: inout [UInt8], _ random: inout FuzzRandom) {
        let place = random.below(bytes.count + 1)
        switch random.below(16) {
        case 0, 1: if place < bytes.count { bytes[place] ^= 1 << UInt8(random.below(8)) }
        case 2: if place < bytes.count { bytes[place] = UInt8(truncatingIfNeeded: random.next()) }
        case 3: bytes.insert(UInt8(truncatingIfNeeded: random.next()), at: place)
        case 4: bytes.removeSubrange(Self.range(in: bytes, &random))
        case 5: bytes.removeLast(bytes.count - place)
        case 6, 7, 8: bytes.insert(contentsOf: random.one(of: self.tokens), at: place)
        case 9: bytes.replaceSubrange(Self.range(in: bytes, &random), with: random.one(of: self.tokens))
        case 10: self.splice(&bytes, &random)
        case 11: Self.repeatPiece(&bytes, &random, most: self.target.maximumBytes)
        case 12: Self.movePiece(&bytes, &random)
        case 13: Self.replaceNumber(&bytes, &random)
        case 14: Self.writeInteger(&bytes, &random)
        default: Self.nest(&bytes, &random)
        }
    }

    private static func range(in bytes: [UInt8], _ random: inout FuzzRandom) -> Range<Int> {
        let start = random.below(bytes.count + 1)
        return start..<min(bytes.count, start + 1 + random.small(max(1, bytes.count / 2)))
    }

    /// The head of this one and the tail of another.
    private func splice(_ bytes: inout [UInt8], _ random: inout FuzzRandom) {
        guard !self.corpus.isEmpty else { return }
        let other = random.one(of: self.corpus)
        bytes.removeLast(bytes.count - random.below(bytes.count + 1))
        bytes += other[random.below(other.count + 1)...]
    }

    private static func repeatPiece(_ bytes: inout [UInt8], _ random: inout FuzzRandom, most: Int) {
        let range = self.range(in: bytes, &random)
        guard !range.isEmpty, bytes.count < most else { return }
        let piece = Array(bytes[range])
        let times = min(random.once(in: 4) ? most : 1 + random.small(30), (most - bytes.count) / piece.count)
        var copies: [UInt8] = []
        copies.reserveCapacity(piece.count * times)
        for _ in 0..<times { copies += piece }
        bytes.insert(contentsOf: copies, at: range.upperBound)
    }

    private static func movePiece(_ bytes: inout [UInt8], _ random: inout FuzzRandom) {
        let range = self.range(in: bytes, &random)
        let piece = Array(bytes[range])
        bytes.removeSubrange(range)
        bytes.insert(contentsOf: piece, at: random.below(bytes.count + 1))
    }

    /// Another number where decimal digits stand.
    private static func replaceNumber(_ bytes: inout [UInt8], _ random: inout FuzzRandom) {
        let start = random.below(bytes.count + 1)
        guard let first = bytes[start...].firstIndex(where: { (0x30...0x39).contains($0) }) else { return }
        let end = bytes[first...].firstIndex { !(0x30...0x39).contains($0) } ?? bytes.count
        bytes.replaceSubrange(first..<end, with: random.one(of: self.numbers).utf8)
    }

    /// An interesting integer of one to eight bytes, in either order, over what stands there: lengths and counts of binary formats.
    private static func writeInteger(_ bytes: inout [UInt8], _ random: inout FuzzRandom) {
        let width = random.one(of: [1, 2, 4, 8])
        guard bytes.count >= width else { return }
        let value = random.one(of: self.integers)
        let start = random.below(bytes.count - width + 1)
        let isBig = random.once(in: 2)
        for offset in 0..<width {
            bytes[start + offset] = UInt8(truncatingIfNeeded: value >> UInt64(8 * (isBig ? width - 1 - offset : offset)))
        }
    }

    /// The same opening many times, with or without its closing.
    private static func nest(_ bytes: inout [UInt8], _ random: inout FuzzRandom) {
        let (opening, closing) = random.one(of: self.brackets)
        let depth = random.once(in: 4) ? 2_000 : 1 + random.small(200)
        let start = random.below(bytes.count + 1)
        if !random.once(in: 3) { bytes.insert(contentsOf: String(repeating: closing, count: depth).utf8, at: bytes.count) }
        bytes.insert(contentsOf: String(repeating: opening, count: depth).utf8, at: start)
    }

    private static let brackets = [
        ("[", "]"), ("{\"a\":", "}"), ("(", ")"), ("<a>", "</a>"), ("{", "}"), ("<div>", "</div>"), ("*1\r\n", ""), ("> ", ""),
        ("<<", ">>"),
    ]

    private static let numbers = [
        "0", "-0", "-1", "1", "00", "127", "128", "255", "256", "-128", "32767", "32768", "65535", "65536", "2147483647", "2147483648",
        "-2147483648", "-2147483649", "4294967295", "4294967296", "9007199254740993", "9223372036854775807", "9223372036854775808",
        "-9223372036854775808", "-9223372036854775809", "18446744073709551615", "18446744073709551616", "1e309", "-1e309", "1e-400", "1e18",
        "1e19", "9.3e18", "NaN", "nan", "inf", "-inf", "Infinity", "0x10", "1_000", "+1", "1.5", ".5", "5.", "1e",
        "12345678901234567890123",
        "0.000000000000000000001", "99999", "999999", "9999999999",
    ]

    private static let integers: [UInt64] = [
        0, 1, 2, 0x7F, 0x80, 0xFF, 0x100, 0x7FFF, 0x8000, 0xFFFF, 0x10000, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF, 0x1_0000_0000,
        0x7FFF_FFFF_FFFF_FFFF, 0x8000_0000_0000_0000, 0xFFFF_FFFF_FFFF_FFFF, 0xFFFF_FFFF_FFFF_FFFE, 0x1FFF, 0x1FFF_FFFF,
    ]

    private static let everywhere =
        numbers + [
            "\0", "\n", "\r\n", "\r", " ", "\t", "\"", "'", "\\", "/", "../", "%", "%00", "%zz", "&", "=", ":", ";", ",", "-", "\u{FEFF}",
            "\u{202E}", "e\u{301}\u{301}\u{301}", "👨‍👩‍👧‍👦", "\u{1F1E9}\u{1F1EA}", "ﬁ", "ß", "İ", "\u{2028}", "\u{AD}", "\u{200D}", "\u{FFFD}",
            "\u{10FFFF}", "日本語", "ا", "\u{1B}[31m", "null", "true", "{}", "[]",
        ]

    /// Invalid UTF-8: a lone continuation, an overlong slash, half a surrogate pair, beyond the last scalar, a lead without its rest.
    private static let brokenBytes: [[UInt8]] = [
        [0x80], [0xC0, 0xAF], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xE2, 0x82], [0xFF], [0xFE, 0xFF], [0xFF, 0xFE],
        [0, 0, 0, 0], [0xF0, 0x9F],
    ]
}
