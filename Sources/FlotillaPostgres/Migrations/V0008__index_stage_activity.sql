-- What stages do now and did lately, for those who watch.

-- The newest runs that ended: `WHERE finished_at > $1 ORDER BY finished_at DESC LIMIT $2`.
CREATE INDEX stage_run_finished ON stage_run (finished_at DESC) WHERE finished_at IS NOT NULL;
-- Runs under way, newest first: `WHERE status = 'running' ORDER BY started_at DESC LIMIT $1`. Those whose worker died stay in it until their
-- work runs again.
CREATE INDEX stage_run_running ON stage_run (started_at DESC) WHERE status = 'running';
