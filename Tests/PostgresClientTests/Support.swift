import PostgresClient
import Reactor
import ServerHarness
import Testing
import Threading

/// One server for all tests of the process that do not stop it, and one loop.
enum Shared {
    static let server = Lock<PrivatePostgres?>(nil)
    static let loop = EventLoop(name: "pg-tests")
    private static let number = Lock(0)
    private static let threads = ThreadPool(name: "harness", threads: 8)

    /// Runs what blocks (starting and stopping servers) off the cooperative pool, which has a thread per core.
    static func blocking<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await self.threads.run(body)
    }

    /// A server of the test's own.
    static func ownServer(tcp: Bool = false) async throws -> PrivatePostgres {
        try await self.blocking { try PrivatePostgres(.init(fsync: false, tcp: tcp)) }
    }

    static func running() throws -> PrivatePostgres {
        try self.server.withLock { server in
            if let server { return server }
            let started = try PrivatePostgres(.init(fsync: false))
            server = started
            return started
        }
    }

    /// The shared server's URL with a schema of the test's own in front of the search path.
    static func configuration() async throws -> PostgresConfiguration {
        let name = self.number.withLock { number in
            number += 1
            return "test_\(number)"
        }
        let server = try await self.blocking {
            let server = try self.running()
            try server.execute("CREATE SCHEMA \(name)")
            return server
        }
        var configuration = try PostgresConfiguration(url: server.url())
        configuration.serverSettings["search_path"] = name
        return configuration
    }
}

/// Runs `body` with a pool on the shared server, in a fresh schema, and closes the pool.
func withPool<Value>(
    _ change: (inout PostgresConfiguration) -> Void = { _ in }, _ body: (PostgresPool) async throws -> Value
) async throws -> Value {
    var configuration = try await Shared.configuration()
    change(&configuration)
    return try await withPool(configuration, body)
}

/// Runs `body` with a pool and closes it.
func withPool<Value>(_ configuration: PostgresConfiguration, _ body: (PostgresPool) async throws -> Value) async throws -> Value {
    let pool = PostgresPool(configuration: configuration, eventLoop: Shared.loop)
    pool.start()
    do {
        let value = try await body(pool)
        await pool.close()
        return value
    } catch {
        await pool.close()
        throw error
    }
}

/// The error that `body` throws, which must be a ``PostgresError``.
func failure<Value>(of body: () async throws -> Value, location: SourceLocation = #_sourceLocation) async throws -> PostgresError {
    do {
        _ = try await body()
    } catch let error as PostgresError {
        return error
    }
    Issue.record("nothing was thrown", sourceLocation: location)
    throw HarnessError("nothing was thrown")
}

/// Waits until `condition` holds, looking every millisecond; false after `limit`.
func eventually(within limit: Duration = .seconds(15), _ condition: () async throws -> Bool) async throws -> Bool {
    let end = MonotonicTime.now + limit
    while MonotonicTime.now < end {
        if try await condition() { return true }
        try await Task.sleep(for: .milliseconds(1))
    }
    return false
}
