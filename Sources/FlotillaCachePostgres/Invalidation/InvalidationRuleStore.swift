public import FlotillaCache
public import PostgresClient
internal import Threading

/// The rules in their table. Relays see a change after some seconds.
public struct InvalidationRuleStore: Sendable {
    private let pool: PostgresPool
    private let types: [CacheType]

    /// - Parameter types: all cache types, for the check of what rules may delay.
    public init(pool: PostgresPool, types: [CacheType] = CacheType.all) {
        self.pool = pool
        self.types = types
    }

    /// All rules, by event and name.
    public func all() async throws -> [InvalidationRule] {
        try Self.rules(from: try await self.pool.query(Self.selection))
    }

    /// Stores a rule, over the one of the same name if there is one.
    ///
    /// - Throws: ``CacheStoreError`` with `.invalid`, also for a delay that the types of the rule do not permit; `PostgresError`.
    public func put(_ rule: InvalidationRule) async throws {
        try rule.validate(known: self.types)
        try await self.pool.query(
            """
            INSERT INTO cache_invalidation_rule (name, event, tags, types, strategy, delay_ms, enabled, description)
            VALUES (
                \(rule.name), \(rule.event), \(rule.tags), \(rule.types), \(rule.strategy.rawValue),
                \(Int32(clamping: rule.delay.inMilliseconds)), \(rule.isEnabled), \(rule.summary))
            ON CONFLICT (name) DO UPDATE SET
                event = excluded.event, tags = excluded.tags, types = excluded.types, strategy = excluded.strategy,
                delay_ms = excluded.delay_ms, enabled = excluded.enabled, description = excluded.description, updated_at = now()
            """)
    }

    /// Switches a rule on or off.
    ///
    /// - Throws: ``CacheStoreError`` with `.notFound`; `PostgresError`.
    public func setEnabled(_ isEnabled: Bool, rule name: String) async throws {
        let rows = try await self.pool.query(
            "UPDATE cache_invalidation_rule SET enabled = \(isEnabled), updated_at = now() WHERE name = \(name)")
        guard rows.affected > 0 else { throw CacheStoreError(.notFound, "there is no rule \(name)") }
    }

    /// Returns whether there was such a rule. What it has postponed already ends all the same.
    public func remove(_ name: String) async throws -> Bool {
        try await self.pool.query("DELETE FROM cache_invalidation_rule WHERE name = \(name)").affected > 0
    }

    static let selection: PostgresQuery = """
        SELECT name, event, tags, types, strategy, delay_ms, enabled, description FROM cache_invalidation_rule ORDER BY event, name
        """

    /// Rows of ``selection``.
    static func rules(from rows: PostgresRows) throws(PostgresError) -> [InvalidationRule] {
        var rules: [InvalidationRule] = []
        for row in rows {
            let strategy = try row["strategy", as: String.self]
            rules.append(
                InvalidationRule(
                    name: try row["name", as: String.self], event: try row["event", as: String.self],
                    tags: try row["tags", as: [String].self], types: try row["types", as: [String].self],
                    // The table has no others; of one that a later version adds, the safe reading is to end values at once.
                    strategy: CachePolicy.Invalidation(rawValue: strategy) ?? .eager,
                    delay: .milliseconds(try row["delay_ms", as: Int.self]), isEnabled: try row["enabled", as: Bool.self],
                    summary: try row["description", as: String?.self]))
        }
        return rules
    }
}
