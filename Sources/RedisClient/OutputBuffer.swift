internal import CSystem
internal import Glibc

/// Bytes on their way to a socket, with a count of those that the kernel has taken.
struct OutputBuffer {
    enum Outcome { case done, blocked, failed(Int32) }

    private var bytes: [UInt8] = []
    /// Where the bytes begin that the kernel does not have yet.
    private var head = 0
    /// All bytes ever appended.
    private(set) var encodedBytes: UInt64 = 0
    /// All bytes ever taken by the kernel.
    private(set) var writtenBytes: UInt64 = 0

    var count: Int { self.bytes.count - self.head }
    var isEmpty: Bool { self.count == 0 }

    /// Lets `body` append, and only append.
    mutating func append(_ body: (inout [UInt8]) -> Void) {
        let before = self.bytes.count
        body(&self.bytes)
        self.encodedBytes &+= UInt64(self.bytes.count - before)
    }

    /// Writes until everything is gone or the socket takes no more. Never raises SIGPIPE.
    mutating func write(to descriptor: Int32) -> Outcome {
        while self.head < self.bytes.count {
            let sent = self.bytes.withUnsafeBytes { bytes in
                let rest = UnsafeRawBufferPointer(rebasing: bytes[self.head...])
                return send(descriptor, rest.baseAddress, rest.count, Int32(MSG_NOSIGNAL))
            }
            if sent > 0 {
                self.head += sent
                self.writtenBytes &+= UInt64(sent)
                continue
            }
            let code = errno
            if code == EINTR { continue }
            guard code == EAGAIN || code == EWOULDBLOCK else { return .failed(code) }
            if self.head > 1 << 20 {
                self.bytes.removeFirst(self.head)
                self.head = 0
            }
            return .blocked
        }
        self.head = 0
        self.bytes.removeAll(keepingCapacity: self.bytes.capacity <= 1 << 20)
        return .done
    }
}
