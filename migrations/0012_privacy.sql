-- The present answer of a person to a purpose. Absent means: never asked.
CREATE TABLE privacy_consent (
    tenant_id TEXT NOT NULL,
    person_id TEXT NOT NULL,
    purpose TEXT NOT NULL,
    granted BOOLEAN NOT NULL,
    text_version BIGINT NOT NULL,
    channel TEXT NOT NULL,
    evidence TEXT NOT NULL,
    given_at BIGINT NOT NULL,
    withdrawn_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, person_id, purpose)
);
-- Every answer ever given. Append only: the proof.
CREATE TABLE privacy_consent_log (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    person_id TEXT NOT NULL,
    purpose TEXT NOT NULL,
    granted BOOLEAN NOT NULL,
    text_version BIGINT NOT NULL,
    channel TEXT NOT NULL,
    evidence TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX privacy_consent_log_person ON privacy_consent_log (tenant_id, person_id, id);
-- A company's own wording of a purpose. Version 0 is the product's text from the catalogues and has no row.
CREATE TABLE privacy_text (
    tenant_id TEXT NOT NULL,
    purpose TEXT NOT NULL,
    version BIGINT NOT NULL,
    body TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, purpose, version)
);
