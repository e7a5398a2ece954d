public import FlotillaCache
internal import RedisClient

extension RedisCacheBackend {
    /// By SCAN: values that are there all the time are found, some maybe twice; others maybe.
    public func scan(prefix: String, after cursor: UInt64, limit: Int) async throws(CacheError) -> (found: [BackendScanned], next: UInt64) {
        let reply = try await self.send(
            [
                "SCAN", .text(String(cursor)), "MATCH", .text(Self.escaped(prefix) + "*"), "COUNT", .number(Int64(max(1, limit))),
                "TYPE", "string",
            ], within: self.options.upkeepTimeout)
        guard let parts = reply.array, parts.count == 2, let next = parts[0].string.flatMap({ UInt64($0) }), let keys = parts[1].array
        else { throw Self.unexpected }
        let items = keys.compactMap(\.string).filter(self.isItem)
        if items.isEmpty { return ([], next) }
        let facts = try await self.pipeline(
            items.flatMap { key -> [RedisCommand] in
                [
                    ["MEMORY", "USAGE", .text(key)], ["PTTL", .text(key)], ["STRLEN", .text(key)], ["GETRANGE", .text(key), 0, 0],
                ]
            }, within: self.options.upkeepTimeout)
        guard facts.count == 4 * items.count else { throw Self.unexpected }
        let found = items.indices.compactMap { index -> BackendScanned? in
            let fact = facts[(4 * index)..<(4 * index + 4)].map { $0 }
            // Gone meanwhile, or a counter.
            guard let bytes = fact[0].int, let left = fact[1].int, let length = fact[2].int, let first = fact[3].bytes?.first,
                StoredEntry.isPlausible(length: length, first: first)
            else { return nil }
            return BackendScanned(key: items[index], bytes: Int(bytes), timeToLive: left < 0 ? nil : .milliseconds(left))
        }
        return (found, next)
    }

    /// As a pattern that matches this text and nothing else.
    static func escaped(_ text: String) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            if "*?[]\\^-".unicodeScalars.contains(scalar) { escaped.unicodeScalars.append("\\") }
            escaped.unicodeScalars.append(scalar)
        }
        return escaped
    }

    /// Values lie under a tenant and a type; where they have their type, everything else has `~`. A lease ends in what no value ends in.
    private func isItem(_ key: String) -> Bool {
        let root = "\(self.keySpace.root)tenant_"
        guard key.utf8.starts(with: root.utf8), !key.utf8.reversed().starts(with: ":~lease".utf8.reversed()) else { return false }
        let rest = key.utf8.dropFirst(root.utf8.count)
        guard let colon = rest.firstIndex(of: UInt8(ascii: ":")) else { return false }
        let type = rest[rest.index(after: colon)...]
        return !type.isEmpty && type.first != UInt8(ascii: "~")
    }

    /// From INFO. An ACL user without it is refused.
    public func health() async throws(CacheError) -> BackendHealth {
        let text = try await self.send(["INFO"], within: self.options.upkeepTimeout).bytes.map { String(decoding: $0, as: UTF8.self) } ?? ""
        var facts: [Substring: Substring] = [:]
        for line in text.split(whereSeparator: \.isNewline) {
            guard let colon = line.firstIndex(of: ":") else { continue }
            facts[line[..<colon]] = line[line.index(after: colon)...]
        }
        func number(_ name: Substring) -> Int { facts[name].flatMap { Int($0) } ?? 0 }
        guard let version = facts["redis_version"] else { throw Self.unexpected }
        // db0:keys=1,expires=1,avg_ttl=0
        let keys = facts["db\(self.client.configuration.database)"]?.split(separator: ",").first?.dropFirst("keys=".count)
        return BackendHealth(
            version: String(version), usedBytes: number("used_memory"), limitBytes: number("maxmemory"),
            evictionPolicy: facts["maxmemory_policy"].map { String($0) } ?? "unknown", evictedKeys: number("evicted_keys"),
            expiredKeys: number("expired_keys"), clients: number("connected_clients"), keys: keys.flatMap { Int($0) } ?? 0)
    }
}
