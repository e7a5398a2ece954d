public import FlotillaCache
internal import RedisClient

extension RedisCacheBackend {
    public func usage(of account: String) async throws(CacheError) -> CacheUsage {
        let reply = try await self.run(
            CacheScript.usage, keys: self.keys(of: AccountPlace(name: account)), [], within: self.options.upkeepTimeout)
        guard let parts = reply.array, parts.count == 2, let bytes = parts[0].int, let entries = parts[1].int else {
            throw Self.unexpected
        }
        return CacheUsage(bytes: Int(bytes), entries: Int(entries))
    }

    public func accounts(after cursor: UInt64, limit: Int) async throws(CacheError) -> (accounts: [String], next: UInt64) {
        let reply = try await self.send(
            [
                "ZSCAN", .text(self.keySpace.accounts), .text(String(cursor)), "COUNT", .number(Int64(max(1, limit))),
            ], within: self.options.upkeepTimeout)
        guard let parts = reply.array, parts.count == 2, let next = parts[0].string.flatMap({ UInt64($0) }), let pairs = parts[1].array
        else { throw Self.unexpected }
        return (stride(from: 0, to: pairs.count, by: 2).compactMap { pairs[$0].string }, next)
    }

    /// Two round trips a step: a page of the account, and what is there for it.
    public func recount(_ account: String, after cursor: UInt64, limit: Int) async throws(CacheError) -> BackendRecount {
        let place = AccountPlace(name: account)
        // Lua can take some thousands of keys; a page of them takes a millisecond.
        let limit = min(max(1, limit), 1_000)
        let page = try await self.send(
            [
                "ZRANGEBYSCORE", .text(place.name), .text("(\(cursor)"), "+inf", "WITHSCORES", "LIMIT", 0, .number(Int64(limit)),
            ], within: self.options.upkeepTimeout)
        guard let pairs = page.array else { throw Self.unexpected }
        let members = stride(from: 0, to: pairs.count, by: 2).compactMap { pairs[$0].string }
        guard members.count * 2 == pairs.count else { throw Self.unexpected }
        var arguments: [RedisArgument] = [
            .text(String(cursor)), .text(pairs.last?.string ?? String(cursor)), .number(members.count < limit ? 1 : 0),
            .number(Int64(limit)),
        ]
        arguments += members.map { .text($0) }
        let reply = try await self.run(
            CacheScript.recount, keys: self.keys(of: place) + members.map { place.item(of: $0) }, arguments,
            within: self.options.upkeepTimeout)
        guard let parts = reply.array, parts.count == 4, let next = parts[0].string.flatMap({ UInt64($0) }), let examined = parts[1].int,
            let removed = parts[2].int, let drift = parts[3].int
        else { throw Self.unexpected }
        return BackendRecount(next: next, examined: Int(examined), removed: Int(removed), drift: Int(drift))
    }

    public func shrink(_ account: String, to bytes: Int, limit: Int) async throws(CacheError) -> Int {
        let place = AccountPlace(name: account)
        var removed = 0
        while removed < limit {
            // Bounded, so that nobody else waits for long.
            let page = min(limit - removed, 500)
            let victims = try await self.run(
                CacheScript.shrink, keys: self.keys(of: place), [.number(Int64(max(0, bytes))), .number(Int64(page))],
                within: self.options.upkeepTimeout)
            let count = try await self.remove(victims, from: place, within: self.options.upkeepTimeout)
            removed += count
            if count < page { break }
        }
        return removed
    }

    /// Removes what a write found to be too much. The write is done: a failure here leaves the account over its quota until the next write,
    /// and is nobody's error.
    func evict(_ victims: RedisValue, from account: AccountPlace) async {
        _ = try? await self.remove(victims, from: account, within: self.options.writeTimeout)
    }

    /// - Parameter victims: members of the account, each followed by its place in the order.
    /// - Returns: how many went; one that was written meanwhile stays.
    private func remove(_ victims: RedisValue, from account: AccountPlace, within timeout: Duration) async throws(CacheError) -> Int {
        guard let victims = victims.array, victims.count >= 2 else { return 0 }
        let members = stride(from: 0, to: victims.count - 1, by: 2).compactMap { victims[$0].string }
        guard members.count * 2 == victims.count else { throw Self.unexpected }
        let keys = self.keys(of: account) + members.map { account.item(of: $0) }
        let arguments = victims.compactMap { $0.bytes.map { RedisArgument.bytes($0) } }
        return Int(try await self.run(CacheScript.evict, keys: keys, arguments, within: timeout).int ?? 0)
    }

    private func keys(of place: AccountPlace) -> [String] { [self.keySpace.accounts] + place.keys }
}
