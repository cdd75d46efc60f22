//! Ground for slice tests: the whole product over HTTP and jobs, in virtual time, on either engine, beside a
//! simulated WeCom in the same process (real encryption, real wire, no sockets).
//!
//! `both_dbs! { async fn name(world: World) { … } }` runs one body on SQLite and, when `HUOQUN_TEST_POSTGRES` names a
//! server, on a database of its own there.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock, Weak};

use axum::Router;
use axum::body::Body;
use base::{ManualClock, Rng, Secret, Timestamp};
use http::{Method, Request, StatusCode, header};
use serde_json::Value;
use tokio::sync::OnceCell;
use tower::ServiceExt as _;
use wecom::WecomPlatform;
use wecom::transport::{Always, InProcess};
use wecom_sim::world::apps::Callback;
use wecom_sim::{Act, Deliver, Delivery, Sim};

use crate::access::{self, Role};
use crate::ctx::{Config, Ctx, Parts};
use crate::kernel::db::{Db, Location};
use crate::kernel::http::{Scope, SystemReason};
use crate::kernel::jobs::Runner;
use crate::kernel::network::Settings;
use crate::kernel::outgoing::{Call, NoReply, Outgoing, Reply};
use crate::tenants;

/// 2026-08-17 is a Monday; 08:00 in Shanghai.
pub const START: Timestamp = Timestamp(1_786_924_800_000);

/// Runs one test body on both engines.
#[macro_export]
macro_rules! both_dbs {
    ($(async fn $name:ident($world:ident: World) $body:block)*) => { $(
        mod $name {
            #[allow(unused_imports)]
            use super::*;
            async fn body($world: $crate::testkit::World) $body

            #[tokio::test]
            async fn sqlite() {
                let world = $crate::testkit::World::sqlite().await;
                body(world).await;
            }

            #[tokio::test]
            async fn postgres() {
                let Some(world) = $crate::testkit::World::postgres().await else {
                    eprintln!("SKIPPED on PostgreSQL: HUOQUN_TEST_POSTGRES is not set");
                    return;
                };
                body(world).await;
            }
        }
    )* };
}

/// One tenant with an administrator, a router, a job runner and a clock that stands still.
pub struct World {
    pub ctx: Ctx,
    pub clock: Arc<ManualClock>,
    pub runner: Runner,
    pub scope: Scope,
    pub sim: Sim,
    /// Everybody whom outgoing webhooks reach.
    pub receiver: Arc<Receiver>,
    router: Router,
    cookie: String,
    /// The platform's way to the product. Held here and only lent to the platform: a ring of both would keep the
    /// store's connections open after the test.
    _door: Arc<OnceLock<Router>>,
    _folder: Option<Folder>,
}

/// A folder that goes when the test ends.
struct Folder(std::path::PathBuf);

