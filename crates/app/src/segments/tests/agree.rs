//! A little generated world and random questions about it: memory and the database say the same to each.

use audience::Expr;
use std::collections::BTreeSet;

use audience::language::{Act, AgeUnit, Answer, Condition, Facet, How, Range, Ref, TextTest, When, Window};
use base::Rng;
use base::time::DAY;
use serde_json::json;

use super::{another_process, counted};
use crate::kernel::db::{Args, Tx};
use crate::privacy::{self, Purpose};
use crate::segments::model;
use crate::testkit::{START, World};
use crate::{args, both_dbs};

const PEOPLE: u64 = 90;
/// Questions unless the environment asks for more.
const QUESTIONS: usize = 300;
const LISTS: [&str; 2] = ["lst_a", "lst_b"];
const EVENTS: [&str; 4] = ["visit", "spoke", "checked_in", "redeemed"];
const MARKS: [&str; 4] = ["no_promotion", "no_personalisation", "restricted", "minor_suspected"];
const TAGS: [&str; 5] = ["tag_a", "tag_b", "tag_c", "tag_d", "tag_e"];
const GROUPS: [&str; 4] = ["grp_a", "grp_b", "grp_c", "grp_d"];
const COMMUNITIES: [&str; 2] = ["com_a", "com_b"];
const CODES: [&str; 3] = ["cod_a", "cod_b", "cod_c"];
const LINKS: [&str; 4] = ["lnk_a", "lnk_b", "lnk_c", "lnk_d"];
const POSTS: [&str; 2] = ["pst_a", "pst_b"];
const STAFF: [&str; 2] = ["stf_a", "stf_b"];
/// Own fields of every form: id, form, whether sealed, archived.
const OWN: [(&str, &str, bool, bool); 10] = [
    ("fld_text", "text", false, false),
    ("fld_number", "number", false, false),
    ("fld_date", "date", false, false),
    ("fld_choice", "choice", false, true),
    ("fld_choices", "choices", false, false),
    ("fld_yes", "yes_no", false, false),
    ("fld_month", "birth_month", false, false),
    ("fld_baby", "date", true, false),
    ("fld_secret", "choices", true, false),
    ("fld_weight", "number", true, false),
];
/// What looks like its neighbours in a JSON list, and what doesn't.
const CHOICES: [&str; 6] = ["a", "b", "a,b", "\"a\"", "x\",\"a", "[\"a\"]"];
const PURPOSES: [&str; 3] = ["promotion", "profiling", "identify_clicks"];

fn questions() -> usize {
    std::env::var("HUOQUN_TEST_QUESTIONS").ok().and_then(|n| n.parse().ok()).unwrap_or(QUESTIONS)
}

async fn rows(tx: &mut Tx<'_>, head: &'static str, rows: Vec<Args>) {
    tx.insert_many(head, rows, "ON CONFLICT DO NOTHING").await.expect("rows");
}

fn of<'a>(rng: &mut Rng, all: &[&'a str]) -> &'a str {
    rng.pick(all).copied().expect("one of several")
}

/// Some moment of the last 70 days, often at the border of a day.
fn moment(rng: &mut Rng) -> i64 {
    let day = START.0 - 8 * base::time::HOUR - i64::try_from(rng.below(70)).expect("small") * DAY;
    match rng.below(3) {
        0 => day,
        1 => day - 1,
        _ => day + i64::try_from(rng.below(DAY.unsigned_abs())).expect("small"),
    }
}

fn day_of(at: i64) -> i64 {
    i64::from(base::TenantZone::shanghai().day_of(base::Timestamp(at)).0)
}

