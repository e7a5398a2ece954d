internal import Threading

/// What a load came to.
struct Loaded: Sendable {
    var content: CacheEntry.Content
    /// Nothing that it depends on had ended when it was stored, so that it is good for all who wait by then. Otherwise it is good for whoever began
    /// the load alone: the others came later, perhaps after an end that it does not know.
    var isStored: Bool
}

extension Cache {
    /// The cached value, or what `load` makes, which is cached.
    ///
    /// However many ask at once, in however many processes, one of them loads; the others wait for it, or are served a stale value where the
    /// policy allows it. A value about to run out is made anew ahead of time by one of those who read it. When the cache fails, `load` runs for each
    /// caller in this process as if the cache were empty; at most ``CacheOptions/loaders`` run at once.
    ///
    /// - Parameters:
    ///   - load: nil says that there is no such value, which is remembered for the policy's time. May run in another task than the caller's.
    /// - Returns: nil when there is no such value.
    /// - Throws: what `load` throws, which is not cached; ``CacheError`` `overloaded`; `CancellationError`. Never for a cache that failed.
    public func getOrLoad<Value: CacheValue>(
        _ key: CacheKey, as type: Value.Type = Value.self, timeToLive: Duration? = nil,
        load: @escaping @Sendable () async throws -> Value?
    ) async throws -> Value? {
        let options = self.currentOptions
        guard self.isOn(key.type, options) else { return try await self.loadAlone(key, load) }
        let work = Load(
            key: key, schema: Value.schemaHash, timeToLive: timeToLive, isReadable: { (try? Value(cacheBytes: $0)) != nil },
            make: { try await load().map { .value(try $0.cacheBytes()) } ?? .absent })
        // Those who came while a value was made read it, or make it again if it ended; who is that unlucky again and again makes its own.
        for _ in 0..<4 {
            let found: Found
            do throws(CacheError) {
                found = try await self.find([key], schema: Value.schemaHash)[0]
            } catch {
                // The tier is away, so nobody's end of the value can be missed: one load for all who want it now.
                let (loaded, isOwn) = try await self.flights.join("\(options.keySpace.item(key)):~away") {
                    Loaded(content: try await self.make(work).content, isStored: false)
                }
                if !isOwn { self.count(key) { $0.coalesced += 1 } }
                return try self.value(loaded.content)
            }
            let lookup: CacheLookup<Value> = self.lookup(found, key)
            switch lookup {
            case .value(let value, let isStale):
                if options.shadowTypes.contains(key.type.name) { return try await self.compare(value, key, load) }
                if isStale || self.isDueForRefresh(found, options) { self.refresh(work, options) }
                return value
            case .absent: return nil
            case .miss: break
            }
            let item = options.keySpace.item(key)
            let (loaded, isOwn) = try await self.flights.join(item) { try await self.fly(work) }
            if !isOwn { self.count(key) { $0.coalesced += 1 } }
            if isOwn || loaded.isStored { return try self.value(loaded.content) }
        }
        return try self.value(try await self.make(work).content)
    }

    /// A function that remembers its results. It takes one value, and `key` says what the result depends on.
    public func cached<Input: Sendable, Value: CacheValue>(
        key: @escaping @Sendable (Input) -> CacheKey, load: @escaping @Sendable (Input) async throws -> Value?
    ) -> @Sendable (Input) async throws -> Value? {
        { input in try await self.getOrLoad(key(input), as: Value.self) { try await load(input) } }
    }

    /// Writes a value where it belongs, then into the cache. When the cache fails after that, what it holds ends by its time to live at the latest;
    /// record the change as an event in the same transaction where that is not soon enough.
    ///
    /// - Throws: what `write` throws: nothing is cached then, and what was cached is gone if the cache answers.
    public func writeThrough<Value: CacheValue>(
        _ key: CacheKey, version: UInt64 = 0, write: @Sendable () async throws -> Value
    ) async throws -> Value {
        do {
            let value = try await write()
            // Reported by the counts; the caller's data is safe.
            _ = try? await self.set(key, value, version: version)
            return value
        } catch {
            // It may have been written all the same, as after a timeout.
            _ = try? await self.delete(key)
            throw error
        }
    }

