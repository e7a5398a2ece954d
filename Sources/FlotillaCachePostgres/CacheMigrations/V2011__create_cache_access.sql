-- Which values are asked for most, as the processes see it: what warm-up jobs by frequency load. A score halves in an hour.
CREATE TABLE cache_access (
    type text NOT NULL,
    -- As they stand in keys.
    tenant text NOT NULL,
    specific text NOT NULL CHECK (octet_length(specific) <= 500),
    score double precision NOT NULL CHECK (score > 0),
    updated_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (type, tenant, specific)
);
-- Clearing away what nobody asks for any more: `WHERE updated_at < $1`.
CREATE INDEX cache_access_updated ON cache_access (updated_at);

-- Results of stages that are asked for again and again stay in the cache: they are read from PostgreSQL, and nothing is computed.
INSERT INTO cache_warmup_job (name, kind, type, every_seconds, daily_at, rate_per_second, entry_limit, priority, enabled) VALUES
    ('frequent-recognised-texts', 'frequency', 'ocr_result', 900, NULL, 20, 200, 20, true),
    ('frequent-cleaned-texts', 'frequency', 'cleaned_text', 900, NULL, 20, 200, 15, true);

-- The output behind a key of the cache: `WHERE cache_key = $1`.
CREATE INDEX stage_output_cache_key ON stage_output (cache_key) WHERE cache_key IS NOT NULL;
