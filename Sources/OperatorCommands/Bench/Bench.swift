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
            .value("serve", "QUEUE", "instead: runs what others push to that queue until it is stopped"),
            .value("report", "FOLDER", "with --serve: where count-<pid> or ledger-<pid> goes"),
            .flag("ledger", "with --serve: reports each job's number and delay, not only how many ran"),
            .value("work", "MS", "with --serve: how long each job waits (default 0)"),
        ], examples: ["bench --jobs 200000 --rounds 3", "bench --durable --json", "bench --serve bench_queue --report /tmp/report"],
        notes: """
            Uses the Redis and the database of the configuration, and removes what it made. Not on a fleet at work: it takes what there is. With \
            --serve it leaves the queue as it is; messages are {"filename": "<number>-<sent, monotonic ns>"} with whatever else producers write.
            """
    )

    private let jobs: Int
    private let concurrency: Int
    private let rounds: Int
    private let isDurable: Bool
    private let serving: Serving?

    private struct Serving {
        let queue: QueueName
        let folder: String
        let kind: BenchReport.Kind
        let work: Duration
    }

    init(_ arguments: Arguments) throws(CommandError) {
        self.jobs = try arguments.number("jobs", in: 1...10_000_000) ?? 100_000
        self.concurrency = try arguments.number("concurrency", in: 1...1_024) ?? 8
        self.rounds = try arguments.number("rounds", in: 1...100) ?? 1
        self.isDurable = arguments.has("durable")
        let work = try arguments.number("work", in: 0...60_000) ?? 0
        if let name = arguments.text("serve") {
            guard let folder = arguments.text("report") else { throw .usage("--serve needs --report") }
            self.serving = Serving(
                queue: QueueName(name), folder: folder, kind: arguments.has("ledger") ? .ledger : .count, work: .milliseconds(work))
        } else {
            self.serving = nil
        }
    }

    func run(_ context: CommandContext) async throws -> Output {
        guard let fleet = try context.fleet() as? LiveFleet else { throw CommandError.failed("bench needs a real Redis") }
        if let serving = self.serving { return try await self.serve(serving, fleet) }
        // A name that nothing else has.
        let run = "flotilla_bench_\(ULID.next().lowercased())"
        let queue = Self.queue(run)
        let client = fleet.redis(of: queue.kind)
        guard try await client.send(["EXISTS", .text(run)]).int == 0 else { throw CommandError.conflict("the key \(run) exists already") }
        let (pool, store) = try await self.store(queue, fleet)
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

    private static func queue(_ name: String) -> FleetQueue {
        FleetQueue(
            kind: .document,
            names: QueueNames(queue: QueueName(name), retry: "\(name)_retry", deadLetter: "\(name)_dlq"),
            maximumRetries: 3)
    }

    private func store(_ queue: FleetQueue, _ fleet: LiveFleet) async throws -> (pool: PostgresPool?, store: PostgresJobStore?) {
        guard self.isDurable else { return (nil, nil) }
        let pool = fleet.database()
        try await Migrator(pool: pool, migrations: FleetSchema.migrations).verify()
        return (pool, PostgresJobStore(pool: pool, countingQueues: [queue.queueName]))
    }

    private func serve(_ serving: Serving, _ fleet: LiveFleet) async throws -> Output {
        let queue = Self.queue(serving.queue.rawValue)
        let report = try BenchReport(serving.kind, in: serving.folder)
        let (_, store) = try await self.store(queue, fleet)
        await ServingBenchmark(
            broker: fleet.redisBroker(queue), store: store, concurrency: self.concurrency, work: serving.work, report: report
        ).run()
        return Output("Benchmark", ["queue": .string(serving.queue.rawValue)])
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
