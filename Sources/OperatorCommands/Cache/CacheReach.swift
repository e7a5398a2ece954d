import FlotillaCache
import FlotillaDaemon

/// The cache as verbs reach it: where values are, how their keys are spelled, and how their bytes are read.
struct CacheReach: Sendable {
    let options: CacheOptions
    let codec: EntryCodec
    let tiers: CacheTiers

    var keySpace: CacheKeySpace { self.options.keySpace }

    /// Where values of a type are.
    func tier(of type: CacheType) -> any CacheBackend {
        self.isDurable(type) ? self.tiers.durable ?? self.tiers.shared : self.tiers.shared
    }

    /// Whether values of a type must not go with the rest: sessions.
    func isDurable(_ type: CacheType) -> Bool { self.options.policy(of: type).tiers == .durable }
}

extension CommandContext {
    func cache() throws -> CacheReach {
        let settings = try self.settings()
        let options = settings.cacheOptions
        return CacheReach(options: options, codec: settings.cacheCodec, tiers: try self.fleet().cacheTiers(options.keySpace))
    }
}
