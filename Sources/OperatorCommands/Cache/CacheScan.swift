import FlotillaCache

/// Walks through the cache's keys, some hundred at a time, so that nobody else waits. Never KEYS, and nothing but the cache's own.
struct CacheScan: Sendable {
    let backend: any CacheBackend
    let keySpace: CacheKeySpace
    var tenant: CacheTenant?
    var type: CacheType?
    /// Types that are passed over.
    var without: Set<String> = []

    private static let pageSize = 500

    /// A value, with the parts of its key.
    struct Item: Sendable, Hashable {
        var key: String
        var tenant: String
        var type: String
        var specific: String
        /// As the server counts them.
        var bytes: Int
        var timeToLive: Duration?
    }

    /// Calls `body` with values, each once, until all were seen or `limit` of them.
    ///
    /// - Returns: whether all were seen: those that are there all the time.
    func run(limit: Int, _ body: ([Item]) async throws -> Void) async throws -> Bool {
        var cursor: UInt64 = 0
        // A scan may find a key twice. Hashes take less room than keys.
        var seen: Set<Int> = []
        repeat {
            try Task.checkCancellation()
            let (found, next) = try await self.backend.scan(prefix: self.prefix, after: cursor, limit: Self.pageSize)
            cursor = next
            let items = found.compactMap { self.item($0) }.filter { self.isMeant($0) && seen.insert($0.key.hashValue).inserted }
            if !items.isEmpty { try await body(items) }
            if seen.count >= limit, cursor != 0 { return false }
        } while cursor != 0
        return true
    }

    private var prefix: String {
        guard let tenant = self.tenant else { return "\(self.keySpace.root)tenant_" }
        guard let type = self.type else { return "\(self.keySpace.root)tenant_\(tenant):" }
        return self.keySpace.items(of: tenant, type: type)
    }

    private func isMeant(_ item: Item) -> Bool {
        (self.type == nil || item.type == self.type?.name) && !self.without.contains(item.type)
    }

    /// `…tenant_{tenant}:{type}:{specific}`; neither of the first two holds a colon.
    private func item(_ found: BackendScanned) -> Item? {
        let rest = found.key.dropFirst("\(self.keySpace.root)tenant_".count)
        let parts = rest.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3 else { return nil }
        return Item(
            key: found.key, tenant: String(parts[0]), type: String(parts[1]), specific: String(parts[2]), bytes: found.bytes,
            timeToLive: found.timeToLive)
    }
}
