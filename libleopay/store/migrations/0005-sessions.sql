-- SPDX-License-Identifier: MIT
-- Compatible from: 1
-- Remember with each order how long its payer has at the bank: the setting may change meanwhile.

-- Not valid, that is true of every row from now on: no row has it yet, and looking at them all would keep payers waiting.
ALTER TABLE leopay.transactions
    ADD COLUMN recheck_delay_s integer,
    ADD CONSTRAINT recheck_is_later CHECK (recheck_delay_s > 0) NOT VALID;
COMMENT ON COLUMN leopay.transactions.recheck_delay_s IS 'Seconds from the registration to the last question about a failed payment, by the session that the bank was told of; null: by the setting of now.';
