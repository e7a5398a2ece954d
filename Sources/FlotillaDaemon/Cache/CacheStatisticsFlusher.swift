internal import Flotilla
internal import FlotillaCache
internal import FlotillaCachePostgres
internal import PostgresClient
internal import Threading

/// Writes what a process counted to PostgreSQL every few seconds, all of it in a few statements. What cannot be written waits, added up.
final class CacheStatisticsFlusher: Sendable {
    private let cache: Cache
    private let store: CacheStatisticsStore
    private let accesses: CacheAccessStore
    private let process: String
    private let interval: Duration
    private let logger: Logger
    private let pending = Lock<[CacheTallyKey: CacheTally]>([:])
    /// A value that nobody has stored.
    private static let probe = CacheKey(.reference, tenant: .everyone, "is anybody there")

    /// - Parameter process: names this process in the rows.
    init(_ cache: Cache, pool: PostgresPool, process: String, interval: Duration, logger: Logger) {
        self.cache = cache
        self.store = CacheStatisticsStore(pool: pool)
        self.accesses = CacheAccessStore(pool: pool)
        self.process = process
        self.interval = interval
        self.logger = logger
    }

    /// Writes until the task is cancelled, and a last time then.
    func run() async {
        var last = MonotonicTime.now
        var turns = 0
        while !Task.isCancelled {
            // Ends early when the task is cancelled, and the loop with it.
            try? await Task.sleep(for: self.interval)
            let now = MonotonicTime.now
            turns += 1
            // Unstructured: a cancelled task could not write the last counts.
            await Task { [turns, last] in await self.flush(over: now - last, withAccesses: turns % 6 == 0) }.value
            last = now
            // While nobody asks the cache, nobody would notice that it is back.
            if !self.cache.isReachable { _ = try? await self.cache.exists(Self.probe) }
        }
    }

    private func flush(over period: Duration, withAccesses: Bool) async {
        let fresh = self.cache.recorder.drain()
        let tallies = self.pending.withLock { pending in
            for (key, tally) in fresh { pending[key, default: CacheTally()] += tally }
            defer { pending = [:] }
            return pending
        }
        let events = self.cache.sampler.drain()
        do {
            if !tallies.isEmpty {
                do {
                    try await self.store.flush(tallies)
                } catch {
                    // Not after a commit that may have happened: counts would rather lose ten seconds than count them twice.
                    if !error.mayHaveCommitted { self.putBack(tallies) }
                    throw error
                }
                try await self.store.record(CachePerformance.rows(of: fresh, process: self.process, at: .now, over: period))
            }
            if !events.isEmpty { try await self.store.recordEvents(events.map(\.record)) }
            if withAccesses { try await self.accesses.add(self.cache.drainAccesses(200)) }
        } catch {
            self.logger.debug("cannot write the cache's statistics", ["error": Redactor.redact("\(error)")])
        }
    }

    private func putBack(_ tallies: [CacheTallyKey: CacheTally]) {
        self.pending.withLock { pending in
            for (key, tally) in tallies { pending[key, default: CacheTally()] += tally }
        }
    }
}

extension CacheHappening {
    var record: CacheEventRecord {
        CacheEventRecord(self.kind.rawValue, of: self.key, at: PostgresTimestamp(microseconds: self.at), duration: self.duration)
    }
}
