public import Flotilla
internal import Reactor
internal import RedisClient
internal import Threading

extension RedisBroker {
    public func startHeartbeat(
        for worker: WorkerID, lease: Duration, every interval: Duration, onLoss: @escaping @Sendable () -> Void
    ) -> any Heartbeat {
        let heartbeat = RedisHeartbeat(interval: max(interval, .milliseconds(1)), loop: self.eventLoop) {
            [client = self.client, timeout = self.options.timeout, workers = self.keys.workers] answer in
            // A beat that is not answered before the next one is due is given up: the next one says the same.
            client.run(
                Script.extend, keys: [workers], arguments: [.text(worker.rawValue), .number(Self.milliseconds(lease))],
                timeout: min(timeout ?? client.configuration.commandTimeout, max(interval, .milliseconds(100)))
            ) { result in
                switch result {
                case .success(let reply): answer(reply.int == 0)
                case .failure: answer(false)
                }
            }
        } onLoss: {
            onLoss()
        }
        heartbeat.start()
        return heartbeat
    }
}

/// A timer on the event loop that sends beats: no thread of the cooperative pool has a part in it, so busy handlers cannot starve it.
final class RedisHeartbeat: Heartbeat {
    private struct State {
        var timer: TimerToken?
        var isStopped = false
    }

    private let interval: Duration
    private let loop: EventLoop
    private let beat: @Sendable (_ answer: @escaping @Sendable (_ isLost: Bool) -> Void) -> Void
    private let onLoss: @Sendable () -> Void
    private let state = Lock(State())

    init(
        interval: Duration, loop: EventLoop, beat: @escaping @Sendable (_ answer: @escaping @Sendable (Bool) -> Void) -> Void,
        onLoss: @escaping @Sendable () -> Void
    ) {
        self.interval = interval
        self.loop = loop
        self.beat = beat
        self.onLoss = onLoss
    }

    /// The timer keeps the heartbeat alive until it is stopped or the lease is lost.
    func start() {
        self.state.withLock { state in
            if state.isStopped { return }
            state.timer = self.loop.schedule(after: self.interval) { self.fire() }
        }
    }

    private func fire() {
        if self.state.withLock({ $0.isStopped }) { return }
        self.beat { isLost in
            guard isLost else { return }
            let isNews = self.state.withLock { state in
                defer { state.isStopped = true }
                return !state.isStopped
            }
            if isNews { self.onLoss() }
        }
        // Not after the answer: a server that does not answer must not slow the beat.
        self.start()
    }

    func stop() {
        self.state.withLock { state in
            state.isStopped = true
            if let timer = state.timer { self.loop.cancel(timer) }
            state.timer = nil
        }
    }
}
