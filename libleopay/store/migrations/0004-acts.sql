-- SPDX-License-Identifier: MIT
-- Compatible from: 1
-- What operators did, when and why.  Acts upon a payment stand in that payment's history.

CREATE TABLE leopay.acts (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL DEFAULT now(),
    actor text NOT NULL DEFAULT session_user,
    act text NOT NULL CHECK (act <> ''),
    subject text NOT NULL,
    reason text,
    detail text
);
CREATE INDEX acts_at ON leopay.acts (at);
COMMENT ON TABLE leopay.acts IS 'What operators did to the directory, to tokens and to roles, append-only.';
COMMENT ON COLUMN leopay.acts.id IS 'The order of things.';
COMMENT ON COLUMN leopay.acts.at IS 'When.';
COMMENT ON COLUMN leopay.acts.actor IS 'The database role that did it.';
COMMENT ON COLUMN leopay.acts.act IS 'What: billing_disable, counteragent_edit, role_grant and so on.';
COMMENT ON COLUMN leopay.acts.subject IS 'To whom or what, by its name.';
COMMENT ON COLUMN leopay.acts.reason IS 'Why, as the operator said.';
COMMENT ON COLUMN leopay.acts.detail IS 'JSON: a new thing as it was made, or for each thing that changed the value before and after.';
COMMENT ON INDEX leopay.acts_at IS 'For lists of a period.';
