-- The knowledge graph: what documents name, which names mean the same thing, and what those things have to do with each other.
--
-- Truth is what documents say (entity_mention, document_form, relationship_evidence) and what people decided (entity_decision). The rest
-- (name_form, canonical_entity, relationship) is computed from it, under the scope's lock, and can be computed again.

-- Names are compared within a scope: one tenant's job, or a document without a job.
CREATE TABLE graph_scope (
    -- Computed from tenant and job, or from tenant and document: every process gives a scope the same id.
    id uuid PRIMARY KEY,
    tenant_id text,
    job_id text,
    -- Set where there is no job.
    document_uuid uuid REFERENCES document ON DELETE CASCADE,
    -- Rows of document_form in this scope.
    names bigint NOT NULL DEFAULT 0,
    -- How many of them have changed since names were last resolved.
    pending bigint NOT NULL DEFAULT 0,
    resolved_at timestamptz
);
-- A job's graph; also one of each tenant when no tenant is named.
CREATE INDEX graph_scope_job ON graph_scope (job_id) WHERE job_id IS NOT NULL;
-- The scope of a document without a job, for the cascade too.
CREATE INDEX graph_scope_document ON graph_scope (document_uuid) WHERE document_uuid IS NOT NULL;
-- Scopes that wait for a resolution.
CREATE INDEX graph_scope_pending ON graph_scope (id) WHERE pending > 0;

-- Which scope a document's names count in, and of which processing version they are.
CREATE TABLE graph_document (
    document_uuid uuid PRIMARY KEY REFERENCES document ON DELETE CASCADE,
    scope uuid NOT NULL REFERENCES graph_scope ON DELETE CASCADE,
    version integer NOT NULL
);
-- A scope's documents; the cascade from graph_scope.
CREATE INDEX graph_document_scope ON graph_document (scope);

-- Every place where a document names something, of its newest version.
CREATE TABLE entity_mention (
    document_uuid uuid NOT NULL REFERENCES document ON DELETE CASCADE,
    version integer NOT NULL,
    -- From 0, in the order of the text.
    index integer NOT NULL CHECK (index >= 0),
    chunk_index integer,
    type text NOT NULL,
    text text NOT NULL,
    normal text NOT NULL,
    start_byte integer NOT NULL,
    end_byte integer NOT NULL CHECK (end_byte >= start_byte),
    page integer,
    start_ms bigint,
    end_ms bigint,
    confidence double precision NOT NULL,
    PRIMARY KEY (document_uuid, index)
);
-- The mentions of a name within a document, for an entity's page.
CREATE INDEX entity_mention_name ON entity_mention (document_uuid, type, normal);

-- What names resolve to.
CREATE TABLE canonical_entity (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    scope uuid NOT NULL REFERENCES graph_scope ON DELETE CASCADE,
    type text NOT NULL,
    name text NOT NULL,
    mentions bigint NOT NULL DEFAULT 0,
    -- Set when all its names went to another: old links still lead somewhere. Always points at one that is not merged itself.
    merged_into bigint REFERENCES canonical_entity ON DELETE CASCADE,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
);
-- A scope's entities, most named first.
CREATE INDEX canonical_entity_scope ON canonical_entity (scope, mentions DESC, id) WHERE merged_into IS NULL;
-- Entities by name.
CREATE INDEX canonical_entity_name ON canonical_entity (lower(name)) WHERE merged_into IS NULL;
-- What was merged into an entity, when that is merged or removed in turn.
CREATE INDEX canonical_entity_merged ON canonical_entity (merged_into) WHERE merged_into IS NOT NULL;

-- A name as it occurs in a scope's documents: equal type, name and qualifier are one form, and a form belongs to one entity.
CREATE TABLE name_form (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    scope uuid NOT NULL REFERENCES graph_scope ON DELETE CASCADE,
    type text NOT NULL,
    name text NOT NULL,
    -- Keeps equal names apart where a person said that they are two: a document's UUID, or empty.
    qualifier text NOT NULL DEFAULT '',
    -- Null until it is resolved.
    entity_id bigint REFERENCES canonical_entity ON DELETE SET NULL,
    mentions bigint NOT NULL DEFAULT 0,
    documents bigint NOT NULL DEFAULT 0,
    -- Also serves reading all forms of a scope.
    UNIQUE (scope, type, name, qualifier)
);
-- An entity's aliases.
CREATE INDEX name_form_entity ON name_form (entity_id);
-- Entities by alias.
CREATE INDEX name_form_name ON name_form (lower(name));

