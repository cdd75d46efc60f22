-- Customers and groups that pass from one employee to another.
CREATE TABLE handover_plan (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    account_id TEXT NOT NULL,
    -- on_job, resigned.
    giver TEXT NOT NULL,
    from_staff TEXT NOT NULL,
    to_staff TEXT NOT NULL,
    note TEXT NOT NULL,
    made_by TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    looked_at BIGINT NOT NULL DEFAULT 0,
    cancelled_at BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (tenant_id, id)
);
CREATE TABLE handover_item (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    plan_id TEXT NOT NULL,
    -- contact, group.
    kind TEXT NOT NULL,
    -- Our id of the contact or group, and the platform's.
    target_id TEXT NOT NULL,
    platform_id TEXT NOT NULL,
    person_id TEXT,
    name TEXT NOT NULL,
    -- planned, intent, unknown, waiting, done, refused, full, failed, cancelled.
    state TEXT NOT NULL,
    -- A word of the product; the platform's own code beside it.
    reason TEXT NOT NULL DEFAULT '',
    code BIGINT NOT NULL DEFAULT 0,
    -- The hundred it is asked with.
    batch BIGINT NOT NULL,
    epoch BIGINT NOT NULL DEFAULT 0,
    asked_at BIGINT NOT NULL DEFAULT 0,
    ended_at BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX handover_item_moves ON handover_item (tenant_id, kind, target_id, state);
CREATE INDEX handover_item_platform ON handover_item (tenant_id, kind, platform_id);
CREATE UNIQUE INDEX handover_item_target ON handover_item (tenant_id, plan_id, kind, target_id);
-- Nobody is on two ways at a time.
CREATE UNIQUE INDEX handover_item_live ON handover_item (tenant_id, kind, target_id)
    WHERE state IN ('planned', 'intent', 'unknown', 'waiting');
CREATE INDEX handover_item_person ON handover_item (tenant_id, person_id);
CREATE INDEX handover_item_state ON handover_item (tenant_id, plan_id, state);
-- Customers of employees who left, as the platform lists them.
CREATE TABLE handover_left (
    tenant_id TEXT NOT NULL,
    account_id TEXT NOT NULL,
    staff_platform_id TEXT NOT NULL,
    contact_platform_id TEXT NOT NULL,
    since BIGINT NOT NULL,
    run BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, account_id, staff_platform_id, contact_platform_id)
);
