import Glibc
import Threading

/// Where output goes. Tests collect it; the program has the real one.
public protocol Terminal: Sendable {
    /// Columns of standard output if it is a terminal, else nil.
    var width: Int? { get }
    /// Rows of standard output if it is a terminal on which a page can be drawn, else nil.
    var height: Int? { get }
    /// Whether standard error is a terminal, so that a progress bar makes sense.
    var showsProgress: Bool { get }
    func writeOutput(_ bytes: [UInt8])
    func writeError(_ bytes: [UInt8])
    /// Has bytes written to standard output when the process ends, however it does short of being killed; nothing follows them. Empty takes
    /// the wish back.
    func restoreAtExit(_ bytes: [UInt8])
}

/// Standard output and standard error of this process.
public struct ProcessTerminal: Terminal {
    private let isDumb: Bool

    public init(environment: [String: String]) { self.isDumb = environment["TERM"] == "dumb" }

    public var width: Int? { Self.size.map { $0.ws_col >= 20 ? Int($0.ws_col) : 80 } }

    public var height: Int? { self.isDumb ? nil : Self.size.map { $0.ws_row >= 2 ? Int($0.ws_row) : 24 } }

    /// All zeros for a terminal that does not know its size; nil for what is no terminal.
    private static var size: winsize? {
        guard isatty(STDOUT_FILENO) == 1 else { return nil }
        var size = winsize()
        return ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0 ? size : winsize()
    }

    public var showsProgress: Bool { isatty(STDERR_FILENO) == 1 && !self.isDumb }

    public func writeOutput(_ bytes: [UInt8]) {
        if Self.ending.withLock({ $0.isOver }) { return }
        Self.write(bytes, to: STDOUT_FILENO)
    }
    public func writeError(_ bytes: [UInt8]) { Self.write(bytes, to: STDERR_FILENO) }

    /// What the end of the process has to write, and whether it has.
    private static let ending = Lock((bytes: [UInt8](), isOver: false, isRegistered: false))

    public func restoreAtExit(_ bytes: [UInt8]) {
        let isFirst = Self.ending.withLock { ending in
            defer { ending.isRegistered = true }
            ending.bytes = bytes
            return !ending.isRegistered
        }
        if isFirst { atexit { ProcessTerminal.restore() } }
    }

    private static func restore() {
        let bytes = self.ending.withLock { ending in
            ending.isOver = !ending.bytes.isEmpty
            return ending.bytes
        }
        // A terminal that somebody stopped with Ctrl-S must not hold up the end.
        var poll = pollfd(fd: STDOUT_FILENO, events: Int16(POLLOUT), revents: 0)
        if !bytes.isEmpty, Glibc.poll(&poll, 1, 200) == 1 { _ = Glibc.write(STDOUT_FILENO, bytes, bytes.count) }
    }

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
