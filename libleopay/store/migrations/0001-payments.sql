-- SPDX-License-Identifier: MIT
-- The first schema.  Everything lives in the schema "leopay" and is named in full, so that nothing hangs on a
-- search_path (which a transaction pooler would lose).  Rules of the domain are repeated here as constraints: a wrong
-- program must not be able to store a wrong payment.

CREATE TYPE leopay.status AS ENUM ('new', 'registered', 'paid', 'notified', 'failed');
CREATE TYPE leopay.job_kind AS ENUM ('settle', 'check', 'recheck', 'notify');
CREATE TYPE leopay.wire AS ENUM ('default', 'older');

-- Counteragents -----------------------------------------------------------------------------------------------------

CREATE TABLE leopay.counteragents (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text NOT NULL UNIQUE CHECK (name <> '' AND length(name) <= 250),
    commission_hundredths integer NOT NULL DEFAULT 0 CHECK (commission_hundredths BETWEEN 0 AND 10000),
    created_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE leopay.counteragents IS 'Whom money is settled with.';
COMMENT ON COLUMN leopay.counteragents.id IS 'Given by the database.';
COMMENT ON COLUMN leopay.counteragents.name IS 'As accountants know it.';
COMMENT ON COLUMN leopay.counteragents.commission_hundredths IS 'Commission in hundredths of a percent; payments keep the one of their registration.';
COMMENT ON COLUMN leopay.counteragents.created_at IS 'When it was added.';

-- Billings ----------------------------------------------------------------------------------------------------------

CREATE TABLE leopay.billings (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    system_name text NOT NULL UNIQUE CHECK (system_name <> '' AND length(system_name) <= 250),
    name text NOT NULL CHECK (name <> ''),
    counteragent_id bigint NOT NULL REFERENCES leopay.counteragents,
    url text NOT NULL CHECK (url ~* '^https?://' AND length(url) <= 2048),
    wire leopay.wire NOT NULL DEFAULT 'default',
    enabled boolean NOT NULL DEFAULT true,
    allowed_origins text[] NOT NULL DEFAULT '{}',
    allowed_nets text[] NOT NULL DEFAULT '{}',
    failures integer NOT NULL DEFAULT 0 CHECK (failures >= 0),
    created_at timestamptz NOT NULL DEFAULT now()
) WITH (fillfactor = 70);
COMMENT ON TABLE leopay.billings IS 'Who posts orders and is told about payments.';
COMMENT ON COLUMN leopay.billings.id IS 'Given by the database.';
COMMENT ON COLUMN leopay.billings.system_name IS 'What orders name in their field "billing".';
COMMENT ON COLUMN leopay.billings.name IS 'As people know it.';
COMMENT ON COLUMN leopay.billings.counteragent_id IS 'Whom its money is settled with.';
COMMENT ON COLUMN leopay.billings.url IS 'Where confirmations are posted.';
COMMENT ON COLUMN leopay.billings.wire IS 'How confirmations are written; "older" is the form of the system before.';
COMMENT ON COLUMN leopay.billings.enabled IS 'Whether it may post new orders; open payments go on either way.';
COMMENT ON COLUMN leopay.billings.allowed_origins IS 'Origins that a final_url may have; empty: any.';
COMMENT ON COLUMN leopay.billings.allowed_nets IS 'Networks (CIDR) that confirmations may go to; empty: any but those that are always refused.';
COMMENT ON COLUMN leopay.billings.failures IS 'Deliveries that failed since the last success; slows a failing billing to one delivery at a time.';
COMMENT ON COLUMN leopay.billings.created_at IS 'When it was added.';

-- Transactions ------------------------------------------------------------------------------------------------------

CREATE SEQUENCE leopay.transaction_ids AS bigint;
COMMENT ON SEQUENCE leopay.transaction_ids IS 'Ids of transactions, and with the prefix their order numbers at the bank: never given twice.';

CREATE TABLE leopay.transactions (
    id bigint PRIMARY KEY CHECK (id > 0),
    created_at timestamptz NOT NULL DEFAULT now(),
    registered_at timestamptz,
    paid_at timestamptz,
    notified_at timestamptz,
    billing_id bigint NOT NULL REFERENCES leopay.billings,
    counteragent_id bigint NOT NULL REFERENCES leopay.counteragents,
    amount bigint NOT NULL CHECK (amount BETWEEN 1 AND 999999999999),
    commission bigint NOT NULL,
    commission_hundredths integer NOT NULL CHECK (commission_hundredths BETWEEN 0 AND 10000),
    service_id integer CHECK (service_id >= 0),
    attempts integer NOT NULL DEFAULT 0 CHECK (attempts >= 0),
    bank_status integer,
    currency smallint NOT NULL CHECK (currency BETWEEN 1 AND 999),
    status leopay.status NOT NULL DEFAULT 'new',
    billing_userid_is_number boolean NOT NULL,
    billing_userid text NOT NULL CHECK (billing_userid <> '' AND length(billing_userid) <= 250
                                        AND position('|' IN billing_userid) = 0),
    order_number text NOT NULL UNIQUE CHECK (order_number <> ''),
    order_id text,
    return_secret text NOT NULL CHECK (length(return_secret) = 32),
    final_url text NOT NULL CHECK (final_url ~* '^https?://' AND octet_length(final_url) <= 2048),
    payment_url text CHECK (payment_url ~* '^https?://'),
    description text,
    reason text CHECK (reason IN ('refused', 'unreachable', 'not_found', 'number_in_use', 'declined', 'expired',
                                  'reversed', 'refunded')),
    registration_error text CHECK (registration_error IN ('refused', 'unreachable', 'timeout', 'unreadable')),
    attention text,
    last_error text,
    payer_ip text,
    card text,
    cardholder text,
    card_expiry text CHECK (card_expiry ~ '^[0-9]{4}-[0-9]{2}$'),
    CONSTRAINT commission_is_a_part CHECK (commission BETWEEN 0 AND amount),
    CONSTRAINT failed_has_a_reason CHECK ((status = 'failed') = (reason IS NOT NULL)),
    CONSTRAINT paid_has_a_time CHECK ((status IN ('paid', 'notified')) = (paid_at IS NOT NULL)),
    CONSTRAINT notified_has_a_time CHECK ((status = 'notified') = (notified_at IS NOT NULL))
) WITH (fillfactor = 80);
CREATE UNIQUE INDEX transactions_order_id ON leopay.transactions (order_id) WHERE order_id IS NOT NULL;
CREATE INDEX transactions_paid_at ON leopay.transactions (paid_at, id) WHERE paid_at IS NOT NULL;
CREATE INDEX transactions_created_at ON leopay.transactions USING brin (created_at);
CREATE INDEX transactions_billing ON leopay.transactions (billing_id, id);
CREATE INDEX transactions_attention ON leopay.transactions (id) WHERE attention IS NOT NULL;
CREATE INDEX transactions_open ON leopay.transactions (status, id) WHERE status IN ('new', 'registered', 'paid');
COMMENT ON TABLE leopay.transactions IS 'A payment is a row: an order from the moment it was posted.';
COMMENT ON COLUMN leopay.transactions.id IS 'What billings count a payment by.';
COMMENT ON COLUMN leopay.transactions.created_at IS 'When the order was stored.';
COMMENT ON COLUMN leopay.transactions.registered_at IS 'When the bank''s answer to the registration, or the first word of the order, was stored.';
COMMENT ON COLUMN leopay.transactions.paid_at IS 'When the money reached the bank, by the bank''s own time where it gives one.';
COMMENT ON COLUMN leopay.transactions.notified_at IS 'When the billing acknowledged.';
COMMENT ON COLUMN leopay.transactions.billing_id IS 'Whose order it is.';
COMMENT ON COLUMN leopay.transactions.counteragent_id IS 'The billing''s counteragent when the order was stored.';
COMMENT ON COLUMN leopay.transactions.amount IS 'Kopecks.';
COMMENT ON COLUMN leopay.transactions.commission IS 'Kopecks of the amount that the billing is not told of.';
COMMENT ON COLUMN leopay.transactions.commission_hundredths IS 'The counteragent''s commission when the order was stored.';
COMMENT ON COLUMN leopay.transactions.service_id IS 'As the shop gave it.';
COMMENT ON COLUMN leopay.transactions.attempts IS 'Attempts to deliver the confirmation.';
COMMENT ON COLUMN leopay.transactions.bank_status IS 'The bank''s orderStatus as it was last heard.';
COMMENT ON COLUMN leopay.transactions.currency IS 'ISO 4217 number.';
COMMENT ON COLUMN leopay.transactions.status IS 'Where the payment is in its life.';
COMMENT ON COLUMN leopay.transactions.billing_userid_is_number IS 'Whether it was given as an integer: it is given back so.';
COMMENT ON COLUMN leopay.transactions.billing_userid IS 'Whom the billing credits.';
COMMENT ON COLUMN leopay.transactions.order_number IS 'Our number at the bank; never used for a second registration.';
COMMENT ON COLUMN leopay.transactions.order_id IS 'The bank''s id (mdOrder).';
COMMENT ON COLUMN leopay.transactions.return_secret IS 'The unguessable part of the address that the payer returns to.';
COMMENT ON COLUMN leopay.transactions.final_url IS 'Where the payer is passed on to.';
COMMENT ON COLUMN leopay.transactions.payment_url IS 'The bank''s page.';
COMMENT ON COLUMN leopay.transactions.description IS 'Shown on the bank''s page.';
COMMENT ON COLUMN leopay.transactions.reason IS 'Why it failed.';
COMMENT ON COLUMN leopay.transactions.registration_error IS 'How the first request was answered where it got no page; a repeat with the same key is answered so again.';
COMMENT ON COLUMN leopay.transactions.attention IS 'Why a person should look.';
COMMENT ON COLUMN leopay.transactions.last_error IS 'Why the last delivery failed.';
COMMENT ON COLUMN leopay.transactions.payer_ip IS 'As the bank gives it.';
COMMENT ON COLUMN leopay.transactions.card IS 'Masked by the bank.';
COMMENT ON COLUMN leopay.transactions.cardholder IS 'As the bank gives it.';
COMMENT ON COLUMN leopay.transactions.card_expiry IS 'YYYY-MM.';
COMMENT ON INDEX leopay.transactions_order_id IS 'For payers who return with the bank''s id, and for callbacks.';
COMMENT ON INDEX leopay.transactions_paid_at IS 'For lists and totals of a period.';
COMMENT ON INDEX leopay.transactions_created_at IS 'For lists by creation; ids and times grow together, so a few bytes do.';
COMMENT ON INDEX leopay.transactions_billing IS 'For lists of one billing, newest first.';
COMMENT ON INDEX leopay.transactions_attention IS 'For the list of what a person should look at.';
COMMENT ON INDEX leopay.transactions_open IS 'For lists of what still waits for the bank or for the billing: few rows among many.';

-- Jobs --------------------------------------------------------------------------------------------------------------

CREATE SEQUENCE leopay.leases AS bigint;
COMMENT ON SEQUENCE leopay.leases IS 'Lease ids: a worker that lost its lease cannot write its result.';

CREATE TABLE leopay.jobs (
    transaction_id bigint PRIMARY KEY REFERENCES leopay.transactions,
    billing_id bigint NOT NULL,
    due_at timestamptz NOT NULL,
    leased_until timestamptz,
    lease bigint,
    asked_at timestamptz,
    denied_at timestamptz,
    attempts integer NOT NULL DEFAULT 0,
    hinted boolean NOT NULL DEFAULT false,
    kind leopay.job_kind NOT NULL,
    CHECK ((lease IS NULL) = (leased_until IS NULL))
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000,
        autovacuum_analyze_scale_factor = 0, autovacuum_analyze_threshold = 5000);
CREATE INDEX jobs_bank ON leopay.jobs (due_at) WHERE kind <> 'notify';
CREATE INDEX jobs_notify ON leopay.jobs (billing_id, due_at) WHERE kind = 'notify';
CREATE INDEX jobs_leased ON leopay.jobs (billing_id) WHERE kind = 'notify' AND lease IS NOT NULL;
COMMENT ON TABLE leopay.jobs IS 'What is still to be done: at most one row a payment, none for a finished one, so that the past costs nothing.';
COMMENT ON COLUMN leopay.jobs.transaction_id IS 'Which payment.';
COMMENT ON COLUMN leopay.jobs.billing_id IS 'Its billing, for fairness.';
COMMENT ON COLUMN leopay.jobs.due_at IS 'Not before this time.';
COMMENT ON COLUMN leopay.jobs.leased_until IS 'Until then it is somebody''s; renewed while the work goes on.';
COMMENT ON COLUMN leopay.jobs.lease IS 'Whose: a fresh number for each claim.';
COMMENT ON COLUMN leopay.jobs.asked_at IS 'When the last question to the bank began.';
COMMENT ON COLUMN leopay.jobs.denied_at IS 'When the bank first answered errorCode 5 about it.';
COMMENT ON COLUMN leopay.jobs.attempts IS 'How often this kind of job was tried for it; drives the backoff.';
COMMENT ON COLUMN leopay.jobs.hinted IS 'A hint came while a question was under way: one more follows it.';
COMMENT ON COLUMN leopay.jobs.kind IS 'settle: ask by number whether the bank has it; check: ask for the money; recheck: ask about a failed one once more; notify: tell the billing.';
COMMENT ON INDEX leopay.jobs_bank IS 'For claiming questions to the bank, oldest first.';
COMMENT ON INDEX leopay.jobs_notify IS 'For claiming deliveries, billing by billing.';
COMMENT ON INDEX leopay.jobs_leased IS 'For counting the deliveries under way of a billing.';

-- Confirmations and deliveries --------------------------------------------------------------------------------------

CREATE TABLE leopay.confirmations (
    transaction_id bigint PRIMARY KEY REFERENCES leopay.transactions,
    created_at timestamptz NOT NULL DEFAULT now(),
    key_id text NOT NULL CHECK (key_id ~ '^[0-9a-f]{16}$'),
    body text NOT NULL
);
COMMENT ON TABLE leopay.confirmations IS 'What a billing is told, fixed before the first attempt: every repeat sends these bytes.';
COMMENT ON COLUMN leopay.confirmations.transaction_id IS 'Which payment; one confirmation each.';
COMMENT ON COLUMN leopay.confirmations.created_at IS 'When it was signed.';
COMMENT ON COLUMN leopay.confirmations.key_id IS 'The key that signed it.';
COMMENT ON COLUMN leopay.confirmations.body IS 'The bytes, signature included.';

CREATE TABLE leopay.deliveries (
    transaction_id bigint NOT NULL REFERENCES leopay.transactions,
    attempt integer NOT NULL CHECK (attempt > 0),
    started_at timestamptz NOT NULL,
    duration_ms integer NOT NULL CHECK (duration_ms >= 0),
    http_status integer,
    error text,
    answer text,
    PRIMARY KEY (transaction_id, attempt)
);
COMMENT ON TABLE leopay.deliveries IS 'Each attempt to tell a billing.';
COMMENT ON COLUMN leopay.deliveries.transaction_id IS 'Which payment.';
COMMENT ON COLUMN leopay.deliveries.attempt IS 'Counted from 1; sent as Leopay-Attempt.';
COMMENT ON COLUMN leopay.deliveries.started_at IS 'When it began.';
COMMENT ON COLUMN leopay.deliveries.duration_ms IS 'How long it took.';
COMMENT ON COLUMN leopay.deliveries.http_status IS 'What the billing answered; null: nothing.';
COMMENT ON COLUMN leopay.deliveries.error IS 'Why it does not count as delivered; null: it was.';
COMMENT ON COLUMN leopay.deliveries.answer IS 'The first bytes of the answer.';

-- History, idempotency, the bank's access ---------------------------------------------------------------------------

CREATE TABLE leopay.history (
    id bigint GENERATED ALWAYS AS IDENTITY,
    transaction_id bigint NOT NULL REFERENCES leopay.transactions,
    at timestamptz NOT NULL DEFAULT now(),
    event text NOT NULL,
    from_status leopay.status,
    to_status leopay.status,
    actor text NOT NULL DEFAULT session_user,
    detail text,
    PRIMARY KEY (transaction_id, id)
);
COMMENT ON TABLE leopay.history IS 'What happened to a payment, append-only.';
COMMENT ON COLUMN leopay.history.id IS 'The order of things.';
COMMENT ON COLUMN leopay.history.transaction_id IS 'To which payment.';
COMMENT ON COLUMN leopay.history.at IS 'When.';
COMMENT ON COLUMN leopay.history.event IS 'What: an event of the life table, or an operator''s act.';
COMMENT ON COLUMN leopay.history.from_status IS 'The status before.';
COMMENT ON COLUMN leopay.history.to_status IS 'The status after.';
COMMENT ON COLUMN leopay.history.actor IS 'The database role that did it.';
COMMENT ON COLUMN leopay.history.detail IS 'JSON: what the bank or the operator said, masked.';

CREATE TABLE leopay.idempotency_keys (
    billing_id bigint NOT NULL REFERENCES leopay.billings,
    key text NOT NULL CHECK (key ~ '^[!-~]{1,255}$'),
    transaction_id bigint NOT NULL REFERENCES leopay.transactions,
    created_at timestamptz NOT NULL DEFAULT now(),
    fingerprint text NOT NULL,
    PRIMARY KEY (billing_id, key)
);
COMMENT ON TABLE leopay.idempotency_keys IS 'Keys that orders came with: the same key of the same billing is the same order.';
COMMENT ON COLUMN leopay.idempotency_keys.billing_id IS 'Whose key.';
COMMENT ON COLUMN leopay.idempotency_keys.key IS 'The header Idempotency-Key.';
COMMENT ON COLUMN leopay.idempotency_keys.transaction_id IS 'The order it stands for.';
COMMENT ON COLUMN leopay.idempotency_keys.created_at IS 'When it was first used.';
COMMENT ON COLUMN leopay.idempotency_keys.fingerprint IS 'The six fields of the order, hashed.';

CREATE TABLE leopay.bank_access (
    tag text PRIMARY KEY,
    answered_at timestamptz NOT NULL
) WITH (fillfactor = 50);
COMMENT ON TABLE leopay.bank_access IS 'When the bank last answered a question without an error: it proves that the credentials are good.';
COMMENT ON COLUMN leopay.bank_access.tag IS 'Names address and credentials, too short to tell them.';
COMMENT ON COLUMN leopay.bank_access.answered_at IS 'When.';
