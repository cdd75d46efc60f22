-- Queue of jobs. Finished jobs are deleted; dead ones stay until a person decides.
CREATE TABLE job (
    id TEXT NOT NULL PRIMARY KEY,
    tenant_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    payload TEXT NOT NULL,
    dedupe_key TEXT,
    lane BIGINT NOT NULL,
    status TEXT NOT NULL DEFAULT 'queued',
    run_at BIGINT NOT NULL,
    attempt BIGINT NOT NULL DEFAULT 0,
    epoch BIGINT NOT NULL DEFAULT 0,
    locked_until BIGINT NOT NULL DEFAULT 0,
    error_code TEXT NOT NULL DEFAULT '',
    error_detail TEXT NOT NULL DEFAULT '',
    created_at BIGINT NOT NULL,
    died_at BIGINT NOT NULL DEFAULT 0
);
CREATE UNIQUE INDEX job_dedupe ON job (tenant_id, kind, dedupe_key) WHERE status = 'queued';
CREATE INDEX job_due ON job (lane, status, run_at, id);
CREATE INDEX job_next ON job (status, run_at);
CREATE INDEX job_running ON job (tenant_id, kind, dedupe_key, status);

-- One row per recurring work and tick: whoever inserts it enqueues the work.
CREATE TABLE schedule_tick (
    tenant_id TEXT NOT NULL,
    name TEXT NOT NULL,
    tick BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, name)
);

-- Everything that happened, numbered per tenant. Append only.
CREATE TABLE facts (
    tenant_id TEXT NOT NULL,
    seq BIGINT NOT NULL,
    kind TEXT NOT NULL,
    at BIGINT NOT NULL,
    payload TEXT NOT NULL,
    PRIMARY KEY (tenant_id, seq)
);
CREATE TABLE facts_counter (
    tenant_id TEXT NOT NULL PRIMARY KEY,
    last_seq BIGINT NOT NULL
);

CREATE TABLE audit_entry (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    at BIGINT NOT NULL,
    operator_id TEXT NOT NULL,
    operator_name TEXT NOT NULL,
    action TEXT NOT NULL,
    subject TEXT NOT NULL,
    PRIMARY KEY (tenant_id, id)
);

