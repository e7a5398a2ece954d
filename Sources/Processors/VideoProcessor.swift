internal import AudioStages
internal import CorpusPostgres
public import FlotillaDaemon
internal import VideoStages

/// The daemon that watches and listens to videos.
public enum VideoProcessor {
    public static func daemon(_ context: DaemonContext) async throws -> Daemon {
        try await Processor.daemon(.video, context: context, migrations: ProcessorSchema.migrations) { connections, observer in
            let kit = try ProcessorKit(.video, connections, observer: observer, context: context)
            var pipeline = VideoPipeline.Configuration(storage: kit.storage, tools: kit.tools, recognizer: kit.recognizer)
            pipeline.limits = kit.mediaLimits
            pipeline.defaultLanguage = kit.settings[\.speechLanguage]
            pipeline.ocrLanguages = kit.settings[\.ocrLanguages].split(separator: "+").map { String($0) }
            pipeline.embedder = kit.embedder
            return Processor.Parts(
                handler: kit.pipeline(
                    await VideoPipeline.handlers(pipeline) + kit.translation(.video), projections: CorpusProjections.recordings(kit.corpus),
                    clearing: CorpusProjections.clearing(kit.corpus), chains: true),
                services: kit.services, cache: kit.platform)
        }
    }
}
