import FaultProxy
import Glibc
import ServerHarness
import Testing
import Threading

@Suite(.serialized) struct FaultTests {
    /// A proxy, and one connection through it.
    private struct Pair {
        let server: TestServer
        let proxy: FaultProxy
        let client: TestSocket
        let peer: TestSocket

        init(_ options: FaultProxy.Options = .init(), unix: Bool = false) throws {
            self.server = try TestServer(unix: unix)
            self.proxy = try FaultProxy(to: self.server.address, options)
            (self.client, self.peer) = try Self.connect(self.proxy, self.server)
        }

        static func connect(_ proxy: FaultProxy, _ server: TestServer) throws -> (TestSocket, TestSocket) {
            let client = try TestSocket(to: proxy.address)
            return (client, try server.accept())
        }
    }

    @Test(arguments: [false, true]) func `bytes pass both ways, and so does the end of each stream`(unix: Bool) throws {
        let pair = try Pair(unix: unix)
        pair.client.write("question")
        #expect(pair.peer.read() == .text("question"))
        pair.peer.write("answer")
        #expect(pair.client.read() == .text("answer"))
        pair.client.shutdownWriting()
        #expect(pair.peer.read() == .end)
        // A half-closed connection still carries the other direction.
        pair.peer.write("late")
        #expect(pair.client.read() == .text("late"))
        #expect(pair.proxy.statistics.open == 1)
        pair.peer.shutdownWriting()
        #expect(pair.client.read() == .end)
        #expect(soon { pair.proxy.statistics.open == 0 })
        #expect(pair.proxy.statistics.bytesToServer == 8)
        #expect(pair.proxy.statistics.bytesToClient == 10)
    }

    @Test func `it can listen at a unix socket, refuse there, and listen again`() throws {
        let directory = try ScratchDirectory(prefix: "fault-proxy")
        let server = try TestServer(unix: true)
        let proxy = try FaultProxy(at: .unix(path: "\(directory.path)/proxy.sock"), to: server.address)
        let (client, peer) = try Pair.connect(proxy, server)
        client.write("a")
        #expect(peer.read() == .text("a"))
        try proxy.welcome(.refuse)
        #expect(throws: HarnessError.self) { try TestSocket(to: proxy.address) }
        // Those who are connected already are not concerned.
        peer.write("b")
        #expect(client.read() == .text("b"))
        try proxy.welcome(.accept)
        let (again, other) = try Pair.connect(proxy, server)
        again.write("c")
        #expect(other.read() == .text("c"))
    }

    @Test func `ten megabytes arrive unchanged through a small buffer`() throws {
        let pair = try Pair(.init(bufferLimit: 8 << 10))
        let bytes = (0..<10 << 20).map { UInt8(truncatingIfNeeded: $0 &* 31 ^ $0 >> 8) }
        DedicatedThread.start(name: "writer") {
            pair.client.write(bytes)
            pair.client.shutdownWriting()
        }
        #expect(pair.peer.readAll().bytes == bytes)
        #expect(pair.proxy.statistics.bytesToServer == bytes.count)
    }

    @Test func `a reset reaches the client as a reset, after what it was sent before`() throws {
        let pair = try Pair()
        pair.peer.write("before")
        #expect(soon { pair.proxy.statistics.bytesToClient == 6 })
        #expect(pair.proxy.resetConnections() == 1)
        let (bytes, ending) = pair.client.readAll()
        #expect(bytes == Array("before".utf8))
        #expect(ending == .reset)
        #expect(pair.peer.read() == .reset)
        #expect(pair.proxy.statistics.ended == 1)
        #expect(pair.proxy.statistics.open == 0)
    }

    @Test func `a reset of one side is passed on to the other`() throws {
        let pair = try Pair()
        pair.peer.abort()
        #expect(pair.client.read() == .reset)
        let second = try Pair()
        second.client.abort()
        #expect(second.peer.read() == .reset)
        #expect(soon { second.proxy.statistics.open == 0 })
    }

    @Test func `new clients are refused, or reset, as long as it is told to`() throws {
        let pair = try Pair()
        try pair.proxy.welcome(.refuse)
        let error = #expect(throws: HarnessError.self) { try TestSocket(to: pair.proxy.address) }
        #expect(error?.message == "Connection refused")
        try pair.proxy.welcome(.reset)
        #expect(try TestSocket(to: pair.proxy.address).read() == .reset)
        try pair.proxy.welcome(.accept)
        let (client, peer) = try Pair.connect(pair.proxy, pair.server)
        client.write("in")
        #expect(peer.read() == .text("in"))
    }