CREATE TABLE tenants_tenant (
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    zone TEXT NOT NULL,
    day_cut_minutes BIGINT NOT NULL,
    daily_cap BIGINT NOT NULL,
    daily_warn BIGINT NOT NULL,
    broadcast_rule TEXT NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE TABLE access_operator (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    login TEXT NOT NULL,
    name TEXT NOT NULL,
    role TEXT NOT NULL,
    staff_id TEXT,
    reach TEXT NOT NULL,
    locale TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    disabled BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL,
    last_seen_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
-- A login is unique in the installation, so that the sign-in page needs no company field.
CREATE UNIQUE INDEX access_operator_login ON access_operator (login);

CREATE TABLE access_session (
    digest TEXT NOT NULL PRIMARY KEY,
    tenant_id TEXT NOT NULL,
    operator_id TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL
);
CREATE INDEX access_session_operator ON access_session (tenant_id, operator_id);

CREATE TABLE access_sign_in_code (
    digest TEXT NOT NULL PRIMARY KEY,
    tenant_id TEXT NOT NULL,
    operator_id TEXT NOT NULL,
    expires_at BIGINT NOT NULL
);

CREATE TABLE access_wrong_try (
    id TEXT NOT NULL PRIMARY KEY,
    login TEXT NOT NULL,
    at BIGINT NOT NULL
);
CREATE INDEX access_wrong_try_login ON access_wrong_try (login, at);

-- Connected accounts of messaging platforms. Secrets are sealed; version rises with every change of the connection.
CREATE TABLE accounts_account (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    platform TEXT NOT NULL,
    name TEXT NOT NULL,
    company TEXT NOT NULL,
    application TEXT NOT NULL,
    secret_sealed TEXT NOT NULL,
    token_sealed TEXT NOT NULL,
    key_sealed TEXT NOT NULL,
    api_base TEXT,
    version BIGINT NOT NULL,
    url_checked_at BIGINT,
    last_callback_at BIGINT,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX accounts_account_id ON accounts_account (id);
CREATE UNIQUE INDEX accounts_account_platform ON accounts_account (tenant_id, platform, company, application);

-- Verified callbacks as they came. Keys only ascend and there is no other index: an insert always goes to the end.
CREATE TABLE accounts_inbox (
    tenant_id TEXT NOT NULL,
    seq BIGINT NOT NULL,
    account_id TEXT NOT NULL,
    received_at BIGINT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (tenant_id, seq)
);

-- How far the inbox was acted upon.
CREATE TABLE accounts_cursor (
    tenant_id TEXT NOT NULL PRIMARY KEY,
    seq BIGINT NOT NULL
);

-- The set-up doctor's last examination of an account.
CREATE TABLE accounts_examination (
    tenant_id TEXT NOT NULL,
    account_id TEXT NOT NULL,
    run BIGINT NOT NULL,
    started_at BIGINT NOT NULL,
    finished_at BIGINT,
    probes BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, account_id)
);
CREATE TABLE accounts_finding (
    tenant_id TEXT NOT NULL,
    account_id TEXT NOT NULL,
    place BIGINT NOT NULL,
    probe TEXT NOT NULL,
    asked TEXT NOT NULL,
    verdict TEXT NOT NULL,
    code BIGINT NOT NULL,
    words TEXT NOT NULL,
    figure BIGINT,
    found_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, account_id, place)
);

-- Progress of mirroring, one row per kind of thing.
CREATE TABLE accounts_sync (
    tenant_id TEXT NOT NULL,
    account_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    run BIGINT NOT NULL,
    state TEXT NOT NULL,
    done BIGINT NOT NULL,
    total BIGINT NOT NULL,
    listed BOOLEAN NOT NULL,
    next_cursor TEXT NOT NULL,
    started_at BIGINT NOT NULL,
    finished_at BIGINT,
    last_error TEXT NOT NULL,
    PRIMARY KEY (tenant_id, account_id, kind)
);

-- Employees as the platform knows them.
CREATE TABLE staff_member (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    account_id TEXT NOT NULL,
    platform_id TEXT NOT NULL,
    name TEXT NOT NULL,
    name_search TEXT NOT NULL,
    title TEXT,
    active BOOLEAN NOT NULL,
    serving BOOLEAN NOT NULL,
    kind TEXT NOT NULL,
    synced_at BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX staff_member_platform ON staff_member (tenant_id, account_id, platform_id);

-- The present answer of a person to a purpose. Absent means: never asked.
CREATE TABLE privacy_consent (
    tenant_id TEXT NOT NULL,
    person_id TEXT NOT NULL,
    purpose TEXT NOT NULL,
    granted BOOLEAN NOT NULL,
    text_version BIGINT NOT NULL,
    channel TEXT NOT NULL,
    evidence TEXT NOT NULL,
    given_at BIGINT NOT NULL,
    withdrawn_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, person_id, purpose)
);
-- Every answer ever given. Append only: the proof.
CREATE TABLE privacy_consent_log (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    person_id TEXT NOT NULL,
    purpose TEXT NOT NULL,
    granted BOOLEAN NOT NULL,
    text_version BIGINT NOT NULL,
    channel TEXT NOT NULL,
    evidence TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX privacy_consent_log_person ON privacy_consent_log (tenant_id, person_id, id);
-- A company's own wording of a purpose. Version 0 is the product's text from the catalogues and has no row.
CREATE TABLE privacy_text (
    tenant_id TEXT NOT NULL,
    purpose TEXT NOT NULL,
    version BIGINT NOT NULL,
    body TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, purpose, version)
);

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

-- Company tags, ours and the platform's in one. platform_id is empty until the platform knows the tag.
CREATE TABLE tags_group (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    account_id TEXT NOT NULL,
    platform_id TEXT NOT NULL,
    name TEXT NOT NULL,
    place BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX tags_group_name ON tags_group (tenant_id, account_id, name);
CREATE TABLE tags_tag (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    account_id TEXT NOT NULL,
    group_id TEXT NOT NULL,
    platform_id TEXT NOT NULL,
    name TEXT NOT NULL,
    place BIGINT NOT NULL,
    deleted_at BIGINT,
    PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX tags_tag_name ON tags_tag (tenant_id, group_id, name) WHERE deleted_at IS NULL;
CREATE INDEX tags_tag_platform ON tags_tag (tenant_id, account_id, platform_id);

-- Which person carries which tag, from which source, since when.
CREATE TABLE tags_person_tag (
    tenant_id TEXT NOT NULL,
    person_id TEXT NOT NULL,
    tag_id TEXT NOT NULL,
    source TEXT NOT NULL,
    applied_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, person_id, tag_id)
);
CREATE INDEX tags_person_tag_tag ON tags_person_tag (tenant_id, tag_id, person_id);

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

-- A community: the operated whole of purpose, people, rules and rhythm; spans one or more groups.
CREATE TABLE communities_community (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    name_search TEXT NOT NULL,
    kind TEXT NOT NULL,
    tier TEXT NOT NULL,
    segment TEXT,
    status TEXT NOT NULL,
    for_whom TEXT NOT NULL,
    which_need TEXT NOT NULL,
    which_solution TEXT NOT NULL,
    purpose TEXT NOT NULL,
    audience_age TEXT NOT NULL,
    audience_sex TEXT NOT NULL,
    audience_region TEXT NOT NULL,
    audience_occupation TEXT NOT NULL,
    value_to_user TEXT NOT NULL,
    entry_fee BIGINT,
    traffic_channel TEXT NOT NULL,
    ends_on BIGINT,
    disposal TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    activated_at BIGINT,
    closed_at BIGINT,
    PRIMARY KEY (tenant_id, id)
);

-- A tracked link. Its code is unique across tenants because the public address holds nothing else.
CREATE TABLE links_link (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    code TEXT NOT NULL,
    account_id TEXT NOT NULL,
    surface TEXT NOT NULL,
    target_url TEXT NOT NULL,
    title TEXT NOT NULL,
    post_id TEXT,
    group_id TEXT,
    person_id TEXT,
    created_at BIGINT NOT NULL,
    clicks BIGINT NOT NULL DEFAULT 0,
    unidentified BIGINT NOT NULL DEFAULT 0,
    staff BIGINT NOT NULL DEFAULT 0,
    bots BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX links_link_code ON links_link (code);
CREATE INDEX links_link_post ON links_link (tenant_id, post_id, group_id);
-- Every opening as it came; settled in batches. Rows are appended, only "settled" and the person change.
CREATE TABLE links_click (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    link_id TEXT NOT NULL,
    at BIGINT NOT NULL,
    source TEXT NOT NULL,
    account_id TEXT NOT NULL,
    visitor TEXT NOT NULL,
    person_id TEXT,
    settled BOOLEAN NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX links_click_open ON links_click (tenant_id, id) WHERE settled = FALSE;
CREATE INDEX links_click_link ON links_click (tenant_id, link_id, id);
-- First opening of a person per link and business day: what counts as a click of a person.
CREATE TABLE links_first (
    tenant_id TEXT NOT NULL,
    link_id TEXT NOT NULL,
    person_id TEXT NOT NULL,
    day BIGINT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, link_id, person_id, day)
);

CREATE TABLE live_codes_code (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    state TEXT NOT NULL,
    target TEXT NOT NULL,
    account_id TEXT NOT NULL,
    title TEXT NOT NULL,
    hook TEXT NOT NULL,
    organiser TEXT NOT NULL,
    channel TEXT NOT NULL,
    store TEXT NOT NULL,
    community_id TEXT,
    welcome_id TEXT,
    skip_verify BOOLEAN NOT NULL,
    overflow_name TEXT NOT NULL,
    status TEXT NOT NULL,
    reason TEXT NOT NULL DEFAULT '',
    reason_detail TEXT NOT NULL DEFAULT '',
    platform_id TEXT NOT NULL DEFAULT '',
    qr_url TEXT NOT NULL DEFAULT '',
    -- When the creation was begun whose outcome is not stored yet; 0 when none is open.
    intent_at BIGINT NOT NULL DEFAULT 0,
    -- When the outcome of the open creation was first found unknown; written once per intent.
    unknown_since BIGINT NOT NULL DEFAULT 0,
    revision BIGINT NOT NULL DEFAULT 1,
    published_revision BIGINT NOT NULL DEFAULT 0,
    search TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX live_codes_state ON live_codes_code (state);
CREATE INDEX live_codes_platform ON live_codes_code (tenant_id, account_id, platform_id);
CREATE TABLE live_codes_target (
    tenant_id TEXT NOT NULL,
    code_id TEXT NOT NULL,
    position BIGINT NOT NULL,
    target_id TEXT NOT NULL,
    PRIMARY KEY (tenant_id, code_id, position)
);
CREATE INDEX live_codes_target_of ON live_codes_target (tenant_id, target_id);
CREATE TABLE live_codes_tag (
    tenant_id TEXT NOT NULL,
    code_id TEXT NOT NULL,
    tag_id TEXT NOT NULL,
    PRIMARY KEY (tenant_id, code_id, tag_id)
);
-- A person counts once per code and stage ("add", "join", "order").
CREATE TABLE live_codes_credit (
    tenant_id TEXT NOT NULL,
    code_id TEXT NOT NULL,
    person_id TEXT NOT NULL,
    stage TEXT NOT NULL,
    group_id TEXT,
    at BIGINT NOT NULL,
    left_at BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (tenant_id, code_id, person_id, stage)
);
CREATE INDEX live_codes_credit_person ON live_codes_credit (tenant_id, person_id, stage);

CREATE TABLE welcome_greeting (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    -- "contact": sent with the one-use code. "group": a template that a group's owner selects once.
    audience TEXT NOT NULL,
    account_id TEXT NOT NULL,
    name TEXT NOT NULL,
    opening TEXT NOT NULL,
    offer TEXT NOT NULL,
    rules TEXT NOT NULL,
    benefit TEXT NOT NULL,
    action TEXT NOT NULL,
    link_title TEXT NOT NULL,
    link_description TEXT NOT NULL,
    link_url TEXT NOT NULL,
    link_picture TEXT NOT NULL,
    invite_code_id TEXT,
    is_default BOOLEAN NOT NULL,
    -- Only for "group": draft, publishing, set_up_needed, failed.
    template_status TEXT NOT NULL,
    template_id TEXT NOT NULL DEFAULT '',
    template_intent_at BIGINT NOT NULL DEFAULT 0,
    reason TEXT NOT NULL DEFAULT '',
    reason_detail TEXT NOT NULL DEFAULT '',
    search TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX welcome_greeting_default ON welcome_greeting (tenant_id, audience, is_default);
-- Whether the owner of a group has selected the template.
CREATE TABLE welcome_group (
    tenant_id TEXT NOT NULL,
    greeting_id TEXT NOT NULL,
    group_id TEXT NOT NULL,
    status TEXT NOT NULL,
    changed_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, greeting_id, group_id)
);
-- One row per one-use code: what became of each greeting.
CREATE TABLE welcome_log (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    account_id TEXT NOT NULL,
    welcome_code TEXT NOT NULL,
    staff_platform_id TEXT NOT NULL,
    contact_platform_id TEXT NOT NULL,
    code_state TEXT NOT NULL,
    greeting_id TEXT NOT NULL DEFAULT '',
    status TEXT NOT NULL,
    reason TEXT NOT NULL DEFAULT '',
    reason_detail TEXT NOT NULL DEFAULT '',
    arrived_at BIGINT NOT NULL,
    ended_at BIGINT NOT NULL DEFAULT 0,
    calls BIGINT NOT NULL DEFAULT 0,
    outcome_unknown BOOLEAN NOT NULL DEFAULT FALSE,
    PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX welcome_log_code ON welcome_log (tenant_id, account_id, welcome_code);
CREATE INDEX welcome_log_status ON welcome_log (tenant_id, status, id);

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

-- One broadcast of one post; its shards are what the platform sees.
CREATE TABLE broadcasts_send (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    post_id TEXT NOT NULL,
    expires_at BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX broadcasts_send_post ON broadcasts_send (tenant_id, post_id);

-- One task of the platform: one sender, a frozen set of targets, one text.
CREATE TABLE broadcasts_shard (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    send_id TEXT NOT NULL,
    post_id TEXT NOT NULL,
    account_id TEXT NOT NULL,
    staff_id TEXT NOT NULL,
    staff_platform_id TEXT NOT NULL,
    body TEXT NOT NULL,
    text_digest TEXT NOT NULL,
    targets_digest TEXT NOT NULL,
    state TEXT NOT NULL,
    epoch BIGINT NOT NULL DEFAULT 0,
    first_intent_at BIGINT NOT NULL DEFAULT 0,
    intent_at BIGINT NOT NULL DEFAULT 0,
    unknown_since BIGINT NOT NULL DEFAULT 0,
    last_unknown_at BIGINT NOT NULL DEFAULT 0,
    absent_at BIGINT NOT NULL DEFAULT 0,
    platform_id TEXT,
    accepted_at BIGINT NOT NULL DEFAULT 0,
    polls BIGINT NOT NULL DEFAULT 0,
    trouble_code TEXT NOT NULL DEFAULT '',
    trouble_detail TEXT NOT NULL DEFAULT '',
    expires_at BIGINT NOT NULL,
    settled_at BIGINT NOT NULL DEFAULT 0,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX broadcasts_shard_platform ON broadcasts_shard (tenant_id, account_id, platform_id);
CREATE INDEX broadcasts_shard_send ON broadcasts_shard (tenant_id, send_id);
CREATE INDEX broadcasts_shard_post ON broadcasts_shard (tenant_id, post_id);
CREATE INDEX broadcasts_shard_state ON broadcasts_shard (tenant_id, state, id);
CREATE INDEX broadcasts_shard_unknown ON broadcasts_shard (tenant_id, account_id, last_unknown_at);

CREATE TABLE broadcasts_target (
    tenant_id TEXT NOT NULL,
    shard_id TEXT NOT NULL,
    group_id TEXT NOT NULL,
    platform_id TEXT NOT NULL,
    state TEXT NOT NULL,
    reason TEXT NOT NULL DEFAULT '',
    sent_at BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (tenant_id, shard_id, group_id)
);
CREATE INDEX broadcasts_target_group ON broadcasts_target (tenant_id, group_id);

CREATE TABLE broadcasts_reminder (
    tenant_id TEXT NOT NULL,
    shard_id TEXT NOT NULL,
    at BIGINT NOT NULL,
    asked_by TEXT NOT NULL,
    PRIMARY KEY (tenant_id, shard_id, at)
);

-- A second task of the platform for one shard, cancelled before an employee tapped it.
CREATE TABLE broadcasts_twin (
    tenant_id TEXT NOT NULL,
    account_id TEXT NOT NULL,
    platform_id TEXT NOT NULL,
    shard_id TEXT NOT NULL,
    found_at BIGINT NOT NULL,
    cancelled_at BIGINT NOT NULL DEFAULT 0,
    trouble TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (tenant_id, account_id, platform_id)
);
CREATE INDEX broadcasts_twin_found ON broadcasts_twin (tenant_id, found_at);

-- What one employee is asked to send by hand into one group.
CREATE TABLE tasks_task (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    post_id TEXT NOT NULL,
    group_id TEXT NOT NULL,
    group_platform_id TEXT NOT NULL,
    group_name TEXT NOT NULL,
    account_id TEXT NOT NULL,
    staff_id TEXT NOT NULL,
    staff_platform_id TEXT NOT NULL,
    title TEXT NOT NULL,
    body TEXT NOT NULL,
    link_url TEXT NOT NULL,
    state TEXT NOT NULL,
    reason TEXT NOT NULL DEFAULT '',
    due_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    prompted_at BIGINT NOT NULL DEFAULT 0,
    reminders BIGINT NOT NULL DEFAULT 0,
    reminded_at BIGINT NOT NULL DEFAULT 0,
    settled_at BIGINT NOT NULL DEFAULT 0,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX tasks_task_once ON tasks_task (tenant_id, post_id, group_id);
CREATE INDEX tasks_task_staff ON tasks_task (tenant_id, staff_id, due_at);
CREATE INDEX tasks_task_state ON tasks_task (tenant_id, state, id);

-- A template at work in a community.
CREATE TABLE playbooks_plan (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    community_id TEXT NOT NULL,
    template TEXT NOT NULL,
    name TEXT NOT NULL,
    link_target TEXT NOT NULL,
    from_day BIGINT NOT NULL,
    extended_to BIGINT NOT NULL,
    status TEXT NOT NULL,
    approve BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX playbooks_plan_community ON playbooks_plan (tenant_id, community_id);

-- What an operator decided about one recurring item of a plan, for all future posts.
CREATE TABLE playbooks_override (
    tenant_id TEXT NOT NULL,
    plan_id TEXT NOT NULL,
    item TEXT NOT NULL,
    stopped BOOLEAN NOT NULL,
    minute BIGINT,
    PRIMARY KEY (tenant_id, plan_id, item)
);

CREATE TABLE playbooks_post (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    community_id TEXT NOT NULL,
    plan_id TEXT,
    item TEXT NOT NULL DEFAULT '',
    origin_day BIGINT NOT NULL,
    day BIGINT NOT NULL,
    minute BIGINT NOT NULL,
    due_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    title TEXT NOT NULL,
    body TEXT NOT NULL,
    link_target TEXT NOT NULL,
    kind TEXT NOT NULL,
    way TEXT NOT NULL,
    role TEXT NOT NULL,
    series TEXT NOT NULL,
    state TEXT NOT NULL,
    reason TEXT NOT NULL DEFAULT '',
    groups_total BIGINT NOT NULL DEFAULT 0,
    groups_sent BIGINT NOT NULL DEFAULT 0,
    groups_missed BIGINT NOT NULL DEFAULT 0,
    prompted_at BIGINT NOT NULL DEFAULT 0,
    first_sent_at BIGINT NOT NULL DEFAULT 0,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX playbooks_post_once ON playbooks_post (tenant_id, plan_id, item, origin_day);
CREATE INDEX playbooks_post_day ON playbooks_post (tenant_id, community_id, day, minute);
CREATE INDEX playbooks_post_due ON playbooks_post (tenant_id, due_at);

CREATE TABLE playbooks_delivery (
    tenant_id TEXT NOT NULL,
    post_id TEXT NOT NULL,
    group_id TEXT NOT NULL,
    group_name TEXT NOT NULL,
    staff_id TEXT NOT NULL,
    staff_name TEXT NOT NULL,
    state TEXT NOT NULL,
    reason TEXT NOT NULL DEFAULT '',
    at BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (tenant_id, post_id, group_id)
);
CREATE INDEX playbooks_delivery_group ON playbooks_delivery (tenant_id, group_id, at);

-- Every change of a post: who, when, why, and how it was before.
CREATE TABLE playbooks_change (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    post_id TEXT NOT NULL,
    at BIGINT NOT NULL,
    actor TEXT NOT NULL,
    what TEXT NOT NULL,
    reason TEXT NOT NULL,
    before TEXT NOT NULL,
    undone BOOLEAN NOT NULL DEFAULT FALSE,
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX playbooks_change_post ON playbooks_change (tenant_id, post_id, id);

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

-- Running figures of one release: a post that was handed out.
CREATE TABLE metrics_release (
    tenant_id TEXT NOT NULL,
    post_id TEXT NOT NULL,
    community_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    hour BIGINT NOT NULL,
    day BIGINT NOT NULL,
    starts_at BIGINT NOT NULL,
    groups_sent BIGINT NOT NULL DEFAULT 0,
    groups_missed BIGINT NOT NULL DEFAULT 0,
    reach BIGINT NOT NULL DEFAULT 0,
    opens BIGINT NOT NULL DEFAULT 0,
    orders BIGINT NOT NULL DEFAULT 0,
    buyers BIGINT NOT NULL DEFAULT 0,
    paid BIGINT NOT NULL DEFAULT 0,
    refunded BIGINT NOT NULL DEFAULT 0,
    leaves BIGINT NOT NULL DEFAULT 0,
    counted_at BIGINT NOT NULL DEFAULT 0,
    decided BOOLEAN NOT NULL DEFAULT FALSE,
    PRIMARY KEY (tenant_id, post_id)
);
CREATE INDEX metrics_release_slot ON metrics_release (tenant_id, community_id, kind, hour, day);
CREATE INDEX metrics_release_start ON metrics_release (tenant_id, starts_at);

CREATE TABLE metrics_delivery (
    tenant_id TEXT NOT NULL,
    post_id TEXT NOT NULL,
    group_id TEXT NOT NULL,
    sent BOOLEAN NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, post_id, group_id)
);
CREATE INDEX metrics_delivery_group ON metrics_delivery (tenant_id, group_id, at);

-- Persons, not rows: who opened, bought or left counts once per release.
CREATE TABLE metrics_person (
    tenant_id TEXT NOT NULL,
    post_id TEXT NOT NULL,
    act TEXT NOT NULL,
    person_id TEXT NOT NULL,
    PRIMARY KEY (tenant_id, post_id, act, person_id)
);

CREATE TABLE metrics_leave (
    tenant_id TEXT NOT NULL,
    group_id TEXT NOT NULL,
    person_id TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, group_id, at, person_id)
);

CREATE TABLE metrics_decision (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    post_id TEXT NOT NULL,
    community_id TEXT NOT NULL,
    plan_item TEXT NOT NULL,
    verdict TEXT NOT NULL,
    minute BIGINT,
    note TEXT NOT NULL,
    decided_by TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX metrics_decision_post ON metrics_decision (tenant_id, post_id, id);
CREATE INDEX metrics_decision_item ON metrics_decision (tenant_id, plan_item, id);

-- What posts and tags are found by. Keys of names that were written before are filled by the job
-- operations.search_keys when the server starts.
ALTER TABLE playbooks_post ADD COLUMN search TEXT NOT NULL DEFAULT '';
ALTER TABLE tags_tag ADD COLUMN name_search TEXT NOT NULL DEFAULT '';

-- A search among a million people reads this index from end to end and the table not at all.
CREATE INDEX people_person_search ON people_person (tenant_id, id, kind, name_search);

-- Segments: named questions about people, kept up to date. "members" are the people who were in by the move numbered
-- "members_at", as a set of dense numbers; whoever moved since stands in segments_move. Until "filled_version" reaches
-- "version" the members of the present wording are not settled yet.
CREATE TABLE segments_segment (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    name_search TEXT NOT NULL,
    text TEXT NOT NULL,
    expr TEXT NOT NULL,
    version BIGINT NOT NULL,
    status TEXT NOT NULL,
    tell_first BOOLEAN NOT NULL,
    filled_version BIGINT NOT NULL DEFAULT 0,
    members BYTEA,
    members_at BIGINT NOT NULL DEFAULT 0,
    moves BIGINT NOT NULL DEFAULT 0,
    people BIGINT NOT NULL DEFAULT 0,
    settled_at BIGINT NOT NULL DEFAULT 0,
    created_by TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX segments_segment_status ON segments_segment (tenant_id, status);
CREATE TABLE segments_version (
    tenant_id TEXT NOT NULL,
    segment_id TEXT NOT NULL,
    version BIGINT NOT NULL,
    text TEXT NOT NULL,
    expr TEXT NOT NULL,
    made_by TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, segment_id, version)
);
-- Who entered and left, in order. Append only.
CREATE TABLE segments_move (
    tenant_id TEXT NOT NULL,
    segment_id TEXT NOT NULL,
    no BIGINT NOT NULL,
    person_no BIGINT NOT NULL,
    entered BOOLEAN NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, segment_id, no)
);
-- Rises with every change of a definition, so that each node knows when to read them again.
CREATE TABLE segments_revision (
    tenant_id TEXT NOT NULL,
    revision BIGINT NOT NULL,
    PRIMARY KEY (tenant_id)
);
-- A frozen list of people. Rows never change.
CREATE TABLE segments_snapshot (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    segment_id TEXT NOT NULL,
    segment_name TEXT NOT NULL,
    version BIGINT NOT NULL,
    text TEXT NOT NULL,
    purpose TEXT NOT NULL,
    reason TEXT NOT NULL,
    members BYTEA NOT NULL,
    people BIGINT NOT NULL,
    digest TEXT NOT NULL,
    made_by TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX segments_snapshot_segment ON segments_snapshot (tenant_id, segment_id, id);
-- The index of people as it was at a place in the log of facts, in parts; a start reads it instead of every table.
CREATE TABLE segments_index (
    tenant_id TEXT NOT NULL,
    part BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    calendar TEXT NOT NULL,
    bytes BYTEA NOT NULL,
    PRIMARY KEY (tenant_id, part)
);
-- A person's rows are read together whenever something happens to her.
CREATE INDEX links_first_person ON links_first (tenant_id, person_id);
CREATE INDEX welcome_log_contact ON welcome_log (tenant_id, account_id, contact_platform_id);

