internal import PostgresClient
internal import TextAnalysis

extension CorpusStore {
    /// Candidates that each of words and vectors may bring.
    private static let candidateLimit: Int64 = 200

    /// Chunks that answer the request, best first.
    ///
    /// Candidates come from full-text search (every word, then any word) and from the nearest sign codes of the model in force; both are
    /// then ranked exactly, by word match (BM25) and cosine together. Chunks without a vector are found by their words. Costs about
    /// 140 ms a million chunks.
    /// - Throws: `PostgresError`, or what a remote embedder throws.
    public func search(_ request: SearchRequest) async throws -> [SearchHit] {
        let query = SearchText(request.text)
        guard !query.terms.isEmpty else { return [] }
        let model = try await self.embedders.current()
        let vector = try await model.embedder.embed([query.wanted]).first ?? []
        let ids = try await self.candidates(query, vector: vector, model: model.number, request: request)
        guard !ids.isEmpty else { return [] }
        let candidates = try await self.load(ids, model: model.number).filter { query.allows($0.searchable) }
        return Self.rank(candidates, query: query, vector: vector, statistics: model.statistics, request: request)
    }

    private func candidates(
        _ query: SearchText, vector: [Float], model: Int16?, request: SearchRequest
    ) async throws(PostgresError) -> [Int64] {
        let scope = self.scope(request)
        let configurations = SearchConfiguration.names(languages: try await self.languages())
        var statements: [PostgresQuery] = [
            """
            WITH q AS (
                SELECT string_agg(nullif(any_word_query(name::regconfig, \(query.wanted)::text)::text, ''), ' | ')::tsquery AS query
                FROM unnest(\(configurations)) AS name
            )
            SELECT c.id FROM q, chunk AS c \(fragment: scope.join)
            WHERE c.words @@ q.query \(fragment: scope.condition)
            ORDER BY ts_rank(c.words, q.query, 1) DESC, c.id LIMIT \(Self.candidateLimit)
            """
        ]
        // A text of unknown words only has the letters in common with others: too little for the prefilter to mean anything.
        if let model, !VectorMath.isZero(vector) {
            statements.append(
                """
                SELECT s.chunk_id FROM chunk_signature AS s
                \(fragment: scope.isOpen ? "" : "JOIN chunk AS c ON c.id = s.chunk_id") \(fragment: scope.join)
                WHERE s.model = \(model) \(fragment: scope.condition)
                ORDER BY bit_count(s.signature # \(SignCode.bitString(of: vector))::text::bit(256)), s.chunk_id LIMIT \(Self.candidateLimit)
                """)
        }
        var ids: [Int64] = []
        var seen: Set<Int64> = []
        for rows in try await self.pool.pipeline(statements) {
            for row in rows {
                let id = try row[0, as: Int64.self]
                if seen.insert(id).inserted { ids.append(id) }
            }
        }
        return ids
    }

    /// The languages of the corpus, by hopping from one to the next in their index.
    private func languages() async throws(PostgresError) -> [String] {
        let rows = try await self.pool.query(
            """
            WITH RECURSIVE found AS (
                (SELECT language FROM document WHERE language IS NOT NULL ORDER BY language LIMIT 1)
                UNION ALL
                SELECT (SELECT d.language FROM document AS d WHERE d.language > found.language ORDER BY d.language LIMIT 1)
                FROM found WHERE found.language IS NOT NULL
            )
            SELECT language FROM found WHERE language IS NOT NULL
            """)
        var languages: [String] = []
        for row in rows { languages.append(try row[0, as: String.self]) }
        return languages
    }

    /// The part of the corpus that the request allows, as text of a statement over `chunk AS c`.
    private func scope(_ request: SearchRequest) -> (join: PostgresQuery, condition: PostgresQuery, isOpen: Bool) {
        switch (StorableText.of(request.tenantID), StorableText.of(request.jobID)) {
        case (nil, nil): ("", "", true)
        case (let tenant?, nil): ("JOIN document AS d ON d.uuid = c.document_uuid", "AND d.tenant_id = \(tenant)::text", false)
        case (nil, let job?): ("JOIN document AS d ON d.uuid = c.document_uuid", "AND d.job_id = \(job)::text", false)
        case (let tenant?, let job?):
            (
                "JOIN document AS d ON d.uuid = c.document_uuid", "AND d.tenant_id = \(tenant)::text AND d.job_id = \(job)::text", false
            )
        }
    }

    private struct Candidate {
        let hit: SearchHit
        let text: String
        let searchable: String
        let startByte: Int
        let pageNumbers: [Int]
        let pageStarts: [Int]
        let vector: [Float]?
    }

