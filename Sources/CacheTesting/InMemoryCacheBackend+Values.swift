public import FlotillaCache
internal import Threading

extension InMemoryCacheBackend {
    public func read(_ items: [BackendKey]) async throws(CacheError) -> [BackendEntry?] {
        try await self.begin()
        let now = self.clock()
        return self.state.withLock { state in
            items.map { key in
                guard let value = state.value(key.item, at: now) else { return nil }
                return BackendEntry(bytes: value.bytes, stored: value.stored, current: key.generations.map { state.generations[$0] })
            }
        }
    }

    public func lease(_ item: BackendKey, token: UInt64, for duration: Duration) async throws(CacheError) -> BackendLease {
        try await self.begin()
        let now = self.clock()
        return self.state.withLock { state in
            let generations = state.generations(item.generations)
            if let held = state.leases[item.item], held.end > now { return BackendLease(isGranted: false, generations: generations) }
            state.leases[item.item] = (token, now + milliseconds(duration))
            return BackendLease(isGranted: true, generations: generations)
        }
    }

    public func fill(
        _ write: BackendWrite, lease: UInt64, generations: [CacheGeneration]
    ) async throws(CacheError) -> BackendFill {
        try await self.begin()
        let now = self.clock()
        return self.state.withLock { state in
            guard let held = state.leases[write.key.item], held.token == lease, held.end > now else { return .voided }
            state.leases.removeValue(forKey: write.key.item)
            guard generations == write.key.generations.map({ state.generations[$0] }) else { return .voided }
            // The lease keeps older loads away, so an equal version is a refresh.
            if write.version > 0, let there = state.value(write.key.item, at: now), there.version > write.version { return .voided }
            state.store(write, generations, at: now)
            return .stored
        }
    }

    public func release(_ item: BackendKey, token: UInt64) async throws(CacheError) {
        try await self.begin()
        self.state.withLock { state in
            if state.leases[item.item]?.token == token { state.leases.removeValue(forKey: item.item) }
        }
    }

    public func write(_ writes: [BackendWrite]) async throws(CacheError) -> [Bool] {
        try await self.begin()
        let now = self.clock()
        let stored = self.state.withLock { state in
            writes.map { write in
                state.leases.removeValue(forKey: write.key.item)
                let generations = state.generations(write.key.generations)
                if write.version > 0, let there = state.value(write.key.item, at: now) {
                    // What has ended gives way to its like, never to something older.
                    let hasEnded = there.stored != generations
                    guard there.version < write.version || hasEnded && there.version == write.version else { return false }
                }
                state.store(write, generations, at: now)
                return true
            }
        }
        self.tell(zip(writes, stored).filter(\.1).map { .item($0.0.key.item) })
        return stored
    }

    public func delete(_ items: [BackendKey]) async throws(CacheError) -> Int {
        try await self.begin()
        let now = self.clock()
        let count = self.state.withLock { state in
            items.count { key in
                state.leases.removeValue(forKey: key.item)
                let hadValue = state.value(key.item, at: now) != nil
                let hadCount = state.counters.removeValue(forKey: key.item).map { $0.end > now } ?? false
                state.values.removeValue(forKey: key.item)
                return hadValue || hadCount
            }
        }
        // Even where nothing was: somebody may have it in memory still.
        self.tell(items.map { .item($0.item) })
        return count
    }

    public func bump(_ generations: [String], softly: Bool) async throws(CacheError) {
        try await self.begin()
        self.state.withLock { state in
            for generation in generations {
                guard softly else {
                    state.generations[generation] = .random()
                    continue
                }
                guard let old = state.generations[generation] else { continue }
                state.generations[generation] = CacheGeneration(bits: (old.bits & ~0xFFFF_FFFF) | UInt64(UInt32.random(in: 0 ... .max)))
            }
        }
        self.tell(generations.map { .generation($0) })
    }

    public func exists(_ item: BackendKey) async throws(CacheError) -> Bool {
        try await self.begin()
        let now = self.clock()
        return self.state.withLock { state in
            state.value(item.item, at: now) != nil || state.counters[item.item].map { $0.end > now } ?? false
        }
    }

    public func increment(_ key: String, by amount: Int64, timeToLive: Duration) async throws(CacheError) -> Int64 {
        try await self.begin()
        let now = self.clock()
        let count = self.state.withLock { state -> Int64? in
            if state.value(key, at: now) != nil { return nil }
            var counter = state.counters[key] ?? (0, now)
            if counter.end <= now { counter = (0, now + milliseconds(timeToLive)) }
            let (sum, overflow) = counter.count.addingReportingOverflow(amount)
            if overflow { return nil }
            counter.count = sum
            state.counters[key] = counter
            return sum
        }
        guard let count else { throw CacheError(.refused, "there is no counter under this key, or it is full") }
        return count
    }
}

extension InMemoryCacheBackend.State {
    /// Nil for what has expired, which is removed.
    mutating func value(_ key: String, at now: Int64) -> InMemoryCacheBackend.Value? {
        guard let value = self.values[key] else { return nil }
        if value.end > now { return value }
        self.values.removeValue(forKey: key)
        self.expired += 1
        return nil
    }

    /// Those of now; missing ones are made.
    mutating func generations(_ keys: [String]) -> [CacheGeneration] {
        keys.map { key in
            if let generation = self.generations[key] { return generation }
            let generation = CacheGeneration.random()
            self.generations[key] = generation
            return generation
        }
    }

    mutating func store(_ write: BackendWrite, _ generations: [CacheGeneration], at now: Int64) {
        self.order += 1
        let key = write.key.item
        let value = InMemoryCacheBackend.Value(
            bytes: write.bytes, stored: generations, version: write.version, end: now + milliseconds(write.timeToLive),
            account: write.quota?.account, order: self.order)
        self.counters.removeValue(forKey: key)
        self.values[key] = value
        guard let quota = write.quota else { return }
        // What does not fit by itself makes nobody else go.
        if value.charge(for: key) > quota.bytes {
            self.values.removeValue(forKey: key)
            self.evicted += 1
            return
        }
        _ = self.shrink(quota.account, to: quota.bytes, limit: .max, at: now)
    }

    /// - Returns: how many of the account's oldest went.
    mutating func shrink(_ account: String, to bytes: Int, limit: Int, at now: Int64) -> Int {
        var used = self.usage(of: account, at: now).bytes
        guard used > bytes else { return 0 }
        var removed = 0
        let oldest = self.values.filter { $0.value.account == account && $0.value.end > now }.sorted { $0.value.order < $1.value.order }
        for (key, value) in oldest where used > bytes && removed < limit {
            self.values.removeValue(forKey: key)
            self.evicted += 1
            used -= value.charge(for: key)
            removed += 1
        }
        return removed
    }

    func usage(of account: String, at now: Int64) -> CacheUsage {
        var usage = CacheUsage(bytes: 0, entries: 0)
        for (key, value) in self.values where value.account == account && value.end > now {
            usage.bytes += value.charge(for: key)
            usage.entries += 1
        }
        return usage
    }
}

extension CacheGeneration {
    static func random() -> CacheGeneration { CacheGeneration(bits: .random(in: .min ... .max)) }
}

/// At least one.
func milliseconds(_ duration: Duration) -> Int64 { max(1, duration.inMilliseconds) }
