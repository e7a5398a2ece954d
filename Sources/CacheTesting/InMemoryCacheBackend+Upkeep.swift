public import FlotillaCache
internal import Threading

extension InMemoryCacheBackend {
    public func usage(of account: String) async throws(CacheError) -> CacheUsage {
        try await self.begin()
        let now = self.clock()
        return self.state.withLock { $0.usage(of: account, at: now) }
    }

    public func accounts(after cursor: UInt64, limit: Int) async throws(CacheError) -> (accounts: [String], next: UInt64) {
        try await self.begin()
        let now = self.clock()
        let all = self.state.withLock { state in
            Set(state.values.values.filter { $0.end > now }.compactMap(\.account)).sorted()
        }
        let (page, next) = page(of: all, after: cursor, limit: limit)
        return (page, next)
    }

    /// Nothing to mend here: what is used is counted when it is asked for.
    public func recount(_ account: String, after cursor: UInt64, limit: Int) async throws(CacheError) -> BackendRecount {
        try await self.begin()
        let now = self.clock()
        return self.state.withLock { state in
            let entries = state.values.filter { $0.value.account == account }.sorted { $0.value.order < $1.value.order }
            let rest = entries.filter { $0.value.order > cursor }.prefix(max(1, limit))
            let gone = rest.filter { $0.value.end <= now }
            for (key, _) in gone { state.values.removeValue(forKey: key) }
            let isLast = rest.last?.value.order == entries.last?.value.order
            return BackendRecount(
                next: isLast ? 0 : rest.last?.value.order ?? 0, examined: rest.count, removed: gone.count, drift: 0)
        }
    }

    public func shrink(_ account: String, to bytes: Int, limit: Int) async throws(CacheError) -> Int {
        try await self.begin()
        let now = self.clock()
        return self.state.withLock { $0.shrink(account, to: bytes, limit: limit, at: now) }
    }

    public func scan(prefix: String, after cursor: UInt64, limit: Int) async throws(CacheError) -> (found: [BackendScanned], next: UInt64) {
        try await self.begin()
        let now = self.clock()
        let all = self.state.withLock { state in
            state.values.filter { $0.key.hasPrefix(prefix) && $0.value.end > now }.sorted { $0.key < $1.key }
        }
        let (found, next) = page(of: all, after: cursor, limit: limit)
        return (
            found.map { BackendScanned(key: $0.key, bytes: $0.value.charge(for: $0.key), timeToLive: .milliseconds($0.value.end - now)) },
            next
        )
    }

    public func health() async throws(CacheError) -> BackendHealth {
        try await self.begin()
        let now = self.clock()
        return self.state.withLock { state in
            BackendHealth(
                version: "memory", usedBytes: state.values.reduce(0) { $0 + $1.value.charge(for: $1.key) }, limitBytes: 0,
                evictionPolicy: "noeviction", evictedKeys: state.evicted, expiredKeys: state.expired, clients: 1,
                keys: state.values.count { $0.value.end > now } + state.generations.count + state.leases.count + state.counters.count)
        }
    }
}

private func page<Element>(of all: [Element], after cursor: UInt64, limit: Int) -> ([Element], UInt64) {
    let start = min(Int(clamping: cursor), all.count)
    let end = min(start + max(1, limit), all.count)
    return (Array(all[start..<end]), end == all.count ? 0 : UInt64(end))
}
