/// A cache in memory, bounded by weight, that keeps what is asked for often, and knows to distrust what came only once.
///
///     new ─▶ window 1 % ─▶ is it asked for more often than what would have to go for it? ─no─▶ out
///                                         │ yes
///                                         ▼
///            probation 20 % of the rest ◀──▶ protected 80 %: hit since it came in
///                    └─▶ out
///
/// How often things are asked for, also those that are not held, is counted in a sketch that forgets slowly. A scan over things that nobody asks for
/// twice passes through the window and leaves the rest as it is.
///
/// Not safe for threads: hold it in a lock. Every call takes constant time on average, and none allocates for a hit.
///
/// - SeeAlso: Einziger, Friedman & Manes 2017, arXiv:1512.00727; for unequal weights Einziger, Eytan, Friedman & Manes 2021, arXiv:2105.08770.
package struct WindowTinyLFU<Key: Hashable, Value> {
    /// What became of entries since the beginning.
    package struct Statistics: Sendable, Hashable {
        /// That came from the window into the rest.
        package var admitted = 0
        /// That left the window and were not good enough, or were heavier than the whole.
        package var rejected = 0
        /// That went for others.
        package var evicted = 0
    }

    private enum Segment { case window, probation, protected }
    private struct Content {
        let key: Key
        var value: Value
        let hash: UInt64
        var segment: Segment
    }

    /// Who was asked for more often than this and stays goes to the back of those who may have to go: the best of 3, 5, 8 and of all, by the
    /// hit ratios of `HitRatioTests` over 100 seeds of hashing.
    private static var steady: Int { 3 }

    /// What all entries together may weigh.
    package let capacity: Int
    package private(set) var statistics = Statistics()

    private let windowCapacity: Int
    private let protectedCapacity: Int
    private var indices: [Key: Int32] = [:]
    private var nodes: [LinkedNode<Content>] = []
    private var firstFree: Int32 = -1
    private var window = NodeList()
    private var probation = NodeList()
    private var protected = NodeList()
    private var sketch: CountMinSketch

    /// - Parameter capacity: total weight, at least 1: a number of entries if each weighs 1, or of bytes.
    package init(capacity: Int) { self.init(capacity: capacity, sketch: CountMinSketch()) }

    init(capacity: Int, sketch: CountMinSketch) {
        precondition(capacity >= 1, "a cache needs room for something")
        self.capacity = capacity
        self.windowCapacity = max(1, capacity / 100)
        self.protectedCapacity = (capacity - self.windowCapacity) * 4 / 5
        self.sketch = sketch
    }

    package var count: Int { self.indices.count }
    /// Of all entries; never more than ``capacity``.
    package var weight: Int { self.window.weight + self.mainWeight }
    private var mainWeight: Int { self.probation.weight + self.protected.weight }
    private var mainCapacity: Int { self.capacity - self.windowCapacity }
    /// What one entry may weigh: 99 % of the whole.
    package var heaviest: Int { max(self.mainCapacity, self.windowCapacity) }

    /// Reads a value, and counts that it was asked for, whether it is there or not.
    package mutating func value(for key: Key) -> Value? {
        guard let index = self.indices[key] else {
            self.sketch.record(Self.hash(key))
            return nil
        }
        self.touch(index)
        return self.nodes[Int(index)].content?.value
    }

    /// Reads a value, and nobody knows.
    package func peek(_ key: Key) -> Value? { self.indices[key].flatMap { self.nodes[Int($0)].content?.value } }

    /// Puts a value in, or in the place of the one that is there.
    ///
    /// - Parameter weight: at least 1.
    /// - Returns: whether it is held now. Not if it is heavier than ``heaviest`` (the value that was there is gone then, too), or than the
    ///   window and not asked for often enough to take the place of others.
    @discardableResult
    package mutating func insert(_ value: Value, for key: Key, weight: Int) -> Bool {
        precondition(weight >= 1, "an entry weighs something")
        let known = self.indices[key]
        guard weight <= self.heaviest else {
            if let known { self.discard(known) }
            self.statistics.rejected += 1
            return false
        }
        if let known {
            self.replace(known, by: value, weight: weight)
            return self.indices[key] != nil
        }
        let hash = Self.hash(key)
        // Who puts in without having asked asks hereby; who asked before is not counted twice.
        if self.sketch.estimate(hash) == 0 { self.sketch.record(hash) }
        let index = self.takePlace(LinkedNode(content: Content(key: key, value: value, hash: hash, segment: .window), weight: weight))
        self.indices[key] = index
        if self.indices.count > self.sketch.entries { self.sketch.grow(to: self.indices.count) }
        self.window.prepend(index, in: &self.nodes)
        // What is heavier than the window passes by those in it.
        if weight > self.windowCapacity {
            self.leaveWindow(index)
            return self.indices[key] != nil
        }
        while self.window.weight > self.windowCapacity { self.leaveWindow(self.window.last) }
        return true
    }

    /// - Returns: what was there.
    @discardableResult
    package mutating func remove(_ key: Key) -> Value? {
        guard let index = self.indices[key] else { return nil }
        let value = self.nodes[Int(index)].content?.value
        self.discard(index)
        return value
    }

    /// Removes everything; what was asked for often is still known.
    package mutating func removeAll() {
        self.indices.removeAll()
        self.nodes.removeAll()
        self.firstFree = -1
        self.window = NodeList()
        self.probation = NodeList()
        self.protected = NodeList()
    }

    /// Removes what `isOver` says. Looks at every entry.
    ///
    /// - Returns: how many went.
    @discardableResult
    package mutating func removeAll(where isOver: (Key, Value) -> Bool) -> Int {
        let before = self.count
        for index in self.nodes.indices {
            if let content = self.nodes[index].content, isOver(content.key, content.value) { self.discard(Int32(index)) }
        }
        return before - self.count
    }

    private static func hash(_ key: Key) -> UInt64 {
        // Seeded by the process: nobody outside can choose keys that share counters.
        UInt64(bitPattern: Int64(key.hashValue))
    }
}

