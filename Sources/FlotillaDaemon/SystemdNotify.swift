import CSystem
import Glibc
import Threading

/// Tells systemd how the service is doing, over the socket that it names in `$NOTIFY_SOCKET`. Does nothing outside of systemd.
public struct SystemdNotify: Sendable {
    private let path: String?
    /// How often systemd wants to hear from the work loop; nil when it does not.
    public let watchdogInterval: Duration?

    /// Reads `NOTIFY_SOCKET`, `WATCHDOG_USEC` and `WATCHDOG_PID`.
    public init(environment: [String: String] = Settings.processEnvironment()) {
        self.path = environment["NOTIFY_SOCKET"].flatMap { $0.hasPrefix("/") || $0.hasPrefix("@") ? $0 : nil }
        let isMeant = environment["WATCHDOG_PID"].map { Int32($0) == getpid() } ?? true
        self.watchdogInterval =
            environment["WATCHDOG_USEC"].flatMap { Int64($0) }.flatMap { isMeant && $0 > 0 ? .microseconds($0) : nil }
    }

    /// Whether somebody listens.
    public var isActive: Bool { self.path != nil }

    public func ready(status: String) { self.send(["READY=1", "STATUS=\(Self.line(status))"]) }
    public func status(_ status: String) { self.send(["STATUS=\(Self.line(status))"]) }
    public func watchdog() { self.send(["WATCHDOG=1"]) }

    /// Stopping has begun and may take so long.
    public func stopping(within time: Duration) {
        self.send(["STOPPING=1", "STATUS=finishing running work", "EXTEND_TIMEOUT_USEC=\(max(0, time.inNanoseconds / 1_000))"])
    }

    /// The configuration is being read again; follow with ``ready(status:)``.
    public func reloading() {
        self.send(["RELOADING=1", "MONOTONIC_USEC=\(MonotonicTime.now.nanoseconds / 1_000)", "STATUS=reloading"])
    }

    /// Sends lines as one datagram. Returns whether it went out; a full or missing socket is not worth waiting for.
    @discardableResult
    public func send(_ lines: [String]) -> Bool {
        guard let path = self.path else { return false }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        var name = Array(path.utf8)
        guard name.count < MemoryLayout.size(ofValue: address.sun_path) else { return false }
        // An abstract socket has a NUL where its written form has an @, and no end but its length.
        if name[0] == UInt8(ascii: "@") { name[0] = 0 }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: name) }
        let isAbstract = name[0] == 0
        let offset = MemoryLayout<sockaddr_un>.offset(of: \.sun_path) ?? 2
        let length = socklen_t(offset + name.count + (isAbstract ? 0 : 1))

        let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        let message = Array(lines.joined(separator: "\n").utf8)
        let sent = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                sendto(descriptor, message, message.count, Int32(MSG_NOSIGNAL | MSG_DONTWAIT), $0, length)
            }
        }
        return sent == message.count
    }

    /// A newline would begin another assignment.
    private static func line(_ text: String) -> String {
        String(text.unicodeScalars.map { $0.value < 0x20 || $0.value == 0x7F ? " " : Character($0) })
    }
}
