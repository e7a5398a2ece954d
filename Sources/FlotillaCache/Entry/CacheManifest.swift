internal import Cryptography

/// What a large value consists of that is stored in parts, each under a key of its own.
///
/// The server may evict any of the parts, and a part of an older value may be left over. The manifest is stored as the value itself, under
/// the value's key, and parts count only together, each with the digest that stands here.
///
///     offset  bytes
///          0      3  "FCM"
///          3      1  format, 1
///          4      4  bytes of each part but the last
///          8      8  bytes of the whole
///         16  32 x n  SHA-256 of each part, in order
public struct CacheManifest: Sendable, Hashable {
    /// 256 KiB: large enough to be few, small enough not to hold the server up.
    public static let defaultPartBytes = 256 << 10
    /// Of the whole; 4 GiB. A manifest that promises more is none.
    public static let maximumBytes = 4 << 30

    private static let magic = Array("FCM\u{1}".utf8)
    private static let fixedBytes = 16
    private static let digestBytes = 32

    /// Of each part but the last, which may be shorter.
    public let partBytes: Int
    /// Of all parts together.
    public let rawBytes: Int
    /// SHA-256 of each part, in order.
    public let digests: [[UInt8]]

    /// How many parts there are; 0 for a value without bytes.
    public var count: Int { self.digests.count }

    /// Cuts bytes into parts.
    ///
    /// - Parameters:
    ///   - bytes: at most ``maximumBytes``.
    ///   - partBytes: from 1 to 2^32 - 1.
    /// - Returns: as many parts as the manifest says, in order.
    public static func split(_ bytes: [UInt8], partBytes: Int = defaultPartBytes) -> (manifest: CacheManifest, parts: [[UInt8]]) {
        precondition((1...Int(UInt32.max)).contains(partBytes) && bytes.count <= self.maximumBytes, "parts of no size, or too many bytes")
        let parts = stride(from: 0, to: bytes.count, by: partBytes).map { Array(bytes[$0..<min($0 + partBytes, bytes.count)]) }
        return (CacheManifest(partBytes: partBytes, rawBytes: bytes.count, digests: parts.map(SHA256Digest.of)), parts)
    }

    /// Puts parts together again.
    ///
    /// - Parameter parts: in order; nil for one that is not there.
    /// - Returns: nil if any is missing, or is not what was cut.
    public func join(_ parts: [[UInt8]?]) -> [UInt8]? {
        guard parts.count == self.count else { return nil }
        for (index, part) in parts.enumerated() {
            guard let part, part.count == self.bytes(ofPart: index), SHA256Digest.of(part) == self.digests[index] else { return nil }
        }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(self.rawBytes)
        for part in parts { bytes += part ?? [] }
        return bytes
    }

    private func bytes(ofPart index: Int) -> Int { min(self.partBytes, self.rawBytes - index * self.partBytes) }

    public func encode() -> [UInt8] {
        var bytes = Self.magic
        bytes.reserveCapacity(Self.fixedBytes + self.count * Self.digestBytes)
        bytes.appendBigEndian(UInt32(self.partBytes))
        bytes.appendBigEndian(UInt64(self.rawBytes))
        for digest in self.digests { bytes += digest }
        return bytes
    }

    /// - Returns: nil for bytes that ``encode()`` did not give.
    public init?(decoding bytes: [UInt8]) {
        guard bytes.count >= Self.fixedBytes, bytes.starts(with: Self.magic) else { return nil }
        let partBytes = Int(bytes.bigEndian(at: 4) as UInt32)
        let rawBytes: UInt64 = bytes.bigEndian(at: 8)
        guard partBytes > 0, rawBytes <= UInt64(Self.maximumBytes) else { return nil }
        let count = (Int(rawBytes) + partBytes - 1) / partBytes
        // The promised count must be what is there, so a hostile one allocates nothing.
        guard bytes.count - Self.fixedBytes == count * Self.digestBytes else { return nil }
        let digests = (0..<count).map { index in
            let start = Self.fixedBytes + index * Self.digestBytes
            return Array(bytes[start..<start + Self.digestBytes])
        }
        self.init(partBytes: partBytes, rawBytes: Int(rawBytes), digests: digests)
    }

    private init(partBytes: Int, rawBytes: Int, digests: [[UInt8]]) {
        self.partBytes = partBytes
        self.rawBytes = rawBytes
        self.digests = digests
    }
}
