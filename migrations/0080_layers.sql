-- What a person is to the company now: RFM cell, value level, fan level and stage of life, each since when and why.
CREATE TABLE layers_person (
    tenant_id TEXT NOT NULL,
    person_id TEXT NOT NULL,
    -- Of the cut points in force when it was written; 0 before the first.
    version BIGINT NOT NULL,
    -- 1 to 5; 0 without a paid order in the window.
    r BIGINT NOT NULL,
    f BIGINT NOT NULL,
    m BIGINT NOT NULL,
    -- What the scores were made from: last day with a paid order as days since 1970 (-1 for none), days with a paid
    -- order, fen kept.
    last_day BIGINT NOT NULL,
    order_days BIGINT NOT NULL,
    net_fen BIGINT NOT NULL,
    rfm TEXT NOT NULL,
    rfm_since BIGINT NOT NULL,
    rfm_reason TEXT NOT NULL,
    value_level TEXT NOT NULL,
    value_since BIGINT NOT NULL,
    value_reason TEXT NOT NULL,
    fan_level TEXT NOT NULL,
    fan_since BIGINT NOT NULL,
    fan_reason TEXT NOT NULL,
    stage TEXT NOT NULL,
    stage_since BIGINT NOT NULL,
    stage_reason TEXT NOT NULL,
    PRIMARY KEY (tenant_id, person_id)
);
CREATE INDEX layers_person_version ON layers_person (tenant_id, version, person_id);
CREATE INDEX layers_person_rfm ON layers_person (tenant_id, rfm, person_id);
CREATE INDEX layers_person_value ON layers_person (tenant_id, value_level, person_id);
CREATE INDEX layers_person_fan ON layers_person (tenant_id, fan_level, person_id);
CREATE INDEX layers_person_stage ON layers_person (tenant_id, stage, person_id);

-- When a person is looked at next: at once after a fact, else when time alone may change something. `marks` grows with
-- every fact, so that a look never swallows a fact that came meanwhile.
CREATE TABLE layers_due (
    tenant_id TEXT NOT NULL,
    person_id TEXT NOT NULL,
    due_at BIGINT NOT NULL,
    marks BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, person_id)
);
CREATE INDEX layers_due_at ON layers_due (tenant_id, due_at);

-- Every step from one level of a ladder to another. Append only.
CREATE TABLE layers_move (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    person_id TEXT NOT NULL,
    ladder TEXT NOT NULL,
    from_level TEXT NOT NULL,
    to_level TEXT NOT NULL,
    reason TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX layers_move_at ON layers_move (tenant_id, ladder, at);
CREATE INDEX layers_move_person ON layers_move (tenant_id, person_id, id);

-- Versions of the cut points. At most one is in force; `replaced` is the version that was in force before it.
CREATE TABLE layers_cuts (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    version BIGINT NOT NULL,
    source TEXT NOT NULL,
    cuts TEXT NOT NULL,
    buyers BIGINT NOT NULL,
    state TEXT NOT NULL,
    made_by TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    in_force_at BIGINT NOT NULL DEFAULT 0,
    ended_at BIGINT NOT NULL DEFAULT 0,
    replaced BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX layers_cuts_version ON layers_cuts (tenant_id, version);
CREATE UNIQUE INDEX layers_cuts_in_force ON layers_cuts (tenant_id) WHERE state = 'in_force';

-- Which level is promised what. The promise alone: issuing and redeeming are not here.
CREATE TABLE layers_benefit (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    promise TEXT NOT NULL,
    ladder TEXT NOT NULL,
    level TEXT NOT NULL,
    period TEXT NOT NULL,
    value_fen BIGINT NOT NULL,
    ceiling_fen BIGINT NOT NULL,
    enabled BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    changed_by TEXT NOT NULL,
    deleted_at BIGINT,
    PRIMARY KEY (tenant_id, id)
);
