import Corpus
import CorpusPostgres
import Flotilla
import FlotillaPostgres
import JSONText
import PostgresClient

struct DocumentList: Verb {
    static let spec = CommandSpec(
        path: ["document", "list"], summary: "Shows documents whose text is known, newest first",
        options: [
            .value("job", "ID", "only of this job"), .value("tenant", "ID", "only of this tenant"), .limit,
            .value("offset", "N", "leave out so many first"),
        ], examples: ["document list --job invoices-7", "document list --limit 500 --json"])

    private let arguments: Arguments
    private let limit: Int
    private let offset: Int

    init(_ arguments: Arguments) throws(CommandError) {
        self.arguments = arguments
        self.limit = try arguments.limit()
        self.offset = try arguments.number("offset", in: 0...10_000_000) ?? 0
    }

    func run(_ context: CommandContext) async throws -> Output {
        let documents = try await context.corpus().documents(
            jobID: self.arguments.text("job"), tenantID: self.arguments.text("tenant"), limit: self.limit, offset: self.offset)
        var table = Table(
            [
                .left("DOCUMENT"), .flexible("FILE"), .left("TYPE"), .right("PAGES"), .left("LANGUAGE"), .left("CATEGORY"),
                .right("CHUNKS"),
                .flexible("TITLE"),
            ], empty: "no documents")
        for document in documents {
            table.rows.append([
                document.uuid, document.filename ?? "-", document.mimeType ?? "-", document.pageCount.map { "\($0)" } ?? "-",
                document.language ?? "-", document.category ?? "-", "\(document.chunkCount)", document.title ?? "-",
            ])
        }
        var output = Output("DocumentList", ["documents": .array(documents.map(\.json))])
        output.set("next_offset", .optional(documents.count == self.limit ? self.offset + self.limit : nil))
        output.table(table)
        if documents.count == self.limit { output.messages.append("there may be more: --offset \(self.offset + self.limit)") }
        return output
    }
}

struct DocumentShow: Verb {
    static let spec = CommandSpec(
        path: ["document", "show"], summary: "Shows what is known of a document: its summary and what each stage did",
        positionals: [.init(name: "UUID", help: "the document's UUID, from 'document list' or 'job show'")],
        examples: ["document show c39937bd-461f-8db4-bc79-aa56e46f0437"])

    private let id: String

    init(_ arguments: Arguments) { self.id = arguments.positionals[0] }

    func run(_ context: CommandContext) async throws -> Output {
        let (uuid, document) = try await context.document(self.id)
        let stages = try await context.jobs().stages(ofDocument: self.id)
        let warnings = try await context.corpus().warnings(of: uuid)
        let artifacts = try await context.corpus().artifacts(of: uuid)
        var output = Output("Document", ["document": document.json])
        output.set(
            "stages",
            .array(
                stages.map { stage in
                    [
                        "stage": .string(stage.stage.rawValue), "status": .string(stage.status), "attempt": .count(stage.attempt),
                        "processing_version": .count(stage.processingVersion), "engine": .string(stage.engine),
                        "started_at": .string(Timestamp.text(stage.startedAt)), "duration_ms": .optional(stage.durationMilliseconds),
                        "from_cache": .bool(stage.isFromCache), "saved_ms": .optional(stage.savedMilliseconds),
                        "carried_from": .optional(stage.carriedFrom), "partial": .bool(stage.isPartial),
                        "output_bytes": .optional(stage.outputBytes),
                        "error": .optional(stage.errorMessage.map { Redactor.redact($0) }),
                    ]
                }))
        output.set("warnings", .array(warnings.map { ["stage": .string($0.stage), "text": .string($0.text)] }))
        output.set(
            "artifacts",
            .array(artifacts.map { ["kind": .string($0.kind), "mime_type": .string($0.mimeType), "bytes": .count($0.bytes)] }))
        output.fields([
            ("document", document.uuid), ("file", document.filename), ("where", document.uri), ("job", document.jobID),
            ("tenant", document.tenantID), ("type", document.mimeType), ("size", document.bytes.map { HumanTime.bytes($0) }),
            ("pages", document.pageCount.map { "\($0)" }), ("lasts", document.durationMs.map { Moment.text($0) }),
            ("pictures", artifacts.isEmpty ? nil : artifacts.map(\.kind).joined(separator: ", ")), ("language", document.language),
            ("category", document.category),
            ("title", document.title), ("version", "\(document.version)"), ("chunks", "\(document.chunkCount)"),
            ("indexed", context.time.moment(document.updatedAt.microseconds)),
        ])
        if let summary = document.summary, !summary.isEmpty {
            output.heading("summary")
            output.blocks.append(.text(summary))
        }
        if !warnings.isEmpty {
            output.heading("what was odd or is missing")
            for warning in warnings { output.line("\(warning.stage): \(warning.text)") }
        }
        output.heading("stages")
        var table = Table(
            [.left("STAGE"), .left("STATUS"), .right("TOOK"), .right("OUTPUT"), .left("BY"), .flexible("ERROR")], empty: "no stage has run")
        for stage in stages {
            table.rows.append([
                stage.stage.rawValue, stage.status + (stage.isPartial ? " (partial)" : "") + stage.originText,
                stage.durationMilliseconds.map { HumanTime.span(.milliseconds($0)) } ?? "-",
                stage.outputBytes.map { HumanTime.bytes($0) } ?? "-", stage.engine, stage.errorMessage.map { Redactor.redact($0) } ?? "-",
            ])
        }
        output.table(table)
        return output
    }
}