    @Test func `a client whose server cannot be reached is reset`() throws {
        let proxy = try FaultProxy(to: .tcp(host: "127.0.0.1", port: try freePort()))
        #expect(try TestSocket(to: proxy.address).read() == .reset)
        #expect(proxy.statistics.unreachable == 1)
        let other = try FaultProxy(to: .unix(path: "/nonexistent/server.sock"))
        #expect(try TestSocket(to: other.address).read() == .reset)
        #expect(other.statistics.unreachable == 1)
    }

    @Test func `a freeze holds bytes and the end of the stream, and lets them go in order`() throws {
        let pair = try Pair()
        pair.proxy.set(.freeze, on: .toServer)
        pair.client.write("one")
        pair.client.write("two")
        pair.client.shutdownWriting()
        #expect(soon { pair.proxy.statistics.bytesHeld == 6 })
        #expect(pair.peer.read(within: 50) == .nothing)
        // The other direction is free.
        pair.peer.write("back")
        #expect(pair.client.read() == .text("back"))
        // Whoever comes now is accepted and held, too.
        let (late, other) = try Pair.connect(pair.proxy, pair.server)
        late.write("late")
        #expect(other.read(within: 50) == .nothing)
        pair.proxy.set(.pass)
        #expect(pair.peer.readAll() == (Array("onetwo".utf8), .end))
        #expect(other.read() == .text("late"))
    }

    @Test func `a freeze holds no more than its buffer, and the sender has to wait`() throws {
        let pair = try Pair(.init(bufferLimit: 100_000))
        pair.proxy.set(.freeze)
        let written = pair.client.writeUntilFull(limit: 64 << 20)
        #expect(written < 32 << 20)
        #expect(pair.proxy.statistics.bytesHeld >= 100_000)
        #expect(pair.proxy.statistics.bytesHeld < 100_000 + 64 << 10)
        pair.proxy.set(.pass)
        #expect(pair.peer.read(exactly: written).count == written)
    }

    @Test func `while it waits it does not use the processor`() throws {
        let pair = try Pair(.init(bufferLimit: 1_000))
        pair.proxy.set(.freeze)
        pair.client.writeUntilFull(limit: 64 << 20)
        // An end that nobody may hear of, too.
        let (late, _) = try Pair.connect(pair.proxy, pair.server)
        late.write([UInt8](repeating: 1, count: 2_000))
        late.abort()
        #expect(soon { pair.proxy.statistics.bytesHeld > 2_000 })
        let before = processorTime()
        usleep(400_000)
        #expect(processorTime() - before < .milliseconds(100))
    }

    @Test func `a dropped direction swallows bytes and ends, and the other side keeps believing`() throws {
        let pair = try Pair()
        pair.proxy.set(.drop, on: .toServer)
        pair.client.write("never")
        #expect(soon { pair.proxy.statistics.bytesLost == 5 })
        pair.client.abort()
        #expect(pair.peer.read(within: 100) == .nothing)
        // The server talks to nobody and does not learn of it.
        #expect(pair.peer.write("are you there?"))
        #expect(soon { pair.proxy.statistics.bytesLost > 5 })
        #expect(pair.peer.write("still?"))
        #expect(pair.peer.read(within: 50) == .nothing)
        #expect(pair.proxy.statistics.open == 1)
        // When the network is back it does.
        pair.proxy.set(.pass)
        #expect(pair.peer.read() == .reset)
        #expect(soon { pair.proxy.statistics.open == 0 })
    }

    @Test func `a connection that lost nothing outlives a drop`() throws {
        let pair = try Pair()
        pair.proxy.set(.drop)
        pair.proxy.set(.pass)
        pair.client.write("whole")
        #expect(pair.peer.read() == .text("whole"))
    }

    @Test func `what is held when a drop begins is lost, too`() throws {
        let pair = try Pair()
        pair.proxy.set(.freeze, on: .toServer)
        pair.client.write("held")
        #expect(soon { pair.proxy.statistics.bytesHeld == 4 })
        pair.proxy.set(.drop, on: .toServer)
        #expect(pair.proxy.statistics.bytesHeld == 0)
        #expect(pair.proxy.statistics.bytesLost == 4)
        pair.proxy.set(.pass)
        #expect(pair.client.read() == .reset)
    }