async fn places(tx: &mut Tx<'_>, t: &str) {
    rows(
        tx,
        "INSERT INTO tags_group (tenant_id, id, account_id, platform_id, name, place)",
        vec![args![t, "tgg", "acc_1", "", "g", 0i64]],
    )
    .await;
    let tags = TAGS.iter().map(|tag| args![t, *tag, "acc_1", "tgg", "", *tag, 0i64]).collect();
    rows(tx, "INSERT INTO tags_tag (tenant_id, id, account_id, group_id, platform_id, name, place)", tags)
        .await;
    let texts = |n: usize| std::iter::repeat_n("", n).map(crate::kernel::db::Arg::from);
    let communities = COMMUNITIES.iter().zip([("traffic", "core"), ("content", "general")]);
    let communities = communities.map(|(id, (kind, tier))| {
        let mut row = args![t, *id, *id, "", kind, tier, "active"];
        row.extend(texts(11));
        row.push(0i64.into());
        row
    });
    rows(
        tx,
        "INSERT INTO communities_community (tenant_id, id, name, name_search, kind, tier, status, for_whom,
        which_need, which_solution, purpose, audience_age, audience_sex, audience_region, audience_occupation,
        value_to_user, traffic_channel, disposal, created_at)",
        communities.collect(),
    )
    .await;
    let groups = GROUPS.iter().enumerate().map(|(i, id)| {
        args![
            t,
            *id,
            "acc_1",
            *id,
            *id,
            "",
            "",
            COMMUNITIES.get(i).copied(),
            0i64,
            0i64,
            0i64,
            0i64,
            1i64,
            0i64
        ]
    });
    rows(tx, "INSERT INTO groups_group (tenant_id, id, account_id, platform_id, name, name_search, notice, community_id,
        hinted_at, members, eligible, founded_at, synced_at, seen_run)", groups.collect()).await;
    let codes = CODES.iter().enumerate().map(|(i, id)| {
        let store = ["north", "south", ""][i];
        args![
            t,
            *id,
            *id,
            "group",
            "acc_1",
            *id,
            "",
            "",
            ["card", "poster", "card"][i],
            store,
            false,
            "",
            "live",
            "",
            0i64,
            0i64
        ]
    });
    rows(tx, "INSERT INTO live_codes_code (tenant_id, id, state, target, account_id, title, hook, organiser, channel,
        store, skip_verify, overflow_name, status, search, created_at, updated_at)", codes.collect()).await;
    let links = LINKS.iter().enumerate().map(|(i, id)| {
        args![
            t,
            *id,
            *id,
            "acc_1",
            "group_post",
            "https://shop.example/",
            *id,
            POSTS.get(i / 2).filter(|_| i != 3).copied(),
            GROUPS.get(i).copied(),
            0i64
        ]
    });
    rows(tx, "INSERT INTO links_link (tenant_id, id, code, account_id, surface, target_url, title, post_id, group_id,
        created_at)", links.collect()).await;
}

async fn lists_and_events(tx: &mut Tx<'_>, t: &str) {
    let lists = LISTS.iter().map(|list| args![t, *list, *list, 0i64, 0i64]).collect();
    rows(tx, "INSERT INTO imports_list (tenant_id, id, name, people, created_at)", lists).await;
    let names = EVENTS.iter().map(|name| args![t, *name, "", "", 0i64, 0i64]).collect();
    rows(
        tx,
        "INSERT INTO events_definition (tenant_id, name, description, privacy_note, first_at, last_at)",
        names,
    )
    .await;
}

async fn own_fields(tx: &mut Tx<'_>, t: &str) {
    let rows_of = OWN.iter().map(|(id, form, sealed, archived)| {
        let choices = json!(CHOICES).to_string();
        args![
            t,
            *id,
            format!("the {id}"),
            *form,
            choices,
            false,
            *sealed,
            "personal",
            "",
            0i64,
            *archived,
            0i64
        ]
    });
    rows(
        tx,
        "INSERT INTO people_field (tenant_id, id, name, form, choices, required, sensitive, privacy, roles, place,
            archived, made_at)",
        rows_of.collect(),
    )
    .await;
}

