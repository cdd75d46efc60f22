-- One person: how each contact was recognised, what was joined with what, and the numbers by which people are matched.
ALTER TABLE people_person ADD COLUMN merged_into TEXT NOT NULL DEFAULT '';
-- Raised by whoever joins or parts histories: whoever comes second waits and then sees what the first did.
ALTER TABLE people_person ADD COLUMN revision BIGINT NOT NULL DEFAULT 0;
-- union_id, external_id, phone, manual; confidence in percent.
ALTER TABLE people_contact ADD COLUMN matched_by TEXT NOT NULL DEFAULT 'external_id';
ALTER TABLE people_contact ADD COLUMN confidence BIGINT NOT NULL DEFAULT 100;
ALTER TABLE people_contact ADD COLUMN matched_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE people_contact ADD COLUMN union_id TEXT;
UPDATE people_contact SET matched_at = first_seen_at;
UPDATE people_contact SET matched_by = 'union_id', union_id = (
    SELECT p.union_id FROM people_person p WHERE p.tenant_id = people_contact.tenant_id AND p.id = people_contact.person_id)
WHERE is_staff = FALSE AND EXISTS (
    SELECT 1 FROM people_person p WHERE p.tenant_id = people_contact.tenant_id AND p.id = people_contact.person_id
      AND p.union_id IS NOT NULL);
CREATE INDEX people_contact_union ON people_contact (tenant_id, union_id, person_id) WHERE union_id IS NOT NULL;
CREATE INDEX people_person_merged ON people_person (tenant_id, merged_into) WHERE merged_into <> '';
-- How many numbers employees noted on a bond, so that a mirror asks for them only where there are any.
ALTER TABLE people_follow ADD COLUMN phones BIGINT NOT NULL DEFAULT 0;

-- Every joining of two persons and every parting. The ledger below says which rows changed hands.
CREATE TABLE people_merge (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    act TEXT NOT NULL,
    survivor_id TEXT NOT NULL,
    other_id TEXT NOT NULL,
    how TEXT NOT NULL,
    reason TEXT NOT NULL,
    by_operator TEXT NOT NULL,
    by_name TEXT NOT NULL,
    at BIGINT NOT NULL,
    -- The last fact before it.
    after_fact BIGINT NOT NULL,
    survivor_kind TEXT NOT NULL,
    survivor_union TEXT,
    other_kind TEXT NOT NULL,
    other_union TEXT,
    undone_at BIGINT NOT NULL DEFAULT 0,
    undone_by TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX people_merge_survivor ON people_merge (tenant_id, survivor_id, id);
CREATE INDEX people_merge_other ON people_merge (tenant_id, other_id, id);
CREATE TABLE people_moved (
    tenant_id TEXT NOT NULL,
    merge_id TEXT NOT NULL,
    place TEXT NOT NULL,
    row_key TEXT NOT NULL,
    was TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (tenant_id, merge_id, place, row_key)
);
-- Pairs that a person decided are two: nothing joins them by itself again. person_a < person_b.
CREATE TABLE people_apart (
    tenant_id TEXT NOT NULL,
    person_a TEXT NOT NULL,
    person_b TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, person_a, person_b)
);
CREATE INDEX people_apart_other ON people_apart (tenant_id, person_b);
-- Phone numbers: a keyed digest to match by, the number itself sealed. source_ref is the bond or order it came from.
CREATE TABLE people_phone (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    person_id TEXT NOT NULL,
    contact_id TEXT NOT NULL,
    digest TEXT NOT NULL,
    sealed TEXT NOT NULL,
    tail TEXT NOT NULL,
    source TEXT NOT NULL,
    source_ref TEXT NOT NULL,
    verified BOOLEAN NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX people_phone_source ON people_phone (tenant_id, digest, source, source_ref);
CREATE INDEX people_phone_person ON people_phone (tenant_id, person_id);
CREATE INDEX people_phone_ref ON people_phone (tenant_id, source, source_ref);
CREATE INDEX people_phone_digest ON people_phone (tenant_id, digest, person_id, verified);
-- Joining two persons looks for her rows everywhere.
CREATE INDEX links_link_person ON links_link (tenant_id, person_id) WHERE person_id IS NOT NULL;
CREATE INDEX links_click_person ON links_click (tenant_id, person_id) WHERE person_id IS NOT NULL;
CREATE INDEX links_first_person ON links_first (tenant_id, person_id, day, link_id);
CREATE INDEX attribution_credit_person ON attribution_credit (tenant_id, person_id);
CREATE INDEX metrics_person_person ON metrics_person (tenant_id, person_id);
CREATE INDEX metrics_leave_person ON metrics_leave (tenant_id, person_id);