    // MARK: Inside

    struct Load: Sendable {
        let key: CacheKey
        let schema: UInt32
        let timeToLive: Duration?
        /// Whether bytes of this schema are a value of the caller's type. Another program may think otherwise of the same name.
        let isReadable: @Sendable ([UInt8]) -> Bool
        let make: @Sendable () async throws -> CacheEntry.Content
    }

    private func value<Value: CacheValue>(_ content: CacheEntry.Content) throws -> Value? {
        guard case .value(let bytes) = content else { return nil }
        return try Value(cacheBytes: bytes)
    }

    private func isDueForRefresh(_ found: Found, _ options: CacheOptions) -> Bool {
        guard case .fresh(let entry) = found, options.earlyRefreshBeta > 0, entry.load > .zero else { return false }
        return EarlyRefresh.isDue(
            load: entry.load, timeLeft: .milliseconds(max(0, entry.freshUntilMilliseconds - Self.wallMilliseconds)),
            beta: options.earlyRefreshBeta, random: Double.random(in: Double.leastNonzeroMagnitude...1))
    }

    /// Makes a value anew while the old one is being served.
    private func refresh(_ work: Load, _ options: CacheOptions) {
        // Not a flight that callers join: it gives up where another process refreshes, and they must not.
        self.flights.refresh("\(options.keySpace.item(work.key)):~refresh") { try await self.fly(work, isRefresh: true) }
    }

    /// One load for all who wait in this process: under a lease, unless another process has it.
    private func fly(_ work: Load, isRefresh: Bool = false) async throws -> Loaded {
        let options = self.currentOptions
        let policy = options.policy(of: work.key.type)
        if policy.tiers == .process { return try await self.makeHere(work, policy, options) }
        let place = BackendKey(work.key, options.keySpace)
        let isDurable = self.isDurable(work.key, options)
        let giveUp = MonotonicTime.now + options.patience
        var pause = Duration.milliseconds(2)
        while true {
            let token = UInt64.random(in: 1 ... .max)
            let lease: BackendLease
            do throws(CacheError) {
                lease = try await self.guarded(durable: isDurable) { backend throws(CacheError) in
                    try await backend.lease(place, token: token, for: options.leaseTime)
                }
            } catch {
                self.count(work.key) { $0.errors += 1 }
                return Loaded(content: try await self.make(work).content, isStored: false)
            }
            if lease.isGranted {
                return try await self.makeUnderLease(work, place, lease, token: token, durable: isDurable, isRefresh: isRefresh)
            }
            if isRefresh { throw CancellationError() }
            guard MonotonicTime.now < giveUp else { return Loaded(content: try await self.make(work).content, isStored: false) }
            try await Task.sleep(for: pause)
            pause = min(pause * 2, .milliseconds(50))
            // Not through `find`: those who wait have been counted once. A read that fails is no answer: the next lease says more.
            if let content = try? await self.peek(work, place, policy, durable: isDurable) {
                return Loaded(content: content, isStored: false)
            }
        }
    }

    private func makeUnderLease(
        _ work: Load, _ place: BackendKey, _ lease: BackendLease, token: UInt64, durable: Bool, isRefresh: Bool
    ) async throws -> Loaded {
        let options = self.currentOptions
        let policy = options.policy(of: work.key.type)
        do {
            // Somebody may have stored it between our read and our lease. A read that fails says nothing: it is made.
            if !isRefresh, let content = try? await self.peek(work, place, policy, durable: durable) {
                await self.release(place, token, durable: durable)
                return Loaded(content: content, isStored: false)
            }
            let (content, duration) = try await self.make(work)
            if content == .absent, policy.absenceTimeToLive <= .zero {
                await self.release(place, token, durable: durable)
                return Loaded(content: content, isStored: false)
            }
            return Loaded(
                content: content,
                isStored: await self.fill(work, content, duration, place, lease, token: token, durable: durable))
        } catch {
            await self.release(place, token, durable: durable)
            throw error
        }
    }