-- The names of each document, and which form each counts as.
CREATE TABLE document_form (
    document_uuid uuid NOT NULL REFERENCES document ON DELETE CASCADE,
    type text NOT NULL,
    name text NOT NULL,
    form_id bigint NOT NULL REFERENCES name_form ON DELETE CASCADE,
    mentions integer NOT NULL CHECK (mentions > 0),
    -- Other names near this one, separated by U+001F: arrays of different lengths cannot be aggregated.
    context text NOT NULL,
    PRIMARY KEY (document_uuid, type, name)
);
-- The documents of a form, in a fixed order; the cascade from name_form.
CREATE INDEX document_form_form ON document_form (form_id, document_uuid);

-- Each place where a document says that two things have to do with each other.
CREATE TABLE relationship_evidence (
    document_uuid uuid NOT NULL REFERENCES document ON DELETE CASCADE,
    index integer NOT NULL,
    version integer NOT NULL,
    predicate text NOT NULL,
    -- Source and target may change places.
    is_symmetric boolean NOT NULL,
    source_form bigint NOT NULL REFERENCES name_form ON DELETE CASCADE,
    target_form bigint NOT NULL REFERENCES name_form ON DELETE CASCADE,
    chunk_index integer,
    page integer,
    start_ms bigint,
    end_ms bigint,
    start_byte integer NOT NULL,
    end_byte integer NOT NULL CHECK (end_byte >= start_byte),
    rule text NOT NULL,
    confidence double precision NOT NULL CHECK (confidence BETWEEN 0 AND 1),
    PRIMARY KEY (document_uuid, index)
);
-- The evidence of a relationship, and of a form that goes to another entity; the cascade from name_form.
CREATE INDEX relationship_evidence_source ON relationship_evidence (source_form, target_form, predicate)
    INCLUDE (is_symmetric, document_uuid, confidence);
CREATE INDEX relationship_evidence_target ON relationship_evidence (target_form);

-- The sum of the evidence between two entities. Of symmetric predicates the source has the lower id.
CREATE TABLE relationship (
    scope uuid NOT NULL REFERENCES graph_scope ON DELETE CASCADE,
    source_id bigint NOT NULL REFERENCES canonical_entity ON DELETE CASCADE,
    predicate text NOT NULL,
    target_id bigint NOT NULL REFERENCES canonical_entity ON DELETE CASCADE,
    evidence bigint NOT NULL CHECK (evidence > 0),
    documents bigint NOT NULL CHECK (documents > 0),
    -- 0 to 1: that at least one piece of the evidence is right, were they independent.
    weight double precision NOT NULL,
    -- What a step over it costs a path: 1 to 2, and 3 to 4 where the two are only named near each other.
    cost double precision NOT NULL GENERATED ALWAYS AS (CASE WHEN predicate = 'co_occurs' THEN 4 ELSE 2 END - weight) STORED,
    -- Also serves the export of a scope.
    PRIMARY KEY (scope, source_id, predicate, target_id),
    CHECK (source_id <> target_id)
);
-- The strongest relationships of an entity, in both directions; the cascade from canonical_entity.
CREATE INDEX relationship_source ON relationship (source_id, cost);
CREATE INDEX relationship_target ON relationship (target_id, cost);

-- Pairs that the last resolution thought may be one: for people to look at.
CREATE TABLE entity_candidate (
    left_id bigint NOT NULL REFERENCES canonical_entity ON DELETE CASCADE,
    right_id bigint NOT NULL REFERENCES canonical_entity ON DELETE CASCADE,
    scope uuid NOT NULL REFERENCES graph_scope ON DELETE CASCADE,
    score double precision NOT NULL,
    PRIMARY KEY (left_id, right_id)
);
-- A scope's pairs, likeliest first.
CREATE INDEX entity_candidate_scope ON entity_candidate (scope, score DESC);
-- For the cascade.
CREATE INDEX entity_candidate_right ON entity_candidate (right_id);