struct DocumentTextVerb: Verb {
    static let spec = CommandSpec(
        path: ["document", "text"], summary: "Prints a document's cleaned text",
        positionals: [.init(name: "UUID", help: "the document's UUID")],
        options: [.value("page", "N", "only this page"), .flag("raw", "byte for byte, nothing escaped; not on a terminal")],
        examples: ["document text c39937bd-461f-8db4-bc79-aa56e46f0437", "document text c39937bd-461f-8db4-bc79-aa56e46f0437 --page 3"])

    private let id: String
    private let page: Int?
    private let isRaw: Bool

    init(_ arguments: Arguments) throws(CommandError) {
        self.id = arguments.positionals[0]
        self.page = try arguments.number("page", in: 1...10_000_000)
        self.isRaw = arguments.has("raw")
    }

    func run(_ context: CommandContext) async throws -> Output {
        if self.isRaw, context.terminal.width != nil {
            throw CommandError.usage("--raw writes what strangers wrote: send it to a file or a pipe")
        }
        let (uuid, _) = try await context.document(self.id)
        guard let document = try await context.corpus().documentText(uuid) else {
            throw CommandError.notFound("document \(self.id) has no text")
        }
        var text = document.text
        if let page = self.page {
            guard let found = document.pages.first(where: { $0.number == page }) else {
                throw CommandError.notFound("document \(self.id) has no page \(page); it has \(document.pages.count)")
            }
            let bytes = Array(text.utf8)
            text = String(decoding: bytes[found.bytes.clamped(to: 0..<bytes.count)], as: UTF8.self)
        }
        var output = Output(
            "DocumentText",
            [
                "document_uuid": .string(self.id), "language": .string(document.language), "category": .string(document.category),
                "title": .optional(document.title), "text": .string(text),
            ])
        output.set(
            "pages",
            .array(
                document.pages.map { page in
                    [
                        "number": .count(page.number), "first_byte": .count(page.bytes.lowerBound),
                        "end_byte": .count(page.bytes.upperBound),
                    ]
                }))
        output.blocks = [self.isRaw ? .raw(Array(text.utf8)) : .text(text)]
        return output
    }
}

struct DocumentChunks: Verb {
    static let spec = CommandSpec(
        path: ["document", "chunks"], summary: "Shows a document's chunks, each with its pages",
        positionals: [.init(name: "UUID", help: "the document's UUID")],
        options: [.limit, .value("offset", "N", "leave out so many first")],
        examples: ["document chunks c39937bd-461f-8db4-bc79-aa56e46f0437 --limit 5"])

    private let id: String
    private let limit: Int
    private let offset: Int

    init(_ arguments: Arguments) throws(CommandError) {
        self.id = arguments.positionals[0]
        self.limit = try arguments.limit()
        self.offset = try arguments.number("offset", in: 0...10_000_000) ?? 0
    }

