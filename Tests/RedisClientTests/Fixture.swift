import Reactor
import RedisClient
import ServerHarness
import Testing
import Threading

/// Runs `body` with a server and a client of its own, and closes both.
func withClient(
    _ options: PrivateRedis.Options = .init(), _ configure: (inout RedisConfiguration, PrivateRedis) -> Void = { _, _ in },
    onEvent: (@Sendable (RedisConnectionEvent) -> Void)? = nil, _ body: (PrivateRedis, RedisClient, EventLoop) async throws -> Void
) async throws {
    let server = try PrivateRedis(options)
    var configuration = try RedisConfiguration(url: server.url)
    configure(&configuration, server)
    let loop = EventLoop(name: "test")
    let client = RedisClient(configuration: configuration, eventLoop: loop, onEvent: onEvent)
    let outcome: Result<Void, any Error>
    do { outcome = .success(try await body(server, client, loop)) } catch { outcome = .failure(error) }
    await client.close()
    loop.stop()
    try outcome.get()
}

/// The error that `body` throws.
func failure(_ body: () async throws(RedisError) -> some Sendable) async throws -> RedisError {
    do {
        _ = try await body()
    } catch {
        return error
    }
    throw HarnessError("no error was thrown")
}

/// The counter's value that a replica has confirmed.
func replicated(_ counter: String, of client: RedisClient) async throws -> Int64 {
    let replies = try await client.pipeline([["INCRBY", .text(counter), 0], ["WAIT", 1, 10_000]], timeout: .seconds(15))
    #expect(replies[1] == .integer(1))
    return try #require(replies[0].int)
}

/// Events of a client, to wait for.
final class Events: Sendable {
    private let continuation: AsyncStream<RedisConnectionEvent>.Continuation
    let stream: AsyncStream<RedisConnectionEvent>

    init() { (self.stream, self.continuation) = AsyncStream.makeStream() }

    var handler: @Sendable (RedisConnectionEvent) -> Void { { [continuation] in continuation.yield($0) } }

    /// Waits for the first event that `isWanted`.
    func first(_ isWanted: (RedisConnectionEvent) -> Bool) async -> RedisConnectionEvent? {
        for await event in self.stream where isWanted(event) { return event }
        return nil
    }
}

extension RedisConnectionEvent {
    var isConnected: Bool { if case .connected = self { true } else { false } }
    var isDisconnected: Bool { if case .disconnected = self { true } else { false } }
    var connectError: RedisError? { if case .connectFailed(let error, _) = self { error } else { nil } }
}

/// The error of a command and how long it took, taken on the loop's thread: the tests' own threads may be busy.
func timedFailure(_ client: RedisClient, _ command: RedisCommand) async throws -> (RedisError, Duration) {
    let start = MonotonicTime.now
    let (result, duration) = await withCheckedContinuation { continuation in
        client.send(command) { continuation.resume(returning: ($0, MonotonicTime.now - start)) }
    }
    guard case .failure(let error) = result else { throw HarnessError("no error was thrown") }
    return (error, duration)
}

/// Bytes that are not all the same, made quickly even without optimization.
func pattern(_ size: Int) -> [UInt8] {
    var bytes = (0..<997).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    while bytes.count < size { bytes.append(contentsOf: bytes) }
    return Array(bytes.prefix(size))
}
