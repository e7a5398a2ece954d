/// Why stored bytes are not a trained tagger.
public struct NameTaggerError: Error, Sendable, Hashable, CustomStringConvertible {
    public struct Code: Sendable, Hashable {
        private enum Kind { case notAModel, unsupportedVersion, damaged }
        private let kind: Kind
        /// The bytes do not begin as a tagger does.
        public static let notAModel = Self(kind: .notAModel)
        /// The bytes are of a later release.
        public static let unsupportedVersion = Self(kind: .unsupportedVersion)
        /// The bytes are cut short or altered.
        public static let damaged = Self(kind: .damaged)
    }

    public let code: Code

    init(_ code: Code) {
        self.code = code
    }

    public var description: String {
        switch self.code {
        case .notAModel: "not a trained name tagger"
        case .unsupportedVersion: "the name tagger was written by a later release"
        default: "the name tagger is damaged"
        }
    }
}
