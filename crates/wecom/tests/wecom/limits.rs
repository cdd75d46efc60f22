//! The limiter under a clock that the test moves.

use base::time::{DAY, HOUR, MINUTE, SECOND};
use base::{Rng, Timestamp};
use messenger::{Error, Lane, Refusal};
use wecom::client::limiter::{BASE, Limiter, PER_STAFF, Quota, REMINDERS, Rule, rules_of};

use crate::support::{START, Script, credentials, messenger, ok, platform, refused};

fn quota(rules: &'static [Rule]) -> [Quota; 1] {
    [Quota { key: "ww1|/cgi-bin/x".into(), rules }]
}

/// Calls admitted before the limiter says no.
fn admitted(limiter: &Limiter, now: Timestamp, lane: Lane, quota: &[Quota]) -> usize {
    (0..).find(|_| limiter.admit(now, lane, quota).is_err()).unwrap_or_default()
}

#[test]
fn bulk_stops_first_and_people_who_wait_keep_a_reserve() {
    let limiter = Limiter::default();
    let quota = quota(BASE);
    assert_eq!(admitted(&limiter, START, Lane::Bulk, &quota), 7_000);
    assert_eq!(admitted(&limiter, START, Lane::Normal, &quota), 1_500);
    assert_eq!(admitted(&limiter, START, Lane::Urgent, &quota), 1_000);
    let wait = limiter.admit(START, Lane::Urgent, &quota).expect_err("full");
    assert!((1..=MINUTE + SECOND).contains(&wait), "{wait}");
    assert!(limiter.admit(START.plus(wait - 1), Lane::Urgent, &quota).is_err());
    assert_eq!(limiter.admit(START.plus(wait), Lane::Urgent, &quota), Ok(()));
}

#[test]
fn the_hour_holds_as_well_as_the_minute() {
    let limiter = Limiter::default();
    let quota = quota(BASE);
    let mut now = START;
    let mut total = 0;
    while now.since(START) < HOUR {
        total += admitted(&limiter, now, Lane::Urgent, &quota);
        now = now.plus(SECOND);
    }
    assert_eq!(total, 142_500, "95 % of 150,000");
}

#[test]
fn no_window_wherever_it_starts_ever_holds_more_than_its_limit() {
    let (limiter, mut rng) = (Limiter::default(), Rng::seeded(5));
    let quota = quota(PER_STAFF);
    let (mut now, mut passed) = (START, Vec::new());
    for _ in 0..40_000 {
        now = now.plus(i64::try_from(rng.below(1_500)).expect("small"));
        if limiter.admit(now, Lane::Normal, &quota).is_ok() {
            passed.push(now);
        }
    }
    for (rule, limit) in [(MINUTE, 30), (HOUR, 1_000)] {
        for (first, at) in passed.iter().enumerate() {
            let within = passed[first..].iter().take_while(|t| t.since(*at) < rule).count();
            assert!(within <= limit, "{within} within {rule} ms from {at:?}");
        }
    }
    let expected = now.since(START) / HOUR * 850 * 9 / 10;
    assert!(i64::try_from(passed.len()).expect("small") > expected, "and it isn't needlessly strict");
}

#[test]
fn all_quotas_of_a_call_are_taken_or_none() {
    let limiter = Limiter::default();
    let both = [quota(BASE)[0].clone(), Quota { key: "task".into(), rules: REMINDERS }];
    assert_eq!(admitted(&limiter, START, Lane::Urgent, &both), 3);
    // The refused fourth must not have eaten from the first quota.
    assert_eq!(admitted(&limiter, START, Lane::Urgent, &quota(BASE)), 9_497);
    assert!(limiter.admit(START.plus(DAY - MINUTE), Lane::Urgent, &both).is_err());
    assert!(limiter.admit(START.plus(DAY + HOUR), Lane::Urgent, &both).is_ok());
}

#[test]
fn companies_and_apis_dont_share_quotas_and_special_ones_are_known() {
    let limiter = Limiter::default();
    let one = [Quota { key: "ww1|/a".into(), rules: REMINDERS }];
    let other = [Quota { key: "ww2|/a".into(), rules: REMINDERS }];
    assert_eq!(admitted(&limiter, START, Lane::Bulk, &one), 3);
    assert_eq!(admitted(&limiter, START, Lane::Bulk, &other), 3);
    let limit = |path| rules_of(path).iter().map(|r| (r.limit, r.span)).collect::<Vec<_>>();
    assert_eq!(limit("/cgi-bin/user/get"), [(10_000, MINUTE), (150_000, HOUR)]);
    assert_eq!(limit("/cgi-bin/ticket/get"), [(100, HOUR)]);
    assert_eq!(limit("/cgi-bin/get_jsapi_ticket"), [(400, HOUR)]);
    assert_eq!(limit("/cgi-bin/media/uploadimg"), [(1_000, DAY), (3_000, 30 * DAY)]);
    assert!(rules_of("/cgi-bin/auth/getuserinfo").is_empty());
}

#[tokio::test]
async fn a_block_by_the_platform_is_waited_out_and_a_relapse_waits_the_hour() {
    let script = Script::of([refused(45009), refused(45009), ok(serde_json::json!({"follow_user": []}))]);
    let (platform, clock) = platform(script.clone());
    let messenger = messenger::Platform::connect(&platform, "acc_1", &credentials());
    let ask = || async { messenger.directory().list_serving_staff(Lane::Urgent).await };
    let wait = |outcome| match outcome {
        Err(Error::RateLimited { after_ms }) => after_ms,
        other => panic!("{other:?}"),
    };
    assert_eq!(wait(ask().await), MINUTE);
    clock.advance(MINUTE - 1);
    assert_eq!(wait(ask().await), 1, "nothing is sent while the block lasts");
    assert_eq!(script.asked().len(), 1);
    clock.advance(1);
    assert_eq!(wait(ask().await), HOUR);
    clock.advance(HOUR);
    assert_eq!(ask().await.expect("free again"), Vec::<String>::new());
    assert_eq!(script.asked().len(), 3);
}

#[tokio::test]
async fn a_clash_with_a_parallel_call_is_a_short_wait_and_one_of_edits_a_conflict() {
    let messenger = messenger(Script::of([refused(45033), refused(45035)]));
    let listed = messenger.groups().expect("groups").list_of(&["a".into()], None, Lane::Bulk).await;
    assert!(matches!(listed, Err(Error::RateLimited { after_ms: SECOND })), "{listed:?}");
    let marked = messenger.contacts().mark_tags("a", "wm1", &["et1".into()], &[], Lane::Normal).await;
    assert_eq!(marked.expect_err("conflict").refusal(), Some(Refusal::Conflict));
}

#[tokio::test]
async fn one_employee_gets_no_more_messages_than_wecom_delivers() {
    let sent = ok(serde_json::json!({"msgid": "m"}));
    let script = Script::of(vec![sent; 31]);
    let messenger = messenger(script.clone());
    let send = |staff: &'static str| {
        let messenger = &messenger;
        async move { messenger.staff_messages().send_text(&[staff.to_owned()], "x", Lane::Normal).await }
    };
    for _ in 0..30 {
        assert_eq!(send("zhangsan").await.expect("sent"), Vec::<String>::new());
    }
    assert!(matches!(send("zhangsan").await, Err(Error::RateLimited { .. })));
    assert!(send("lisi").await.is_ok(), "the others are not kept waiting");
    assert_eq!(script.asked().len(), 31);
}
