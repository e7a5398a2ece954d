internal import Corpus
internal import EntityAnalysis
public import Flotilla
internal import JSONText
internal import StageTools

/// Finds the people, organisations, places, dates, amounts and addresses that a document names.
public struct ExtractEntitiesHandler: StageHandler {
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
        let kept = found.prefix(self.limits.mentions)
        let places = TextPlaces(document.cleaned, chunks: document.chunks)
        let mentions = kept.map { mention in
            DocumentMentions.Mention(
                type: mention.type.rawValue, text: BoundedName.shown(mention.text, limit: self.limits.nameBytes),
                normal: BoundedName.key(mention.normal, limit: self.limits.nameBytes), bytes: mention.bytes,
                chunk: places.chunk(of: mention.bytes), page: places.page(of: mention.bytes), time: places.time(of: mention.bytes),
                confidence: min(1, max(0, mention.confidence)))
        }
        let result = DocumentMentions(mentions: mentions, found: found.count)
        return StageOutput(
            body: result.bytes, metrics: ["mentions": Double(mentions.count), "found": Double(found.count)],
            isPartial: found.count > kept.count)
    }

    /// In the order of the text, each place once.
    private func find(in document: GraphInput, _ context: StageContext) async throws -> [EntityMention] {
        let language = document.cleaned.language
        var mentions: [EntityMention] = []
        switch self.source {
        case .document(_, let find):
            for window in TextWindows.cut(document.text, limit: self.limits.windowBytes) {
                try Task.checkCancellation()
                let text = String(decoding: document.text[window], as: UTF8.self)
                mentions += Self.checked(find(text, language), in: document.text, at: window)
                context.progress(window.upperBound, document.text.count)
            }
        case .chunks(let source):
            mentions = try await ChunkedExtraction(source: source, language: language).run(document, context)
        }
        mentions.sort { left, right in
            if left.bytes.lowerBound != right.bytes.lowerBound { return left.bytes.lowerBound < right.bytes.lowerBound }
            return left.bytes.upperBound != right.bytes.upperBound ? left.bytes.upperBound > right.bytes.upperBound : left.type < right.type
        }
        var seen: Set<Place> = []
        return mentions.filter { seen.insert(Place(type: $0.type, bytes: $0.bytes)).inserted }
    }

    private struct Place: Hashable {
        let type: EntityType
        let bytes: Range<Int>
    }

    /// The mentions moved to where `window` lies in the text, without those that name nothing or are not what the text has there.
    static func checked(_ mentions: [EntityMention], in text: [UInt8], at window: Range<Int>) -> [EntityMention] {
        mentions.compactMap { mention in
            var moved = mention
            guard mention.bytes.lowerBound >= 0, mention.bytes.upperBound <= window.count, !mention.bytes.isEmpty else { return nil }
            moved.bytes = mention.bytes.lowerBound + window.lowerBound..<mention.bytes.upperBound + window.lowerBound
            guard !mention.normal.isEmpty, text[moved.bytes].elementsEqual(mention.text.utf8) else { return nil }
            return moved
        }
    }
}
