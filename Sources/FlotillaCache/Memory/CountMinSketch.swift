/// How often things came lately, roughly, in 8 bytes for each entry of a cache: an estimate is never too low, and rarely too high.
///
/// Four rows of counters of 4 bits; the smallest of a hash's four counters is its estimate. All are halved from time to time, so that what was
/// popular last week makes room for what is today.
///
///     word   15 … 12   11 … 8    7 … 4     3 … 0      16 counters of 4 bits
///            row 3     row 2     row 1     row 0      a hash takes one counter of each row, each in a word of its own
///
/// - SeeAlso: Cormode & Muthukrishnan 2005; Einziger, Friedman & Manes 2017, arXiv:1512.00727, for the halving and its period.
package struct CountMinSketch {
    /// The largest estimate.
    package static let maximum = 15
    private static let leastEntries = 256

    /// A power of two of them.
    private var words: [UInt64]
    private var recorded = 0
    /// Halvings after so many recordings for each entry of the cache. More knows more about what does not change, and forgets later.
    private let periodFactor: Int

    /// - Parameters:
    ///   - entries: of the cache; the sketch grows when there are more.
    ///   - periodFactor: how many times as many recordings as entries lie between two halvings.
    package init(entries: Int = leastEntries, periodFactor: Int = 10) {
        self.words = [UInt64](repeating: 0, count: Self.words(for: entries))
        self.periodFactor = periodFactor
    }

    private static func words(for entries: Int) -> Int {
        var count = self.leastEntries
        while count < entries, count < 1 << 30 { count *= 2 }
        return count
    }

    /// Of entries that it is large enough for.
    package var entries: Int { self.words.count }

    /// Makes room for so many entries and keeps what it knows: the low bits of a hash still lead to its counters.
    package mutating func grow(to entries: Int) {
        let count = Self.words(for: entries)
        while self.words.count < count { self.words += self.words }
    }

    /// - Parameter hash: all its bits as good as random.
    package func estimate(_ hash: UInt64) -> Int {
        var least: UInt64 = 15
        for row in 0..<4 {
            let (word, shift) = self.place(hash, row)
            least = min(least, self.words[word] >> shift & 15)
        }
        return Int(least)
    }

    /// Counts one more. Only the smallest of the four counters grow: the others are too high already.
    package mutating func record(_ hash: UInt64) {
        let estimate = UInt64(self.estimate(hash))
        self.recorded += 1
        if estimate < 15 {
            for row in 0..<4 {
                let (word, shift) = self.place(hash, row)
                if self.words[word] >> shift & 15 == estimate { self.words[word] += 1 << shift }
            }
        }
        if self.recorded >= self.words.count * self.periodFactor { self.halve() }
    }

    private mutating func halve() {
        // One bit of each counter falls into the next one, and is taken out there.
        for index in self.words.indices { self.words[index] = self.words[index] >> 1 & 0x7777_7777_7777_7777 }
        self.recorded /= 2
    }

    private func place(_ hash: UInt64, _ row: Int) -> (word: Int, shift: UInt64) {
        let step = hash >> 32 | 1
        let word = Int(truncatingIfNeeded: hash &+ UInt64(row) &* step) & (self.words.count - 1)
        return (word, (UInt64(row) * 4 + (hash >> (UInt64(row) * 2 + 55) & 3)) * 4)
    }
}
