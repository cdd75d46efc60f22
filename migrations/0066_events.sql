-- What other systems report of people. A key counts once, whatever else comes under it.
CREATE TABLE events_event (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    event_key TEXT NOT NULL,
    person_id TEXT NOT NULL,
    name TEXT NOT NULL,
    at BIGINT NOT NULL,
    day BIGINT NOT NULL,
    -- A flat JSON object.
    properties TEXT NOT NULL,
    received_at BIGINT NOT NULL,
    -- The key or operator that reported it.
    source_id TEXT NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX events_event_key ON events_event (tenant_id, event_key);
CREATE INDEX events_event_person ON events_event (tenant_id, person_id, at, id);
CREATE INDEX events_event_day ON events_event (tenant_id, day, name);

-- The names that came, with what the company writes about them.
CREATE TABLE events_definition (
    tenant_id TEXT NOT NULL,
    name TEXT NOT NULL,
    description TEXT NOT NULL,
    privacy_note TEXT NOT NULL,
    first_at BIGINT NOT NULL,
    last_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, name)
);
