internal import Threading

/// Loads under way in this process, by key: whoever needs the same value waits for the one load.
///
/// The load runs in a task of its own, which no single caller's cancellation ends: it is cancelled when the last one who waits has gone.
final class Flights<Outcome: Sendable>: Sendable {
    typealias Waiter = CheckedContinuation<Result<Outcome, any Error>, Never>

    private struct Flight {
        let key: String
        var task: Task<Void, Never>?
        var waiters: [UInt64: Waiter]
    }

    private struct State {
        var flights: [UInt64: Flight] = [:]
        /// The flight that callers of a key join.
        var current: [String: UInt64] = [:]
        /// Which flight a waiter is on.
        var places: [UInt64: UInt64] = [:]
        var next: UInt64 = 0

        mutating func number() -> UInt64 {
            defer { self.next += 1 }
            return self.next
        }

        mutating func remove(_ number: UInt64) -> Flight? {
            guard let flight = self.flights.removeValue(forKey: number) else { return nil }
            if self.current[flight.key] == number { self.current[flight.key] = nil }
            for waiter in flight.waiters.keys { self.places[waiter] = nil }
            return flight
        }
    }

    private let state = Lock(State())

    /// The outcome of the load of `key`: of the one under way, or of `load`, which is begun.
    ///
    /// - Returns: also whether it was begun here.
    func join(_ key: String, load: @escaping @Sendable () async throws -> Outcome) async throws -> (outcome: Outcome, isOwn: Bool) {
        let id = self.state.withLock { $0.number() }
        let isOwn = Lock(false)
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { (waiter: Waiter) in
                let begun = self.state.withLock { state -> UInt64? in
                    if let number = state.current[key] {
                        state.flights[number]?.waiters[id] = waiter
                        state.places[id] = number
                        return nil
                    }
                    let number = state.number()
                    state.flights[number] = Flight(key: key, waiters: [id: waiter])
                    state.current[key] = number
                    state.places[id] = number
                    return number
                }
                if let begun {
                    isOwn.withLock { $0 = true }
                    self.start(begun, load)
                }
                // Cancelled before it came here: the handler found nobody to wake.
                if Task.isCancelled { self.leave(id) }
            }
        } onCancel: {
            self.leave(id)
        }
        return (try result.get(), isOwn.withLock { $0 })
    }

    /// Begins a load that nobody waits for, unless one is under way. It goes on to its end: use a key that nobody joins.
    func refresh(_ key: String, load: @escaping @Sendable () async throws -> Outcome) {
        let begun = self.state.withLock { state -> UInt64? in
            guard state.current[key] == nil else { return nil }
            let number = state.number()
            state.flights[number] = Flight(key: key, waiters: [:])
            state.current[key] = number
            return number
        }
        if let begun { self.start(begun, load) }
    }

    /// Later callers begin a load of their own: what is under way may not know of the change that was just made.
    ///
    /// - Parameter key: nil for all keys.
    func detach(_ key: String?) {
        self.state.withLock { state in
            if let key { state.current[key] = nil } else { state.current = [:] }
        }
    }

    /// Loads under way.
    var count: Int { self.state.withLock { $0.flights.count } }

    private func start(_ number: UInt64, _ load: @escaping @Sendable () async throws -> Outcome) {
        let task = Task {
            let result: Result<Outcome, any Error>
            do { result = .success(try await load()) } catch { result = .failure(error) }
            let waiters = self.state.withLock { $0.remove(number)?.waiters }
            for waiter in (waiters ?? [:]).values { waiter.resume(returning: result) }
        }
        self.state.withLock { $0.flights[number]?.task = task }
    }

    private func leave(_ id: UInt64) {
        let (waiter, abandoned) = self.state.withLock { state -> (Waiter?, Task<Void, Never>?) in
            guard let number = state.places.removeValue(forKey: id), let waiter = state.flights[number]?.waiters.removeValue(forKey: id)
            else { return (nil, nil) }
            guard let flight = state.flights[number], flight.waiters.isEmpty else { return (waiter, nil) }
            // Nobody joins what is being cancelled.
            return (waiter, state.remove(number)?.task)
        }
        abandoned?.cancel()
        waiter?.resume(returning: .failure(CancellationError()))
    }
}
