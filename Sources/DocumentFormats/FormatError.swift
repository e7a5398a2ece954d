/// Why a file could not be read as the document it claims to be. Trying again does not help.
public struct FormatError: Error, Sendable, CustomStringConvertible {
    /// The kinds of refusal; the raw value is the exit status of `document-extractor`.
    public enum Code: Int32, Sendable, CaseIterable {
        /// It needs a password.
        case encrypted = 10
        /// It is damaged, or not what its signature says.
        case corrupt = 11
        /// Nothing here reads this format.
        case unsupported = 12
        /// It passes a limit, or unpacks to far more than it is.
        case tooLarge = 13
        /// There is no text in it.
        case empty = 14
        /// The file itself could not be opened or read.
        case unreadable = 15
    }
    public let code: Code
    /// One sentence for a person.
    public let description: String

    public init(_ code: Code, _ description: String) {
        self.code = code
        self.description = description
    }
}
