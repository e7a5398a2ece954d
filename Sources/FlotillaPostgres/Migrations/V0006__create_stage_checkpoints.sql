-- Pieces of a stage that has not ended: a killed run's successor begins with them instead of at the start. Gone when the stage completes.

CREATE TABLE stage_checkpoint (
    document_uuid uuid NOT NULL,
    processing_version integer NOT NULL,
    stage text NOT NULL,
    -- What computed it: a piece made by another engine, or with other parameters, is of no use.
    engine text NOT NULL,
    key text NOT NULL,
    body bytea NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    -- Also serves reading and forgetting all pieces of a stage.
    PRIMARY KEY (document_uuid, processing_version, stage, engine, key)
);
