internal import FlotillaCache
internal import PostgresClient

/// The counts of a tally and their columns: one list for writing, rolling up and reading.
enum StatisticsColumns {
    struct Column: Sendable {
        let name: String
        let path: any WritableKeyPath<CacheTally, UInt64> & Sendable
    }

    static let all: [Column] =
        [
            Column(name: "memory_hits", path: \.memoryHits), Column(name: "shared_hits", path: \.sharedHits),
            Column(name: "stale_hits", path: \.staleHits), Column(name: "absence_hits", path: \.absenceHits),
            Column(name: "misses", path: \.misses), Column(name: "errors", path: \.errors), Column(name: "coalesced", path: \.coalesced),
            Column(name: "loads", path: \.loads), Column(name: "failed_loads", path: \.failedLoads),
            Column(name: "load_nanoseconds", path: \.loadNanoseconds), Column(name: "saved_nanoseconds", path: \.savedNanoseconds),
            Column(name: "writes", path: \.writes), Column(name: "voided", path: \.voided), Column(name: "refused", path: \.refused),
            Column(name: "deletes", path: \.deletes), Column(name: "unreadable", path: \.unreadable),
            Column(name: "mismatches", path: \.mismatches), Column(name: "plain_bytes_written", path: \.plainBytesWritten),
            Column(name: "stored_bytes_written", path: \.storedBytesWritten), Column(name: "stored_bytes_read", path: \.storedBytesRead),
        ] + (0..<10).map { Column(name: "age_\($0)", path: \.ageTenths[$0]) }

    /// `memory_hits, shared_hits, …`.
    static let names = Self.all.map(\.name).joined(separator: ", ")

    /// `sum(memory_hits)::bigint, …`: sums of bigint are numeric.
    static let sums = Self.all.map { "sum(\($0.name))::bigint AS \($0.name)" }.joined(separator: ", ")

    /// `memory_hits = cache_statistics.memory_hits + excluded.memory_hits, …`.
    static let additions = Self.all.map { "\($0.name) = cache_statistics.\($0.name) + excluded.\($0.name)" }.joined(separator: ", ")

    /// `$3, $4, …` of ``arrays(of:)`` as a fragment.
    static func arrays(of tallies: [CacheTally]) -> PostgresQuery {
        var query: PostgresQuery = ""
        for (index, column) in self.all.enumerated() {
            let values = tallies.map { Int64(clamping: $0[keyPath: column.path]) }
            query = index == 0 ? "\(values)" : "\(fragment: query), \(values)"
        }
        return query
    }

    /// Reads the columns from the one at `position` on.
    static func tally(_ row: PostgresRow, from position: Int) throws(PostgresError) -> CacheTally {
        var tally = CacheTally()
        for (index, column) in self.all.enumerated() {
            // NULL: the sum of no rows.
            tally[keyPath: column.path] = UInt64(clamping: try row[position + index, as: Int64?.self] ?? 0)
        }
        return tally
    }
}
