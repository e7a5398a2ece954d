/// From the hash of a feature to its row of weights, one for each label. Grows as features are added.
struct FeatureTable: Sendable {
    private var slots: [Int32]
    private(set) var hashes: [UInt64] = []
    var weights: [Float] = []

    init(minimumCapacity: Int = 1 << 12) {
        var size = 1 << 12
        while size < minimumCapacity * 2 { size *= 2 }
        self.slots = Array(repeating: -1, count: size)
    }

    /// The row of a feature; nil if it has none.
    @inline(__always)
    func row(of hash: UInt64) -> Int? {
        let row = self.slots[self.slot(of: hash)]
        return row < 0 ? nil : Int(row)
    }

    mutating func insert(_ hash: UInt64) -> Int {
        let slot = self.slot(of: hash)
        if self.slots[slot] >= 0 { return Int(self.slots[slot]) }
        let row = self.hashes.count
        self.slots[slot] = Int32(truncatingIfNeeded: row)
        self.hashes.append(hash)
        self.weights.append(contentsOf: repeatElement(0, count: TaggerLabel.count))
        if self.hashes.count * 2 > self.slots.count { self.grow() }
        return row
    }

    private mutating func grow() {
        self.slots = Array(repeating: -1, count: self.slots.count * 2)
        for (row, hash) in self.hashes.enumerated() { self.slots[self.slot(of: hash)] = Int32(truncatingIfNeeded: row) }
    }

    @inline(__always)
    private func slot(of hash: UInt64) -> Int {
        let mask = self.slots.count &- 1
        var slot = Int(truncatingIfNeeded: hash ^ hash >> 31) & mask
        while self.slots[slot] >= 0, self.hashes[Int(self.slots[slot])] != hash { slot = (slot &+ 1) & mask }
        return slot
    }
}
