import Corpus
import CorpusPostgres
import Flotilla
import FlotillaPostgres
import JSONText
import PostgresClient
import Testing
import TextAnalysis

@Suite struct CorpusStoreTests {
    /// A database with both schemas.
    private func withCorpus(_ body: (StoreScene, CorpusStore) async throws -> Void) async throws {
        try await StoreScene.with { scene in
            try await Migrator(pool: scene.pool, migrations: JobSchema.migrations + CorpusSchema.migrations).migrate()
            try await body(scene, CorpusStore(pool: scene.pool))
        }
    }

    private static func uuid(_ number: Int) -> PostgresUUID { PostgresUUID(high: 7, low: UInt64(number)) }

    private static let texts = [
        "The river rose above its banks after three days of rain, and the town was flooded.",
        "The invoice for copy paper and toner is payable within thirty days by bank transfer.",
        "The telescope has eighteen gold-coated mirror segments and observes early galaxies in the infrared.",
        "Grapes are picked in September, crushed and fermented in steel tanks; the red wine rests in oak casks.",
        "Each night the server copies changed blocks to a second site; snapshots are kept for thirty days.",
        "A puppy needs three meals a day and should be vaccinated against rabies and distemper.",
        "The orchestra opens the season with a symphony by Mahler; tickets are sold at the box office.",
        "Sow carrots in rows from March; tomatoes stay under glass until the last frost.",
        "The lease of the office runs for five years and the rent is payable quarterly.",
        "Astronomers watched a small asteroid pass the earth; galaxies and stars were not disturbed.",
    ]

    /// One document a text, with chunks and, if given, vectors.
    private func fill(_ scene: StoreScene, _ store: CorpusStore, _ texts: [String] = Self.texts, from first: Int = 0) async throws {
        let embedder = try await store.embedders.embedder()
        for (offset, text) in texts.enumerated() {
            let number = first + offset
            let vectors = try await embedder.embed([text])
            try await scene.pool.withTransaction { transaction in
                var facts = DocumentFacts()
                facts.filename = "file\(number).txt"
                facts.tenantID = number % 2 == 0 ? "even" : "odd"
                facts.jobID = "job\(number / 5)"
                facts.language = "en"
                try await store.write(facts, of: Self.uuid(number), version: 1, in: transaction)
                let chunk = DocumentChunk(index: 0, text: text, bytes: 0..<text.utf8.count, firstPage: 1, lastPage: 1, tokenEstimate: 20)
                try await store.replaceChunks([chunk], of: Self.uuid(number), version: 1, in: transaction)
                try await store.write(
                    ChunkVectors(modelID: embedder.modelID, dimensions: embedder.dimensions, vectors: vectors), of: Self.uuid(number),
                    version: 1, in: transaction)
            }
        }
    }

    @Test func `facts add up and an older version writes nothing`() async throws {
        try await self.withCorpus { scene, store in
            let id = Self.uuid(1)
            try await scene.pool.withTransaction { transaction in
                var facts = DocumentFacts()
                facts.filename = "a\0b.pdf"
                facts.bytes = 10
                #expect(try await store.write(facts, of: id, version: 2, in: transaction))
                var more = DocumentFacts()
                more.summary = "short"
                #expect(try await store.write(more, of: id, version: 2, in: transaction))
                more.summary = "old"
                #expect(try await store.write(more, of: id, version: 1, in: transaction) == false)
                let chunk = DocumentChunk(index: 0, text: "old", bytes: 0..<3, firstPage: 1, lastPage: 1)
                try await store.replaceChunks([chunk], of: id, version: 1, in: transaction)
            }
            let record = try #require(try await store.document(id))
            #expect(record.filename == "a\u{FFFD}b.pdf" && record.bytes == 10 && record.summary == "short" && record.version == 2)
            #expect(record.chunkCount == 0)
            #expect(try await store.document(Self.uuid(2)) == nil)
            #expect(try await store.documents().count == 1)
        }
    }

    @Test func `chunks are replaced as a whole and read back as they were`() async throws {
        try await self.withCorpus { scene, store in
            let id = Self.uuid(1)
            let chunks = (0..<1_203).map { index in
                DocumentChunk(
                    index: index, text: "Text number \(index) of many \"words\" {a,b}", bytes: index * 10..<index * 10 + 9,
                    firstPage: index / 10 + 1, lastPage: index / 10 + 2, headingPath: index % 2 == 0 ? [] : ["Über uns", "2. a > b, {c}"],
                    tokenEstimate: 5)
            }
            for version in [1, 1, 2] {
                try await scene.pool.withTransaction { transaction in
                    try await store.replaceChunks(chunks, of: id, version: version, in: transaction)
                }
                #expect(try await store.chunks(of: id) == chunks)
            }
            try await scene.pool.withTransaction { transaction in
                try await store.replaceChunks(Array(chunks.prefix(2)), of: id, version: 2, in: transaction)
            }
            #expect(try await store.chunks(of: id).count == 2)
            #expect(try await store.document(id)?.chunkCount == 2)
        }
    }