// MARK: - What moves

extension WindowTinyLFU {
    /// A hit: counted, and moved to where hits stay longer.
    private mutating func touch(_ index: Int32) {
        guard let content = self.nodes[Int(index)].content else { return }
        self.sketch.record(content.hash)
        switch content.segment {
        case .window: self.window.moveToFront(index, in: &self.nodes)
        case .protected: self.protected.moveToFront(index, in: &self.nodes)
        // One that is too heavy for the protected part would push out everything there, and then itself.
        case .probation where self.nodes[Int(index)].weight > self.protectedCapacity: self.probation.moveToFront(index, in: &self.nodes)
        case .probation:
            self.probation.remove(index, in: &self.nodes)
            self.nodes[Int(index)].content?.segment = .protected
            self.protected.prepend(index, in: &self.nodes)
            self.demote()
        }
    }

    /// Moves what was not hit for longest out of the protected part until that is small enough.
    private mutating func demote() {
        while self.protected.weight > self.protectedCapacity, self.protected.count > 0 {
            let oldest = self.protected.last
            self.protected.remove(oldest, in: &self.nodes)
            self.nodes[Int(oldest)].content?.segment = .probation
            self.probation.prepend(oldest, in: &self.nodes)
        }
    }

    /// Moves an entry from the window to the rest, if it earns it.
    private mutating func leaveWindow(_ candidate: Int32) {
        guard self.makeRoom(for: candidate) else {
            self.discard(candidate)
            self.statistics.rejected += 1
            return
        }
        self.window.remove(candidate, in: &self.nodes)
        self.nodes[Int(candidate)].content?.segment = .probation
        self.probation.prepend(candidate, in: &self.nodes)
        self.statistics.admitted += 1
    }

    /// Removes others for a candidate, if all of them together are asked for less often than it is.
    ///
    /// At most 15 are looked at that stay: each of them counts, and no candidate counts more than 15.
    private mutating func makeRoom(for candidate: Int32) -> Bool {
        let weight = self.nodes[Int(candidate)].weight
        guard weight <= self.mainCapacity, let hash = self.nodes[Int(candidate)].content?.hash else { return false }
        let merit = self.sketch.estimate(hash)
        var rivals = 0
        var freed = 0
        var next = self.eldest
        while self.mainWeight - freed + weight > self.mainCapacity, next >= 0, let rival = self.nodes[Int(next)].content {
            let index = next
            next = self.nodes[Int(index)].previous
            if next < 0, rival.segment == .probation { next = self.protected.last }
            let worth = self.sketch.estimate(rival.hash)
            if worth == 0 {
                // Nobody asks for it: it goes, whatever becomes of the candidate.
                self.evict(index)
                continue
            }
            rivals += worth
            guard rivals < merit else {
                // What looks better than it is, since it shares its counters with what is asked for all the time, must not stand in the
                // way of everybody else as well.
                if worth > Self.steady, rival.segment == .probation { self.probation.moveToFront(index, in: &self.nodes) }
                return false
            }
            freed += self.nodes[Int(index)].weight
        }
        while self.mainWeight + weight > self.mainCapacity { self.evict(self.eldest) }
        return true
    }

    /// The next to go, outside the window; -1 when there is none.
    private var eldest: Int32 { self.probation.count > 0 ? self.probation.last : self.protected.last }

    private mutating func evict(_ index: Int32) {
        self.discard(index)
        self.statistics.evicted += 1
    }

    private mutating func replace(_ index: Int32, by value: Value, weight: Int) {
        self.nodes[Int(index)].content?.value = value
        guard self.nodes[Int(index)].weight != weight, let content = self.nodes[Int(index)].content else { return self.touch(index) }
        self.unlink(index)
        self.nodes[Int(index)].weight = weight
        switch content.segment {
        case .window: self.window.prepend(index, in: &self.nodes)
        case .probation: self.probation.prepend(index, in: &self.nodes)
        case .protected: self.protected.prepend(index, in: &self.nodes)
        }
        self.sketch.record(content.hash)
        self.demote()
        while self.window.weight > self.windowCapacity { self.leaveWindow(self.window.last) }
        while self.mainWeight > self.mainCapacity { self.evict(self.eldest) }
    }

    private mutating func takePlace(_ node: LinkedNode<Content>) -> Int32 {
        guard self.firstFree >= 0 else {
            self.nodes.append(node)
            return Int32(self.nodes.count - 1)
        }
        let index = self.firstFree
        self.firstFree = self.nodes[Int(index)].next
        self.nodes[Int(index)] = node
        return index
    }

    private mutating func discard(_ index: Int32) {
        guard let content = self.nodes[Int(index)].content else { return }
        self.unlink(index)
        self.indices[content.key] = nil
        self.nodes[Int(index)] = LinkedNode(content: nil, weight: 0, next: self.firstFree)
        self.firstFree = index
    }

    private mutating func unlink(_ index: Int32) {
        switch self.nodes[Int(index)].content?.segment {
        case .window: self.window.remove(index, in: &self.nodes)
        case .probation: self.probation.remove(index, in: &self.nodes)
        case .protected: self.protected.remove(index, in: &self.nodes)
        case nil: break
        }
    }
}
