public import Corpus
public import PostgresClient

extension PostgresGraphStore {
    public func neighbours(of id: Int64, depth: Int) async throws(PostgresError) -> Neighbourhood? {
        guard let center = try await self.entity(id)?.entity.id else { return nil }
        let depth = min(max(depth, GraphBounds.depths.lowerBound), GraphBounds.depths.upperBound)
        let distances = try await self.distances(from: center, depth: depth)
        let graph = try await self.graph(of: Array(distances.keys))
        let inner = distances.filter { $0.value < depth }.map(\.key)
        return Neighbourhood(graph: graph, distances: distances, cut: try await self.cut(inner, within: Array(distances.keys)))
    }

    /// Entities and how many steps away they are: one recursive query, a round for each step.
    ///
    /// A recursive query may not sum up its own rows, so that a round is one row that holds all it has seen: nobody is visited twice.
    private func distances(from center: Int64, depth: Int) async throws(PostgresError) -> [Int64: Int] {
        let rows = try await self.pool.query(
            """
            WITH RECURSIVE around AS (
                SELECT 0 AS distance, ARRAY[\(center)] AS reached, ARRAY[\(center)] AS seen
                UNION ALL
                SELECT a.distance + 1, n.reached, a.seen || n.reached
                FROM around AS a CROSS JOIN LATERAL (
                    SELECT array_agg(nearest.other) AS reached FROM (
                        SELECT r.other FROM unnest(a.reached) AS f (id) CROSS JOIN LATERAL (\(fragment: Self.strongest("f.id"))) AS r
                        WHERE NOT EXISTS (SELECT FROM unnest(a.seen) AS s (id) WHERE s.id = r.other)
                        GROUP BY r.other ORDER BY min(r.cost), r.other
                        LIMIT \(Int64(GraphBounds.neighbourhood)) - cardinality(a.seen)
                    ) AS nearest
                ) AS n
                WHERE a.distance < \(Int32(depth)) AND n.reached IS NOT NULL
            )
            SELECT a.distance, r.id FROM around AS a CROSS JOIN LATERAL unnest(a.reached) AS r (id)
            """)
        var distances: [Int64: Int] = [:]
        for row in rows { distances[try row[1, as: Int64.self]] = try row[0, as: Int.self] }
        return distances
    }

    /// Which of `entities` have neighbours that are not among `shown`.
    private func cut(_ entities: [Int64], within shown: [Int64]) async throws(PostgresError) -> Set<Int64> {
        let rows = try await self.pool.query(
            """
            WITH shown AS MATERIALIZED (SELECT id FROM unnest(\(shown)) AS s (id))
            SELECT DISTINCT r.id FROM (
                SELECT source_id AS id, target_id AS other FROM relationship WHERE source_id = ANY (\(entities))
                UNION ALL
                SELECT target_id AS id, source_id AS other FROM relationship WHERE target_id = ANY (\(entities))
            ) AS r WHERE NOT EXISTS (SELECT FROM shown AS s WHERE s.id = r.other)
            """)
        return Set(try rows.map { row throws(PostgresError) in try row[0, as: Int64.self] })
    }

    /// The strongest relationships of an entity in both directions, with what is at their other end.
    ///
    /// - Parameter entity: an expression.
    static func strongest(_ entity: String) -> PostgresQuery {
        """
        (SELECT target_id AS other, cost FROM relationship WHERE source_id = \(unescaped: entity)
            ORDER BY cost LIMIT \(Int64(GraphBounds.fanOut)))
        UNION ALL
        (SELECT source_id AS other, cost FROM relationship WHERE target_id = \(unescaped: entity)
            ORDER BY cost LIMIT \(Int64(GraphBounds.fanOut)))
        """
    }
}
