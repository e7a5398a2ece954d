public import FlotillaCache

/// Puts values of one cache type into the cache ahead of time. Programs add their own for their own types.
public protocol WarmupLoader: Sendable {
    /// What is worth loading by itself, the best first: for jobs of the kind `scheduled`.
    ///
    /// - Parameter tenant: as it stands in keys; nil for all, in turn.
    func candidates(tenant: String?, limit: Int) async throws -> [CacheAccess]

    /// What an id of a pinned job means; nil when it means nothing.
    func candidate(pinned id: String, tenant: String?) -> CacheAccess?

    /// Loads one value, by the rights of the tenant whose it is.
    ///
    /// - Returns: false when it is in the cache already, or there is no such value any more.
    /// - Throws: when it cannot be loaded now; the run goes on with the next, and stops after many failures in a row.
    func warm(_ access: CacheAccess) async throws -> Bool
}
