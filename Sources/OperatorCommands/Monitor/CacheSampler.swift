import FlotillaCache
import FlotillaCachePostgres
import Threading

/// Reads what the page of the cache shows.
struct CacheSampler: Sendable {
    let context: CommandContext
    let window: Duration
    /// How many tenants.
    let limit: Int

    private static let patience = Duration.seconds(2)

    func sample() async throws -> CacheSnapshot {
        let now = WallClock.microseconds
        let start = now - self.window.inNanoseconds / 1_000
        let (context, limit) = (self.context, self.limit)
        let reach = try context.cache()
        async let counted = Reading.of {
            let history = try context.cacheHistory()
            return CacheSnapshot.Counted(
                types: try await history.counts(since: start, now: now, by: .type), speeds: try await history.speeds(since: start),
                tiers: try await history.tiers(evictedSince: start))
        }
        async let server = Reading.of { try await CacheServer.read(from: context.fleet().cacheRedis(), timeout: Self.patience) }
        async let busiest = Reading.of {
            try await context.cacheHistory().counts(since: start, now: now, by: .tenant, limit: limit).entries
        }
        var snapshot = CacheSnapshot(
            time: now, window: self.window, counted: await counted, tenants: .failed(""), server: await server,
            sharesRedis: try context.fleet().sharesRedis, isEnabled: reach.options.isEnabled)
        switch await busiest {
        case .failed(let reason): snapshot.tenants = .failed(reason)
        case .known(let entries):
            var tenants: [CacheSnapshot.Tenant] = []
            for entry in entries {
                // Redis that just said nothing is not asked ten times more.
                let usage = snapshot.server.value == nil ? nil : await Self.usage(of: entry.name, reach)
                tenants.append(.init(name: entry.name, tally: entry.tally, usage: usage))
            }
            snapshot.tenants = .known(tenants)
        }
        return snapshot
    }

    /// - Parameter tenant: as it stands in keys.
    private static func usage(of tenant: String, _ reach: CacheReach) async -> [CacheSnapshot.Tenant.Use]? {
        var uses: [CacheSnapshot.Tenant.Use] = []
        for quota in [CachePolicy.QuotaClass.pipeline, .application] {
            do {
                let usage = try await reach.tiers.shared.usage(of: reach.keySpace.account(ofTenant: tenant, quota))
                uses.append(.init(quota: quota, usage: usage, limit: reach.options.quotas[quota]))
            } catch {
                // The server's own section says what is wrong with it.
                return nil
            }
        }
        return uses
    }
}
