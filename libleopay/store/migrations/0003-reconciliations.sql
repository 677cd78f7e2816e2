-- SPDX-License-Identifier: MIT
-- Compatible from: 1
-- Reconciliations with the bank: what was compared, and what differed.  They only look: no payment refers to them.

CREATE TABLE leopay.reconciliations (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    started_at timestamptz NOT NULL DEFAULT now(),
    finished_at timestamptz,
    actor text NOT NULL DEFAULT session_user,
    period_from timestamptz NOT NULL,
    period_before timestamptz NOT NULL,
    listed boolean NOT NULL DEFAULT false,
    orders bigint NOT NULL DEFAULT 0,
    agreed bigint NOT NULL DEFAULT 0,
    differing bigint NOT NULL DEFAULT 0,
    unanswered bigint NOT NULL DEFAULT 0,
    missing_here bigint NOT NULL DEFAULT 0,
    paid_count bigint NOT NULL DEFAULT 0,
    paid_amount numeric NOT NULL DEFAULT 0,
    bank_paid_count bigint NOT NULL DEFAULT 0,
    bank_paid_amount numeric NOT NULL DEFAULT 0,
    refunded_count bigint NOT NULL DEFAULT 0,
    refunded_amount numeric NOT NULL DEFAULT 0,
    unanswered_paid_count bigint NOT NULL DEFAULT 0,
    unanswered_paid_amount numeric NOT NULL DEFAULT 0,
    CHECK (period_from < period_before),
    CHECK (finished_at IS NULL OR orders = agreed + differing + unanswered)
);
COMMENT ON TABLE leopay.reconciliations IS 'Comparisons of a period''s orders with the bank.';
COMMENT ON COLUMN leopay.reconciliations.id IS 'Given by the database.';
COMMENT ON COLUMN leopay.reconciliations.started_at IS 'When it began.';
COMMENT ON COLUMN leopay.reconciliations.finished_at IS 'When it came to its end; null: it was broken off, and its totals mean nothing.';
COMMENT ON COLUMN leopay.reconciliations.actor IS 'The database role that ran it.';
COMMENT ON COLUMN leopay.reconciliations.period_from IS 'Orders that were created at this time or later.';
COMMENT ON COLUMN leopay.reconciliations.period_before IS 'And before this time.';
COMMENT ON COLUMN leopay.reconciliations.listed IS 'Whether the bank''s own list was read to its end: only then orders that are missing here could be found.';
COMMENT ON COLUMN leopay.reconciliations.orders IS 'Orders of the period.';
COMMENT ON COLUMN leopay.reconciliations.agreed IS 'Of them, how many agree with the bank.';
COMMENT ON COLUMN leopay.reconciliations.differing IS 'Of them, how many differ.';
COMMENT ON COLUMN leopay.reconciliations.unanswered IS 'Of them, how many the bank could not be asked about.';
COMMENT ON COLUMN leopay.reconciliations.missing_here IS 'Orders at the bank that are none of ours.';
COMMENT ON COLUMN leopay.reconciliations.paid_count IS 'Orders that are paid or notified here.';
COMMENT ON COLUMN leopay.reconciliations.paid_amount IS 'Their amounts, kopecks.';
COMMENT ON COLUMN leopay.reconciliations.bank_paid_count IS 'Orders of ours that money came for, as the bank says.';
COMMENT ON COLUMN leopay.reconciliations.bank_paid_amount IS 'How much came, bonus points included, kopecks.';
COMMENT ON COLUMN leopay.reconciliations.refunded_count IS 'Of these, how many were refunded, if only in part.';
COMMENT ON COLUMN leopay.reconciliations.refunded_amount IS 'How much went back, kopecks.';
COMMENT ON COLUMN leopay.reconciliations.unanswered_paid_count IS 'Orders that are paid here and that the bank gave no answer about.';
COMMENT ON COLUMN leopay.reconciliations.unanswered_paid_amount IS 'Their amounts, kopecks; a part of paid_amount.';

CREATE TABLE leopay.findings (
    reconciliation_id bigint NOT NULL REFERENCES leopay.reconciliations,
    id bigint GENERATED ALWAYS AS IDENTITY,
    kind text NOT NULL CHECK (kind IN ('unanswered', 'missing_at_bank', 'missing_here', 'identity', 'amount', 'currency',
                                       'deposit', 'paid_at_bank', 'not_paid_at_bank', 'reversed', 'refunded',
                                       'part_refunded', 'status')),
    transaction_id bigint REFERENCES leopay.transactions,
    order_number text NOT NULL,
    order_id text,
    status leopay.status,
    bank_status integer,
    amount bigint,
    bank_amount bigint,
    deposited bigint,
    refunded bigint,
    currency smallint,
    bank_currency smallint,
    note text,
    PRIMARY KEY (reconciliation_id, id),
    CHECK ((transaction_id IS NULL) = (kind = 'missing_here'))
);
COMMENT ON TABLE leopay.findings IS 'What differed, as it was then; an order may have several findings.';
COMMENT ON COLUMN leopay.findings.reconciliation_id IS 'In which comparison.';
COMMENT ON COLUMN leopay.findings.id IS 'The order of findings.';
COMMENT ON COLUMN leopay.findings.kind IS 'What it is; "unanswered" is no difference: nobody knows.';
COMMENT ON COLUMN leopay.findings.transaction_id IS 'Which payment; null: the bank''s order is missing here.';
COMMENT ON COLUMN leopay.findings.order_number IS 'The number that both sides know the order by.';
COMMENT ON COLUMN leopay.findings.order_id IS 'The bank''s id.';
COMMENT ON COLUMN leopay.findings.status IS 'Where the payment was here.';
COMMENT ON COLUMN leopay.findings.bank_status IS 'The bank''s orderStatus.';
COMMENT ON COLUMN leopay.findings.amount IS 'Our amount, kopecks.';
COMMENT ON COLUMN leopay.findings.bank_amount IS 'The bank''s.';
COMMENT ON COLUMN leopay.findings.deposited IS 'How much money came, as the bank says; without bonus points.';
COMMENT ON COLUMN leopay.findings.refunded IS 'How much of it went back.';
COMMENT ON COLUMN leopay.findings.currency IS 'Our currency, ISO 4217 number.';
COMMENT ON COLUMN leopay.findings.bank_currency IS 'The bank''s.';
COMMENT ON COLUMN leopay.findings.note IS 'Why there is no answer.';