-- What people decided. Nothing that the machine does removes a row, and none refers to a row that the machine may remove.
CREATE TABLE entity_decision (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    scope uuid NOT NULL,
    -- 'same': all forms, of both sides, are one entity. 'different': no form of the left side is one of the right side.
    kind text NOT NULL CHECK (kind IN ('same', 'different')),
    actor text NOT NULL,
    reason text NOT NULL,
    decided_at timestamptz NOT NULL DEFAULT now()
);
-- A scope's decisions, in the order in which they were made.
CREATE INDEX entity_decision_scope ON entity_decision (scope, id);

CREATE TABLE entity_decision_form (
    decision_id bigint NOT NULL REFERENCES entity_decision ON DELETE CASCADE,
    side text NOT NULL CHECK (side IN ('left', 'right')),
    type text NOT NULL,
    name text NOT NULL,
    -- A document's UUID when only this document's use of the name is meant, else empty.
    qualifier text NOT NULL,
    PRIMARY KEY (decision_id, side, type, name, qualifier)
);
-- Which names of a document are kept apart.
CREATE INDEX entity_decision_form_document ON entity_decision_form (qualifier) WHERE qualifier <> '';

-- Evidence, seen between entities as names now resolve. What ties an entity to itself is none.
CREATE VIEW relationship_support AS
SELECT
    e.*, source.scope,
    CASE WHEN e.is_symmetric THEN least(source.entity_id, target.entity_id) ELSE source.entity_id END AS source_id,
    CASE WHEN e.is_symmetric THEN greatest(source.entity_id, target.entity_id) ELSE target.entity_id END AS target_id
FROM relationship_evidence AS e
JOIN name_form AS source ON source.id = e.source_form
JOIN name_form AS target ON target.id = e.target_form
WHERE source.entity_id <> target.entity_id;

-- One writer of a scope at a time, until the transaction ends. Waits for longer than other locks: whoever holds it is computing.
CREATE FUNCTION graph_lock(p_scope uuid) RETURNS void LANGUAGE sql AS $$
    SELECT set_config('lock_timeout', '25s', true);
    SELECT pg_advisory_xact_lock(hashtextextended('graph scope ' || p_scope::text, 0));
$$;

-- Computes these relationships anew from their evidence; those without any go. Needs the scope's lock.
CREATE FUNCTION graph_refresh_relationships(p_scope uuid, p_sources bigint[], p_predicates text[], p_targets bigint[])
RETURNS void LANGUAGE sql AS $$
    WITH wanted AS MATERIALIZED (
        SELECT DISTINCT source_id, predicate, target_id
        FROM unnest(p_sources, p_predicates, p_targets) AS w (source_id, predicate, target_id)
        WHERE source_id IS NOT NULL AND target_id IS NOT NULL
    ), pair AS MATERIALIZED (
        SELECT w.source_id, w.predicate, w.target_id, source.id AS source_form, target.id AS target_form
        FROM wanted AS w JOIN name_form AS source ON source.entity_id = w.source_id JOIN name_form AS target ON target.entity_id = w.target_id
    ), support AS (
        SELECT p.source_id, p.predicate, p.target_id, e.document_uuid, e.confidence
        FROM pair AS p JOIN relationship_evidence AS e
            ON e.source_form = p.source_form AND e.target_form = p.target_form AND e.predicate = p.predicate
        UNION ALL
        SELECT p.source_id, p.predicate, p.target_id, e.document_uuid, e.confidence
        FROM pair AS p JOIN relationship_evidence AS e
            ON e.source_form = p.target_form AND e.target_form = p.source_form AND e.predicate = p.predicate AND e.is_symmetric
    ), fresh AS MATERIALIZED (
        SELECT source_id, predicate, target_id, count(*) AS evidence, count(DISTINCT document_uuid) AS documents,
            -- Rounded, so that the order of summation does not show.
            round((1 - exp(sum(ln(1 - least(confidence, 0.99)))))::numeric, 6)::double precision AS weight
        FROM support GROUP BY source_id, predicate, target_id
    ), gone AS (
        DELETE FROM relationship AS r USING wanted AS w
        WHERE r.scope = p_scope AND r.source_id = w.source_id AND r.predicate = w.predicate AND r.target_id = w.target_id
            AND NOT EXISTS (
                SELECT FROM fresh AS f
                WHERE f.source_id = w.source_id AND f.predicate = w.predicate AND f.target_id = w.target_id)
    )
    INSERT INTO relationship AS r (scope, source_id, predicate, target_id, evidence, documents, weight)
    SELECT p_scope, source_id, predicate, target_id, evidence, documents, weight FROM fresh ORDER BY source_id, predicate, target_id
    ON CONFLICT (scope, source_id, predicate, target_id) DO UPDATE
        SET evidence = excluded.evidence, documents = excluded.documents, weight = excluded.weight
        WHERE (r.evidence, r.documents, r.weight) IS DISTINCT FROM (excluded.evidence, excluded.documents, excluded.weight);
