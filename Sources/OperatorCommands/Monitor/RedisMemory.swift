import JSONText

/// The memory of a Redis instance, from the sections `memory`, `server` and `stats` of INFO.
struct RedisMemory: Sendable, Equatable {
    var version: String
    var used: Int
    var peak: Int
    /// 0: no limit.
    var limit: Int
    var policy: String
    /// Resident memory for each byte in use; below 1 something is swapped out. Says little while next to nothing is in use.
    var fragmentation: Double
    /// Since the server's start.
    var evicted: Int
    var clients: Int

    /// - Parameter facts: the lines of INFO.
    init(_ facts: [String: String]) {
        func number(_ name: String) -> Int { facts[name].flatMap { Int($0) } ?? 0 }
        self.version = facts["redis_version"] ?? "unknown"
        self.used = number("used_memory")
        self.peak = number("used_memory_peak")
        self.limit = number("maxmemory")
        self.policy = facts["maxmemory_policy"] ?? "unknown"
        self.fragmentation = facts["mem_fragmentation_ratio"].flatMap(Double.init) ?? 0
        self.evicted = number("evicted_keys")
        self.clients = number("connected_clients")
    }

    var json: JSONValue {
        [
            "version": .string(self.version), "used_bytes": .count(self.used), "peak_bytes": .count(self.peak),
            "limit_bytes": self.limit == 0 ? .null : .count(self.limit), "policy": .string(self.policy),
            "fragmentation": .number(self.fragmentation), "evicted_keys": .count(self.evicted), "clients": .count(self.clients),
        ]
    }
}