    @Test func `search works from the first document and better once a model is fitted`() async throws {
        try await self.withCorpus { scene, store in
            #expect(try await store.search(SearchRequest("river")).isEmpty)
            try await self.fill(scene, store, Array(Self.texts.prefix(3)))
            let first = try await store.search(SearchRequest("flooded river"))
            #expect(first.first?.filename == "file0.txt")
            #expect(first.first?.snippet.contains("river") == true)
            #expect(first.first?.similarity != nil)

            try await self.fill(scene, store, Array(Self.texts.dropFirst(3)), from: 3)
            let refitter = EmbeddingRefitter(pool: scene.pool, embedders: store.embedders)
            let outcome = try await refitter.refit()
            #expect(outcome.fittedModel?.hasPrefix("lsa-") == true)
            #expect(outcome.fittedOn == 10 && outcome.embedded == 10)
            #expect(try await refitter.refit().didNothing)
            #expect(try await store.embedders.embedder().modelID == outcome.fittedModel)
            #expect(try await scene.count("SELECT count(*) FROM chunk_vector") == 10)

            for (query, file) in [
                ("galaxy telescope", "file2.txt"), ("paying an invoice", "file1.txt"), ("vaccination of dogs puppy", "file5.txt"),
                ("office rent", "file8.txt"), ("backup snapshots", "file4.txt"),
            ] {
                let hits = try await store.search(SearchRequest(query))
                #expect(hits.first?.filename == file, "\(query): \(hits.map { "\($0.filename ?? "") \($0.score)" })")
                #expect(hits.map(\.score) == hits.map(\.score).sorted(by: >))
            }
        }
    }

    @Test func `scope, phrases, exclusion and odd queries`() async throws {
        try await self.withCorpus { scene, store in
            try await self.fill(scene, store)
            _ = try await EmbeddingRefitter(pool: scene.pool, embedders: store.embedders).refit()
            #expect(try await store.search(SearchRequest("galaxies", tenantID: "even")).first?.filename == "file2.txt")
            #expect(try await store.search(SearchRequest("galaxies", tenantID: "odd")).first?.filename == "file9.txt")
            #expect(try await store.search(SearchRequest("galaxies", jobID: "job0")).allSatisfy { $0.jobID == "job0" })
            #expect(try await store.search(SearchRequest("galaxies", tenantID: "even", jobID: "job1")).allSatisfy { $0.tenantID == "even" })
            #expect(try await store.search(SearchRequest("galaxies", tenantID: "nobody")).isEmpty)
            #expect(try await store.search(SearchRequest("\"thirty days\"")).count == 2)
            #expect(try await store.search(SearchRequest("\"thirty days\" -invoice")).map(\.filename) == ["file4.txt"])
            #expect(try await store.search(SearchRequest("telescop galxies")).first?.filename == "file2.txt")
            #expect(try await store.search(SearchRequest("rain", limit: 1)).count == 1)
            for query in [
                "", " ", "\"", "''", "-", "& | ! ( ) <-> :*", "\0", "a:b' or 1=1 --", String(repeating: "river ", count: 2_000), "漢字", "🙂",
            ] {
                _ = try await store.search(SearchRequest(query))
            }
        }
    }

    @Test func `a hit is cited by the page on which its words stand`() async throws {
        try await self.withCorpus { scene, store in
            let id = Self.uuid(1)
            let pages = ["The first page speaks of rivers and rain.", "The second page speaks of telescopes.", "The third of wine."]
            let cleaned = TextCleaner().clean(pages.enumerated().map { PageText(number: $0.offset + 4, text: $0.element) })
            let chunk = DocumentChunk(index: 0, text: cleaned.text, bytes: 0..<cleaned.text.utf8.count, firstPage: 4, lastPage: 6)
            try await scene.pool.withTransaction { transaction in
                try await store.write(DocumentFacts(), of: id, version: 1, in: transaction)
                try await store.write(
                    pages: cleaned.pages.map { PageOffset(number: $0.number, bytes: $0.bytes) }, of: id, version: 1, in: transaction)
                try await store.replaceChunks([chunk], of: id, version: 1, in: transaction)
            }
            for (word, page) in [("rain", 4), ("telescope", 5), ("wine", 6)] {
                let hit = try #require(try await store.search(SearchRequest(word)).first)
                #expect(hit.page == page)
                #expect(hit.firstPage == 4 && hit.lastPage == 6)
                let bytes = Array(hit.snippet.utf8)
                let marked = hit.highlights.map { String(decoding: bytes[$0], as: UTF8.self) }
                #expect(!marked.isEmpty && marked.allSatisfy { $0.lowercased().hasPrefix(word) }, "\(marked)")
            }
        }
    }

