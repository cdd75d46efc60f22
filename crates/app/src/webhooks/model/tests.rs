//! The rules of outgoing webhooks as tables of cases and properties.

use super::*;
use base::Fen;
use proptest::prelude::*;

const AT: Timestamp = Timestamp(1_614_265_330_000);

fn reply(status: u16) -> Result<Reply, NoReply> {
    Ok(Reply { status, retry_after: None, body: String::new() })
}

#[test]
fn the_signature_is_the_one_that_published_verifiers_expect() {
    // Secret, id, time and body of the reference libraries' own tests.
    let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    let (id, body) = ("msg_p5jXN8AQM9LWM0D4loKWxJek", r#"{"test": 2432232314}"#);
    let expected = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
    assert_eq!(signatures(&[secret], id, AT, body), expected);
    let both = signatures(&[&secret_of(&[7; 32]), secret], id, AT, body);
    assert_eq!(both.split(' ').count(), 2);
    assert!(both.ends_with(expected));
}

#[test]
fn answers_are_judged_as_the_specification_says() {
    for status in [200, 201, 204, 299] {
        assert_eq!(outcome(&reply(status), 1, AT), Outcome::Delivered, "{status}");
    }
    assert_eq!(outcome(&reply(410), 1, AT), Outcome::Gone);
    for status in [301, 302, 307, 400, 401, 404, 429, 500, 503] {
        assert_eq!(outcome(&reply(status), 1, AT), Outcome::Again(AT.plus(5 * SECOND)), "{status}");
    }
    let torn = Err(NoReply::Unknown("time-out".into()));
    let mut at = AT;
    for tries in 1..=9 {
        let Outcome::Again(next) = outcome(&torn, tries, at) else { panic!("attempt {tries}") };
        at = next;
    }
    let hours = |h: i64| h * HOUR;
    assert_eq!(at.since(AT), 5 * SECOND + 5 * MINUTE + 30 * MINUTE + hours(2 + 5 + 10 + 14 + 20 + 24));
    assert_eq!(outcome(&torn, 10, at), Outcome::GiveUp);
}

#[test]
fn who_asks_for_patience_gets_it_within_a_day() {
    let busy = |seconds| Ok(Reply { status: 429, retry_after: Some(seconds), body: String::new() });
    assert_eq!(outcome(&busy(60), 1, AT), Outcome::Again(AT.plus(MINUTE)));
    assert_eq!(
        outcome(&busy(1), 2, AT),
        Outcome::Again(AT.plus(5 * MINUTE)),
        "never sooner than our own pause"
    );
    assert_eq!(outcome(&busy(i64::MAX), 1, AT), Outcome::Again(AT.plus(DAY)));
    assert_eq!(outcome(&busy(-5), 1, AT), Outcome::Again(AT.plus(5 * SECOND)));
}

#[test]
fn five_days_without_a_success_are_too_long() {
    assert!(!failed_too_long(0, AT));
    assert!(!failed_too_long(AT.0, AT.plus(5 * DAY - 1)));
    assert!(failed_too_long(AT.0, AT.plus(5 * DAY)));
}

#[test]
fn messages_name_only_ids_and_only_people_who_count() {
    let (group, membership, person) = ("grp_1".to_owned(), "mem_1".to_owned(), "psn_1".to_owned());
    let joined = |eligible| Fact::MemberJoined {
        group: group.clone(),
        membership: membership.clone(),
        person: person.clone(),
        eligible,
        code: None,
        at: AT,
    };
    assert!(message_of(&joined(false)).is_none());
    let fact = joined(true);
    let message = message_of(&fact).expect("a message");
    assert_eq!((message.kind, message.person), ("member.joined", Some("psn_1")));
    assert_eq!(
        message.payload(),
        r#"{"type":"member.joined","timestamp":"2021-02-25T15:02:10Z","data":{"person":"psn_1","group":"grp_1","membership":"mem_1"}}"#
    );
    let order = Fact::OrderPlaced { order: "ord_1".into(), person: None, paid: Fen(2_350), at: AT };
    let message = message_of(&order).expect("a message");
    assert_eq!((message.kind, message.person), ("order.placed", None));
    assert_eq!(message.data, json!({ "order": "ord_1", "person": null, "paid_fen": 2350 }));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]
    /// Whatever comes back, the next attempt lies ahead, and there are never more than ten in a row.
    #[test]
    fn every_delivery_ends(status in 100u16..600, patience in prop::option::of(any::<i64>()), tries in 1i64..50) {
        let answer = Ok(Reply { status, retry_after: patience, body: String::new() });
        match outcome(&answer, tries, AT) {
            Outcome::Delivered => prop_assert!((200..300).contains(&status)),
            Outcome::Gone => prop_assert_eq!(status, 410),
            Outcome::Again(at) => prop_assert!(tries <= 9 && at > AT && at <= AT.plus(DAY)),
            Outcome::GiveUp => prop_assert!(tries >= 10),
        }
    }
    /// Another body, id or second has another signature.
    #[test]
    fn a_signature_fits_one_message(body in ".{0,80}", other in ".{0,80}") {
        let secret = secret_of(&[1; 32]);
        let one = signatures(&[&secret], "msg_1", AT, &body);
        prop_assert_eq!(one == signatures(&[&secret], "msg_1", AT, &other), body == other);
        prop_assert_ne!(&one, &signatures(&[&secret], "msg_2", AT, &body));
        prop_assert_ne!(&one, &signatures(&[&secret], "msg_1", AT.plus(SECOND), &body));
    }
}
