internal import Threading

/// Jobs whose rows are known to exist and to be running, so that they need not be made again. Forgets the older half when it is full.
///
/// A standby that took over may lack rows that were there before: with each new connection, and after a minute, which covers a pooler that
/// hides the change, all are forgotten.
final class KnownJobs: Sendable {
    private struct State {
        var recent: Set<String> = []
        var older: Set<String> = []
        var connection = 0
        var forgottenAt = MonotonicTime.now
    }

    private let state = Lock(State())
    private let capacity: Int

    init(capacity: Int) { self.capacity = max(2, capacity) }

    /// Those of `jobs` that are not known.
    ///
    /// - Parameter connection: how many connections to the database were made so far.
    func unknown(among jobs: Set<String>, connection: Int) -> [String] {
        self.state.withLock { state in
            if state.connection != connection || state.forgottenAt + .seconds(60) < .now {
                state = State(connection: connection)
            }
            return jobs.filter { !state.recent.contains($0) && !state.older.contains($0) }
        }
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
