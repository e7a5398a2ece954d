/// Why bytes are not the JSON that was asked for.
public struct JSONError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What is wrong.
    public enum Reason: String, Sendable {
        case unexpectedEnd = "the text ends in the middle of a value"
        case unexpectedByte = "an unexpected byte"
        case invalidString = "a string with a control character or a broken escape"
        case invalidUTF8 = "invalid UTF-8"
        case invalidNumber = "a malformed number"
        case tooDeep = "nesting is too deep"
        case trailingBytes = "bytes follow the value"
    }

    public let reason: Reason
    /// The offset in bytes at which it was seen.
    public let offset: Int

    public init(_ reason: Reason, offset: Int) {
        self.reason = reason
        self.offset = offset
    }

    public var description: String { "\(self.reason.rawValue) at byte \(self.offset)" }
}
