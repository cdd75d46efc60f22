-- Numbers of exports, by which a watermark names one.
CREATE TABLE exports_counter (
    tenant_id TEXT NOT NULL PRIMARY KEY,
    last_no BIGINT NOT NULL
);
-- Who took what out, why, and how far it got. Rows are never deleted: they are the evidence.
CREATE TABLE exports_export (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    export_no BIGINT NOT NULL,
    what TEXT NOT NULL,
    filter TEXT NOT NULL,
    format TEXT NOT NULL,
    reason TEXT NOT NULL,
    locale TEXT NOT NULL,
    with_contacts BOOLEAN NOT NULL,
    -- JSON list: which of the company's own fields are columns, as they were when the file was asked for.
    own_fields TEXT NOT NULL,
    reach TEXT NOT NULL,
    operator_id TEXT NOT NULL,
    operator_name TEXT NOT NULL,
    state TEXT NOT NULL,
    next_cursor TEXT NOT NULL,
    parts BIGINT NOT NULL,
    rows_total BIGINT NOT NULL,
    downloads BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    ended_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
-- The rows of an export, a page to a part, sealed. Gone a week after the end.
CREATE TABLE exports_part (
    tenant_id TEXT NOT NULL,
    export_id TEXT NOT NULL,
    part BIGINT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (tenant_id, export_id, part)
);
