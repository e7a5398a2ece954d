internal import Threading

/// What was read and how good it is.
enum Found: Sendable {
    case fresh(CacheEntry)
    /// Past its time, or softly ended, and still to be served.
    case stale(CacheEntry)
    case miss

    var isMiss: Bool {
        if case .miss = self { return true }
        return false
    }
}

/// Reading entries, and deciding what they are worth.
extension Cache {
    /// Reads entries, from this process where it may.
    ///
    /// - Parameter schema: entries of another are misses; nil takes all.
    func find(_ keys: [CacheKey], schema: UInt32?, onChance: Bool = false) async throws(CacheError) -> [Found] {
        let options = self.currentOptions
        var found = [Found](repeating: .miss, count: keys.count)
        var shared: [Int] = []
        var durable: [Int] = []
        for (index, key) in keys.enumerated() where self.isOn(key.type, options) {
            if let entry = self.remembered(key, options, schema) {
                found[index] = .fresh(entry)
            } else if options.policy(of: key.type).tiers != .process {
                if self.isDurable(key, options) { durable.append(index) } else { shared.append(index) }
            } else {
                self.count(key) { $0.misses += 1 }
            }
        }
        for (isDurable, indices) in [(false, shared), (true, durable)] where !indices.isEmpty {
            let results = try await self.read(indices.map { keys[$0] }, options, schema, durable: isDurable, onChance: onChance)
            for (index, result) in zip(indices, results) { found[index] = result }
        }
        return found
    }

    private func remembered(_ key: CacheKey, _ options: CacheOptions, _ schema: UInt32?) -> CacheEntry? {
        guard Self.memoryTime(options.policy(of: key.type)) != nil else { return nil }
        let start = MonotonicTime.now
        guard let entry = self.memory.entry(options.keySpace.item(key), at: start), Self.matches(entry, schema),
            entry.freshUntilMilliseconds > Self.wallMilliseconds
        else { return nil }
        self.count(key) { tally in
            tally.memoryHits += 1
            tally.savedNanoseconds &+= UInt64(clamping: entry.load.inNanoseconds)
            tally.memoryLatency.record(nanoseconds: (MonotonicTime.now - start).inNanoseconds)
            Self.countHit(entry, &tally)
        }
        return entry
    }

    private func read(
        _ keys: [CacheKey], _ options: CacheOptions, _ schema: UInt32?, durable: Bool, onChance: Bool
    ) async throws(CacheError) -> [Found] {
        let places = keys.map { BackendKey($0, options.keySpace) }
        let stamps = zip(keys, places).map { key, place in
            Self.memoryTime(options.policy(of: key.type)) == nil ? nil : self.memory.stamp(place)
        }
        let start = MonotonicTime.now
        let entries: [BackendEntry?]
        do throws(CacheError) {
            entries = try await self.guarded(durable: durable) { backend throws(CacheError) in try await backend.read(places) }
        } catch {
            for key in keys {
                self.count(key) { $0.errors += 1 }
                self.sampler.note(.error, key, MonotonicTime.now - start)
            }
            throw error
        }
        let elapsed = (MonotonicTime.now - start).inNanoseconds
        return keys.indices.map { index in
            if onChance, entries[index] == nil { return .miss }
            let policy = options.policy(of: keys[index].type)
            let result = self.judge(entries[index], keys[index], places[index], policy, schema, elapsed: elapsed)
            if case .fresh(let entry) = result, let stamp = stamps[index], let time = Self.memoryTime(policy) {
                self.memory.insert(entry, for: places[index].item, endsAt: MonotonicTime.now + time, stamp: stamp)
            }
            return result
        }
    }