impl Folder {
    fn new() -> Self {
        let number = NUMBER.fetch_add(1, Ordering::SeqCst);
        let folder = std::env::temp_dir().join(format!("huoqun-test-{}-{number}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder for the test");
        Self(folder)
    }
}

/// An empty, migrated store of each engine, made once per process and copied for every test.
static MIGRATED_FILE: OnceCell<std::path::PathBuf> = OnceCell::const_new();
static MIGRATED_DATABASE: OnceCell<String> = OnceCell::const_new();

async fn migrated_file() -> std::path::PathBuf {
    let path = std::env::temp_dir().join(format!("huoqun-test-{}-empty.db", std::process::id()));
    let _ = std::fs::remove_file(&path);
    let db = Db::open(&Location::SqliteFile(path.clone())).await.expect("an empty store");
    // Turning durability back on moves everything from the log into the file itself.
    db.relax_durability(false).await.expect("a checkpoint");
    db.close().await;
    path
}

async fn migrated_database(server: &str) -> String {
    let url = make_database(server, "template0").await;
    let db = Db::open(&Location::Postgres(Secret::new(url.clone()))).await.expect("an empty store");
    db.close().await;
    let base = url.split('?').next().unwrap_or_default();
    base.rsplit('/').next().unwrap_or_default().to_owned()
}

/// Makes a database of its own on the test server; answers its address.
async fn make_database(server: &str, template: &str) -> String {
    let number = NUMBER.fetch_add(1, Ordering::SeqCst);
    let name = format!("huoqun_{}_{number}", std::process::id());
    let admin =
        sqlx::postgres::PgPoolOptions::new().max_connections(1).connect(server).await.expect("the server");
    let sql = format!("CREATE DATABASE {name} TEMPLATE {template} LC_COLLATE 'C' LC_CTYPE 'C.UTF-8'");
    sqlx::query(sqlx::AssertSqlSafe(sql)).execute(&admin).await.expect("a database of its own");
    admin.close().await;
    let (base, options) = server.split_once('?').map_or((server, ""), |(b, o)| (b, o));
    let root = base.rsplit_once('/').map_or(base, |(root, _)| root);
    format!("{root}/{name}?{options}")
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// An answer of the product.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: http::HeaderMap,
    pub text: String,
}

impl Answer {
    /// The body as JSON; panics with the body when it is none.
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|e| panic!("{e}: {} {}", self.status, self.text))
    }
    /// The body of a success.
    #[track_caller]
    pub fn ok(&self) -> Value {
        assert!(self.status.is_success(), "{} {}", self.status, self.text);
        if self.text.is_empty() { Value::Null } else { self.json() }
    }
    /// The code of a refusal.
    #[track_caller]
    pub fn refusal(&self) -> String {
        assert!(!self.status.is_success(), "not refused: {}", self.text);
        self.json()["error"]["code"].as_str().expect("an error code").to_owned()
    }
}

static NUMBER: AtomicU64 = AtomicU64::new(0);

impl World {
    pub async fn sqlite() -> Self {
        let folder = Folder::new();
        let empty = MIGRATED_FILE.get_or_init(migrated_file).await;
        std::fs::copy(empty, folder.0.join("huoqun.db")).expect("a copy of the migrated store");
        let db = Db::open(&Location::SqliteFile(folder.0.join("huoqun.db"))).await.expect("an empty store");
        db.relax_durability(true).await.expect("a throw-away store needs no fsync");
        Self::on(db, Some(folder)).await
    }

    pub async fn postgres() -> Option<Self> {
        let server = std::env::var("HUOQUN_TEST_POSTGRES").ok()?;
        let template = MIGRATED_DATABASE.get_or_init(|| migrated_database(&server)).await;
        let url = make_database(&server, template).await;
        let db = Db::open(&Location::Postgres(Secret::new(url))).await.expect("an empty store");
        Some(Self::on(db, None).await)
    }

    async fn on(db: Db, folder: Option<Folder>) -> Self {
        let clock = ManualClock::starting_at(START);
        let door: Arc<OnceLock<Router>> = Arc::default();
        let shared: base::SharedClock = Arc::clone(&clock) as _;
        let mut world = wecom_sim::World::seeded(42, START);
        world.base_url = PLATFORM.to_owned();
        let sim = Sim::new(world, Arc::clone(&shared), into_product(Arc::downgrade(&door)));
        let desk = sim.clone();
        let transport = InProcess::new(move |request| {
            let desk = desk.clone();
            async move { desk.call(request).await }
        });
        let platform = WecomPlatform::new(Arc::new(Always(Arc::new(transport))), shared);
        let receiver: Arc<Receiver> = Arc::default();
        let ctx = Ctx::new(Parts {
            db,
            clock: Arc::clone(&clock) as _,
            lease_clock: Arc::clone(&clock) as _,
            rng: Rng::seeded(42),
            config: Config {
                public_url: "https://huoqun.test".to_owned(),
                master_key: Secret::new([7; 32]),
                demo: false,
                simulator_url: None,
                network: Settings { loopback: true, ..Settings::default() },
            },
            platforms: vec![Arc::new(platform)],
            outgoing: Arc::clone(&receiver) as _,
        });
        let mut tx = ctx.begin().await.expect("a transaction");
        let tenant = tenants::create(&mut tx, "测试公司", "Asia/Shanghai").await.expect("a tenant");
        let scope = Scope::across_tenants(&tenant, SystemReason("test"));
        let new = access::NewOperator {
            login: "admin",
            name: "管理员",
            role: Role::Administrator,
            staff_id: None,
            own_groups_only: false,
            locale: "zh-CN",
        };
        let operator = access::create_operator(&mut tx, &scope, &new).await.expect("an operator");
        let code = access::issue_sign_in_code(&mut tx, &scope, &operator).await.expect("a code");
        tx.commit().await.expect("a commit");
        let router = crate::routes::router(&ctx);
        let _ = door.set(router.clone());
        let runner = Runner::new(ctx.clone());
        let mut world = Self {
            ctx,
            clock,
            runner,
            scope,
            sim,
            receiver,
            router,
            cookie: String::new(),
            _door: door,
            _folder: folder,
        };
        world.sign_in(&code).await;
        world
    }

