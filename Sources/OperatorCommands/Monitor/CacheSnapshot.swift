import Flotilla
import FlotillaCache
import FlotillaCachePostgres
import JSONText
import PostgresClient
import Threading

/// All that the page of the cache shows, as it was at one moment. Times are microseconds since 1970.
struct CacheSnapshot: Sendable, Equatable {
    var time: Int64
    var window: Duration
    var counted: Reading<Counted>
    /// The busiest ones of the window.
    var tenants: Reading<[Tenant]>
    var server: Reading<CacheServer>
    var sharesRedis: Bool
    /// The kill switch, as this machine's settings have it.
    var isEnabled: Bool

    /// What daemons wrote down.
    struct Counted: Sendable, Equatable {
        var types: CacheHistory.Counts
        var speeds: [String: CacheHistory.Speed]
        var tiers: [CacheHistory.Tier]
    }

    /// What a tenant reads and holds.
    struct Tenant: Sendable, Equatable {
        /// As it stands in keys.
        var name: String
        var tally: CacheTally
        /// Of the classes that are counted; nil when Redis does not answer.
        var usage: [Use]?

        struct Use: Sendable, Equatable {
            var quota: CachePolicy.QuotaClass
            var usage: CacheUsage
            /// Bytes; nil for no limit.
            var limit: Int?
        }
    }
}

extension CacheSnapshot {
    /// A frame for programs. What could not be read is null, with the reason in `…_error`.
    var json: [JSONValue.Member] {
        var members: [JSONValue.Member] = [
            .init("at", .string(Timestamp.text(self.time))), .init("window_seconds", .number(self.window.inSeconds)),
            .init("enabled", .bool(self.isEnabled)), .init("shares_redis_with_queues", .bool(self.sharesRedis)),
        ]
        if let counted = self.counted.value {
            let seconds = counted.types.span.inSeconds
            members.append(.init("span_seconds", .number(seconds)))
            members.append(
                .init(
                    "types",
                    .array(
                        counted.types.entries.map { entry in
                            .object(
                                [
                                    .init("type", .string(entry.name)),
                                    .init("reads_per_second", .number(Double(entry.tally.reads) / seconds)),
                                    .init("loads_per_second", .number(Double(entry.tally.loads) / seconds)),
                                ] + entry.tally.json + (counted.speeds[entry.name]?.json ?? []))
                        })))
            members.append(.init("engine_runs_avoided", .integer(Int64(clamping: counted.types.avoided.engineRuns))))
            members.append(.init("queries_avoided", .integer(Int64(clamping: counted.types.avoided.queries))))
            members.append(
                .init(
                    "tiers",
                    .array(
                        counted.tiers.map { tier in
                            [
                                "tier": .string(tier.report.tier), "status": .string(tier.report.status.rawValue),
                                "at": .string(Timestamp.text(tier.report.at.microseconds)), "detail": .optional(tier.report.detail),
                                "evicted": .optional(tier.evicted),
                            ]
                        })))
        } else {
            members += [.init("types", .null), .init("types_error", .optional(self.counted.failure))]
        }
        members.append(.init("tenants", self.tenants.value.map { .array($0.map(\.json)) } ?? .null))
        if let reason = self.tenants.failure { members.append(.init("tenants_error", .string(reason))) }
        members.append(.init("server", self.server.value?.json ?? .null))
        if let reason = self.server.failure { members.append(.init("server_error", .string(reason))) }
        return members
    }
}

extension CacheSnapshot.Tenant {
    var json: JSONValue {
        let uses = self.usage.map { uses in
            JSONValue.array(
                uses.map { use in
                    [
                        "quota": .string(use.quota.rawValue), "bytes": .count(use.usage.bytes), "entries": .count(use.usage.entries),
                        "limit_bytes": .optional(use.limit),
                    ]
                })
        }
        return .object([.init("tenant", .string(self.name))] + self.tally.json + [.init("usage", uses ?? .null)])
    }
}