/// A value as it is kept.
fn own_value(rng: &mut Rng, form: &str) -> String {
    let day = base::Day(20_260_817).plus_days(20 - i32::try_from(rng.below(500)).expect("small")).iso();
    let leap = ["2024-02-29", "2025-02-28", "2025-12-31", "2026-01-01"];
    match form {
        "text" | "choice" => of(rng, &CHOICES).to_owned(),
        "number" => of(rng, &["-3", "-0.5", "0", "0.25", "2", "2.5", "1000000", "3"]).to_owned(),
        "date" if rng.chance(0.2) => of(rng, &leap).to_owned(),
        "date" => day,
        "birth_month" => day[..7].to_owned(),
        "choices" => {
            let some: Vec<&str> = CHOICES.iter().copied().filter(|_| rng.chance(0.4)).collect();
            json!(if some.is_empty() { vec!["b"] } else { some }).to_string()
        }
        _ => rng.chance(0.5).to_string(),
    }
}

async fn own_values(tx: &mut Tx<'_>, t: &str, (id, rng): (&str, &mut Rng)) {
    let (sealer, ids) = (tx.sealer(), tx.ids());
    let mut values = Vec::new();
    for (field, form, sealed, _) in OWN {
        if rng.chance(0.3) {
            continue;
        }
        let kept = own_value(rng, form);
        let kept = if sealed { sealer.seal(&ids, field, &base::Secret::new(kept)) } else { kept };
        values.push(args![t, id, field, kept, "import", 0i64]);
    }
    rows(tx, "INSERT INTO people_value (tenant_id, person_id, field_id, value, source, at)", values).await;
}

async fn posts(tx: &mut Tx<'_>, t: &str) {
    let posts = POSTS.iter().map(|id| {
        args![
            t, *id, "com_a", 0i64, 0i64, 0i64, 0i64, 0i64, *id, "", "", "activity", "", "", "", "sent", 0i64
        ]
    });
    rows(tx, "INSERT INTO playbooks_post (tenant_id, id, community_id, origin_day, day, minute, due_at, expires_at, title,
        body, link_target, kind, way, role, series, state, created_at)", posts.collect()).await;
}

/// Lists, marks and events of a person.
async fn layers(tx: &mut Tx<'_>, t: &str, (id, rng): (&str, &mut Rng)) {
    let mut word = |facet| of(rng, crate::segments::layer_words(facet)).to_owned();
    let [rfm, value, fan, stage] =
        [Facet::RfmClass, Facet::ValueLadder, Facet::FanLevel, Facet::Stage].map(&mut word);
    let [r, f, m] = if rng.chance(0.3) { [0; 3] } else { [0; 3].map(|_: i64| 1 + rng.below(5) as i64) };
    let row = args![
        t, id, 1i64, r, f, m, 0i64, 0i64, 0i64, rfm, 0i64, "", value, 0i64, "", fan, 0i64, "", stage, 0i64,
        ""
    ];
    rows(
        tx,
        "INSERT INTO layers_person (tenant_id, person_id, version, r, f, m, last_day, order_days, net_fen, rfm,
            rfm_since, rfm_reason, value_level, value_since, value_reason, fan_level, fan_since, fan_reason, stage,
            stage_since, stage_reason)",
        vec![row],
    )
    .await;
}

async fn reported(tx: &mut Tx<'_>, t: &str, (n, id, rng): (u64, &str, &mut Rng)) {
    for list in LISTS {
        if rng.chance(0.3) {
            rows(
                tx,
                "INSERT INTO imports_list_person (tenant_id, list_id, person_id, person_no)",
                vec![args![t, list, id, i64::try_from(n).expect("small")]],
            )
            .await;
        }
    }
    if rng.chance(0.6) {
        layers(tx, t, (id, rng)).await;
    }
    if rng.chance(0.2) {
        let mark = args![t, id, of(rng, &MARKS), "staff", "", "", 0i64];
        rows(
            tx,
            "INSERT INTO privacy_mark (tenant_id, person_id, mark, channel, recorded_by, reason, at)",
            vec![mark],
        )
        .await;
    }
    for event in 0..rng.below(5) {
        let (at, name) = (moment(rng), of(rng, &EVENTS));
        let properties = match rng.below(3) {
            0 => json!({}),
            1 => json!({ "group": of(rng, &["grp_a", "grp_b", "grp_x"]), "till": 3 }),
            _ => json!({ "a": "\"group\":\"grp_a\"", "group": of(rng, &GROUPS) }),
        };
        rows(tx, "INSERT INTO events_event (tenant_id, id, event_key, person_id, name, at, day, properties, received_at,
            source_id)", vec![args![t, format!("evt_{n}_{event}"), format!("{n}/{event}"), id, name, at, day_of(at),
                properties.to_string(), 0i64, ""]]).await;
    }
}

