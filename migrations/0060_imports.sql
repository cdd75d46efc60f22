-- Where a person came from: empty for the platform, `import` for a file.
ALTER TABLE people_person ADD COLUMN provenance TEXT NOT NULL DEFAULT '';
-- What a file said by which a person is known again. `way` is `external` (the platform's id of a contact, in clear) or
-- `phone` (a keyed digest; the number itself is never kept here).
CREATE TABLE people_import_key (
    tenant_id TEXT NOT NULL,
    way TEXT NOT NULL,
    value TEXT NOT NULL,
    person_id TEXT NOT NULL,
    PRIMARY KEY (tenant_id, way, value)
);
CREATE INDEX people_import_key_person ON people_import_key (tenant_id, person_id);

-- One uploaded file and what becomes of it.
CREATE TABLE imports_import (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    kind TEXT NOT NULL,
    file_name TEXT NOT NULL,
    format TEXT NOT NULL,
    encoding TEXT NOT NULL,
    bytes BIGINT NOT NULL,
    digest TEXT NOT NULL,
    headers TEXT NOT NULL,
    mapping TEXT NOT NULL,
    policy TEXT NOT NULL,
    state TEXT NOT NULL,
    error_code TEXT NOT NULL,
    repeats TEXT,
    list_id TEXT,
    rows_total BIGINT NOT NULL,
    parts BIGINT NOT NULL,
    next_part BIGINT NOT NULL,
    checked TEXT NOT NULL,
    taken TEXT NOT NULL,
    operator_id TEXT NOT NULL,
    operator_name TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    started_at BIGINT NOT NULL,
    started_part BIGINT NOT NULL,
    moved_at BIGINT NOT NULL,
    ended_at BIGINT NOT NULL,
    purged_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX imports_import_digest ON imports_import (tenant_id, digest, state);
-- The rows of a file, about a thousand to a part, sealed. Gone a week after the end.
CREATE TABLE imports_part (
    tenant_id TEXT NOT NULL,
    import_id TEXT NOT NULL,
    part BIGINT NOT NULL,
    row_count BIGINT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (tenant_id, import_id, part)
);
-- Rows that can't be taken, of the dry run (`check`) and of the run (`run`).
CREATE TABLE imports_bad (
    tenant_id TEXT NOT NULL,
    import_id TEXT NOT NULL,
    pass TEXT NOT NULL,
    row_no BIGINT NOT NULL,
    field TEXT NOT NULL,
    code TEXT NOT NULL,
    PRIMARY KEY (tenant_id, import_id, pass, row_no)
);
-- Which column means what, kept under a name for the next file of the same shape.
CREATE TABLE imports_mapping (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    mapping TEXT NOT NULL,
    saved_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX imports_mapping_name ON imports_mapping (tenant_id, kind, name);

-- Named lists of persons that a file brought.
CREATE TABLE imports_list (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    people BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX imports_list_name ON imports_list (tenant_id, name);
CREATE TABLE imports_list_person (
    tenant_id TEXT NOT NULL,
    list_id TEXT NOT NULL,
    person_id TEXT NOT NULL,
    person_no BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, list_id, person_id)
);
