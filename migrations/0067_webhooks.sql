-- Addresses of other systems that want to hear what happens.
CREATE TABLE webhooks_endpoint (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    url TEXT NOT NULL,
    description TEXT NOT NULL,
    -- Event types, comma separated.
    types TEXT NOT NULL,
    sealed_secret TEXT NOT NULL,
    -- The secret before the last rotation signs along until then.
    sealed_old_secret TEXT NOT NULL,
    old_until BIGINT NOT NULL,
    enabled BOOLEAN NOT NULL,
    -- Why we switched it off: a catalogue key; empty when a person did or it is on.
    off_reason TEXT NOT NULL,
    off_at BIGINT NOT NULL,
    -- Since when every attempt fails; 0 when the last one did not.
    failing_since BIGINT NOT NULL,
    last_ok_at BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id)
);

-- What is to reach whom: one row per message and endpoint, written with the fact itself.
CREATE TABLE webhooks_delivery (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    endpoint_id TEXT NOT NULL,
    -- The same for every endpoint and attempt: receivers tell repetitions by it.
    message_id TEXT NOT NULL,
    event_type TEXT NOT NULL,
    payload TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    -- waiting, delivered, failed (gave up), held (came while we had switched the endpoint off)
    state TEXT NOT NULL,
    -- Attempts since it was last put in line, and in all.
    tries BIGINT NOT NULL,
    attempts BIGINT NOT NULL,
    next_at BIGINT NOT NULL,
    last_status BIGINT NOT NULL,
    last_error TEXT NOT NULL,
    settled_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX webhooks_delivery_due ON webhooks_delivery (tenant_id, endpoint_id, state, next_at);
CREATE INDEX webhooks_delivery_age ON webhooks_delivery (tenant_id, created_at);

-- One call. Written before the call with ended_at 0, completed after it: a row without an end has an unknown outcome.
CREATE TABLE webhooks_attempt (
    tenant_id TEXT NOT NULL,
    delivery_id TEXT NOT NULL,
    number BIGINT NOT NULL,
    at BIGINT NOT NULL,
    ended_at BIGINT NOT NULL,
    status BIGINT NOT NULL,
    error TEXT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (tenant_id, delivery_id, number)
);
