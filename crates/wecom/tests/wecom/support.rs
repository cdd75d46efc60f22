//! A WeCom of a few lines inside the process: hands out tokens, answers from a script, remembers what it was asked.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use base::{ManualClock, Secret, Timestamp};
use bytes::Bytes;
use messenger::{Credentials, Messenger, Platform as _};
use serde_json::{Value, json};
use wecom::WecomPlatform;
use wecom::transport::{Always, Request, Response, Transport, TransportError};

/// The clock starts here: 2026-08-21T04:00:00Z.
pub const START: Timestamp = Timestamp(1_787_284_800_000);
pub const SECRET: &str = "the-secret-of-the-application";

/// One request as WeCom sees it.
#[derive(Clone, Debug)]
pub struct Seen {
    pub path: String,
    pub query: Vec<(String, String)>,
    pub body: Value,
    pub raw: Bytes,
    pub content_type: Option<String>,
}

impl Seen {
    pub fn query(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
    }
}

/// Answers in the order in which they were put in; tokens come by themselves.
#[derive(Default)]
pub struct Script {
    answers: Mutex<VecDeque<Result<Response, TransportError>>>,
    seen: Mutex<Vec<Seen>>,
}

impl Script {
    pub fn of(answers: impl IntoIterator<Item = Value>) -> Arc<Self> {
        let script = Arc::new(Self::default());
        for answer in answers {
            script.push(Ok(Response { status: 200, body: answer.to_string().into() }));
        }
        script
    }
    pub fn push(&self, answer: Result<Response, TransportError>) {
        self.answers.lock().expect("lock").push_back(answer);
    }
    /// What was asked, tokens left out.
    pub fn asked(&self) -> Vec<Seen> {
        self.seen.lock().expect("lock").iter().filter(|s| s.path != "/cgi-bin/gettoken").cloned().collect()
    }
    /// How many tokens were fetched.
    pub fn tokens(&self) -> usize {
        self.seen.lock().expect("lock").iter().filter(|s| s.path == "/cgi-bin/gettoken").count()
    }
    pub fn only(&self) -> Seen {
        let mut asked = self.asked();
        assert_eq!(asked.len(), 1, "{asked:?}");
        asked.remove(0)
    }
}

#[async_trait]
impl Transport for Script {
    async fn call(&self, request: Request) -> Result<Response, TransportError> {
        let seen = read(&request);
        let is_token = seen.path == "/cgi-bin/gettoken";
        self.seen.lock().expect("lock").push(seen);
        if is_token {
            let token =
                json!({"errcode": 0, "errmsg": "ok", "access_token": "the-token", "expires_in": 7200});
            return Ok(Response { status: 200, body: token.to_string().into() });
        }
        self.answers.lock().expect("lock").pop_front().expect("the script has no more answers")
    }
}

pub fn read(request: &Request) -> Seen {
    let (path, query) = request.path_and_query.split_once('?').unwrap_or((&request.path_and_query, ""));
    let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    Seen {
        path: path.to_owned(),
        query: pairs.map(|(n, v)| (n.to_owned(), unescape(v))).collect(),
        body: serde_json::from_slice(&request.body).unwrap_or(Value::Null),
        raw: request.body.clone(),
        content_type: request.content_type.clone(),
    }
}

pub fn unescape(text: &str) -> String {
    let bytes = text.as_bytes();
    let (mut out, mut at) = (Vec::new(), 0);
    while at < bytes.len() {
        if bytes[at] == b'%' {
            out.push(u8::from_str_radix(&text[at + 1..at + 3], 16).expect("two hex digits"));
            at += 3;
        } else {
            out.push(bytes[at]);
            at += 1;
        }
    }
    String::from_utf8(out).expect("text")
}

pub fn credentials() -> Credentials {
    Credentials {
        company: "ww0123456789abcdef".into(),
        application: "1000002".into(),
        secret: Secret::new(SECRET.into()),
        callback_token: Secret::new("QDG6eK".into()),
        callback_key: Secret::new("jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C".into()),
        api_base: None,
    }
}

pub fn platform(transport: Arc<dyn Transport>) -> (WecomPlatform, Arc<ManualClock>) {
    let clock = ManualClock::starting_at(START);
    (WecomPlatform::new(Arc::new(Always(transport)), clock.clone()), clock)
}

pub fn messenger(transport: Arc<dyn Transport>) -> Arc<dyn Messenger> {
    platform(transport).0.connect("acc_1", &credentials())
}

pub fn ok(mut body: Value) -> Value {
    body["errcode"] = json!(0);
    body["errmsg"] = json!("ok");
    body
}

pub fn refused(code: i64) -> Value {
    json!({"errcode": code, "errmsg": format!("words of {code}, hint: [1576065934_28_e0fae07666aa64636023c1fa7e8f49a4], from ip: 9.30.0.138")})
}
