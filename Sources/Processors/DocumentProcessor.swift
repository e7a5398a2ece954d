internal import CorpusPostgres
internal import DocumentFormats
internal import DocumentStages
public import FlotillaDaemon

/// The daemon that reads documents.
public enum DocumentProcessor {
    public static func daemon(_ context: DaemonContext) async throws -> Daemon {
        try await Processor.daemon(.document, context: context, migrations: ProcessorSchema.migrations) { connections, observer in
            let kit = try ProcessorKit(.document, connections, observer: observer, context: context)
            let settings = kit.settings
            var pipeline = DocumentPipeline.Configuration(storage: kit.storage, tools: kit.tools)
            pipeline.limits.fileBytes = settings[\.maxFileBytes]
            pipeline.limits.pages = settings[\.maxPages]
            pipeline.limits.pixels = settings[\.maxPagePixels]
            pipeline.ocrLanguages = settings[\.ocrLanguages].split(separator: "+").map { String($0) }
            pipeline.embedder = kit.embedder
            return Processor.Parts(
                handler: kit.pipeline(
                    await DocumentPipeline.handlers(pipeline) + kit.translation(.document),
                    projections: CorpusProjections.documents(kit.corpus),
                    clearing: CorpusProjections.clearing(kit.corpus), chains: true),
                services: kit.services, cache: kit.platform)
        }
    }
}
