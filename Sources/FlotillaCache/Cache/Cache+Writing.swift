internal import Threading

/// Making entries and storing them.
extension Cache {
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
}
