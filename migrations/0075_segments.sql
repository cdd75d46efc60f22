-- Segments: named questions about people, kept up to date. "members" are the people who were in by the move numbered
-- "members_at", as a set of dense numbers; whoever moved since stands in segments_move. Until "filled_version" reaches
-- "version" the members of the present wording are not settled yet.
CREATE TABLE segments_segment (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    name_search TEXT NOT NULL,
    text TEXT NOT NULL,
    expr TEXT NOT NULL,
    version BIGINT NOT NULL,
    status TEXT NOT NULL,
    tell_first BOOLEAN NOT NULL,
    filled_version BIGINT NOT NULL DEFAULT 0,
    members BYTEA,
    members_at BIGINT NOT NULL DEFAULT 0,
    moves BIGINT NOT NULL DEFAULT 0,
    people BIGINT NOT NULL DEFAULT 0,
    settled_at BIGINT NOT NULL DEFAULT 0,
    -- The tenant's day of the last move (days since 1970), the last move before it, and who came and went on it.
    day BIGINT NOT NULL DEFAULT 0,
    day_after BIGINT NOT NULL DEFAULT 0,
    day_came BIGINT NOT NULL DEFAULT 0,
    day_went BIGINT NOT NULL DEFAULT 0,
    created_by TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX segments_segment_name ON segments_segment (tenant_id, name) WHERE status = 'live';
CREATE INDEX segments_segment_status ON segments_segment (tenant_id, status);
CREATE TABLE segments_version (
    tenant_id TEXT NOT NULL,
    segment_id TEXT NOT NULL,
    version BIGINT NOT NULL,
    text TEXT NOT NULL,
    expr TEXT NOT NULL,
    made_by TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, segment_id, version)
);
-- Who entered and left, in order, and why. Append only.
CREATE TABLE segments_move (
    tenant_id TEXT NOT NULL,
    segment_id TEXT NOT NULL,
    no BIGINT NOT NULL,
    person_no BIGINT NOT NULL,
    entered BOOLEAN NOT NULL,
    cause TEXT NOT NULL,
    -- What the cause was about; empty when that has no name.
    subject_id TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, segment_id, no)
);
-- "revision" rises with every change of a definition, so that each node knows when to read them again; whatever facts
-- up to "settled_seq" caused is written.
CREATE TABLE segments_revision (
    tenant_id TEXT NOT NULL,
    revision BIGINT NOT NULL,
    settled_seq BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (tenant_id)
);
-- A frozen list of people. Rows never change.
CREATE TABLE segments_snapshot (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    segment_id TEXT NOT NULL,
    segment_name TEXT NOT NULL,
    version BIGINT NOT NULL,
    text TEXT NOT NULL,
    purpose TEXT NOT NULL,
    reason TEXT NOT NULL,
    members BYTEA NOT NULL,
    people BIGINT NOT NULL,
    digest TEXT NOT NULL,
    made_by TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX segments_snapshot_segment ON segments_snapshot (tenant_id, segment_id, id);
-- The index of people as it was at a place in the log of facts, in parts; a start reads it instead of every table.
CREATE TABLE segments_index (
    tenant_id TEXT NOT NULL,
    part BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    calendar TEXT NOT NULL,
    bytes BYTEA NOT NULL,
    PRIMARY KEY (tenant_id, part)
);
-- A person's rows are read together whenever something happens to her.
CREATE INDEX imports_list_person_person ON imports_list_person (tenant_id, person_id, list_id);
CREATE INDEX welcome_log_contact ON welcome_log (tenant_id, account_id, contact_platform_id);
