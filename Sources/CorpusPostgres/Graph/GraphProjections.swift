internal import Corpus
public import Flotilla
public import FlotillaPostgres
internal import PostgresClient

/// What the graph pipeline's stages leave in the graph's tables, each in the transaction that completes the stage.
public enum GraphProjections {
    /// For `PostgresStageStore(pool:projections:)`: `extract_entities`, `resolve_entities`, `build_relationships`.
    public static func all(_ store: PostgresGraphStore) -> [StageName: PostgresStageStore.Projection] {
        [
            "extract_entities": { transaction, work, output in
                let mentions = try DocumentMentions(bytes: output.body)
                let uuid = try Self.uuid(work)
                try await Self.makeDocument(uuid, of: work, in: transaction)
                try await store.write(mentions, of: uuid, version: work.processingVersion, in: transaction)
            },
            "resolve_entities": { transaction, work, output in
                let names = try DocumentNames(bytes: output.body)
                let uuid = try Self.uuid(work)
                try await Self.makeDocument(uuid, of: work, in: transaction)
                let scope = GraphScope(tenantID: work.envelope.tenantID, jobID: work.envelope.jobID, document: uuid)
                try await store.write(names, of: uuid, version: work.processingVersion, scope: scope, in: transaction)
            },
            "build_relationships": { transaction, work, output in
                let relations = try DocumentRelations(bytes: output.body)
                try await store.write(relations, of: try Self.uuid(work), version: work.processingVersion, in: transaction)
            },
        ]
    }

    /// The document's row, where nobody has made it or somebody has removed it.
    private static func makeDocument(
        _ uuid: PostgresUUID, of work: StageWork, in transaction: PostgresConnection
    ) async throws(PostgresError) {
        try await transaction.query(
            """
            INSERT INTO document (uuid, tenant_id, job_id, filename, current_version)
            VALUES (\(uuid), \(StorableText.of(work.envelope.tenantID))::text, \(StorableText.of(work.envelope.jobID))::text,
                \(StorableText.of(work.envelope.filename))::text, \(Int32(clamping: work.processingVersion)))
            ON CONFLICT (uuid) DO NOTHING
            """)
    }

    private static func uuid(_ work: StageWork) throws(PostgresError) -> PostgresUUID {
        guard let uuid = PostgresUUID(work.identity.documentUUID) else {
            throw PostgresError(.invalidArgument, "the document's name is not a UUID")
        }
        return uuid
    }
}
