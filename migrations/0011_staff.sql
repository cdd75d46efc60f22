-- Employees as the platform knows them.
CREATE TABLE staff_member (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    account_id TEXT NOT NULL,
    platform_id TEXT NOT NULL,
    name TEXT NOT NULL,
    name_search TEXT NOT NULL,
    title TEXT,
    active BOOLEAN NOT NULL,
    serving BOOLEAN NOT NULL,
    kind TEXT NOT NULL,
    synced_at BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX staff_member_platform ON staff_member (tenant_id, account_id, platform_id);
