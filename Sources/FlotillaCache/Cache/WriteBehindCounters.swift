internal import Threading

/// Counters that are added up in the process and written now and then: for figures that may lose a second when a process dies.
///
/// Nothing but counters is ever written behind: a value that is only in a process is not written yet. Run it for as long as the process counts.
public final class WriteBehindCounters: Sendable {
    private struct State {
        var pending: [CacheKey: Int64] = [:]
        var dropped: UInt64 = 0
    }

    private let cache: Cache
    private let interval: Duration
    private let limit: Int
    private let state = Lock(State())

    /// - Parameters:
    ///   - interval: between two writes.
    ///   - limit: counters that wait at most; further ones are dropped and counted while the cache is away.
    public init(cache: Cache, interval: Duration = .seconds(1), limit: Int = 10_000) {
        self.cache = cache
        self.interval = interval
        self.limit = max(1, limit)
    }

    /// Adds to a counter. Returns at once; it is written by ``run()``.
    public func add(_ amount: Int64 = 1, to key: CacheKey) {
        self.state.withLock { state in
            if state.pending[key] == nil, state.pending.count >= self.limit {
                state.dropped += 1
            } else {
                state.pending[key, default: 0] &+= amount
            }
        }
    }

    /// Amounts that found no room.
    public var dropped: UInt64 { self.state.withLock { $0.dropped } }

    /// Writes until the task is cancelled, and a last time then.
    public func run() async {
        while !Task.isCancelled {
            // Ends early when the task is cancelled, and the loop with it.
            try? await Task.sleep(for: self.interval)
            await self.flush()
        }
        // Unstructured: a cancelled task could not write any more.
        await Task { await self.flush() }.value
    }

    /// Writes what has been added up. What the cache does not take waits for the next time.
    public func flush() async {
        let pending = self.state.withLock { state in
            defer { state.pending = [:] }
            return state.pending
        }
        for (key, amount) in pending where amount != 0 {
            do {
                try await self.cache.increment(key, by: amount)
            } catch {
                // Not after a timeout, which may have counted: a counter rather loses a second than counts it twice.
                if error.code != .timedOut { self.add(amount, to: key) }
            }
        }
    }
}
