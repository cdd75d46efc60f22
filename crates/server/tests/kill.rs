//! Kill -9 over a running fan-out: whatever the moment, no broadcast is lost and none is doubled in the platform's
//! own truth.
//!
//! A simulated WeCom and the server run as processes of their own on one fast clock. At the hour of the day's
//! broadcasts the server is killed again and again while calls are slow, time out after they took effect, or break in
//! the middle. Afterwards every planned task must stand on the platform exactly once, and once tapped every group must
//! have got every message exactly once.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use base::{Clock as _, Rng, SystemClock};
use serde_json::{Value, json};

const HUOQUN: &str = env!("CARGO_BIN_EXE_huoqun");
/// Ten minutes of the story pass in one second: the settle time is longer than any call is slow.
const FAST: i64 = 600;
/// One minute a second: a dead process's leases on a shared store run out in real time, and the day must wait for it.
const CALM: i64 = 60;
const HOUR: i64 = base::time::HOUR;
/// Monday 2026-08-17, 09:00 in Shanghai.
const START: i64 = 1_786_924_800_000 + HOUR;

struct Process(Child);

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

struct Trial {
    http: reqwest::Client,
    folder: PathBuf,
    database: Option<String>,
    sim_url: String,
    url: String,
    server: Option<Process>,
    _sim: Process,
    cookie: String,
    kills: usize,
    rng: Rng,
    speed: i64,
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").and_then(|l| l.local_addr()).expect("a free port").port()
}

fn anchor(shown: i64, speed: i64) -> String {
    format!("{},{shown},{speed}", SystemClock.now().0)
}