    /// The folder of the store's files, on SQLite.
    pub fn store_folder(&self) -> Option<&std::path::Path> {
        self._folder.as_ref().map(|folder| folder.0.as_path())
    }

    /// Signs in with a one-time code; later requests carry this session.
    pub async fn sign_in(&mut self, code: &str) {
        let answer = self.post("/api/v1/session", &serde_json::json!({ "code": code })).await;
        assert_eq!(answer.status, StatusCode::NO_CONTENT, "{}", answer.text);
        let cookie = answer.headers[header::SET_COOKIE].to_str().expect("ASCII");
        cookie.split(';').next().unwrap_or_default().clone_into(&mut self.cookie);
    }

    /// Adds an operator of another role and answers a copy of this world signed in as her is not possible, so her
    /// cookie is answered for [`World::send_as`].
    pub async fn operator(&self, login: &str, role: Role, staff: Option<&str>) -> String {
        let draft = serde_json::json!({ "login": login, "name": login, "role": role, "staff_id": staff,
            "own_groups_only": staff.is_some() });
        let made = self.post("/api/v1/access/operators", &draft).await.ok();
        let url = made["sign_in_url"].as_str().expect("a link").to_owned();
        let code = url.split("code=").nth(1).expect("a code").to_owned();
        let answer = self
            .send_as(
                "",
                Method::POST,
                "/api/v1/session",
                Body::from(serde_json::json!({ "code": code }).to_string()),
            )
            .await;
        let cookie = answer.headers[header::SET_COOKIE].to_str().expect("ASCII");
        cookie.split(';').next().unwrap_or_default().to_owned()
    }

