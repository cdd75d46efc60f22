//! Which result code means what to the product.

use messenger::broadcasts::MessageBody;
use messenger::{Lane, Refusal};
use wecom::wire::codes::means_not_done;

use crate::support::{Script, messenger, refused};

#[tokio::test]
async fn each_documented_code_has_its_meaning() {
    let table = [
        (40001, Refusal::BadCredentials),
        (40013, Refusal::BadCredentials),
        (40056, Refusal::BadCredentials),
        (40091, Refusal::BadCredentials),
        (48001, Refusal::NoPermission),
        (48002, Refusal::NoPermission),
        (48011, Refusal::NoPermission),
        (41058, Refusal::NoPermission),
        (60020, Refusal::AddressNotTrusted),
        (60011, Refusal::OutOfRange),
        (60021, Refusal::OutOfRange),
        (60030, Refusal::OutOfRange),
        (40003, Refusal::NotFound),
        (60111, Refusal::NotFound),
        (40096, Refusal::NotFound),
        (84061, Refusal::NotFound),
        (49008, Refusal::NotFound),
        (40068, Refusal::NotFound),
        (41047, Refusal::NotFound),
        (40007, Refusal::NotFound),
        (40145, Refusal::NotFound),
        (41050, Refusal::TooLate),
        (40029, Refusal::TooLate),
        (42003, Refusal::TooLate),
        (42022, Refusal::TooLate),
        (41051, Refusal::AlreadyDone),
        (40071, Refusal::AlreadyDone),
        (41063, Refusal::NotReady),
        (41053, Refusal::NotReady),
        (40126, Refusal::QuotaExhausted),
        (40144, Refusal::QuotaExhausted),
        (41045, Refusal::QuotaExhausted),
        (41055, Refusal::QuotaExhausted),
        (41094, Refusal::QuotaExhausted),
        (41096, Refusal::Conflict),
        (45035, Refusal::Conflict),
        (6000, Refusal::Conflict),
        (41093, Refusal::Cancelled),
        (41048, Refusal::NobodyToSendTo),
        (81013, Refusal::NobodyToSendTo),
        (40035, Refusal::BadRequest),
        (40058, Refusal::BadRequest),
        (40063, Refusal::BadRequest),
        (41041, Refusal::BadRequest),
        (41064, Refusal::BadRequest),
        (41091, Refusal::BadRequest),
        (45002, Refusal::BadRequest),
        (50100, Refusal::BadRequest),
        (81017, Refusal::BadRequest),
        (41054, Refusal::Other),
        (40201, Refusal::Other),
    ];
    for (code, reason) in table {
        let messenger = messenger(Script::of([refused(code)]));
        let body = MessageBody { text: "hi".into(), attachments: Vec::new() };
        let outcome = messenger.welcomes().expect("facet").greet("code", &body, Lane::Urgent).await;
        let error = outcome.expect_err("refused");
        assert_eq!(error.refusal(), Some(reason), "{code}");
        let messenger::Error::Refused { code: told, words, .. } = error else { panic!("{error}") };
        assert_eq!(told, code);
        assert!(words.contains(&format!("words of {code}")), "WeCom's own words are kept: {words}");
    }
}

#[test]
fn only_codes_that_are_certain_count_as_not_done() {
    for certain in [6000, 40001, 41096, 45009, 48002, 60020, 81013, 84061, 90501, 95001, 301_053, 701_008] {
        assert!(means_not_done(certain), "{certain}");
    }
    for doubtful in [-1, 1, 500, 9_999, 710_600, 999_999, i64::MAX, i64::MIN] {
        assert!(!means_not_done(doubtful), "{doubtful}");
    }
}
