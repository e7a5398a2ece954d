import Glibc
import Threading

/// Writes whole lines to a descriptor that may be a pipe nobody reads.
///
/// The descriptor is shared with other processes, so it cannot be made non-blocking. Instead each write waits for room first, and is no
/// larger than what a pipe takes without blocking. After one wait in vain, lines are dropped until there is room again.
struct LineWriter {
    private let descriptor: Int32
    private let mayBlock: Bool
    private var isStuck = false
    private var dropped = 0

    private static let patience = Duration.seconds(2)
    /// PIPE_BUF: up to here a write is atomic, and does not block where poll saw room.
    private static let pipeWrite = 4096

    init(descriptor: Int32) {
        self.descriptor = descriptor
        var status = stat()
        let known = fstat(descriptor, &status) == 0
        self.mayBlock = !known || status.st_mode & S_IFMT != S_IFREG
    }

    /// Writes one line, newline included, with one system call if it fits.
    mutating func write(_ line: [UInt8]) {
        var written = 0
        let deadline = MonotonicTime.now + (self.isStuck ? .zero : Self.patience)
        while written < line.count {
            if self.mayBlock && !self.waitForRoom(until: deadline) {
                self.isStuck = true
                self.dropped += 1
                return
            }
            let size = self.mayBlock ? min(line.count - written, Self.pipeWrite) : line.count - written
            let count = line.withUnsafeBytes { Glibc.write(self.descriptor, $0.baseAddress?.advanced(by: written), size) }
            if count > 0 {
                written += count
            } else if errno != EINTR && errno != EAGAIN {
                self.dropped += 1
                return
            }
        }
        self.isStuck = false
    }

    /// Lines lost since the last call, once writing works again.
    mutating func takeDropped() -> Int? {
        guard self.dropped > 0, self.waitForRoom(until: MonotonicTime.now) else { return nil }
        defer { self.dropped = 0 }
        return self.dropped
    }

    private func waitForRoom(until deadline: MonotonicTime) -> Bool {
        while true {
            var descriptor = pollfd(fd: self.descriptor, events: Int16(POLLOUT), revents: 0)
            let milliseconds = max(0, (deadline - MonotonicTime.now).inMilliseconds)
            let count = poll(&descriptor, 1, Int32(clamping: milliseconds))
            if count > 0 { return descriptor.revents & Int16(POLLOUT) != 0 }
            if count == 0 || errno != EINTR { return false }
        }
    }
}
