internal import Corpus
internal import EntityAnalysis
public import Flotilla
internal import JSONText
internal import StageTools

/// Finds the people, organisations, places, dates, amounts and addresses that a document names.
public struct ExtractEntitiesHandler: CacheableStage {
    public let stage: StageName = "extract_entities"
    public var engine: String { self.source.engine }
    private let source: EntitySource
    private let limits: GraphLimits

    init(source: EntitySource, limits: GraphLimits) {
        self.source = source
        self.limits = limits
    }

    public func run(_ context: StageContext) async throws -> StageOutput {
        let document = try GraphInput(context)
        let found = try await self.find(in: document, context)
        let order = Self.order(found.mentions)
        let kept = order.first.prefix(self.limits.mentions).map { found.mentions[$0] }
        let places = TextPlaces(document.cleaned, chunks: document.chunks)
        let mentions = kept.map { mention in
            DocumentMentions.Mention(
                type: mention.type.rawValue, text: BoundedName.shown(mention.text, limit: self.limits.nameBytes),
                normal: BoundedName.key(mention.normal, limit: self.limits.nameBytes), bytes: mention.bytes,
                chunk: places.chunk(of: mention.bytes), page: places.page(of: mention.bytes), time: places.time(of: mention.bytes),
                confidence: min(1, max(0, mention.confidence)))
        }
        let statements = found.relations.compactMap { relation -> DocumentRelations.Relation? in
            let (source, target) = (order.place[relation.source], order.place[relation.target])
            guard source != target, source < kept.count, target < kept.count else { return nil }
            return DocumentRelations.Relation(relation, source: source, target: target, bytes: relation.bytes, places: places)
        }
        let result = DocumentMentions(
            mentions: mentions, found: order.first.count, statements: Array(statements.prefix(self.limits.relations)))
        return StageOutput(
            body: result.bytes, metrics: ["mentions": Double(mentions.count), "found": Double(order.first.count)],
            isPartial: order.first.count > kept.count)
    }

    /// A model behind a server is slow; rules and lists are not.
    public var isExpensive: Bool { if case .chunks = self.source { true } else { false } }

    public func cacheInputs(_ context: StageContext) async throws -> StageInputs? {
        StageInputs(outputs: ["clean_text", "chunk"], parameters: ["limits": self.limits.text], piecesStandAlone: true)
    }

    private func find(in document: GraphInput, _ context: StageContext) async throws -> ChunkExtraction {
        let language = document.cleaned.language
        switch self.source {
        case .document(_, let find):
            var findings = ChunkExtraction()
            for window in TextWindows.cut(document.text, limit: self.limits.windowBytes) {
                try Task.checkCancellation()
                let text = String(decoding: document.text[window], as: UTF8.self)
                findings.add(ChunkExtraction(mentions: find(text, language)), in: document.text, at: window)
                context.progress(window.upperBound, document.text.count)
            }
            return findings
        case .chunks(let source): return try await ChunkedExtraction(source: source, language: language).run(document, context)
        }
    }

    private struct Place: Hashable {
        let type: EntityType
        let bytes: Range<Int>
    }

    /// The mentions in the order of the text, each place once: chunks overlap.
    ///
    /// - Returns: the index of each that stays, and for every mention the place in that list of it or of its equal.
    private static func order(_ mentions: [EntityMention]) -> (first: [Int], place: [Int]) {
        let sorted = mentions.indices.sorted { left, right in
            let (one, other) = (mentions[left], mentions[right])
            if one.bytes.lowerBound != other.bytes.lowerBound { return one.bytes.lowerBound < other.bytes.lowerBound }
            if one.bytes.upperBound != other.bytes.upperBound { return one.bytes.upperBound > other.bytes.upperBound }
            return one.type != other.type ? one.type < other.type : left < right
        }
        var first: [Int] = []
        var place = Array(repeating: 0, count: mentions.count)
        var seen: [Place: Int] = [:]
        for index in sorted {
            let key = Place(type: mentions[index].type, bytes: mentions[index].bytes)
            if let known = seen[key] {
                place[index] = known
            } else {
                seen[key] = first.count
                place[index] = first.count
                first.append(index)
            }
        }
        return (first, place)
    }
}

extension DocumentRelations.Relation {
    /// A statement of a text, with where it stands.
    init(_ relation: ExtractedRelation, source: Int, target: Int, bytes: Range<Int>, places: TextPlaces) {
        self.init(
            predicate: relation.predicate.rawValue, isSymmetric: relation.predicate.isSymmetric, source: source, target: target,
            bytes: bytes, chunk: places.chunk(of: bytes), page: places.page(of: bytes), time: places.time(of: bytes),
            rule: relation.rule, confidence: min(1, max(0, relation.confidence)))
    }
}