async fn person(tx: &mut Tx<'_>, t: &str, (n, rng): (u64, &mut Rng)) {
    let id = format!("per_{n:03}");
    let kind = if rng.chance(0.08) { of(rng, &["staff", "house_account", "erased"]) } else { "customer" };
    rows(
        tx,
        "INSERT INTO people_person (tenant_id, id, person_no, name, name_search, kind, first_seen_at, provenance)",
        vec![args![t, &id, i64::try_from(n).expect("small"), &id, "", kind, moment(rng), of(rng, &["", "import"])]],
    )
    .await;
    if rng.chance(0.9) {
        rows(tx, "INSERT INTO people_contact (tenant_id, id, account_id, external_id, is_staff, person_id, name, business,
            first_seen_at)", vec![args![t, format!("ctc_{n}"), of(rng, &["acc_1", "acc_2"]), &id, false, &id, "",
                rng.chance(0.4), 0i64]]).await;
    }
    reported(tx, t, (n, &id, rng)).await;
    own_values(tx, t, (&id, rng)).await;
    if rng.chance(0.5) {
        let ended = rng.chance(0.3).then_some(5i64);
        rows(
            tx,
            "INSERT INTO people_follow (tenant_id, contact_id, staff_id, since, remark, description, way,
            platform_tags, deleted_at, seen_run)",
            vec![args![t, format!("ctc_{n}"), of(rng, &STAFF), 0i64, "", "", "", "", ended, 0i64]],
        )
        .await;
    }
    let tags = (0..rng.below(4)).map(|_| args![t, &id, of(rng, &TAGS), "test", moment(rng)]).collect();
    rows(tx, "INSERT INTO tags_person_tag (tenant_id, person_id, tag_id, source, applied_at)", tags).await;
    for stay in 0..rng.below(3) {
        let kind = if rng.chance(0.04) {
            of(rng, &["house_account", "service"])
        } else {
            of(rng, &["customer", "customer", "koc"])
        };
        let joined = moment(rng);
        let left = rng.chance(0.4).then(|| joined + i64::try_from(rng.below(20)).expect("small") * DAY / 2);
        rows(tx, "INSERT INTO groups_membership (tenant_id, id, group_id, member_id, is_staff, person_id, person_no, kind,
            kind_fixed, eligible, name, name_search, nickname, scene, joined_at, left_at)",
            vec![args![t, format!("mbr_{n}_{stay}"), of(rng, &GROUPS), format!("{id}_{stay}"), false, &id, 0i64, kind, false,
                true, "", "", "", "", joined, left]]).await;
    }
    for order in 0..rng.below(5) {
        let (at, paid) = (moment(rng), i64::try_from(rng.below(4)).expect("small") * 1_000);
        let refunded = if rng.chance(0.3) { of_number(rng, paid) } else { 0 };
        rows(tx, "INSERT INTO orders_order (tenant_id, id, source, order_no, person_id, union_id, external_id, mobile,
            amount_fen, paid_fen, refunded_fen, paid_at, refunded_at, day, items, status, search, received_at)",
            vec![args![t, format!("ord_{n}_{order}"), "s", format!("{n}/{order}"), &id, "", "", "", paid, paid, refunded, at,
                0i64, day_of(at), "[]", "paid", "", 0i64]]).await;
    }
    let clicks =
        (0..rng.below(5)).map(|_| args![t, of(rng, &LINKS), &id, day_of(moment(rng)), 0i64]).collect();
    rows(tx, "INSERT INTO links_first (tenant_id, link_id, person_id, day, at)", clicks).await;
    let consents = PURPOSES.iter().copied().filter(|_| rng.chance(0.5)).collect::<Vec<_>>();
    let consents = consents
        .into_iter()
        .map(|p| args![t, &id, p, rng.chance(0.6), 0i64, "staff", "", 0i64, 0i64])
        .collect();
    rows(tx, "INSERT INTO privacy_consent (tenant_id, person_id, purpose, granted, text_version, channel, evidence,
        given_at, withdrawn_at)", consents).await;
    if rng.chance(0.4) {
        rows(
            tx,
            "INSERT INTO live_codes_credit (tenant_id, code_id, person_id, stage, at)",
            vec![args![t, of(rng, &CODES), &id, of(rng, &["add", "join", "order"]), 0i64]],
        )
        .await;
    }
    if rng.chance(0.3) {
        rows(
            tx,
            "INSERT INTO welcome_log (tenant_id, id, account_id, welcome_code, staff_platform_id,
            contact_platform_id, code_state, status, arrived_at, ended_at)",
            vec![args![
                t,
                format!("wlc_{n}"),
                "acc_1",
                format!("w{n}"),
                "",
                &id,
                "",
                of(rng, &["greeted", "missed"]),
                0i64,
                moment(rng)
            ]],
        )
        .await;
    }
}

