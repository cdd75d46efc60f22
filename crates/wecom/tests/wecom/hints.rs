//! From a posted callback to the product's hint.

use base::Timestamp;
use messenger::inbound::{Envelope, Hint};
use messenger::{Credentials, Error, Platform as _, Refusal};
use wecom::crypto::{CallbackCrypto, Delivery, Stamp};

use crate::support::{Script, credentials, platform};

const AT: Timestamp = Timestamp(1_700_000_000_000);

fn event(inner: &str) -> String {
    format!(
        "<xml><ToUserName><![CDATA[ww0123456789abcdef]]></ToUserName><FromUserName><![CDATA[sys]]></FromUserName>\
         <CreateTime>1700000000</CreateTime><MsgType><![CDATA[event]]></MsgType>{inner}</xml>"
    )
}

fn added(user: &str) -> String {
    event(&format!(
        "<Event>change_external_contact</Event><ChangeType>add_external_contact</ChangeType><UserID>{user}</UserID>\
         <ExternalUserID>wm1</ExternalUserID><State>lc1</State><WelcomeCode>WC</WelcomeCode>"
    ))
}

fn post(message: &str, nonce: &str) -> (Envelope, Delivery) {
    let who = credentials();
    let (token, key) = (who.callback_token.reveal(), who.callback_key.reveal());
    let crypto = CallbackCrypto::new(token, key, &who.company).expect("key");
    let delivery = crypto.delivery(
        &Stamp { timestamp: "1700000001", nonce, random16: [4; 16] },
        Some("1000002"),
        message,
    );
    let envelope = Envelope {
        signature: delivery.signature.clone(),
        timestamp: "1700000001".into(),
        nonce: nonce.into(),
        echo: None,
    };
    (envelope, delivery)
}

#[test]
fn a_delivery_is_opened_and_known_again_however_it_is_sealed() {
    let receiver = platform(Script::of([])).0.receiver(&credentials()).expect("good keys");
    let (envelope, delivery) = post(&added("zhangsan"), "n1");
    let first = receiver.open(&envelope, delivery.body.as_bytes()).expect("genuine");
    let (envelope, delivery) = post(&added("zhangsan"), "n2");
    let again = receiver.open(&envelope, delivery.body.as_bytes()).expect("genuine");
    assert_eq!(first, again);
    let (envelope, delivery) = post(&added("lisi"), "n3");
    let other = receiver.open(&envelope, delivery.body.as_bytes()).expect("genuine");
    assert_ne!(first.dedupe_key, other.dedupe_key, "same sender, same second, another event");
    let forged = Envelope { nonce: "n4".into(), ..envelope };
    assert_eq!(receiver.open(&forged, delivery.body.as_bytes()), None);
    let expected = Hint::ContactAdded {
        staff: "zhangsan".into(),
        contact: "wm1".into(),
        state: Some("lc1".into()),
        welcome: Some("WC".into()),
        at: AT,
    };
    assert_eq!(receiver.hint(&first.body), expected);
}

#[test]
fn the_url_check_answers_the_plain_text() {
    let who = credentials();
    let receiver = platform(Script::of([])).0.receiver(&who).expect("good keys");
    let (token, key) = (who.callback_token.reveal(), who.callback_key.reveal());
    let crypto = CallbackCrypto::new(token, key, &who.company).expect("key");
    let echo = crypto.encrypt(&[1; 16], "5927782489442352469");
    let mut envelope = Envelope {
        signature: crypto.signature("1", "2", &echo),
        timestamp: "1".into(),
        nonce: "2".into(),
        echo: Some(echo),
    };
    assert_eq!(receiver.check_url(&envelope).as_deref(), Some("5927782489442352469"));
    envelope.timestamp = "3".into();
    assert_eq!(receiver.check_url(&envelope), None);
    assert_eq!(receiver.check_url(&Envelope { echo: None, ..envelope }), None);
}

#[test]
fn keys_of_the_wrong_form_are_refused_with_the_field_in_the_words() {
    let platform = platform(Script::of([])).0;
    let why = |who: Credentials| match platform.receiver(&who) {
        Err(Error::Refused { reason: Refusal::BadCredentials, words, .. }) => words,
        Err(other) => panic!("{other}"),
        Ok(_) => panic!("accepted"),
    };
    let short = Credentials { callback_key: String::from("short").into(), ..credentials() };
    assert!(why(short).contains("EncodingAESKey must be exactly 43 characters, this one has 5"));
    let spaced = Credentials { callback_token: String::from("to ken").into(), ..credentials() };
    assert!(why(spaced).contains("callback token"));
}

