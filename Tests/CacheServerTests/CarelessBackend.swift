import CacheTesting
import FlotillaCache

/// A tier that forgets why leases are: it stores whatever was made, whenever it comes. To see that tests notice.
struct CarelessBackend: CacheBackend {
    let real: InMemoryCacheBackend

    func fill(_ write: BackendWrite, lease: UInt64, generations: [CacheGeneration]) async throws(CacheError) -> BackendFill {
        _ = try await self.real.write([write])
        return .stored
    }

    func read(_ items: [BackendKey]) async throws(CacheError) -> [BackendEntry?] { try await self.real.read(items) }
    func lease(_ item: BackendKey, token: UInt64, for duration: Duration) async throws(CacheError) -> BackendLease {
        try await self.real.lease(item, token: token, for: duration)
    }
    func release(_ item: BackendKey, token: UInt64) async throws(CacheError) { try await self.real.release(item, token: token) }
    func write(_ writes: [BackendWrite]) async throws(CacheError) -> [Bool] { try await self.real.write(writes) }
    func delete(_ items: [BackendKey]) async throws(CacheError) -> Int { try await self.real.delete(items) }
    func bump(_ generations: [String], softly: Bool) async throws(CacheError) {
        try await self.real.bump(generations, softly: softly)
    }
    func exists(_ item: BackendKey) async throws(CacheError) -> Bool { try await self.real.exists(item) }
    func increment(_ key: String, by amount: Int64, timeToLive: Duration) async throws(CacheError) -> Int64 {
        try await self.real.increment(key, by: amount, timeToLive: timeToLive)
    }
    func watch(_ handler: @escaping @Sendable (CacheEnd) -> Void) async { await self.real.watch(handler) }
    func usage(of account: String) async throws(CacheError) -> CacheUsage { try await self.real.usage(of: account) }
    func accounts(after cursor: UInt64, limit: Int) async throws(CacheError) -> (accounts: [String], next: UInt64) {
        try await self.real.accounts(after: cursor, limit: limit)
    }
    func recount(_ account: String, after cursor: UInt64, limit: Int) async throws(CacheError) -> BackendRecount {
        try await self.real.recount(account, after: cursor, limit: limit)
    }
    func shrink(_ account: String, to bytes: Int, limit: Int) async throws(CacheError) -> Int {
        try await self.real.shrink(account, to: bytes, limit: limit)
    }
    func scan(prefix: String, after cursor: UInt64, limit: Int) async throws(CacheError) -> (found: [BackendScanned], next: UInt64) {
        try await self.real.scan(prefix: prefix, after: cursor, limit: limit)
    }
    func health() async throws(CacheError) -> BackendHealth { try await self.real.health() }
}
