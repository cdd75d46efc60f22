//! One token for many callers: fetched once, refreshed once, and never hammered with a wrong secret.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::SeqCst};

use base::time::MINUTE;
use base::{ManualClock, Secret};
use bytes::Bytes;
use futures_util::future::join_all;
use messenger::Lane;
use serde_json::{Value, json};
use wecom::client::limiter::Limiter;
use wecom::client::{Application, CallError, Client};
use wecom::transport::InProcess;
use wecom::wire::contacts::GetFollowUserList;

use crate::support::{SECRET, START, unescape};

/// A WeCom that accepts exactly one token at a time.
#[derive(Default)]
struct Gate {
    accepted: AtomicU64,
    handed_out: AtomicU64,
    calls: AtomicU64,
    /// What `gettoken` answers instead, when set.
    refusal: AtomicU64,
    /// It hands out the same token for ever.
    stuck: bool,
}

impl Gate {
    fn answer(&self, path: &str, query: &str) -> Value {
        if path == "/cgi-bin/gettoken" {
            let wanted = format!("corpid=ww1&corpsecret={SECRET}");
            assert_eq!(query, wanted);
            let number = self.handed_out.fetch_add(1, SeqCst) + 1;
            let refusal = self.refusal.load(SeqCst);
            if refusal != 0 {
                return json!({"errcode": refusal, "errmsg": format!("invalid credential {SECRET}")});
            }
            let number = if self.stuck { 0 } else { number };
            return json!({"errcode": 0, "errmsg": "ok", "access_token": format!("t/{number}"), "expires_in": 7200});
        }
        self.calls.fetch_add(1, SeqCst);
        let token = query.strip_prefix("access_token=").map(unescape);
        if token != Some(format!("t/{}", self.accepted.load(SeqCst))) {
            return json!({"errcode": 42001, "errmsg": "access_token expired, hint: [1], from ip: 9.30.0.138"});
        }
        json!({"follow_user": ["zhangsan"]})
    }

    fn client(self: &Arc<Self>) -> (Client, Arc<ManualClock>) {
        let gate = Arc::clone(self);
        let transport = InProcess::new(move |request: http::Request<Bytes>| {
            let gate = Arc::clone(&gate);
            async move {
                // Everybody else gets a turn before the answer comes.
                tokio::task::yield_now().await;
                let answer = gate.answer(request.uri().path(), request.uri().query().unwrap_or_default());
                tokio::task::yield_now().await;
                http::Response::new(answer.to_string().into())
            }
        });
        let clock = ManualClock::starting_at(START);
        let application =
            Application { corp: "ww1".into(), agent: "1000002".into(), secret: Secret::new(SECRET.into()) };
        let client =
            Client::new(application, Arc::new(transport), Arc::new(Limiter::default()), clock.clone());
        (client, clock)
    }

    fn counts(&self) -> (u64, u64) {
        (self.handed_out.load(SeqCst), self.calls.load(SeqCst))
    }
}

async fn all_call(client: &Client, callers: usize) -> Vec<Result<usize, CallError>> {
    let call =
        || async { client.call(&GetFollowUserList {}, Lane::Normal).await.map(|l| l.follow_user.len()) };
    join_all((0..callers).map(|_| call())).await
}

#[tokio::test]
async fn five_hundred_callers_fetch_one_token_and_refresh_it_once() {
    let gate = Arc::new(Gate { accepted: AtomicU64::new(1), ..Gate::default() });
    let (client, _) = gate.client();
    assert!(all_call(&client, 500).await.iter().all(|r| *r == Ok(1)));
    assert_eq!(gate.counts(), (1, 500));

    gate.accepted.store(2, SeqCst);
    assert!(all_call(&client, 500).await.iter().all(|r| *r == Ok(1)));
    let (tokens, calls) = gate.counts();
    assert_eq!(tokens, 2, "one refresh for all who were refused");
    assert_eq!(calls, 1_500, "each refused call is repeated once");
}

#[tokio::test]
async fn a_token_is_renewed_before_it_expires() {
    let gate = Arc::new(Gate { accepted: AtomicU64::new(1), ..Gate::default() });
    let (client, clock) = gate.client();
    assert_eq!(all_call(&client, 1).await, [Ok(1)]);
    clock.advance(7_200_000 - 5 * MINUTE - 1);
    assert_eq!(all_call(&client, 1).await, [Ok(1)]);
    assert_eq!(gate.counts(), (1, 2));
    clock.advance(1);
    gate.accepted.store(2, SeqCst);
    assert_eq!(all_call(&client, 1).await, [Ok(1)]);
    assert_eq!(gate.counts(), (2, 3), "no call was wasted on the old one");
}

#[tokio::test]
async fn a_token_that_is_refused_again_ends_the_call_instead_of_looping() {
    let gate = Arc::new(Gate { accepted: AtomicU64::new(9), stuck: true, ..Gate::default() });
    let (client, _) = gate.client();
    let outcome = all_call(&client, 1).await;
    assert!(matches!(&outcome[..], [Err(CallError::Unavailable(_))]), "{outcome:?}");
    assert_eq!(gate.counts(), (2, 2));
}

#[tokio::test]
async fn a_wrong_secret_is_tried_once_and_then_left_alone() {
    for code in [40001, 40013, 40091] {
        let gate = Arc::new(Gate { refusal: AtomicU64::new(code), ..Gate::default() });
        let (client, clock) = gate.client();
        for outcome in all_call(&client, 50).await.into_iter().chain(all_call(&client, 50).await) {
            let Err(CallError::Refused { code: told, words }) = outcome else { panic!("{outcome:?}") };
            assert_eq!(told.unsigned_abs(), code);
            assert!(!words.contains(SECRET), "{words}");
        }
        assert_eq!(gate.counts(), (1, 0));
        // Pauses grow, because repeated wrong secrets block the caller's address for an hour.
        for (pause, tries) in [(MINUTE, 2), (MINUTE, 2), (9 * MINUTE, 3), (59 * MINUTE, 3), (MINUTE, 4)] {
            clock.advance(pause);
            all_call(&client, 5).await;
            assert_eq!(gate.counts(), (tries, 0));
        }
        // Once it is right everything goes on.
        gate.refusal.store(0, SeqCst);
        gate.accepted.store(5, SeqCst);
        clock.advance(60 * MINUTE);
        assert_eq!(all_call(&client, 1).await, [Ok(1)]);
    }
}

#[tokio::test]
async fn those_who_waited_for_a_failed_fetch_share_its_failure() {
    let gate = Arc::new(Gate { refusal: AtomicU64::new(45_011), ..Gate::default() });
    let (client, _) = gate.client();
    let outcomes = all_call(&client, 100).await;
    assert!(outcomes.iter().all(|o| matches!(o, Err(CallError::Refused { code: 45_011, .. }))));
    assert_eq!(gate.counts(), (1, 0), "no stampede behind a failure");
    gate.refusal.store(0, SeqCst);
    gate.accepted.store(2, SeqCst);
    assert_eq!(all_call(&client, 1).await, [Ok(1)], "and the next caller may try");
}
