/// What went unused for longest goes: the cache that others are compared with.
struct PlainLRU {
    private let capacity: Int
    private var places: [Int: Int] = [:]
    private var keys: [Int] = []
    private var previous: [Int] = []
    private var next: [Int] = []
    private var first = -1
    private var last = -1

    init(capacity: Int) { self.capacity = capacity }

    /// - Returns: whether it was there; it is now.
    mutating func read(_ key: Int) -> Bool {
        if let place = self.places[key] {
            self.unlink(place)
            self.link(place)
            return true
        }
        var place = self.keys.count
        if place < self.capacity {
            self.keys.append(key)
            self.previous.append(-1)
            self.next.append(-1)
        } else {
            place = self.last
            self.unlink(place)
            self.places[self.keys[place]] = nil
            self.keys[place] = key
        }
        self.places[key] = place
        self.link(place)
        return false
    }

    private mutating func link(_ place: Int) {
        self.previous[place] = -1
        self.next[place] = self.first
        if self.first >= 0 { self.previous[self.first] = place } else { self.last = place }
        self.first = place
    }

    private mutating func unlink(_ place: Int) {
        if self.previous[place] >= 0 { self.next[self.previous[place]] = self.next[place] } else { self.first = self.next[place] }
        if self.next[place] >= 0 { self.previous[self.next[place]] = self.previous[place] } else { self.last = self.previous[place] }
    }
}
