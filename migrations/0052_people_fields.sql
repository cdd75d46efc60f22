-- What a company wants to know of its people: definitions, and the values with where they come from.
CREATE TABLE people_field (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    -- text, number, date, choice, choices, yes_no, birth_month.
    form TEXT NOT NULL,
    -- JSON list of the choices' words.
    choices TEXT NOT NULL,
    required BOOLEAN NOT NULL,
    -- Kept sealed and shown only to who may see such data.
    sensitive BOOLEAN NOT NULL,
    -- ordinary, personal, minor.
    privacy TEXT NOT NULL,
    -- Comma separated roles that see it; empty for all.
    roles TEXT NOT NULL,
    place BIGINT NOT NULL,
    archived BOOLEAN NOT NULL DEFAULT FALSE,
    made_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX people_field_name ON people_field (tenant_id, name) WHERE archived = FALSE;
CREATE TABLE people_value (
    tenant_id TEXT NOT NULL,
    person_id TEXT NOT NULL,
    field_id TEXT NOT NULL,
    -- As text; sealed for sensitive fields.
    value TEXT NOT NULL,
    source TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, person_id, field_id)
);