    @Test func `chunks that came during a fit get vectors, and growth brings a new model`() async throws {
        try await self.withCorpus { scene, store in
            try await self.fill(scene, store)
            let refitter = EmbeddingRefitter(pool: scene.pool, embedders: store.embedders)
            let first = try await refitter.refit()
            // A chunk of a handler that still had the hashing model.
            let late = HashingEmbedder()
            try await scene.pool.withTransaction { transaction in
                let chunk = DocumentChunk(index: 0, text: "Bees visit apple blossoms.", bytes: 0..<26, firstPage: 1, lastPage: 1)
                try await store.replaceChunks([chunk], of: Self.uuid(90), version: 1, in: transaction)
                try await store.write(
                    ChunkVectors(modelID: late.modelID, dimensions: 1024, vectors: [late.vector(for: "x")]), of: Self.uuid(90), version: 1,
                    in: transaction)
                // Vectors of a fitted model that is gone are dropped.
                try await store.write(
                    ChunkVectors(modelID: "lsa-3-768-gone", dimensions: 3, vectors: [[1, 0, 0]]), of: Self.uuid(90), version: 1,
                    in: transaction)
            }
            #expect(try await store.search(SearchRequest("bees")).first?.similarity == nil)
            let patched = try await refitter.refit()
            #expect(patched.fittedModel == nil && patched.embedded == 1)
            #expect(try await store.search(SearchRequest("bees")).first?.similarity != nil)

            try await self.fill(scene, store, ["Honey bees overwinter.", "Hedges help wild insects.", "Hives need room."], from: 100)
            let second = try await refitter.refit()
            #expect(second.fittedModel != nil && second.fittedModel != first.fittedModel)
            #expect(try await scene.count("SELECT count(*) FROM embedding_model") == 1)
            #expect(try await scene.count("SELECT count(*) FROM chunk_signature") == 14)
        }
    }