impl Trial {
    async fn begin(name: &str, database: Option<String>, speed: i64) -> Self {
        let folder = std::env::temp_dir().join(format!("huoqun-kill-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).expect("a folder of its own");
        let (sim_port, port) = (free_port(), free_port());
        let sim = Command::new(HUOQUN)
            .args([
                "sim",
                "--no-people",
                "--listen",
                &format!("127.0.0.1:{sim_port}"),
                "--clock",
                &anchor(START, speed),
            ])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("the simulator starts");
        let mut trial = Self {
            http: wecom::transport::https().no_proxy().build().expect("a client"),
            folder,
            database,
            sim_url: format!("http://127.0.0.1:{sim_port}"),
            url: format!("http://127.0.0.1:{port}"),
            server: None,
            _sim: Process(sim),
            cookie: String::new(),
            kills: 0,
            rng: Rng::seeded(7).child(name),
            speed,
        };
        trial.wait_for(&format!("{}/sim/clock", trial.sim_url)).await;
        let link = trial.start().await.expect("the first start prints a sign-in link");
        trial.sign_in(&link).await;
        trial
    }

    /// Starts the server on the simulator's clock; answers the sign-in link of a first start.
    async fn start(&mut self) -> Option<String> {
        let shown = self.sim("/sim/clock", None).await["now"].as_i64().expect("a clock");
        let address = self.url.trim_start_matches("http://").to_owned();
        let mut command = Command::new(HUOQUN);
        command
            .args(["serve", "--listen", &address, "--data"])
            .arg(&self.folder)
            .args(["--clock", &anchor(shown, self.speed)]);
        if let Some(database) = &self.database {
            command.args(["--database", database]);
        }
        let log =
            std::fs::File::create(self.folder.join(format!("serve-{}.log", self.kills))).expect("a log");
        let mut child = command.stdout(Stdio::piped()).stderr(log).spawn().expect("the server starts");
        let out = child.stdout.take().expect("its output");
        self.server = Some(Process(child));
        let link = tokio::task::spawn_blocking(move || {
            let mut link = None;
            for line in BufReader::new(out).lines().map_while(Result::ok) {
                if let Some((_, found)) = line.split_once("Sign in once with: ") {
                    link = Some(found.trim().to_owned());
                }
                if line.starts_with("Huoqun listens") {
                    break;
                }
            }
            link
        });
        link.await.expect("the output can be read")
    }

    async fn wait_for(&self, url: &str) {
        let until = Instant::now() + Duration::from_secs(30);
        while self.http.get(url).send().await.is_err() {
            assert!(Instant::now() < until, "{url} does not answer");
            pause(20).await;
        }
    }

    async fn sign_in(&mut self, link: &str) {
        let code = link.split("code=").nth(1).expect("a code");
        let request = self.http.post(format!("{}/api/v1/session", self.url)).header("x-huoqun", "trial");
        let answer = request.json(&json!({ "code": code })).send().await.expect("the door answers");
        let cookie = answer.headers()["set-cookie"].to_str().expect("ASCII");
        self.cookie = cookie.split(';').next().unwrap_or_default().to_owned();
    }

    async fn api(&self, method: &str, path: &str, body: Option<Value>) -> Value {
        let method = reqwest::Method::from_bytes(method.as_bytes()).expect("a method");
        let mut request = self.http.request(method, format!("{}{path}", self.url));
        request = request.header("x-huoqun", "trial").header("cookie", &self.cookie);
        if let Some(body) = &body {
            request = request.json(body);
        }
        let answer = request.send().await.unwrap_or_else(|e| panic!("{path}: {e}"));
        let (status, text) = (answer.status(), answer.text().await.unwrap_or_default());
        assert!(status.is_success(), "{path}: {status} {text}");
        serde_json::from_str(&text).unwrap_or(Value::Null)
    }

    async fn sim(&self, path: &str, body: Option<Value>) -> Value {
        let url = format!("{}{path}", self.sim_url);
        let request = match body {
            Some(body) => self.http.post(url).body(body.to_string()),
            None => self.http.get(url),
        };
        request.send().await.expect("the simulator answers").json().await.expect("JSON")
    }

    /// Connects the company and puts a daily plan to work in a community of each group.
    async fn set_up(&self) -> usize {
        let corps = self.sim("/sim/corps", None).await;
        let corp = corps["corps"]
            .as_array()
            .expect("companies")
            .iter()
            .max_by_key(|c| c["apps"].as_array().map_or(0, Vec::len));
        let corp = corp.expect("the main company").clone();
        let app = corp["apps"][0].clone();
        let draft = json!({ "name": "trial", "company": corp["corp_id"], "application": app["agent_id"].to_string(),
            "secret": app["secret"], "api_base": self.sim_url });
        let account =
            self.api("POST", "/api/v1/accounts", Some(draft)).await["id"].as_str().expect("an id").to_owned();
        self.api("POST", &format!("/api/v1/accounts/{account}/sync"), Some(json!({}))).await;
        let groups = self
            .until(|t| {
                Box::pin(async move {
                    let list = t.api("GET", "/api/v1/groups?limit=100", None).await;
                    let groups = list["items"].as_array().cloned().unwrap_or_default();
                    (groups.len() >= 12 && groups.iter().all(|g| g["owner_staff_id"].is_string()))
                        .then_some(groups)
                })
            })
            .await;
        for group in &groups {
            self.open_community(group).await;
        }
        groups.len()
    }

    async fn open_community(&self, group: &Value) {
        let draft = json!({ "name": group["name"], "kind": "traffic", "tier": "general", "for_whom": "a",
            "which_need": "b", "which_solution": "c", "purpose": "attract", "audience_age": "d", "audience_sex": "e",
            "audience_region": "f", "audience_occupation": "g", "value_to_user": "h", "entry_fee": 0,
            "traffic_channel": "i" });
        let id = self.api("POST", "/api/v1/communities", Some(draft)).await["id"]
            .as_str()
            .expect("an id")
            .to_owned();
        let groups = json!({ "groups": [group["id"]] });
        self.api("POST", &format!("/api/v1/communities/{id}/groups"), Some(groups)).await;
        self.api("POST", &format!("/api/v1/communities/{id}/activate"), Some(json!({}))).await;
        let plan = json!({ "community_id": id, "template": "PB-01", "from_day": 20_260_817,
            "link_target": "https://shop.example/menu", "approve": true });
        self.api("POST", "/api/v1/playbooks/plans", Some(plan)).await;
    }

    async fn until<T>(
        &self,
        probe: impl Fn(&Self) -> std::pin::Pin<Box<dyn Future<Output = Option<T>> + '_>>,
    ) -> T {
        let until = Instant::now() + Duration::from_secs(240);
        loop {
            if let Some(found) = probe(self).await {
                return found;
            }
            assert!(Instant::now() < until, "waited in vain; logs in {}", self.folder.display());
            pause(100).await;
        }
    }

    /// Kills the server and starts it again, so many times, at moments nobody chose.
    async fn kill_again_and_again(&mut self, times: usize) {
        for _ in 0..times {
            pause(20 + self.rng.below(350)).await;
            self.server = None;
            self.kills += 1;
            self.start().await;
        }
    }

    /// Stops the server, moves the story to an hour of the day, and starts it again.
    async fn jump_to(&mut self, shown: i64) {
        self.server = None;
        let now = self.sim("/sim/clock", None).await["now"].as_i64().expect("a clock");
        self.sim("/sim/clock", Some(json!({ "advance_ms": (shown - now).max(0) }))).await;
        self.start().await;
    }

    /// Every shard of the product, page by page.
    async fn shards(&self) -> Vec<Value> {
        let (mut all, mut cursor) = (Vec::new(), String::new());
        loop {
            let page = self.api("GET", &format!("/api/v1/broadcasts?limit=200&cursor={cursor}"), None).await;
            all.extend(page["items"].as_array().cloned().unwrap_or_default());
            match page["next"].as_str() {
                Some(next) => next.clone_into(&mut cursor),
                None => return all,
            }
        }
    }

    async fn truth(&self) -> Vec<Value> {
        let truth = self.sim("/sim/truth", None).await;
        let corps = truth["corps"].as_array().cloned().unwrap_or_else(|| vec![truth.clone()]);
        corps.iter().flat_map(|c| c["mass_sends"].as_array().cloned().unwrap_or_default()).collect()
    }

    /// Waits until no shard is in doubt or on its way, then compares with the platform.
    async fn nothing_lost_nothing_doubled(&self, expected: usize) {
        let shards = self
            .until(|t| {
                Box::pin(async move {
                    let shards = t.shards().await;
                    let open =
                        |s: &Value| matches!(s["state"].as_str(), Some("planned" | "intent" | "unknown"));
                    (shards.len() >= expected && !shards.iter().any(open)).then_some(shards)
                })
            })
            .await;
        assert_eq!(shards.len(), expected, "one shard per group and day");
        // A task that was tapped counts also when it was stopped afterwards: stopping takes nothing back.
        let live = |sends: &[Value]| -> BTreeSet<String> {
            let tapped = |s: &&Value| {
                s["senders"].as_object().is_some_and(|all| all.values().any(|t| t["status"] != 0))
            };
            let counts = sends.iter().filter(|s| s["cancelled"].is_null() || tapped(s));
            counts.filter_map(|s| s["msgid"].as_str()).map(str::to_owned).collect()
        };
        let bound: BTreeSet<String> =
            shards.iter().filter_map(|s| s["platform_id"].as_str()).map(str::to_owned).collect();
        assert_eq!(bound.len(), expected, "every shard is bound to a task of its own");
        // A second task of a doubtful shard is found by the sweep within its minute and stopped before anybody taps.
        let until = Instant::now() + Duration::from_secs(20);
        loop {
            let truth = live(&self.truth().await);
            if truth == bound {
                return;
            }
            let (lost, doubled): (Vec<_>, Vec<_>) =
                (bound.difference(&truth).collect(), truth.difference(&bound).collect());
            assert!(
                Instant::now() < until,
                "lost {lost:?}, doubled {doubled:?}; logs in {}",
                self.folder.display()
            );
            pause(100).await;
        }
    }

    /// Every employee taps everything; then every group has every message once.
    async fn tap_everything(&self) {
        for send in self.truth().await.iter().filter(|s| s["cancelled"].is_null()) {
            for userid in send["senders"].as_object().expect("senders").keys() {
                let act = json!({ "act": "tap_mass_send", "userid": userid, "msgid": send["msgid"] });
                self.sim("/sim/act", Some(act)).await;
            }
        }
    }

    async fn each_message_once(&self) {
        let truth = self.sim("/sim/truth", None).await;
        let corps = truth["corps"].as_array().cloned().unwrap_or_else(|| vec![truth]);
        let mut seen: BTreeMap<(String, String), usize> = BTreeMap::new();
        for delivered in corps.iter().flat_map(|c| c["deliveries"].as_array().cloned().unwrap_or_default()) {
            let chat = delivered["chat"].as_str().unwrap_or_default().to_owned();
            // The tracked link inside makes each post's text its own.
            *seen.entry((chat, delivered["content"].to_string())).or_default() += 1;
        }
        assert!(!seen.is_empty(), "messages arrived");
        assert!(seen.values().all(|times| *times == 1), "a message arrived twice");
    }

    /// Slow calls, calls that time out after they took effect, torn answers.
    async fn break_things(&self) {
        let path = "add_msg_template";
        let rules = json!([
            { "path": path, "kind": "slow", "ms": 120, "chance": 0.7 },
            { "path": path, "kind": "timeout_after_effect", "chance": 0.08 },
            { "path": path, "kind": "truncated_json", "chance": 0.05 },
            { "path": path, "kind": "reset_before_effect", "chance": 0.05 },
        ]);
        self.sim("/sim/faults", Some(json!({ "seed": 3, "rules": rules }))).await;
    }
}

async fn pause(millis: u64) {
    tokio::time::sleep(Duration::from_millis(millis)).await;
}

async fn survive(name: &str, database: Option<String>, speed: i64, (days, kills_a_day): (i64, usize)) {
    let mut trial = Trial::begin(name, database, speed).await;
    let groups = trial.set_up().await;
    trial.break_things().await;
    for day in 0..days {
        // Two minutes before the day's broadcasts: the kills begin when they leave.
        trial.jump_to(START + day * base::time::DAY + 2 * HOUR - 2 * base::time::MINUTE).await;
        trial.kill_again_and_again(kills_a_day).await;
        trial.nothing_lost_nothing_doubled(groups * usize::try_from(day + 1).expect("few days")).await;
        trial.tap_everything().await;
    }
    trial.each_message_once().await;
    println!("{} kills over {} tasks: none lost, none doubled", trial.kills, groups as i64 * days);
    let _ = std::fs::remove_dir_all(&trial.folder);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_kills_on_sqlite() {
    survive("sqlite", None, FAST, (10, 20)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn thirty_kills_on_postgres() {
    let Ok(server) = std::env::var("HUOQUN_TEST_POSTGRES") else {
        eprintln!("SKIPPED on PostgreSQL: HUOQUN_TEST_POSTGRES is not set");
        return;
    };
    let name = format!("huoqun_kill_{}", std::process::id());
    let admin =
        sqlx::postgres::PgPoolOptions::new().max_connections(1).connect(&server).await.expect("the server");
    let sql = format!("CREATE DATABASE {name} TEMPLATE template0 LC_COLLATE 'C' LC_CTYPE 'C.UTF-8'");
    sqlx::query(sqlx::AssertSqlSafe(sql)).execute(&admin).await.expect("a database of its own");
    let (root, _) = server.rsplit_once('/').expect("a database in the address");
    survive("postgres", Some(format!("{root}/{name}")), CALM, (1, 30)).await;
}
