-- Recordings: when a chunk was said or seen, what was said, what could be read on the screen, and pictures for people to look at.

ALTER TABLE document ADD COLUMN duration_ms bigint CHECK (duration_ms >= 0);

ALTER TABLE chunk
    ADD COLUMN start_ms integer,
    ADD COLUMN end_ms integer,
    ADD CONSTRAINT chunk_time CHECK ((start_ms IS NULL) = (end_ms IS NULL) AND end_ms >= start_ms);

-- What was said and when, and what stood on the screen and for how long; of each document's newest version.
CREATE TABLE timed_text (
    document_uuid uuid NOT NULL REFERENCES document ON DELETE CASCADE,
    source text NOT NULL CHECK (source IN ('speech', 'screen')),
    index integer NOT NULL CHECK (index >= 0),
    version integer NOT NULL,
    start_ms integer NOT NULL CHECK (start_ms >= 0),
    end_ms integer NOT NULL CHECK (end_ms >= start_ms),
    text text NOT NULL,
    -- 0 to 1; NULL where the recogniser does not say.
    confidence real,
    -- Also serves a document's transcript and its screen text in the order of time.
    PRIMARY KEY (document_uuid, source, index)
);

-- The pictures that stand for a video.
CREATE TABLE video_frame (
    document_uuid uuid NOT NULL REFERENCES document ON DELETE CASCADE,
    time_ms integer NOT NULL CHECK (time_ms >= 0),
    version integer NOT NULL,
    reason text NOT NULL,
    -- Perceptual hash, its bits taken as a signed number.
    hash bigint NOT NULL,
    PRIMARY KEY (document_uuid, time_ms)
);

-- Files that were made for people: a poster, a contact sheet.
CREATE TABLE document_artifact (
    document_uuid uuid NOT NULL REFERENCES document ON DELETE CASCADE,
    kind text NOT NULL,
    version integer NOT NULL,
    mime_type text NOT NULL,
    body bytea NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (document_uuid, kind)
);
-- Pictures are compressed already.
ALTER TABLE document_artifact ALTER COLUMN body SET STORAGE EXTERNAL;

-- Chunks in another language, beside the original.
CREATE TABLE chunk_translation (
    document_uuid uuid NOT NULL REFERENCES document ON DELETE CASCADE,
    language text NOT NULL,
    index integer NOT NULL,
    version integer NOT NULL,
    engine text NOT NULL,
    text text NOT NULL,
    PRIMARY KEY (document_uuid, language, index)
);
