internal import Corpus
internal import EntityAnalysis
public import Flotilla
internal import StageTools

/// Finds what the document says that its mentions have to do with each other.
public struct BuildRelationshipsHandler: CacheableStage {
    public let stage: StageName = "build_relationships"
    public let engine: String
    private let relations: GraphPipeline.FindRelations
    private let limits: GraphLimits

    init(engine: String, relations: @escaping GraphPipeline.FindRelations, limits: GraphLimits) {
        self.engine = engine
        self.relations = relations
        self.limits = limits
    }

    public func cacheInputs(_ context: StageContext) async throws -> StageInputs? {
        StageInputs(outputs: ["clean_text", "chunk", "extract_entities"], parameters: ["limits": self.limits.text])
    }

    public func run(_ context: StageContext) async throws -> StageOutput {
        let document = try GraphInput(context)
        let extracted = try DocumentMentions(stage: "extract_entities", in: context)
        let stored = extracted.mentions
        // The places in the stored list of those whose type this version knows.
        let known = stored.indices.filter { EntityType(rawValue: stored[$0].type) != nil }
        let mentions = known.compactMap { EntityMention(stored[$0]) }
        let places = TextPlaces(document.cleaned, chunks: document.chunks)
        var found = extracted.statements
        for window in TextWindows.cut(document.text, limit: self.limits.windowBytes) {
            try Task.checkCancellation()
            let inside = mentions.indices.filter {
                window.contains(mentions[$0].bytes.lowerBound) && mentions[$0].bytes.upperBound <= window.upperBound
            }
            let moved = inside.map { index in
                var mention = mentions[index]
                mention.bytes = mention.bytes.lowerBound - window.lowerBound..<mention.bytes.upperBound - window.lowerBound
                return mention
            }
            let text = String(decoding: document.text[window], as: UTF8.self)
            for relation in self.relations(text, moved, document.cleaned.language) {
                guard moved.indices.contains(relation.source), moved.indices.contains(relation.target), relation.source != relation.target
                else { continue }
                let bytes = relation.bytes.lowerBound + window.lowerBound..<relation.bytes.upperBound + window.lowerBound
                found.append(
                    DocumentRelations.Relation(
                        relation, source: known[inside[relation.source]], target: known[inside[relation.target]], bytes: bytes,
                        places: places))
            }
            context.progress(window.upperBound, document.text.count)
        }
        found = Self.distinct(found)
        let kept = Self.bounded(found, limit: self.limits.relations)
        return StageOutput(
            body: DocumentRelations(relations: kept, found: found.count).bytes,
            metrics: [
                "relations": Double(kept.count), "found": Double(found.count),
                "typed": Double(kept.count { $0.predicate != RelationPredicate.coOccurs.rawValue }),
            ], isPartial: found.count > kept.count)
    }

    private struct Key: Hashable {
        let predicate: String
        let source: Int
        let target: Int
    }

    /// Each predicate between two mentions once, as whoever was more confident of it found it; in the order of the text.
    private static func distinct(_ relations: [DocumentRelations.Relation]) -> [DocumentRelations.Relation] {
        var best: [Key: DocumentRelations.Relation] = [:]
        for relation in relations {
            let ends = (relation.source, relation.target)
            let (source, target) = relation.isSymmetric && ends.0 > ends.1 ? (ends.1, ends.0) : ends
            let key = Key(predicate: relation.predicate, source: source, target: target)
            if let known = best[key], known.confidence >= relation.confidence { continue }
            best[key] = relation
        }
        return best.values.sorted { left, right in
            if left.bytes.lowerBound != right.bytes.lowerBound { return left.bytes.lowerBound < right.bytes.lowerBound }
            return (left.source, left.target, left.predicate) < (right.source, right.target, right.predicate)
        }
    }

    /// What says more goes before what only stands near.
    private static func bounded(_ relations: [DocumentRelations.Relation], limit: Int) -> [DocumentRelations.Relation] {
        guard relations.count > limit else { return relations }
        let weak = RelationPredicate.coOccurs.rawValue
        let typed = relations.indices.filter { relations[$0].predicate != weak }.prefix(limit)
        let rest = relations.indices.filter { relations[$0].predicate == weak }.prefix(limit - typed.count)
        return (typed + rest).sorted().map { relations[$0] }
    }
}
