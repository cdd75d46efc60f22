-- A tracked link. Its code is unique across tenants because the public address holds nothing else.
CREATE TABLE links_link (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    code TEXT NOT NULL,
    account_id TEXT NOT NULL,
    surface TEXT NOT NULL,
    target_url TEXT NOT NULL,
    title TEXT NOT NULL,
    post_id TEXT,
    group_id TEXT,
    person_id TEXT,
    created_at BIGINT NOT NULL,
    clicks BIGINT NOT NULL DEFAULT 0,
    unidentified BIGINT NOT NULL DEFAULT 0,
    staff BIGINT NOT NULL DEFAULT 0,
    bots BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX links_link_code ON links_link (code);
CREATE INDEX links_link_post ON links_link (tenant_id, post_id, group_id);
-- Every opening as it came; settled in batches. Rows are appended, only "settled" and the person change.
CREATE TABLE links_click (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    link_id TEXT NOT NULL,
    at BIGINT NOT NULL,
    source TEXT NOT NULL,
    account_id TEXT NOT NULL,
    visitor TEXT NOT NULL,
    person_id TEXT,
    settled BOOLEAN NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX links_click_open ON links_click (tenant_id, id) WHERE settled = FALSE;
CREATE INDEX links_click_link ON links_click (tenant_id, link_id, id);
-- First opening of a person per link and business day: what counts as a click of a person.
CREATE TABLE links_first (
    tenant_id TEXT NOT NULL,
    link_id TEXT NOT NULL,
    person_id TEXT NOT NULL,
    day BIGINT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, link_id, person_id, day)
);
