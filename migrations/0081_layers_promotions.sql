-- Ways from one community to a closer one, with what a person must be for it to be suggested.
CREATE TABLE layers_path (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    to_community TEXT NOT NULL,
    body TEXT NOT NULL,
    enabled BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    changed_by TEXT NOT NULL,
    deleted_at BIGINT,
    PRIMARY KEY (tenant_id, id)
);

-- One suggestion to invite one person. States: open, invited, sent, joined; declined, skipped, expired, lapsed.
CREATE TABLE layers_suggestion (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    path_id TEXT NOT NULL,
    person_id TEXT NOT NULL,
    from_community TEXT NOT NULL,
    to_community TEXT NOT NULL,
    state TEXT NOT NULL,
    why TEXT NOT NULL,
    suggested_at BIGINT NOT NULL,
    decided_at BIGINT NOT NULL DEFAULT 0,
    decided_by TEXT NOT NULL DEFAULT '',
    reason TEXT NOT NULL DEFAULT '',
    -- The invitation that a confirmation made; the tasks know it by this key.
    invitation TEXT NOT NULL DEFAULT '',
    group_id TEXT NOT NULL DEFAULT '',
    staff_id TEXT NOT NULL DEFAULT '',
    ended_at BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX layers_suggestion_once ON layers_suggestion (tenant_id, path_id, person_id)
    WHERE state IN ('open', 'invited', 'sent');
CREATE INDEX layers_suggestion_state ON layers_suggestion (tenant_id, state, id);
CREATE INDEX layers_suggestion_person ON layers_suggestion (tenant_id, person_id, id);
CREATE INDEX layers_suggestion_invitation ON layers_suggestion (tenant_id, invitation);

-- An invitation is a task like a post, to be sent to one contact instead of into a group.
ALTER TABLE tasks_task ADD COLUMN kind TEXT NOT NULL DEFAULT 'post';
ALTER TABLE tasks_task ADD COLUMN contact TEXT NOT NULL DEFAULT '';
