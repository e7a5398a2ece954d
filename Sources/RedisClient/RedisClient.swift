public import Reactor
internal import Threading

/// Sends commands to a Redis server over a few pipelined connections, and connects again whenever it must.
///
/// Behind sentinels that server is the primary; on a cluster, the node that serves the command's keys, with a few connections to each node. On
/// a cluster a command without keys, such as INFO, TIME, SCAN or FLUSHALL, runs on one node, whichever it is, and in a pipeline on the node of
/// the others' keys. Keys that lie in different slots fail with `crossSlot`. What a node refused with MOVED, ASK, TRYAGAIN or CLUSTERDOWN
/// did not run and is sent again until its time is up.
///
/// Commands given at the same time may use different connections and then run in any order: await the first, or use ``pipeline(_:)``, where
/// order matters. Nothing is ever sent twice: a command fails with an error that says whether it may have run, and the caller decides.
/// While no connection is ready, commands wait up to their timeout and then fail with `notConnected`, nothing sent.
/// Cancelling a task does not recall its command; the call returns with the reply or at its timeout.
public final class RedisClient: Sendable {
    public let configuration: RedisConfiguration
    private let dispatcher: CommandDispatcher

    /// Connects to nothing until ``start()`` or the first command.
    ///
    /// - Parameters:
    ///   - eventLoop: must run for as long as the client is used, ``close()`` included.
    ///   - onEvent: called on the loop's thread whenever a connection comes or goes; must not block.
    public init(
        configuration: RedisConfiguration, eventLoop: EventLoop, onEvent: (@Sendable (RedisConnectionEvent) -> Void)? = nil
    ) {
        self.configuration = configuration
        self.dispatcher = CommandDispatcher(configuration, loop: eventLoop, onEvent: onEvent)
    }

    deinit {
        let dispatcher = self.dispatcher
        // The closure keeps the dispatcher until its sockets are closed.
        dispatcher.close { _ = dispatcher }
    }

    /// Begins to connect. Returns at once; connecting goes on, with backoff, until ``close()``.
    public func start() { self.dispatcher.start() }

    /// Closes the connections. Commands under way fail with `closed`, and so does every later one.
    public func close() async {
        await withUnsafeContinuation { continuation in self.dispatcher.close { continuation.resume() } }
    }

    /// Whether at least one connection is ready now.
    public var isConnected: Bool { self.statistics.readyConnections > 0 }

    public var statistics: RedisStatistics { self.dispatcher.statistics }

    /// Sends a command and waits for its reply.
    ///
    /// - Parameter timeout: nil for the configuration's `commandTimeout`. When a server stays silent for `commandTimeout` its connection is
    ///   closed; a shorter timeout only stops waiting.
    /// - Throws: ``RedisError``, also for an error reply.
    public func send(_ command: RedisCommand, timeout: Duration? = nil) async throws(RedisError) -> RedisValue {
        try await self.dispatcher.send(command, timeout: timeout)
    }

    /// Sends a command and calls `completion` on the loop's thread, exactly once. From any thread.
    public func send(
        _ command: RedisCommand, timeout: Duration? = nil, completion: @escaping @Sendable (Result<RedisValue, RedisError>) -> Void
    ) {
        self.dispatcher.submit(CollectionOfOne(Request(command, timeout: timeout, .callback(completion))))
    }

    /// Sends commands over one connection, together and in order, and returns their replies in that order.
    ///
    /// Error replies are values in the result and do not stop what follows. This is no transaction: other clients' commands may come between.
    /// Scripts are loaded ahead of their first call; only when SCRIPT FLUSH hits between that and the call does a script run
    /// again from its source, and then after the pipeline's later commands. Likewise on a cluster, where all keys of a pipeline must lie in
    /// one slot: when that slot moves in between, commands that were redirected run after those that were not, in order among themselves. A
    /// pipeline with MULTI is never redirected: its EXEC fails with EXECABORT, and nothing ran.
    ///
    /// - Throws: ``RedisError`` when a reply is missing; `mayHaveRun` then speaks of the pipeline as a whole.
    public func pipeline(_ commands: [RedisCommand], timeout: Duration? = nil) async throws(RedisError) -> [RedisValue] {
        if commands.isEmpty { return [] }
        let result = await withUnsafeContinuation { (continuation: UnsafeContinuation<Result<[RedisValue], RedisError>, Never>) in
            let pipeline = Pipeline(count: commands.count, continuation)
            let requests = commands.enumerated().map { index, command in
                Request(command, timeout: timeout, .member(pipeline, index: index))
            }
            self.dispatcher.submit(requests)
        }
        return try result.get()
    }

    /// Runs a script, which the server is given when it does not have it.
    ///
    /// - Throws: ``RedisError``. A script that failed half-way has `mayHaveRun` set.
    public func run(
        _ script: RedisScript, keys: [String], arguments: [RedisArgument] = [], timeout: Duration? = nil
    ) async throws(RedisError) -> RedisValue {
        try await self.send(Self.call(script, keys, arguments), timeout: timeout)
    }

    /// Runs a script and calls `completion` on the loop's thread, exactly once. From any thread.
    public func run(
        _ script: RedisScript, keys: [String], arguments: [RedisArgument] = [], timeout: Duration? = nil,
        completion: @escaping @Sendable (Result<RedisValue, RedisError>) -> Void
    ) {
        self.send(Self.call(script, keys, arguments), timeout: timeout, completion: completion)
    }

    private static func call(_ script: RedisScript, _ keys: [String], _ arguments: [RedisArgument]) -> RedisCommand {
        var command = RedisCommand(script, keys: keys, capacity: arguments.count * 32)
        for argument in arguments { command.append(argument) }
        return command
    }
}

extension CommandDispatcher {
    func send(_ command: RedisCommand, timeout: Duration?) async throws(RedisError) -> RedisValue {
        // The request is made and given away inside the body: a hop between the two could mix up replies.
        let reply = await withUnsafeContinuation { (continuation: UnsafeContinuation<Reply, Never>) in
            self.submit(CollectionOfOne(Request(command, timeout: timeout, .continuation(continuation))))
        }
        return try reply.get()
    }
}
