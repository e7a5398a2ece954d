import Corpus
import CorpusPostgres
import Flotilla
import JSONText
import PostgresClient

extension DocumentRecord {
    var json: JSONValue {
        let texts: [(String, String?)] = [
            ("document_uuid", self.uuid), ("tenant_id", self.tenantID), ("job_id", self.jobID), ("filename", self.filename),
            ("uri", self.uri),
            ("content_sha256", self.contentSHA256), ("mime_type", self.mimeType), ("language", self.language), ("category", self.category),
            ("title", self.title), ("summary", self.summary),
        ]
        let members: [JSONValue.Member] =
            texts.map { .init($0.0, .optional($0.1)) } + [
                .init("bytes", .optional(self.bytes)), .init("pages", .optional(self.pageCount)),
                .init("duration_ms", .optional(self.durationMs)),
                .init("processing_version", .count(self.version)), .init("chunks", .count(self.chunkCount)),
                .init("created_at", .string(Timestamp.text(self.createdAt.microseconds))),
                .init("updated_at", .string(Timestamp.text(self.updatedAt.microseconds))),
            ]
        return .object(members)
    }
}

extension DocumentChunk {
    /// What people and programs see of it.
    var shown: JSONValue {
        [
            "index": .count(self.index), "first_page": .count(self.firstPage), "last_page": .count(self.lastPage),
            "page": .count(self.firstPage), "heading_path": .array(self.headingPath.map { .string($0) }),
            "first_byte": .count(self.bytes.lowerBound), "end_byte": .count(self.bytes.upperBound), "tokens": .count(self.tokenEstimate),
            "start_ms": .optional(self.time?.start),
            "end_ms": .optional(self.time?.end), "text": .string(self.text),
        ]
    }

    /// Where it stands, for people: pages, or the time in a recording.
    var place: String { self.time.map { Moment.text($0) } ?? pages(self.firstPage, self.lastPage) }
}

/// `page 3` or `pages 3-5`.
func pages(_ first: Int, _ last: Int) -> String { first == last ? "page \(first)" : "pages \(first)-\(last)" }
