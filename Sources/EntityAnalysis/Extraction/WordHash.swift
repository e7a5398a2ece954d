internal import TextAnalysis

/// FNV-1a over folded letters: the key of a word in every list.
struct WordHash: Sendable {
    private(set) var value: UInt64 = 0xCBF2_9CE4_8422_2325

    @inline(__always)
    mutating func combine(_ scalar: UInt32) {
        self.value = (self.value ^ UInt64(scalar)) &* 0x0000_0100_0000_01B3
    }

    /// Of a word that is already lower-case and accent-free, or of any other.
    static func of(_ word: some StringProtocol) -> UInt64 {
        var hash = WordHash()
        for scalar in word.unicodeScalars where !Self.isIgnored(scalar.value) { hash.combine(UTF8Text.folded(scalar.value)) }
        return hash.value
    }

    /// Of several words, from the hashes of each.
    static func phrase(_ hashes: some Sequence<UInt64>) -> UInt64 {
        var value: UInt64 = 0x9E37_79B9_7F4A_7C15
        for hash in hashes { value = (value ^ hash) &* 0xFF51_AFD7_ED55_8CCD; value ^= value >> 29 }
        return value
    }

    /// Soft hyphens, joiners and combining accents, which change nothing about which word it is.
    @inline(__always)
    static func isIgnored(_ scalar: UInt32) -> Bool {
        scalar >= 0xAD && (scalar == 0xAD || scalar >= 0x300 && scalar <= 0x36F || scalar == 0x200C || scalar == 0x200D)
    }
}
