-- Callbacks that came together are kept in one row: what a row costs is paid once for all of them. The key is the number
-- of the first. `many` stands before `body`, so that keys are read without the long texts.
CREATE TABLE accounts_sheet (
    tenant_id TEXT NOT NULL,
    seq BIGINT NOT NULL,
    many BIGINT NOT NULL,
    account_id TEXT NOT NULL,
    received_at BIGINT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (tenant_id, seq)
);
INSERT INTO accounts_sheet (tenant_id, seq, many, account_id, received_at, body)
    SELECT tenant_id, seq, 1, account_id, received_at, body FROM accounts_inbox;
DROP TABLE accounts_inbox;
ALTER TABLE accounts_sheet RENAME TO accounts_inbox;