#[test]
fn each_event_has_its_hint() {
    let receiver = platform(Script::of([])).0.receiver(&credentials()).expect("good keys");
    let (staff, contact, group) = (String::from("zhangsan"), String::from("wm1"), String::from("wr1"));
    let pair = "<UserID>zhangsan</UserID><ExternalUserID>wm1</ExternalUserID>";
    let about = |change: &str| {
        format!("<Event>change_external_contact</Event><ChangeType>{change}</ChangeType>{pair}")
    };
    let chat =
        |rest: &str| format!("<Event>change_external_chat</Event><ChatId>wr1</ChatId><ChangeType>{rest}");
    let tag = |rest: &str| format!("<Event>change_external_tag</Event><ChangeType>{rest}");
    let people = |rest: &str| format!("<Event>change_contact</Event><ChangeType>{rest}");
    let acted = |key: &str| Hint::StaffActed {
        staff: "sys".into(),
        key: key.into(),
        task: None,
        response_code: None,
    };
    let nothing = |event: &str| Hint::Nothing { event: event.into() };
    let table = [
        (about("edit_external_contact"), Hint::ContactChanged { staff: staff.clone(), contact: contact.clone() }),
        (about("del_external_contact"), Hint::ContactRemoved { staff: staff.clone(), contact: contact.clone(), at: AT }),
        (about("del_follow_user"), Hint::StaffRemovedByContact { staff: staff.clone(), contact: contact.clone(), at: AT }),
        (about("transfer_fail"), Hint::TransferFailed { staff: staff.clone(), contact, reason: String::new() }),
        (about("msg_audit_approved"), nothing("msg_audit_approved")),
        (about("future"), nothing("change_external_contact/future")),
        (chat("create</ChangeType>"), Hint::GroupCreated { group: group.clone() }),
        (chat("dismiss</ChangeType>"), Hint::GroupDismissed { group: group.clone(), at: AT }),
        (
            chat("update</ChangeType><CurMemVer>v2</CurMemVer>"),
            Hint::GroupChanged { group: group.clone(), member_version: Some("v2".into()), at: AT },
        ),
        (chat("update</ChangeType>"), Hint::GroupChanged { group, member_version: None, at: AT }),
        (tag("delete</ChangeType><Id>et1</Id>"), Hint::TagsChanged { group_or_tag: Some("et1".into()) }),
        (tag("shuffle</ChangeType>"), Hint::TagsChanged { group_or_tag: None }),
        (people("update_user</ChangeType><UserID>zhangsan</UserID>"), Hint::DirectoryChanged { staff: Some(staff) }),
        (
            people("update_user</ChangeType><UserID>zhangsan</UserID><NewUserID>zs</NewUserID>"),
            Hint::DirectoryChanged { staff: Some("zs".into()) },
        ),
        (people("delete_party</ChangeType>"), Hint::DirectoryChanged { staff: None }),
        ("<Event>enter_agent</Event>".into(), acted("enter_agent")),
        ("<Event>click</Event><EventKey>K</EventKey>".into(), acted("K")),
        ("<Event>view</Event>".into(), acted("view")),
        (
            "<Event>template_card_event</Event><EventKey>K</EventKey><TaskId>T</TaskId><ResponseCode>R</ResponseCode>".into(),
            Hint::StaffActed { staff: "sys".into(), key: "K".into(), task: Some("T".into()), response_code: Some("R".into()) },
        ),
        ("<Event>brand_new</Event>".into(), nothing("brand_new")),
    ];
    for (inner, hint) in table {
        assert_eq!(receiver.hint(&event(&inner)), hint, "{inner}");
    }
    assert_eq!(receiver.hint("not xml"), nothing("unreadable"));
}

#[test]
fn a_deletion_by_hand_over_is_a_move_and_failures_have_our_words() {
    let receiver = platform(Script::of([])).0.receiver(&credentials()).expect("good keys");
    let about = |change: &str, more: &str| {
        event(&format!(
            "<Event>change_external_contact</Event><ChangeType>{change}</ChangeType><UserID>zhangsan</UserID>\
             <ExternalUserID>wm1</ExternalUserID>{more}"
        ))
    };
    let (staff, contact) = ("zhangsan".to_owned(), "wm1".to_owned());
    assert_eq!(
        receiver.hint(&about("del_external_contact", "<Source>DELETE_BY_TRANSFER</Source>")),
        Hint::ContactMoved { staff: staff.clone(), contact: contact.clone(), at: AT }
    );
    let words =
        [("customer_refused", "refused_by_contact"), ("customer_limit_exceed", "taker_full"), ("x", "x")];
    for (theirs, ours) in words {
        let reason = ours.to_owned();
        assert_eq!(
            receiver.hint(&about("transfer_fail", &format!("<FailReason>{theirs}</FailReason>"))),
            Hint::TransferFailed { staff: staff.clone(), contact: contact.clone(), reason }
        );
    }
}
