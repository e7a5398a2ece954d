internal import Threading

/// A cache of many tenants over a tier that all processes share and one in this process.
///
/// Three answers are never mixed up: a value, the knowledge that there is none, and a miss. An error is none of them: ``get(_:as:)`` throws it, and
/// ``getOrLoad(_:as:load:)`` loads as if it were a miss, so that a cache that is dead, frozen or slow costs the load and little else.
///
/// A value that ended, by a delete or by one of its tags, before a read began is not served to that read: not by the shared tier, where generations are
/// compared with each read; and by the tier in the process for at most as long as its policy says while the channel is slow.
public final class Cache: Sendable {
    let options: Lock<CacheOptions>
    let codec: EntryCodec
    let shared: any CacheBackend
    let durable: (any CacheBackend)?
    let memory: MemoryTier
    let flights = Flights<Loaded>()
    let gate: LoaderGate
    let breaker = Lock(CacheBreaker())
    let durableBreaker = Lock(CacheBreaker())
    public let recorder: CacheRecorder
    public let sampler = CacheEventSampler(capacity: 1_000)
    let accesses = Lock((count: UInt64(0), sketch: Cache.newSketch()))

    /// - Parameters:
    ///   - shared: for everything but what must not be evicted.
    ///   - durable: for types of the tier ``CachePolicy/Tiers/durable``; without one these are kept in `shared`.
    public init(
        options: CacheOptions = CacheOptions(), codec: EntryCodec = EntryCodec(options: .init(), cipher: nil), shared: any CacheBackend,
        durable: (any CacheBackend)? = nil
    ) {
        self.memory = MemoryTier(bytes: options.memoryBytes)
        self.gate = LoaderGate(limit: options.loaders, longestQueue: options.waitingLoads)
        self.recorder = CacheRecorder(isEnabled: options.countsStatistics)
        self.sampler.keep(percent: options.eventPercent)
        self.options = Lock(options, spins: true)
        self.codec = codec
        self.shared = shared
        self.durable = durable
    }

    /// Listens to what ends elsewhere, until the task is cancelled. Without it nothing is held in the process.
    public func run() async {
        await self.shared.watch { [memory] end in
            switch end {
            case .watching: memory.watch(true)
            case .lost: memory.watch(false)
            case .item(let key), .generation(let key): memory.end([key])
            }
        }
        self.memory.watch(false)
    }

    /// The options in force.
    public var currentOptions: CacheOptions { self.options.withLock { $0 } }

    /// Changes the options. The key space, the memory's size and the numbers of loads stay as they were.
    public func reconfigure(_ change: (inout CacheOptions) -> Void) {
        let options = self.options.withLock { options in
            let keySpace = options.keySpace
            change(&options)
            options.keySpace = keySpace
            return options
        }
        self.recorder.setEnabled(options.countsStatistics)
        self.sampler.keep(percent: options.eventPercent)
        self.memory.forget()
    }

    /// Whether ends are being told, so that values may be held in this process.
    public var holdsMemory: Bool { self.memory.isWatching }
    /// What the tier in the process holds.
    public var memoryUsage: CacheUsage { self.memory.usage }
    /// Whether the shared tier is being asked.
    public var isReachable: Bool { self.breaker.withLock { $0.isClosed } }
    /// The values asked for most in this process since the last call, with how often: recent reads weigh more.
    public func drainAccesses(_ count: Int) -> [(access: CacheAccess, score: Double)] {
        self.accesses.withLock { accesses in
            defer { accesses.sketch = Self.newSketch() }
            return accesses.sketch.top(count, at: MonotonicTime.now.nanoseconds).map { ($0.key, $0.score) }
        }
    }
    /// Loads under way in this process.
    public var loadsUnderWay: Int { self.flights.count }

    private static func newSketch() -> AccessSketch<CacheAccess> { AccessSketch(capacity: 500, halfLife: .seconds(3_600)) }

    // MARK: Reads

    /// Reads a value.
    ///
    /// - Throws: ``CacheError`` when a tier failed: that is no miss.
    public func get<Value: CacheValue>(_ key: CacheKey, as type: Value.Type = Value.self) async throws(CacheError) -> CacheLookup<Value> {
        try await self.get([key], as: type)[0]
    }

    /// Reads values of any types and tenants in one round trip, in the order of their keys.
    ///
    /// - Parameter onChance: misses are not counted: for what nobody expects to be there.
    public func get<Value: CacheValue>(
        _ keys: [CacheKey], as type: Value.Type = Value.self, onChance: Bool = false
    ) async throws(CacheError) -> [CacheLookup<Value>] {
        let found = try await self.find(keys, schema: Value.schemaHash, onChance: onChance)
        return zip(keys, found).map { key, found in self.lookup(found, key) }
    }

    /// Whether there is a current value, or the knowledge that there is none. Use ``get(_:as:)`` where the value is wanted afterwards:
    /// it may go in between.
    public func exists(_ key: CacheKey) async throws(CacheError) -> Bool {
        try await !self.find([key], schema: nil)[0].isMiss
    }

    // MARK: Writes

