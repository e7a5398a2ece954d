internal import Glibc
internal import Threading

/// The keys that are asked for most lately, out of any number of keys, in bounded memory.
///
/// Each access counts 1 and loses half of that every half-life. When there is no room for a key, it takes the place of the one with the
/// lowest score and takes over its score as well: so a key is never scored too low, and ``top(_:at:)`` knows by how much at most it is
/// scored too high.
///
/// Scores are kept as they will look at one fixed time in the past, where older accesses weigh less by themselves: nothing has to be
/// recalculated as time goes by.
///
/// - SeeAlso: Metwally, Agrawal & El Abbadi 2005 (space-saving); Cormode, Shkapenyuk, Srivastava & Xu 2009 (forward decay).
public struct AccessSketch<Key: Hashable & Sendable>: Sendable {
    private struct Counter: Sendable {
        var key: Key
        var score: Double
        /// How much of the score may be others'.
        var error: Double
        /// In the heap.
        var position: Int
    }

    /// How many keys are kept.
    public let capacity: Int
    /// In this time a score halves.
    public let halfLife: Duration

    private var counters: [Counter] = []
    private var places: [Key: Int] = [:]
    /// Indices of counters; the lowest score is first.
    private var heap: [Int] = []
    /// The time at which an access weighs 1; nil before the first.
    private var landmark: Int64?

    /// - Parameters:
    ///   - capacity: at least 1; ten times as many as are asked for later gives good answers.
    ///   - halfLife: at least a nanosecond.
    public init(capacity: Int, halfLife: Duration) {
        precondition(capacity >= 1 && halfLife.inNanoseconds >= 1, "a sketch needs room and a half-life")
        self.capacity = capacity
        self.halfLife = halfLife
    }

    /// How many keys it knows.
    public var count: Int { self.counters.count }

    /// Counts an access.
    ///
    /// - Parameters:
    ///   - weight: more than 0.
    ///   - nanoseconds: of any one clock.
    /// - Complexity: O(log capacity).
    public mutating func record(_ key: Key, weight: Double = 1, at nanoseconds: Int64) {
        guard weight > 0, weight.isFinite else { return }
        let amount = weight * self.growth(at: nanoseconds)
        if let place = self.places[key] {
            self.counters[place].score += amount
            return self.sink(self.counters[place].position)
        }
        if self.counters.count < self.capacity {
            self.append(Counter(key: key, score: amount, error: 0, position: self.heap.count))
            return
        }
        let place = self.heap[0]
        self.places[self.counters[place].key] = nil
        self.places[key] = place
        let least = self.counters[place].score
        self.counters[place] = Counter(key: key, score: least + amount, error: least, position: 0)
        self.sink(0)
    }

    /// The keys that are asked for most, the most first.
    ///
    /// Sorted by what is certain: a key that just took another's place is not among them.
    ///
    /// - Parameter nanoseconds: the time now, by the clock of the accesses.
    /// - Returns: at most `count` keys; scores are accesses of now, with older ones counting less, and never too high.
    public func top(_ count: Int, at nanoseconds: Int64) -> [(key: Key, score: Double)] {
        guard let landmark = self.landmark else { return [] }
        let scale = exp2(-self.halfLives(from: landmark, to: nanoseconds))
        return self.counters.sorted { $0.score - $0.error > $1.score - $1.error }.prefix(max(0, count))
            .map { (key: $0.key, score: ($0.score - $0.error) * scale) }
    }

    /// Adds what another sketch knows, as if all accesses had come here. Both must have the same half-life and the same clock.
    public mutating func merge(_ other: AccessSketch) {
        precondition(self.halfLife == other.halfLife, "sketches of different half-lives do not add up")
        guard let theirs = other.landmark else { return }
        let factor = self.growth(at: theirs)
        // A key that a full sketch does not know may have had the lowest score there.
        let ours = self.floor
        let absent = other.floor * factor
        var merged: [Key: (score: Double, error: Double)] = [:]
        for counter in self.counters { merged[counter.key] = (counter.score + absent, counter.error + absent) }
        for counter in other.counters {
            let (score, error) = (counter.score * factor, counter.error * factor)
            if let known = merged[counter.key] {
                merged[counter.key] = (known.score + score - absent, known.error + error - absent)
            } else {
                merged[counter.key] = (score + ours, error + ours)
            }
        }
        self.counters.removeAll(keepingCapacity: true)
        self.places.removeAll(keepingCapacity: true)
        self.heap.removeAll(keepingCapacity: true)
        // In ascending order an array is a heap already.
        for (key, value) in merged.sorted(by: { $0.value.score > $1.value.score }).prefix(self.capacity).reversed() {
            self.append(Counter(key: key, score: value.score, error: value.error, position: self.heap.count))
        }
    }

    /// What a key that is not here may have at most.
    private var floor: Double { self.counters.count < self.capacity ? 0 : self.counters[self.heap[0]].score }
}

// MARK: - The heap and the clock

extension AccessSketch {
    private mutating func append(_ counter: Counter) {
        self.places[counter.key] = self.counters.count
        self.heap.append(self.counters.count)
        self.counters.append(counter)
        self.rise(self.heap.count - 1)
    }

    private mutating func rise(_ start: Int) {
        var position = start
        while position > 0, self.score(position) < self.score((position - 1) / 2) {
            self.swap(position, (position - 1) / 2)
            position = (position - 1) / 2
        }
    }

    private mutating func sink(_ start: Int) {
        var position = start
        while true {
            var least = position
            let (left, right) = (2 * position + 1, 2 * position + 2)
            if left < self.heap.count, self.score(left) < self.score(least) { least = left }
            if right < self.heap.count, self.score(right) < self.score(least) { least = right }
            guard least != position else { return }
            self.swap(position, least)
            position = least
        }
    }

    private func score(_ position: Int) -> Double { self.counters[self.heap[position]].score }

    private mutating func swap(_ left: Int, _ right: Int) {
        self.heap.swapAt(left, right)
        self.counters[self.heap[left]].position = left
        self.counters[self.heap[right]].position = right
    }

    private func halfLives(from start: Int64, to end: Int64) -> Double {
        (Double(end) - Double(start)) / Double(self.halfLife.inNanoseconds)
    }

    /// What an access at this time weighs in the units of the landmark.
    private mutating func growth(at nanoseconds: Int64) -> Double {
        guard let landmark = self.landmark else {
            self.landmark = nanoseconds
            return 1
        }
        let halfLives = self.halfLives(from: landmark, to: nanoseconds)
        guard halfLives > 500 else { return exp2(halfLives) }
        // Before numbers grow beyond what a Double holds, all are divided alike. Scores that vanish were forgotten anyway.
        let scale = exp2(-halfLives)
        for index in self.counters.indices {
            self.counters[index].score *= scale
            self.counters[index].error *= scale
        }
        self.landmark = nanoseconds
        return 1
    }
}
