-- Keys of the open API. The token itself is never kept, only its SHA-256.
CREATE TABLE api_keys_key (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    name_search TEXT NOT NULL,
    digest TEXT NOT NULL,
    -- The last characters of the token, by which people tell keys apart.
    hint TEXT NOT NULL,
    -- Rights as words, comma separated.
    scopes TEXT NOT NULL,
    -- Empty: the whole company.
    community_id TEXT NOT NULL,
    -- Networks, comma separated. Empty: from anywhere.
    networks TEXT NOT NULL,
    per_minute BIGINT NOT NULL,
    -- 0: never.
    expires_at BIGINT NOT NULL,
    created_by TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    last_used_at BIGINT NOT NULL,
    last_address TEXT NOT NULL,
    revoked_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX api_keys_key_digest ON api_keys_key (digest);

-- Writes that carried an Idempotency-Key, for a day. state: begun, done (its change is committed), kept (its answer too).
CREATE TABLE once_write (
    tenant_id TEXT NOT NULL,
    owner_id TEXT NOT NULL,
    idempotency_key TEXT NOT NULL,
    request_digest TEXT NOT NULL,
    attempt BIGINT NOT NULL,
    state TEXT NOT NULL,
    begun_at BIGINT NOT NULL,
    status BIGINT NOT NULL,
    content_type TEXT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (tenant_id, owner_id, idempotency_key)
);
CREATE INDEX once_write_age ON once_write (tenant_id, owner_id, begun_at);

-- A key may reach one community. Everything that narrows by duty (who answers for a group) then holds for it too: a
-- community "answers" for each of its groups. The duties of employees keep their rows under another name.
ALTER TABLE groups_duty RENAME TO groups_assigned;
CREATE VIEW groups_duty AS
    SELECT tenant_id, staff_id, group_id, role FROM groups_assigned
    UNION ALL
    SELECT tenant_id, community_id AS staff_id, id AS group_id, 'community' AS role
    FROM groups_group WHERE community_id IS NOT NULL;
