-- Running figures of one release: a post that was handed out.
CREATE TABLE metrics_release (
    tenant_id TEXT NOT NULL,
    post_id TEXT NOT NULL,
    community_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    hour BIGINT NOT NULL,
    day BIGINT NOT NULL,
    starts_at BIGINT NOT NULL,
    groups_sent BIGINT NOT NULL DEFAULT 0,
    groups_missed BIGINT NOT NULL DEFAULT 0,
    reach BIGINT NOT NULL DEFAULT 0,
    opens BIGINT NOT NULL DEFAULT 0,
    orders BIGINT NOT NULL DEFAULT 0,
    buyers BIGINT NOT NULL DEFAULT 0,
    paid BIGINT NOT NULL DEFAULT 0,
    refunded BIGINT NOT NULL DEFAULT 0,
    leaves BIGINT NOT NULL DEFAULT 0,
    counted_at BIGINT NOT NULL DEFAULT 0,
    decided BOOLEAN NOT NULL DEFAULT FALSE,
    PRIMARY KEY (tenant_id, post_id)
);
CREATE INDEX metrics_release_slot ON metrics_release (tenant_id, community_id, kind, hour, day);
CREATE INDEX metrics_release_start ON metrics_release (tenant_id, starts_at);

CREATE TABLE metrics_delivery (
    tenant_id TEXT NOT NULL,
    post_id TEXT NOT NULL,
    group_id TEXT NOT NULL,
    sent BOOLEAN NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, post_id, group_id)
);
CREATE INDEX metrics_delivery_group ON metrics_delivery (tenant_id, group_id, at);

-- Persons, not rows: who opened, bought or left counts once per release.
CREATE TABLE metrics_person (
    tenant_id TEXT NOT NULL,
    post_id TEXT NOT NULL,
    act TEXT NOT NULL,
    person_id TEXT NOT NULL,
    PRIMARY KEY (tenant_id, post_id, act, person_id)
);

CREATE TABLE metrics_leave (
    tenant_id TEXT NOT NULL,
    group_id TEXT NOT NULL,
    person_id TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, group_id, at, person_id)
);

CREATE TABLE metrics_decision (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    post_id TEXT NOT NULL,
    community_id TEXT NOT NULL,
    plan_item TEXT NOT NULL,
    verdict TEXT NOT NULL,
    minute BIGINT,
    note TEXT NOT NULL,
    decided_by TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX metrics_decision_post ON metrics_decision (tenant_id, post_id, id);
CREATE INDEX metrics_decision_item ON metrics_decision (tenant_id, plan_item, id);
