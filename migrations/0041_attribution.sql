CREATE TABLE attribution_setting (
    tenant_id TEXT NOT NULL PRIMARY KEY,
    group_post_hours BIGINT NOT NULL,
    private_hours BIGINT NOT NULL,
    public_hours BIGINT NOT NULL
);
-- What a person touched, once per link and day.
CREATE TABLE attribution_touch (
    tenant_id TEXT NOT NULL,
    person_id TEXT NOT NULL,
    at BIGINT NOT NULL,
    link_id TEXT NOT NULL,
    surface TEXT NOT NULL,
    post_id TEXT,
    group_id TEXT,
    PRIMARY KEY (tenant_id, person_id, at, link_id)
);
-- Every touch that could have led to an order, and whether it got it.
CREATE TABLE attribution_candidate (
    tenant_id TEXT NOT NULL,
    order_id TEXT NOT NULL,
    touch_at BIGINT NOT NULL,
    link_id TEXT NOT NULL,
    surface TEXT NOT NULL,
    post_id TEXT,
    group_id TEXT,
    chosen BOOLEAN NOT NULL,
    PRIMARY KEY (tenant_id, order_id, touch_at, link_id)
);
-- Money credited to a touch: one positive entry when the order was paid, a negative one per refund.
CREATE TABLE attribution_credit (
    tenant_id TEXT NOT NULL,
    order_id TEXT NOT NULL,
    entry BIGINT NOT NULL,
    person_id TEXT NOT NULL,
    link_id TEXT NOT NULL,
    post_id TEXT,
    group_id TEXT,
    amount_fen BIGINT NOT NULL,
    at BIGINT NOT NULL,
    day BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, order_id, entry)
);
CREATE INDEX attribution_credit_post ON attribution_credit (tenant_id, post_id, group_id);
