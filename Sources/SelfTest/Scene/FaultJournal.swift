public import JSONText
internal import Threading

/// Every fault of a scene: when, what, to whom. Replaying a seed repeats kinds and victims in this order.
public final class FaultJournal: Sendable {
    public struct Entry: Sendable, Hashable {
        /// Since the scene began.
        public var offset: Duration
        /// `SIGKILL`, `SIGSTOP`, `cut`, …
        public var kind: String
        /// `worker-2`, `redis`.
        public var victim: String

        public var json: JSONValue {
            [
                "offset_ms": .integer(self.offset.inMilliseconds), "kind": .string(self.kind), "victim": .string(self.victim),
            ]
        }
    }

    private let start = MonotonicTime.now
    private let state = Lock<[Entry]>([])

    public init() {}

    /// Notes a fault, just before it is done.
    public func note(_ kind: String, _ victim: String) {
        let entry = Entry(offset: MonotonicTime.now - self.start, kind: kind, victim: victim)
        self.state.withLock { $0.append(entry) }
    }

    public var entries: [Entry] { self.state.withLock { $0 } }
    /// Faults so far.
    public var count: Int { self.state.withLock { $0.count } }
}
