import Flotilla
import FlotillaRedis
import Glibc
import RedisClient
import SelfTest
import ServerHarness
import Testing

extension FleetTests {
    /// Queues on several Redis servers.
    @Suite struct Shards {
        @Test(.timeLimit(.minutes(2))) func `a queue with a Redis of its own works while the others' is away`() async throws {
            let others = try PrivateRedis()
            let client = RedisClient(configuration: try RedisConfiguration(url: others.url), eventLoop: Fleet.loop)
            try await Fleet.with { fleet in
                // The fleet's own server holds the documents, another one everything else.
                let shards = ["REDIS_URL": others.url, "REDIS_URL_DOCUMENT": fleet.redis.url, "CACHE_REDIS_URL": fleet.redis.url]
                _ = try fleet.worker(shards)
                let scheduler = try fleet.scheduler(shards)
                try await fleet.ready(workers: 1)
                try await fleet.send(["a", "b"], extra: ", \"follow\": \"graph_queue\"")
                try await fleet.send(["c"], run: "fail")
                try await eventually("what follows is on the other server") { try await client.send(["LLEN", "graph_queue"]).int == 2 }
                #expect(try await fleet.client.send(["EXISTS", "graph_queue"]).int == 0)

                others.kill9()
                // One that starts without a server serves the others all the same.
                scheduler.process.kill(SIGKILL)
                _ = try fleet.scheduler(shards)
                try await fleet.send(["d", "e"], extra: ", \"follow\": \"graph_queue\"")
                // Retries are promoted by a scheduler that misses one of its servers.
                try await eventually("the failing one is given up", within: .seconds(20)) { try await fleet.broker.counts().dead == 1 }
                try await fleet.settled()
                #expect(Set(fleet.runs.filter(\.isEnd).map(\.name)) == ["a", "b", "d", "e"])

                try others.start()
                // Nothing was kept there. What could not be sent comes from the outbox now.
                try await eventually("what follows is sent late", within: .seconds(20)) {
                    try await client.send(["LLEN", "graph_queue"]).int == 2
                }
            }
            await client.close()
        }
    }
}
