internal import PostgresClient

extension Scene {
    /// Checks that each job's counters moved once for each of its files, by what the files must have become.
    public func checkCounters() async throws {
        var expected: [String: (processed: Int, failed: Int)] = [:]
        for sent in self.sentJobs.values {
            switch sent.job.end {
            case .completed: expected[sent.job.job, default: (0, 0)].processed += 1
            case .dead: expected[sent.job.job, default: (0, 0)].failed += 1
            case .any: throw SelfTestError("counters of jobs whose end is open")
            }
        }
        for row in try await self.pool.query("SELECT id, processed_files, failed_files, cancelled_files FROM processing_job") {
            let job = try row[0, as: String.self]
            let found = [try row[1, as: Int.self], try row[2, as: Int.self], try row[3, as: Int.self]]
            let wanted = expected.removeValue(forKey: job)
            self.expect(
                wanted.map { [$0.processed, $0.failed, 0] } == found,
                "job \(job) counts \(found) processed, failed and cancelled, instead of \(wanted.map { "\($0.processed), \($0.failed), 0" } ?? "none")"
            )
        }
        self.expect(expected.isEmpty, "jobs without a row: \(expected.keys.sorted())")
    }
}
