import Reactor
import RedisClient
import ServerHarness
import Testing
import Threading

@Suite struct SubscriptionTests {
    @Test func `messages come in order, after the word that nothing is missed`() async throws {
        try await withSubscription(channels: ["a", "b"]) { (_, client, heard) async throws in
            #expect(await heard.next() == .subscribed)
            _ = try await client.pipeline(
                (0..<500).map { ["PUBLISH", $0 % 2 == 0 ? "a" : "b", .text("\($0)")] } + [["PUBLISH", "c", "not for us"]])
            _ = try await client.send(["PUBLISH", "a", .bytes([0, 0xFF, 13, 10])])
            for number in 0..<500 { #expect(await heard.next() == .message(number % 2 == 0 ? "a" : "b", Array("\(number)".utf8))) }
            #expect(await heard.next() == .message("a", [0, 0xFF, 13, 10]))
        }
    }

    @Test func `a server that was killed and started again is subscribed to again`() async throws {
        try await withSubscription(channels: ["a"]) { (server, client, heard) async throws in
            #expect(await heard.next() == .subscribed)
            for round in 1...3 {
                if round == 2 { server.stop() } else { server.kill9() }
                #expect(await heard.next() == .lost)
                try server.start()
                #expect(await heard.next() == .subscribed)
                // The client may meet its own dead connections first.
                while (try? await client.send(["PUBLISH", "a", .number(Int64(round))])) == nil {}
                #expect(await heard.next() == .message("a", Array("\(round)".utf8)))
            }
        }
    }

    @Test func `a frozen server is lost within two heartbeats, and found again`() async throws {
        try await withSubscription(channels: ["a"], heartbeat: .milliseconds(300)) { (server, client, heard) async throws in
            #expect(await heard.next() == .subscribed)
            server.freeze()
            let start = MonotonicTime.now
            #expect(await heard.next() == .lost)
            let (_, time) = heard.last
            #expect(time - start < .seconds(3))
            server.thaw()
            #expect(await heard.next() == .subscribed)
            _ = try await client.send(["PUBLISH", "a", "again"], timeout: .seconds(5))
            #expect(await heard.next() == .message("a", Array("again".utf8)))
        }
    }

    @Test func `a quiet channel stays subscribed over many heartbeats`() async throws {
        try await withSubscription(channels: ["a"], heartbeat: .milliseconds(100)) { (_, client, heard) async throws in
            #expect(await heard.next() == .subscribed)
            while try await commandCount(client, "ping") < 8 {}
            _ = try await client.send(["PUBLISH", "a", "1"])
            #expect(await heard.next() == .message("a", [UInt8(ascii: "1")]))
        }
    }

    @Test func `a server that is not there is told once, and subscribed to when it comes`() async throws {
        let server = try PrivateRedis()
        let configuration = try RedisConfiguration(url: server.url)
        server.stop()
        let loop = EventLoop(name: "test")
        let heard = HeardMessages()
        let failures = Events()
        let probe = RedisClient(configuration: configuration, eventLoop: loop, onEvent: failures.handler)
        let subscription = RedisSubscription(configuration: configuration, channels: ["a"], eventLoop: loop, handler: heard.handler)
        subscription.start()
        #expect(await heard.next() == .lost)
        // Both connect with the same backoff: the other has failed three times, so this one has more than once.
        probe.start()
        for _ in 0..<3 { _ = await failures.first { $0.connectError != nil } }
        try server.start()
        #expect(await heard.next() == .subscribed)
        await subscription.close()
        await probe.close()
        loop.stop()
    }

    @Test func `a channel that is forbidden is a loss, and works once it is allowed`() async throws {
        try await withSubscription(
            .init(users: ["guest on >secret ~* resetchannels &allowed +@all"]), channels: ["allowed", "forbidden"],
            configure: { configuration in
                configuration.username = "guest"
                configuration.password = "secret"
            }
        ) { (_, client, heard) async throws in
            #expect(await heard.next() == .lost)
            _ = try await client.send(["ACL", "SETUSER", "guest", "&forbidden"])
            #expect(await heard.next() == .subscribed)
            _ = try await client.send(["PUBLISH", "forbidden", "1"])
            #expect(await heard.next() == .message("forbidden", [UInt8(ascii: "1")]))
        }
    }

    @Test func `messages of a megabyte come over TLS`() async throws {
        let server = try PrivateRedis(.init(tls: true))
        var configuration = try RedisConfiguration(url: server.url)
        let loop = EventLoop(name: "test")
        let client = RedisClient(configuration: configuration, eventLoop: loop)
        configuration.endpoint = .tcp(host: "127.0.0.1", port: server.tlsPort)
        configuration.tls = .init(authorityFile: server.tlsFiles?.authority)
        let heard = HeardMessages()
        let subscription = RedisSubscription(configuration: configuration, channels: ["a"], eventLoop: loop, handler: heard.handler)
        subscription.start()
        #expect(await heard.next() == .subscribed)
        for size in [1_000_000, 0, 70_000] {
            _ = try await client.send(["PUBLISH", "a", .bytes(pattern(size))])
            #expect(await heard.next() == .message("a", pattern(size)))
        }
        await subscription.close()
        await client.close()
        loop.stop()
    }

    @Test func `nothing is told after close, and the server has one client less`() async throws {
        let server = try PrivateRedis()
        let configuration = try RedisConfiguration(url: server.url)
        let loop = EventLoop(name: "test")
        let client = RedisClient(configuration: configuration, eventLoop: loop)
        let heard = HeardMessages()
        let subscription = RedisSubscription(configuration: configuration, channels: ["a"], eventLoop: loop, handler: heard.handler)
        subscription.start()
        #expect(await heard.next() == .subscribed)
        await subscription.close()
        await subscription.close()
        while try await client.send(["PUBLISH", "a", "1"]).int != 0 {}
        #expect(heard.count == 1)
        await client.close()
        loop.stop()
    }
}

/// An event, without the error that came with it.
private enum Told: Hashable {
    case subscribed, lost
    case message(String, [UInt8])
}

/// What a subscription tells, one after the other.
private final class HeardMessages: Sendable {
    private let continuation: AsyncStream<(Told, MonotonicTime)>.Continuation
    private let told = Lock((count: 0, last: (Told.lost, MonotonicTime.now)))
    private let stream: AsyncStream<(Told, MonotonicTime)>

