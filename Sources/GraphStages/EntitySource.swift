public import EntityAnalysis

/// Finds what a text names, one chunk at a time: for models that read no more at once.
///
/// What it finds in a chunk is kept until the stage ends, so that a retry asks only for the chunks that are missing.
public protocol ChunkEntitySource: Sendable {
    /// What computes, with its version and model: what one found is of no use to another.
    var engine: String { get }
    /// How many chunks may be asked for at the same time, at least 1.
    var concurrency: Int { get }
    /// What `text` names and says, with offsets into it. Mentions outside of the text, or that are not what the text has there, are dropped.
    ///
    /// - Parameter language: ISO 639-1, or `und`.
    /// - Throws: a `FailureClassified` error decides what becomes of the message.
    func extract(_ text: String, language: String) async throws -> ChunkExtraction
}

extension ChunkEntitySource {
    public var concurrency: Int { 1 }
}

/// What a text names, and what it says that these have to do with each other as far as that was found along with them.
public struct ChunkExtraction: Sendable, Hashable {
    public var mentions: [EntityMention]
    /// By indices of ``mentions``; kept beside those that the stage `build_relationships` finds itself.
    public var relations: [ExtractedRelation]

    public init(mentions: [EntityMention] = [], relations: [ExtractedRelation] = []) {
        self.mentions = mentions
        self.relations = relations
    }
}

/// What finds mentions.
public enum EntitySource: Sendable {
    /// Computed here, over the whole text at once, so that one place can tell what a name is at another.
    case document(engine: String, mentions: @Sendable (_ text: String, _ language: String) -> [EntityMention])
    /// Asked for each chunk.
    case chunks(any ChunkEntitySource)

    var engine: String {
        switch self {
        case .document(let engine, _): engine
        case .chunks(let source): source.engine
        }
    }
}
