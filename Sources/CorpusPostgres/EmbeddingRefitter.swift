public import PostgresClient
internal import TextAnalysis
internal import Threading

/// Keeps the model that vectors come from in step with the corpus: fits it anew when the corpus has grown, gives every chunk a vector of the
/// new model, and only then lets searches use it.
///
/// Any number may run at once; one works, under a PostgreSQL advisory lock, and the others see that there is nothing to do.
public final class EmbeddingRefitter: Sendable {
    /// When to fit and on how much.
    public struct Options: Sendable, Hashable {
        /// No model below this many chunks: there is nothing to learn from.
        public var minimumChunks = 8
        /// A new fit when there are this many times the chunks of the last one.
        public var growth = 1.3
        /// A fit takes a sample of at most this many chunks.
        public var sampleLimit = 20_000
        public var batchSize = 500
        /// Latent components.
        public var dimensions = 256

        public init() {}
    }

    /// What a look did.
    public struct Outcome: Sendable, Hashable {
        /// The id of the model that was put in force; nil when none was fitted.
        public var fittedModel: String?
        /// Chunks that the model was fitted on.
        public var fittedOn = 0
        /// Chunks that were given a vector.
        public var embedded = 0

        public var didNothing: Bool { self.fittedModel == nil && self.embedded == 0 }
    }

    private let pool: PostgresPool
    private let embedders: CorpusEmbedders
    private let options: Options
    private static let lockKey: Int64 = 0x666C_6F74_656D_6264

    public init(pool: PostgresPool, embedders: CorpusEmbedders, options: Options = Options()) {
        self.pool = pool
        self.embedders = embedders
        self.options = options
    }

    /// Looks every `interval` until the task is cancelled. `report` is told of every look that did something, and of every failure.
    public func run(every interval: Duration = .seconds(30), report: @escaping @Sendable (Result<Outcome, any Error>) -> Void = { _ in })
        async
    {
        while !Task.isCancelled {
            do {
                let outcome = try await self.refit()
                if !outcome.didNothing { report(.success(outcome)) }
            } catch {
                if !Task.isCancelled { report(.failure(error)) }
            }
            // Ends early when the task is cancelled, and the loop with it.
            try? await Task.sleep(for: interval)
        }
    }

    /// Fits a model if the corpus has grown enough, and gives vectors to chunks that have none.
    ///
    /// - Parameter isForced: fits whatever the growth, as long as there is a chunk.
    /// - Throws: `PostgresError`. Searches then go on with the old model; vectors made so far stay and are not made again.
    public func refit(isForced: Bool = false) async throws -> Outcome {
        if try await !self.hasWork(isForced: isForced) { return Outcome() }
        // The lock lasts as long as this transaction, which does nothing else: it has no snapshot and no number, so that it keeps no dead
        // rows, and a pooler leaves it its session. A lock of the session would stay with whoever gets that next.
        return try await self.pool.withTransaction { transaction in
            let answers = try await transaction.pipeline([
                "SET LOCAL idle_in_transaction_session_timeout = 0", "SELECT pg_try_advisory_xact_lock(\(Self.lockKey))",
            ])
            guard try answers[1].one()[0, as: Bool.self] else { return Outcome() }
            var outcome = Outcome()
            if try await self.needsFit(isForced: isForced) { outcome = try await self.fit() }
            outcome.embedded += try await self.embedMissing()
            return outcome
        }
    }

    // MARK: Inside

    private func hasWork(isForced: Bool) async throws -> Bool {
        if try await self.needsFit(isForced: isForced) { return true }
        let current = try await self.embedders.current()
        let row = try await self.pool.query(
            """
            SELECT EXISTS (SELECT FROM chunk WHERE NOT EXISTS (
                SELECT FROM chunk_vector AS v WHERE v.chunk_id = chunk.id AND v.model = \(current.number)))
            """
        ).one()
        return try row[0, as: Bool.self]
    }

    private func needsFit(isForced: Bool) async throws -> Bool {
        if self.embedders.isFixed { return false }
        let row = try await self.pool.query(
            """
            SELECT (SELECT count(*) FROM chunk), (SELECT corpus_chunks FROM embedding_model WHERE is_current AND kind = 'lsa')
            """
        ).one()
        let chunks = try row[0, as: Int.self]
        if isForced { return chunks > 0 }
        guard let fitted = try row[1, as: Int?.self] else { return chunks >= self.options.minimumChunks }
        return chunks >= self.options.minimumChunks && Double(chunks) >= Double(fitted) * self.options.growth && chunks > fitted
    }