    /// Founds a second company in the same installation; answers its administrator's cookie.
    pub async fn another_company(&self) -> String {
        let mut tx = self.ctx.begin().await.expect("a transaction");
        let tenant = tenants::create(&mut tx, "另一家公司", "Asia/Shanghai").await.expect("a tenant");
        let scope = Scope::across_tenants(&tenant, SystemReason("test"));
        let new = access::NewOperator {
            login: "other",
            name: "另一位管理员",
            role: Role::Administrator,
            staff_id: None,
            own_groups_only: false,
            locale: "zh-CN",
        };
        let operator = access::create_operator(&mut tx, &scope, &new).await.expect("an operator");
        let code = access::issue_sign_in_code(&mut tx, &scope, &operator).await.expect("a code");
        tx.commit().await.expect("a commit");
        let body = serde_json::json!({ "code": code }).to_string();
        let answer = self.send_as("", Method::POST, "/api/v1/session", Body::from(body)).await;
        let cookie = answer.headers[header::SET_COOKIE].to_str().expect("ASCII");
        cookie.split(';').next().unwrap_or_default().to_owned()
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send_as(&self.cookie, Method::GET, path, Body::empty()).await
    }
    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        self.send_as(&self.cookie, Method::POST, path, Body::from(body.to_string())).await
    }
    /// Sends any bytes as the body of a POST.
    pub async fn post_bytes(&self, path: &str, body: &[u8]) -> Answer {
        self.send_as(&self.cookie, Method::POST, path, Body::from(body.to_vec())).await
    }
    pub async fn put(&self, path: &str, body: &Value) -> Answer {
        self.send_as(&self.cookie, Method::PUT, path, Body::from(body.to_string())).await
    }
    pub async fn patch(&self, path: &str, body: &Value) -> Answer {
        self.send_as(&self.cookie, Method::PATCH, path, Body::from(body.to_string())).await
    }
    pub async fn delete(&self, path: &str) -> Answer {
        self.send_as(&self.cookie, Method::DELETE, path, Body::empty()).await
    }

    /// Sends JSON with a session cookie of one's choice; empty means nobody.
    pub async fn send_as(&self, cookie: &str, method: Method, path: &str, body: Body) -> Answer {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::COOKIE, cookie)
            .header(header::CONTENT_TYPE, "application/json")
            .header("x-huoqun", "test")
            .body(body)
            .expect("a request");
        self.send(request).await
    }

    /// Sends any request and answers the body as it is.
    pub async fn send_bytes(&self, request: Request<Body>) -> Vec<u8> {
        let response = self.router.clone().oneshot(request).await.expect("the router answers");
        axum::body::to_bytes(response.into_body(), 50_000_000).await.expect("a body").to_vec()
    }

    /// Sends any request.
    pub async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.expect("the router answers");
        let (parts, body) = response.into_parts();
        let bytes = axum::body::to_bytes(body, 50_000_000).await.expect("a body");
        Answer {
            status: parts.status,
            headers: parts.headers,
            text: String::from_utf8_lossy(&bytes).into_owned(),
        }
    }

    /// Connects the simulator's company: account, callback address, first sync. Answers the account's id.
    pub async fn connect(&self) -> String {
        let (corp, app) = self.company();
        let draft = serde_json::json!({ "name": "橙里", "company": corp, "application": app.agent_id.to_string(),
            "secret": app.secret, "callback_token": app.callback.token, "callback_key": app.callback.aes_key,
            "api_base": PLATFORM });
        let account =
            self.post("/api/v1/accounts", &draft).await.ok()["id"].as_str().expect("an id").to_owned();
        let callback = Callback { url: format!("{PRODUCT}/hooks/wecom/{account}"), ..app.callback };
        self.sim.check_callback(&corp, &callback).await.expect("the address answers the check");
        if let Some(app) = self.sim.desk().world.corps.get_mut(&corp).and_then(|c| c.apps.first_mut()) {
            app.callback = callback;
        }
        self.post(&format!("/api/v1/accounts/{account}/sync"), &serde_json::json!({})).await.ok();
        self.settle().await;
        account
    }

    /// Company id and main application of the simulator.
    pub fn company(&self) -> (String, wecom_sim::world::apps::App) {
        let desk = self.sim.desk();
        let id = desk.world.main_corp_id().expect("the seeded company");
        let app = desk.world.corps[&id].apps[0].clone();
        (id, app)
    }

    /// A person of the simulated company acts.
    #[track_caller]
    pub fn act(&self, act: &Act) -> Value {
        self.sim.act(&self.company().0, act).unwrap_or_else(|why| panic!("{act:?}: {why}"))
    }

    /// A new person adds an employee of the connected company and joins this group of theirs by its number; a minute
    /// later we know. Answers our id of her.
    pub async fn newcomer(&self, name: &str, group: usize) -> String {
        let made = self.act(&Act::MakePerson { name: name.into(), gender: 0, partner: false });
        let person = made["person"].as_str().expect("a person").to_owned();
        let (corp, now) = (self.company().0, self.sim.now());
        let chat_id = {
            let mut desk = self.sim.desk();
            let corp = desk.world.corps.get_mut(&corp).expect("a company");
            let live = corp.groups.values().nth(group).expect("a group").live.owner.clone();
            let chat = corp.groups.values().nth(group).expect("a group").chat_id.clone();
            corp.add_friend(&live, &person, ("", true), now);
            desk.absorb();
            chat
        };
        self.act(&Act::JoinByLink { chat_id, person });
        self.advance(base::time::MINUTE).await;
        let found = self.get(&format!("/api/v1/people?search={name}")).await.ok();
        found["items"][0]["id"].as_str().expect("she is known").to_owned()
    }

    /// Runs everything due now: jobs, and the callbacks of the platform.
    pub async fn drain(&self) -> usize {
        self.runner.drain().await.expect("the queue works")
    }

    /// Delivers due callbacks and runs due jobs until neither brings anything new.
    pub async fn settle(&self) {
        while self.sim.deliver_due().await + self.drain().await > 0 {}
    }

    /// Moves the clock and lets everything happen that becomes due on the way, at its own time.
    pub async fn advance(&self, millis: i64) {
        let target = base::Clock::now(self.clock.as_ref()).plus(millis);
        self.settle().await;
        while let Some(due) = self.next_due().await.filter(|due| *due <= target) {
            let before = base::Clock::now(self.clock.as_ref());
            self.clock.set(due);
            let quiet = self.sim.deliver_due().await + self.drain().await == 0;
            if quiet && due <= before {
                // Due but not to be had (its twin runs or a lease holds it): step over it.
                self.clock.advance(1_000);
            }
            self.settle().await;
        }
        self.clock.set(target);
        self.settle().await;
    }

    async fn next_due(&self) -> Option<Timestamp> {
        let job = self.runner.next_due().await.expect("the queue works");
        [job, self.sim.next_due()].into_iter().flatten().min()
    }
}

