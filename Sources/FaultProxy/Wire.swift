internal import CSystem
internal import Glibc
internal import Reactor

/// One socket of a connection. Only on the loop's thread.
final class Wire: EventHandler, @unchecked Sendable {
    private static let readSize = 64 << 10
    enum Reading { case bytes(ArraySlice<UInt8>), end, failed, nothing }

    let direction: Direction
    private let loop: EventLoop
    private weak var link: Link?
    private(set) var descriptor: Int32
    private var interest: Interest = []
    /// Still being connected.
    var isConnecting = false
    /// Whether more may come from it.
    var isReadable = true
    /// The kernel's buffer was full at the last write.
    private(set) var isFull = false

    /// - Parameter direction: which way what is read from it goes.
    init(_ descriptor: Int32, _ direction: Direction, link: Link, loop: EventLoop) {
        self.descriptor = descriptor
        self.direction = direction
        self.link = link
        self.loop = loop
        var on: Int32 = 1
        // Does nothing to a unix socket.
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
    }

    var isOpen: Bool { self.descriptor >= 0 }

    func ready(_ interest: Interest) {
        if interest.contains(.write) { self.isFull = false }
        self.link?.ready(self, interest)
    }

    /// Watches for what is wanted. A descriptor of which nothing is wanted is not watched at all: the kernel would report its end for ever.
    func watch(_ wanted: Interest) {
        guard self.isOpen, wanted != self.interest else { return }
        if self.interest.isEmpty {
            self.loop.register(self.descriptor, interest: wanted, handler: self)
        } else if wanted.isEmpty {
            self.loop.unregister(self.descriptor)
        } else {
            self.loop.update(self.descriptor, interest: wanted)
        }
        self.interest = wanted
    }

    func read() -> Reading {
        let size = Self.readSize
        var failure: Int32 = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            let got = recv(self.descriptor, buffer.baseAddress, size, 0)
            count = max(0, got)
            if got < 0 { failure = errno }
        }
        if failure == EAGAIN || failure == EINTR { return .nothing }
        if failure != 0 { return .failed }
        return bytes.isEmpty ? .end : .bytes(bytes[...])
    }

    /// Returns how many bytes the kernel took; nil when the other end is gone.
    func write(_ bytes: ArraySlice<UInt8>) -> Int? {
        let count = bytes.withUnsafeBytes { send(self.descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
        if count >= 0 {
            self.isFull = count < bytes.count
            return count
        }
        if errno == EAGAIN || errno == EINTR {
            self.isFull = true
            return 0
        }
        return nil
    }

    /// Says that nothing more will be written.
    func shutdownWriting() { shutdown(self.descriptor, Int32(SHUT_WR)) }

    /// The error with which a connect ended, 0 for none.
    func connectError() -> Int32 {
        var code: Int32 = 0
        var size = socklen_t(MemoryLayout<Int32>.size)
        return getsockopt(self.descriptor, SOL_SOCKET, SO_ERROR, &code, &size) == 0 ? code : errno
    }

    /// - Parameter reset: with RST, where there is one.
    func close(reset: Bool) {
        guard self.isOpen else { return }
        self.watch([])
        closeDescriptor(self.descriptor, reset: reset)
        self.descriptor = -1
        self.isReadable = false
    }
}

/// Closes a socket, with RST if `reset` and if it knows such a thing.
func closeDescriptor(_ descriptor: Int32, reset: Bool) {
    if reset {
        var linger = linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<linger>.size))
    }
    Glibc.close(descriptor)
}
