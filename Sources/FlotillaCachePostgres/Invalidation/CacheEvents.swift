internal import JSONText
public import PostgresClient

/// The outbox of changes: written with what has changed, applied to the cache by ``InvalidationRelay`` after the commit.
///
/// Programs in other languages write the same rows: `INSERT INTO cache_invalidation_event (event, tenant_id, fields) VALUES (…)`.
public enum CacheEvents {
    /// Records an event in the caller's transaction.
    ///
    /// - Throws: ``CacheStoreError`` with `.invalid`, before anything is sent; `PostgresError`, and then the transaction is aborted.
    public static func record(_ event: CacheEvent, in transaction: PostgresConnection) async throws {
        try await self.record([event], in: transaction)
    }

    /// Records events in the caller's transaction, in this order, with one statement.
    public static func record(_ events: [CacheEvent], in transaction: PostgresConnection) async throws {
        guard !events.isEmpty else { return }
        try await transaction.query(try self.insertion(of: events))
    }

    /// Records an event by itself: for a change that was made elsewhere, and is there already.
    ///
    /// - Throws: as ``record(_:in:)``. With `mayHaveCommitted` it may be recorded again: twice is harmless.
    public static func record(_ event: CacheEvent, on pool: PostgresPool) async throws {
        try await self.record([event], on: pool)
    }

    /// Records events by themselves, all or none, in this order.
    public static func record(_ events: [CacheEvent], on pool: PostgresPool) async throws {
        guard !events.isEmpty else { return }
        try await pool.query(try self.insertion(of: events))
    }

    /// Deletes events that were applied before `cutoff`, some thousands at a time. Returns how many.
    public static func purge(appliedBefore cutoff: PostgresTimestamp, on pool: PostgresPool) async throws -> Int {
        var total = 0
        while true {
            let count = try await pool.query(
                """
                DELETE FROM cache_invalidation_event WHERE id IN (
                    SELECT id FROM cache_invalidation_event WHERE applied_at < \(cutoff) LIMIT 10000 FOR UPDATE SKIP LOCKED)
                """
            ).affected
            total += count
            if count < 10_000 { return total }
        }
    }

    /// The statement that records: for callers that send it in a pipeline with others.
    public static func insertion(of events: [CacheEvent]) throws(CacheStoreError) -> PostgresQuery {
        var names: [String] = []
        var tenants: [String?] = []
        var everyone: [Bool] = []
        var fields: [String] = []
        for event in events {
            guard Self.isName(event.name) else {
                throw CacheStoreError(.invalid, "\(event.name.prefix(80)) cannot name an event: words of a-z, 0-9 and _ with dots between")
            }
            names.append(event.name)
            tenants.append(event.tenantID)
            everyone.append(event.owner == .everyone)
            fields.append(try self.text(of: event))
        }
        return """
            INSERT INTO cache_invalidation_event (event, tenant_id, everyone, fields)
            SELECT event, tenant_id, everyone, fields::jsonb
            FROM unnest(\(names), \(tenants), \(everyone), \(fields)) WITH ORDINALITY AS item (event, tenant_id, everyone, fields, position)
            ORDER BY position
            """
    }

    /// What the table takes: checked here too, so that a mistake does not abort the caller's transaction.
    private static let maximumFieldBytes = 262_144

    private static func text(of event: CacheEvent) throws(CacheStoreError) -> String {
        let hasNull = event.tenantID?.utf8.contains(0) == true || event.fields.contains { $0.utf8.contains(0) || $1.utf8.contains(0) }
        guard !hasNull else { throw CacheStoreError(.invalid, "the event \(event.name) holds a NUL byte, which PostgreSQL cannot store") }
        let members = event.fields.sorted { $0.key < $1.key }.map { JSONValue.Member($0.key, .string($0.value)) }
        let bytes = JSONValue.object(members).jsonBytes
        // jsonb is written back with a blank after each colon and comma.
        guard bytes.count + 2 * members.count <= Self.maximumFieldBytes else {
            throw CacheStoreError(.invalid, "the fields of the event \(event.name) are longer than \(Self.maximumFieldBytes) bytes")
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Two or more words of lower-case letters, digits and `_`, each beginning with a letter, with dots between.
    static func isName(_ name: String) -> Bool {
        let words = name.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        return name.utf8.count <= 80 && words.count >= 2
            && words.allSatisfy { word in
                guard let first = word.first, (0x61...0x7A).contains(first) else { return false }
                return word.allSatisfy { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x5F }
            }
    }
}

extension CacheEvent {
    var tenantID: String? {
        if case .tenant(let id) = self.owner, !id.isEmpty { id } else { nil }
    }
}
