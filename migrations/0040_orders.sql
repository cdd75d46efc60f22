-- Where a company's shop system sends its orders: an address of its own and a sealed secret.
CREATE TABLE orders_source (
    tenant_id TEXT NOT NULL,
    hook_key TEXT NOT NULL,
    sealed_secret TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    last_received_at BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (tenant_id)
);
CREATE UNIQUE INDEX orders_source_key ON orders_source (hook_key);
CREATE TABLE orders_order (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    source TEXT NOT NULL,
    order_no TEXT NOT NULL,
    person_id TEXT,
    union_id TEXT NOT NULL,
    external_id TEXT NOT NULL,
    mobile TEXT NOT NULL,
    amount_fen BIGINT NOT NULL,
    paid_fen BIGINT NOT NULL,
    refunded_fen BIGINT NOT NULL,
    paid_at BIGINT NOT NULL,
    refunded_at BIGINT NOT NULL,
    day BIGINT NOT NULL,
    items TEXT NOT NULL,
    status TEXT NOT NULL,
    search TEXT NOT NULL,
    received_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX orders_order_no ON orders_order (tenant_id, source, order_no);
CREATE INDEX orders_order_person ON orders_order (tenant_id, person_id, paid_at);
CREATE TABLE orders_import (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    digest TEXT NOT NULL,
    file_name TEXT NOT NULL,
    total BIGINT NOT NULL,
    created BIGINT NOT NULL,
    changed BIGINT NOT NULL,
    unchanged BIGINT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX orders_import_digest ON orders_import (tenant_id, digest);
CREATE INDEX orders_order_orphan ON orders_order (tenant_id, received_at) WHERE person_id IS NULL;
