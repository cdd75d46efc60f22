-- Customer groups as the platform shows them. A row that was only announced has synced_at 0.
CREATE TABLE groups_group (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    account_id TEXT NOT NULL,
    platform_id TEXT NOT NULL,
    name TEXT NOT NULL,
    name_search TEXT NOT NULL,
    notice TEXT NOT NULL,
    owner_staff_id TEXT,
    community_id TEXT,
    member_version TEXT,
    hinted_version TEXT,
    hinted_at BIGINT NOT NULL,
    members BIGINT NOT NULL,
    eligible BIGINT NOT NULL,
    founded_at BIGINT NOT NULL,
    dismissed_at BIGINT,
    synced_at BIGINT NOT NULL,
    seen_run BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX groups_group_platform ON groups_group (tenant_id, account_id, platform_id);
CREATE INDEX groups_group_community ON groups_group (tenant_id, community_id);

-- One stay of one member in one group; whoever comes back begins another stay.
CREATE TABLE groups_membership (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    group_id TEXT NOT NULL,
    member_id TEXT NOT NULL,
    is_staff BOOLEAN NOT NULL,
    person_id TEXT NOT NULL,
    person_no BIGINT NOT NULL,
    kind TEXT NOT NULL,
    kind_fixed BOOLEAN NOT NULL,
    eligible BOOLEAN NOT NULL,
    name TEXT NOT NULL,
    name_search TEXT NOT NULL,
    nickname TEXT NOT NULL,
    scene TEXT NOT NULL,
    state TEXT,
    inviter TEXT,
    joined_at BIGINT NOT NULL,
    left_at BIGINT,
    PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX groups_membership_open ON groups_membership (tenant_id, group_id, member_id) WHERE left_at IS NULL;
CREATE INDEX groups_membership_group ON groups_membership (tenant_id, group_id, id);
CREATE INDEX groups_membership_person ON groups_membership (tenant_id, person_id);

-- Which employee is responsible for which group: the reach of operators.
CREATE TABLE groups_duty (
    tenant_id TEXT NOT NULL,
    staff_id TEXT NOT NULL,
    group_id TEXT NOT NULL,
    role TEXT NOT NULL,
    PRIMARY KEY (tenant_id, staff_id, group_id)
);
CREATE INDEX groups_duty_group ON groups_duty (tenant_id, group_id);

-- The platform's own counters of one owner's groups on one day (source level L1).
CREATE TABLE groups_counter (
    tenant_id TEXT NOT NULL,
    staff_id TEXT NOT NULL,
    day BIGINT NOT NULL,
    new_groups BIGINT NOT NULL,
    groups BIGINT NOT NULL,
    groups_with_messages BIGINT NOT NULL,
    new_members BIGINT NOT NULL,
    members BIGINT NOT NULL,
    speakers BIGINT NOT NULL,
    messages BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, staff_id, day)
);
