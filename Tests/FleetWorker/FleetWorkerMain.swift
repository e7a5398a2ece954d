import CorpusPostgres
import FlotillaCachePostgres
import Flotilla
import FlotillaDaemon
import FlotillaPostgres
import FlotillaRedis
import FlotillaTesting
import Glibc
import JSONText
import Threading

/// A processor whose messages say how they want to be run: what the tests of the fleet put in the place of real work.
///
/// `"run"`: `ok`, `fail`, `permanent`, `die` (SIGKILL to itself), `sleep` for `"ms"`, `stuck` for `"ms"` (deaf to cancellation), `outage`
/// (a fault of the infrastructure for as long as the file `$OUTAGE_FILE` exists), `stages` (a pipeline of two stages). Each run is a line in
/// the file `$RUN_LOG`: `<filename> <attempt> <pid> <microseconds since 1970>`, and each end another that begins with `=`.
@main
struct FleetWorkerMain {
    static func main() {
        DaemonMain.run(role: .documentProcessor) { context in
            try await Processor.daemon(
                .document, context: context, migrations: JobSchema.migrations + CorpusSchema.migrations + CacheSchema.migrations,
                build: { connections, _ in
                    let pipeline = PipelineHandler(
                        stages: [EchoStage(stage: "first"), EchoStage(stage: "second")],
                        store: PostgresStageStore(pool: connections.postgres),
                        lock: RedisLock(client: connections.redis(of: .document), eventLoop: connections.loop),
                        options: .init(
                            lockLease: context.configuration.lease, lockWait: .milliseconds(500),
                            lockKey: { RedisKeys.lock($0, $1.rawValue, String($2)) }, withWorkDirectory: { try await $0("/tmp") },
                            cache: InMemoryStageCache(), cacheLockKey: { RedisKeys.lock("work", $0.tenant ?? "", $0.digest) }))
                    return Processor.Parts(handler: ScriptedHandler(pipeline: pipeline))
                })
        }
    }
}

/// Says when it ran.
struct EchoStage: CacheableStage {
    let stage: StageName
    let engine = "echo 1"

    /// Every message is another's: what one says is of no use to the next.
    func cacheInputs(_ context: StageContext) async throws -> StageInputs? {
        StageInputs(parameters: ["document": context.identity.documentUUID])
    }

    func run(_ context: StageContext) async throws -> StageOutput {
        StageOutput(body: Array("{\"attempt\": \(context.attempt)}".utf8))
    }
}

struct ScriptedHandler: JobHandler {
    let pipeline: PipelineHandler
    private let log: Int32 = getenv("RUN_LOG").map { open($0, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o600) } ?? -1

    func handle(_ job: JobContext) async throws -> JobOutcome {
        let message = try JSONValue(parsing: job.message.producerBytes)
        let name = String((job.message.filename ?? "?").map { $0 == " " ? "_" : $0 })
        self.note("\(name) \(job.attempt) \(getpid()) \(WallClock.microseconds)\n")
        switch message["run"]?.string {
        case "fail": throw ScriptedFailure(failureClass: .transient())
        case "permanent": throw ScriptedFailure(failureClass: .permanent)
        case "outage":
            if let file = getenv("OUTAGE_FILE"), access(file, F_OK) == 0 { throw ScriptedFailure(failureClass: .infrastructure) }
        case "die": kill(getpid(), SIGKILL)
        case "sleep": try await Task.sleep(for: .milliseconds(message["ms"]?.integer ?? 0))
        case "stuck": usleep(UInt32(clamping: (message["ms"]?.integer ?? 0) * 1000))
        case "stages":
            let outcome = try await self.pipeline.handle(job)
            guard case .completed = outcome else { return outcome }
        default: break
        }
        self.note("= \(name) \(job.attempt) \(getpid()) \(WallClock.microseconds)\n")
        let follows = message["follow"]?.string.map { [FollowUp(queue: QueueName($0), payload: job.message.producerBytes)] } ?? []
        return .completed(followUps: follows)
    }

    /// One write, so that lines of several processes do not mix.
    private func note(_ line: String) {
        guard self.log >= 0 else { return }
        let bytes = Array(line.utf8)
        _ = write(self.log, bytes, bytes.count)
    }
}

struct ScriptedFailure: FailureClassified {
    let failureClass: FailureClass
    var failureCode: String { "scripted" }
    var failureMessage: String { "the message asked for a \(self.failureClass.name) failure" }
}
