import JSONText
import RedisClient
import Threading

/// What the cache's Redis says of itself, for all who use it: Flotilla's cache is only one of them where an instance is shared.
struct CacheServer: Sendable, Equatable {
    var totalConnections: Int
    var totalCommands: Int
    var keyspaceHits: Int
    var keyspaceMisses: Int
    var memory: RedisMemory

    init(_ facts: [String: String]) {
        func number(_ name: String) -> Int { facts[name].flatMap { Int($0) } ?? 0 }
        self.totalConnections = number("total_connections_received")
        self.totalCommands = number("total_commands_processed")
        self.keyspaceHits = number("keyspace_hits")
        self.keyspaceMisses = number("keyspace_misses")
        self.memory = RedisMemory(facts)
    }

    static func read(from client: RedisClient, timeout: Duration = .seconds(2)) async throws -> CacheServer {
        CacheServer(RedisChecks.facts(try await client.send(["INFO"], timeout: timeout).bytes ?? []))
    }

    /// In per cent, since the server's start; nil before its first read.
    var hitRate: Double? {
        let reads = self.keyspaceHits + self.keyspaceMisses
        return reads == 0 ? nil : (Double(self.keyspaceHits) / Double(reads) * 10_000).rounded() / 100
    }

    var json: JSONValue {
        [
            "total_connections": .count(self.totalConnections), "total_commands": .count(self.totalCommands),
            "keyspace_hits": .count(self.keyspaceHits), "keyspace_misses": .count(self.keyspaceMisses), "hit_rate": .optional(self.hitRate),
            "used_memory_human": .string(HumanTime.bytes(self.memory.used)),
            "used_memory_peak_human": .string(HumanTime.bytes(self.memory.peak)), "memory": self.memory.json,
        ]
    }
}
