/// What happens next: a heap by time. Of events at one moment the one that was added first comes first, so that the order is never left open.
struct EventQueue {
    struct Entry {
        /// Microseconds.
        let time: Int64
        let number: UInt64
        let body: () -> Void

        func precedes(_ other: Entry) -> Bool { self.time == other.time ? self.number < other.number : self.time < other.time }
    }

    private var entries: [Entry] = []
    private var nextNumber: UInt64 = 0

    var isEmpty: Bool { self.entries.isEmpty }

    mutating func removeAll() { self.entries = [] }

    mutating func add(at time: Int64, _ body: @escaping () -> Void) {
        self.nextNumber += 1
        self.entries.append(Entry(time: time, number: self.nextNumber, body: body))
        var child = self.entries.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            guard self.entries[child].precedes(self.entries[parent]) else { return }
            self.entries.swapAt(child, parent)
            child = parent
        }
    }

    mutating func next() -> Entry? {
        guard let first = self.entries.first, let last = self.entries.popLast() else { return nil }
        guard !self.entries.isEmpty else { return first }
        self.entries[0] = last
        var parent = 0
        while true {
            var child = 2 * parent + 1
            guard child < self.entries.count else { return first }
            if child + 1 < self.entries.count, self.entries[child + 1].precedes(self.entries[child]) { child += 1 }
            guard self.entries[child].precedes(self.entries[parent]) else { return first }
            self.entries.swapAt(child, parent)
            parent = child
        }
    }
}
