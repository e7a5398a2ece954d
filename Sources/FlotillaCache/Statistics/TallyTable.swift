/// Tallies in an array, and where to find them. The one that was used last is found without hashing: reads come in runs.
struct TallyTable {
    private var keys: [CacheTallyKey] = []
    private var tallies: [CacheTally] = []
    private var places: [CacheTallyKey: Int] = [:]
    private var latest = 0

    mutating func update(type: String, tenant: String, _ body: (inout CacheTally) -> Void) {
        if self.latest < self.keys.count, self.keys[self.latest].type == type, self.keys[self.latest].tenant == tenant {
            return body(&self.tallies[self.latest])
        }
        self.latest = self.place(CacheTallyKey(type: type, tenant: tenant))
        body(&self.tallies[self.latest])
    }

    private mutating func place(_ key: CacheTallyKey) -> Int {
        if let place = self.places[key] { return place }
        if self.keys.count >= CacheRecorder.maximumKeys, key.tenant != CacheRecorder.otherTenants {
            // One for each type at most, and types are few.
            return self.place(CacheTallyKey(type: key.type, tenant: CacheRecorder.otherTenants))
        }
        self.keys.append(key)
        self.tallies.append(CacheTally())
        self.places[key] = self.keys.count - 1
        return self.keys.count - 1
    }

    /// Empties the table.
    mutating func take() -> [(CacheTallyKey, CacheTally)] {
        let taken = Array(zip(self.keys, self.tallies))
        self = TallyTable()
        return taken
    }

    func forEach(_ body: (CacheTallyKey, CacheTally) -> Void) {
        for (key, tally) in zip(self.keys, self.tallies) { body(key, tally) }
    }
}
