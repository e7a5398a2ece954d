internal import FlotillaCache
public import PostgresClient
internal import Threading

extension CacheStatisticsStore {
    /// Advice on the time to live of every type that did anything since a time, by name.
    public func ttlAdvice(since: PostgresTimestamp, until: PostgresTimestamp = .now) async throws(PostgresError) -> [TTLAdvice] {
        let rows = try await self.totals(since: since, until: until, by: .type)
        return rows.compactMap { row in
            self.types.first { $0.name == row.type }.map { TTLAdvice.of($0, row.tally, over: until - since) }
        }
        .sorted { $0.type < $1.type }
    }

    /// Types that miss much more often than they did, the steepest rise first.
    ///
    /// - Parameters:
    ///   - recent: what is looked at, back from now.
    ///   - usual: what it is compared with, back from there.
    public func missSpikes(
        at now: PostgresTimestamp = .now, recent: Duration = .seconds(900), usual: Duration = .seconds(86_400)
    ) async throws(PostgresError) -> [CacheMissSpike] {
        let start = (now - recent).floored(to: .seconds(60))
        let lately = try await self.totals(since: start, until: now + .seconds(60), by: .type)
        let before = try await self.totals(since: start - usual, until: start, by: .type)
        return lately.compactMap { row in
            guard let type = row.type, let usual = before.first(where: { $0.type == type }) else { return nil }
            return CacheMissSpike.between(usual.tally, and: row.tally, type: type)
        }
        .sorted { $0.deviations > $1.deviations }
    }
}
