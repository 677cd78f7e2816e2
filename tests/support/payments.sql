-- SPDX-License-Identifier: MIT
-- Fills a migrated, empty database with payments as three years of work would leave them: ids and times grow together,
-- most are confirmed, a fifth came to nothing, the newest are still open.  Wants the variable "rows":
--
--   psql -v rows=1000000 -f tests/support/payments.sql
\set ON_ERROR_STOP 1
SET synchronous_commit = off;

INSERT INTO leopay.counteragents (name, commission_hundredths)
SELECT 'ООО «Партнёр ' || n || '»', n * 50 FROM generate_series(0, 4) AS n;

INSERT INTO leopay.billings (system_name, name, counteragent_id, url)
SELECT 'billing-' || n, 'Биллинг ' || n, c.id, 'https://billing-' || n || '.example/confirm'
  FROM generate_series(1, 20) AS n
  JOIN leopay.counteragents c ON c.commission_hundredths = n % 5 * 50;

-- Billing 20 is a small one: a payment in ten thousand.
INSERT INTO leopay.transactions
    (id, created_at, registered_at, paid_at, notified_at, billing_id, counteragent_id, amount, commission,
     commission_hundredths, service_id, attempts, bank_status, currency, status, billing_userid_is_number,
     billing_userid, order_number, order_id, return_secret, final_url, payment_url, reason, payer_ip, card, cardholder,
     card_expiry, attention)
SELECT n, made.at, made.at + interval '200 ms',
       CASE WHEN status IN ('paid', 'notified') THEN made.at + n % 900 * interval '1 s' END,
       CASE WHEN status = 'notified' THEN made.at + (n % 900 + 2) * interval '1 s' END,
       b.id, b.counteragent_id, amount, (amount * c.commission_hundredths + 5000) / 10000, c.commission_hundredths,
       n % 7, (status = 'notified')::int, CASE WHEN status IN ('paid', 'notified') THEN 2 WHEN status = 'failed' THEN 6 END,
       643, status, n % 10 > 0, CASE WHEN n % 10 > 0 THEN (n % 100000)::text ELSE 'абонент-' || n % 100000 END, n::text,
       md5(n::text)::uuid::text, md5('secret' || n), 'https://shop.example/thanks?order=' || n,
       'https://bank.example/pay?mdOrder=' || md5(n::text)::uuid,
       CASE WHEN status = 'failed' THEN CASE WHEN n % 3 = 0 THEN 'declined' ELSE 'expired' END END,
       '198.51.100.' || n % 256, CASE WHEN status IN ('paid', 'notified') THEN '411111**' || lpad((n % 10000)::text, 4, '0') END,
       CASE WHEN status IN ('paid', 'notified') THEN 'CARDHOLDER ' || n % 1000 END,
       CASE WHEN status IN ('paid', 'notified') THEN '2030-12' END,
       CASE WHEN n % 50021 = 0 THEN 'amount differs' END
  FROM (SELECT n, 100 + n * 7919 % 500000 AS amount,
               now() - interval '1095 days' * (1 - n / (:rows)::float8) AS at,
               CASE WHEN n % 10007 = 0 THEN 'paid'
                    WHEN n > :rows - 1000 THEN 'registered'
                    WHEN n * 31 % 100 < 20 THEN 'failed'
                    ELSE 'notified' END::leopay.status AS status,
               CASE WHEN n % 10000 = 9 THEN 20 ELSE 1 + n * 13 % 19 END AS billing
          FROM generate_series(1::bigint, :rows) AS n) AS made
  JOIN leopay.billings b ON b.system_name = 'billing-' || billing
  JOIN leopay.counteragents c ON c.id = b.counteragent_id
 ORDER BY made.n;

SELECT setval('leopay.transaction_ids', :rows) \g /dev/null
VACUUM (ANALYZE, FREEZE) leopay.transactions;
