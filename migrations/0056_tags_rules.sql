-- Rules that tag. The body (trigger, conditions, tags) is JSON; every version is kept.
CREATE TABLE tags_rule (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    body TEXT NOT NULL,
    -- Word of the trigger, so that a fact looks only at the rules it may wake.
    trigger_on TEXT NOT NULL,
    enabled BOOLEAN NOT NULL,
    version BIGINT NOT NULL,
    hits BIGINT NOT NULL DEFAULT 0,
    misses BIGINT NOT NULL DEFAULT 0,
    last_run_at BIGINT,
    last_hit_at BIGINT,
    last_error TEXT NOT NULL DEFAULT '',
    last_error_at BIGINT,
    created_at BIGINT NOT NULL,
    deleted_at BIGINT,
    PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX tags_rule_name ON tags_rule (tenant_id, name) WHERE deleted_at IS NULL;
CREATE INDEX tags_rule_trigger ON tags_rule (tenant_id, trigger_on) WHERE deleted_at IS NULL;
CREATE TABLE tags_rule_version (
    tenant_id TEXT NOT NULL,
    rule_id TEXT NOT NULL,
    version BIGINT NOT NULL,
    name TEXT NOT NULL,
    body TEXT NOT NULL,
    enabled BOOLEAN NOT NULL,
    operator_name TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, rule_id, version)
);
