public import Flotilla
internal import Threading

/// A lock in memory that is never lost, except where a test says so.
public final class InMemoryLock: DistributedLock {
    private struct Held {
        var token: Int
        var onLoss: @Sendable () -> Void
    }

    private let state = Lock<(held: [String: Held], drawn: Int)>(([:], 0))

    public init() {}

    /// The keys that are locked now.
    public var keys: Set<String> { Set(self.state.withLock { $0.held.keys }) }

    public func acquire(
        _ key: String, lease: Duration, onLoss: @escaping @Sendable () -> Void
    ) async throws(BrokerError) -> LockAttempt {
        self.state.withLock { state in
            if state.held[key] != nil { return .held(left: lease) }
            state.drawn += 1
            state.held[key] = Held(token: state.drawn, onLoss: onLoss)
            return .acquired(Hold(lock: self, key: key, number: state.drawn))
        }
    }

    /// Takes a lock away from whoever has it.
    public func lose(_ key: String) { self.state.withLock { $0.held.removeValue(forKey: key) }?.onLoss() }

    private func has(_ key: String, _ number: Int) -> Bool { self.state.withLock { $0.held[key]?.token == number } }

    private func release(_ key: String, _ number: Int) -> Bool {
        self.state.withLock { state in
            guard state.held[key]?.token == number else { return false }
            state.held[key] = nil
            return true
        }
    }

    private struct Hold: LockHold {
        let lock: InMemoryLock
        let key: String
        let number: Int
        var token: String { String(self.number) }
        var isHeld: Bool { self.lock.has(self.key, self.number) }

        func release() async throws(BrokerError) -> Bool { self.lock.release(self.key, self.number) }
    }
}
