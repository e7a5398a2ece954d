import Flotilla
import FlotillaCache
import FlotillaCachePostgres
import PostgresClient
import Threading

/// The page of the cache. A pure function of what was read.
enum CachePage {
    static func page(_ snapshot: CacheSnapshot, width: Int, isLive: Bool) -> Page {
        var page = Page(
            title: "flotilla cache  \(Timestamp.text(snapshot.time).prefix(19))Z" + (isLive ? "  Ctrl-C ends" : ""), width: width)
        if !snapshot.isEnabled { page.text("SWITCHED OFF", ["CACHE_ENABLED is off here: nothing is read or written"], style: .alarm) }
        switch snapshot.counted {
        case .failed(let reason): page.text("TYPES", ["PostgreSQL does not answer: \(reason)"], style: .alarm)
        case .known(let counted):
            page.text("SAVED", [CacheTables.savings(counted.types)] + self.total(counted))
            page.table(
                "TYPES in the last \(HumanTime.span(counted.types.span))", CacheTables.reads(counted.types, counted.speeds),
                notes: CacheTables.alarms(counted.types))
            page.table("WRITES AND SAVINGS", CacheTables.writes(counted.types))
        }
        switch snapshot.tenants {
        case .failed(let reason):
            // PostgreSQL's silence was said above.
            if snapshot.counted.value != nil { page.text("TENANTS", ["nobody knows who is busy: \(reason)"], style: .alarm) }
        case .known(let tenants): page.table("BUSIEST TENANTS", self.tenants(tenants), notes: tenants.flatMap(self.notes))
        }
        self.add(snapshot.server, sharesRedis: snapshot.sharesRedis, to: &page)
        if let counted = snapshot.counted.value {
            page.table("TIERS AS DAEMONS SEE THEM", self.tiers(counted.tiers, now: snapshot.time), notes: counted.tiers.flatMap(self.notes))
        }
        return page
    }

    private static func total(_ counted: CacheSnapshot.Counted) -> [String] {
        let total = counted.types.total
        let speed = counted.speeds[""]
        let rate = MonitorText.rate(Double(total.reads) / max(0.001, counted.types.span.inSeconds))
        return [
            "all types: \(rate) reads/s, \(CacheTables.share(total.hitRatio)) hit; \(total.coalesced) waited for others' loads",
            "hits in Redis: p50 \(MonitorText.brief(speed?.sharedMedian)), p99 \(MonitorText.brief(speed?.shared99)); "
                + "in memory: p99 \(MonitorText.brief(speed?.memory99))",
        ]
    }

    // MARK: Tenants

    private static func tenants(_ tenants: [CacheSnapshot.Tenant]) -> Table {
        var table = Table(
            [
                .flexible("TENANT"), .right("READS"), .right("HIT"), .right("SAVED"), .right("PIPELINE"), .right("OF QUOTA"),
                .right("APPLICATION"), .right("OF QUOTA"),
            ], empty: "nobody read the cache")
        table.rows = tenants.map { tenant in
            let tally = tenant.tally
            return [
                tenant.name, "\(tally.reads)", CacheTables.share(tally.hitRatio),
                tally.savedNanoseconds == 0 ? "-" : HumanTime.span(tally.saved),
            ] + self.use(tenant, .pipeline) + self.use(tenant, .application)
        }
        return table
    }

    private static func use(_ tenant: CacheSnapshot.Tenant, _ quota: CachePolicy.QuotaClass) -> [String] {
        guard let use = tenant.usage?.first(where: { $0.quota == quota }) else { return ["-", "-"] }
        return [HumanTime.bytes(use.usage.bytes), use.limit.map { MonitorText.share(use.usage.bytes, of: $0) } ?? "no limit"]
    }

    private static func notes(_ tenant: CacheSnapshot.Tenant) -> [String] {
        (tenant.usage ?? []).compactMap { use in
            guard let limit = use.limit, use.usage.bytes > limit / 10 * 9 else { return nil }
            return
                "\(tenant.name) uses \(MonitorText.share(use.usage.bytes, of: limit)) of its \(use.quota.rawValue) quota: its oldest values go first"
        }
    }

    // MARK: Redis

    private static func add(_ server: Reading<CacheServer>, sharesRedis: Bool, to page: inout Page) {
        let title = sharesRedis ? "REDIS, shared with the queues" : "REDIS OF THE CACHE"
        guard let server = server.value else {
            return page.text(
                title, ["Redis does not answer: \(server.failure ?? "")", "daemons do their work without the cache"], style: .alarm)
        }
        let memory = server.memory
        var table = Table(
            [
                .right("USED"), .right("PEAK"), .right("LIMIT"), .left("POLICY"), .right("FRAGM"), .right("EVICTED"), .right("KEY HITS"),
                .right("CLIENTS"),
            ], empty: "")
        table.rows = [
            [
                HumanTime.bytes(memory.used), HumanTime.bytes(memory.peak), memory.limit == 0 ? "none" : HumanTime.bytes(memory.limit),
                memory.policy, MonitorText.decimal(memory.fragmentation), "\(memory.evicted)", server.hitRate.map { "\($0) %" } ?? "-",
                "\(memory.clients)",
            ]
        ]
        var notes: [String] = []
        if memory.limit == 0 { notes.append("there is no memory limit: the cache grows until the machine has none left") }
        if memory.limit > 0, memory.used > memory.limit / 10 * 8 {
            notes.append("\(MonitorText.share(memory.used, of: memory.limit)) of the memory is used")
        }
        if sharesRedis, memory.policy != "noeviction" {
            notes.append("queues share this Redis, and \(memory.policy) may throw messages away")
        }
        page.table("\(title), \(memory.version)", table, notes: notes)
    }

    // MARK: Tiers

    private static func tiers(_ tiers: [CacheHistory.Tier], now: Int64) -> Table {
        var table = Table(
            [.left("TIER"), .left("STATUS"), .right("ASKED"), .right("TOOK"), .right("EVICTED"), .flexible("WHY")],
            empty: "no daemon wrote down how the cache is")
        table.rows = tiers.map { tier in
            [
                tier.report.tier, tier.report.status.rawValue,
                "\(HumanTime.span(.microseconds(max(0, now - tier.report.at.microseconds)))) ago", MonitorText.brief(tier.report.latency),
                tier.evicted.map { "\($0)" } ?? "-", tier.report.detail ?? "",
            ]
        }
        return table
    }

    private static func notes(_ tier: CacheHistory.Tier) -> [String] {
        tier.report.status == .healthy ? [] : ["the tier \(tier.report.tier) is \(tier.report.status.rawValue)"]
    }
}
