-- The answer's proof: where it was given and who wrote it down.
ALTER TABLE privacy_consent_log ADD COLUMN page TEXT NOT NULL DEFAULT '';
ALTER TABLE privacy_consent_log ADD COLUMN recorded_by TEXT NOT NULL DEFAULT '';
ALTER TABLE privacy_consent_log ADD COLUMN proof TEXT NOT NULL DEFAULT '';
ALTER TABLE privacy_text ADD COLUMN made_by TEXT NOT NULL DEFAULT '';
-- The same version of a wording in another language. Absent: the version's own body is shown.
CREATE TABLE privacy_text_language (
    tenant_id TEXT NOT NULL,
    purpose TEXT NOT NULL,
    version BIGINT NOT NULL,
    locale TEXT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (tenant_id, purpose, version, locale)
);
-- What stands against a person's use, whatever she once allowed: no_promotion, no_personalisation, restricted,
-- minor_suspected. A row is there while the mark holds.
CREATE TABLE privacy_mark (
    tenant_id TEXT NOT NULL,
    person_id TEXT NOT NULL,
    mark TEXT NOT NULL,
    channel TEXT NOT NULL,
    recorded_by TEXT NOT NULL,
    reason TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, person_id, mark)
);
CREATE INDEX privacy_mark_kind ON privacy_mark (tenant_id, mark, person_id);
CREATE INDEX privacy_consent_purpose ON privacy_consent (tenant_id, purpose, granted, person_id);
-- Keyed digests of what an erased person was known by: they stop her coming back by mirror or import.
CREATE TABLE privacy_tombstone (
    tenant_id TEXT NOT NULL,
    digest TEXT NOT NULL,
    kind TEXT NOT NULL,
    request_id TEXT NOT NULL,
    erased_at BIGINT NOT NULL,
    lifted_at BIGINT NOT NULL DEFAULT 0,
    lifted_by TEXT NOT NULL DEFAULT '',
    lift_reason TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (tenant_id, digest)
);
CREATE INDEX privacy_tombstone_request ON privacy_tombstone (tenant_id, request_id);
-- How long things are kept, where a company decided otherwise, and what the last run removed.
CREATE TABLE privacy_retention (
    tenant_id TEXT NOT NULL,
    object TEXT NOT NULL,
    days BIGINT NOT NULL,
    last_run_at BIGINT NOT NULL DEFAULT 0,
    last_deleted BIGINT NOT NULL DEFAULT 0,
    total_deleted BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (tenant_id, object)
);
