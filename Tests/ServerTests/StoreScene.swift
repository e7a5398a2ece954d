import Flotilla
import FlotillaPostgres
import FlotillaTesting
import Glibc
import JSONText
import PostgresClient
import Reactor
import ServerHarness
import Threading

/// A database of a test's own with the stores on it.
struct StoreScene: Sendable {
    let pool: PostgresPool
    let store: PostgresJobStore
    let administration: JobAdministration
    let worker = WorkerID("test-worker")

    static let queue: QueueName = "document_queue"
    static let countingQueues: Set<QueueName> = ["document_queue", "audio_queue", "video_queue"]
    private static let loop = EventLoop(name: "store-tests")
    private static let server = Lock<(server: PrivatePostgres, databases: Int)?>(nil)

    private static let pooler = Lock<PrivatePgbouncer?>(nil)

    /// With `FLOTILLA_TEST_POOLER` in the environment every test goes through pgbouncer.
    private static let isAlwaysPooled = getenv("FLOTILLA_TEST_POOLER") != nil

    /// The configuration of a new and empty database.
    ///
    /// - Parameter pooled: through a pgbouncer that lends its few connections for a transaction each.
    static func database(pooled: Bool = false) throws -> PostgresConfiguration {
        let (server, name) = try self.server.withLock { state in
            var next = try state ?? (PrivatePostgres(.init(fsync: false)), 0)
            next.databases += 1
            state = next
            _ = try next.server.createDatabase("store\(next.databases)")
            return (next.server, "store\(next.databases)")
        }
        guard pooled || self.isAlwaysPooled else { return try PostgresConfiguration(url: server.url(database: name)) }
        let pooler = try self.pooler.withLock { pooler in
            let running = try pooler ?? PrivatePgbouncer(server, .init(poolSize: 3))
            pooler = running
            return running
        }
        var configuration = try PostgresConfiguration(url: pooler.url(database: name))
        configuration.pooler = .transaction
        return configuration
    }

    /// Runs `body` on a database with the schema and nothing else.
    static func with(connections: Int = 8, pooled: Bool = false, _ body: (StoreScene) async throws -> Void) async throws {
        var configuration = try self.database(pooled: pooled)
        configuration.maximumConnections = connections
        configuration.acquireTimeout = .seconds(30)
        let pool = PostgresPool(configuration: configuration, eventLoop: self.loop)
        do {
            try await Migrator(pool: pool, migrations: JobSchema.migrations).migrate()
            try await body(
                StoreScene(
                    pool: pool, store: PostgresJobStore(pool: pool, countingQueues: self.countingQueues),
                    administration: JobAdministration(pool: pool, countingQueues: self.countingQueues)))
        } catch {
            await pool.close()
            throw error
        }
        await pool.close()
    }

    static func message(_ file: String, job: String?) -> [UInt8] {
        var members: [JSONValue.Member] = []
        if let job { members.append(.init("job_id", .string(job))) }
        members += [.init("gcs_path", .string("inbox/\(file)")), .init("filename", .string(file))]
        return JSONValue.object(members).jsonBytes
    }

    func claim(
        _ file: String, job: String?, delivery: UInt64, worker: WorkerID? = nil, queue: QueueName = Self.queue
    ) throws -> WorkClaim {
        let envelope = try Envelope(Self.message(file, job: job))
        return WorkClaim(
            identity: WorkIdentity(envelope, queue: queue), delivery: DeliveryID(worker: worker ?? self.worker, sequence: delivery),
            queue: queue, envelope: envelope)
    }

    func result(_ claim: WorkClaim, _ fence: Fence, _ outcome: WorkResult.Outcome = .completed(followUps: [])) -> WorkResult {
        WorkResult(
            identity: claim.identity, fence: fence, outcome: outcome, jobID: claim.envelope.jobID, duration: .milliseconds(5))
    }

    func letter(_ claim: WorkClaim, _ message: String = "it is broken") -> DeadLetter {
        DeadLetter(
            id: ULID.next(), reason: .permanent, errorMessage: message, fingerprint: "0123456789ab",
            failureTime: WallClock.microseconds, originalQueue: claim.queue, jobID: claim.envelope.jobID,
            filename: claim.envelope.filename, failureCount: 1)
    }

    /// Claims all and returns their fences; fails unless all run.
    func run(_ claims: [WorkClaim]) async throws -> [Fence] {
        try await self.store.begin(claims, by: self.worker).map { admission in
            guard case .run(let fence, _) = admission else { throw SceneError(description: "expected a run, got \(admission)") }
            return fence
        }
    }

    func count(_ query: PostgresQuery) async throws -> Int {
        try await self.pool.query(query).one()[0, as: Int.self]
    }

    func job(_ id: String) async throws -> JobRecord {
        guard let job = try await self.administration.job(id) else { throw SceneError(description: "there is no job \(id)") }
        return job
    }

    var contractSubject: JobStoreContract.Subject {
        let administration = self.administration
        return .init(
            store: self.store,
            progress: { id in
                let job = try await administration.job(id)
                return .init(
                    status: job?.status ?? "none", processed: job?.processedFiles ?? 0, failed: job?.failedFiles ?? 0,
                    cancelled: job?.cancelledFiles ?? 0)
            }, setTotal: { total, id in try await administration.setTotalFiles(total, ofJob: id) },
            cancel: { id in _ = try await administration.cancelJob(id, actor: "test") })
    }
}

struct SceneError: Error, CustomStringConvertible {
    let description: String
}
