internal import FlotillaCache

/// How a value lies in Redis. Written by `fragment_entry.lua`: change both together.
///
///     1 byte n │ 8 bytes version │ n * 8 bytes of generations │ what the cache stored          (numbers are big-endian)
struct StoredEntry {
    let generations: [CacheGeneration]
    let bytes: [UInt8]

    /// Nil for what is no entry, such as a counter.
    init?(_ value: [UInt8]) {
        guard let count = value.first, value.count >= 9 + 8 * Int(count) else { return nil }
        self.generations = (0..<Int(count)).map { CacheGeneration(bigEndian: value[(9 + 8 * $0)..<(17 + 8 * $0)]) }
        self.bytes = Array(value[(9 + 8 * Int(count))...])
    }

    /// Whether a value of this length that begins with this byte can be an entry.
    static func isPlausible(length: Int64, first: UInt8) -> Bool { length >= 9 + 8 * Int64(first) }
}

extension CacheGeneration {
    /// - Parameter bytes: 8 of them.
    init(bigEndian bytes: ArraySlice<UInt8>) { self.init(bits: bytes.reduce(0) { $0 << 8 | UInt64($1) }) }

    var bigEndian: [UInt8] { self.bits.bigEndianBytes }
}

extension UInt64 {
    var bigEndianBytes: [UInt8] { withUnsafeBytes(of: self.bigEndian) { Array($0) } }

    /// 8 bytes that nobody can guess.
    static var randomBytes: [UInt8] { UInt64.random(in: .min ... .max).bigEndianBytes }
}
