-- Tagging many people: the list is frozen when the job is made, each person is one row with what was changed.
CREATE TABLE tags_bulk (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    -- JSON: whom, and which tags are given and taken.
    source TEXT NOT NULL,
    add_tags TEXT NOT NULL,
    remove_tags TEXT NOT NULL,
    state TEXT NOT NULL,
    total BIGINT NOT NULL,
    done BIGINT NOT NULL DEFAULT 0,
    changed BIGINT NOT NULL DEFAULT 0,
    undone BIGINT NOT NULL DEFAULT 0,
    operator_name TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    finished_at BIGINT,
    PRIMARY KEY (tenant_id, id)
);
CREATE TABLE tags_bulk_item (
    tenant_id TEXT NOT NULL,
    bulk_id TEXT NOT NULL,
    person_id TEXT NOT NULL,
    -- waiting, changed, same, not_customer, gone; after an undo also undone, kept.
    outcome TEXT NOT NULL,
    -- JSON of what was really given and taken, with the row that a taken tag had.
    added TEXT NOT NULL DEFAULT '[]',
    removed TEXT NOT NULL DEFAULT '[]',
    PRIMARY KEY (tenant_id, bulk_id, person_id)
);
CREATE INDEX tags_bulk_item_outcome ON tags_bulk_item (tenant_id, bulk_id, outcome, person_id);
