-- SPDX-License-Identifier: MIT
-- The group roles and what each may do.  Repeated by every migration.  Roles belong to the whole cluster, so another
-- database may make them at the same moment: that is no error.
DO $$
DECLARE
    role text;
BEGIN
    FOREACH role IN ARRAY ARRAY['leopay_daemon', 'leopay_operator', 'leopay_accountant'] LOOP
        IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = role) THEN
            BEGIN
                EXECUTE format('CREATE ROLE %I NOLOGIN', role);
            EXCEPTION WHEN duplicate_object OR unique_violation THEN
                NULL;
            END;
        END IF;
    END LOOP;
END
$$;

REVOKE ALL ON ALL TABLES IN SCHEMA leopay FROM PUBLIC, leopay_daemon, leopay_operator, leopay_accountant;
REVOKE ALL ON ALL SEQUENCES IN SCHEMA leopay FROM PUBLIC, leopay_daemon, leopay_operator, leopay_accountant;
GRANT USAGE ON SCHEMA leopay TO leopay_daemon, leopay_operator, leopay_accountant;
GRANT SELECT ON leopay.schema_versions TO leopay_daemon, leopay_operator, leopay_accountant;

-- The daemon does the daemon's work: it reads the directory and changes payments, and deletes nothing but jobs.
GRANT SELECT ON leopay.counteragents, leopay.billings TO leopay_daemon;
GRANT UPDATE (failures) ON leopay.billings TO leopay_daemon;
GRANT SELECT, UPDATE (last_used_at) ON leopay.tokens TO leopay_daemon;
GRANT SELECT, INSERT, UPDATE ON leopay.bank_access TO leopay_daemon;
GRANT SELECT, INSERT, UPDATE, DELETE ON leopay.jobs TO leopay_daemon;
GRANT SELECT, INSERT ON leopay.confirmations, leopay.deliveries, leopay.idempotency_keys TO leopay_daemon;
-- What an order is about never changes; only how it fares does.
GRANT SELECT, INSERT ON leopay.transactions TO leopay_daemon;
GRANT UPDATE (status, reason, registered_at, paid_at, notified_at, registration_error, order_id, payment_url,
              bank_status, payer_ip, card, cardholder, card_expiry, attention, attempts, last_error)
    ON leopay.transactions TO leopay_daemon;
-- Who did a thing and when is said by the database alone.
GRANT SELECT, INSERT (transaction_id, event, from_status, to_status, detail) ON leopay.history TO leopay_daemon;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA leopay TO leopay_daemon;

-- An operator does by hand what the daemon does, and keeps the directory and the tokens.
GRANT leopay_daemon TO leopay_operator;
GRANT INSERT, UPDATE ON leopay.counteragents, leopay.billings TO leopay_operator;
GRANT INSERT, UPDATE (revoked_at) ON leopay.tokens TO leopay_operator;
GRANT SELECT, INSERT (act, subject, reason, detail) ON leopay.acts TO leopay_operator;
GRANT SELECT, INSERT (period_from, period_before) ON leopay.reconciliations TO leopay_operator;
GRANT SELECT, INSERT ON leopay.findings TO leopay_operator;
GRANT UPDATE (finished_at, listed, orders, agreed, differing, unanswered, missing_here, paid_count, paid_amount,
              bank_paid_count, bank_paid_amount, refunded_count, refunded_amount, unanswered_paid_count,
              unanswered_paid_amount)
    ON leopay.reconciliations TO leopay_operator;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA leopay TO leopay_operator;

-- An accountant reads, and sees no secret: not the one that a payer returns with, nor any key, nor tokens.
GRANT SELECT ON leopay.counteragents, leopay.billings, leopay.jobs, leopay.confirmations, leopay.deliveries, leopay.history,
                leopay.reconciliations, leopay.findings, leopay.acts
    TO leopay_accountant;
GRANT SELECT (id, created_at, registered_at, paid_at, notified_at, billing_id, counteragent_id, amount, commission,
              commission_hundredths, service_id, attempts, bank_status, currency, status, billing_userid_is_number,
              billing_userid, order_number, order_id, final_url, payment_url, description, reason, registration_error,
              attention, last_error, payer_ip, card, cardholder, card_expiry)
    ON leopay.transactions TO leopay_accountant;