/// Lets a future do one step, as the runtime would; true when it has ended. For dropping work half-way.
pub async fn poll_once<F: Future>(future: &mut std::pin::Pin<Box<F>>) -> bool {
    std::future::poll_fn(|cx| std::task::Poll::Ready(future.as_mut().poll(cx).is_ready())).await
}

/// The other end of outgoing webhooks, in this process: notes every call and answers as it was told.
#[derive(Default)]
pub struct Receiver {
    calls: std::sync::Mutex<Vec<Call>>,
    answers: std::sync::Mutex<std::collections::HashMap<String, Says>>,
}

/// How an address answers until told otherwise.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Says {
    #[default]
    Yes,
    Status(u16),
    /// No answer in time.
    Nothing,
    /// Takes the message, then the sender's process dies before it hears so.
    SenderDies,
}

impl Receiver {
    pub fn says(&self, url: &str, says: Says) {
        self.answers.lock().expect("a lock").insert(url.to_owned(), says);
    }
    /// What came since the last question.
    pub fn heard(&self) -> Vec<Call> {
        std::mem::take(&mut self.calls.lock().expect("a lock"))
    }
}

#[async_trait::async_trait]
impl Outgoing for Receiver {
    async fn post(&self, call: Call) -> Result<Reply, NoReply> {
        let says = self.answers.lock().expect("a lock").get(&call.url).copied().unwrap_or_default();
        self.calls.lock().expect("a lock").push(call);
        let reply = |status, body: &str| Ok(Reply { status, retry_after: None, body: body.to_owned() });
        match says {
            Says::Yes => reply(200, "thanks"),
            Says::Status(status) => reply(status, "no"),
            Says::Nothing => Err(NoReply::Unknown("time-out".to_owned())),
            Says::SenderDies => panic!("the process dies here"),
        }
    }
}

/// Where the product and the platform believe to be.
pub const PRODUCT: &str = "https://huoqun.test";
pub const PLATFORM: &str = "https://wecom.test";

/// Hands callbacks to the product's router, as long as the test's world is there.
fn into_product(door: Weak<OnceLock<Router>>) -> Deliver {
    Arc::new(move |delivery: Delivery| {
        let door = Weak::clone(&door);
        Box::pin(async move {
            let path = delivery.url.strip_prefix(PRODUCT)?.to_owned();
            let request =
                Request::builder().method(delivery.method).uri(path).body(Body::from(delivery.body)).ok()?;
            let router = door.upgrade()?.get()?.clone();
            let response = router.oneshot(request).await.ok()?;
            let status = response.status().as_u16();
            let body = axum::body::to_bytes(response.into_body(), 1_000_000).await.ok()?;
            Some(wecom_sim::Answer { status, body: String::from_utf8_lossy(&body).into_owned() })
        })
    })
}
