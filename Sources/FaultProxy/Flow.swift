internal import Threading

/// One direction of one connection: what came in and has not gone out. A pure value: no socket, no clock.
struct Flow {
    enum Item: Hashable {
        case bytes(ArraySlice<UInt8>)
        /// The sender will send no more.
        case end
        /// The connection is over, for both: the sender is gone, or the proxy wants it so. Nothing follows.
        case over(Ending)
    }

    /// What to do about the first item.
    enum Release: Hashable {
        case now
        case at(MonotonicTime)
        /// There is none, or not before the fault changes.
        case never
    }

    private struct Entry {
        var item: Item
        let due: MonotonicTime
    }

    private(set) var fault: Fault
    /// Bytes that are held.
    private(set) var held = 0
    /// Bytes were thrown away that the other side should have had.
    private(set) var isHoled = false
    /// Bytes that were thrown away, and are not counted yet.
    var lost = 0
    private var delayed = 0
    private var cuts = 0
    /// Nothing more is taken: the end, or a cut, is in the queue or has gone through.
    private(set) var isOver = false
    private var entries: [Entry?] = []
    private var head = 0
    private var lastDue = MonotonicTime(nanoseconds: .min)
    private var budget = Int.max
    private var generator: SplitMix64

    init(_ fault: Fault, generator: SplitMix64) {
        self.fault = fault
        self.generator = generator
        self.draw()
    }

    // MARK: Faults

    /// Sets another fault. What a delay has stamped goes at its time under another delay, and at once under ``Fault/pass``.
    mutating func set(_ fault: Fault) {
        self.fault = fault
        self.draw()
        if case .drop = fault {
            while let item = self.first {
                self.swallow(item)
                self.removeFirst()
            }
        }
    }

    private mutating func draw() {
        self.budget = .max
        if case .cut(let range, _) = self.fault { self.budget = Int.random(in: range, using: &self.generator) }
    }

    // MARK: In

    /// Takes bytes of the sender.
    mutating func offer(_ bytes: ArraySlice<UInt8>, at now: MonotonicTime) {
        if self.isOver || bytes.isEmpty {
            self.lost += bytes.count
        } else if case .drop = self.fault {
            self.swallow(.bytes(bytes))
        } else if case .cut(_, let ending) = self.fault, bytes.count >= self.budget {
            if self.budget > 0 { self.append(.bytes(bytes.prefix(self.budget)), at: now) }
            self.lost += bytes.count - self.budget
            self.cuts += 1
            self.finish(.over(ending), at: now)
        } else {
            if self.budget != .max { self.budget -= bytes.count }
            self.append(.bytes(bytes), at: now)
        }
    }

    /// Puts the end of the stream, or of the connection, behind what was taken; only the first counts.
    mutating func finish(_ item: Item, at now: MonotonicTime) {
        if self.isOver { return }
        if case .drop = self.fault {
            self.swallow(item)
        } else {
            self.append(item, at: now)
        }
        self.isOver = true
    }

    private mutating func append(_ item: Item, at now: MonotonicTime) {
        var due = now
        if case .delay(let delay, let jitter) = self.fault {
            let part = jitter > .zero ? Int64.random(in: 0...jitter.inNanoseconds, using: &self.generator) : 0
            due = max(now + delay + .nanoseconds(part), self.lastDue)
            self.delayed += 1
        }
        self.lastDue = due
        if case .bytes(let bytes) = item { self.held += bytes.count }
        self.entries.append(Entry(item: item, due: due))
    }

    private mutating func swallow(_ item: Item) {
        self.isHoled = true
        if case .bytes(let bytes) = item { self.lost += bytes.count }
    }

    // MARK: Out

    var first: Item? { self.head < self.entries.count ? self.entries[self.head]?.item : nil }

    /// When the first item may go.
    func release(at now: MonotonicTime) -> Release {
        guard self.head < self.entries.count, let entry = self.entries[self.head] else { return .never }
        switch self.fault {
        case .pass, .cut: return .now
        case .delay: return entry.due <= now ? .now : .at(entry.due)
        case .freeze, .drop: return .never
        }
    }

    /// The first item's bytes went out up to `count`; what is left of it stays first.
    mutating func sent(_ count: Int) {
        guard case .bytes(let bytes) = self.first else { return }
        if count == bytes.count { return self.removeFirst() }
        self.held -= count
        self.entries[self.head]?.item = .bytes(bytes.dropFirst(count))
    }

    mutating func removeFirst() {
        guard let entry = self.entries[self.head].take() else { return }
        if case .bytes(let bytes) = entry.item { self.held -= bytes.count }
        self.head += 1
        if self.head == self.entries.count {
            self.entries.removeAll(keepingCapacity: true)
            self.head = 0
        } else if self.head > 256, self.head * 2 > self.entries.count {
            self.entries.removeFirst(self.head)
            self.head = 0
        }
    }

    /// Throws away what is held: nobody is there to take it.
    mutating func clear() {
        while let item = self.first {
            if case .bytes(let bytes) = item { self.lost += bytes.count }
            self.removeFirst()
        }
    }

    /// What was done since the last call: bytes thrown away, pieces made late, cuts.
    mutating func takeCounts() -> (lost: Int, delayed: Int, cuts: Int) {
        defer { (self.lost, self.delayed, self.cuts) = (0, 0, 0) }
        return (self.lost, self.delayed, self.cuts)
    }
}
