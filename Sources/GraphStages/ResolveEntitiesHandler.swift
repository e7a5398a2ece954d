internal import Corpus
internal import EntityAnalysis
public import Flotilla
internal import StageTools

/// Gathers the document's names, each with what is named near it. Which names mean the same thing is decided over all documents of the
/// job, where the output is stored.
public struct ResolveEntitiesHandler: CacheableStage {
    public let stage: StageName = "resolve_entities"
    public let engine = "flotilla-graph 1"
    private let limits: GraphLimits
    /// UTF-8 bytes within which two names are near each other: about two sentences.
    private static let distance = 240

    init(limits: GraphLimits) { self.limits = limits }

    public func cacheInputs(_ context: StageContext) async throws -> StageInputs? {
        StageInputs(outputs: ["extract_entities"], parameters: ["limits": self.limits.text])
    }

    public func run(_ context: StageContext) async throws -> StageOutput {
        let mentions = try DocumentMentions(stage: "extract_entities", in: context).mentions
        let names = Self.names(of: mentions, contextNames: self.limits.contextNames)
        return StageOutput(body: DocumentNames(names: names).bytes, metrics: ["names": Double(names.count)])
    }

    private struct Key: Hashable {
        let type: String
        let name: String
    }

    static func names(of mentions: [DocumentMentions.Mention], contextNames: Int) -> [DocumentNames.Name] {
        var counts: [Key: Int] = [:]
        var near: [Key: [String: Int]] = [:]
        let isNamed = mentions.map { EntityType(rawValue: $0.type)?.isNamed ?? false }
        for (index, mention) in mentions.enumerated() {
            let key = Key(type: mention.type, name: mention.normal)
            counts[key, default: 0] += 1
            guard isNamed[index] else { continue }
            // What follows; each pair is counted for both.
            var next = index + 1
            while next < mentions.count, mentions[next].bytes.lowerBound - mention.bytes.upperBound <= Self.distance, next - index <= 16 {
                defer { next += 1 }
                let other = mentions[next]
                guard isNamed[next], other.normal != mention.normal else { continue }
                near[key, default: [:]][other.normal, default: 0] += 1
                near[Key(type: other.type, name: other.normal), default: [:]][mention.normal, default: 0] += 1
            }
        }
        return counts.map { key, count in
            let others = (near[key] ?? [:]).sorted { $0.value != $1.value ? $0.value > $1.value : Self.precedes($0.key, $1.key) }
            let context = others.prefix(contextNames).map(\.key).sorted(by: Self.precedes)
            return DocumentNames.Name(type: key.type, name: key.name, count: count, context: context)
        }.sorted { $0.type != $1.type ? Self.precedes($0.type, $1.type) : Self.precedes($0.name, $1.name) }
    }

    /// By bytes, the same on every machine.
    private static func precedes(_ left: String, _ right: String) -> Bool { left.utf8.lexicographicallyPrecedes(right.utf8) }
}
