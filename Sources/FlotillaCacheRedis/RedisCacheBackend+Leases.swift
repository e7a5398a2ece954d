public import FlotillaCache
internal import RedisClient

extension RedisCacheBackend {
    public func lease(_ item: BackendKey, token: UInt64, for duration: Duration) async throws(CacheError) -> BackendLease {
        var arguments: [RedisArgument] = [.bytes(token.bigEndianBytes), .number(Self.milliseconds(duration))]
        for _ in item.generations { arguments.append(.bytes(UInt64.randomBytes)) }
        let reply = try await self.run(
            CacheScript.lease, keys: [self.keySpace.lease(item.item)] + item.generations, arguments)
        guard let parts = reply.array, parts.count == 2, let granted = parts[0].int, case .bulk(let bytes) = parts[1],
            bytes.count == 8 * item.generations.count
        else { throw Self.unexpected }
        let generations = item.generations.indices.map { CacheGeneration(bigEndian: bytes[(8 * $0)..<(8 * $0 + 8)]) }
        return BackendLease(isGranted: granted == 1, generations: generations)
    }

    public func release(_ item: BackendKey, token: UInt64) async throws(CacheError) {
        _ = try await self.run(CacheScript.release, keys: [self.keySpace.lease(item.item)], [.bytes(token.bigEndianBytes)])
    }

    public func fill(
        _ write: BackendWrite, lease: UInt64, generations: [CacheGeneration]
    ) async throws(CacheError) -> BackendFill {
        guard generations.count == write.key.generations.count else { return .voided }
        let account = write.quota.map { AccountPlace(name: $0.account) }
        let keys =
            [self.keySpace.accounts, write.key.item, self.keySpace.lease(write.key.item)] + (account?.keys ?? []) + write.key.generations
        let reply = try await self.run(
            CacheScript.fill, keys: keys,
            [
                .bytes(lease.bigEndianBytes), .bytes(write.bytes), .number(Self.milliseconds(write.timeToLive)),
                .bytes(write.version.bigEndianBytes), .bytes(generations.flatMap(\.bigEndian)),
                write.quota.map { .number(Int64(max(0, $0.bytes))) } ?? "", .text(account?.member(of: write.key.item) ?? ""),
            ])
        guard let parts = reply.array, let stored = parts.first?.int else { throw Self.unexpected }
        if stored == 0 { return .voided }
        if let account, parts.count == 2 { await self.evict(parts[1], from: account) }
        return .stored
    }
}
