internal import Threading

/// Somebody who wants a connection. Only on the loop.
final class Waiter {
    let deadline: MonotonicTime
    let completion: (Result<Session, PostgresError>) -> Void
    fileprivate(set) var isWaiting = false

    init(deadline: MonotonicTime, completion: @escaping (Result<Session, PostgresError>) -> Void) {
        self.deadline = deadline
        self.completion = completion
    }
}

/// First come, first served. Waiters that gave up stay as empty places until they reach the front.
struct WaiterQueue {
    private var places: [Waiter] = []
    private var head = 0
    private(set) var count = 0

    mutating func append(_ waiter: Waiter) {
        waiter.isWaiting = true
        self.places.append(waiter)
        self.count += 1
    }

    mutating func prepend(_ waiter: Waiter) {
        waiter.isWaiting = true
        if self.head > 0 {
            self.head -= 1
            self.places[self.head] = waiter
        } else {
            self.places.insert(waiter, at: 0)
        }
        self.count += 1
    }

    mutating func popFirst() -> Waiter? {
        while self.head < self.places.count {
            let waiter = self.places[self.head]
            self.head += 1
            self.compact()
            guard waiter.isWaiting else { continue }
            waiter.isWaiting = false
            self.count -= 1
            return waiter
        }
        return nil
    }

    /// False when it was no longer waiting.
    mutating func remove(_ waiter: Waiter) -> Bool {
        guard waiter.isWaiting else { return false }
        waiter.isWaiting = false
        self.count -= 1
        return true
    }

    mutating func removeExpired(at now: MonotonicTime) -> [Waiter] {
        let late = self.places[self.head...].filter { $0.isWaiting && $0.deadline <= now }
        for waiter in late { _ = self.remove(waiter) }
        return late
    }

    mutating func removeAll() -> [Waiter] {
        let all = self.places[self.head...].filter(\.isWaiting)
        for waiter in all { waiter.isWaiting = false }
        self = WaiterQueue()
        return all
    }

    var earliestDeadline: MonotonicTime? { self.places[self.head...].lazy.filter(\.isWaiting).map(\.deadline).min() }

    private mutating func compact() {
        guard self.head > 64, self.head * 2 > self.places.count else { return }
        self.places.removeFirst(self.head)
        self.head = 0
    }
}

/// When to try to connect again. A pure value but for its dice.
struct ReconnectBackoff {
    private(set) var failures = 0
    private var nextAttempt: MonotonicTime?
    var lastError: PostgresError?

    mutating func failed(_ error: PostgresError, at now: MonotonicTime) {
        self.failures += 1
        self.lastError = error
        let ceiling = min(1_000, 25 << min(self.failures, 8))
        self.nextAttempt = now + .milliseconds(Int.random(in: ceiling / 2...ceiling))
    }

    mutating func succeeded() {
        self.failures = 0
        self.nextAttempt = nil
    }

    /// How long to wait, nil when an attempt may begin now.
    func delay(at now: MonotonicTime) -> Duration? {
        guard let nextAttempt, nextAttempt > now else { return nil }
        return nextAttempt - now
    }
}

/// Carries a task's cancellation to the loop, to whatever stage its work has reached. Only on the loop.
final class Cancellation: @unchecked Sendable {
    // Unchecked because only the loop's thread touches it.
    private var action: (() -> Void)?
    private(set) var isCancelled = false

    /// From now on, cancelling means `action`.
    func set(_ action: @escaping () -> Void) {
        self.action = action
    }

    func clear() { self.action = nil }

    func cancel() {
        self.isCancelled = true
        let action = self.action
        self.action = nil
        action?()
    }
}
