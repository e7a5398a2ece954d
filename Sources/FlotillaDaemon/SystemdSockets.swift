internal import Glibc

/// Sockets that systemd opened for this process and handed over (`sd_listen_fds`).
enum SystemdSockets {
    /// Where the handed-over descriptors begin, by the protocol.
    private static let first: Int32 = 3

    /// The first socket that was handed to this very process, or nil. Children do not inherit it.
    static func inherited(environment: (String) -> String? = { getenv($0).map { String(cString: $0) } }) -> Int32? {
        guard environment("LISTEN_PID").flatMap({ Int32($0) }) == getpid(), let count = environment("LISTEN_FDS").flatMap({ Int32($0) }),
            count > 0
        else { return nil }
        for descriptor in self.first..<(self.first + min(count, 16)) { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) }
        return self.first
    }
}