    init() { (self.stream, self.continuation) = AsyncStream.makeStream() }

    var handler: @Sendable (RedisSubscription.Event) -> Void {
        { [continuation, told] event in
            let item: Told =
                switch event {
                case .subscribed: .subscribed
                case .lost: .lost
                case .message(let channel, let payload): .message(channel, payload)
                }
            told.withLock { $0.count += 1 }
            continuation.yield((item, .now))
        }
    }

    var count: Int { self.told.withLock { $0.count } }
    /// What ``next()`` gave last, and when it was told.
    var last: (Told, MonotonicTime) { self.told.withLock { $0.last } }

    func next() async -> Told? {
        for await item in self.stream {
            self.told.withLock { $0.last = item }
            return item.0
        }
        return nil
    }
}

private func commandCount(_ client: RedisClient, _ command: String) async throws -> Int {
    let text = try await client.send(["INFO", "commandstats"]).string ?? ""
    guard let calls = text.firstRange(of: "cmdstat_\(command):calls=") else { return 0 }
    return Int(text[calls.upperBound...].prefix { $0.isNumber }) ?? 0
}

/// Runs `body` with a server, a client as the server's own user, and a subscription.
private func withSubscription(
    _ options: PrivateRedis.Options = .init(), channels: [String], heartbeat: Duration = .seconds(2),
    configure: (inout RedisConfiguration) -> Void = { _ in },
    _ body: (PrivateRedis, RedisClient, HeardMessages) async throws -> Void
) async throws {
    try await withClient(options) { (server, client, loop) async throws in
        let heard = HeardMessages()
        var configuration = client.configuration
        configure(&configuration)
        let subscription = RedisSubscription(
            configuration: configuration, channels: channels, eventLoop: loop, heartbeat: heartbeat, handler: heard.handler)
        subscription.start()
        let outcome: Result<Void, any Error>
        do { outcome = .success(try await body(server, client, heard)) } catch { outcome = .failure(error) }
        await subscription.close()
        try outcome.get()
    }
}
