-- One row per broadcast that counts against a group's quota; taken with the intent, given back when nothing was made.
CREATE TABLE budgets_use (
    tenant_id TEXT NOT NULL,
    group_id TEXT NOT NULL,
    holder TEXT NOT NULL,
    day BIGINT NOT NULL,
    reserved_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, group_id, holder)
);
CREATE INDEX budgets_use_day ON budgets_use (tenant_id, group_id, day);
CREATE INDEX budgets_use_holder ON budgets_use (tenant_id, holder);
