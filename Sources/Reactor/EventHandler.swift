/// What a descriptor can be ready for.
public struct Interest: OptionSet, Sendable {
    public let rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// Bytes, a connection or the end of the stream can be read.
    public static let read = Interest(rawValue: 1)
    /// Bytes can be written.
    public static let write = Interest(rawValue: 2)
}

/// Whoever owns a descriptor that an ``EventLoop`` watches.
///
/// The loop keeps a strong reference from `register` to `unregister`, and calls only on its own thread.
public protocol EventHandler: AnyObject, Sendable {
    /// The descriptor is ready. An error or hang-up is reported as readable and writable, so that the next read or write says what happened.
    func ready(_ interest: Interest)
}
