internal import AudioStages
internal import CorpusPostgres
public import FlotillaDaemon

/// The daemon that listens to recordings.
public enum AudioProcessor {
    public static func daemon(_ context: DaemonContext) async throws -> Daemon {
        try await Processor.daemon(.audio, context: context, migrations: ProcessorSchema.migrations) { connections, observer in
            let kit = try ProcessorKit(.audio, connections, observer: observer, context: context)
            var pipeline = AudioPipeline.Configuration(storage: kit.storage, tools: kit.tools, recognizer: kit.recognizer)
            pipeline.limits = kit.mediaLimits
            pipeline.defaultLanguage = kit.settings[\.speechLanguage]
            pipeline.embedder = kit.embedder
            return Processor.Parts(
                handler: kit.pipeline(
                    await AudioPipeline.handlers(pipeline) + kit.translation(.audio), projections: CorpusProjections.recordings(kit.corpus),
                    clearing: CorpusProjections.clearing(kit.corpus), chains: true),
                services: kit.services, cache: kit.platform)
        }
    }
}
