import Flotilla
import FlotillaPostgres
import PostgresClient
import Testing
import Threading

@Suite struct OutboxRelayTests {
    private struct Killed: Error {}

    private func fill(_ scene: StoreScene, _ count: Int) async throws {
        try await scene.pool.query(
            "INSERT INTO outbox (queue, payload) SELECT 'graph_queue', convert_to('m' || n, 'UTF8') FROM generate_series(1, \(count)) AS n")
    }

    @Test func `a relay that dies between push and mark duplicates and never loses`() async throws {
        try await StoreScene.with { scene in
            try await self.fill(scene, 10)
            let pushed = Lock<[String]>([])
            let dying = OutboxRelay(pool: scene.pool) { _, payloads in
                pushed.withLock { $0 += payloads.map { String(decoding: $0, as: UTF8.self) } }
                throw Killed()
            }
            await #expect(throws: JobStoreError.self) { try await dying.relay() }
            #expect(try await scene.count("SELECT count(*) FROM outbox WHERE sent_at IS NULL") == 10)
            let next = OutboxRelay(pool: scene.pool) { _, payloads in
                pushed.withLock { $0 += payloads.map { String(decoding: $0, as: UTF8.self) } }
            }
            #expect(try await next.relay() == 10)
            #expect(try await next.relay() == 0)
            let expected = (1...10).map { "m\($0)" }
            #expect(pushed.withLock { $0 } == expected + expected)
            #expect(try await next.purge(sentBefore: .max) == 10)
        }
    }

    @Test func `a queue that cannot be pushed to does not hold up the others`() async throws {
        try await StoreScene.with { scene in
            // More than a batch of what nobody can push, and older than all else.
            try await scene.pool.query(
                "INSERT INTO outbox (queue, payload) SELECT 'nowhere', convert_to('x', 'UTF8') FROM generate_series(1, 300)")
            try await self.fill(scene, 5)
            let pushed = Lock<[String]>([])
            let failures = Lock<[String]>([])
            let relay = OutboxRelay(
                pool: scene.pool,
                report: { result in if case .failure(let error) = result { failures.withLock { $0.append("\(error)") } } },
                push: { queue, payloads in
                    guard queue == "graph_queue" else { throw Killed() }
                    pushed.withLock { $0 += payloads.map { String(decoding: $0, as: UTF8.self) } }
                })
            _ = try await relay.relay()
            #expect(pushed.withLock { $0 } == (1...5).map { "m\($0)" })
            #expect(try await scene.count("SELECT count(*) FROM outbox WHERE sent_at IS NULL") == 300)
            await #expect(throws: JobStoreError.self) { try await relay.relay() }
            let told = failures.withLock { $0 }
            #expect(told.allSatisfy { $0.contains("nowhere") } && pushed.withLock { $0.count } == 5, "\(told)")
        }
    }

    @Test func `several relays push each message once`() async throws {
        try await StoreScene.with { scene in
            try await self.fill(scene, 2_000)
            let pushed = Lock<[String: Int]>([:])
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<4 {
                    group.addTask {
                        let relay = OutboxRelay(pool: scene.pool) { _, payloads in
                            pushed.withLock { for payload in payloads { $0[String(decoding: payload, as: UTF8.self), default: 0] += 1 } }
                        }
                        while try await relay.relay() > 0 {}
                    }
                }
                try await group.waitForAll()
            }
            #expect(pushed.withLock { $0.count } == 2_000)
            #expect(pushed.withLock { $0.values.allSatisfy { $0 == 1 } })
        }
    }

    @Test func `a running relay wakes for what was just written`() async throws {
        try await StoreScene.with { scene in
            let (stream, feed) = AsyncStream.makeStream(of: Int.self)
            let relay = OutboxRelay(pool: scene.pool, interval: .seconds(600)) { _, payloads in feed.yield(payloads.count) }
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { await relay.run() }
                try await self.fill(scene, 3)
                relay.wake()
                var counts = stream.makeAsyncIterator()
                #expect(await counts.next() == 3)
                group.cancelAll()
            }
        }
    }
}
