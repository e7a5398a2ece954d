import FaultProxy
import Glibc
import ServerHarness
import Threading

/// What a read of a ``TestSocket`` found.
enum Found: Equatable {
    case bytes([UInt8])
    case end
    case reset
    /// Nothing came in time.
    case nothing

    static func text(_ text: String) -> Found { .bytes(Array(text.utf8)) }
}

/// A blocking socket with a time limit on every read.
final class TestSocket: Sendable {
    let descriptor: Int32

    init(_ descriptor: Int32) { self.descriptor = descriptor }

    /// Connects. Throws the errno as a ``HarnessError``'s text when that fails.
    init(to address: ProxyAddress) throws {
        switch address {
        case .tcp(_, let port):
            self.descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
            var address = loopback(port)
            try self.check(withBytes(of: &address) { Glibc.connect(self.descriptor, $0, $1) })
        case .unix(let path):
            self.descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
            var address = sockaddr_un()
            address.sun_family = sa_family_t(AF_UNIX)
            withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
            try self.check(withBytes(of: &address) { Glibc.connect(self.descriptor, $0, $1) })
        }
    }

    private func check(_ status: Int32) throws {
        if status != 0 { throw HarnessError(String(cString: strerror(errno))) }
    }

    deinit { Glibc.close(self.descriptor) }

    func shutdownWriting() { shutdown(self.descriptor, Int32(SHUT_WR)) }

    /// Ends it with RST.
    func abort() {
        var value = linger(l_onoff: 1, l_linger: 0)
        setsockopt(self.descriptor, SOL_SOCKET, SO_LINGER, &value, socklen_t(MemoryLayout<linger>.size))
        // The number stays ours, so that deinit closes nobody else's: it is replaced by a closed pipe's end.
        let other = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        dup2(other, self.descriptor)
        Glibc.close(other)
    }

    /// Writes all; false when the other side is gone.
    @discardableResult
    func write(_ bytes: [UInt8]) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { send(self.descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            if count <= 0 { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }

    @discardableResult
    func write(_ text: String) -> Bool { self.write(Array(text.utf8)) }

    /// How much the kernel takes until it has no more room.
    @discardableResult
    func writeUntilFull(limit: Int) -> Int {
        let piece = [UInt8](repeating: 7, count: 4_096)
        var total = 0
        var idle = 0
        // Full is: nothing was taken for 200 ms.
        while total < limit, idle < 20 {
            let count = send(self.descriptor, piece, piece.count, Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT))
            if count > 0 {
                total += count
                idle = 0
            } else {
                idle += 1
                usleep(10_000)
            }
        }
        return total
    }

    /// One read of at most 64 KiB.
    func read(within milliseconds: Int32 = 3_000) -> Found {
        var entry = pollfd(fd: self.descriptor, events: Int16(POLLIN), revents: 0)
        guard poll(&entry, 1, milliseconds) > 0 else { return .nothing }
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        let count = recv(self.descriptor, &buffer, buffer.count, 0)
        if count > 0 { return .bytes(Array(buffer[..<count])) }
        return count == 0 ? .end : .reset
    }

    /// Reads `count` bytes, or fewer when something else comes first.
    func read(exactly count: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        while bytes.count < count, case .bytes(let more) = self.read() { bytes += more }
        return bytes
    }

    /// Reads to the end: all bytes, and how it ended.
    func readAll() -> (bytes: [UInt8], ending: Found) {
        var bytes: [UInt8] = []
        while true {
            let found = self.read()
            guard case .bytes(let more) = found else { return (bytes, found) }
            bytes += more
        }
    }
}

/// A listening socket whose connections the test answers itself.
final class TestServer: Sendable {
    let address: ProxyAddress
    private let descriptor: Int32
    private let directory: ScratchDirectory?

    /// - Parameter unix: listens at a unix socket instead of a port.
    init(unix: Bool = false) throws {
        if unix {
            let directory = try ScratchDirectory(prefix: "fault-proxy")
            self.directory = directory
            self.address = .unix(path: "\(directory.path)/server.sock")
            self.descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
            var address = sockaddr_un()
            address.sun_family = sa_family_t(AF_UNIX)
            withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: "\(directory.path)/server.sock".utf8) }
            guard withBytes(of: &address, { bind(self.descriptor, $0, $1) }) == 0 else { throw HarnessError("bind") }
        } else {
            let port = try freePort()
            self.directory = nil
            self.address = .tcp(host: "127.0.0.1", port: port)
            self.descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
            var address = loopback(port)
            guard withBytes(of: &address, { bind(self.descriptor, $0, $1) }) == 0 else { throw HarnessError("bind") }
        }
        guard listen(self.descriptor, 16) == 0 else { throw HarnessError("listen") }
    }

    deinit { close(self.descriptor) }

    func accept() throws -> TestSocket {
        var entry = pollfd(fd: self.descriptor, events: Int16(POLLIN), revents: 0)
        guard poll(&entry, 1, 3_000) > 0 else { throw HarnessError("nobody connected") }
        return TestSocket(Glibc.accept(self.descriptor, nil, nil))
    }
}

private func loopback(_ port: UInt16) -> sockaddr_in {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    address.sin_port = port.bigEndian
    return address
}

private func withBytes<Address>(of address: inout Address, _ body: (UnsafePointer<sockaddr>?, socklen_t) -> Int32) -> Int32 {
    withUnsafeBytes(of: &address) { body($0.baseAddress?.assumingMemoryBound(to: sockaddr.self), socklen_t($0.count)) }
}

/// Waits until `condition` holds; false after three seconds.
func soon(_ condition: () -> Bool) -> Bool {
    let end = MonotonicTime.now + .seconds(3)
    while !condition() {
        if MonotonicTime.now > end { return false }
        usleep(1_000)
    }
    return true
}
