internal import Threading

/// One thing that happened to a value: every so many of them are kept for those who look for a fault.
public struct CacheHappening: Sendable {
    public enum Kind: String, Sendable, CaseIterable {
        case hit, miss, stale, error, store, refused, delete, unreadable, voided
    }

    public let kind: Kind
    public let key: CacheKey
    /// Microseconds since 1970.
    public let at: Int64
    /// What the call took, where it was measured.
    public let duration: Duration?
}

/// Keeps one of so many happenings, up to a number, until they are fetched.
public final class CacheEventSampler: Sendable {
    private struct State {
        /// 0 keeps none.
        var every: UInt64 = 0
        var count: UInt64 = 0
        var kept: [CacheHappening] = []
    }

    private let state = Lock(State())
    private let capacity: Int

    init(capacity: Int) { self.capacity = capacity }

    /// - Parameter percent: of all happenings; 0 keeps none, 100 all until the buffer is full.
    func keep(percent: Int) {
        self.state.withLock { $0.every = percent <= 0 ? 0 : UInt64(max(1, 100 / percent)) }
    }

    func note(_ kind: CacheHappening.Kind, _ key: CacheKey, _ duration: Duration? = nil) {
        self.state.withLock { state in
            guard state.every > 0 else { return }
            state.count &+= 1
            guard state.count % state.every == 0, state.kept.count < self.capacity else { return }
            state.kept.append(CacheHappening(kind: kind, key: key, at: WallClock.microseconds, duration: duration))
        }
    }

    /// What was kept since the last time.
    public func drain() -> [CacheHappening] {
        self.state.withLock { state in
            defer { state.kept = [] }
            return state.kept
        }
    }
}