fn of_number(rng: &mut Rng, most: i64) -> i64 {
    if rng.chance(0.5) { most } else { most / 2 }
}

async fn populate(world: &World, rng: &mut Rng) {
    let tenant = world.scope.tenant().to_owned();
    let mut tx = world.ctx.begin().await.expect("a transaction");
    places(&mut tx, &tenant).await;
    posts(&mut tx, &tenant).await;
    lists_and_events(&mut tx, &tenant).await;
    own_fields(&mut tx, &tenant).await;
    for n in 1..=PEOPLE {
        person(&mut tx, &tenant, (n, rng)).await;
    }
    tx.commit().await.expect("a commit");
}

fn refs(rng: &mut Rng, of_these: &[&str]) -> Vec<Ref> {
    (0..=rng.below(2)).map(|_| Ref::new(of(rng, of_these))).collect()
}

fn range(rng: &mut Rng, most: u64, unit: i64) -> Range {
    let mut number = || i64::try_from(rng.below(most)).expect("small") * unit;
    let (a, b) = (number(), number());
    match rng.below(4) {
        0 => Range::at_least(a),
        1 => Range::at_most(a),
        2 => Range::exactly(a),
        _ => Range::between(a.min(b), a.max(b)),
    }
}

fn window(rng: &mut Rng) -> Window {
    let mut days = || u32::try_from(rng.below(70)).expect("small");
    let (a, b) = (days(), days());
    let today = model::day(base::Day(20_260_817));
    let ago = |days: u32| Some(today.plus(-i64::from(days)));
    match rng.below(6) {
        0 | 1 => Window::LastDays(a + 1),
        2 => Window::DaysAgo { nearest: a.min(b), farthest: a.max(b) },
        3 => Window::Between { from: ago(a.max(b)), to: ago(a.min(b)) },
        4 => Window::Between { from: ago(a), to: None },
        _ => Window::Ever,
    }
}

fn act(rng: &mut Rng) -> (Act, Vec<Ref>) {
    let some = rng.chance(0.5);
    let place = ["grp_a", "grp_b", "grp_c", "com_a", "com_b", "core", "content", "flash"];
    match rng.below(10) {
        6 | 7 => (Act::Spoke, if some { refs(rng, &place) } else { Vec::new() }),
        8 => (Act::Event(of(rng, &["visit", "spoke", "redeemed"]).to_owned()), Vec::new()),
        9 => (of_act(rng), Vec::new()),
        0 => (Act::Bought, Vec::new()),
        1 => (Act::Opened, if some { refs(rng, &POSTS) } else { Vec::new() }),
        2 => (
            Act::Clicked,
            if some { refs(rng, &["lnk_a", "lnk_b", "pst_a", "grp_a", "grp_d"]) } else { Vec::new() },
        ),
        3 => (Act::Joined, if some { refs(rng, &place) } else { Vec::new() }),
        4 => (Act::Left, if some { refs(rng, &place) } else { Vec::new() }),
        _ => (Act::Event(model::GREETED.to_owned()), Vec::new()),
    }
}

