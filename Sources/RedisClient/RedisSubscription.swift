public import Reactor
internal import Threading

/// A connection of its own that listens to channels, for as long as it is open.
///
/// It connects and subscribes again by itself, with backoff, and notices a server that went silent: every `heartbeat` it asks for a sign of
/// life, and gives the connection up when none came before the next is due. What is published while it is not subscribed is missed: Redis
/// keeps no messages. ``Event/lost(_:)`` says so, once for each loss.
public final class RedisSubscription: Sendable {
    public enum Event: Sendable {
        /// All channels are subscribed to: no message is missed from now on.
        case subscribed
        /// Messages may have been missed, and are until the next ``subscribed``.
        case lost(RedisError)
        case message(channel: String, payload: [UInt8])
    }

    /// What only the loop's thread touches.
    private final class State {
        /// Grows with every connection, so that a confirmation of an earlier one does not count.
        var connection = 0
        var confirmed = 0
        var isSubscribed = false
        /// Whether the last thing told was a loss.
        var hasToldLoss = false
        var heartbeat: TimerToken?
        var isClosed = false
    }

    private let channels: [String]
    private let loop: EventLoop
    private let heartbeat: Duration
    private let handler: @Sendable (Event) -> Void
    private let dispatcher: CommandDispatcher
    // Loop-thread-only by contract.
    nonisolated(unsafe) private let state: State

    /// Connects to nothing until ``start()``. `connections` and `commandTimeout` of the configuration are ignored.
    ///
    /// - Parameters:
    ///   - channels: at least one.
    ///   - eventLoop: must run for as long as the subscription is used, ``close()`` included.
    ///   - heartbeat: at most twice as long a silent server stays unnoticed.
    ///   - handler: called on the loop's thread, events and messages in their order; must not block. Never called after ``close()`` returned.
    public init(
        configuration: RedisConfiguration, channels: [String], eventLoop: EventLoop, heartbeat: Duration = .seconds(2),
        handler: @escaping @Sendable (Event) -> Void
    ) {
        precondition(!channels.isEmpty, "a subscription needs a channel")
        var configuration = configuration
        configuration.connections = 1
        // A command that is not answered for so long costs the connection.
        configuration.commandTimeout = heartbeat
        self.channels = channels
        self.loop = eventLoop
        self.heartbeat = heartbeat
        self.handler = handler
        let state = State()
        self.state = state
        let relay = Relay()
        self.dispatcher = CommandDispatcher(
            configuration, loop: eventLoop, onEvent: { relay.subscription?.connectionChanged($0) },
            onMessage: { channel, payload in
                relay.subscription?.tell(.message(channel: String(decoding: channel, as: UTF8.self), payload: payload))
            })
        relay.subscription = self
    }

    /// Breaks the circle between the subscription and its dispatcher's closures.
    ///
    /// Unchecked because it is set before the loop knows of it.
    private final class Relay: @unchecked Sendable {
        weak var subscription: RedisSubscription?
    }

    deinit {
        let dispatcher = self.dispatcher
        // The closure keeps the dispatcher until its socket is closed.
        dispatcher.close { _ = dispatcher }
    }

    /// Begins to connect. Returns at once; it goes on until ``close()``.
    public func start() { self.dispatcher.start() }

    /// Closes the connection for good. No event follows.
    public func close() async {
        await withUnsafeContinuation { continuation in
            self.loop.execute { self.state.isClosed = true }
            self.dispatcher.close {
                if let token = self.state.heartbeat { self.loop.cancel(token) }
                self.state.heartbeat = nil
                continuation.resume()
            }
        }
    }

    // MARK: On the loop

    private func tell(_ event: Event) {
        if !self.state.isClosed { self.handler(event) }
    }

    private func connectionChanged(_ event: RedisConnectionEvent) {
        switch event {
        case .connected: self.subscribe()
        case .disconnected(let error, _), .connectFailed(let error, _): self.lost(error)
        }
    }

    /// One command a channel, so that every reply answers one command.
    private func subscribe() {
        self.state.connection += 1
        self.state.confirmed = 0
        let connection = self.state.connection
        let requests = self.channels.map { channel in
            Request(["SUBSCRIBE", .text(channel)], timeout: nil, .callback { [weak self] in self?.answered($0, on: connection) })
        }
        self.dispatcher.submit(requests)
    }

    private func answered(_ reply: Reply, on connection: Int) {
        guard connection == self.state.connection else { return }
        switch reply {
        case .success:
            self.state.confirmed += 1
            guard self.state.confirmed == self.channels.count else { return }
            self.state.isSubscribed = true
            self.state.hasToldLoss = false
            self.tell(.subscribed)
            self.scheduleHeartbeat()
        case .failure(let error):
            // A lost connection comes back by itself. One that stands and may not subscribe is made anew, with backoff.
            guard error.code.serverKind != nil else { return }
            self.lost(error)
            self.dispatcher.interrupt()
        }
    }

    private func lost(_ error: RedisError) {
        self.state.connection += 1
        self.state.isSubscribed = false
        if let token = self.state.heartbeat { self.loop.cancel(token) }
        self.state.heartbeat = nil
        if self.state.hasToldLoss { return }
        self.state.hasToldLoss = true
        self.tell(.lost(error))
    }

    private func scheduleHeartbeat() {
        let connection = self.state.connection
        self.state.heartbeat = self.loop.schedule(after: self.heartbeat) { [weak self] in
            guard let self, self.state.connection == connection, !self.state.isClosed else { return }
            // Any answer is a sign of life, a refusal too. None at all costs the connection, which is told as a loss.
            let ping = Request(["PING"], timeout: nil, .callback { _ in })
            self.dispatcher.submit(CollectionOfOne(ping))
            self.scheduleHeartbeat()
        }
    }
}
