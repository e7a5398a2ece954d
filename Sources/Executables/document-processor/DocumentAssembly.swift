import Corpus
import DocumentFormats
import DocumentStages
import Flotilla
import FlotillaDaemon
import FlotillaPostgres
import FlotillaRedis
import HTTPClient
import ObjectStorage
import Subprocess
import TextAnalysis

/// Puts the document pipeline together from the settings.
enum DocumentAssembly {
    static let migrations = JobSchema.migrations

    static func handler(
        _ connections: Connections, observer: FleetObserver, context: DaemonContext
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
        if let url = settings[\.embeddingsURL] {
            let remote = RemoteEmbedder(
                .init(
                    baseURL: url, model: settings[\.embeddingsModel] ?? "text-embedding-3-small",
                    dimensions: settings[\.embeddingsDimensions], apiKey: settings[\.embeddingsAPIKey]),
                caller: HTTPCaller(concurrency: context.configuration.concurrency))
            pipeline.embedder = { remote }
            pipeline.embedderName = remote.modelID
        }
        return PipelineHandler(
            stages: await DocumentPipeline.handlers(pipeline),
            store: PostgresStageStore(pool: connections.postgres),
            lock: RedisLock(client: connections.redis, eventLoop: connections.loop),
            options: .init(
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

    static func services(_ connections: Connections, context: DaemonContext) -> [any DaemonService] { [] }
}

/// No work directory could be made: the machine's fault, not the message's.
struct UnusableWorkDirectory: FailureClassified {
    let description: String
    var failureClass: FailureClass { .infrastructure }
    var failureCode: String { "work_directory" }
    var failureMessage: String { "\(self.description); see WORK_DIRECTORY" }
}
