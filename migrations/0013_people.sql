-- One human after dedupe. The dense number is never reused: sets of people are bitmaps over it.
CREATE TABLE people_person (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    person_no BIGINT NOT NULL,
    union_id TEXT,
    name TEXT NOT NULL,
    name_search TEXT NOT NULL,
    avatar TEXT,
    kind TEXT NOT NULL,
    first_seen_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX people_person_no ON people_person (tenant_id, person_no);
CREATE UNIQUE INDEX people_person_union ON people_person (tenant_id, union_id) WHERE union_id IS NOT NULL;
CREATE TABLE people_counter (
    tenant_id TEXT NOT NULL PRIMARY KEY,
    last_no BIGINT NOT NULL
);

-- A person as one connected account knows her.
CREATE TABLE people_contact (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    account_id TEXT NOT NULL,
    external_id TEXT NOT NULL,
    is_staff BOOLEAN NOT NULL,
    person_id TEXT NOT NULL,
    name TEXT NOT NULL,
    business BOOLEAN NOT NULL,
    first_seen_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX people_contact_external ON people_contact (tenant_id, account_id, external_id, is_staff);
CREATE INDEX people_contact_person ON people_contact (tenant_id, person_id);

-- The bond between one employee and one contact.
CREATE TABLE people_follow (
    tenant_id TEXT NOT NULL,
    contact_id TEXT NOT NULL,
    staff_id TEXT NOT NULL,
    since BIGINT NOT NULL,
    state TEXT,
    remark TEXT NOT NULL,
    description TEXT NOT NULL,
    way TEXT NOT NULL,
    platform_tags TEXT NOT NULL,
    deleted_at BIGINT,
    seen_run BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, contact_id, staff_id)
);
CREATE INDEX people_follow_staff ON people_follow (tenant_id, staff_id, contact_id);
