-- What one employee is asked to send by hand into one group.
CREATE TABLE tasks_task (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    post_id TEXT NOT NULL,
    group_id TEXT NOT NULL,
    group_platform_id TEXT NOT NULL,
    group_name TEXT NOT NULL,
    account_id TEXT NOT NULL,
    staff_id TEXT NOT NULL,
    staff_platform_id TEXT NOT NULL,
    title TEXT NOT NULL,
    body TEXT NOT NULL,
    link_url TEXT NOT NULL,
    state TEXT NOT NULL,
    reason TEXT NOT NULL DEFAULT '',
    due_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    prompted_at BIGINT NOT NULL DEFAULT 0,
    reminders BIGINT NOT NULL DEFAULT 0,
    reminded_at BIGINT NOT NULL DEFAULT 0,
    settled_at BIGINT NOT NULL DEFAULT 0,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX tasks_task_once ON tasks_task (tenant_id, post_id, group_id);
CREATE INDEX tasks_task_staff ON tasks_task (tenant_id, staff_id, due_at);
CREATE INDEX tasks_task_state ON tasks_task (tenant_id, state, id);
