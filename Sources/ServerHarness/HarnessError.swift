/// Something a test wanted from its environment did not work: a program did not start, a server did not answer.
public struct HarnessError: Error, CustomStringConvertible {
    public var message: String

    public init(_ message: String) {
        self.message = message
    }

    public var description: String { self.message }
}
