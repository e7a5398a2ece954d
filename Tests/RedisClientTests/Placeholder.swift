import Reactor
import RedisClient
import ServerHarness
import Testing

@Suite struct SmokeTests {
    @Test func `a command goes round`() async throws {
        let server = try PrivateRedis()
        let loop = EventLoop(name: "test")
        defer { loop.stop() }
        let client = RedisClient(configuration: try RedisConfiguration(url: server.url), eventLoop: loop)
        #expect(try await client.send(["SET", "a", "1"]) == .simple("OK"))
        #expect(try await client.send(["GET", "a"]).int == 1)
        await client.close()
    }
}
