import Flotilla
import FlotillaDaemon
import FlotillaPostgres
import FlotillaRedis
import JSONText
import PostgresClient
import RedisClient

struct Bench: Verb {
    static let spec = CommandSpec(
        path: ["bench"], summary: "Measures the drain of a queue of jobs that do nothing, on keys and rows of its own",
        options: [
            .value("jobs", "N", "how many (default 100000)"), .value("concurrency", "N", "handlers at once (default 8)"),
            .flag("durable", "with every state change in PostgreSQL"), .value("rounds", "N", "how often (default 1)"),
        ], examples: ["bench --jobs 200000 --rounds 3", "bench --durable --json"],
        notes:
            "Uses the Redis and the database of the configuration, and removes what it made. Not on a fleet at work: it takes what there is."
    )

    private let jobs: Int
    private let concurrency: Int
    private let rounds: Int
    private let isDurable: Bool

    init(_ arguments: Arguments) throws(CommandError) {
        self.jobs = try arguments.number("jobs", in: 1...10_000_000) ?? 100_000
        self.concurrency = try arguments.number("concurrency", in: 1...1_024) ?? 8
        self.rounds = try arguments.number("rounds", in: 1...100) ?? 1
        self.isDurable = arguments.has("durable")
    }

    func run(_ context: CommandContext) async throws -> Output {
        guard let fleet = try context.fleet() as? LiveFleet else { throw CommandError.failed("bench needs a real Redis") }
        // A name that nothing else has.
        let run = "flotilla_bench_\(ULID.next().lowercased())"
        let queue = FleetQueue(
            kind: .document, names: QueueNames(queue: QueueName(run), retry: "\(run)_retry", deadLetter: "\(run)_dlq"), maximumRetries: 3)
        let client = fleet.redis()
        guard try await client.send(["EXISTS", .text(run)]).int == 0 else { throw CommandError.conflict("the key \(run) exists already") }
        let pool = self.isDurable ? fleet.database() : nil
        if let pool { try await Migrator(pool: pool, migrations: FleetSchema.migrations).verify() }
        let store = pool.map { PostgresJobStore(pool: $0, countingQueues: [queue.queueName]) }
        var results: [DrainBenchmark.Result] = []
        let outcome: Result<Void, any Error>
        do {
            for round in 0..<self.rounds {
                try Task.checkCancellation()
                let benchmark = DrainBenchmark(client: client, broker: fleet.redisBroker(queue), store: store)
                results.append(try await benchmark.run(jobs: self.jobs, concurrency: self.concurrency, run: "\(run)_\(round)"))
            }
            outcome = .success(())
        } catch {
            outcome = .failure(error)
        }
        try await self.cleanUp(run, client, pool)
        try outcome.get()

        var table = Table(
            [.right("JOBS"), .right("SECONDS"), .right("JOBS/S"), .right("CLIENT us/JOB"), .right("REDIS us/JOB")], empty: "no rounds")
        for result in results {
            table.rows.append([
                "\(result.jobs)", Self.rounded(result.seconds, 100), "\(Int(min(result.jobsPerSecond, 1e12)))",
                Self.rounded(result.clientMicroseconds, 100), Self.rounded(result.redisMicroseconds, 100),
            ])
        }
        var output = Output("Benchmark", ["durable": .bool(self.isDurable), "concurrency": .count(self.concurrency)])
        output.set("rounds", .array(results.map(\.json)))
        output.table(table)
        return output
    }

    private static func rounded(_ number: Double, _ scale: Double) -> String { "\((number * scale).rounded() / scale)" }

    /// Removes the keys and rows of this run, which carry its name.
    private func cleanUp(_ run: String, _ client: RedisClient, _ pool: PostgresPool?) async throws {
        for pattern in ["\(run)*", "{\(run)}*"] {
            var cursor = "0"
            repeat {
                let page = try await client.send(["SCAN", .text(cursor), "MATCH", .text(pattern), "COUNT", 1_000]).array ?? []
                cursor = page.first?.string ?? "0"
                for key in page.last?.array ?? [] { if let name = key.string { _ = try await client.send(["UNLINK", .text(name)]) } }
            } while cursor != "0"
        }
        guard let pool else { return }
        while try await pool.query(
            "DELETE FROM work_item WHERE id IN (SELECT id FROM work_item WHERE job_id LIKE \(run + "\\_%") LIMIT 20000)"
        ).affected > 0 {}
        try await pool.query("DELETE FROM processing_job WHERE id LIKE \(run + "\\_%")")
    }
}