    @Test func `many refitters at once fit one model`() async throws {
        try await self.withCorpus { scene, store in
            try await self.fill(scene, store)
            let outcomes = try await withThrowingTaskGroup(of: EmbeddingRefitter.Outcome.self) { group in
                for _ in 0..<4 {
                    group.addTask {
                        try await EmbeddingRefitter(pool: scene.pool, embedders: CorpusEmbedders(pool: scene.pool)).refit()
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(outcomes.filter { $0.fittedModel != nil }.count == 1)
            #expect(try await scene.count("SELECT count(*) FROM embedding_model WHERE is_current") == 1)
        }
    }

    @Test func `a damaged model does not stop searches`() async throws {
        try await self.withCorpus { scene, store in
            try await self.fill(scene, store)
            _ = try await EmbeddingRefitter(pool: scene.pool, embedders: store.embedders).refit()
            try await scene.pool.query("UPDATE embedding_model SET body = substring(body from 1 for 100)")
            let fresh = CorpusStore(pool: scene.pool)
            #expect(try await fresh.search(SearchRequest("river")).first?.filename == "file0.txt")
        }
    }

    @Test func `the pipeline's outputs fill the tables in the stages' transactions`() async throws {
        try await self.withCorpus { scene, store in
            let stages = PostgresStageStore(pool: scene.pool, projections: CorpusProjections.documents(store))
            let claim = try scene.claim("report.pdf", job: "j1", delivery: 1)
            let work = StageWork(
                identity: claim.identity, processingVersion: 1, fence: try await scene.run([claim])[0], worker: claim.delivery.worker,
                envelope: claim.envelope)
            let pages = [
                ExtractedPage(number: 1, text: "Annual report about the bridge over the river.", method: .textLayer),
                ExtractedPage(number: 2, text: "The bridge will cost nine million euros.", method: .textLayer),
            ]
            let cleaned = TextCleaner().clean(pages.map { PageText(number: $0.number, text: $0.text) })
            let chunks = TextChunker().chunks(of: cleaned).map {
                DocumentChunk(
                    index: $0.index, text: $0.text, bytes: $0.bytes, firstPage: $0.firstPage, lastPage: $0.lastPage,
                    headingPath: $0.headingPath, tokenEstimate: $0.tokenEstimate)
            }
            let embedder = try await store.embedders.embedder()
            let outputs: [(StageName, [UInt8])] = [
                ("detect", DetectedFile(mimeType: "application/pdf", kind: "pdf", sha256: "ab12", bytes: 99, pages: 2).bytes),
                ("extract_text", ExtractedDocument(pages: pages, title: "Bridge").bytes),
                (
                    "clean_text",
                    CleanedDocument(
                        text: cleaned.text, pages: cleaned.pages.map { PageOffset(number: $0.number, bytes: $0.bytes) }, title: "Bridge",
                        language: "en", category: "report"
                    ).bytes
                ),
                ("chunk", ChunkedDocument(chunks: chunks).bytes), ("summarize", DocumentSummary(text: "A bridge is built.").bytes),
                (
                    "index",
                    ChunkVectors(
                        modelID: embedder.modelID, dimensions: embedder.dimensions, vectors: try await embedder.embed(chunks.map(\.text))
                    ).bytes
                ),
            ]
            for (stage, body) in outputs {
                #expect(try await stages.complete(stage, engine: "test", output: StageOutput(body: body), duration: .zero, of: work))
            }
            let id = try #require(PostgresUUID(claim.identity.documentUUID))
            let record = try #require(try await store.document(id))
            #expect(
                record.mimeType == "application/pdf" && record.pageCount == 2 && record.title == "Bridge" && record.category == "report")
            #expect(record.summary == "A bridge is built." && record.jobID == "j1" && record.filename == "report.pdf")
            #expect(try await store.documentText(id)?.text == cleaned.text)
            #expect(try await store.chunks(of: id) == chunks)
            let hit = try #require(try await store.search(SearchRequest("cost in euros")).first)
            #expect(hit.page == 2 && hit.filename == "report.pdf")
        }
    }

    @Test func `a new version is read as a whole or not at all, and nothing of the old one stays beside it`() async throws {
        try await self.withCorpus { scene, store in
            let order: [StageName] = ["detect", "clean_text", "chunk", "summarize"]
            let stages = PostgresStageStore(
                pool: scene.pool, projections: CorpusProjections.documents(store), order: order, clearing: CorpusProjections.clearing(store)
            )
            func work(version: Int) async throws -> StageWork {
                let json = #"{"job_id":"j1","filename":"report.pdf","processing_version":\#(version)}"#
                let envelope = try Envelope(Array(json.utf8))
                let claim = WorkClaim(
                    identity: WorkIdentity(envelope, queue: "document_queue"),
                    delivery: DeliveryID(worker: scene.worker, sequence: UInt64(version)), queue: "document_queue", envelope: envelope)
                return StageWork(
                    identity: claim.identity, processingVersion: version, fence: try await scene.run([claim])[0], worker: scene.worker,
                    envelope: envelope)
            }
            func outputs(_ text: String, title: String?) -> [(StageName, [UInt8])] {
                [
                    ("detect", DetectedFile(mimeType: "application/pdf", kind: "pdf", sha256: "ab12", bytes: 99, pages: 1).bytes),
                    (
                        "clean_text",
                        CleanedDocument(
                            text: text, pages: [PageOffset(number: 1, bytes: 0..<text.utf8.count)], title: title, language: "en",
                            category: "report"
                        ).bytes
                    ),
                    (
                        "chunk",
                        ChunkedDocument(
                            chunks: [DocumentChunk(index: 0, text: text, bytes: 0..<text.utf8.count, firstPage: 1, lastPage: 1)]
                        ).bytes
                    ),
                    ("summarize", DocumentSummary(text: "About \(text)").bytes),
                ]
            }
            let first = try await work(version: 1)
            let id = try #require(PostgresUUID(first.identity.documentUUID))
            for (stage, body) in outputs("bridges", title: "Old") {
                #expect(try await stages.complete(stage, engine: "e", output: StageOutput(body: body), duration: .zero, of: first))
            }
            try await scene.pool.query("INSERT INTO chunk_translation VALUES (\(id), 'de', 0, 1, 'e', 'Brücken')")
            let second = try await work(version: 2)
            for (stage, body) in outputs("tunnels", title: nil) {
                let before = try #require(try await store.document(id))
                #expect(before.title == "Old" && before.summary == "About bridges" && before.version == 1)
                #expect(try await store.chunks(of: id).map(\.text) == ["bridges"])
                #expect(try await store.documentText(id)?.text == "bridges")
                #expect(try await stages.complete(stage, engine: "e", output: StageOutput(body: body), duration: .zero, of: second))
            }
            let after = try #require(try await store.document(id))
            #expect(after.title == nil && after.summary == "About tunnels" && after.version == 2 && after.filename == "report.pdf")
            #expect(try await store.chunks(of: id).map(\.text) == ["tunnels"])
            #expect(try await store.documentText(id)?.text == "tunnels")
            #expect(try await scene.count("SELECT count(*) FROM chunk_translation") == 0)
            // What comes late of the old version changes nothing.
            for (stage, body) in outputs("bridges again", title: "Late") {
                #expect(try await stages.complete(stage, engine: "e", output: StageOutput(body: body), duration: .zero, of: first))
            }
            #expect(try #require(try await store.document(id)).title == nil)
            #expect(try await store.chunks(of: id).map(\.text) == ["tunnels"])
        }
    }
}
