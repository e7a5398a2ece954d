-- What the stages of each document did, and their outputs.

CREATE TABLE stage_run (
    document_uuid uuid NOT NULL,
    stage text NOT NULL,
    processing_version integer NOT NULL,
    status text NOT NULL CHECK (status IN ('running', 'completed', 'failed')),
    attempt integer NOT NULL,
    -- Of the work item under which it runs or ran.
    fence bigint NOT NULL,
    work_id uuid NOT NULL,
    worker text NOT NULL,
    engine text NOT NULL,
    started_at timestamptz NOT NULL DEFAULT now(),
    finished_at timestamptz,
    duration_ms integer,
    error_class text,
    error_code text,
    error_message text,
    fingerprint text,
    metrics jsonb,
    is_partial boolean NOT NULL DEFAULT false,
    -- Also serves a document's timeline and its completed stages: `WHERE document_uuid = $1 [AND processing_version = $2]`.
    PRIMARY KEY (document_uuid, processing_version, stage)
) WITH (fillfactor = 70);

CREATE TABLE stage_output (
    document_uuid uuid NOT NULL,
    stage text NOT NULL,
    processing_version integer NOT NULL,
    -- JSON text as the stage wrote it.
    body bytea NOT NULL,
    bytes integer NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (document_uuid, processing_version, stage)
);

-- Several times faster than the default; servers may be built without it.
DO $$
BEGIN
    ALTER TABLE stage_output ALTER COLUMN body SET COMPRESSION lz4;
EXCEPTION WHEN feature_not_supported OR invalid_parameter_value OR syntax_error THEN
    NULL;
END
$$;
