-- SPDX-License-Identifier: MIT
-- For pgbench: the row that an order becomes, one commit each, into a table of the same shape and indexes.
\set amount random(1, 99999999)
\set userid random(1, 100000)
INSERT INTO leopay.bench (id, billing_id, counteragent_id, amount, commission, commission_hundredths, currency,
                          billing_userid_is_number, billing_userid, order_number, return_secret, final_url)
SELECT n, 1, 1, :amount, 0, 0, 643, true, :userid, n, md5(n::text), 'http://shop.example/done'
FROM nextval('leopay.bench_ids') AS n;
