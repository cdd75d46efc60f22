//! A desk in process with a clock in the hand and a receiver of callbacks.

use std::sync::{Arc, Mutex};

use base::{Clock, ManualClock, Timestamp};
use bytes::Bytes;
use serde_json::{Value, json};
use wecom::crypto::CallbackCrypto;
use wecom_sim::world::apps::Callback;
use wecom_sim::{Act, Answer, Delivery, Sim, World};

/// Monday 2026-08-03, 10:00 in Shanghai.
pub const START: i64 = 1_785_722_400_000;

pub struct TestDesk {
    pub sim: Sim,
    pub clock: Arc<ManualClock>,
    pub corp: String,
    pub callback: Callback,
    secret: String,
    token: Mutex<String>,
    /// Deliveries that arrived, and what the receiver answers.
    pub got: Arc<Mutex<Vec<Delivery>>>,
    pub answer: Arc<Mutex<Option<Answer>>>,
}

impl TestDesk {
    pub fn new(seed: u64) -> Self {
        let clock = ManualClock::starting_at(Timestamp(START));
        let mut world = World::seeded(seed, clock.now());
        world.base_url = "http://desk.test".to_owned();
        let corp = world.main_corp_id().expect("the seeded company");
        let (secret, callback) = {
            let app = &mut world.corps.get_mut(&corp).expect("corp").apps[0];
            app.callback.url = "http://product.test/hooks/wecom/1".to_owned();
            (app.secret.clone(), app.callback.clone())
        };
        let got = Arc::new(Mutex::new(Vec::new()));
        let answer = Arc::new(Mutex::new(Some(Answer { status: 200, body: "success".to_owned() })));
        let (log, reply) = (Arc::clone(&got), Arc::clone(&answer));
        let deliver = Arc::new(move |delivery: Delivery| {
            log.lock().expect("log").push(delivery);
            let answer = reply.lock().expect("answer").clone();
            Box::pin(async move { answer }) as std::pin::Pin<Box<dyn Future<Output = _> + Send>>
        });
        let sim = Sim::new(world, clock.clone(), deliver);
        Self { sim, clock, corp, callback, secret, token: Mutex::default(), got, answer }
    }

    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// One raw request.
    pub async fn raw(
        &self,
        method: &str,
        target: &str,
        headers: &[(&str, &str)],
        body: impl Into<Bytes>,
    ) -> (u16, Bytes) {
        let mut request = http::Request::builder().method(method).uri(format!("http://desk.test{target}"));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response = self.sim.call(request.body(body.into()).expect("a request")).await;
        (response.status().as_u16(), response.into_body())
    }

    pub async fn get_json(&self, target: &str) -> Value {
        serde_json::from_slice(&self.raw("GET", target, &[], "").await.1).expect("JSON")
    }

    /// A fresh token of the main app.
    pub async fn token(&self) -> String {
        let target = format!("/cgi-bin/gettoken?corpid={}&corpsecret={}", self.corp, self.secret);
        let answer = self.get_json(&target).await;
        answer["access_token"].as_str().expect("a token").to_owned()
    }

    async fn with_token(&self, path: &str) -> String {
        let kept = self.token.lock().expect("token").clone();
        let known = self.sim.desk().world.corps[&self.corp].app_of_token(&kept, self.now()).is_ok();
        let token = if known { kept } else { self.token().await };
        *self.token.lock().expect("token") = token.clone();
        let mark = if path.contains('?') { '&' } else { '?' };
        format!("/cgi-bin/{path}{mark}access_token={token}")
    }

    /// An API call by GET.
    pub async fn get(&self, path: &str) -> Value {
        let target = self.with_token(path).await;
        self.get_json(&target).await
    }

    /// An API call by POST.
    pub async fn post(&self, path: &str, body: Value) -> Value {
        let target = self.with_token(path).await;
        let (_, bytes) =
            self.raw("POST", &target, &[("content-type", "application/json")], body.to_string()).await;
        serde_json::from_slice(&bytes).expect("JSON")
    }

    /// An API call by POST that must be accepted.
    pub async fn done(&self, path: &str, body: Value) -> Value {
        let answer = self.post(path, body.clone()).await;
        assert_eq!(answer["errcode"], 0, "{path} {body} → {answer}");
        answer
    }

    pub async fn code(&self, path: &str, body: Value) -> i64 {
        self.post(path, body).await["errcode"].as_i64().expect("a code")
    }

    pub fn act(&self, act: Act) -> Value {
        self.sim.act(&self.corp, &act).expect("the act succeeds")
    }

    pub fn person(&self, name: &str) -> String {
        let act = Act::MakePerson { name: name.to_owned(), gender: 2, partner: false };
        self.act(act)["person"].as_str().expect("an id").to_owned()
    }

    /// Ids of the seeded groups, by the name's order in the company file.
    pub fn group(&self, owner: &str) -> String {
        let desk = self.sim.desk();
        let groups = desk.world.corps[&self.corp].groups.values();
        let mut mine: Vec<_> = groups.filter(|g| g.live.owner == owner).map(|g| g.chat_id.clone()).collect();
        mine.sort();
        mine[0].clone()
    }

    pub async fn contact_way(&self, users: &[&str], state: &str) -> String {
        let body = json!({"type": 2, "scene": 2, "user": users, "state": state});
        self.done("externalcontact/add_contact_way", body).await["config_id"].as_str().expect("id").to_owned()
    }

    pub async fn join_way(&self, chats: &[&str], state: &str) -> String {
        let body = json!({"scene": 2, "chat_id_list": chats, "state": state, "room_base_name": "橙里", "room_base_id": 8});
        self.done("externalcontact/groupchat/add_join_way", body).await["config_id"]
            .as_str()
            .expect("id")
            .to_owned()
    }

    pub fn scan(&self, code: &str, person: &str) -> Value {
        self.act(Act::Scan { code: code.to_owned(), person: person.to_owned() })
    }

    /// Delivers what is due and opens it as the product would: decrypted XML, in order.
    pub async fn events(&self) -> Vec<String> {
        self.sim.deliver_due().await;
        let crypto = self.crypto();
        self.got.lock().expect("log").drain(..).map(|d| open(&crypto, &d)).collect()
    }

    pub fn crypto(&self) -> CallbackCrypto {
        CallbackCrypto::new(&self.callback.token, &self.callback.aes_key, &self.corp).expect("a key")
    }
}

/// Verifies and decrypts one delivery.
pub fn open(crypto: &CallbackCrypto, delivery: &Delivery) -> String {
    let query = delivery.url.split_once('?').expect("a query").1;
    let part = |name: &str| {
        let found = query.split('&').filter_map(|p| p.split_once('=')).find(|(k, _)| *k == name);
        found.expect("a parameter").1.to_owned()
    };
    let (signature, timestamp, nonce) = (part("msg_signature"), part("timestamp"), part("nonce"));
    crypto.open(&signature, &timestamp, &nonce, delivery.body.as_bytes()).expect("a genuine callback")
}

/// The text of an element of an event body.
pub fn element<'a>(xml: &'a str, name: &str) -> &'a str {
    let Some(rest) = xml.split_once(&format!("<{name}>")).map(|(_, r)| r) else { return "" };
    let inner = rest.split_once(&format!("</{name}>")).expect("closed").0;
    inner.strip_prefix("<![CDATA[").and_then(|t| t.strip_suffix("]]>")).unwrap_or(inner)
}
