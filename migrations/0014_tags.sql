-- Company tags, ours and the platform's in one. platform_id is empty until the platform knows the tag.
CREATE TABLE tags_group (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    account_id TEXT NOT NULL,
    platform_id TEXT NOT NULL,
    name TEXT NOT NULL,
    place BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX tags_group_name ON tags_group (tenant_id, account_id, name);
CREATE TABLE tags_tag (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    account_id TEXT NOT NULL,
    group_id TEXT NOT NULL,
    platform_id TEXT NOT NULL,
    name TEXT NOT NULL,
    place BIGINT NOT NULL,
    deleted_at BIGINT,
    PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX tags_tag_name ON tags_tag (tenant_id, group_id, name) WHERE deleted_at IS NULL;
CREATE INDEX tags_tag_platform ON tags_tag (tenant_id, account_id, platform_id);

-- Which person carries which tag, from which source, since when.
CREATE TABLE tags_person_tag (
    tenant_id TEXT NOT NULL,
    person_id TEXT NOT NULL,
    tag_id TEXT NOT NULL,
    source TEXT NOT NULL,
    applied_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, person_id, tag_id)
);
CREATE INDEX tags_person_tag_tag ON tags_person_tag (tenant_id, tag_id, person_id);
