internal import CLibpq

/// The answer to one statement: a collection of rows.
///
/// ```swift
/// for row in try await pool.query("SELECT id, name FROM job") {
///     let id = try row["id", as: Int64.self]
///     let name = try row["name", as: String?.self]
/// }
/// ```
public struct PostgresRows: RandomAccessCollection, Sendable {
    let storage: ResultStorage

    /// The columns' names in order.
    public var columns: [String] { self.storage.columns }
    /// How many rows the statement inserted, updated, deleted or returned.
    public var affected: Int { self.storage.affected }

    public var startIndex: Int { 0 }
    public var endIndex: Int { self.storage.count }
    /// The row at `index`, which must be a valid index.
    public subscript(index: Int) -> PostgresRow {
        precondition(index >= 0 && index < self.storage.count, "row \(index) of \(self.storage.count)")
        return PostgresRow(storage: self.storage, index: index)
    }

    /// The only row.
    ///
    /// - Throws: `.decoding` when there is none or more than one.
    public func one() throws(PostgresError) -> PostgresRow {
        guard self.count == 1 else { throw PostgresError(.decoding, "expected one row, got \(self.count)") }
        return self[0]
    }
}

/// One row of an answer.
public struct PostgresRow: Sendable {
    let storage: ResultStorage
    let index: Int

    /// The columns' names in order.
    public var columns: [String] { self.storage.columns }

    /// The value of a column by name.
    ///
    /// - Throws: `.decoding` when there is no such column, when it is NULL and `Value` is not optional, or when it is not a `Value`.
    public subscript<Value: PostgresDecodable>(column: String, as type: Value.Type) -> Value {
        get throws(PostgresError) {
            guard let position = self.storage.columns.firstIndex(of: column) else {
                throw self.storage.failure("there is no column \(column)", column: column)
            }
            return try self[position, as: type]
        }
    }

    /// The value of a column by position, from 0.
    ///
    /// - Throws: as by name.
    public subscript<Value: PostgresDecodable>(position: Int, as type: Value.Type) -> Value {
        get throws(PostgresError) {
            guard position >= 0, position < self.storage.columns.count else {
                throw self.storage.failure("there is no column \(position)", column: nil)
            }
            guard let text = self.storage.value(row: self.index, column: position) else {
                if let null = Value.postgresNull { return null }
                throw self.storage.failure("the value is NULL and \(type) has none", column: self.storage.columns[position])
            }
            guard let value = Value(postgresText: text) else {
                throw self.storage.failure("the value is not a \(type)", column: self.storage.columns[position])
            }
            return value
        }
    }
}

/// Owns a `PGresult`.
final class ResultStorage: @unchecked Sendable {
    // Unchecked because a PGresult is never changed after libpq returned it; libpq documents reading it from many threads as safe.
    private let result: OpaquePointer
    let columns: [String]
    let count: Int
    let affected: Int
    /// The command's tag, `INSERT 0 1`.
    let tag: String

    /// Takes over `result`.
    init(_ result: OpaquePointer) {
        self.result = result
        self.count = Int(PQntuples(result))
        self.columns = (0..<PQnfields(result)).map { String(cString: PQfname(result, $0)) }
        self.affected = Int(String(cString: PQcmdTuples(result))) ?? 0
        self.tag = String(cString: PQcmdStatus(result))
    }

    deinit { PQclear(self.result) }

    /// Valid while this object lives.
    func value(row: Int, column: Int) -> UnsafeBufferPointer<UInt8>? {
        let row = Int32(truncatingIfNeeded: row)
        let column = Int32(truncatingIfNeeded: column)
        if PQgetisnull(self.result, row, column) != 0 { return nil }
        guard let start = PQgetvalue(self.result, row, column) else { return nil }
        let length = Int(PQgetlength(self.result, row, column))
        return UnsafeRawBufferPointer(start: start, count: length).bindMemory(to: UInt8.self)
    }

    func failure(_ message: String, column: String?) -> PostgresError {
        var error = PostgresError(.decoding, message)
        error.column = column
        return error
    }
}
