import FlotillaCache
import FlotillaCachePostgres
import JSONText
import RedisClient
import Threading

struct CacheTop: Verb {
    static let spec = CommandSpec(
        path: ["cache", "top"], summary: "Shows which values, types and tenants take most of the cache's memory, or are used most",
        options: [
            .cacheType, .cacheTenant, .value("by", "WHAT", "bytes or use (default bytes); use needs an LFU policy"),
            .value("limit", "N", short: "n", "rows of each list, 1 to 500 (default 10)"),
            .value("scan", "N", "look at so many values at most, 1 to 10000000 (default 100000)"),
        ],
        examples: ["cache top", "cache top --tenant acme --limit 20", "cache top --type vector_search --by use --json"],
        notes: """
            Walks through the keys some hundred at a time, so that nobody else waits. BYTES are what Redis uses, its own overhead included. USE
            is Redis's logarithmic counter, 0 to 255, which fades with time. READS are those of the last 24 hours, from what daemons wrote down.
            """)

    private enum Order: String, CaseIterable { case bytes, use }
    private let type: CacheType?
    private let tenant: CacheTenant?
    private let order: Order
    private let limit: Int
    private let scan: Int

    init(_ arguments: Arguments) throws(CommandError) {
        self.type = try arguments.cacheType()
        self.tenant = arguments.cacheTenant()
        self.order = try arguments.choice("by", of: Order.self) ?? .bytes
        self.limit = try arguments.limit(default: 10)
        self.scan = try arguments.number("scan", in: 1...10_000_000) ?? 100_000
    }

    /// A value and how much it is used, if the server says.
    private struct Row {
        var item: CacheScan.Item
        var use: Int?
    }

    /// What was found of a type or tenant.
    private struct Sum {
        var values = 0
        var bytes = 0

        mutating func add(_ item: CacheScan.Item) {
            self.values += 1
            self.bytes += item.bytes
        }
    }

    private struct Sums {
        var types: [String: Sum] = [:]
        var tenants: [String: Sum] = [:]
        var total = Sum()

        mutating func add(_ item: CacheScan.Item) {
            self.types[item.type, default: Sum()].add(item)
            self.tenants[item.tenant, default: Sum()].add(item)
            self.total.add(item)
        }
    }

    func run(_ context: CommandContext) async throws -> Output {
        let reach = try context.cache()
        let walk = CacheScan(backend: reach.tiers.shared, keySpace: reach.keySpace, tenant: self.tenant, type: self.type)
        let client = self.order == .use ? try context.fleet().cacheRedis() : nil
        var top: [Row] = []
        var sums = Sums()
        let isWhole = try await walk.run(limit: self.scan) { items in
            for item in items { sums.add(item) }
            top += try await Self.rows(items, client)
            // What is kept is bounded by the rows asked for, not by what is there.
            if top.count > 10 * self.limit { top = self.best(top) }
        }
        return self.output(self.best(top), sums, isWhole: isWhole, reads: await Self.reads(context))
    }

    private static func rows(_ items: [CacheScan.Item], _ client: RedisClient?) async throws -> [Row] {
        guard let client else { return items.map { Row(item: $0) } }
        let replies = try await client.pipeline(items.map { ["OBJECT", "FREQ", .text($0.key)] })
        return try zip(items, replies).map { item, reply in
            if case .error(let error) = reply, !error.message.contains("no such key") {
                throw CommandError.conflict("the cache's Redis does not count the use of keys: \(error.message)")
            }
            return Row(item: item, use: reply.int.map { Int(clamping: $0) })
        }
    }

    private func best(_ rows: [Row]) -> [Row] {
        let sorted = rows.sorted { left, right in
            let leftKey = self.order == .bytes ? left.item.bytes : left.use ?? -1
            let rightKey = self.order == .bytes ? right.item.bytes : right.use ?? -1
            return (rightKey, left.item.key) < (leftKey, right.item.key)
        }
        return Array(sorted.prefix(self.limit))
    }

    /// Reads of the last day by type and by tenant. Without PostgreSQL nobody knows.
    private static func reads(_ context: CommandContext) async -> Reading<(types: [String: UInt64], tenants: [String: UInt64])> {
        await Reading.of {
            let history = try context.cacheHistory()
            let now = context.time.now
            func reads(_ grouping: CacheStatisticsRow.Grouping) async throws -> [String: UInt64] {
                let counts = try await history.counts(since: now - 86_400_000_000, now: now, by: grouping, limit: 10_000)
                return Dictionary(counts.entries.map { ($0.name, $0.tally.reads) }) { first, _ in first }
            }
            return (try await reads(.type), try await reads(.tenant))
        }
    }

    private func output(
        _ rows: [Row], _ sums: Sums, isWhole: Bool, reads: Reading<(types: [String: UInt64], tenants: [String: UInt64])>
    ) -> Output {
        var output = Output(
            "CacheTop",
            [
                "examined": .count(sums.total.values), "examined_bytes": .count(sums.total.bytes), "examined_all": .bool(isWhole),
                "keys": .array(
                    rows.map { row in
                        [
                            "key": .string(row.item.key), "tenant": .string(row.item.tenant), "type": .string(row.item.type),
                            "bytes": .count(row.item.bytes), "ttl_seconds": .optional(row.item.timeToLive?.inSeconds),
                            "use": .optional(row.use),
                        ]
                    }),
            ])
        var table = Table(
            [.right("BYTES"), .right("USE"), .right("TTL"), .left("TYPE"), .left("TENANT"), .flexible("KEY")], empty: "no values")
        table.rows = rows.map { row in
            [
                HumanTime.bytes(row.item.bytes), row.use.map { "\($0)" } ?? "-", row.item.timeToLive.map { HumanTime.span($0) } ?? "never",
                row.item.type, row.item.tenant, row.item.specific,
            ]
        }
        output.table(table)
        for (title, name, found, counted) in [
            ("TYPE", "types", sums.types, reads.value?.types), ("TENANT", "tenants", sums.tenants, reads.value?.tenants),
        ] {
            let sorted = found.sorted { ($1.value.bytes, $0.key) < ($0.value.bytes, $1.key) }.prefix(self.limit)
            output.set(
                name,
                .array(
                    sorted.map { entry in
                        [
                            "name": .string(entry.key), "bytes": .count(entry.value.bytes), "values": .count(entry.value.values),
                            "reads": counted.map { .integer(Int64(clamping: $0[entry.key] ?? 0)) } ?? .null,
                        ]
                    }))
            var table = Table([.flexible(title), .right("BYTES"), .right("SHARE"), .right("VALUES"), .right("READS")], empty: "none")
            table.rows = sorted.map { entry in
                [
                    entry.key, HumanTime.bytes(entry.value.bytes), MonitorText.share(entry.value.bytes, of: sums.total.bytes),
                    "\(entry.value.values)", counted.map { "\($0[entry.key] ?? 0)" } ?? "-",
                ]
            }
            output.line("")
            output.table(table)
        }
        output.line("")
        output.line(
            "\(sums.total.values) values, \(HumanTime.bytes(sums.total.bytes))"
                + (isWhole ? "" : "; there are more: --scan looks at more than \(self.scan)"))
        if let reason = reads.failure { output.messages.append("nobody knows what was read: \(reason)") }
        return output
    }
}
