import CacheTesting
import FlotillaCache
import FlotillaCacheRedis
import RedisClient
import ServerHarness
import Testing
import Threading

/// With `CACHE_TESTS=long` in the environment a hundred thousand schedules run on Redis too, which takes some minutes.
@Suite struct InterleavingTests {
    @Test func `nothing stale is served or left, in memory`() async throws {
        let backend = InMemoryCacheBackend()
        let run = CacheInterleavings(backend: backend, keySpace: freshKeySpace()) { backend.evict($0) }
        let schedules = isLong ? 100_000 : 10_000
        try self.sawEverything(try await run.run(seed: 20_260_101, schedules: schedules, worlds: 50), of: schedules)
    }

    @Test func `a tier that stores whatever was made is found out`() async throws {
        let real = InMemoryCacheBackend()
        let run = CacheInterleavings(backend: CarelessBackend(real: real), keySpace: freshKeySpace()) { real.evict($0) }
        await #expect(throws: BrokenPromise.self) { try await run.run(seed: 1, schedules: 1_000, worlds: 1) }
    }

    @Test func `nothing stale is served or left, on Redis`() async throws {
        try await withCacheServer { server in
            let keySpace = freshKeySpace()
            let run = CacheInterleavings(backend: server.backend(keySpace), keySpace: keySpace) { key in
                _ = try await server.ask(["DEL", .text(key)])
            }
            let schedules = isLong ? 100_000 : 2_000
            let tally = try await run.run(seed: 20_260_102, schedules: schedules, worlds: 100)
            print("interleavings: \(tally)")
            try self.sawEverything(tally, of: schedules)
        }
    }

    /// A run that met no race proves nothing.
    private func sawEverything(_ tally: CacheInterleavings.Tally, of schedules: Int) throws {
        #expect(tally.schedules == schedules)
        #expect(tally.steps > 5 * schedules)
        #expect(tally.hits > schedules / 4)
        #expect(tally.fills > schedules / 4)
        #expect(tally.voided > schedules / 50)
        #expect(tally.refused > schedules / 200)
    }

    /// The schedules above are one step at a time in each world; here nothing is in step with anything.
    @Test func `actors that run as they like are served nothing older than what had ended`() async throws {
        struct Truth {
            var value: [Int]
            var floor: [Int]
        }
        try await withCacheServer { server in
            let keySpace = freshKeySpace()
            let keys = (0..<6).map { place(keySpace, "k\($0)", tags: [.document("\($0)")]) }
            let truth = Lock(Truth(value: Array(repeating: 1, count: keys.count), floor: Array(repeating: 0, count: keys.count)))
            let hits = Lock(0)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for actor in 0..<16 {
                    let backend = server.backend(keySpace)
                    group.addTask {
                        for round in 0..<(isLong ? 6_000 : 400) {
                            let index = Int.random(in: 0..<keys.count)
                            if (actor + round) % 5 == 0 {
                                let value = truth.withLock { truth in
                                    truth.value[index] += 1
                                    return truth.value[index]
                                }
                                if round % 2 == 0 {
                                    _ = try await backend.delete([keys[index]])
                                } else {
                                    try await backend.bump([keys[index].generations[3]])
                                }
                                truth.withLock { $0.floor[index] = max($0.floor[index], value) }
                                continue
                            }
                            let floor = truth.withLock { $0.floor[index] }
                            if let entry = try await backend.read([keys[index]])[0], entry.isCurrent {
                                let value = Int(String(decoding: entry.bytes, as: UTF8.self)) ?? 0
                                #expect(value >= floor)
                                hits.withLock { $0 += 1 }
                                continue
                            }
                            let token = UInt64.random(in: 1 ... .max)
                            let lease = try await backend.lease(keys[index], token: token, for: .seconds(60))
                            guard lease.isGranted else { continue }
                            let value = truth.withLock { $0.value[index] }
                            if round % 7 == 0 { await Task.yield() }
                            let write = BackendWrite(key: keys[index], bytes: Array("\(value)".utf8), timeToLive: .seconds(60))
                            _ = try await backend.fill(write, lease: token, generations: lease.generations)
                        }
                    }
                }
                try await group.waitForAll()
            }
            let left = try await server.backend(keySpace).read(keys)
            for (index, entry) in left.enumerated() {
                guard let entry, entry.isCurrent else { continue }
                #expect(entry.bytes == Array("\(truth.withLock { $0.value[index] })".utf8))
            }
            #expect(hits.withLock { $0 } > 500)
        }
    }
}
