import Glibc

/// Where output goes. Tests collect it; the program has the real one.
public protocol Terminal: Sendable {
    /// Columns of standard output if it is a terminal, else nil.
    var width: Int? { get }
    /// Whether standard error is a terminal, so that a progress bar makes sense.
    var showsProgress: Bool { get }
    func writeOutput(_ bytes: [UInt8])
    func writeError(_ bytes: [UInt8])
}

/// Standard output and standard error of this process.
public struct ProcessTerminal: Terminal {
    private let isDumb: Bool

    public init(environment: [String: String]) { self.isDumb = environment["TERM"] == "dumb" }

    public var width: Int? {
        guard isatty(STDOUT_FILENO) == 1 else { return nil }
        var size = winsize()
        guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col >= 20 else { return 80 }
        return Int(size.ws_col)
    }

    public var showsProgress: Bool { isatty(STDERR_FILENO) == 1 && !self.isDumb }

    public func writeOutput(_ bytes: [UInt8]) { Self.write(bytes, to: STDOUT_FILENO) }
    public func writeError(_ bytes: [UInt8]) { Self.write(bytes, to: STDERR_FILENO) }

    private static func write(_ bytes: [UInt8], to descriptor: Int32) {
        var start = 0
        while start < bytes.count {
            let count = bytes[start...].withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count > 0 {
                start += count
            } else if errno == EAGAIN {
                var poll = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                _ = Glibc.poll(&poll, 1, 1_000)
            } else if errno == EPIPE {
                // `flotilla … | head`: the reader has all it wanted.
                exit(0)
            } else if errno != EINTR {
                // A full disk behind `>`: what is missing must not look like success.
                if descriptor == STDOUT_FILENO { exit(ExitCode.failed.rawValue) }
                return
            }
        }
    }
}