    func run(_ context: CommandContext) async throws -> Output {
        let (uuid, _) = try await context.document(self.id)
        let all = try await context.corpus().chunks(of: uuid)
        let chunks = all.dropFirst(self.offset).prefix(self.limit)
        var output = Output("DocumentChunks", ["document_uuid": .string(self.id), "total": .count(all.count)])
        output.set("chunks", .array(chunks.map(\.shown)))
        for chunk in chunks {
            let headings = chunk.headingPath.isEmpty ? "" : "  " + chunk.headingPath.joined(separator: " > ")
            output.heading("[\(chunk.index)] \(chunk.place)\(headings)")
            output.blocks.append(.text(chunk.text))
        }
        if all.isEmpty { output.line("no chunks") }
        if all.count > self.offset + chunks.count { output.messages.append("\(all.count) chunks in all; --limit and --offset choose") }
        return output
    }
}

struct Search: Verb {
    static let spec = CommandSpec(
        path: ["search"], summary: "Finds passages by words and by meaning, and cites file and page",
        positionals: [.init(name: "QUERY", help: "words, \"phrases\", -excluded", repeats: true)],
        options: [
            .value("job", "ID", "only in this job's documents"), .value("tenant", "ID", "only in this tenant's documents"),
            .value("limit", "N", short: "n", "at most so many, 1 to 200 (default 10)"),
            .value("per-document", "N", "passages of one document at most (default 1)"),
        ], examples: ["search 'lease of a worker'", "search --limit 3 --job invoices-7 total amount due", "search --json invoice"])

    private let arguments: Arguments
    private let limit: Int
    private let perDocument: Int

    init(_ arguments: Arguments) throws(CommandError) {
        self.arguments = arguments
        self.limit = try arguments.number("limit", in: 1...200) ?? 10
        self.perDocument = try arguments.number("per-document", in: 1...200) ?? 1
        guard arguments.positionals.joined(separator: " ").utf8.count <= 4_096 else { throw .usage("the query is longer than 4,096 bytes") }
    }

    func run(_ context: CommandContext) async throws -> Output {
        let query = self.arguments.positionals.joined(separator: " ")
        let hits = try await context.corpus().search(
            SearchRequest(
                query, tenantID: self.arguments.text("tenant"), jobID: self.arguments.text("job"), limit: self.limit,
                chunksPerDocument: self.perDocument))
        var output = Output("SearchResult", ["query": .string(query)])
        output.set("hits", .array(hits.map { Self.json($0) }))
        for (number, hit) in hits.enumerated() {
            let score = "\(Double(Int(hit.score * 1_000)) / 1_000)"
            output.heading(
                "\(number + 1). \(hit.filename ?? hit.uri ?? hit.documentUUID), \(hit.time.map { "at \(Moment.text($0.start))" } ?? "page \(hit.page)")  (score \(score))"
            )
            if !hit.headingPath.isEmpty { output.line("   \(hit.headingPath.joined(separator: " > "))") }
            output.line("   \(hit.snippet)")
            output.line("   document \(hit.documentUUID), chunk \(hit.chunkIndex)" + (hit.matchesWords ? "" : ", by meaning alone"))
        }
        if hits.isEmpty { output.line("nothing was found") }
        return output
    }

    private static func json(_ hit: SearchHit) -> JSONValue {
        let members: [JSONValue.Member] = [
            .init("document_uuid", .string(hit.documentUUID)), .init("filename", .optional(hit.filename)), .init("uri", .optional(hit.uri)),
            .init("title", .optional(hit.title)), .init("job_id", .optional(hit.jobID)), .init("tenant_id", .optional(hit.tenantID)),
            .init("page", .count(hit.page)), .init("first_page", .count(hit.firstPage)), .init("last_page", .count(hit.lastPage)),
            .init("start_ms", .optional(hit.time?.start)), .init("end_ms", .optional(hit.time?.end)),
            .init("chunk", .count(hit.chunkIndex)), .init("heading_path", .array(hit.headingPath.map { .string($0) })),
            .init("snippet", .string(hit.snippet)),
            .init("highlights", .array(hit.highlights.map { [.count($0.lowerBound), .count($0.upperBound)] })),
            .init("score", .number(hit.score)), .init("similarity", hit.similarity.map { .number($0) } ?? .null),
            .init("matches_words", .bool(hit.matchesWords)),
        ]
        return .object(members)
    }
}
