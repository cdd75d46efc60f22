CREATE TABLE live_codes_code (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    state TEXT NOT NULL,
    target TEXT NOT NULL,
    account_id TEXT NOT NULL,
    title TEXT NOT NULL,
    hook TEXT NOT NULL,
    organiser TEXT NOT NULL,
    channel TEXT NOT NULL,
    store TEXT NOT NULL,
    community_id TEXT,
    welcome_id TEXT,
    skip_verify BOOLEAN NOT NULL,
    overflow_name TEXT NOT NULL,
    status TEXT NOT NULL,
    reason TEXT NOT NULL DEFAULT '',
    reason_detail TEXT NOT NULL DEFAULT '',
    platform_id TEXT NOT NULL DEFAULT '',
    qr_url TEXT NOT NULL DEFAULT '',
    -- When the creation was begun whose outcome is not stored yet; 0 when none is open.
    intent_at BIGINT NOT NULL DEFAULT 0,
    -- When the outcome of the open creation was first found unknown; written once per intent.
    unknown_since BIGINT NOT NULL DEFAULT 0,
    revision BIGINT NOT NULL DEFAULT 1,
    published_revision BIGINT NOT NULL DEFAULT 0,
    search TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX live_codes_state ON live_codes_code (state);
CREATE INDEX live_codes_platform ON live_codes_code (tenant_id, account_id, platform_id);
CREATE TABLE live_codes_target (
    tenant_id TEXT NOT NULL,
    code_id TEXT NOT NULL,
    position BIGINT NOT NULL,
    target_id TEXT NOT NULL,
    PRIMARY KEY (tenant_id, code_id, position)
);
CREATE INDEX live_codes_target_of ON live_codes_target (tenant_id, target_id);
CREATE TABLE live_codes_tag (
    tenant_id TEXT NOT NULL,
    code_id TEXT NOT NULL,
    tag_id TEXT NOT NULL,
    PRIMARY KEY (tenant_id, code_id, tag_id)
);
-- A person counts once per code and stage ("add", "join", "order").
CREATE TABLE live_codes_credit (
    tenant_id TEXT NOT NULL,
    code_id TEXT NOT NULL,
    person_id TEXT NOT NULL,
    stage TEXT NOT NULL,
    group_id TEXT,
    at BIGINT NOT NULL,
    left_at BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (tenant_id, code_id, person_id, stage)
);
CREATE INDEX live_codes_credit_person ON live_codes_credit (tenant_id, person_id, stage);
