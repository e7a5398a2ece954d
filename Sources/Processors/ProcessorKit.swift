internal import CorpusPostgres
internal import DocumentFormats
internal import Flotilla
internal import FlotillaCachePostgres
internal import FlotillaDaemon
internal import FlotillaPostgres
internal import FlotillaRedis
internal import HTTPClient
internal import ObjectStorage
internal import RemoteModels
internal import StageTools
internal import Subprocess
internal import TextAnalysis
internal import TextStages

/// What every processor is put together from: tools in the sandbox, storage, models, and the stores behind the pipeline.
struct ProcessorKit {
    let kind: QueueKind
    let context: DaemonContext
    let connections: Connections
    let observer: FleetObserver
    let tools: ToolBox
    let storage: any ObjectStorage
    let embedders: CorpusEmbedders
    let corpus: CorpusStore
    /// What stages made before, and where their state is shown.
    let platform: CachePlatform
    /// For servers with models.
    let caller: HTTPCaller

    var settings: Settings { self.context.configuration.settings }

    /// Probes what the sandbox can do here, and removes what dead processes left in the work directory.
    ///
    /// - Throws: `SettingMistakes` when the cache's address cannot be read.
    init(_ kind: QueueKind, _ connections: Connections, observer: FleetObserver, context: DaemonContext) throws {
        let concurrency = context.configuration.concurrency
        let settings = context.configuration.settings
        let runner = ChildRunner(concurrency: concurrency, subreaper: true)
        let sandbox = Sandbox.probe(using: runner)
        context.logger.notice(
            "sandbox for tools", ["sandbox": sandbox.level.rawValue, "network_isolated": sandbox.networkIsolated, "reason": sandbox.reason])
        let swept = WorkDirectory.sweep(under: settings[\.workDirectory])
        if swept > 0 { context.logger.notice("removed work directories of dead processes", ["count": swept]) }

        self.platform = try CachePlatform(connections, logger: context.logger.labelled("cache"), metrics: context.metrics)
        self.kind = kind
        self.context = context
        self.connections = connections
        self.observer = observer
        self.tools = ToolBox(runner: runner, sandbox: sandbox, slots: concurrency)
        self.storage = StorageRouter(files: FileStorage(root: settings[\.storageRoot]))
        self.caller = HTTPCaller(concurrency: concurrency)
        self.embedders = CorpusEmbedders(pool: connections.postgres, fixed: Self.remoteEmbedder(settings, self.caller))
        self.corpus = CorpusStore(pool: connections.postgres, embedders: self.embedders)
    }

    private static func remoteEmbedder(_ settings: Settings, _ caller: HTTPCaller) -> RemoteEmbedder? {
        settings[\.embeddingsURL].map { url in
            RemoteEmbedder(
                .init(
                    baseURL: url, model: settings[\.embeddingsModel] ?? "text-embedding-3-small",
                    dimensions: settings[\.embeddingsDimensions], apiKey: settings[\.embeddingsAPIKey]), caller: caller)
        }
    }

    /// What the stage `index` embeds with.
    var embedder: EmbedderChoice {
        let remote = Self.remoteEmbedder(self.settings, self.caller)
        return EmbedderChoice(name: remote?.engine ?? "corpus model", isRemote: remote != nil) { try await self.embedders.embedder() }
    }

    /// The message handler of a queue.
    ///
    /// - Parameters:
    ///   - inputs: stages of other pipelines whose outputs these read.
    ///   - chains: whether a finished document goes on to the graph.
    func pipeline(
        _ stages: [any StageHandler], projections: [StageName: PostgresStageStore.Projection], inputs: Set<StageName> = [],
        clearing: PostgresStageStore.Clearing? = nil,
        chains: Bool
    ) -> PipelineHandler {
        let work = self.settings[\.workDirectory]
        let graph = chains && self.settings[\.graphChaining] ? GraphMessage(queue: self.context.configuration.queue(.graph)) : nil
        return PipelineHandler(
            stages: stages,
            store: PostgresStageStore(
                pool: self.connections.postgres, projections: Self.telling(projections), order: stages.map(\.stage), clearing: clearing,
                cache: self.platform.stages),
            lock: RedisLock(client: self.connections.redis(of: self.kind), eventLoop: self.connections.loop),
            options: .init(
                lockLease: self.context.configuration.lease / 2,
                lockKey: { RedisKeys.lock($0, $1.rawValue, String($2)) },
                withWorkDirectory: { body in
                    do {
                        return try await WorkDirectory.with(under: work) { try await body($0.path) }
                    } catch let error as WorkDirectoryError {
                        throw UnusableWorkDirectory(description: error.description)
                    }
                },
                inputs: inputs, cache: self.platform.stages,
                cacheLockKey: { RedisKeys.lock("work", $0.tenant ?? "", $0.digest) }, mirror: self.platform.stageStates,
                followUps: { job in graph.map { [$0.message(after: job)] } ?? [] }),
            observer: self.observer)
    }

    /// What is shown of a document changes with these stages: the cache is told in the transaction that completes them.
    private static func telling(_ projections: [StageName: PostgresStageStore.Projection]) -> [StageName: PostgresStageStore.Projection] {
        var projections = projections
        for stage: StageName in ["index", "translate"] {
            guard let projection = projections[stage] else { continue }
            projections[stage] = { transaction, work, output in
                try await projection(transaction, work, output)
                let event = CacheEvent.documentProcessed(
                    work.identity.documentUUID, job: work.envelope.jobID, tenant: work.envelope.tenantID)
                try await CacheEvents.record(event, in: transaction)
            }
        }
        return projections
    }

    /// The model of the corpus is fitted anew as the corpus grows, by whichever process finds it due.
    var services: [any DaemonService] {
        guard !self.embedders.isFixed else { return self.platform.services }
        let refitter = EmbeddingRefitter(pool: self.connections.postgres, embedders: self.embedders)
        let logger = self.context.logger.labelled("embeddings")
        return self.platform.services + [
            ClosureService("embedding refitter") {
                await refitter.run(every: .seconds(5)) { result in
                    switch result {
                    case .success(let outcome) where outcome.didNothing: break
                    case .success(let outcome):
                        logger.info(
                            "model of the corpus fitted",
                            ["model": outcome.fittedModel, "fitted_on": outcome.fittedOn, "embedded": outcome.embedded])
                    case .failure(let error): logger.warning("cannot fit the model of the corpus", ["error": Redactor.redact("\(error)")])
                    }
                }
            }
        ]
    }
}

/// No work directory could be made: the machine's fault, not the message's.
struct UnusableWorkDirectory: FailureClassified {
    let description: String
    var failureClass: FailureClass { .infrastructure }
    var failureCode: String { "work_directory" }
    var failureMessage: String { "\(self.description); see WORK_DIRECTORY" }
}
