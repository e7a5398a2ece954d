internal import PostgresClient

/// The statements' common parts that move a job's counters, and with them its status.
///
/// Every transaction locks work items first (in the order of their ids), then jobs (in the order of theirs), then dead letters: nobody waits
/// in a circle.
enum JobCounters {
    /// Nested loops in the order of the arrays, whatever the planner believes about the sizes of tables. In front of statements that join
    /// arrays to tables; holds until the end of the transaction.
    ///
    /// The statements compare an item's id with `ANY (ARRAY[result.id])` and not with `result.id`: sorted by it, the table's index could
    /// otherwise be the outer side, which is what the planner wants as long as it believes that the table is small, and the batch would be
    /// walked once for each row of the table. One plan serves all batches, so that none is made anew.
    static let ordered: PostgresQuery = """
        SELECT set_config('enable_hashjoin', 'off', true), set_config('enable_mergejoin', 'off', true),
            set_config('enable_seqscan', 'off', true), set_config('plan_cache_mode', 'force_generic_plan', true)
        """

    /// `counted`, an insertion that adds `delta (job_id, processed, failed, cancelled, message)` to the jobs, and makes a job that is missing.
    static let add: PostgresQuery = """
        counted AS (
            INSERT INTO processing_job AS job (
                id, status, started_at, processed_files, failed_files, cancelled_files, error_message, source)
            SELECT job_id, 'processing', now(), processed, failed, cancelled, message, 'message' FROM delta ORDER BY job_id
            ON CONFLICT (id) DO UPDATE SET
                processed_files = job.processed_files + EXCLUDED.processed_files,
                failed_files = job.failed_files + EXCLUDED.failed_files,
                cancelled_files = job.cancelled_files + EXCLUDED.cancelled_files,
                error_message = coalesce(EXCLUDED.error_message, job.error_message),
                started_at = coalesce(job.started_at, EXCLUDED.started_at),
                updated_at = now(),
                status = job_status(
                    job.total_files, job.processed_files + EXCLUDED.processed_files, job.failed_files + EXCLUDED.failed_files,
                    job.cancelled_files + EXCLUDED.cancelled_files),
                completed_at = CASE
                    WHEN job.total_files <= job.processed_files + EXCLUDED.processed_files + job.failed_files + EXCLUDED.failed_files
                        + job.cancelled_files + EXCLUDED.cancelled_files
                    THEN coalesce(job.completed_at, now()) END
        )
        """

    /// `counted`, an update that takes `delta (job_id, failed, cancelled)` from the jobs, which are running again.
    static let takeBack: PostgresQuery = """
        locked_jobs AS MATERIALIZED (
            SELECT id FROM processing_job WHERE id IN (SELECT job_id FROM delta) ORDER BY id FOR NO KEY UPDATE
        ), counted AS (
            UPDATE processing_job AS job SET
                failed_files = greatest(0, job.failed_files - delta.failed),
                cancelled_files = greatest(0, job.cancelled_files - delta.cancelled),
                updated_at = now(),
                status = job_status(
                    job.total_files, job.processed_files, greatest(0, job.failed_files - delta.failed),
                    greatest(0, job.cancelled_files - delta.cancelled)),
                completed_at = CASE
                    WHEN job.total_files <= job.processed_files + greatest(0, job.failed_files - delta.failed)
                        + greatest(0, job.cancelled_files - delta.cancelled)
                    THEN job.completed_at END
            FROM delta, locked_jobs WHERE job.id = delta.job_id AND locked_jobs.id = job.id
        )
        """
}
