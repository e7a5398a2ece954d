public import FlotillaCache
internal import RedisClient

extension RedisCacheBackend {
    /// One MGET over the values and their generations, each asked for once. One that was read a moment before or after a bump was read before
    /// the bump had returned, so several MGETs are as good as one.
    public func read(_ items: [BackendKey]) async throws(CacheError) -> [BackendEntry?] {
        if items.isEmpty { return [] }
        var keys = items.map(\.item)
        var places: [String: Int] = [:]
        for item in items {
            for generation in item.generations where places[generation] == nil {
                places[generation] = keys.count
                keys.append(generation)
            }
        }
        let values = try await self.values(of: keys)
        return items.indices.map { index in
            guard case .bulk(let bytes) = values[index], let entry = StoredEntry(bytes) else { return nil }
            let current = items[index].generations.map { generation -> CacheGeneration? in
                guard let place = places[generation], case .bulk(let bytes) = values[place], bytes.count == 8 else { return nil }
                return CacheGeneration(bigEndian: bytes[...])
            }
            return BackendEntry(bytes: entry.bytes, stored: entry.generations, current: current)
        }
    }

    private func values(of keys: [String]) async throws(CacheError) -> [RedisValue] {
        let step = self.options.keysPerRead
        let commands = stride(from: 0, to: keys.count, by: step).map { start in
            var command = RedisCommand("MGET", capacity: min(step, keys.count - start) * 80)
            for key in keys[start..<min(start + step, keys.count)] { command.append(key) }
            return command
        }
        let values = try await self.pipeline(commands, within: self.options.readTimeout).flatMap { $0.array ?? [] }
        guard values.count == keys.count else { throw Self.unexpected }
        return values
    }

    public func exists(_ item: BackendKey) async throws(CacheError) -> Bool {
        try await self.send(["EXISTS", .text(item.item)], within: self.options.readTimeout).int == 1
    }
}
