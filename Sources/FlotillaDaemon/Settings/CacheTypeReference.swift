internal import FlotillaCache

extension SettingCatalog {
    /// The table of all cache types as Markdown: a section of docs/configuration.md.
    var cacheTypeReference: String {
        var text = """

            ## Cache types

            What is decided about all values of a type; the declarations are in Sources/FlotillaCache/Types/CacheType+Table.swift. Times are those of the
            profile `production`. *fresh* is the time to live, and the variable beside it changes it; for *stale* longer a value may be served while a new
            one is made; *absent* is for how long the knowledge lasts that there is no such value. *kept in*: `redis` is the cache's Redis,
            `durable` the queues' Redis, which evicts nothing, `process` the memory of a process, with the longest time there. *ends*: which strategy
            suits a rule about the type; *delay* says whether a rule may let its values live on for a while. [The cache](cache.md) explains the rest.

            | type | fresh | variable | stale | absent | whose | kept in | ends | delay | encrypted | quota | owner |
            |---|---|---|---|---|---|---|---|---|---|---|---|

            """
        for type in CacheType.all {
            let policy = type.policy
            let variable =
                self.cache.timesToLive.first { $0.types.contains(type) }?.setting.declaration.name ?? self.cache.defaultTTL.declaration.name
            let cells = [
                "`\(type.name)`", SettingText.duration(policy.timeToLive), "`\(variable)`", Self.time(policy.staleFor),
                Self.time(policy.absenceTimeToLive), policy.scope.rawValue, Self.place(policy.tiers), policy.invalidation.rawValue,
                policy.permitsDelay ? "yes" : "never", Self.words(policy.encryption), policy.quota.rawValue, policy.owner,
            ]
            text += "| \(cells.joined(separator: " | ")) |\n"
        }
        return text
    }

    private static func time(_ duration: Duration) -> String { duration > .zero ? SettingText.duration(duration) : "-" }

    private static func place(_ tiers: CachePolicy.Tiers) -> String {
        switch tiers {
        case .shared: "redis"
        case .processAndShared(let time): "redis, process \(SettingText.duration(time))"
        case .process: "process"
        case .durable: "durable"
        }
    }

    private static func words(_ encryption: CachePolicy.Encryption) -> String {
        switch encryption {
        case .never: "never"
        case .whenKeyed: "with keys"
        case .required: "always"
        }
    }
}
