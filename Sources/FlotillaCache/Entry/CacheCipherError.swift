/// What is wrong with configured keys of encryption. Says which key by its place in the list, and never repeats any of its text.
public struct CacheCipherError: Error, Sendable, Hashable, CustomStringConvertible {
    public struct Code: Hashable, Sendable {
        private enum Kind: Hashable, Sendable { case noKeys, missingID, invalidID, invalidSecret, weakSecret, repeatedID }
        private let kind: Kind
        /// There is none.
        public static let noKeys = Self(kind: .noKeys)
        /// There is no `:` between an id and a secret.
        public static let missingID = Self(kind: .missingID)
        public static let invalidID = Self(kind: .invalidID)
        /// Neither base64 nor hexadecimal of 32 bytes.
        public static let invalidSecret = Self(kind: .invalidSecret)
        /// The same byte 32 times: somebody's placeholder.
        public static let weakSecret = Self(kind: .weakSecret)
        public static let repeatedID = Self(kind: .repeatedID)
    }

    public let code: Code
    /// Of the key in its list, from 1; nil when it is about no list.
    public let position: Int?

    init(_ code: Code, at position: Int? = nil) {
        self.code = code
        self.position = position
    }

    public var description: String {
        let key = self.position.map { "key \($0)" } ?? "the key"
        return switch self.code {
        case .noKeys: "no key is given; write id:secret"
        case .missingID: "\(key) has no id; write id:secret"
        case .invalidID: "\(key) has an id that is not 1 to 32 letters, digits, '.', '_' and '-'"
        case .weakSecret: "\(key) is one byte repeated; make one with: openssl rand -base64 32"
        case .repeatedID: "\(key) has the id of a key before it"
        default: "the secret of \(key) is not 32 bytes in base64 or hexadecimal; make one with: openssl rand -base64 32"
        }
    }
}
