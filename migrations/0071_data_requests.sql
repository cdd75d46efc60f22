-- What a person asked for about her own data, and how far that is.
CREATE TABLE data_requests_request (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    person_id TEXT NOT NULL,
    person_name TEXT NOT NULL,
    kind TEXT NOT NULL,
    state TEXT NOT NULL,
    channel TEXT NOT NULL,
    wish TEXT NOT NULL,
    locale TEXT NOT NULL,
    received_at BIGINT NOT NULL,
    due_at BIGINT NOT NULL,
    verified_how TEXT NOT NULL DEFAULT '',
    verified_at BIGINT NOT NULL DEFAULT 0,
    started_at BIGINT NOT NULL DEFAULT 0,
    ended_at BIGINT NOT NULL DEFAULT 0,
    outcome TEXT NOT NULL DEFAULT '',
    legal_ground TEXT NOT NULL DEFAULT '',
    -- Of an erasure under way: the id that takes the place of hers.
    alias TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX data_requests_request_state ON data_requests_request (tenant_id, state, due_at);
CREATE INDEX data_requests_request_person ON data_requests_request (tenant_id, person_id);
CREATE TABLE data_requests_step (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    request_id TEXT NOT NULL,
    at BIGINT NOT NULL,
    actor TEXT NOT NULL,
    step TEXT NOT NULL,
    note TEXT NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX data_requests_step_request ON data_requests_step (tenant_id, request_id, id);
-- A copy of somebody's data, sealed; gone after its days.
CREATE TABLE data_requests_file (
    tenant_id TEXT NOT NULL,
    request_id TEXT NOT NULL,
    sealed TEXT NOT NULL,
    digest TEXT NOT NULL,
    bytes BIGINT NOT NULL,
    token_digest TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    fetched BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (tenant_id, request_id)
);
CREATE UNIQUE INDEX data_requests_file_token ON data_requests_file (token_digest);
CREATE TABLE data_requests_certificate (
    tenant_id TEXT NOT NULL,
    request_id TEXT NOT NULL,
    body TEXT NOT NULL,
    digest TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, request_id)
);
CREATE TABLE data_requests_setting (
    tenant_id TEXT NOT NULL PRIMARY KEY,
    working_days BIGINT NOT NULL
);
