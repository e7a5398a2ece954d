internal import CorpusPostgres
internal import DocumentFormats
internal import Flotilla
internal import FlotillaDaemon
internal import FlotillaPostgres
internal import FlotillaRedis
internal import HTTPClient
internal import ObjectStorage
internal import RemoteModels
internal import StageTools
internal import Subprocess
internal import TextAnalysis

/// What every processor is put together from: tools in the sandbox, storage, models, and the stores behind the pipeline.
struct ProcessorKit {
    let context: DaemonContext
    let connections: Connections
    let observer: FleetObserver
    let tools: ToolBox
    let storage: any ObjectStorage
    let embedders: CorpusEmbedders
    let corpus: CorpusStore
    /// What stages made before; nil for none.
    var cache: (any StageCache)?
    /// Where the stages' state is shown; nil for nowhere.
    var mirror: (any StageStateMirror)?
    /// For servers with models.
    let caller: HTTPCaller

    var settings: Settings { self.context.configuration.settings }

    /// Probes what the sandbox can do here, and removes what dead processes left in the work directory.
    init(_ connections: Connections, observer: FleetObserver, context: DaemonContext) {
        let concurrency = context.configuration.concurrency
        let settings = context.configuration.settings
        let runner = ChildRunner(concurrency: concurrency, subreaper: true)
        let sandbox = Sandbox.probe(using: runner)
        context.logger.notice(
            "sandbox for tools", ["sandbox": sandbox.level.rawValue, "network_isolated": sandbox.networkIsolated, "reason": sandbox.reason])
        let swept = WorkDirectory.sweep(under: settings[\.workDirectory])
        if swept > 0 { context.logger.notice("removed work directories of dead processes", ["count": swept]) }

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

    /// What the stage `index` says that it embeds with; the model fitted on the corpus changes as the corpus grows.
    var embedderName: String {
        Self.remoteEmbedder(self.settings, self.caller)?.engine ?? "corpus model"
    }

    var isEmbedderRemote: Bool { self.settings[\.embeddingsURL] != nil }

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
                pool: self.connections.postgres, projections: projections, order: stages.map(\.stage), clearing: clearing, cache: self.cache
            ),
            lock: RedisLock(client: self.connections.redis, eventLoop: self.connections.loop),
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
                inputs: inputs, cache: self.cache,
                cacheLockKey: { RedisKeys.lock("work", $0.tenant ?? "", $0.digest) }, mirror: self.mirror,
                followUps: { job in graph.map { [$0.message(after: job)] } ?? [] }),
            observer: self.observer)
    }

    /// The model of the corpus is fitted anew as the corpus grows, by whichever process finds it due.
    var services: [any DaemonService] {
        guard !self.embedders.isFixed else { return [] }
        let refitter = EmbeddingRefitter(pool: self.connections.postgres, embedders: self.embedders)
        let logger = self.context.logger.labelled("embeddings")
        return [
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
