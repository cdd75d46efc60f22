CREATE TABLE tenants_tenant (
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    zone TEXT NOT NULL,
    day_cut_minutes BIGINT NOT NULL,
    daily_cap BIGINT NOT NULL,
    daily_warn BIGINT NOT NULL,
    broadcast_rule TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
