-- What the cache did, counted: never a row for each read.

CREATE TABLE cache_statistics (
    -- Minutes become hours after some days.
    span text NOT NULL CHECK (span IN ('minute', 'hour')),
    -- The beginning of the minute or hour.
    bucket timestamptz NOT NULL,
    type text NOT NULL,
    -- As it stands in keys.
    tenant text NOT NULL,
    memory_hits bigint NOT NULL DEFAULT 0,
    shared_hits bigint NOT NULL DEFAULT 0,
    stale_hits bigint NOT NULL DEFAULT 0,
    absence_hits bigint NOT NULL DEFAULT 0,
    misses bigint NOT NULL DEFAULT 0,
    errors bigint NOT NULL DEFAULT 0,
    coalesced bigint NOT NULL DEFAULT 0,
    loads bigint NOT NULL DEFAULT 0,
    failed_loads bigint NOT NULL DEFAULT 0,
    load_nanoseconds bigint NOT NULL DEFAULT 0,
    saved_nanoseconds bigint NOT NULL DEFAULT 0,
    writes bigint NOT NULL DEFAULT 0,
    voided bigint NOT NULL DEFAULT 0,
    refused bigint NOT NULL DEFAULT 0,
    deletes bigint NOT NULL DEFAULT 0,
    unreadable bigint NOT NULL DEFAULT 0,
    mismatches bigint NOT NULL DEFAULT 0,
    plain_bytes_written bigint NOT NULL DEFAULT 0,
    stored_bytes_written bigint NOT NULL DEFAULT 0,
    stored_bytes_read bigint NOT NULL DEFAULT 0,
    -- Hits whose value was in this tenth of its time to live.
    age_0 bigint NOT NULL DEFAULT 0,
    age_1 bigint NOT NULL DEFAULT 0,
    age_2 bigint NOT NULL DEFAULT 0,
    age_3 bigint NOT NULL DEFAULT 0,
    age_4 bigint NOT NULL DEFAULT 0,
    age_5 bigint NOT NULL DEFAULT 0,
    age_6 bigint NOT NULL DEFAULT 0,
    age_7 bigint NOT NULL DEFAULT 0,
    age_8 bigint NOT NULL DEFAULT 0,
    age_9 bigint NOT NULL DEFAULT 0,
    -- Also serves reports, `WHERE span = … AND bucket >= $1`, and rolling up, `WHERE span = 'minute' AND bucket < $1`.
    PRIMARY KEY (span, bucket, type, tenant)
    -- A minute's row is written several times by each process: with room in its page, no index is touched.
) WITH (fillfactor = 60);

-- One tenant's use: `WHERE tenant = $1 AND bucket >= $2`.
CREATE INDEX cache_statistics_tenant ON cache_statistics (tenant, bucket);

-- How fast it was, by process. Days are partitions: old ones are dropped, not deleted.
CREATE TABLE cache_performance_metrics (
    at timestamptz NOT NULL,
    -- Host and process, as the fleet names workers.
    process text NOT NULL,
    -- NULL: of all types together.
    type text,
    -- What the row is about, back from `at`.
    period_ms integer NOT NULL CHECK (period_ms > 0),
    -- Of reads that hit; NULL without any. In microseconds, rounded up by at most 19 %.
    memory_p50_us double precision,
    memory_p99_us double precision,
    shared_p50_us double precision,
    shared_p99_us double precision,
    operations_per_second double precision NOT NULL CHECK (operations_per_second >= 0),
    bytes_read bigint NOT NULL DEFAULT 0,
    bytes_written bigint NOT NULL DEFAULT 0,
    -- From the process's own tier.
    evictions bigint NOT NULL DEFAULT 0,
    errors bigint NOT NULL DEFAULT 0
) PARTITION BY RANGE (at);
-- Takes what comes before its day's partition was made.
CREATE TABLE cache_performance_metrics_default PARTITION OF cache_performance_metrics DEFAULT;
-- A type's course: `WHERE type = $1 AND at >= $2 ORDER BY at`.
CREATE INDEX cache_performance_metrics_type ON cache_performance_metrics (type, at);
-- What there is since a time, of all types: `WHERE at >= $1`.
CREATE INDEX cache_performance_metrics_at ON cache_performance_metrics (at);

-- How the tiers were; the newest row of a tier is how it is.
CREATE TABLE cache_health_status (
    tier text NOT NULL CHECK (tier ~ '^[a-z][a-z0-9_-]{0,39}$'),
    at timestamptz NOT NULL DEFAULT now(),
    status text NOT NULL CHECK (status IN ('healthy', 'degraded', 'down')),
    -- Why it is not healthy, or what there is to know.
    detail text CHECK (length(detail) <= 1000),
    version text,
    used_bytes bigint CHECK (used_bytes >= 0),
    -- 0: no limit.
    limit_bytes bigint CHECK (limit_bytes >= 0),
    eviction_policy text,
    -- Since the server's start.
    evicted_keys bigint,
    expired_keys bigint,
    clients integer,
    keys bigint,
    -- Of the question itself.
    latency_us bigint,
    -- A tier that is down has no figures; one that answered has all.
    CHECK (status = 'down' OR num_nulls(version, used_bytes, limit_bytes, eviction_policy, evicted_keys, expired_keys, clients, keys) = 0)
);
-- How a tier is and was: `WHERE tier = $1 ORDER BY at DESC`.
CREATE INDEX cache_health_status_tier ON cache_health_status (tier, at DESC);
-- Clearing away: `WHERE at < $1`.
CREATE INDEX cache_health_status_at ON cache_health_status (at);

-- A sample of what happened to single values, and everything that people did. Never keys and values.
CREATE TABLE cache_event_log (
    at timestamptz NOT NULL,
    type text NOT NULL,
    -- As it stands in keys.
    tenant text NOT NULL,
    event text NOT NULL CHECK (event ~ '^[a-z][a-z0-9_]{0,39}$'),
    -- SHA-256 in hexadecimal; NULL for what concerns many values.
    key_hash text CHECK (key_hash ~ '^[0-9a-f]{64}$'),
    duration_us bigint CHECK (duration_us >= 0),
    detail text CHECK (length(detail) <= 500)
) PARTITION BY RANGE (at);
-- Takes what comes before its day's partition was made.
CREATE TABLE cache_event_log_default PARTITION OF cache_event_log DEFAULT;
-- What happened to one value: `WHERE key_hash = $1 ORDER BY at`.
CREATE INDEX cache_event_log_key ON cache_event_log (key_hash, at) WHERE key_hash IS NOT NULL;
-- What happened lately: `WHERE at >= $1 ORDER BY at DESC`.
CREATE INDEX cache_event_log_at ON cache_event_log (at);
