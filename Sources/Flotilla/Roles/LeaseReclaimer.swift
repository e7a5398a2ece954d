internal import Threading

/// Takes back what dead workers held. Every process runs one; there is no leader, since each step is one atomic script.
public final class LeaseReclaimer: Sendable {
    private let broker: any Broker
    private let store: (any JobStore)?
    private let interval: Duration
    private let crashLimit: Int
    private let settleTime: Duration
    private let onReclaim: @Sendable (Result<Reclamation, BrokerError>) -> Void

    /// - Parameters:
    ///   - interval: the mean time between two looks; each is shortened or lengthened by up to half, and a lease that ends sooner is looked at
    ///     when it ends.
    ///   - crashLimit: the crash count at which a message is quarantined.
    ///   - settleTime: how long the broker must have been reachable before anything is reclaimed. After an outage every lease looks expired:
    ///     the living must be able to renew theirs first.
    ///   - onReclaim: told of every look that found something, and of every failure.
    public init(
        broker: any Broker, store: (any JobStore)?, interval: Duration = .seconds(5), crashLimit: Int = 3,
        settleTime: Duration = .seconds(10), onReclaim: @escaping @Sendable (Result<Reclamation, BrokerError>) -> Void = { _ in }
    ) {
        self.broker = broker
        self.store = store
        self.interval = interval
        self.crashLimit = crashLimit
        self.settleTime = settleTime
        self.onReclaim = onReclaim
    }

    /// Works until the task is cancelled.
    public func run() async {
        await withTaskExecutorPreference(self.broker.executor) { await self.reclaim() }
    }

    private func reclaim() async {
        var reachableSince: MonotonicTime?
        var hasFailed = false
        while !Task.isCancelled {
            var pause = self.jittered(self.interval)
            do throws(BrokerError) {
                if hasFailed, let since = reachableSince, MonotonicTime.now - since < self.settleTime {
                    _ = try await self.broker.isHeld(DeliveryID(worker: WorkerID("nobody"), sequence: 0))
                    pause = min(pause, .seconds(1))
                } else if hasFailed, reachableSince == nil {
                    _ = try await self.broker.isHeld(DeliveryID(worker: WorkerID("nobody"), sequence: 0))
                    reachableSince = .now
                    pause = .seconds(1)
                } else {
                    hasFailed = false
                    let reclamation = try await self.broker.reclaim(limit: 100, crashLimit: self.crashLimit)
                    FaultPoint.reclaimDone.hit()
                    if reclamation.returned > 0 || !reclamation.quarantined.isEmpty || !reclamation.sweptWorkers.isEmpty {
                        self.onReclaim(.success(reclamation))
                    }
                    await self.record(reclamation.quarantined)
                    if reclamation.hasMore {
                        pause = .zero
                    } else if let deadline = reclamation.nextDeadline {
                        // Just after the lease has ended, by the broker's clock.
                        pause = min(pause, max(.milliseconds(100), deadline + .milliseconds(50)))
                    }
                }
            } catch {
                self.onReclaim(.failure(error))
                hasFailed = true
                reachableSince = nil
                pause = min(pause, .seconds(1))
            }
            if pause > .zero { await self.broker.pause(for: pause) }
        }
    }

    /// The history of quarantined messages. What a crash or an outage prevents here is found again by the sweep of the dead-letter queue.
    private func record(_ quarantined: [(payload: [UInt8], letter: DeadLetter)]) async {
        guard let store = self.store, !quarantined.isEmpty else { return }
        let messages = quarantined.map { entry in
            DeadMessage(
                payload: entry.payload, letter: entry.letter,
                // A malformed one has no identity.
                identity: (try? Envelope(entry.payload)).map { WorkIdentity($0, queue: self.broker.queue) })
        }
        do throws(JobStoreError) {
            try await store.recordDead(messages)
            FaultPoint.quarantineRecorded.hit()
        } catch {
            self.onReclaim(.failure(BrokerError(.outcomeUnknown, operation: "record quarantine", message: error.description)))
        }
    }

    private func jittered(_ duration: Duration) -> Duration {
        let nanoseconds = duration.inNanoseconds
        return .nanoseconds(nanoseconds / 2 + Int64.random(in: 0...max(nanoseconds, 1)))
    }
}
