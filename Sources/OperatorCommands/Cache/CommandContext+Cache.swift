import FlotillaCache
import FlotillaCachePostgres
import FlotillaDaemon

extension CommandContext {
    /// What the daemons wrote down about the cache.
    func cacheHistory() throws -> CacheHistory {
        let pool = try self.database()
        return CacheHistory(pool: pool, store: CacheStatisticsStore(pool: pool, types: try self.cacheTypes()))
    }

    /// All types with what the settings decide about them.
    func cacheTypes() throws -> [CacheType] {
        let options = try self.settings().cacheOptions
        return CacheType.all.map { CacheType($0.name, options.policy(of: $0)) }
    }
}
