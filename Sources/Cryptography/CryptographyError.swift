/// Why bytes could not be sealed or opened. Nothing was given out then.
public struct CryptographyError: Error, Sendable, Hashable, CustomStringConvertible {
    public struct Code: Hashable, Sendable {
        private enum Kind: Hashable, Sendable { case keySize, nonceSize, tooLarge, truncated, notAuthentic, unavailable }
        private let kind: Kind
        /// The key does not have the length that the cipher takes.
        public static let keySize = Self(kind: .keySize)
        /// The nonce does not have the length that the cipher takes.
        public static let nonceSize = Self(kind: .nonceSize)
        /// More bytes than OpenSSL takes at once.
        public static let tooLarge = Self(kind: .tooLarge)
        /// Fewer bytes than a nonce and a tag.
        public static let truncated = Self(kind: .truncated)
        /// Changed since they were sealed, sealed with another key, or bound to other data. Which of them, nobody can tell.
        public static let notAuthentic = Self(kind: .notAuthentic)
        /// OpenSSL has no memory, no randomness, or not this cipher.
        public static let unavailable = Self(kind: .unavailable)
    }

    public let code: Code
    /// For people; holds no key and no data.
    public let description: String

    init(_ code: Code, _ description: String) {
        self.code = code
        self.description = description
    }
}