    private func load(_ ids: [Int64], model: Int16?) async throws(PostgresError) -> [Candidate] {
        let rows = try await self.pool.query(
            """
            SELECT c.document_uuid, d.tenant_id, d.job_id, d.filename, d.uri, d.title, c.index, c.first_page, c.last_page, c.start_ms,
                c.end_ms, c.heading_path, c.text, c.start_byte, d.page_numbers, d.page_starts, v.vector
            FROM unnest(\(ids)) WITH ORDINALITY AS wanted (id, place)
            JOIN chunk AS c ON c.id = wanted.id JOIN document AS d ON d.uuid = c.document_uuid
            LEFT JOIN chunk_vector AS v ON v.chunk_id = c.id AND v.model = \(model)
            ORDER BY wanted.place
            """)
        var candidates: [Candidate] = []
        for row in rows {
            let text = try row["text", as: String.self]
            let headings = try row["heading_path", as: [String].self]
            let hit = SearchHit(
                documentUUID: try row["document_uuid", as: String.self], tenantID: try row["tenant_id", as: String?.self],
                jobID: try row["job_id", as: String?.self], filename: try row["filename", as: String?.self],
                uri: try row["uri", as: String?.self], title: try row["title", as: String?.self],
                chunkIndex: try row["index", as: Int.self], page: try row["first_page", as: Int.self],
                firstPage: try row["first_page", as: Int.self], lastPage: try row["last_page", as: Int.self], time: try Self.time(row),
                headingPath: headings,
                snippet: "", highlights: [], score: 0, similarity: nil, matchesWords: false)
            candidates.append(
                Candidate(
                    hit: hit, text: text, searchable: Self.searchable(headings, text), startByte: try row["start_byte", as: Int.self],
                    pageNumbers: try row["page_numbers", as: [Int].self], pageStarts: try row["page_starts", as: [Int].self],
                    vector: try row["vector", as: [UInt8]?.self].flatMap { QuantizedVector.decode($0) }))
        }
        return candidates
    }

    private static func rank(
        _ candidates: [Candidate], query: SearchText, vector: [Float], statistics: LatentSemanticModel?, request: SearchRequest
    ) -> [SearchHit] {
        let terms = candidates.map { TermTokenizer.terms($0.searchable) }
        let matches = WordMatch(query: query.terms, texts: terms, statistics: statistics)
        let lexical = terms.map { matches.score($0) }
        let cosines = candidates.map { candidate in
            candidate.vector.flatMap { $0.count == vector.count ? VectorMath.dot($0, vector) : nil }
        }
        let scores = RankFusion.scores(zip(cosines, lexical).map { FusionCandidate(cosine: $0, lexical: $1) })
        let order = candidates.indices.filter { scores[$0] > 0 }.sorted { scores[$0] != scores[$1] ? scores[$0] > scores[$1] : $0 < $1 }
        var perDocument: [String: Int] = [:]
        var hits: [SearchHit] = []
        for index in order {
            let candidate = candidates[index]
            guard perDocument[candidate.hit.documentUUID, default: 0] < request.chunksPerDocument else { continue }
            // Nothing in common but letters: only believable where it is plain, as with a misspelt name.
            if lexical[index] == 0, !matches.knowsQuery, (cosines[index] ?? 0) < 0.15 { continue }
            perDocument[candidate.hit.documentUUID, default: 0] += 1
            hits.append(Self.hit(candidate, query: query, score: scores[index], cosine: cosines[index], hasWords: lexical[index] > 0))
            if hits.count == request.limit { break }
        }
        return hits
    }

    private static func hit(_ candidate: Candidate, query: SearchText, score: Float, cosine: Float?, hasWords: Bool) -> SearchHit {
        let snippet = Snippet(of: candidate.text, terms: query.terms)
        var hit = candidate.hit
        hit.snippet = snippet.text
        hit.highlights = snippet.highlights
        hit.score = Double(score)
        hit.similarity = cosine.map(Double.init)
        hit.matchesWords = hasWords
        // The last page that begins at or before the match, if the chunk touches it.
        let offset = candidate.startByte + snippet.matchOffset
        for (number, start) in zip(candidate.pageNumbers, candidate.pageStarts) where start <= offset && number >= hit.firstPage {
            if number <= hit.lastPage { hit.page = number }
        }
        return hit
    }
}

/// Word match of a query with candidate texts, with the corpus's term statistics where there are some.
struct WordMatch {
    private let query: [UInt64]
    private let bm25: BM25
    private let frequencies: [UInt64: Int]

    /// Whether the corpus has any of the query's words.
    var knowsQuery: Bool { self.frequencies.values.contains { $0 > 0 } }

    init(query: [UInt64], texts: [[UInt64]], statistics: LatentSemanticModel?) {
        self.query = query
        var counted: [UInt64: Int] = [:]
        for term in query { counted[term] = 0 }
        for terms in texts { for term in Set(terms) where counted[term] != nil { counted[term, default: 0] += 1 } }
        if let statistics {
            // The model may be older than the newest chunks: what they hold counts at least as often as it was just seen.
            for term in query { counted[term] = max(counted[term] ?? 0, statistics.documentFrequency(of: term)) }
            self.bm25 = BM25(documentCount: max(statistics.documentCount, texts.count), averageLength: statistics.averageLength)
        } else {
            let total = texts.reduce(0) { $0 + $1.count }
            self.bm25 = BM25(documentCount: texts.count, averageLength: Float(total) / Float(max(1, texts.count)))
        }
        self.frequencies = counted
    }

    func score(_ text: [UInt64]) -> Float {
        self.bm25.score(query: self.query, text: text) { self.frequencies[$0] ?? 0 }
    }
}
