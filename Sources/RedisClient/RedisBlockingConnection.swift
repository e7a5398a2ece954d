public import Reactor
internal import Threading

/// A connection of its own for commands that make the server wait, such as BLMOVE.
///
/// One command at a time: a second one waits behind the first, its timeout running. It connects again by itself like ``RedisClient``.
public final class RedisBlockingConnection: Sendable {
    private let dispatcher: CommandDispatcher

    /// Connects to nothing until ``start()`` or the first command. `connections` and `commandTimeout` of the configuration are ignored.
    ///
    /// - Parameters:
    ///   - eventLoop: must run for as long as the connection is used, ``close()`` included.
    ///   - onEvent: called on the loop's thread whenever the connection comes or goes; must not block.
    public init(
        configuration: RedisConfiguration, eventLoop: EventLoop, onEvent: (@Sendable (RedisConnectionEvent) -> Void)? = nil
    ) {
        var configuration = configuration
        configuration.connections = 1
        // Every call has a timeout of its own, and when it ends the server must forget the command.
        configuration.commandTimeout = .zero
        self.dispatcher = CommandDispatcher(configuration, loop: eventLoop, onEvent: onEvent)
    }

    deinit {
        let dispatcher = self.dispatcher
        // The closure keeps the dispatcher until its socket is closed.
        dispatcher.close { _ = dispatcher }
    }

    /// Begins to connect. Returns at once.
    public func start() { self.dispatcher.start() }

    public var isConnected: Bool { self.statistics.readyConnections > 0 }

    public var statistics: RedisStatistics { self.dispatcher.statistics }

    /// Sends a command and waits for its reply.
    ///
    /// - Parameter timeout: how long to wait in all: what the command itself asks for, and a margin for the network. When it ends the
    ///   connection is closed, so that the server forgets the command.
    /// - Throws: ``RedisError``. When `mayHaveRun` is set, a BLMOVE may have moved an element to its destination.
    public func send(_ command: RedisCommand, timeout: Duration) async throws(RedisError) -> RedisValue {
        try await self.dispatcher.send(command, timeout: timeout)
    }

    /// Sends a command and calls `completion` on the loop's thread, exactly once. From any thread.
    public func send(
        _ command: RedisCommand, timeout: Duration, completion: @escaping @Sendable (Result<RedisValue, RedisError>) -> Void
    ) {
        self.dispatcher.submit(CollectionOfOne(Request(command, timeout: timeout, .callback(completion))))
    }

    /// Sends commands together and calls `completion` on the loop's thread, exactly once, with their results in order. From any thread.
    ///
    /// The server runs a command behind one that blocks as soon as that one is answered, and before anything that arrives later. A reply that
    /// is an error, and a connection that breaks, fail the commands that they concern.
    public func send(
        _ commands: [RedisCommand], timeout: Duration, completion: @escaping @Sendable ([Result<RedisValue, RedisError>]) -> Void
    ) {
        let gathered = Lock((results: [Result<RedisValue, RedisError>?](repeating: nil, count: commands.count), missing: commands.count))
        let requests = commands.enumerated().map { index, command in
            Request(
                command, timeout: timeout,
                .callback { result in
                    let results = gathered.withLock { gathered -> [Result<RedisValue, RedisError>]? in
                        gathered.results[index] = result
                        gathered.missing -= 1
                        return gathered.missing == 0 ? gathered.results.compactMap { $0 } : nil
                    }
                    if let results { completion(results) }
                })
        }
        self.dispatcher.submit(requests)
    }

    /// Closes the socket: what waits fails with `connectionLost` and `mayHaveRun`, and the connection is made anew.
    ///
    /// The server notices and drops the blocked command. An element that it had moved just before is where the command put it:
    /// look there before waiting again.
    public func interrupt() { self.dispatcher.interrupt() }

    /// Closes the connection. What waits fails with `closed`, and so does every later command.
    public func close() async {
        await withUnsafeContinuation { continuation in self.dispatcher.close { continuation.resume() } }
    }
}
