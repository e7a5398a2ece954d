internal import Glibc

/// A proxy cannot be what it was asked to be: an address is taken, or is none.
public struct ProxyError: Error, CustomStringConvertible {
    public let description: String

    init(_ message: String) { self.description = message }

    init(_ message: String, _ code: Int32) { self.description = "\(message): \(String(cString: strerror(code)))" }
}
