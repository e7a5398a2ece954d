import Foundation
import PostgresClient
import ServerHarness
import Testing
import Threading

/// Prints figures instead of judging: runs only when `FLOTILLA_MEASURE` is set. Build with `-c release`.
@Suite(.serialized, .enabled(if: ProcessInfo.processInfo.environment["FLOTILLA_MEASURE"] != nil)) struct MeasureTests {
    @Test func `rows a second and latency with fsync on`() async throws {
        let server = try await Shared.blocking { try PrivatePostgres(.init(fsync: true)) }
        let configuration = try PostgresConfiguration(url: server.url())
        try await withPool(configuration) { pool in
            try await pool.query("CREATE TABLE job (id bigint PRIMARY KEY, state text, attempt int, error text) WITH (fillfactor = 70)")
            for batch in [1, 10, 100, 1_000] {
                let rounds = batch >= 100 ? 60_000 / batch : 1_000
                for connections in [1, 2] {
                    let began = MonotonicTime.now
                    let cpu = Self.processorTime()
                    try await withThrowingTaskGroup(of: Void.self) { group in
                        for lane in 0..<connections {
                            group.addTask {
                                for round in 0..<rounds / connections {
                                    let first = Int64((lane * rounds + round) % 50 * batch)
                                    let ids = Array(first..<first + Int64(batch)).map { $0 * 2 + Int64(lane) }
                                    try await pool.query(
                                        """
                                        INSERT INTO job SELECT * FROM unnest(\(ids), \(ids.map { _ in "completed" }), \(ids.map { _ in Int32(1) }),
                                            \(ids.map { _ in String?.none }))
                                        ON CONFLICT (id) DO UPDATE SET state = excluded.state, attempt = job.attempt + 1
                                        """)
                                }
                            }
                        }
                        try await group.waitForAll()
                    }
                    let seconds = (MonotonicTime.now - began).inSeconds
                    let rows = Double(rounds / connections * connections * batch)
                    let client = (Self.processorTime() - cpu) / rows * 1e6
                    print(
                        "upsert, \(batch) rows a commit, \(connections) connections: \(Int(rows / seconds)) rows/s, client \(client) us/row"
                    )
                }
            }
            for concurrency in [1, 16] {
                let total = 20_000
                let began = MonotonicTime.now
                let cpu = Self.processorTime()
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for _ in 0..<concurrency {
                        group.addTask { for number in 0..<total / concurrency { try await pool.query("SELECT \(number)::bigint") } }
                    }
                    try await group.waitForAll()
                }
                let seconds = (MonotonicTime.now - began).inSeconds
                let client = (Self.processorTime() - cpu) / Double(total) * 1e6
                print(
                    "select, \(concurrency) at once: \(Int(Double(total) / seconds))/s, \(seconds / Double(total / concurrency) * 1e6) us each, client \(client) us"
                )
            }
            let began = MonotonicTime.now
            for number in 0..<500 {
                try await pool.withTransaction { transaction in
                    try await transaction.query("UPDATE job SET attempt = attempt + 1 WHERE id = \(number)")
                }
            }
            print("transaction of one update: \((MonotonicTime.now - began).inSeconds / 500 * 1e6) us each")
        }
    }

    @Test(.enabled(if: PrivatePgbouncer.isInstalled)) func `one small statement directly, and through a pooler`() async throws {
        let server = try await Shared.blocking { try PrivatePostgres(.init(fsync: false)) }
        let lending = try await Shared.blocking { try PrivatePgbouncer(server) }
        let keeping = try await Shared.blocking { try PrivatePgbouncer(server, .init(mode: .session)) }
        let ways: [(name: String, url: String, pooler: PostgresPooler)] = [
            ("directly, prepared", server.url(), .none), ("directly, as behind a pooler", server.url(), .transaction),
            ("pgbouncer, session", keeping.url(), .session), ("pgbouncer, transaction", lending.url(), .transaction),
        ]
        for way in ways + ways {
            var configuration = try PostgresConfiguration(url: way.url)
            configuration.pooler = way.pooler
            configuration.maximumConnections = 1
            try await withPool(configuration) { pool async throws in
                try await pool.query("SELECT \(0)::bigint")
                let began = MonotonicTime.now
                for number in 0..<3_000 { try await pool.query("SELECT \(number)::bigint") }
                print("\(way.name): \((MonotonicTime.now - began).inSeconds / 3_000 * 1e6) us each")
            }
        }
    }

    private static func processorTime() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
