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

/// Which value was asked for, for warm-ups.
public struct CacheAccess: Hashable, Sendable {
    public let type: String
    /// As they stand in keys.
    public let tenant: String
    public let specific: String

    public init(type: String, tenant: String, specific: String) {
        self.type = type
        self.tenant = tenant
        self.specific = specific
    }
}

extension BackendKey {
    init(_ key: CacheKey, _ space: CacheKeySpace) {
        self.init(item: space.item(key), generations: space.generations(of: key))
    }
}

/// Reading and writing entries, with breaker and counts.
extension Cache {
    func isDurable(_ key: CacheKey, _ options: CacheOptions) -> Bool {
        self.durable != nil && options.policy(of: key.type).tiers == .durable
    }

    func isOn(_ type: CacheType, _ options: CacheOptions) -> Bool { options.isEnabled && !options.disabledTypes.contains(type.name) }

    /// Calls a tier unless its breaker is open.
    func guarded<Result: Sendable>(
        durable: Bool, _ body: (any CacheBackend) async throws(CacheError) -> Result
    ) async throws(CacheError) -> Result {
        let breaker = durable && self.durable != nil ? self.durableBreaker : self.breaker
        guard breaker.withLock({ $0.admits(at: MonotonicTime.now.nanoseconds) }) else {
            throw CacheError(.unavailable, "the cache did not answer lately; it is asked again in a moment")
        }
        do throws(CacheError) {
            let result = try await body(durable ? self.durable ?? self.shared : self.shared)
            breaker.withLock { $0.succeeded() }
            return result
        } catch {
            let isOutage = error.code == .unavailable || error.code == .timedOut
            breaker.withLock { isOutage ? $0.failed(at: MonotonicTime.now.nanoseconds) : $0.succeeded() }
            throw error
        }
    }

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

    // MARK: Writing

    func store(
        _ values: [(key: CacheKey, content: CacheEntry.Content)], schema: UInt32, _ timeToLive: Duration?, version: UInt64 = 0,
        took: Duration = .zero
    ) async throws(CacheError) -> [Bool] {
        let options = self.currentOptions
        var results = [Bool](repeating: false, count: values.count)
        var writes: [(index: Int, isDurable: Bool, write: BackendWrite)] = []
        for (index, item) in values.enumerated() where self.isOn(item.key.type, options) {
            let policy = options.policy(of: item.key.type)
            let entry = self.entry(item.content, policy, options, schema: schema, load: took, timeToLive: timeToLive, version: version)
            if policy.tiers == .process {
                self.rememberHere(entry, item.key, policy, options)
                results[index] = true
                continue
            }
            let write = try self.write(entry, item.key, policy, options)
            writes.append((index, self.isDurable(item.key, options), write))
        }
        for isDurable in [false, true] {
            let some = writes.filter { $0.isDurable == isDurable }
            if some.isEmpty { continue }
            self.memory.end(some.map(\.write.key.item))
            for one in some { self.flights.detach(one.write.key.item) }
            do throws(CacheError) {
                let stored = try await self.guarded(durable: isDurable) { backend throws(CacheError) in
                    try await backend.write(some.map(\.write))
                }
                for (one, isStored) in zip(some, stored) { results[one.index] = isStored }
            } catch {
                for one in some {
                    self.count(values[one.index].key) { $0.errors += 1 }
                    self.sampler.note(.error, values[one.index].key)
                }
                throw error
            }
        }
        for (index, item) in values.enumerated() where results[index] {
            self.count(item.key) { $0.writes += 1 }
            self.sampler.note(.store, item.key)
        }
        return results
    }

    /// For types that are kept in this process alone.
    func rememberHere(_ entry: CacheEntry, _ key: CacheKey, _ policy: CachePolicy, _ options: CacheOptions) {
        let place = BackendKey(key, options.keySpace)
        guard let stamp = self.memory.stamp(place) else { return }
        let life = Duration.milliseconds(entry.freshUntilMilliseconds - entry.createdMilliseconds)
        self.memory.insert(entry, for: place.item, endsAt: MonotonicTime.now + life, stamp: stamp)
    }

    func entry(
        _ content: CacheEntry.Content, _ policy: CachePolicy, _ options: CacheOptions, schema: UInt32, load: Duration,
        timeToLive: Duration? = nil, version: UInt64 = 0
    ) -> CacheEntry {
        let isAbsent = content == .absent
        let asked = timeToLive ?? (isAbsent ? policy.absenceTimeToLive : policy.timeToLive)
        let life = max(.milliseconds(1), EarlyRefresh.jittered(asked, by: options.jitter, random: Double.random(in: 0..<1)))
        let now = Self.wallMilliseconds
        let fresh = now + life.inMilliseconds
        return CacheEntry(
            content: content, createdMilliseconds: now, freshUntilMilliseconds: fresh,
            endsMilliseconds: fresh + (isAbsent ? 0 : policy.staleFor.inMilliseconds), load: load, schema: schema, version: version)
    }

    func write(_ entry: CacheEntry, _ key: CacheKey, _ policy: CachePolicy, _ options: CacheOptions) throws(CacheError) -> BackendWrite {
        let place = BackendKey(key, options.keySpace)
        let bytes: [UInt8]
        do throws(CacheError) {
            bytes = try self.codec.encode(entry, key: place.item, policy: policy)
        } catch {
            self.count(key) { $0.refused += 1 }
            self.sampler.note(.refused, key)
            throw error
        }
        if case .value(let plain) = entry.content {
            self.count(key) { tally in
                tally.plainBytesWritten &+= UInt64(plain.count)
                tally.storedBytesWritten &+= UInt64(bytes.count)
            }
        }
        let limit = policy.quota == .exempt ? nil : options.quotas[policy.quota]
        return BackendWrite(
            key: place, bytes: bytes, timeToLive: .milliseconds(max(1, entry.endsMilliseconds - Self.wallMilliseconds)),
            quota: limit.map { (options.keySpace.account(of: key.tenant, policy.quota), $0) }, version: entry.version)
    }

    func content(_ value: some CacheValue) throws(CacheError) -> CacheEntry.Content {
        do {
            return .value(try value.cacheBytes())
        } catch {
            throw CacheError(.unreadable, "the value cannot be written: \(type(of: value)) threw while it was turned into bytes")
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

    func count(_ key: CacheKey, _ body: (inout CacheTally) -> Void) {
        self.recorder.record(type: key.type.name, tenant: key.tenant.text, body)
    }

    static var wallMilliseconds: Int64 { WallClock.microseconds / 1_000 }
}
