internal import CSystem
internal import Glibc

extension PrivateRedis {
    /// Sends a command over a connection of its own and returns the reply as it stands on the wire, for servers that are made ready for a test.
    ///
    /// - Throws: ``HarnessError`` when the server does not answer within two seconds.
    public func ask(_ words: [String]) throws -> String {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw HarnessError("no socket") }
        defer { close(descriptor) }
        var limit = timeval(tv_sec: 2, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        let address = withUnsafeBytes(of: sa_family_t(AF_UNIX)) { Array($0) } + Array(self.socketPath.utf8) + [0]
        let connected = address.withUnsafeBytes { bytes in
            connect(descriptor, bytes.baseAddress?.assumingMemoryBound(to: sockaddr.self), socklen_t(bytes.count))
        }
        guard connected == 0 else { throw HarnessError("no connection to \(self.socketPath): \(String(cString: strerror(errno)))") }
        let account = self.options.password.map { [["AUTH", $0]] } ?? []
        // The answer to PING marks the end of the other one; sentinels know no QUIT.
        for command in account + [words, ["PING"]] {
            let text = "*\(command.count)\r\n" + command.map { "$\($0.utf8.count)\r\n\($0)\r\n" }.joined()
            var bytes = Array(text.utf8)[...]
            while !bytes.isEmpty {
                let sent = bytes.withUnsafeBytes { send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
                guard sent > 0 else { throw HarnessError("cannot send to \(self.socketPath)") }
                bytes = bytes.dropFirst(sent)
            }
        }
        var reply: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 16 * 1024)
        let end = Array("+PONG\r\n".utf8)
        while reply.count < end.count || !reply.suffix(end.count).elementsEqual(end) {
            let count = recv(descriptor, &buffer, buffer.count, 0)
            guard count > 0 else { throw HarnessError("\(self.socketPath) does not answer \(words.first ?? "")") }
            reply += buffer[..<count]
        }
        reply.removeLast(end.count)
        if self.options.password != nil { reply.removeFirst(5) }
        return String(decoding: reply, as: UTF8.self)
    }

    /// Sends a command that must not be refused.
    func demand(_ words: [String]) throws {
        let reply = try self.ask(words)
        if reply.hasPrefix("-") { throw HarnessError("\(words.joined(separator: " ")): \(reply)") }
    }

    /// Asks until the answer will do, for ten seconds at most.
    func wait(for words: [String], until isGood: (String) -> Bool) throws {
        var last = ""
        for _ in 0..<1_000 {
            last = try self.ask(words)
            if isGood(last) { return }
            // Servers tell nobody when they have found each other.
            usleep(10_000)
        }
        throw HarnessError("\(words.joined(separator: " ")) was not answered as hoped within 10 s: \(last)")
    }
}
