internal import Threading

/// What a dead-letter queue's durable history offers to the sweep.
public protocol DeadLetterHistory: Sendable {
    /// Records dead messages; those already recorded stay as they are.
    func recordDead(_ letters: [DeadMessage]) async throws(JobStoreError)
    /// When each of these letters was recorded as dead, microseconds since 1970; unknown ones are left out.
    func failureTimes(of ids: [String]) async throws(JobStoreError) -> [String: Int64]
    /// Marks letters as expired: their messages are about to be removed from the dead-letter queue for good.
    func expire(_ ids: [String]) async throws(JobStoreError)
}

/// Keeps the durable history of a dead-letter queue complete, and removes what is older than the retention: the history first, then the
/// message. Any number may run at once.
public final class DeadLetterSweeper: Sendable {
    private let broker: any BrokerAdministration
    private let history: any DeadLetterHistory
    private let retention: Duration?
    private let interval: Duration
    private let onSweep: @Sendable (Result<Sweep, any Error>) -> Void

    /// What one round did.
    public struct Sweep: Sendable, Hashable {
        public var recorded = 0
        public var expired = 0
    }

    private static let page = 200
    private static let roundsUntilAll = 30
    private let mark = Lock(Mark())

    /// - Parameters:
    ///   - retention: how long a dead letter rests; nil keeps it for ever.
    ///   - interval: the time between two rounds.
    ///   - onSweep: told of every round that did something, and of every failure.
    public init(
        broker: any BrokerAdministration, history: any DeadLetterHistory, retention: Duration?, interval: Duration = .seconds(10),
        onSweep: @escaping @Sendable (Result<Sweep, any Error>) -> Void = { _ in }
    ) {
        self.broker = broker
        self.history = history
        self.retention = retention
        self.interval = interval
        self.onSweep = onSweep
    }

    /// Works until the task is cancelled.
    public func run() async {
        while !Task.isCancelled {
            do {
                var sweep = Sweep()
                sweep.recorded = try await self.recordNew()
                sweep.expired = try await self.expireOld()
                if sweep != Sweep() { self.onSweep(.success(sweep)) }
            } catch {
                self.onSweep(.failure(error))
            }
            // Ends early when the task is cancelled, and the loop with it.
            try? await Task.sleep(for: self.interval)
        }
    }

    /// What the last complete round found.
    private struct Mark {
        var count = 0
        var newest: [UInt8]?
        /// The newest letter that has no equal: from it on all was recorded. Malformed messages may have equals.
        var letter: String?
        var rounds = 0
    }

    /// Reads from the newest letter down to where the last round began; now and then to the end, since removals in between shift what is read.
    func recordNew() async throws -> Int {
        let last = self.mark.withLock { $0 }
        var mark = Mark(count: try await self.broker.counts().dead, rounds: (last.rounds + 1) % Self.roundsUntilAll)
        mark.newest = try await self.broker.deadLetters(from: 0, limit: 1).first
        let readsAll = mark.rounds == 0
        if !readsAll, mark.count == last.count, mark.newest == last.newest {
            self.mark.withLock { $0.rounds = mark.rounds }
            return 0
        }
        var recorded = 0
        var start = 0
        var isDone = false
        while !isDone {
            var entries = try await self.broker.deadLetters(from: start, limit: Self.page).map {
                DeadLetterEntry($0, queue: self.broker.queue)
            }
            start += entries.count
            isDone = entries.count < Self.page
            if mark.letter == nil { mark.letter = entries.first { $0.envelope?.deadLetterMetadata != nil }?.letter.id }
            if !readsAll, let end = entries.firstIndex(where: { $0.letter.id == last.letter }) {
                entries.removeSubrange(end...)
                isDone = true
            }
            recorded += try await self.record(entries)
        }
        self.mark.withLock { $0 = mark }
        return recorded
    }

    /// Records those that the history does not know.
    private func record(_ entries: [DeadLetterEntry]) async throws -> Int {
        guard !entries.isEmpty else { return 0 }
        let known = try await self.history.failureTimes(of: entries.map(\.letter.id))
        let unknown = entries.filter { known[$0.letter.id] == nil }
        guard !unknown.isEmpty else { return 0 }
        let now = WallClock.microseconds
        try await self.history.recordDead(
            unknown.map { entry in
                var letter = entry.letter
                if letter.failureTime == 0 { letter.failureTime = now }
                return DeadMessage(
                    payload: entry.payload, letter: letter, identity: entry.envelope.map { WorkIdentity($0, queue: self.broker.queue) })
            })
        return unknown.count
    }

    /// Reads from the oldest letter up to the first page that holds nothing old enough.
    func expireOld() async throws -> Int {
        guard let retention = self.retention else { return 0 }
        let limit = WallClock.microseconds - retention.inNanoseconds / 1_000
        var expired = 0
        while true {
            let count = try await self.broker.counts().dead
            guard count > 0 else { return expired }
            let entries = try await self.broker.deadLetters(from: max(0, count - 100), limit: 100).map {
                DeadLetterEntry($0, queue: self.broker.queue)
            }
            let times = try await self.history.failureTimes(of: entries.map(\.letter.id))
            let old = entries.filter { entry in
                guard let recorded = times[entry.letter.id] else { return false }  // Without history it is never removed.
                return (entry.letter.failureTime == 0 ? recorded : entry.letter.failureTime) < limit
            }
            guard !old.isEmpty else { return expired }
            try await self.history.expire(old.map(\.letter.id))
            FaultPoint.deadLetterArchived.hit()
            expired += try await self.broker.discard(old.map(\.payload)).count { $0 }
        }
    }
}
