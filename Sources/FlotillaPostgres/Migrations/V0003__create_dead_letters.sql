-- The queryable history of every dead-letter queue: rows stay when their messages are gone.

CREATE TABLE dead_letter (
    id text PRIMARY KEY,
    -- 'dead': its message rests in the dead-letter queue, or should.
    state text NOT NULL DEFAULT 'dead' CHECK (state IN ('dead', 'requeued', 'discarded', 'expired')),
    work_id uuid,
    job_id text,
    tenant_id text,
    filename text,
    queue text NOT NULL,
    reason text NOT NULL,
    error_message text NOT NULL,
    stack_trace text NOT NULL DEFAULT '',
    fingerprint text NOT NULL,
    stage text,
    failure_count integer NOT NULL,
    -- The producer's bytes; of a malformed message all its bytes.
    payload bytea NOT NULL,
    failure_time timestamptz NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT now(),
    requeued_at timestamptz,
    discarded_at timestamptz,
    expired_at timestamptz,
    -- When retention took the message out of the queue.
    archived_at timestamptz
);

-- Lists, newest first, of one queue or of all: `[WHERE queue = $1] ORDER BY failure_time DESC, id DESC`.
CREATE INDEX dead_letter_time ON dead_letter (failure_time DESC, id DESC);
CREATE INDEX dead_letter_queue_time ON dead_letter (queue, failure_time DESC, id DESC);
-- Failures of one kind: `WHERE fingerprint = $1`, and the statistics by fingerprint.
CREATE INDEX dead_letter_fingerprint ON dead_letter (fingerprint, failure_time DESC);
-- The deaths of one work item, for its timeline: `WHERE work_id = $1`.
CREATE INDEX dead_letter_work ON dead_letter (work_id) WHERE work_id IS NOT NULL;
-- Retention and the comparison with the queues: `WHERE state = 'dead' [AND queue = $1]`.
CREATE INDEX dead_letter_resting ON dead_letter (queue, id) WHERE state = 'dead';
