CREATE TABLE welcome_greeting (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    -- "contact": sent with the one-use code. "group": a template that a group's owner selects once.
    audience TEXT NOT NULL,
    account_id TEXT NOT NULL,
    name TEXT NOT NULL,
    opening TEXT NOT NULL,
    offer TEXT NOT NULL,
    rules TEXT NOT NULL,
    benefit TEXT NOT NULL,
    action TEXT NOT NULL,
    link_title TEXT NOT NULL,
    link_description TEXT NOT NULL,
    link_url TEXT NOT NULL,
    link_picture TEXT NOT NULL,
    invite_code_id TEXT,
    is_default BOOLEAN NOT NULL,
    -- Only for "group": draft, publishing, set_up_needed, failed.
    template_status TEXT NOT NULL,
    template_id TEXT NOT NULL DEFAULT '',
    template_intent_at BIGINT NOT NULL DEFAULT 0,
    reason TEXT NOT NULL DEFAULT '',
    reason_detail TEXT NOT NULL DEFAULT '',
    search TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX welcome_greeting_default ON welcome_greeting (tenant_id, audience, is_default);
-- Whether the owner of a group has selected the template.
CREATE TABLE welcome_group (
    tenant_id TEXT NOT NULL,
    greeting_id TEXT NOT NULL,
    group_id TEXT NOT NULL,
    status TEXT NOT NULL,
    changed_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, greeting_id, group_id)
);
-- One row per one-use code: what became of each greeting.
CREATE TABLE welcome_log (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    account_id TEXT NOT NULL,
    welcome_code TEXT NOT NULL,
    staff_platform_id TEXT NOT NULL,
    contact_platform_id TEXT NOT NULL,
    code_state TEXT NOT NULL,
    greeting_id TEXT NOT NULL DEFAULT '',
    status TEXT NOT NULL,
    reason TEXT NOT NULL DEFAULT '',
    reason_detail TEXT NOT NULL DEFAULT '',
    arrived_at BIGINT NOT NULL,
    ended_at BIGINT NOT NULL DEFAULT 0,
    calls BIGINT NOT NULL DEFAULT 0,
    outcome_unknown BOOLEAN NOT NULL DEFAULT FALSE,
    PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX welcome_log_code ON welcome_log (tenant_id, account_id, welcome_code);
CREATE INDEX welcome_log_status ON welcome_log (tenant_id, status, id);
