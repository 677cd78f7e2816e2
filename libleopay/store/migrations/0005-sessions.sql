-- SPDX-License-Identifier: MIT
-- Compatible from: 1
-- Remember with each order how long its payer has at the bank: the setting may change meanwhile.

ALTER TABLE leopay.transactions ADD COLUMN recheck_delay_s integer CHECK (recheck_delay_s > 0);
COMMENT ON COLUMN leopay.transactions.recheck_delay_s IS 'Seconds from the registration to the last question about a failed payment, by the session that the bank was told of; null: by the setting of now.';
