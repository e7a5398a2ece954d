internal import Threading

/// Gathers items while a batch is on its way, and hands over what has gathered when it is back: alone when idle, in large batches under load.
///
/// Several tasks may run one, so that what sends the next batch need not wait for the answer to the one before: whole batches then travel side
/// by side. Less than a whole one travels only alone, or it would cost a call of its own for little.
final class Batcher<Item: Sendable>: Sendable {
    private struct State {
        var items: [Item] = []
        var isClosed = false
        /// Batches on their way.
        var travelling = 0
        /// Of tasks that wait for something to hand over.
        var idle: [Wakeup] = []

        /// The next batch, which is on its way from now on; empty when there is none to send now.
        mutating func take(_ limit: Int) -> [Item] {
            guard self.items.count >= limit || self.travelling == 0 && !self.items.isEmpty else { return [] }
            self.travelling += 1
            if self.items.count <= limit {
                defer { self.items = [] }
                return self.items
            }
            defer { self.items.removeFirst(limit) }
            return Array(self.items.prefix(limit))
        }

        /// Whom to wake when there were `before` items and there are more now. Who comes back with a batch looks by itself.
        mutating func taker(after before: Int, limit: Int) -> Wakeup? {
            let isDue = before == 0 && self.travelling == 0 || self.items.count / limit > before / limit
            return isDue ? self.idle.popLast() : nil
        }
    }

    private let state = Lock(State())
    private let limit: Int

    /// - Parameter limit: items a batch at most.
    init(limit: Int) { self.limit = limit }

    /// How many items wait.
    var count: Int { self.state.withLock { $0.items.count } }

    func submit(_ item: Item) {
        self.state.withLock { state in
            state.items.append(item)
            return state.taker(after: state.items.count - 1, limit: self.limit)
        }?.raise()
    }

    func submit(_ items: [Item]) {
        guard !items.isEmpty else { return }
        self.state.withLock { state in
            state.items.append(contentsOf: items)
            return state.taker(after: state.items.count - items.count, limit: self.limit)
        }?.raise()
    }

    /// Ends every ``run(_:)`` when what waits is handed over.
    func close() {
        let idle = self.state.withLock { state in
            state.isClosed = true
            return state.idle
        }
        for wakeup in idle { wakeup.raise() }
    }

    /// Hands over batches, each when the one before it is back, until closed.
    func run(_ flush: (_ batch: [Item]) async -> Void) async {
        let wakeup = Wakeup()
        var isBack = false
        while true {
            let (batch, isOver) = self.state.withLock { state in
                if isBack { state.travelling -= 1 }
                let batch = state.take(self.limit)
                // What waits when it is closed is taken by whoever's batch comes back.
                let isOver = batch.isEmpty && state.isClosed
                if batch.isEmpty, !isOver { state.idle.append(wakeup) }
                return (batch, isOver)
            }
            if isOver { return }
            isBack = !batch.isEmpty
            if isBack { await flush(batch) } else { await wakeup.wait() }
        }
    }
}
