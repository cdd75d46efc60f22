-- Bonds that a customer or an employee ended, until somebody took care of it.
CREATE TABLE people_loss (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    person_id TEXT NOT NULL,
    contact_id TEXT NOT NULL,
    staff_id TEXT NOT NULL,
    by_customer BOOLEAN NOT NULL,
    at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL DEFAULT 0,
    handled_at BIGINT NOT NULL DEFAULT 0,
    handled_by TEXT NOT NULL DEFAULT '',
    -- When the employee was told, in her daily message.
    told_at BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX people_loss_bond ON people_loss (tenant_id, contact_id, staff_id, at);
CREATE INDEX people_loss_person ON people_loss (tenant_id, person_id);
CREATE INDEX people_loss_staff ON people_loss (tenant_id, staff_id, id);
-- Whether employees hear of their losses once a day.
CREATE TABLE people_setting (
    tenant_id TEXT NOT NULL PRIMARY KEY,
    tell_losses BOOLEAN NOT NULL
);
