-- When cached values end: what has changed, and which rules say what ends with it.

-- `kind:id` or `kind:{field}`, such as `job:{job_id}` and `corpus:all`. No wildcards: a rule names what it ends.
CREATE FUNCTION cache_tag_templates_are_valid(text[]) RETURNS boolean LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT coalesce(bool_and(tag IS NOT NULL AND tag ~ '^[a-z][a-z0-9_]{0,39}:([A-Za-z0-9._-]{1,80}|[{][a-z][a-z0-9_]{0,39}[}])$'), true)
    FROM unnest($1) AS tag
$$;

CREATE FUNCTION cache_type_names_are_valid(text[]) RETURNS boolean LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT coalesce(bool_and(type IS NOT NULL AND type ~ '^[a-z0-9_]{1,40}$'), true) FROM unnest($1) AS type
$$;

-- Tags of what decides who may do what, and of money.
CREATE FUNCTION cache_tags_permit_delay(text[]) RETURNS boolean LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT coalesce(bool_and(split_part(tag, ':', 1) <> ALL (ARRAY['user', 'access', 'session', 'billing'])), true) FROM unnest($1) AS tag
$$;

CREATE TABLE cache_invalidation_rule (
    name text PRIMARY KEY CHECK (name ~ '^[a-z0-9][a-z0-9._-]{0,79}$'),
    event text NOT NULL CHECK (length(event) <= 80 AND event ~ '^[a-z][a-z0-9_]*([.][a-z][a-z0-9_]*)+$'),
    -- Of the event's tenant.
    tags text[] NOT NULL DEFAULT '{}' CHECK (cache_tag_templates_are_valid(tags)),
    -- All of the event's tenant's values of these types; everybody's if they are of global scope.
    types text[] NOT NULL DEFAULT '{}' CHECK (cache_type_names_are_valid(types)),
    strategy text NOT NULL DEFAULT 'eager' CHECK (strategy IN ('eager', 'lazy', 'hybrid')),
    delay_ms integer NOT NULL DEFAULT 0 CHECK (delay_ms BETWEEN 0 AND 3600000),
    enabled boolean NOT NULL DEFAULT true,
    description text,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT cache_rule_ends_something CHECK (cardinality(tags) + cardinality(types) BETWEEN 1 AND 32),
    CONSTRAINT cache_rule_delay_matches_strategy CHECK ((strategy = 'eager') = (delay_ms = 0)),
    -- The types whose policy permits no delay.
    CONSTRAINT cache_rule_must_be_eager CHECK (
        strategy = 'eager'
        OR (NOT types && ARRAY['user', 'user_rbac', 'session', 'billing'] AND cache_tags_permit_delay(tags)))
);
-- No index but the key: the table is small, and relays read all of it and keep it for some seconds.

-- What has changed, written with the change, and applied to the cache after the commit. Some ends wait: they are rows of their own, one for
-- each thing that ends, however many events want it.
CREATE TABLE cache_invalidation_event (
    id bigserial PRIMARY KEY,
    event text NOT NULL CHECK (length(event) <= 80 AND event ~ '^[a-z][a-z0-9_]*([.][a-z][a-z0-9_]*)+$'),
    -- As messages and requests name it; NULL for none.
    tenant_id text,
    -- It concerns all tenants.
    everyone boolean NOT NULL DEFAULT false,
    -- Texts, numbers, or arrays of them: what the templates of rules are filled with.
    fields jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(fields) = 'object' AND octet_length(fields::text) <= 262144),
    created_at timestamptz NOT NULL DEFAULT now(),
    applied_at timestamptz,
    -- Of a delayed end: when, what, and its name among those that wait.
    due_at timestamptz,
    ends_tag text,
    ends_type text,
    ends_key text,
    CHECK (NOT everyone OR tenant_id IS NULL),
    CHECK ((due_at IS NULL) = (ends_key IS NULL)),
    CHECK (num_nonnulls(ends_tag, ends_type) = CASE WHEN ends_key IS NULL THEN 0 ELSE 1 END)
);

-- What is to be applied, oldest first: `WHERE applied_at IS NULL AND ends_key IS NULL ORDER BY id`.
CREATE INDEX cache_invalidation_event_unapplied ON cache_invalidation_event (id) WHERE applied_at IS NULL AND ends_key IS NULL;
-- Delayed ends whose time has come: `WHERE applied_at IS NULL AND ends_key IS NOT NULL AND due_at <= now() ORDER BY due_at`.
CREATE INDEX cache_invalidation_event_due ON cache_invalidation_event (due_at) WHERE applied_at IS NULL AND ends_key IS NOT NULL;
-- One waiting end a thing: `ON CONFLICT (ends_key) … DO UPDATE SET due_at`.
CREATE UNIQUE INDEX cache_invalidation_event_waiting ON cache_invalidation_event (ends_key)
    WHERE applied_at IS NULL AND ends_key IS NOT NULL;
-- Clearing away: `WHERE applied_at < $1`.
CREATE INDEX cache_invalidation_event_applied ON cache_invalidation_event (applied_at) WHERE applied_at IS NOT NULL;
