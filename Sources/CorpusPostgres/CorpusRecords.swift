public import Corpus
public import PostgresClient

/// A document's row.
public struct DocumentRecord: Sendable, Hashable {
    public var uuid: String
    public var tenantID: String?
    public var jobID: String?
    public var filename: String?
    public var uri: String?
    public var contentSHA256: String?
    public var mimeType: String?
    public var bytes: Int?
    public var pageCount: Int?
    /// ISO 639-1 or "und"; nil before the text was cleaned.
    public var language: String?
    public var category: String?
    public var title: String?
    public var summary: String?
    /// Of recordings, in milliseconds.
    public var durationMs: Int?
    public var version: Int
    public var chunkCount: Int
    public var createdAt: PostgresTimestamp
    public var updatedAt: PostgresTimestamp
}

/// Facts that a stage found out. Nil leaves what is stored.
public struct DocumentFacts: Sendable, Hashable {
    public var tenantID: String?
    public var jobID: String?
    public var filename: String?
    public var uri: String?
    public var contentSHA256: String?
    public var mimeType: String?
    public var bytes: Int?
    public var pageCount: Int?
    public var language: String?
    public var category: String?
    public var title: String?
    public var summary: String?
    public var durationMs: Int?

    public init() {}
}

/// What to look for, and where.
public struct SearchRequest: Sendable, Hashable {
    /// As typed: words, "phrases", -excluded words.
    public var text: String
    /// Only this tenant's documents.
    public var tenantID: String?
    /// Only this job's documents.
    public var jobID: String?
    /// Hits at most, 1 to 200.
    public var limit: Int
    /// Chunks of one document among the hits at most.
    public var chunksPerDocument: Int

    public init(_ text: String, tenantID: String? = nil, jobID: String? = nil, limit: Int = 10, chunksPerDocument: Int = 1) {
        self.text = text
        self.tenantID = tenantID
        self.jobID = jobID
        self.limit = min(200, max(1, limit))
        self.chunksPerDocument = max(1, chunksPerDocument)
    }
}

/// A chunk that answers a search.
public struct SearchHit: Sendable, Hashable {
    public var documentUUID: String
    public var tenantID: String?
    public var jobID: String?
    public var filename: String?
    public var uri: String?
    public var title: String?
    public var chunkIndex: Int
    /// The page to cite: on which the snippet's best match stands.
    public var page: Int
    /// Pages that the chunk touches.
    public var firstPage: Int
    public var lastPage: Int
    /// Of recordings: when the chunk was said or seen.
    public var time: TimeRange?
    public var headingPath: [String]
    /// An extract of one line.
    public var snippet: String
    /// The query's words in ``snippet``: half-open ranges of its UTF-8 bytes.
    public var highlights: [Range<Int>]
    /// 0 to 1; comparable within one search.
    public var score: Double
    /// Cosine of query and chunk; nil where the chunk has no vector of the model in force yet.
    public var similarity: Double?
    /// Whether a word of the query occurs in the chunk.
    public var matchesWords: Bool
}
