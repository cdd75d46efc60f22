-- Queue of jobs. Finished jobs are deleted; dead ones stay until a person decides.
CREATE TABLE job (
    id TEXT NOT NULL PRIMARY KEY,
    tenant_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    payload TEXT NOT NULL,
    dedupe_key TEXT,
    lane BIGINT NOT NULL,
    status TEXT NOT NULL DEFAULT 'queued',
    run_at BIGINT NOT NULL,
    attempt BIGINT NOT NULL DEFAULT 0,
    epoch BIGINT NOT NULL DEFAULT 0,
    locked_until BIGINT NOT NULL DEFAULT 0,
    error_code TEXT NOT NULL DEFAULT '',
    error_detail TEXT NOT NULL DEFAULT '',
    created_at BIGINT NOT NULL,
    died_at BIGINT NOT NULL DEFAULT 0
);
CREATE UNIQUE INDEX job_dedupe ON job (tenant_id, kind, dedupe_key) WHERE status = 'queued';
CREATE INDEX job_due ON job (lane, status, run_at, id);
CREATE INDEX job_next ON job (status, run_at);
CREATE INDEX job_running ON job (tenant_id, kind, dedupe_key, status);

-- One row per recurring work and tick: whoever inserts it enqueues the work.
CREATE TABLE schedule_tick (
    tenant_id TEXT NOT NULL,
    name TEXT NOT NULL,
    tick BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, name)
);

-- Everything that happened, numbered per tenant. Append only.
CREATE TABLE facts (
    tenant_id TEXT NOT NULL,
    seq BIGINT NOT NULL,
    kind TEXT NOT NULL,
    at BIGINT NOT NULL,
    payload TEXT NOT NULL,
    PRIMARY KEY (tenant_id, seq)
);
CREATE TABLE facts_counter (
    tenant_id TEXT NOT NULL PRIMARY KEY,
    last_seq BIGINT NOT NULL
);

CREATE TABLE audit_entry (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    at BIGINT NOT NULL,
    operator_id TEXT NOT NULL,
    operator_name TEXT NOT NULL,
    action TEXT NOT NULL,
    subject TEXT NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
