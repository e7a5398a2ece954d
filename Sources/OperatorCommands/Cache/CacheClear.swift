import FlotillaCache
import JSONText

struct CacheClear: Verb {
    static let spec = CommandSpec(
        path: ["cache", "clear"], summary: "Ends all cached values of a tenant, of a type, or of the whole cache",
        options: [
            .value("tenant", "TENANT", "this tenant's values, by its id; ~none for those without a tenant"),
            .value("type", "TYPE", short: "t", "values of this type; with --tenant, only that tenant's"),
            .flag("all", "values of every type and tenant"),
            .flag("free", "also give their memory back now, some hundred at a time, instead of when their time is over"),
            .flag("end-sessions", "confirms that --type session logs people out"),
            .flag("yes", short: "y", "do it; without this the verb only prints how many there are"),
            .dryRun,
        ],
        examples: ["cache clear --tenant acme", "cache clear --type vector_search --yes", "cache clear --all --free --yes"],
        notes: """
            Values end at once, everywhere, by one write a type; they are made anew when they are asked for. Ids are taken as they are: * and ?
            mean themselves. Queues, dead letters and locks are never touched; sessions only with --type session and --end-sessions.
            """)

    private let tenant: CacheTenant?
    private let type: CacheType?
    private let arguments: Arguments
    /// Counting ends there.
    private static let countLimit = 1_000_000

    init(_ arguments: Arguments) throws(CommandError) {
        self.arguments = arguments
        self.tenant = arguments.cacheTenant()
        self.type = try arguments.cacheType()
        if arguments.has("all") {
            guard self.tenant == nil, self.type == nil else { throw .usage("--all excludes --tenant and --type") }
        } else if self.tenant == nil, self.type == nil {
            throw .usage("say what: --tenant, --type, or --all")
        }
        if let type = self.type, let tenant = self.tenant, (type.policy.scope == .global) != (tenant == .everyone) {
            throw .usage(
                type.policy.scope == .global
                    ? "values of \(type) are everybody's: leave --tenant out"
                    : "values of \(type) are tenants': there are none of ~everyone")
        }
    }

    func run(_ context: CommandContext) async throws -> Output {
        let reach = try context.cache()
        // Without being named, what must not be evicted is not cleared either.
        let kept = self.type == nil ? CacheType.all.filter { reach.isDurable($0) } : []
        let scan = CacheScan(
            backend: self.type.map { reach.tier(of: $0) } ?? reach.tiers.shared, keySpace: reach.keySpace, tenant: self.tenant,
            type: self.type, without: Set(kept.map(\.name)))
        var (count, bytes) = (0, 0)
        let isWhole = try await scan.run(limit: Self.countLimit) { items in
            count += items.count
            bytes += items.reduce(0) { $0 + $1.bytes }
        }
        let found = "\(isWhole ? "" : "at least ")\(count) \(count == 1 ? "value" : "values"), \(HumanTime.bytes(bytes))"
        var output = Output(
            "CacheClear",
            [
                "tenant": .optional(self.tenant?.description), "type": .optional(self.type?.name), "matching": .count(count),
                "bytes": .count(bytes), "counted_all": .bool(isWhole),
            ])
        guard self.isConfirmed else {
            output.set("cleared", false)
            output.line("\(self.what): \(found); nothing was done")
            if !self.arguments.has("dry-run") {
                output.messages.append(
                    "to end them, repeat the command with --yes" + (self.endsSessions ? " and --end-sessions: it logs people out" : ""))
                output.exit = .conflict
            }
            return output
        }
        try await self.end(reach, kept: kept)
        await Audit.note(
            context, action: "cache.clear", target: self.tenant?.description ?? self.type?.name ?? "all", count: count,
            detail: ["what": self.what, "free": self.arguments.has("free") ? "yes" : "no"])
        output.set("cleared", true)
        output.line("\(self.what): \(found) ended")
        if self.arguments.has("free") {
            var freed = 0
            _ = try await scan.run(limit: .max) { items in
                freed += try await scan.backend.delete(items.map { BackendKey(item: $0.key, generations: []) })
            }
            output.set("freed", .count(freed))
            output.line("\(freed) removed from Redis")
        }
        return output
    }

    private var endsSessions: Bool { self.type == .session }

    private var isConfirmed: Bool {
        self.arguments.has("yes") && !self.arguments.has("dry-run") && (!self.endsSessions || self.arguments.has("end-sessions"))
    }

    private var what: String {
        switch (self.type, self.tenant) {
        case (let type?, let tenant?): "\(type) of \(tenant)"
        case (let type?, nil): "\(type) of all tenants"
        case (nil, let tenant?): "all types of \(tenant)"
        case (nil, nil): "the whole cache"
        }
    }

    private func end(_ reach: CacheReach, kept: [CacheType]) async throws {
        let space = reach.keySpace
        let generations: [String]
        switch (self.type, self.tenant) {
        case (let type?, let tenant?): generations = [space.generation(of: tenant, type: type)]
        case (let type?, nil): generations = [space.generation(of: type)]
        // Where sessions lie in the same instance they depend on the tenant's generation, too: it must stay.
        case (nil, let tenant?):
            generations =
                reach.tiers.durable != nil
                ? [space.generation(of: tenant)]
                : CacheType.all.filter { !kept.contains($0) }.map { space.generation(of: tenant, type: $0) }
        case (nil, nil): generations = CacheType.all.filter { !kept.contains($0) }.map { space.generation(of: $0) }
        }
        try await (self.type.map { reach.tier(of: $0) } ?? reach.tiers.shared).bump(generations, softly: false)
    }
}
