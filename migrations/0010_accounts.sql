-- Connected accounts of messaging platforms. Secrets are sealed; version rises with every change of the connection.
CREATE TABLE accounts_account (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    platform TEXT NOT NULL,
    name TEXT NOT NULL,
    company TEXT NOT NULL,
    application TEXT NOT NULL,
    secret_sealed TEXT NOT NULL,
    token_sealed TEXT NOT NULL,
    key_sealed TEXT NOT NULL,
    api_base TEXT,
    version BIGINT NOT NULL,
    url_checked_at BIGINT,
    last_callback_at BIGINT,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX accounts_account_id ON accounts_account (id);
CREATE UNIQUE INDEX accounts_account_platform ON accounts_account (tenant_id, platform, company, application);

-- Verified callbacks as they came. Keys only ascend and there is no other index: an insert always goes to the end.
CREATE TABLE accounts_inbox (
    tenant_id TEXT NOT NULL,
    seq BIGINT NOT NULL,
    account_id TEXT NOT NULL,
    received_at BIGINT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (tenant_id, seq)
);

-- How far the inbox was acted upon.
CREATE TABLE accounts_cursor (
    tenant_id TEXT NOT NULL PRIMARY KEY,
    seq BIGINT NOT NULL
);

-- The set-up doctor's last examination of an account.
CREATE TABLE accounts_examination (
    tenant_id TEXT NOT NULL,
    account_id TEXT NOT NULL,
    run BIGINT NOT NULL,
    started_at BIGINT NOT NULL,
    finished_at BIGINT,
    probes BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, account_id)
);
CREATE TABLE accounts_finding (
    tenant_id TEXT NOT NULL,
    account_id TEXT NOT NULL,
    place BIGINT NOT NULL,
    probe TEXT NOT NULL,
    asked TEXT NOT NULL,
    verdict TEXT NOT NULL,
    code BIGINT NOT NULL,
    words TEXT NOT NULL,
    figure BIGINT,
    found_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, account_id, place)
);

-- Progress of mirroring, one row per kind of thing.
CREATE TABLE accounts_sync (
    tenant_id TEXT NOT NULL,
    account_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    run BIGINT NOT NULL,
    state TEXT NOT NULL,
    done BIGINT NOT NULL,
    total BIGINT NOT NULL,
    listed BOOLEAN NOT NULL,
    next_cursor TEXT NOT NULL,
    started_at BIGINT NOT NULL,
    finished_at BIGINT,
    last_error TEXT NOT NULL,
    PRIMARY KEY (tenant_id, account_id, kind)
);