    /// - Returns: whether it was stored. A value that cannot be is the caller's all the same.
    private func fill(
        _ work: Load, _ content: CacheEntry.Content, _ duration: Duration, _ place: BackendKey, _ lease: BackendLease, token: UInt64,
        durable: Bool
    ) async -> Bool {
        let options = self.currentOptions
        let policy = options.policy(of: work.key.type)
        let entry = self.entry(
            content, policy, options, schema: work.schema, load: duration, timeToLive: content == .absent ? nil : work.timeToLive)
        do throws(CacheError) {
            let write = try self.write(entry, work.key, policy, options)
            let end = try await self.guarded(durable: durable) { backend throws(CacheError) in
                try await backend.fill(write, lease: token, generations: lease.generations)
            }
            self.count(work.key) { if end == .stored { $0.writes += 1 } else { $0.voided += 1 } }
            self.sampler.note(end == .stored ? .store : .voided, work.key)
            return end == .stored
        } catch {
            self.count(work.key) { $0.errors += 1 }
            await self.release(place, token, durable: durable)
            // A value that is not cacheable is one load for all who wait, as long as no end is known.
            return error.code == .tooLarge || error.code == .notEncrypted
        }
    }

    private func peek(_ work: Load, _ place: BackendKey, _ policy: CachePolicy, durable: Bool) async throws -> CacheEntry.Content? {
        let entry = try await self.guarded(durable: durable) { backend throws(CacheError) in try await backend.read([place])[0] }
        guard let entry, entry.isCurrent, case .entry(let decoded) = self.codec.decode(entry.bytes, key: place.item, policy: policy),
            decoded.freshUntilMilliseconds > Self.wallMilliseconds
        else { return nil }
        guard case .value(let bytes) = decoded.content else { return .absent }
        return decoded.schema == work.schema && work.isReadable(bytes) ? decoded.content : nil
    }

    private func release(_ place: BackendKey, _ token: UInt64, durable: Bool) async {
        // Unstructured: it must be given back even when this task is cancelled. A release that fails leaves it to the lease's time.
        await Task {
            _ = try? await self.guarded(durable: durable) { backend throws(CacheError) in try await backend.release(place, token: token) }
        }.value
    }

    private func make(_ work: Load) async throws -> (content: CacheEntry.Content, duration: Duration) {
        try await self.gate.run {
            let start = MonotonicTime.now
            do {
                let content = try await work.make()
                let duration = MonotonicTime.now - start
                self.count(work.key) { tally in
                    tally.loads += 1
                    tally.loadNanoseconds &+= UInt64(clamping: duration.inNanoseconds)
                }
                return (content, duration)
            } catch {
                self.count(work.key) { $0.failedLoads += 1 }
                throw error
            }
        }
    }

    private func makeHere(_ work: Load, _ policy: CachePolicy, _ options: CacheOptions) async throws -> Loaded {
        let place = BackendKey(work.key, options.keySpace)
        let stamp = self.memory.stamp(place)
        let (content, duration) = try await self.make(work)
        let entry = self.entry(
            content, policy, options, schema: work.schema, load: duration, timeToLive: content == .absent ? nil : work.timeToLive)
        let isKept = content != .absent || policy.absenceTimeToLive > .zero
        if let stamp, isKept {
            let life = Duration.milliseconds(entry.freshUntilMilliseconds - entry.createdMilliseconds)
            self.memory.insert(entry, for: place.item, endsAt: MonotonicTime.now + life, stamp: stamp)
        }
        return Loaded(content: content, isStored: stamp.map { self.memory.stamp(place) == $0 } ?? false)
    }

    private func loadAlone<Value: CacheValue>(_ key: CacheKey, _ load: @Sendable () async throws -> Value?) async throws -> Value? {
        try await self.gate.run {
            self.count(key) { $0.loads += 1 }
            return try await load()
        }
    }

    /// Loads although there is a hit, and counts whether both say the same.
    private func compare<Value: CacheValue>(_ hit: Value, _ key: CacheKey, _ load: @Sendable () async throws -> Value?) async throws
        -> Value?
    {
        let loaded = try await self.gate.run { try await load() }
        // What was a hit could be written; a loaded value that cannot be is not the same.
        let isSame = (try? hit.cacheBytes()) == (try? loaded?.cacheBytes())
        self.count(key) { tally in
            tally.loads += 1
            if !isSame { tally.mismatches += 1 }
        }
        return loaded
    }
}