    private func fit() async throws -> Outcome {
        let rows = try await self.pool.query(
            // In an order that has nothing to do with that of arrival, and is the same at every look.
            """
            SELECT heading_path, text, count(*) OVER () AS chunks FROM chunk
            ORDER BY hashint8extended(id, 1), id LIMIT \(Int64(max(1, self.options.sampleLimit)))
            """, timeout: .seconds(300))
        let chunks = try rows.first?["chunks", as: Int.self] ?? 0
        var texts: [String] = []
        texts.reserveCapacity(rows.count)
        for row in rows {
            texts.append(CorpusStore.searchable(try row["heading_path", as: [String].self], try row["text", as: String.self]))
        }
        let dimensions = self.options.dimensions
        let sample = texts
        guard let model = await Self.onThread({ LatentSemanticModel.fit(sample, options: .init(dimensions: dimensions)) }) else {
            return Outcome()
        }
        let body = model.serialized()
        let number = try await self.pool.query(
            """
            INSERT INTO embedding_model (id, kind, dimensions, fitted_on, corpus_chunks, body)
            VALUES (\(model.modelID), 'lsa', \(Int32(clamping: model.dimensions)), \(Int32(clamping: texts.count)),
                \(Int32(clamping: chunks)), \(body))
            ON CONFLICT (id) DO UPDATE SET corpus_chunks = excluded.corpus_chunks RETURNING number
            """
        ).one()[0, as: Int16.self]
        var outcome = Outcome(fittedModel: model.modelID, fittedOn: texts.count)
        outcome.embedded = try await self.embedMissing(model, number: number)
        // Searches see the old model with all of its vectors, or the new one with all of its.
        try await self.pool.withTransaction { transaction in
            try await transaction.query("UPDATE embedding_model SET is_current = false WHERE is_current AND number <> \(number)")
            try await transaction.query("UPDATE embedding_model SET is_current = true WHERE number = \(number)")
            try await transaction.query(
                "DELETE FROM embedding_model WHERE number <> \(number) AND (kind = 'lsa' OR id LIKE 'hash-ngram-%')")
        }
        return outcome
    }

    /// Vectors of the model in force for chunks that came while another was, or without one.
    private func embedMissing() async throws -> Int {
        let current = try await self.embedders.current()
        var number = current.number
        if number == nil {
            let embedder = current.embedder
            number = try await self.pool.withTransaction { transaction in
                try await self.embedders.number(ofModel: embedder.modelID, dimensions: embedder.dimensions, in: transaction)
            }
        }
        guard let number else { return 0 }
        return try await self.embedMissing(current.embedder, number: number)
    }

    private func embedMissing(_ embedder: any Embedder, number: Int16) async throws -> Int {
        var last: Int64 = 0
        var total = 0
        while true {
            try Task.checkCancellation()
            let rows = try await self.pool.query(
                """
                SELECT id, heading_path, text FROM chunk WHERE id > \(last) AND NOT EXISTS (
                    SELECT FROM chunk_vector AS v WHERE v.chunk_id = chunk.id AND v.model = \(number))
                ORDER BY id LIMIT \(Int64(max(1, self.options.batchSize)))
                """)
            if rows.isEmpty { return total }
            var ids: [Int64] = []
            var texts: [String] = []
            for row in rows {
                ids.append(try row["id", as: Int64.self])
                texts.append(CorpusStore.searchable(try row["heading_path", as: [String].self], try row["text", as: String.self]))
            }
            last = ids.last ?? last
            let vectors = try await embedder.embed(texts)
            guard vectors.count == ids.count else { return total }
            total += try await self.store(vectors, chunks: ids, number: number)
        }
    }

    private func store(_ vectors: [[Float]], chunks: [Int64], number: Int16) async throws -> Int {
        try await self.pool.withTransaction { transaction in
            // Chunks that were replaced in the meantime have no row any more, and get no vector.
            try await transaction.query(
                """
                WITH given AS (
                    SELECT chunk.id, v.signature, v.vector
                    FROM unnest(\(chunks), \(vectors.map { SignCode.bitString(of: $0) }), \(vectors.map { QuantizedVector.encode($0) }))
                        AS v (id, signature, vector)
                    JOIN chunk ON chunk.id = v.id JOIN embedding_model AS m ON m.number = \(number)
                    FOR KEY SHARE OF chunk
                ), signatures AS (
                    INSERT INTO chunk_signature (model, chunk_id, signature) SELECT \(number), id, signature::bit(256) FROM given
                    ON CONFLICT (model, chunk_id) DO NOTHING
                )
                INSERT INTO chunk_vector (model, chunk_id, vector) SELECT \(number), id, vector FROM given
                ON CONFLICT (model, chunk_id) DO NOTHING
                """
            ).affected
        }
    }

    /// Runs what takes seconds of computing on a thread of its own: the cooperative pool has other things to do.
    private static func onThread<Value: Sendable>(_ body: @escaping @Sendable () -> Value) async -> Value {
        await withCheckedContinuation { continuation in
            DedicatedThread.start(name: "embedding-fit") { continuation.resume(returning: body()) }
        }
    }
}