    /// Stores a value, and voids loads of it that are under way anywhere.
    ///
    /// - Parameters:
    ///   - timeToLive: instead of the policy's; at least a millisecond.
    ///   - version: of what the value was made from: it is stored only if what is there has a smaller one. 0 always is.
    ///   - took: what it cost to make, which its hits save.
    /// - Returns: false when a newer version is there already, or the type is not cached.
    @discardableResult
    public func set(
        _ key: CacheKey, _ value: some CacheValue, timeToLive: Duration? = nil, version: UInt64 = 0, took: Duration = .zero
    ) async throws(CacheError) -> Bool {
        try await self.store(
            [(key, try self.content(value))], schema: type(of: value).schemaHash, timeToLive, version: version, took: took)[0]
    }

    /// Stores values of one type in one round trip.
    ///
    /// - Returns: for each, what ``set(_:_:timeToLive:version:)`` returns.
    @discardableResult
    public func set<Value: CacheValue>(_ values: [(key: CacheKey, value: Value)], timeToLive: Duration? = nil) async throws(CacheError)
        -> [Bool]
    {
        var contents: [(CacheKey, CacheEntry.Content)] = []
        for (key, value) in values { contents.append((key, try self.content(value))) }
        return try await self.store(contents, schema: Value.schemaHash, timeToLive)
    }

    /// Stores the knowledge that there is no such value, for the policy's time.
    public func setAbsent(_ key: CacheKey) async throws(CacheError) {
        let policy = self.options.withLock { $0.policy(of: key.type) }
        guard policy.absenceTimeToLive > .zero else { return }
        _ = try await self.store([(key, .absent)], schema: 0, policy.absenceTimeToLive)
    }

    /// Removes a value and voids loads of it that are under way anywhere.
    ///
    /// Works while the type is switched off: what was stored before must not come back.
    ///
    /// - Returns: whether it was there.
    @discardableResult
    public func delete(_ key: CacheKey) async throws(CacheError) -> Bool { try await self.delete([key]) == 1 }

    /// Removes values in one round trip for each tier.
    ///
    /// - Returns: how many were there.
    @discardableResult
    public func delete(_ keys: [CacheKey]) async throws(CacheError) -> Int {
        let options = self.currentOptions
        var removed = 0
        for isDurable in [false, true] {
            let some = keys.filter { self.isDurable($0, options) == isDurable }.map { BackendKey($0, options.keySpace) }
            if some.isEmpty { continue }
            self.memory.end(some.map(\.item))
            for key in some { self.flights.detach(key.item) }
            removed += try await self.guarded(durable: isDurable) { backend throws(CacheError) in try await backend.delete(some) }
        }
        for key in keys {
            self.count(key) { $0.deletes += 1 }
            self.sampler.note(.delete, key)
        }
        return removed
    }

    /// Adds to a counter, which begins at 0 and ends `timeToLive` after its beginning. Counters and values are kept apart.
    ///
    /// Works while the type is switched off: a counter is a copy of nothing, and nothing could take its place.
    ///
    /// - Throws: ``CacheError``: a counter that cannot be counted is not 0.
    @discardableResult
    public func increment(_ key: CacheKey, by amount: Int64 = 1, timeToLive: Duration? = nil) async throws(CacheError) -> Int64 {
        let options = self.currentOptions
        let counter = options.keySpace.counter(key)
        let life = max(.milliseconds(1), timeToLive ?? options.policy(of: key.type).timeToLive)
        return try await self.guarded(durable: self.isDurable(key, options)) { backend throws(CacheError) in
            try await backend.increment(counter, by: amount, timeToLive: life)
        }
    }

    // MARK: Ends

    /// Ends all values of a tenant that have one of these tags, in one write.
    ///
    /// - Parameter softly: they count as stale: policies that allow it serve them while new ones are made.
    public func end(_ tags: [CacheTag], of tenant: CacheTenant, softly: Bool = false) async throws(CacheError) {
        let space = self.options.withLock { $0.keySpace }
        try await self.bump(tags.map { space.generation($0, of: tenant) }, softly: softly)
        // Sessions may have tags, too: they end with a user's, wherever they are kept.
        if let durable = self.durable {
            let generations = tags.map { space.generation($0, of: tenant) }
            try await self.guarded(durable: true) { _ throws(CacheError) in try await durable.bump(generations, softly: softly) }
        }
    }

    /// Ends all values of a type, of one tenant or of all, in one write.
    public func end(_ type: CacheType, of tenant: CacheTenant? = nil, softly: Bool = false) async throws(CacheError) {
        let options = self.currentOptions
        let generation = tenant.map { options.keySpace.generation(of: $0, type: type) } ?? options.keySpace.generation(of: type)
        try await self.bump([generation], softly: softly, durable: options.policy(of: type).tiers == .durable)
    }

    /// Ends all values of a tenant but its sessions and what else is kept durably. Nothing else in Redis is touched.
    public func clear(_ tenant: CacheTenant) async throws(CacheError) {
        let space = self.options.withLock { $0.keySpace }
        try await self.bump([space.generation(of: tenant)])
    }

    /// Ends all values of all types but those kept durably. Nothing else in Redis is touched.
    public func clear(_ types: [CacheType] = CacheType.all) async throws(CacheError) {
        let options = self.currentOptions
        let generations = types.filter { options.policy(of: $0).tiers != .durable }.map { options.keySpace.generation(of: $0) }
        try await self.bump(generations)
    }

    private func bump(_ generations: [String], softly: Bool = false, durable: Bool = false) async throws(CacheError) {
        self.memory.end(generations)
        self.flights.detach(nil)
        try await self.guarded(durable: durable) { backend throws(CacheError) in try await backend.bump(generations, softly: softly) }
        // Once more: what was read in between may have come back.
        self.memory.end(generations)
    }
}
