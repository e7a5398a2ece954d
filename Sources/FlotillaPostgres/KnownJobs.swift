internal import Threading

/// Jobs whose rows are known to exist and to be running, so that they need not be made again. Forgets the older half when it is full.
final class KnownJobs: Sendable {
    private struct State {
        var recent: Set<String> = []
        var older: Set<String> = []
    }

    private let state = Lock(State())
    private let capacity: Int

    init(capacity: Int) { self.capacity = max(2, capacity) }

    /// Those of `jobs` that are not known.
    func unknown(among jobs: Set<String>) -> [String] {
        self.state.withLock { state in jobs.filter { !state.recent.contains($0) && !state.older.contains($0) } }
    }

    func insert(_ jobs: some Sequence<String>) {
        self.state.withLock { state in
            for job in jobs {
                if state.recent.count >= self.capacity / 2 {
                    state.older = state.recent
                    state.recent = []
                }
                state.recent.insert(job)
            }
        }
    }
}
