internal import Cryptography

/// Hashes of what does not fit into a key, or must not be read there.
public enum CacheHash {
    /// SHA-256 of the parts, each with its length before it: ("a:b", "c") and ("a", "b:c") differ.
    public static func digest(of parts: [String]) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(parts.reduce(0) { $0 + $1.utf8.count + 8 })
        for part in parts {
            withUnsafeBytes(of: UInt64(part.utf8.count).bigEndian) { bytes.append(contentsOf: $0) }
            bytes.append(contentsOf: part.utf8)
        }
        return SHA256Digest.of(bytes)
    }

    /// A key part made of parts of any length: 64 hexadecimal digits.
    public static func key(_ parts: String...) -> String { self.hexadecimal(self.digest(of: parts)) }

    public static func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
        let digits = Array("0123456789abcdef".utf8)
        var text: [UInt8] = []
        for byte in bytes { text += [digits[Int(byte >> 4)], digits[Int(byte & 15)]] }
        return String(decoding: text, as: UTF8.self)
    }
}
