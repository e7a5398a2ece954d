-- What is put into the cache before anybody asks for it.

CREATE TABLE cache_warmup_job (
    name text PRIMARY KEY CHECK (name ~ '^[a-z0-9][a-z0-9._-]{0,79}$'),
    -- scheduled: what the type's loader lists. frequency: what was read most lately. pinned: what is listed here.
    kind text NOT NULL CHECK (kind IN ('scheduled', 'frequency', 'pinned')),
    type text NOT NULL CHECK (type ~ '^[a-z0-9_]{1,40}$'),
    -- NULL: all tenants, each with its share.
    tenant_id text CHECK (tenant_id <> ''),
    -- The ids that a pinned job loads.
    pinned text[] NOT NULL DEFAULT '{}' CHECK (cardinality(pinned) <= 10000),
    -- One of the two. The time of day is in UTC.
    every_seconds integer CHECK (every_seconds BETWEEN 10 AND 2678400),
    daily_at time,
    -- Loads a second, over all tenants.
    rate_per_second real NOT NULL DEFAULT 10 CHECK (rate_per_second > 0 AND rate_per_second <= 10000),
    entry_limit integer NOT NULL DEFAULT 1000 CHECK (entry_limit BETWEEN 1 AND 1000000),
    -- Of jobs that are due the highest runs first.
    priority integer NOT NULL DEFAULT 0 CHECK (priority BETWEEN -100 AND 100),
    enabled boolean NOT NULL DEFAULT true,
    due_at timestamptz NOT NULL DEFAULT now(),
    -- Who runs it, and until when that counts unless he renews it. The fence grows with each lease.
    leased_by text,
    leased_until timestamptz,
    fence bigint NOT NULL DEFAULT 0,
    last_started_at timestamptz,
    last_finished_at timestamptz,
    last_result text CHECK (last_result IN ('succeeded', 'failed', 'stopped')),
    last_loaded integer CHECK (last_loaded >= 0),
    last_skipped integer CHECK (last_skipped >= 0),
    last_failed integer CHECK (last_failed >= 0),
    last_error text CHECK (length(last_error) <= 2000),
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT cache_warmup_has_one_schedule CHECK (num_nonnulls(every_seconds, daily_at) = 1),
    CONSTRAINT cache_warmup_pins_what_is_pinned CHECK ((kind = 'pinned') = (cardinality(pinned) > 0)),
    CHECK ((leased_by IS NULL) = (leased_until IS NULL)),
    CHECK (last_result IS DISTINCT FROM 'failed' OR last_error IS NOT NULL)
);
-- No index but the key: there are tens of jobs, and looking for those that are due reads one page.
