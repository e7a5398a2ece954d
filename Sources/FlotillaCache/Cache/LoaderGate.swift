internal import Threading

/// Lets so many loads run at once and makes the others wait in turn, so that a cache that is away does not send everything to the database.
final class LoaderGate: Sendable {
    private struct State {
        var free: Int
        var waiters: [(id: UInt64, continuation: CheckedContinuation<Bool, Never>)] = []
        var nextID: UInt64 = 0
    }

    private let state: Lock<State>
    private let longestQueue: Int

    /// - Parameter longestQueue: loads that wait at most; more are refused.
    init(limit: Int, longestQueue: Int) {
        self.state = Lock(State(free: max(1, limit)))
        self.longestQueue = longestQueue
    }

    /// Runs `body` when there is room.
    ///
    /// - Throws: ``CacheError`` `overloaded` when too many wait already; `CancellationError`; what `body` throws.
    func run<Result: Sendable>(_ body: () async throws -> Result) async throws -> Result {
        guard try await self.enter() else {
            throw CacheError(.overloaded, "too many loads are waiting: try again in a moment")
        }
        defer { self.leave() }
        return try await body()
    }

    private func enter() async throws -> Bool {
        try Task.checkCancellation()
        let id = self.state.withLock { state in
            defer { state.nextID += 1 }
            return state.nextID
        }
        let entered = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let answer: Bool? = self.state.withLock { state in
                    if state.free > 0 {
                        state.free -= 1
                        return true
                    }
                    // Cancelled before it came here: the handler found nothing to wake.
                    if state.waiters.count >= self.longestQueue || Task.isCancelled { return false }
                    state.waiters.append((id, continuation))
                    return nil
                }
                if let answer { continuation.resume(returning: answer) }
            }
        } onCancel: {
            let waiter = self.state.withLock { state in
                state.waiters.firstIndex { $0.id == id }.map { state.waiters.remove(at: $0).continuation }
            }
            waiter?.resume(returning: false)
        }
        if !entered { try Task.checkCancellation() }
        return entered
    }

    private func leave() {
        let next = self.state.withLock { state -> CheckedContinuation<Bool, Never>? in
            guard !state.waiters.isEmpty else {
                state.free += 1
                return nil
            }
            return state.waiters.removeFirst().continuation
        }
        next?.resume(returning: true)
    }
}
