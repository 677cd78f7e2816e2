-- SPDX-License-Identifier: MIT
-- Compatible from: 1
-- Tokens: who may read payments over HTTP.  A token itself is nowhere: it is shown once and known by its hash.

CREATE TABLE leopay.tokens (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text NOT NULL CHECK (name <> '' AND length(name) <= 250),
    hash text NOT NULL UNIQUE CHECK (hash ~ '^[0-9a-f]{64}$'),
    billing_id bigint REFERENCES leopay.billings,
    created_at timestamptz NOT NULL DEFAULT now(),
    revoked_at timestamptz,
    last_used_at timestamptz
);
COMMENT ON TABLE leopay.tokens IS 'Who may read payments over HTTP.';
COMMENT ON COLUMN leopay.tokens.id IS 'Given by the database.';
COMMENT ON COLUMN leopay.tokens.name IS 'Who holds it, for people; several may have the same.';
COMMENT ON COLUMN leopay.tokens.hash IS 'SHA-256 of the token, in hex: the token has 256 random bits, so it needs no salt.';
COMMENT ON COLUMN leopay.tokens.billing_id IS 'Whose payments it shows; null: everybody''s.';
COMMENT ON COLUMN leopay.tokens.created_at IS 'When it was made.';
COMMENT ON COLUMN leopay.tokens.revoked_at IS 'Since when it opens nothing; null: it is good.';
COMMENT ON COLUMN leopay.tokens.last_used_at IS 'When it was last shown to us, noted once a minute at the most.';
