internal import FlotillaCache

/// What is published when something ends: one end after the other, each a kind, the length of a key in 4 bytes, big-endian, and the key.
///
/// The kind is a letter: i for an item and g for a generation, whose keys are given without the root of the key space; I and G with it.
struct EndMessage {
    let root: String

    func encode(_ end: CacheEnd) -> [UInt8] {
        switch end {
        case .item(let key): self.encode(key, UInt8(ascii: "i"), UInt8(ascii: "I"))
        case .generation(let key): self.encode(key, UInt8(ascii: "g"), UInt8(ascii: "G"))
        case .watching, .lost: []
        }
    }

    private func encode(_ key: String, _ short: UInt8, _ long: UInt8) -> [UInt8] {
        let isOurs = key.utf8.starts(with: self.root.utf8)
        let text = isOurs ? key.utf8.dropFirst(self.root.utf8.count) : key.utf8[...]
        return [isOurs ? short : long] + withUnsafeBytes(of: UInt32(text.count).bigEndian) { Array($0) } + text
    }

    /// Nil for what nobody of this version has written.
    func decode(_ bytes: [UInt8]) -> [CacheEnd]? {
        var ends: [CacheEnd] = []
        var rest = bytes[...]
        while let kind = rest.popFirst() {
            guard rest.count >= 4 else { return nil }
            let length = rest.prefix(4).reduce(0) { $0 << 8 | Int($1) }
            rest = rest.dropFirst(4)
            guard rest.count >= length, let text = String(validating: rest.prefix(length), as: UTF8.self) else { return nil }
            rest = rest.dropFirst(length)
            switch kind {
            case UInt8(ascii: "i"): ends.append(.item(self.root + text))
            case UInt8(ascii: "I"): ends.append(.item(text))
            case UInt8(ascii: "g"): ends.append(.generation(self.root + text))
            case UInt8(ascii: "G"): ends.append(.generation(text))
            default: return nil
            }
        }
        return ends
    }
}
