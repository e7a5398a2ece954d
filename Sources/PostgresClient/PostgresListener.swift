public import Reactor
internal import Threading

/// Listens to channels on a connection of its own, and comes back when it is lost.
///
/// ```swift
/// let listener = PostgresListener(configuration: configuration, eventLoop: loop, channels: ["job_done"])
/// for await event in listener.start() { … }
/// ```
public final class PostgresListener: @unchecked Sendable {
    // Unchecked because everything mutable is touched only on the loop's thread.

    /// What a listener tells.
    public enum Event: Sendable, Hashable {
        /// Listening for the first time: what is sent from now on arrives.
        case connected
        case notification(PostgresNotification)
        /// Listening again after a loss: notifications in between are lost, so look at the tables.
        case reconnected
        /// Nothing can be heard behind a pooler that gives each transaction another session: look at the tables. Comes with each heartbeat.
        case poll
        /// The consumer was too slow and the oldest events were thrown away: look at the tables.
        case overflowed
    }

    private let configuration: PostgresConfiguration
    private let loop: EventLoop
    private let channels: [String]
    private let heartbeat: Duration
    private static let capacity = 16_384

    private var continuation: AsyncStream<Event>.Continuation?
    private var session: Session?
    private var backoff = ReconnectBackoff()
    private let lastServer = LastServer()
    private var wasConnected = false
    private var hasOverflowed = false
    private var isStopped = false

    /// - Parameters:
    ///   - channels: names as given to `NOTIFY`, matched to the letter.
    ///   - heartbeat: how often a silent connection is asked whether it still lives; behind a transaction pooler, how often to poll.
    public init(configuration: PostgresConfiguration, eventLoop: EventLoop, channels: [String], heartbeat: Duration = .seconds(15)) {
        self.configuration = configuration
        self.loop = eventLoop
        self.channels = channels
        self.heartbeat = heartbeat
    }

    /// Begins to listen. Call once; the stream ends with ``stop()`` or when its consumer goes.
    public func start() -> AsyncStream<Event> {
        let (stream, continuation) = AsyncStream.makeStream(of: Event.self, bufferingPolicy: .bufferingNewest(Self.capacity))
        // Strong: whoever reads the stream keeps the listener.
        continuation.onTermination = { _ in self.stop() }
        self.loop.execute {
            precondition(self.continuation == nil, "a listener starts once")
            self.continuation = continuation
            if self.configuration.pooler == .transaction { self.poll() } else { self.connect() }
        }
        return stream
    }

    /// Closes the connection and ends the stream. Safe to call twice.
    public func stop() {
        self.loop.execute {
            self.isStopped = true
            self.session?.close(PostgresError(.closed, "the listener was stopped"))
            self.continuation?.finish()
        }
    }

    private func poll() {
        guard !self.isStopped else { return }
        self.yield(.poll)
        self.loop.schedule(after: self.heartbeat) { [weak self] in self?.poll() }
    }

    private func connect() {
        guard !self.isStopped else { return }
        Connector.connect(self.configuration, last: self.lastServer) { result in
            self.loop.execute { self.connected(result) }
        }
    }

    private func connected(_ result: Result<Connected, PostgresError>) {
        switch result {
        case .failure(let error): self.retry(error)
        case .success(let connection):
            let session = Session(connection, loop: self.loop, configuration: self.configuration)
            self.session = session
            session.onClose = { [weak self] error in
                guard let self else { return }
                self.session = nil
                self.retry(error)
            }
            session.onNotification = { [weak self] in self?.yield(.notification($0)) }
            if self.isStopped { return session.close(PostgresError(.closed, "the listener was stopped")) }
            self.listen(on: session)
        }
    }

    private func listen(on session: Session) {
        let statements = self.channels.map { PostgresQuery("LISTEN \(identifier: $0)").uncached() }
        if statements.isEmpty { return self.listening(on: session) }
        let operation = Operation(.statements(statements), deadline: .now + self.configuration.queryTimeout) { result in
            switch result {
            case .success: self.listening(on: session)
            case .failure(let error): session.close(error)
            }
        }
        session.run(operation)
    }

    private func listening(on session: Session) {
        self.backoff.succeeded()
        self.yield(self.wasConnected ? .reconnected : .connected)
        self.wasConnected = true
        self.scheduleHeartbeat(on: session)
    }

    /// A frozen server or a network that forgot the connection says nothing by itself.
    private func scheduleHeartbeat(on session: Session) {
        self.loop.schedule(after: self.heartbeat) { [weak self, weak session] in
            guard let self, let session, !session.isClosed else { return }
            let operation = Operation(.statements(["SELECT 1"]), deadline: .now + self.heartbeat) { result in
                switch result {
                case .success: self.scheduleHeartbeat(on: session)
                case .failure(let error): session.close(error)
                }
            }
            session.run(operation)
        }
    }

    private func retry(_ error: PostgresError) {
        guard !self.isStopped else { return }
        self.backoff.failed(error, at: .now)
        self.loop.schedule(after: self.backoff.delay(at: .now) ?? .zero) { [weak self] in self?.connect() }
    }

    private func yield(_ event: Event) {
        guard let continuation else { return }
        switch continuation.yield(event) {
        case .dropped where !self.hasOverflowed:
            self.hasOverflowed = true
            continuation.yield(.overflowed)
        case .enqueued(let room) where room > Self.capacity / 2:
            self.hasOverflowed = false
        default: break
        }
    }
}
