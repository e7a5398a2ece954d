-- What the document pipeline made of each file: facts, chunks and vectors, for citing and searching.
-- Numbers from 1001 on belong to this module.

CREATE TABLE document (
    uuid uuid PRIMARY KEY,
    tenant_id text,
    job_id text,
    filename text,
    uri text,
    content_sha256 text,
    mime_type text,
    bytes bigint CHECK (bytes >= 0),
    page_count integer CHECK (page_count >= 0),
    language text,
    category text,
    title text,
    summary text,
    -- Pages of the cleaned text: numbers as cited, and the UTF-8 byte at which each begins.
    page_numbers integer[] NOT NULL DEFAULT '{}',
    page_starts integer[] NOT NULL DEFAULT '{}',
    -- The newest processing version that has written anything; older ones write nothing any more.
    current_version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
);
-- A job's documents, and search within a job.
CREATE INDEX document_job ON document (job_id) WHERE job_id IS NOT NULL;
-- The same file under other names.
CREATE INDEX document_content ON document (content_sha256) WHERE content_sha256 IS NOT NULL;
-- The languages that there are, in which queries are read.
CREATE INDEX document_language ON document (language) WHERE language IS NOT NULL;

-- Chunks of each document's current version.
CREATE TABLE chunk (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    document_uuid uuid NOT NULL REFERENCES document ON DELETE CASCADE,
    version integer NOT NULL,
    index integer NOT NULL CHECK (index >= 0),
    start_byte integer NOT NULL,
    end_byte integer NOT NULL CHECK (end_byte >= start_byte),
    first_page integer NOT NULL,
    last_page integer NOT NULL,
    tokens integer NOT NULL,
    heading_path text[] NOT NULL,
    text text NOT NULL,
    -- Words as they stand and, where the language is known, their stems. Written with the row rather than generated: a column of type
    -- regconfig would stand in the way of pg_upgrade.
    words tsvector NOT NULL,
    UNIQUE (document_uuid, version, index)
);
CREATE INDEX chunk_words ON chunk USING gin (words);

CREATE TABLE embedding_model (
    number smallint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id text NOT NULL UNIQUE,
    -- 'lsa' has a body; 'other' is computed without one (hashing, a remote model).
    kind text NOT NULL CHECK (kind IN ('lsa', 'other')),
    dimensions integer NOT NULL CHECK (dimensions > 0),
    -- Chunks that it was fitted on, and chunks that there were.
    fitted_on integer NOT NULL DEFAULT 0,
    corpus_chunks integer NOT NULL DEFAULT 0,
    body bytea,
    is_current boolean NOT NULL DEFAULT false,
    created_at timestamptz NOT NULL DEFAULT now()
);
ALTER TABLE embedding_model ALTER COLUMN body SET STORAGE EXTERNAL;
-- At most one model answers searches.
CREATE UNIQUE INDEX embedding_model_current ON embedding_model (is_current) WHERE is_current;

-- Sign codes apart from vectors: a search reads all of these and few of those.
CREATE TABLE chunk_signature (
    model smallint NOT NULL REFERENCES embedding_model (number) ON DELETE CASCADE,
    chunk_id bigint NOT NULL REFERENCES chunk ON DELETE CASCADE,
    signature bit(256) NOT NULL,
    PRIMARY KEY (model, chunk_id)
);
-- For the cascade from chunk.
CREATE INDEX chunk_signature_chunk ON chunk_signature (chunk_id);

CREATE TABLE chunk_vector (
    model smallint NOT NULL REFERENCES embedding_model (number) ON DELETE CASCADE,
    chunk_id bigint NOT NULL REFERENCES chunk ON DELETE CASCADE,
    -- Little-endian Float32 scale, then a signed byte a component.
    vector bytea NOT NULL,
    PRIMARY KEY (model, chunk_id)
);
CREATE INDEX chunk_vector_chunk ON chunk_vector (chunk_id);

-- A query as OR of its words. AND loses most relevant chunks; ranking puts those with more words first.
CREATE FUNCTION any_word_query(config regconfig, query text) RETURNS tsquery
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT replace(plainto_tsquery(config, query)::text, ' & ', ' | ')::tsquery
$$;
