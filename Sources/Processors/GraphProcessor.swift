internal import Corpus
internal import CorpusPostgres
internal import EntityAnalysis
internal import Flotilla
public import FlotillaDaemon
internal import Glibc
internal import GraphStages

/// The daemon that takes what finished documents name into the graph.
public enum GraphProcessor {
    public static func daemon(_ context: DaemonContext) async throws -> Daemon {
        let tagger = try Self.tagger(context.configuration.settings[\.nameModel])
        return try await Processor.daemon(.graph, context: context, migrations: ProcessorSchema.migrations) { connections, observer in
            let kit = try ProcessorKit(.graph, connections, observer: observer, context: context)
            let relations = RelationExtractor()
            let pipeline = GraphPipeline.Configuration(
                source: kit.entitySource(tagger), relationEngine: RelationExtractor.engine,
                relations: { relations.relations(in: $0, mentions: $1, language: $2) })
            let store = PostgresGraphStore(pool: connections.postgres)
            return Processor.Parts(
                handler: kit.pipeline(
                    GraphPipeline.handlers(pipeline), projections: GraphProjections.all(store), inputs: GraphPipeline.inputs, chains: false),
                services: kit.platform.services + [Self.resolver(store, context: context)], cache: kit.platform)
        }
    }

    /// Resolves once a second what large jobs have gathered, which not every document of theirs does; whichever process comes first.
    private static func resolver(_ store: PostgresGraphStore, context: DaemonContext) -> any DaemonService {
        let logger = context.logger.labelled("graph")
        return ClosureService("resolver") {
            while !Task.isCancelled {
                do {
                    let scopes = try await store.refresh()
                    if scopes > 0 { logger.info("names resolved", ["scopes": scopes]) }
                } catch {
                    if !Task.isCancelled { logger.warning("cannot resolve names", ["error": Redactor.redact("\(error)")]) }
                }
                // Ends early when the task is cancelled, and the loop with it.
                try? await Task.sleep(for: .seconds(1))
            }
        }
    }

    /// The trained model, where one is configured.
    ///
    /// - Throws: ``UnusableNameModel`` before anything is claimed: the rules would silently find other names.
    private static func tagger(_ path: String?) throws -> NameTagger? {
        guard let path else { return nil }
        guard let file = fopen(path, "rbe") else { throw UnusableNameModel(path: path, reason: String(cString: strerror(errno))) }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 20)
        while true {
            let count = fread(&buffer, 1, buffer.count, file)
            if count == 0 { break }
            bytes.append(contentsOf: buffer[..<count])
        }
        do {
            return try NameTagger(serialized: bytes)
        } catch {
            throw UnusableNameModel(path: path, reason: "\(error)")
        }
    }
}

/// NAME_MODEL names no model.
struct UnusableNameModel: Error, CustomStringConvertible {
    let path: String
    let reason: String
    var description: String { "NAME_MODEL=\(self.path) cannot be used: \(self.reason)" }
}

extension ProcessorKit {
    /// What finds the entities of a text: the configured model, or the rules and lists.
    func entitySource(_ tagger: NameTagger?) -> EntitySource {
        if self.settings[\.entityEngine] == .chat, let chat = self.chat {
            return .chunks(ModelEntitySource(extractor: ModelEntityExtractor(chat: chat)))
        }
        let extractor = EntityExtractor(tagger: tagger)
        let engine = tagger.map { "\(EntityExtractor.engine), \($0.modelID)" } ?? EntityExtractor.engine
        return .document(engine: engine) { extractor.mentions(in: $0, language: $1) }
    }
}

/// A language model, asked for some chunks at once.
private struct ModelEntitySource: ChunkEntitySource {
    let extractor: ModelEntityExtractor
    var engine: String { self.extractor.engine }
    var concurrency: Int { 4 }

    func extract(_ text: String, language: String) async throws -> ChunkExtraction {
        let found = try await self.extractor.extract(text, language: language)
        return ChunkExtraction(mentions: found.mentions, relations: found.relations)
    }
}
