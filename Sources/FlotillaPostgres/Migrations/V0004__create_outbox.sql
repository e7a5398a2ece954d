-- Messages that follow from finished work, written with it and pushed after the commit.

CREATE TABLE outbox (
    id bigserial PRIMARY KEY,
    queue text NOT NULL,
    payload bytea NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    sent_at timestamptz
);

-- What is to be pushed, oldest first: `WHERE sent_at IS NULL ORDER BY id`.
CREATE INDEX outbox_unsent ON outbox (id) WHERE sent_at IS NULL;
-- Clearing away: `WHERE sent_at < $1`.
CREATE INDEX outbox_sent ON outbox (sent_at) WHERE sent_at IS NOT NULL;
