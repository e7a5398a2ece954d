public import Flotilla
internal import JSONText
public import PostgresClient

/// What people do with jobs and dead letters: look, make, cancel, put back, discard. Every change leaves a row in `audit_log`.
///
/// Lists come in pages of at most 500. Times are microseconds since 1970.
public struct JobAdministration: Sendable {
    /// Pages are never longer.
    public static let maximumPage = 500

    let pool: PostgresPool
    let countingQueues: Set<QueueName>

    /// - Parameter countingQueues: as for ``PostgresJobStore``.
    public init(pool: PostgresPool, countingQueues: Set<QueueName>) {
        self.pool = pool
        self.countingQueues = countingQueues
    }

    /// Adds a row to the audit log.
    ///
    /// - Parameters:
    ///   - actor: who did it, such as `alice@host`.
    ///   - action: what, such as `dlq.requeue`.
    ///   - filter: by what the targets were chosen.
    ///   - count: how many were changed.
    ///   - detail: a JSON object.
    public func audit(
        actor: String, action: String, target: String? = nil, filter: String? = nil, count: Int? = nil, detail: [String: String] = [:]
    ) async throws(JobStoreError) {
        let query = self.auditQuery(actor: actor, action: action, target: target, filter: filter, count: count, detail: detail)
        try await self.perform("audit") { try await self.pool.query(query) }
    }

    /// The newest rows of the audit log, before the row `cursor` if given.
    public func auditEntries(before cursor: Int64? = nil, limit: Int = 100) async throws(JobStoreError) -> [AuditEntry] {
        try await self.perform("read the audit log") {
            try await self.pool.query(
                """
                SELECT \(fragment: AuditEntry.columns) FROM audit_log
                WHERE id < \(cursor ?? .max) ORDER BY id DESC LIMIT \(self.page(limit))
                """
            ).map { try AuditEntry($0) }
        }
    }

    func auditQuery(
        actor: String, action: String, target: String? = nil, filter: String? = nil, count: Int? = nil, detail: [String: String] = [:]
    ) -> PostgresQuery {
        let members = detail.sorted { $0.key < $1.key }.map { JSONValue.Member($0.key, .string(Storable.text($0.value))) }
        let json: String? = members.isEmpty ? nil : JSONValue.object(members).jsonText
        return """
            INSERT INTO audit_log (actor, action, target, filter, count, detail)
            VALUES (
                \(Storable.text(actor)), \(Storable.text(action)), \(Storable.text(target)), \(Storable.text(filter)),
                \(count.map { Int32(clamping: $0) }), \(json)::jsonb)
            """
    }

    func page(_ limit: Int) -> Int { min(max(limit, 1), Self.maximumPage) }

    /// Runs `body`, and says what its errors mean.
    @discardableResult
    func perform<Value: Sendable>(_ operation: String, _ body: () async throws -> Value) async throws(JobStoreError) -> Value {
        do {
            return try await body()
        } catch {
            throw JobStoreError(error, operation: operation)
        }
    }
}

/// A row of the audit log.
public struct AuditEntry: Sendable, Hashable {
    public var id: Int64
    public var at: Int64
    public var actor: String
    public var action: String
    public var target: String?
    public var filter: String?
    public var count: Int?
    /// A JSON object.
    public var detail: String?

    static let columns: PostgresQuery = "id, at, actor, action, target, filter, count, detail::text"

    init(_ row: PostgresRow) throws(PostgresError) {
        self.id = try row[0, as: Int64.self]
        self.at = try row[1, as: PostgresTimestamp.self].microseconds
        self.actor = try row[2, as: String.self]
        self.action = try row[3, as: String.self]
        self.target = try row[4, as: String?.self]
        self.filter = try row[5, as: String?.self]
        self.count = try row[6, as: Int?.self]
        self.detail = try row[7, as: String?.self]
    }
}
