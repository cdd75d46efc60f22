-- A template at work in a community.
CREATE TABLE playbooks_plan (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    community_id TEXT NOT NULL,
    template TEXT NOT NULL,
    name TEXT NOT NULL,
    link_target TEXT NOT NULL,
    from_day BIGINT NOT NULL,
    extended_to BIGINT NOT NULL,
    status TEXT NOT NULL,
    approve BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX playbooks_plan_community ON playbooks_plan (tenant_id, community_id);

-- What an operator decided about one recurring item of a plan, for all future posts.
CREATE TABLE playbooks_override (
    tenant_id TEXT NOT NULL,
    plan_id TEXT NOT NULL,
    item TEXT NOT NULL,
    stopped BOOLEAN NOT NULL,
    minute BIGINT,
    PRIMARY KEY (tenant_id, plan_id, item)
);

CREATE TABLE playbooks_post (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    community_id TEXT NOT NULL,
    plan_id TEXT,
    item TEXT NOT NULL DEFAULT '',
    origin_day BIGINT NOT NULL,
    day BIGINT NOT NULL,
    minute BIGINT NOT NULL,
    due_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    title TEXT NOT NULL,
    body TEXT NOT NULL,
    link_target TEXT NOT NULL,
    kind TEXT NOT NULL,
    way TEXT NOT NULL,
    role TEXT NOT NULL,
    series TEXT NOT NULL,
    state TEXT NOT NULL,
    reason TEXT NOT NULL DEFAULT '',
    groups_total BIGINT NOT NULL DEFAULT 0,
    groups_sent BIGINT NOT NULL DEFAULT 0,
    groups_missed BIGINT NOT NULL DEFAULT 0,
    prompted_at BIGINT NOT NULL DEFAULT 0,
    first_sent_at BIGINT NOT NULL DEFAULT 0,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX playbooks_post_once ON playbooks_post (tenant_id, plan_id, item, origin_day);
CREATE INDEX playbooks_post_day ON playbooks_post (tenant_id, community_id, day, minute);
CREATE INDEX playbooks_post_due ON playbooks_post (tenant_id, due_at);

CREATE TABLE playbooks_delivery (
    tenant_id TEXT NOT NULL,
    post_id TEXT NOT NULL,
    group_id TEXT NOT NULL,
    group_name TEXT NOT NULL,
    staff_id TEXT NOT NULL,
    staff_name TEXT NOT NULL,
    state TEXT NOT NULL,
    reason TEXT NOT NULL DEFAULT '',
    at BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (tenant_id, post_id, group_id)
);
CREATE INDEX playbooks_delivery_group ON playbooks_delivery (tenant_id, group_id, at);

-- Every change of a post: who, when, why, and how it was before.
CREATE TABLE playbooks_change (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    post_id TEXT NOT NULL,
    at BIGINT NOT NULL,
    actor TEXT NOT NULL,
    what TEXT NOT NULL,
    reason TEXT NOT NULL,
    before TEXT NOT NULL,
    undone BOOLEAN NOT NULL DEFAULT FALSE,
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX playbooks_change_post ON playbooks_change (tenant_id, post_id, id);
