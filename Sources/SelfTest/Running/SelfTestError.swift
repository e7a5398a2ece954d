/// A scenario could not go on.
public struct SelfTestError: Error, Sendable, CustomStringConvertible {
    public let message: String

    public init(_ message: String) { self.message = message }

    public var description: String { self.message }
}
