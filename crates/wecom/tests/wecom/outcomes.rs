//! Three outcomes, never two: what the transport and WeCom may answer, and what it means for a read and for a write.

use std::sync::Arc;

use messenger::broadcasts::{BroadcastDraft, MessageBody, Targets};
use messenger::{Error, Lane, Refusal};
use serde_json::json;
use wecom::transport::{Response, TransportError};

use crate::support::{Script, messenger, ok};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    Done,
    Refused,
    Unavailable,
    Unknown,
}
use Outcome::{Done, Refused, Unavailable, Unknown};

fn outcome<T>(result: &Result<T, Error>) -> Outcome {
    match result {
        Ok(_) => Done,
        Err(Error::Refused { .. }) => Refused,
        Err(Error::Unavailable(_) | Error::RateLimited { .. }) => Unavailable,
        Err(Error::OutcomeUnknown(_)) => Unknown,
    }
}

fn http(status: u16, body: &str) -> Result<Response, TransportError> {
    Ok(Response { status, body: body.to_owned().into() })
}

#[tokio::test]
async fn every_answer_has_its_outcome() {
    let good = r#"{"errcode":0,"errmsg":"ok","msgid":"msg1","fail_list":[],"follow_user":["a"]}"#;
    let bare = r#"{"msgid":"msg1","follow_user":["a"]}"#;
    let table = [
        ("success", http(200, good), Done, Done),
        ("success without a code", http(200, bare), Done, Done),
        ("code as text", http(200, r#"{"errcode":"0","msgid":"msg1"}"#), Done, Done),
        (
            "a list that is null",
            http(200, r#"{"errcode":0,"msgid":"m","fail_list":null,"follow_user":null}"#),
            Done,
            Done,
        ),
        ("no connection", Err(TransportError::NotSent("refused".into())), Unavailable, Unavailable),
        ("time-out", Err(TransportError::Unknown("timed out".into())), Unavailable, Unknown),
        ("server error", http(502, "<html>bad gateway</html>"), Unavailable, Unknown),
        ("server error with JSON", http(500, good), Unavailable, Unknown),
        ("redirect", http(302, ""), Unavailable, Unknown),
        ("torn JSON", http(200, &good[..40]), Unavailable, Unknown),
        ("empty", http(200, ""), Unavailable, Unknown),
        ("not an object", http(200, "[]"), Unavailable, Unknown),
        ("busy", http(200, r#"{"errcode":-1,"errmsg":"system busy"}"#), Unavailable, Unknown),
        ("unheard-of code", http(200, r#"{"errcode":710999,"errmsg":"?"}"#), Unavailable, Unknown),
        ("wrong shape", http(200, r#"{"errcode":0,"msgid":["m"],"follow_user":5}"#), Unavailable, Unknown),
        ("parameter fault", http(200, r#"{"errcode":40058,"errmsg":"?"}"#), Refused, Refused),
        ("no right", http(200, r#"{"errcode":48002,"errmsg":"api forbidden"}"#), Refused, Refused),
        (
            "address",
            http(200, r#"{"errcode":60020,"errmsg":"not allow to access from your ip"}"#),
            Refused,
            Refused,
        ),
        ("version conflict", http(200, r#"{"errcode":6000,"errmsg":"?"}"#), Refused, Refused),
        ("limit", http(200, r#"{"errcode":45009,"errmsg":"?"}"#), Unavailable, Unavailable),
    ];
    let draft = BroadcastDraft {
        sender: "zhangsan".into(),
        body: MessageBody { text: "hi".into(), attachments: Vec::new() },
        targets: Targets::Groups(vec!["wr1".into()]),
    };
    for (name, answer, of_read, of_write) in table {
        let (read, write) = (Script::of([]), Script::of([]));
        read.push(answer.clone());
        write.push(answer);
        let read = messenger(read).directory().list_serving_staff(Lane::Bulk).await;
        assert_eq!(outcome(&read), of_read, "read: {name}: {read:?}");
        let made = messenger(write).broadcasts().expect("facet").create(&draft, Lane::Normal).await;
        assert_eq!(outcome(&made), of_write, "write: {name}: {made:?}");
    }
}

#[tokio::test]
async fn success_without_an_id_is_not_success() {
    let draft = BroadcastDraft {
        sender: "a".into(),
        body: MessageBody::default(),
        targets: Targets::Contacts(vec!["wm1".into()]),
    };
    let made = messenger(Script::of([ok(json!({}))]))
        .broadcasts()
        .expect("facet")
        .create(&draft, Lane::Normal)
        .await;
    assert_eq!(outcome(&made), Unknown);
}

/// A write is only in doubt when its own bytes may have arrived; without a token they never left.
#[tokio::test]
async fn a_failure_to_get_the_token_leaves_no_doubt() {
    struct NoToken;
    #[async_trait::async_trait]
    impl wecom::transport::Transport for NoToken {
        async fn call(&self, _: wecom::transport::Request) -> Result<Response, TransportError> {
            Err(TransportError::Unknown("timed out".into()))
        }
    }
    let greeted = messenger(Arc::new(NoToken))
        .welcomes()
        .expect("facet")
        .greet("code", &MessageBody { text: "hi".into(), attachments: Vec::new() }, Lane::Urgent)
        .await;
    assert_eq!(outcome(&greeted), Unavailable);
}

#[tokio::test]
async fn words_that_repeat_the_token_are_cleaned() {
    let script = Script::of([json!({"errcode": 40096, "errmsg": "bad request ?access_token=the-token&x"})]);
    let error = messenger(script).contacts().fetch("wm1", Lane::Normal).await.expect_err("refused");
    assert_eq!(error.refusal(), Some(Refusal::NotFound));
    let shown = format!("{error} {error:?}");
    assert!(!shown.contains("the-token") && shown.contains("***"), "{shown}");
}
