import Flotilla
import FlotillaPostgres
import FlotillaRedis
import PostgresClient
import Testing

/// What became of every message, from Redis and PostgreSQL at a quiet moment: accepted = completed + cancelled + dead, and nothing twice.
struct Account: Sendable {
    /// Dead letters by file name; malformed ones by their reason.
    var dead: [String: [DeadLetter]] = [:]
    /// Status and failures of each work item by file name.
    var items: [String: (status: String, failures: Int)] = [:]
    var malformed = 0

    init(_ fleet: Fleet) async throws {
        var start = 0
        while true {
            let page = try await fleet.broker.deadLetters(from: start, limit: 1_000)
            for payload in page {
                let entry = DeadLetterEntry(payload, queue: fleet.broker.queue)
                if entry.envelope == nil {
                    self.malformed += 1
                } else {
                    self.dead[entry.letter.filename ?? "?", default: []].append(entry.letter)
                }
            }
            start += page.count
            if page.count < 1_000 { break }
        }
        for row in try await fleet.pool.query("SELECT filename, status, failures FROM work_item") {
            self.items[try row[0, as: String?.self] ?? "?"] = (try row[1, as: String.self], try row[2, as: Int.self])
        }
    }

    /// Checks that every name ended once: as dead if `isDead`, else as completed.
    func check(
        _ names: some Sequence<String>, malformed: Int = 0, sourceLocation: SourceLocation = #_sourceLocation,
        isDead: (String) -> Bool = { _ in false }
    ) {
        var wrong: [String] = []
        var count = 0
        for name in names {
            count += 1
            let status = self.items[name]?.status ?? "unaccounted"
            let letters = self.dead[name]?.count ?? 0
            let isRight = isDead(name) ? status == "failed" && letters == 1 : status == "completed" && letters == 0
            if !isRight { wrong.append("\(name): \(status), \(letters) dead letters \(self.dead[name]?.map(\.reason.rawValue) ?? [])") }
        }
        #expect(wrong.isEmpty, "\(wrong.count) of \(count): \(wrong.prefix(10))", sourceLocation: sourceLocation)
        #expect(self.items.count == count, "work items that nobody sent", sourceLocation: sourceLocation)
        #expect(self.malformed == malformed, sourceLocation: sourceLocation)
    }
}

extension Fleet {
    /// Checks a job's counters.
    func check(
        job: String = "j", processed: Int, failed: Int = 0, cancelled: Int = 0, sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let row = try await self.pool.query(
            "SELECT processed_files, failed_files, cancelled_files FROM processing_job WHERE id = \(job)"
        ).one()
        let counters = [try row[0, as: Int.self], try row[1, as: Int.self], try row[2, as: Int.self]]
        #expect(counters == [processed, failed, cancelled], "job \(job)", sourceLocation: sourceLocation)
    }
}
