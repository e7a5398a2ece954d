internal import Threading

/// Gathers items while a batch is on its way, and hands over what has gathered when it is back: alone when idle, in large batches under load.
/// When a whole batch has gathered before the one on its way is back, it need not wait for it: ``runBeside(_:)``.
final class Batcher<Item: Sendable>: Sendable {
    private struct State {
        var items: [Item] = []
        var isClosed = false

        mutating func take(_ limit: Int) -> [Item] {
            if self.items.count <= limit {
                defer { self.items = [] }
                return self.items
            }
            defer { self.items.removeFirst(limit) }
            return Array(self.items.prefix(limit))
        }
    }

    private let state = Lock(State())
    private let wakeup = Wakeup()
    /// Raised when a whole batch has gathered.
    private let fullness = Wakeup()
    private let limit: Int

    /// - Parameter limit: items a batch at most.
    init(limit: Int) { self.limit = limit }

    /// How many items wait.
    var count: Int { self.state.withLock { $0.items.count } }

    func submit(_ item: Item) {
        let count = self.state.withLock { state in
            state.items.append(item)
            return state.items.count
        }
        if count == 1 { self.wakeup.raise() }
        if count == self.limit { self.fullness.raise() }
    }

    func submit(_ items: [Item]) {
        guard !items.isEmpty else { return }
        let count = self.state.withLock { state in
            state.items.append(contentsOf: items)
            return state.items.count
        }
        self.wakeup.raise()
        if count >= self.limit { self.fullness.raise() }
    }

    /// Ends ``run(_:)`` and ``runBeside(_:)`` when what waits is handed over.
    func close() {
        self.state.withLock { $0.isClosed = true }
        self.wakeup.raise()
        self.fullness.raise()
    }

    /// Hands over batches, one at a time, until closed.
    func run(_ flush: (_ batch: [Item]) async -> Void) async {
        while true {
            let (batch, isClosed) = self.state.withLock { ($0.take(self.limit), $0.isClosed) }
            if batch.isEmpty {
                if isClosed { return }
                await self.wakeup.wait()
            } else {
                await flush(batch)
            }
        }
    }

    /// Hands over whole batches, one at a time, beside those of ``run(_:)``, until closed: what sends the next batch need not wait until
    /// the answer to the one before it has come.
    func runBeside(_ flush: (_ batch: [Item]) async -> Void) async {
        while true {
            let (batch, isClosed) = self.state.withLock { ($0.items.count >= self.limit ? $0.take(self.limit) : [], $0.isClosed) }
            if batch.isEmpty {
                if isClosed { return }
                await self.fullness.wait()
            } else {
                await flush(batch)
            }
        }
    }
}
