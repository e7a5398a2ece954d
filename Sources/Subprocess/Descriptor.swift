import CSystem
import Glibc

/// Owns one file descriptor and closes it exactly once.
struct Descriptor: ~Copyable {
    private(set) var number: Int32

    init(_ number: Int32) { self.number = number }

    deinit { if self.number >= 0 { _ = Glibc.close(self.number) } }

    var isOpen: Bool { self.number >= 0 }

    mutating func close() {
        if self.number >= 0 { _ = Glibc.close(self.number) }
        self.number = -1
    }

    /// Opens with close-on-exec; not open, with errno set, on failure.
    static func open(_ path: String, _ flags: Int32, mode: mode_t = 0) -> Descriptor {
        Descriptor(Self.raised(flotilla_open(path, flags | O_CLOEXEC, mode)))
    }

    /// An anonymous file holding `bytes`, positioned at its start; not open, with errno set, on failure.
    static func memory(_ bytes: [UInt8]) -> Descriptor {
        let file = Descriptor(Self.raised(memfd_create("stdin", 1 /* MFD_CLOEXEC */)))
        guard file.isOpen else { return file }
        var written = 0
        while written < bytes.count {
            let count = bytes.withUnsafeBytes { write(file.number, $0.baseAddress?.advanced(by: written), bytes.count - written) }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { return Descriptor(-1) }
            written += count
        }
        _ = lseek(file.number, 0, SEEK_SET)
        return file
    }

    /// A daemon started with 0, 1 or 2 closed would get them here, and the child's redirections would overwrite each other.
    static func raised(_ number: Int32) -> Int32 {
        guard number >= 0, number < 3 else { return number }
        let higher = flotilla_fcntl_set(number, F_DUPFD_CLOEXEC, 3)
        let failure = errno
        _ = Glibc.close(number)
        errno = failure
        return higher
    }

    func setNonBlocking() { _ = flotilla_fcntl_set(self.number, F_SETFL, O_NONBLOCK) }
}

/// Both ends of a pipe, close-on-exec and above the standard descriptors; not open, with errno set, on failure.
struct Pipe: ~Copyable {
    var read = Descriptor(-1)
    var write = Descriptor(-1)

    /// A pipe that is not there.
    init(closed: Void) {}

    init() {
        var ends: [Int32] = [-1, -1]
        guard pipe2(&ends, O_CLOEXEC) == 0 else { return }
        self.read = Descriptor(Descriptor.raised(ends[0]))
        self.write = Descriptor(Descriptor.raised(ends[1]))
    }
}
