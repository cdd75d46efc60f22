-- Tags on groups: ours alone, the platform has none.
CREATE TABLE tags_label (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    colour TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX tags_label_name ON tags_label (tenant_id, name);
CREATE TABLE tags_labelled (
    tenant_id TEXT NOT NULL,
    group_id TEXT NOT NULL,
    label_id TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, group_id, label_id)
);
CREATE INDEX tags_labelled_label ON tags_labelled (tenant_id, label_id, group_id);