    @Test func `a delay is kept, in order, and does not hold what comes after it is lifted`() throws {
        let pair = try Pair()
        pair.proxy.set(.delay(by: .milliseconds(80), jitter: .milliseconds(40)), on: .toServer)
        let start = MonotonicTime.now
        for index in 0..<10 {
            pair.client.write("\(index)")
            usleep(2_000)
        }
        #expect(String(decoding: pair.peer.read(exactly: 10), as: UTF8.self) == "0123456789")
        let took = MonotonicTime.now - start
        #expect(took >= .milliseconds(80) && took < .seconds(1), "\(took)")
        #expect(pair.proxy.statistics.delayed >= 1)
        pair.proxy.set(.delay(by: .seconds(60)))
        pair.client.write("x")
        #expect(soon { pair.proxy.statistics.bytesHeld == 1 })
        pair.proxy.set(.pass)
        #expect(pair.peer.read() == .text("x"))
    }

    @Test func `a cut lets so many bytes through and not one more`() throws {
        for ending in [Ending.reset, .close] {
            let pair = try Pair()
            pair.proxy.set(.cut(after: 1_000, by: ending), on: .toClient)
            pair.peer.write([UInt8](repeating: 5, count: 400))
            #expect(pair.client.read(exactly: 400).count == 400)
            pair.peer.write([UInt8](repeating: 6, count: 5_000))
            let rest = pair.client.readAll()
            #expect(rest.bytes.count == 600)
            #expect(rest.ending == (ending == .reset ? .reset : .end))
            #expect(pair.proxy.statistics.cut == 1)
            #expect(pair.proxy.statistics.bytesToClient == 1_000)
            // Connections that come later are cut as well.
            let (client, peer) = try Pair.connect(pair.proxy, pair.server)
            peer.write([UInt8](repeating: 6, count: 5_000))
            #expect(client.readAll().bytes.count == 1_000)
        }
    }

    @Test func `where a cut falls is decided by the seed`() throws {
        func lengths(seed: UInt64) throws -> [Int] {
            let server = try TestServer()
            let proxy = try FaultProxy(to: server.address, .init(seed: seed))
            proxy.set(.cut(after: 0...10_000), on: .toClient)
            return try (0..<5).map { _ in
                let (client, peer) = try Pair.connect(proxy, server)
                peer.write([UInt8](repeating: 6, count: 20_000))
                return client.readAll().bytes.count
            }
        }
        let first = try lengths(seed: 7)
        #expect(try lengths(seed: 7) == first)
        #expect(try lengths(seed: 8) != first)
        #expect(Set(first).count > 1)
    }

    @Test func `a silent end leaves the connection open and says nothing`() throws {
        let pair = try Pair()
        pair.proxy.set(.cut(after: 3, by: .silence), on: .toClient)
        pair.peer.write("abcdef")
        #expect(pair.client.read() == .text("abc"))
        #expect(pair.client.read(within: 50) == .nothing)
        pair.client.write("to the server all goes")
        #expect(pair.peer.read() == .text("to the server all goes"))
    }

    @Test func `severed and healed, it serves again`() throws {
        let pair = try Pair()
        try pair.proxy.sever()
        #expect(pair.client.read() == .reset)
        #expect(throws: HarnessError.self) { try TestSocket(to: pair.proxy.address) }
        try pair.proxy.heal()
        let (client, peer) = try Pair.connect(pair.proxy, pair.server)
        client.write("again")
        #expect(peer.read() == .text("again"))
    }

    @Test func `an address that is none or taken is refused, and a closed proxy does nothing`() throws {
        #expect(throws: ProxyError.self) { try FaultProxy(to: .unix(path: String(repeating: "x", count: 108))) }
        #expect(throws: ProxyError.self) { try FaultProxy(at: .tcp(host: "no.number", port: 0), to: .tcp(host: "127.0.0.1", port: 1)) }
        let server = try TestServer()
        #expect(throws: ProxyError.self) { try FaultProxy(at: server.address, to: server.address) }
        let proxy = try FaultProxy(to: server.address)
        proxy.close()
        proxy.close()
        #expect(proxy.resetConnections() == 0)
        #expect(throws: ProxyError.self) { try proxy.heal() }
        #expect(throws: HarnessError.self) { try TestSocket(to: proxy.address) }
    }
}

/// What all threads of this process have used.
private func processorTime() -> Duration {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
}
