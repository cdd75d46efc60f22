CREATE TABLE access_operator (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    login TEXT NOT NULL,
    name TEXT NOT NULL,
    role TEXT NOT NULL,
    staff_id TEXT,
    reach TEXT NOT NULL,
    locale TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    disabled BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL,
    last_seen_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
-- A login is unique in the installation, so that the sign-in page needs no company field.
CREATE UNIQUE INDEX access_operator_login ON access_operator (login);

CREATE TABLE access_session (
    digest TEXT NOT NULL PRIMARY KEY,
    tenant_id TEXT NOT NULL,
    operator_id TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL
);
CREATE INDEX access_session_operator ON access_session (tenant_id, operator_id);

CREATE TABLE access_sign_in_code (
    digest TEXT NOT NULL PRIMARY KEY,
    tenant_id TEXT NOT NULL,
    operator_id TEXT NOT NULL,
    expires_at BIGINT NOT NULL
);

CREATE TABLE access_wrong_try (
    id TEXT NOT NULL PRIMARY KEY,
    login TEXT NOT NULL,
    at BIGINT NOT NULL
);
CREATE INDEX access_wrong_try_login ON access_wrong_try (login, at);
