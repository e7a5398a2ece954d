internal import Cryptography

/// The keys that values are encrypted with, in order: the first encrypts, all decrypt.
///
/// To change keys, put the new one first; take the old one out when the longest-lived value is gone. Values of a key that is out are misses.
///
/// Each place in the cache has a key of its own, derived from the configured one and the place's name. So the same nonce at two places is
/// harmless, and no key seals the 2^32 times after which random nonces begin to meet.
public struct CacheCipher: Sendable {
    /// One key of encryption. Its secret is in no text that describes it.
    public struct Key: Sendable {
        /// Stands in the clear in every value that it encrypts.
        public let id: String
        private let secret: [UInt8]

        /// - Parameters:
        ///   - id: 1 to 32 letters, digits, `.`, `_` and `-`.
        ///   - secret: 32 random bytes.
        public init(id: String, secret: [UInt8]) throws(CacheCipherError) {
            guard (1...32).contains(id.utf8.count), id.utf8.allSatisfy(CacheCipher.isIDByte) else { throw CacheCipherError(.invalidID) }
            guard secret.count == AESGCM.keyBytes else { throw CacheCipherError(.invalidSecret) }
            guard Set(secret).count > 1 else { throw CacheCipherError(.weakSecret) }
            self.id = id
            self.secret = secret
        }

        func seal(_ payload: [UInt8], place: String, header: [UInt8]) throws(CryptographyError) -> [UInt8] {
            let place = EntryHeader.place(place)
            return try AESGCM(key: self.derived(for: place)).seal(payload, associated: place + header)
        }

        func open(_ sealed: [UInt8], place: String, header: [UInt8]) throws(CryptographyError) -> [UInt8] {
            let place = EntryHeader.place(place)
            return try AESGCM(key: self.derived(for: place)).open(sealed, associated: place + header)
        }

        private func derived(for place: [UInt8]) -> [UInt8] {
            HMACSHA256.of(Array("flotilla cache entry 1".utf8) + place, key: self.secret)
        }
    }

    /// At least one.
    private let keys: [Key]

    public init(_ keys: [Key]) throws(CacheCipherError) {
        guard !keys.isEmpty else { throw CacheCipherError(.noKeys) }
        for (index, key) in keys.enumerated() where keys[..<index].contains(where: { $0.id == key.id }) {
            throw CacheCipherError(.repeatedID, at: index + 1)
        }
        self.keys = keys
    }

    /// The ids of the keys, in order.
    public var keyIDs: [String] { self.keys.map(\.id) }

    /// The one that encrypts.
    var first: Key { self.keys[0] }
    func key(_ id: String) -> Key? { self.keys.first { $0.id == id } }

    static func isIDByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x61...0x7A, 0x41...0x5A, 0x30...0x39, 0x2D, 0x2E, 0x5F: true
        default: false
        }
    }
}

extension CacheCipher.Key: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "key \(self.id)" }
    public var debugDescription: String { self.description }
    /// `dump` and loggers that mirror values find the id alone.
    public var customMirror: Mirror { Mirror(self, children: ["id": self.id]) }
}

extension EntryHeader {
    /// Where an entry is stored, as checksums and encryption see it.
    static func place(_ key: String) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(4 + key.utf8.count)
        bytes.appendBigEndian(UInt32(truncatingIfNeeded: key.utf8.count))
        bytes += key.utf8
        return bytes
    }
}
