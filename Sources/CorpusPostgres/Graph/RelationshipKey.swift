internal import PostgresClient

/// Which relationship: at most one row has the key.
struct RelationshipKey: Sendable, Hashable {
    var source: Int64
    var predicate: String
    var target: Int64
}

extension PostgresGraphStore {
    /// The relationships that evidence supports, as names resolve now.
    ///
    /// - Parameter condition: over `relationship_support AS s`.
    func relationships(
        _ condition: PostgresQuery, in transaction: PostgresConnection
    ) async throws(PostgresError) -> Set<RelationshipKey> {
        let rows = try await transaction.query(
            "SELECT DISTINCT s.source_id, s.predicate, s.target_id FROM relationship_support AS s WHERE \(fragment: condition)")
        var keys: Set<RelationshipKey> = []
        for row in rows {
            keys.insert(
                RelationshipKey(
                    source: try row[0, as: Int64.self], predicate: try row[1, as: String.self], target: try row[2, as: Int64.self]))
        }
        return keys
    }

    /// Computes these relationships anew from their evidence. Needs the scope's lock.
    func refresh(
        _ keys: Set<RelationshipKey>, of scope: PostgresUUID, in transaction: PostgresConnection
    ) async throws(PostgresError) {
        guard !keys.isEmpty else { return }
        let keys = Array(keys)
        try await transaction.query(
            """
            SELECT graph_refresh_relationships(\(scope), \(keys.map(\.source)), \(keys.map(\.predicate)), \(keys.map(\.target)))
            """)
    }
}
