import RedisClient
import ServerHarness
import Testing

@Suite struct AuthenticationTests {
    private static let password = "p@ss:w/rd%☃"
    private static let options = PrivateRedis.Options(
        password: Self.password, users: ["worker on >wörk:er ~jobs:* +@all -@dangerous", "nobody off >x"])

    @Test func `the right password opens the server`() async throws {
        try await withClient(Self.options) { (_, client, _) async throws in
            #expect(try await client.send(["SET", "a", 1]) == .simple("OK"))
        }
    }

    @Test func `an ACL user works and is held to its rights`() async throws {
        try await withClient(
            Self.options,
            { configuration, _ in
                configuration.username = "worker"
                configuration.password = "wörk:er"
            }
        ) { (_, client, _) async throws in
            #expect(try await client.send(["SET", "jobs:1", 1]) == .simple("OK"))
            let error = try await failure { () throws(RedisError) in try await client.send(["SET", "other", 1]) }
            #expect(error.code == .server(.noPermission))
            #expect(!error.mayHaveRun)
        }
    }

    @Test(arguments: [("worker", "wrong-s3cret"), ("nobody", "x"), ("unknown", "s3cret"), (nil, "wrong-s3cret"), (nil, nil)])
    func `a wrong user or password is an authentication error at once`(_ user: String?, _ password: String?) async throws {
        try await withClient(
            Self.options,
            { configuration, _ in
                configuration.username = user
                configuration.password = password
            }
        ) { (_, client, _) async throws in
            // Waiting for the time limit would have ended in `notConnected`.
            let error = try await failure { () throws(RedisError) in try await client.send(["PING"]) }
            #expect(error.code == .authentication)
            #expect(!error.mayHaveRun)
            #expect(!error.description.contains("s3cret"))
        }
    }

    @Test func `a password for a server without one is an authentication error`() async throws {
        try await withClient(.init(), { configuration, _ in configuration.password = "s3cret" }) { (_, client, _) async throws in
            let error = try await failure { () throws(RedisError) in try await client.send(["PING"]) }
            #expect(error.code == .authentication)
        }
    }

    @Test func `an AUTH that the server does not know does not give the password away`() async throws {
        try await withClient(
            .init(configuration: ["rename-command AUTH LOGIN"]), { configuration, _ in configuration.password = "s3cret" }
        ) { (_, client, _) async throws in
            let error = try await failure { () throws(RedisError) in try await client.send(["PING"]) }
            #expect(error.code == .authentication)
            #expect(error.message.contains("unknown command"))
            #expect(!error.message.contains("s3cret"))
        }
    }

    @Test func `a user without the right to ping connects all the same`() async throws {
        try await withClient(
            .init(users: ["narrow on >n ~* +get"]),
            { configuration, _ in
                configuration.username = "narrow"
                configuration.password = "n"
            }
        ) { (_, client, _) async throws in
            #expect(try await client.send(["GET", "a"]).isNull)
            let error = try await failure { () throws(RedisError) in try await client.send(["SET", "a", 1]) }
            #expect(error.code == .server(.noPermission))
        }
    }
}
