internal import Glibc

/// Where a proxy listens, or where the server behind it does.
public enum ProxyAddress: Sendable, Hashable {
    /// An IPv4 address in numbers, such as `127.0.0.1`. To listen at port 0 is to take one that is free.
    case tcp(host: String, port: UInt16)
    /// The path of a unix socket, at most 107 bytes.
    case unix(path: String)

    /// As the kernel wants it.
    ///
    /// - Throws: ``ProxyError`` for what is no address.
    func bytes() throws -> (family: Int32, bytes: [UInt8]) {
        switch self {
        case .unix(let path):
            guard !path.isEmpty, path.utf8.count <= 107 else { throw ProxyError("the socket's path is empty or too long: \(path)") }
            return (AF_UNIX, withUnsafeBytes(of: sa_family_t(AF_UNIX)) { Array($0) } + Array(path.utf8) + [0])
        case .tcp(let host, let port):
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_port = port.bigEndian
            guard inet_pton(AF_INET, host, &address.sin_addr) == 1 else { throw ProxyError("not an IPv4 address: \(host)") }
            return (AF_INET, withUnsafeBytes(of: address) { Array($0) })
        }
    }

    /// A socket of the right family that never blocks.
    func socket() throws -> Int32 {
        let (family, _) = try self.bytes()
        let descriptor = Glibc.socket(family, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue), 0)
        guard descriptor >= 0 else { throw ProxyError("no socket", errno) }
        return descriptor
    }

    /// Calls `bind` or `connect`. Returns 0, or the code of the error.
    func apply(_ call: (UnsafePointer<sockaddr>?, socklen_t) -> Int32) throws -> Int32 {
        let (_, bytes) = try self.bytes()
        let status = bytes.withUnsafeBytes { call($0.baseAddress?.assumingMemoryBound(to: sockaddr.self), socklen_t($0.count)) }
        return status == 0 ? 0 : errno
    }
}
