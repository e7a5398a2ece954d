-- Jobs and their work items: who may run what, and how far each job is.

-- Each batch of claims draws one number; an item carries the number of its last claim, and a write under another number is refused.
CREATE SEQUENCE fence AS bigint;

-- What a job's counters make of it. The one place that says when a job is done: at least as many files ended as there are.
CREATE FUNCTION job_status(total integer, processed integer, failed integer, cancelled integer) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE
        WHEN total IS NULL OR processed + failed + cancelled < total THEN 'processing'
        WHEN cancelled > 0 THEN 'cancelled'
        WHEN failed = 0 THEN 'completed'
        WHEN processed = 0 THEN 'failed'
        ELSE 'completed_with_errors'
    END
$$;

-- One job. Producers may insert rows themselves, with an id alone; a row is made on first sight of a message otherwise.
CREATE TABLE processing_job (
    id text PRIMARY KEY,
    tenant_id text,
    status text NOT NULL DEFAULT 'pending'
        CHECK (status IN ('pending', 'processing', 'completed', 'completed_with_errors', 'failed', 'cancelled')),
    -- NULL: nobody has said how many there are, and the job stays open.
    total_files integer CHECK (total_files >= 0),
    -- Each file moves one of these once.
    processed_files integer NOT NULL DEFAULT 0 CHECK (processed_files >= 0),
    failed_files integer NOT NULL DEFAULT 0 CHECK (failed_files >= 0),
    cancelled_files integer NOT NULL DEFAULT 0 CHECK (cancelled_files >= 0),
    created_at timestamptz NOT NULL DEFAULT now(),
    started_at timestamptz,
    completed_at timestamptz,
    updated_at timestamptz NOT NULL DEFAULT now(),
    error_message text,
    cancel_requested_at timestamptz,
    -- Who made the row: 'submit', 'message', or whatever a producer writes.
    source text NOT NULL DEFAULT 'producer'
) WITH (fillfactor = 70);

-- Lists of jobs, newest first: `ORDER BY created_at DESC, id`.
CREATE INDEX processing_job_created ON processing_job (created_at DESC, id);

-- Whoever says how many files there are may say so last: after the files themselves have ended.
CREATE FUNCTION job_total_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.status <> 'pending' OR NEW.processed_files + NEW.failed_files + NEW.cancelled_files > 0 OR NEW.total_files = 0 THEN
        NEW.status := job_status(NEW.total_files, NEW.processed_files, NEW.failed_files, NEW.cancelled_files);
        NEW.completed_at := CASE WHEN NEW.status = 'processing' THEN NULL ELSE coalesce(NEW.completed_at, now()) END;
        NEW.updated_at := now();
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER job_total_changed BEFORE UPDATE OF total_files ON processing_job
    FOR EACH ROW WHEN (OLD.total_files IS DISTINCT FROM NEW.total_files) EXECUTE FUNCTION job_total_changed();

-- One piece of work: one file of one job on one queue in one processing version.
--
--   queued ──claim──▶ processing ──▶ completed | cancelled | failed (dead-lettered)
--     ▲                  │   ▲                                  │
--     └────released──────┘   └──claim── retrying ◀── failed run │
--     └───────────────────── put back by somebody ──────────────┘
--
-- Columns that transitions change stand together in the middle: the write-ahead log of an update leaves out what is equal before and after.
-- No index holds a column that a transition changes, so that updates stay within their page.
-- There is no foreign key to processing_job: it would lock the job's row for each of its files.
CREATE TABLE work_item (
    -- Computed from what the work is: WorkIdentity.
    id uuid PRIMARY KEY,
    document_uuid uuid NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    processing_version integer NOT NULL DEFAULT 1,
    -- Whether this item's end moves the job's counters.
    counts_toward_job boolean NOT NULL DEFAULT true,

    fence bigint NOT NULL DEFAULT 0,
    started_at timestamptz,
    finished_at timestamptz,
    updated_at timestamptz NOT NULL DEFAULT now(),
    due_at timestamptz,
    duration_ms integer,
    failures integer NOT NULL DEFAULT 0,
    requeues integer NOT NULL DEFAULT 0,
    -- The number of the delivery that has or had it, among its worker's.
    delivery bigint,
    status text NOT NULL DEFAULT 'queued',
    worker text,
    -- Of the last failure.
    error_class text,
    error_code text,
    error_message text,
    error_stage text,
    fingerprint text,
    dead_letter_id text,

    queue text NOT NULL,
    job_id text,
    tenant_id text,
    filename text,
    path text,
    -- The producer's bytes, without anything of ours: from them a lost message is made anew.
    payload bytea NOT NULL,
    -- One check for all: each is parsed anew for every statement.
    CONSTRAINT work_item_state CHECK (
        CASE WHEN finished_at IS NULL THEN status IN ('queued', 'processing', 'retrying')
        ELSE status IN ('completed', 'failed', 'cancelled') END)
-- The usual life of a row is one insertion and one update in its own page: with half of each page left free, all updates find room there,
-- which makes them twice as fast, and the table is no larger than when they have to go elsewhere.
) WITH (fillfactor = 45);

-- A job's items: `WHERE job_id = $1`, for showing, cancelling and counting again.
CREATE INDEX work_item_job ON work_item (job_id) WHERE job_id IS NOT NULL;
