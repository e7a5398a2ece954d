import CorpusPostgres
import DocumentFormats
import DocumentStages
import Flotilla
import FlotillaDaemon
import FlotillaPostgres
import FlotillaRedis
import HTTPClient
import ObjectStorage
import RemoteModels
import StageTools
import Subprocess
import TextAnalysis

/// Puts the document pipeline together from the settings.
enum DocumentAssembly {
    static let migrations = JobSchema.migrations + CorpusSchema.migrations

    /// The models that documents are embedded with: the configured server's, or the one fitted on the corpus.
    static func embedders(_ connections: Connections, context: DaemonContext) -> CorpusEmbedders {
        let settings = context.configuration.settings
        let remote = settings[\.embeddingsURL].map { url in
            RemoteEmbedder(
                .init(
                    baseURL: url, model: settings[\.embeddingsModel] ?? "text-embedding-3-small",
                    dimensions: settings[\.embeddingsDimensions], apiKey: settings[\.embeddingsAPIKey]),
                caller: HTTPCaller(concurrency: context.configuration.concurrency))
        }
        return CorpusEmbedders(pool: connections.postgres, fixed: remote)
    }

    static func handler(
        _ connections: Connections, embedders: CorpusEmbedders, observer: FleetObserver, context: DaemonContext
    ) async throws -> any JobHandler {
        let settings = context.configuration.settings
        let runner = ChildRunner(concurrency: context.configuration.concurrency, subreaper: true)
        let sandbox = Sandbox.probe(using: runner)
        context.logger.notice(
            "sandbox for tools", ["sandbox": sandbox.level.rawValue, "network_isolated": sandbox.networkIsolated, "reason": sandbox.reason])
        let work = settings[\.workDirectory]
        let swept = WorkDirectory.sweep(under: work)
        if swept > 0 { context.logger.notice("removed work directories of dead processes", ["count": swept]) }

        var pipeline = DocumentPipeline.Configuration(
            storage: StorageRouter(files: FileStorage(root: settings[\.storageRoot])), tools: ToolBox(runner: runner, sandbox: sandbox))
        pipeline.limits.fileBytes = settings[\.maxFileBytes]
        pipeline.limits.pages = settings[\.maxPages]
        pipeline.limits.pixels = settings[\.maxPagePixels]
        pipeline.ocrLanguages = settings[\.ocrLanguages].split(separator: "+").map { String($0) }
        pipeline.embedder = { try await embedders.embedder() }
        pipeline.embedderName = settings[\.embeddingsURL] == nil ? "corpus model" : settings[\.embeddingsModel] ?? "text-embedding-3-small"
        return PipelineHandler(
            stages: await DocumentPipeline.handlers(pipeline),
            store: PostgresStageStore(
                pool: connections.postgres,
                projections: CorpusProjections.all(CorpusStore(pool: connections.postgres, embedders: embedders))),
            lock: RedisLock(client: connections.redis, eventLoop: connections.loop),
            options: .init(
                lockLease: context.configuration.lease / 2,
                lockKey: { RedisKeys.lock($0, $1.rawValue, String($2)) },
                withWorkDirectory: { body in
                    do {
                        return try await WorkDirectory.with(under: work) { try await body($0.path) }
                    } catch let error as WorkDirectoryError {
                        throw UnusableWorkDirectory(description: error.description)
                    }
                }),
            observer: observer)
    }

    /// The model is fitted anew as the corpus grows, by whichever process finds it due.
    static func services(_ connections: Connections, embedders: CorpusEmbedders, context: DaemonContext) -> [any DaemonService] {
        guard !embedders.isFixed else { return [] }
        let refitter = EmbeddingRefitter(pool: connections.postgres, embedders: embedders)
        let logger = context.logger.labelled("embeddings")
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