fn of_act(rng: &mut Rng) -> Act {
    rng.pick(&[Act::Redeemed, Act::CheckedIn, Act::Invited]).cloned().expect("one of three")
}

/// A condition on one of the company's own fields.
fn own_field(rng: &mut Rng) -> Condition {
    let (id, form, ..) = *rng.pick(&OWN).expect("one of several");
    let field = Ref::new(id);
    if rng.chance(0.15) {
        return Condition::Known { field };
    }
    match form {
        "number" => Condition::Number { field, range: range(rng, 6, 1) },
        "yes_no" => Condition::YesNo { field, answer: rng.chance(0.5) },
        "date" if rng.chance(0.3) => {
            let days = *rng.pick(&[1, 7, 30, 140, 200, 365, 366]).expect("one of several");
            Condition::Birthday { field, next_days: days }
        }
        "date" | "birth_month" if rng.chance(0.5) => {
            let unit = *rng.pick(&[AgeUnit::Days, AgeUnit::Months, AgeUnit::Years]).expect("one of three");
            let most = match unit {
                AgeUnit::Days => 500,
                AgeUnit::Months => 18,
                AgeUnit::Years => 3,
            };
            Condition::Age { field, range: range(rng, most, 1), unit }
        }
        "date" | "birth_month" => {
            let when = match (rng.below(3), window(rng)) {
                (_, Window::Between { from, to }) => When::Between { from, to },
                (0, _) => When::NextDays(30),
                (_, _) => When::LastDays(u32::try_from(rng.below(400)).expect("small") + 1),
            };
            Condition::Date { field, when }
        }
        _ => {
            let values: Vec<String> = (0..=rng.below(2))
                .map(|_| of(rng, &["a", "b", "a,b", "\"a\"", ",", "[", "x", ""]).to_owned())
                .collect();
            let test = if rng.chance(0.5) { TextTest::OneOf(values) } else { TextTest::Contains(values) };
            Condition::Text { field, test }
        }
    }
}

/// A condition on a field or a score.
fn field(rng: &mut Rng) -> Condition {
    let first_seen = Ref::new("first_seen");
    match rng.below(8) {
        0 => {
            let values = [
                vec!["import".to_owned()],
                vec!["platform".to_owned(), "import".to_owned()],
                vec!["x".to_owned()],
            ];
            let test = TextTest::OneOf(rng.pick(&values).cloned().expect("one of three"));
            Condition::Text { field: Ref::new("provenance"), test }
        }
        1 => {
            let test = TextTest::Contains(vec![of(rng, &["imp", "IMP", "form"]).to_owned()]);
            Condition::Text { field: Ref::new("provenance"), test }
        }
        2 => Condition::Number { field: Ref::new("groups"), range: range(rng, 4, 1) },
        3 => {
            let when = match (rng.below(3), window(rng)) {
                (_, Window::Between { from, to }) => When::Between { from, to },
                (0, _) => When::NextDays(3),
                (_, _) => When::LastDays(u32::try_from(rng.below(60)).expect("small") + 1),
            };
            Condition::Date { field: first_seen, when }
        }
        4 => {
            let unit = *rng.pick(&[AgeUnit::Days, AgeUnit::Months]).expect("one of two");
            let most = if unit == AgeUnit::Days { 70 } else { 4 };
            Condition::Age { field: first_seen, range: range(rng, most, 1), unit }
        }
        5 => Condition::YesNo {
            field: Ref::new(of(rng, &["friend", "work_account"])),
            answer: rng.chance(0.5),
        },
        6 => Condition::Known { field: Ref::new(of(rng, &["work_account", "groups"])) },
        _ => {
            let open = Range::default();
            Condition::Rfm { recency: Range::at_least(4), frequency: open, money: open }
        }
    }
}

