internal import CorpusPostgres
internal import Flotilla
internal import FlotillaCachePostgres
internal import FlotillaDaemon
internal import FlotillaPostgres
internal import FlotillaRedis
internal import FlotillaTesting
internal import Glibc

/// What a database of the self-test is migrated to, and what its daemons ask for: all that the fleet has.
let fleetMigrations = JobSchema.migrations + CorpusSchema.migrations + CacheSchema.migrations

/// The worker of the self-test: a processor of documents, or of the kind that `SELFTEST_QUEUE` names, in everything but its handler, which does what
/// the messages say.
public enum SelfTestWorker {
    /// Runs until the process ends; call it from a synchronous `main`, which must not have started any thread. Reads its configuration from
    /// the environment, as every daemon does.
    public static func run() -> Never {
        let kind = getenv("SELFTEST_QUEUE").flatMap { QueueKind(rawValue: String(cString: $0)) } ?? .document
        DaemonMain.run(role: Self.role(of: kind), arguments: []) { context in
            try await Processor.daemon(
                kind, context: context, migrations: fleetMigrations,
                build: { connections, _ in
                    let store = PostgresStageStore(pool: connections.postgres)
                    let pipeline = PipelineHandler(
                        stages: [EchoStage(stage: "first"), EchoStage(stage: "second")], store: store,
                        lock: RedisLock(client: connections.redis(of: kind), eventLoop: connections.loop),
                        options: .init(
                            lockLease: context.configuration.lease, lockWait: .milliseconds(500),
                            lockKey: { RedisKeys.lock($0, $1.rawValue, String($2)) }, withWorkDirectory: { try await $0("/tmp") },
                            cache: InMemoryStageCache(), cacheLockKey: { RedisKeys.lock("work", $0.tenant ?? "", $0.digest) }))
                    return Processor.Parts(handler: ScriptedHandler(pipeline: pipeline, store: store))
                })
        }
    }

    private static func role(of kind: QueueKind) -> DaemonRole {
        switch kind {
        case .document: .documentProcessor
        case .audio: .audioProcessor
        case .video: .videoProcessor
        case .graph: .graphProcessor
        }
    }
}