$$;

-- Removes forms that no document uses any more, and entities without a form. Needs the scope's lock.
CREATE FUNCTION graph_sweep(p_scope uuid, p_forms bigint[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    touched bigint[];
BEGIN
    WITH gone AS (
        DELETE FROM name_form WHERE id = ANY (p_forms) AND documents <= 0 RETURNING entity_id
    )
    SELECT array_agg(DISTINCT entity_id) INTO touched FROM gone WHERE entity_id IS NOT NULL;
    IF touched IS NULL THEN RETURN; END IF;
    DELETE FROM canonical_entity AS c
    WHERE c.id = ANY (touched) AND c.merged_into IS NULL AND NOT EXISTS (SELECT FROM name_form AS f WHERE f.entity_id = c.id);
END
$$;

-- Brings the counts of these entities in line with their forms. Needs the scope's lock.
CREATE FUNCTION graph_recount(p_entities bigint[]) RETURNS void LANGUAGE sql AS $$
    UPDATE canonical_entity AS c SET mentions = counted.mentions, updated_at = now()
    FROM (
        SELECT wanted.id, coalesce(sum(f.mentions), 0)::bigint AS mentions
        FROM unnest(p_entities) AS wanted (id) LEFT JOIN name_form AS f ON f.entity_id = wanted.id GROUP BY wanted.id
    ) AS counted
    WHERE c.id = counted.id AND c.mentions <> counted.mentions;
$$;

-- Takes a document's names and evidence out of the graph. What people decided stays.
CREATE FUNCTION graph_forget_document(p_document uuid) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    old_scope uuid;
    locked_scope uuid;
    forms bigint[];
    entities bigint[];
    sources bigint[];
    predicates text[];
    targets bigint[];
BEGIN
    LOOP
        SELECT scope INTO old_scope FROM graph_document WHERE document_uuid = p_document;
        EXIT WHEN old_scope IS NOT DISTINCT FROM locked_scope;
        PERFORM graph_lock(old_scope);
        locked_scope := old_scope;
    END LOOP;
    IF old_scope IS NULL THEN RETURN; END IF;
    SELECT array_agg(source_id), array_agg(predicate), array_agg(target_id) INTO sources, predicates, targets
    FROM (SELECT DISTINCT source_id, predicate, target_id FROM relationship_support WHERE document_uuid = p_document) AS k;
    DELETE FROM relationship_evidence WHERE document_uuid = p_document;
    PERFORM graph_refresh_relationships(old_scope, sources, predicates, targets);
    SELECT array_agg(d.form_id), array_agg(DISTINCT f.entity_id) FILTER (WHERE f.entity_id IS NOT NULL) INTO forms, entities
    FROM document_form AS d JOIN name_form AS f ON f.id = d.form_id WHERE d.document_uuid = p_document;
    UPDATE name_form AS f SET mentions = f.mentions - d.mentions, documents = f.documents - d.documents
    FROM (
        SELECT form_id, sum(mentions) AS mentions, count(*) AS documents FROM document_form WHERE document_uuid = p_document GROUP BY form_id
    ) AS d
    WHERE f.id = d.form_id;
    DELETE FROM document_form WHERE document_uuid = p_document;
    DELETE FROM entity_mention WHERE document_uuid = p_document;
    DELETE FROM graph_document WHERE document_uuid = p_document;
    -- What stays together may depend on names that are gone now: the next resolution sees to it.
    UPDATE graph_scope SET names = names - coalesce(cardinality(forms), 0), pending = pending + coalesce(cardinality(forms), 0)
    WHERE id = old_scope;
    PERFORM graph_sweep(old_scope, forms);
    PERFORM graph_recount(entities);
END
$$;

CREATE FUNCTION graph_document_deleted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM graph_forget_document(OLD.uuid);
    RETURN OLD;
END
$$;
-- Before, so that the counts are right: the cascade alone would leave the aggregates behind.
CREATE TRIGGER graph_document_deleted BEFORE DELETE ON document FOR EACH ROW EXECUTE FUNCTION graph_document_deleted();
