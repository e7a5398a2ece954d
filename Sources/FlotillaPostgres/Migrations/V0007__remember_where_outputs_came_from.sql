-- Where each output came from, where a cache has it, and which older versions are to go.

ALTER TABLE stage_output
    -- Names what the output was made from (64 hexadecimal digits); NULL where no cache has it.
    ADD COLUMN cache_key text,
    -- SHA-256 of the body in hexadecimal; NULL for rows from before this migration.
    ADD COLUMN digest text;

ALTER TABLE stage_run
    -- Found in a cache instead of computed.
    ADD COLUMN from_cache boolean NOT NULL DEFAULT false,
    -- How long the output had taken to make, for those that were not made anew.
    ADD COLUMN saved_ms integer,
    -- The processing version from which the output was taken over.
    ADD COLUMN carried_from integer;

-- Documents whose versions below this one are removed when this one is published.
CREATE TABLE version_cleanup (
    document_uuid uuid PRIMARY KEY,
    below integer NOT NULL,
    asked_at timestamptz NOT NULL DEFAULT now()
);
