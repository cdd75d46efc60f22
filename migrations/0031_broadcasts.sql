-- One broadcast of one post; its shards are what the platform sees.
CREATE TABLE broadcasts_send (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    post_id TEXT NOT NULL,
    expires_at BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX broadcasts_send_post ON broadcasts_send (tenant_id, post_id);

-- One task of the platform: one sender, a frozen set of targets, one text.
CREATE TABLE broadcasts_shard (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    send_id TEXT NOT NULL,
    post_id TEXT NOT NULL,
    account_id TEXT NOT NULL,
    staff_id TEXT NOT NULL,
    staff_platform_id TEXT NOT NULL,
    body TEXT NOT NULL,
    text_digest TEXT NOT NULL,
    targets_digest TEXT NOT NULL,
    state TEXT NOT NULL,
    epoch BIGINT NOT NULL DEFAULT 0,
    first_intent_at BIGINT NOT NULL DEFAULT 0,
    intent_at BIGINT NOT NULL DEFAULT 0,
    unknown_since BIGINT NOT NULL DEFAULT 0,
    last_unknown_at BIGINT NOT NULL DEFAULT 0,
    absent_at BIGINT NOT NULL DEFAULT 0,
    platform_id TEXT,
    accepted_at BIGINT NOT NULL DEFAULT 0,
    polls BIGINT NOT NULL DEFAULT 0,
    trouble_code TEXT NOT NULL DEFAULT '',
    trouble_detail TEXT NOT NULL DEFAULT '',
    expires_at BIGINT NOT NULL,
    settled_at BIGINT NOT NULL DEFAULT 0,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX broadcasts_shard_platform ON broadcasts_shard (tenant_id, account_id, platform_id);
CREATE INDEX broadcasts_shard_send ON broadcasts_shard (tenant_id, send_id);
CREATE INDEX broadcasts_shard_post ON broadcasts_shard (tenant_id, post_id);
CREATE INDEX broadcasts_shard_state ON broadcasts_shard (tenant_id, state, id);
CREATE INDEX broadcasts_shard_unknown ON broadcasts_shard (tenant_id, account_id, last_unknown_at);

CREATE TABLE broadcasts_target (
    tenant_id TEXT NOT NULL,
    shard_id TEXT NOT NULL,
    group_id TEXT NOT NULL,
    platform_id TEXT NOT NULL,
    state TEXT NOT NULL,
    reason TEXT NOT NULL DEFAULT '',
    sent_at BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (tenant_id, shard_id, group_id)
);
CREATE INDEX broadcasts_target_group ON broadcasts_target (tenant_id, group_id);

CREATE TABLE broadcasts_reminder (
    tenant_id TEXT NOT NULL,
    shard_id TEXT NOT NULL,
    at BIGINT NOT NULL,
    asked_by TEXT NOT NULL,
    PRIMARY KEY (tenant_id, shard_id, at)
);

-- A second task of the platform for one shard, cancelled before an employee tapped it.
CREATE TABLE broadcasts_twin (
    tenant_id TEXT NOT NULL,
    account_id TEXT NOT NULL,
    platform_id TEXT NOT NULL,
    shard_id TEXT NOT NULL,
    found_at BIGINT NOT NULL,
    cancelled_at BIGINT NOT NULL DEFAULT 0,
    trouble TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (tenant_id, account_id, platform_id)
);
CREATE INDEX broadcasts_twin_found ON broadcasts_twin (tenant_id, found_at);
