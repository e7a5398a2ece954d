import FlotillaCache
import FlotillaCacheRedis
import RedisClient
import ServerHarness
import Testing
import Threading

@Suite struct OutageTests {
    private let keySpace = freshKeySpace()

    @Test func `a server that stands still is a time-out, one that is gone is unavailable, and both recover`() async throws {
        try await withCacheServer(.init(), { $0.commandTimeout = .seconds(5) }) { server in
            let backend = server.backend(self.keySpace, .init(readTimeout: .milliseconds(150), writeTimeout: .milliseconds(150)))
            let key = place(self.keySpace, "k")
            #expect(try await backend.write([BackendWrite(key: key, bytes: [1], timeToLive: .seconds(600))]) == [true])
            server.redis.freeze()
            let start = MonotonicTime.now
            #expect(await self.code { () throws(CacheError) in _ = try await backend.read([key]) } == .timedOut)
            #expect(MonotonicTime.now - start < .seconds(4))
            server.redis.thaw()
            #expect(try await server.backend(self.keySpace).read([key])[0]?.isCurrent == true)
            server.redis.kill9()
            #expect(
                await self.code { () throws(CacheError) in _ = try await backend.lease(key, token: 1, for: .seconds(1)) } == .unavailable)
            #expect(await self.code { () throws(CacheError) in try await backend.bump(key.generations) } == .unavailable)
            try server.redis.start()
            // The data is gone, and the scripts are.
            let patient = server.backend(self.keySpace, .init(readTimeout: .seconds(10), writeTimeout: .seconds(10)))
            #expect(try await patient.read([key])[0] == nil)
            #expect(try await patient.write([BackendWrite(key: key, bytes: [2], timeToLive: .seconds(600))]) == [true])
            #expect(try await patient.read([key])[0]?.bytes == [2])
        }
    }

    @Test func `when memory is full what stores is refused, and what ends values goes through`() async throws {
        try await withCacheServer { server in
            let backend = server.backend(self.keySpace)
            let quota = (account: self.keySpace.account(of: CacheTenant("acme"), .application), bytes: 1 << 30)
            let keys = (0..<3).map { place(self.keySpace, "k\($0)", tags: [.job("\($0)")]) }
            _ = try await backend.write(keys.map { BackendWrite(key: $0, bytes: [1], timeToLive: .seconds(600), quota: quota) })
            let lease = try await backend.lease(keys[2], token: 1, for: .seconds(60))
            _ = try await server.ask(["CONFIG", "SET", "maxmemory", "1"])
            let write = BackendWrite(key: keys[2], bytes: [2], timeToLive: .seconds(600), quota: quota)
            #expect(await self.code { () throws(CacheError) in _ = try await backend.write([write]) } == .refused)
            #expect(
                await self.code { () throws(CacheError) in
                    _ = try await backend.fill(write, lease: 1, generations: lease.generations)
                } == .refused)
            #expect(
                await self.code { () throws(CacheError) in _ = try await backend.lease(keys[0], token: 1, for: .seconds(60)) } == .refused)
            #expect(
                await self.code { () throws(CacheError) in
                    _ = try await backend.increment("\(self.keySpace.root)n", by: 1, timeToLive: .seconds(60))
                } == .refused)
            #expect(try await backend.read(keys).allSatisfy { $0?.isCurrent == true })
            #expect(try await backend.delete([keys[0]]) == 1)
            try await backend.bump([keys[1].generations[3]])
            #expect(try await backend.read([keys[0]])[0] == nil)
            #expect(try await backend.read([keys[1]])[0]?.isCurrent == false)
            #expect(try await backend.usage(of: quota.account).entries == 2)
            #expect(try await backend.health().limitBytes == 1)
        }
    }

    @Test func `a replica refuses what writes`() async throws {
        try await withCacheServer { server in
            let master = try PrivateRedis(.init(tcp: true))
            let backend = server.backend(self.keySpace)
            let key = place(self.keySpace, "k")
            _ = try await backend.exists(key)
            _ = try await server.ask(["REPLICAOF", "127.0.0.1", .number(Int64(master.port))])
            #expect(
                await self.code { () throws(CacheError) in
                    _ = try await backend.write([BackendWrite(key: key, bytes: [1], timeToLive: .seconds(1))])
                } == .refused)
        }
    }

    @Test func `a wrong password is refused`() async throws {
        try await withCacheServer(.init(password: "right"), { $0.password = "wrong" }) { server in
            #expect(
                await self.code { () throws(CacheError) in _ = try await server.backend(self.keySpace).health() } == .refused)
        }
    }

    @Test func `watching goes on over a restart and a freeze of the server`() async throws {
        try await withCacheServer { server in
            let backend = server.backend(
                self.keySpace, .init(readTimeout: .seconds(10), writeTimeout: .seconds(10), heartbeat: .milliseconds(500)))
            let (ends, continuation) = AsyncStream<CacheEnd>.makeStream()
            let watching = Task { await backend.watch { continuation.yield($0) } }
            var iterator = ends.makeAsyncIterator()
            #expect(await iterator.next() == .lost)
            #expect(await iterator.next() == .watching)
            for round in 0..<2 {
                if round == 0 {
                    server.redis.kill9()
                    #expect(await iterator.next() == .lost)
                    try server.redis.start()
                } else {
                    server.redis.freeze()
                    #expect(await iterator.next() == .lost)
                    server.redis.thaw()
                }
                #expect(await iterator.next() == .watching)
                while await self.code({ () throws(CacheError) in _ = try await backend.delete([place(self.keySpace, "k\(round)")]) }) != nil
                {}
                #expect(await iterator.next() == .item(place(self.keySpace, "k\(round)").item))
            }
            watching.cancel()
            await watching.value
            #expect(try await server.ask(["PUBSUB", "NUMSUB", .text(self.keySpace.channel)]).array?[1].int == 0)
        }
    }

    @Test func `a message of nobody's making ends everything`() async throws {
        try await withCacheServer { server in
            let backend = server.backend(self.keySpace)
            let hostile: [[UInt8]] = [
                [0], [105], [105, 0, 0, 0, 9, 65], [105, 255, 255, 255, 255], Array("hello".utf8), [105, 0, 0, 0, 1, 0xFF],
            ]
            let (ends, continuation) = AsyncStream<CacheEnd>.makeStream()
            let watching = Task { await backend.watch { continuation.yield($0) } }
            var iterator = ends.makeAsyncIterator()
            #expect(await iterator.next() == .lost)
            #expect(await iterator.next() == .watching)
            for message in hostile {
                _ = try await server.ask(["PUBLISH", .text(self.keySpace.channel), .bytes(message)])
                #expect(await iterator.next() == .lost)
                #expect(await iterator.next() == .watching)
            }
            watching.cancel()
            await watching.value
        }
    }

    private func code(_ body: () async throws(CacheError) -> Void) async -> CacheError.Code? {
        do throws(CacheError) {
            try await body()
            return nil
        } catch {
            return error.code
        }
    }
}
