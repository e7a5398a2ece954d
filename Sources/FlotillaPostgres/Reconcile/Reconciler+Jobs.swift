internal import Flotilla
internal import PostgresClient

extension Reconciler {
    /// Finds jobs whose counters are not those of their items, and jobs of which a standby that took over knows the items alone. One
    /// statement sees all of it at the same moment.
    func compareJobs(repair: Bool, into report: inout ReconcileReport) async throws {
        let rows = try await self.slowQuery(
            """
            WITH missing AS (
                SELECT job_id, max(tenant_id) AS tenant_id, min(created_at) AS created_at, max(updated_at) AS updated_at
                FROM work_item AS item
                WHERE job_id IS NOT NULL AND counts_toward_job AND NOT EXISTS (SELECT FROM processing_job WHERE id = item.job_id)
                GROUP BY job_id
            ), job AS (
                SELECT \(fragment: JobRecord.columns), false AS is_missing FROM processing_job AS job
                UNION ALL
                SELECT job_id, tenant_id, 'processing', NULL, 0, 0, 0, created_at, created_at, NULL, updated_at, NULL, NULL, 'message', true
                FROM missing
            )
            SELECT \(fragment: JobRecord.columns), counted.processed, counted.failed, counted.cancelled, job.is_missing
            FROM job
            LEFT JOIN LATERAL (
                SELECT count(*) FILTER (WHERE status = 'completed') AS processed, count(*) FILTER (WHERE status = 'failed') AS failed,
                    count(*) FILTER (WHERE status = 'cancelled') AS cancelled
                FROM work_item WHERE work_item.job_id = job.id AND counts_toward_job
            ) AS counted ON true
            WHERE job.is_missing OR (job.processed_files, job.failed_files, job.cancelled_files)
                IS DISTINCT FROM (counted.processed, counted.failed, counted.cancelled)
            ORDER BY job.id LIMIT \(Self.maximumNamed)
            """)
        for row in rows {
            var job = ReconcileReport.Job(
                job: try JobRecord(row), processed: try row[14, as: Int.self], failed: try row[15, as: Int.self],
                cancelled: try row[16, as: Int.self], isMissing: try row[17, as: Bool.self])
            if repair {
                if job.isMissing { try await self.restore(job.job) }
                try await self.recount(job.job.id)
                job.isRepaired = true
            }
            report.jobs.append(job)
        }
    }

    /// Makes the row that the first message of the job had made; how many files there are, only the producer knows.
    private func restore(_ job: JobRecord) async throws {
        try await self.pool.query(
            """
            INSERT INTO processing_job (id, tenant_id, status, started_at, source)
            VALUES (\(job.id), \(job.tenantID), 'processing', now(), 'message') ON CONFLICT (id) DO NOTHING
            """)
    }

    /// Items are locked first, as everywhere, so that nobody counts meanwhile.
    private func recount(_ job: String) async throws {
        try await self.pool.withTransaction { transaction in
            try await transaction.query(
                "SELECT count(*) FROM (SELECT id FROM work_item WHERE job_id = \(job) ORDER BY id FOR SHARE) AS held")
            try await transaction.query(
                """
                UPDATE processing_job AS job SET
                    processed_files = counted.processed, failed_files = counted.failed, cancelled_files = counted.cancelled, updated_at = now(),
                    status = job_status(job.total_files, counted.processed, counted.failed, counted.cancelled),
                    completed_at = CASE
                        WHEN job.total_files <= counted.processed + counted.failed + counted.cancelled THEN coalesce(job.completed_at, now())
                    END
                FROM (
                    SELECT (count(*) FILTER (WHERE status = 'completed'))::integer AS processed,
                        (count(*) FILTER (WHERE status = 'failed'))::integer AS failed,
                        (count(*) FILTER (WHERE status = 'cancelled'))::integer AS cancelled
                    FROM work_item WHERE job_id = \(job) AND counts_toward_job
                ) AS counted
                WHERE job.id = \(job)
                """)
        }
    }

    /// Finds running jobs with fewer files than they are said to have.
    func findShortJobs(_ unseenFiles: [String: Int], into report: inout ReconcileReport) async throws {
        let rows = try await self.slowQuery(
            """
            SELECT \(fragment: JobRecord.columns), counted.items
            FROM processing_job AS job
            LEFT JOIN LATERAL (SELECT count(*) AS items FROM work_item WHERE job_id = job.id AND counts_toward_job) AS counted ON true
            WHERE job.status IN ('pending', 'processing') AND job.total_files > counted.items
            ORDER BY job.id LIMIT \(Self.maximumNamed)
            """)
        for row in rows {
            let job = try JobRecord(row)
            let missing = (job.totalFiles ?? 0) - (try row[14, as: Int.self]) - (unseenFiles[job.id] ?? 0)
            if missing > 0 { report.shortJobs.append(.init(job: job, missingFiles: missing)) }
        }
    }
}