    /// Decides what an entry is worth, and counts it.
    private func judge(
        _ entry: BackendEntry?, _ key: CacheKey, _ place: BackendKey, _ policy: CachePolicy, _ schema: UInt32?, elapsed: Int64
    ) -> Found {
        guard let entry, let generation = Self.match(entry, policy) else {
            self.count(key) { $0.misses += 1 }
            self.sampler.note(.miss, key, .nanoseconds(elapsed))
            return .miss
        }
        guard case .entry(let decoded) = self.codec.decode(entry.bytes, key: place.item, policy: policy), Self.matches(decoded, schema)
        else {
            self.count(key) { tally in
                tally.misses += 1
                tally.unreadable += 1
            }
            self.sampler.note(.unreadable, key, .nanoseconds(elapsed))
            return .miss
        }
        let now = Self.wallMilliseconds
        let isFresh = generation == .same && decoded.freshUntilMilliseconds > now
        guard isFresh || policy.staleFor > .zero && decoded.endsMilliseconds > now else {
            self.count(key) { $0.misses += 1 }
            self.sampler.note(.miss, key, .nanoseconds(elapsed))
            return .miss
        }
        self.sampler.note(isFresh ? .hit : .stale, key, .nanoseconds(elapsed))
        self.count(key) { tally in
            if isFresh { tally.sharedHits += 1 } else { tally.staleHits += 1 }
            tally.savedNanoseconds &+= UInt64(clamping: decoded.load.inNanoseconds)
            tally.storedBytesRead &+= UInt64(entry.bytes.count)
            tally.sharedLatency.record(nanoseconds: elapsed)
            Self.countHit(decoded, &tally)
        }
        self.note(key)
        return isFresh ? .fresh(decoded) : .stale(decoded)
    }

    /// Remembers which values are asked for most: one read in eight says it as well as all of them, and costs an eighth.
    private func note(_ key: CacheKey) {
        self.accesses.withLock { accesses in
            accesses.count &+= 1
            guard accesses.count % 8 == 0 else { return }
            accesses.sketch.record(
                CacheAccess(type: key.type.name, tenant: key.tenant.text, specific: key.specific), weight: 8,
                at: MonotonicTime.now.nanoseconds)
        }
    }

    private enum GenerationMatch { case same, softlyEnded }

    /// What soft ends mean is the type's decision.
    private static func match(_ entry: BackendEntry, _ policy: CachePolicy) -> GenerationMatch? {
        if entry.isCurrent { return .same }
        guard entry.stored.count == entry.current.count else { return nil }
        let isSoft = zip(entry.stored, entry.current).allSatisfy { stored, current in current.map(stored.isSameButSoftly) ?? false }
        guard isSoft else { return nil }
        switch policy.invalidation {
        case .eager: return nil
        case .hybrid: return .softlyEnded
        case .lazy: return .same
        }
    }

    private static func matches(_ entry: CacheEntry, _ schema: UInt32?) -> Bool {
        schema == nil || entry.content == .absent || entry.schema == schema
    }

    private static func countHit(_ entry: CacheEntry, _ tally: inout CacheTally) {
        if entry.content == .absent { tally.absenceHits += 1 }
        let life = entry.freshUntilMilliseconds - entry.createdMilliseconds
        guard life > 0 else { return }
        let tenth = (Self.wallMilliseconds - entry.createdMilliseconds) * 10 / life
        tally.ageTenths[Int(min(9, max(0, tenth)))] += 1
    }

    /// How long a value may stay in this process; nil where it must not.
    static func memoryTime(_ policy: CachePolicy) -> Duration? {
        switch policy.tiers {
        case .shared, .durable: nil
        case .processAndShared(let time): time
        case .process: policy.timeToLive
        }
    }

    func lookup<Value: CacheValue>(_ found: Found, _ key: CacheKey) -> CacheLookup<Value> {
        let (entry, isStale): (CacheEntry, Bool)
        switch found {
        case .miss: return .miss
        case .fresh(let fresh): (entry, isStale) = (fresh, false)
        case .stale(let stale): (entry, isStale) = (stale, true)
        }
        guard case .value(let bytes) = entry.content else { return .absent }
        guard let value = try? Value(cacheBytes: bytes) else {
            // Another program's idea of the same schema: as good as nothing.
            self.count(key) { $0.unreadable += 1 }
            return .miss
        }
        return .value(value, isStale: isStale)
    }
}
