public import EntityAnalysis
public import Flotilla

/// The stages that take what a document names into the graph, in order.
///
/// A graph message speaks of a document that another pipeline has finished, by the same document UUID and processing version: the stages
/// read the outputs of `clean_text` and `chunk`.
public enum GraphPipeline {
    /// `extract_entities`, `resolve_entities`, `build_relationships`.
    public static let stages: [StageName] = ["extract_entities", "resolve_entities", "build_relationships"]

    /// Outputs of the pipeline that made the text.
    public static let inputs: Set<StageName> = ["clean_text", "chunk"]

    /// Finds what mentions of a text have to do with each other.
    public typealias FindRelations = @Sendable (_ text: String, _ mentions: [EntityMention], _ language: String) -> [ExtractedRelation]

    /// What the stages need from outside.
    public struct Configuration: Sendable {
        public var source: EntitySource
        public var relations: FindRelations
        /// Names what finds relations, in records.
        public var relationEngine: String
        public var limits = GraphLimits()

        /// Computed here, without any server.
        ///
        /// - Parameter tagger: trained on texts like those to come; nil takes rules and lists.
        public init(tagger: NameTagger? = nil) {
            let extractor = EntityExtractor(tagger: tagger)
            let relations = RelationExtractor()
            self.init(
                source: .document(engine: EntityExtractor.engine + (tagger.map { ", \($0.modelID)" } ?? "")) {
                    extractor.mentions(in: $0, language: $1)
                }, relationEngine: RelationExtractor.engine
            ) { relations.relations(in: $0, mentions: $1, language: $2) }
        }

        public init(source: EntitySource, relationEngine: String, relations: @escaping FindRelations) {
            self.source = source
            self.relationEngine = relationEngine
            self.relations = relations
        }
    }

    /// The handlers in order.
    public static func handlers(_ configuration: Configuration) -> [any StageHandler] {
        [
            ExtractEntitiesHandler(source: configuration.source, limits: configuration.limits),
            ResolveEntitiesHandler(limits: configuration.limits),
            BuildRelationshipsHandler(
                engine: configuration.relationEngine, relations: configuration.relations, limits: configuration.limits),
        ]
    }
}