fn belongs(rng: &mut Rng) -> (Facet, Vec<Ref>) {
    match rng.below(15) {
        10 => (Facet::List, refs(rng, &LISTS)),
        11 => (Facet::Stage, refs(rng, crate::segments::layer_words(Facet::Stage))),
        12 => (Facet::RfmClass, refs(rng, crate::segments::layer_words(Facet::RfmClass))),
        13 => (Facet::FanLevel, refs(rng, crate::segments::layer_words(Facet::FanLevel))),
        14 => (Facet::ValueLadder, refs(rng, crate::segments::layer_words(Facet::ValueLadder))),
        0..=2 => (Facet::Tag, refs(rng, &TAGS)),
        3 => (Facet::Group, refs(rng, &GROUPS)),
        4 => (Facet::Community, refs(rng, &COMMUNITIES)),
        5 => (Facet::CommunityKind, refs(rng, &["traffic", "content", "core", "general", "flash"])),
        6 => (Facet::MemberKind, refs(rng, &["customer", "koc", "staff", "house_account"])),
        7 => (Facet::Code, refs(rng, &CODES)),
        8 => (Facet::Channel, refs(rng, &["card", "poster", "nowhere"])),
        _ => (Facet::Store, refs(rng, &["north", "south"])),
    }
}

fn condition(rng: &mut Rng) -> Condition {
    let how = if rng.chance(0.5) { How::Any } else { How::All };
    match rng.below(13) {
        9 | 10 => field(rng),
        11 | 12 => own_field(rng),
        0..=2 => {
            let (facet, of) = belongs(rng);
            Condition::In { facet, how, of }
        }
        3 => Condition::Tagged { how, of: refs(rng, &TAGS), window: window(rng) },
        4 | 5 => {
            let (act, of) = act(rng);
            Condition::Did { act, of, times: range(rng, 4, 1), window: window(rng) }
        }
        6 => {
            let (act, of) = act(rng);
            Condition::LastDid { act, of, days_ago: range(rng, 60, 1) }
        }
        7 => Condition::Spent { amount: range(rng, 8, 500), window: window(rng) },
        _ => {
            let answer = [Answer::Granted, Answer::Withdrawn, Answer::Unasked];
            let answer = *rng.pick(&answer).expect("one of three");
            Condition::Consent { purpose: Ref::new(of(rng, &PURPOSES)), answer }
        }
    }
}

fn expr(rng: &mut Rng, depth: u64) -> Expr {
    if depth == 0 || rng.chance(0.35) {
        return Expr::Is(condition(rng));
    }
    let lines: Vec<Expr> = (0..rng.below(4)).map(|_| expr(rng, depth - 1)).collect();
    match rng.below(3) {
        0 => Expr::All(lines),
        1 => Expr::Any(lines),
        _ => Expr::None(lines),
    }
}

