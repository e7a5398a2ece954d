internal import Threading

/// Names one scheduled timer of an ``EventLoop``.
public final class TimerToken: Sendable {
    private let cancelled = Lock(false)

    init() {}

    func cancel() { self.cancelled.withLock { $0 = true } }

    var isCancelled: Bool { self.cancelled.withLock { $0 } }
}

/// Timers in the order in which they are due: a binary heap.
struct TimerHeap {
    private struct Entry {
        let due: MonotonicTime
        let sequence: UInt64
        let token: TimerToken
        let body: @Sendable () -> Void

        func isBefore(_ other: Entry) -> Bool { (self.due, self.sequence) < (other.due, other.sequence) }
    }

    private var entries: [Entry] = []
    private var sequence: UInt64 = 0

    mutating func insert(due: MonotonicTime, token: TimerToken, body: @escaping @Sendable () -> Void) {
        self.sequence &+= 1
        self.entries.append(Entry(due: due, sequence: self.sequence, token: token, body: body))
        var child = self.entries.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            guard self.entries[child].isBefore(self.entries[parent]) else { break }
            self.entries.swapAt(child, parent)
            child = parent
        }
    }

    /// When the first timer that was not cancelled is due.
    mutating func nextDue() -> MonotonicTime? {
        while let first = self.entries.first, first.token.isCancelled { self.removeFirst() }
        return self.entries.first?.due
    }

    /// Removes and returns the bodies due at `time`, first due first.
    mutating func takeDue(at time: MonotonicTime) -> [@Sendable () -> Void] {
        var bodies: [@Sendable () -> Void] = []
        while let first = self.entries.first, first.due <= time {
            self.removeFirst()
            bodies.append { if !first.token.isCancelled { first.body() } }
        }
        return bodies
    }

    private mutating func removeFirst() {
        self.entries.swapAt(0, self.entries.count - 1)
        self.entries.removeLast()
        var parent = 0
        while true {
            let left = parent * 2 + 1
            guard left < self.entries.count else { return }
            let right = left + 1
            let child = right < self.entries.count && self.entries[right].isBefore(self.entries[left]) ? right : left
            guard self.entries[child].isBefore(self.entries[parent]) else { return }
            self.entries.swapAt(child, parent)
            parent = child
        }
    }
}