both_dbs! {
    async fn memory_and_the_database_say_the_same(world: World) {
        let mut rng = world.ctx.rng("a little world");
        populate(&world, &mut rng).await;
        let (mut some, mut nobody) = (0, 0);
        let questions = questions();
        for n in 0..questions {
            let expr = expr(&mut rng, 4);
            let purpose = ["service", "audience", "promotion", "profiling"][n % 4];
            let asked = json!({ "expr": expr, "purpose": purpose });
            let said = world.post("/api/v1/segments/check", &asked).await.ok();
            assert_eq!(said["equal"], true, "{purpose}: {expr}\n{said}");
            if said["engine"] == 0 { nobody += 1 } else { some += 1 }
        }
        assert!(some > questions / 4 && nobody > questions / 20, "the questions ask something: {some}, {nobody}");
        // Who is barred is what privacy says.
        let mut tx = world.ctx.read().await.expect("a session");
        let unwanted = privacy::refusers(&mut tx, &world.scope, Purpose::Promotion).await.expect("numbers");
        let unchosen = privacy::refusers(&mut tx, &world.scope, Purpose::Profiling).await.expect("numbers");
        let unpromoted = privacy::barred(&mut tx, &world.scope, Purpose::Promotion).await.expect("numbers");
        let unprofiled = privacy::barred(&mut tx, &world.scope, Purpose::Profiling).await.expect("numbers");
        drop(tx);
        let everybody = world.post("/api/v1/segments/check", &json!({ "text": "all { }", "purpose": "service" })).await.ok();
        assert!(everybody["engine"].as_u64().expect("a count") > PEOPLE / 2);
        let barring = [("audience", [&unwanted, &unchosen]), ("promotion", [&unpromoted, &unchosen]),
            ("profiling", [&unprofiled, &unprofiled])];
        for (purpose, barred) in barring {
            let asked = json!({ "text": "all { }", "purpose": purpose, "limit": 100 });
            let said = world.post("/api/v1/segments/ask", &asked).await.ok();
            let sample = said["sample"].as_array().expect("a sample");
            let shown: BTreeSet<i64> = sample.iter().map(|p| p["person_no"].as_i64().expect("a number")).collect();
            let asked = json!({ "text": "all { }", "purpose": "service", "limit": 100 });
            let all = world.post("/api/v1/segments/ask", &asked).await.ok();
            let all = all["sample"].as_array().expect("a sample").iter().map(|p| p["person_no"].as_i64().expect("a number"));
            let expected: BTreeSet<i64> = all.filter(|no| barred.iter().all(|b| b.binary_search(no).is_err())).collect();
            assert_eq!(shown, expected, "{purpose}");
        }
        // The text says the same as the tree.
        for _ in 0..30 {
            let expr = expr(&mut rng, 3);
            if matches!(&expr, Expr::All(lines) | Expr::Any(lines) | Expr::None(lines) if lines.is_empty()) {
                continue;
            }
            let tree = world.post("/api/v1/segments/ask", &json!({ "expr": expr })).await.ok();
            let text = world.post("/api/v1/segments/ask", &json!({ "text": tree["text"] })).await.ok();
            assert_eq!((&tree["count"], &tree["sample"]), (&text["count"], &text["sample"]), "{expr}");
        }
    }

    async fn an_index_kept_by_facts_is_the_one_that_is_read_anew(world: World) {
        let mut rng = world.ctx.rng("another little world");
        populate(&world, &mut rng).await;
        let kept = another_process(&world);
        counted(&world, &kept, "bought ever").await;
        // Everybody's rows change behind the index; then a fact about each says so.
        let tenant = world.scope.tenant().to_owned();
        let mut tx = world.ctx.begin().await.expect("a transaction");
        for table in ["DELETE FROM orders_order WHERE tenant_id = $1 AND paid_fen = 1000",
            "UPDATE tags_person_tag SET applied_at = applied_at - 86400000 WHERE tenant_id = $1 AND tag_id = 'tag_a'",
            "DELETE FROM links_first WHERE tenant_id = $1 AND link_id = 'lnk_b'",
            "UPDATE groups_membership SET left_at = joined_at WHERE tenant_id = $1 AND group_id = 'grp_a'",
            "UPDATE privacy_consent SET granted = TRUE WHERE tenant_id = $1 AND purpose = 'promotion'",
            "UPDATE people_value SET value = '2' WHERE tenant_id = $1 AND field_id = 'fld_number'",
            "DELETE FROM people_value WHERE tenant_id = $1 AND field_id = 'fld_baby'"] {
            tx.exec(table, args![&tenant]).await.expect("a change");
        }
        for n in 1..=PEOPLE {
            let (person, at) = (format!("per_{n:03}"), tx.now());
            let fact = crate::reactions::Fact::KindChanged { person, kind: "customer".to_owned(), at };
            crate::reactions::on(&mut tx, &world.scope, &fact).await.expect("a fact");
        }
        tx.commit().await.expect("a commit");
        let anew = another_process(&world);
        for _ in 0..200 {
            let text = expr(&mut rng, 3).to_string();
            if audience::parse(&text).is_err() {
                continue;
            }
            assert_eq!(counted(&world, &kept, &text).await, counted(&world, &anew, &text).await, "{text}");
        }
    }
}
