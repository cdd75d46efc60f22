//! Fifty new friends a second for a minute while the platform answers in a second: who is greeted, and how soon.

use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use serde_json::{Value, json};

use super::process::{Folder, Server};
use super::{Options, conclude, footprint, http, ingest};
use crate::demo;

const PER_SECOND: u32 = 50;
const SECONDS: u32 = 60;
const PLATFORM_ANSWERS_IN_MS: u64 = 1_000;
/// A code lives twenty seconds; whatever happens to it has happened after this.
const CODE_LIVES: Duration = Duration::from_secs(22);
const SOON_MS: i64 = 5_000;
const LATE_MS: i64 = 18_000;

pub fn run(options: &Options) -> anyhow::Result<()> {
    let program = demo::build_server(!options.dev)?;
    let (sim_folder, product_folder) = (Folder::new("sim")?, Folder::new("welcome")?);
    let sim = Server::start(
        &sim_folder,
        |address| {
            let mut command = std::process::Command::new(&program);
            command.args(["sim", "--listen", address]);
            command
        },
        |address| http::get(address, "/sim/corps").is_ok_and(|a| a.status == 200),
    )?;
    let product = footprint::serve(&program, &product_folder)?;
    let console = Console { address: product.address.clone(), cookie: ingest::sign_in(&product)? };
    let code = open_shop(&console, &sim)?;
    let people = (0..PER_SECOND * SECONDS)
        .map(|number| {
            text(&act(&sim, &json!({"act": "make_person", "name": format!("P{number}")}))?["done"]["person"])
        })
        .collect::<anyhow::Result<Vec<String>>>()?;
    ask(&sim, "POST", "/sim/faults", &json!({"latency_ms": PLATFORM_ANSWERS_IN_MS, "parallel_lists": 0}))?;
    let began = Instant::now();
    for (number, person) in (0u32..).zip(&people) {
        let due = began + Duration::from_secs(1) * number / PER_SECOND;
        std::thread::sleep(due.saturating_duration_since(Instant::now()));
        act(&sim, &json!({"act": "scan", "code": code, "person": person}))?;
    }
    println!("welcome: {} adds in {:.1} s", people.len(), began.elapsed().as_secs_f64());
    std::thread::sleep(CODE_LIVES);
    judge(&console, &sim, people.len())
}

/// Holds the platform's truth against what the product wrote down.
fn judge(console: &Console, sim: &Server, adds: usize) -> anyhow::Result<()> {
    let truth = ask(sim, "GET", "/sim/truth", &Value::Null)?;
    let codes = truth["welcome_codes"].as_object().context("the simulator knows welcome codes")?;
    let mut waits: Vec<i64> = Vec::new();
    for code in codes.values() {
        if let (Some(born), Some(used)) = (code["born"].as_i64(), code["used"].as_i64()) {
            waits.push(used - born);
        }
    }
    waits.sort_unstable();
    let within = |limit: i64| waits.iter().filter(|w| **w <= limit).count();
    let missed = console.count_missed()?;
    let accounted = within(LATE_MS) + missed;
    println!(
        "welcome: {} codes, {} greeted (p50 {} ms, p99 {} ms, max {} ms), {missed} recorded as missed",
        codes.len(),
        waits.len(),
        waits.get(waits.len() / 2).copied().unwrap_or(-1),
        waits.get(waits.len() * 99 / 100).copied().unwrap_or(-1),
        waits.last().copied().unwrap_or(-1),
    );
    conclude(
        "welcome.accounted",
        accounted as f64 / adds as f64,
        "=1",
        "greeted-in-18s-or-recorded-as-missed",
    );
    conclude("welcome", within(SOON_MS) as f64 / adds as f64, ">=0.999", "greeted-in-5s");
    Ok(())
}

/// The product's own API, as its console uses it.
struct Console {
    address: String,
    cookie: String,
}

impl Console {
    fn ask(&self, method: &str, path: &str, body: &Value) -> anyhow::Result<Value> {
        let headers = [ingest::JSON, &[("Cookie", self.cookie.as_str())]].concat();
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let answer = http::ask(&self.address, method, path, &headers, &body)?;
        let answer = answer.ok().with_context(|| format!("{method} {path}"))?;
        if answer.body.is_empty() { Ok(Value::Null) } else { answer.json() }
    }

    fn get(&self, path: &str) -> anyhow::Result<Value> {
        self.ask("GET", path, &Value::Null)
    }

    /// Greetings of which the product itself says that they did not arrive in time.
    fn count_missed(&self) -> anyhow::Result<usize> {
        let log = self.get("/api/v1/welcome/log?limit=1")?;
        let missed = log["missed"].as_u64().context("the log counts what was missed")?;
        Ok(usize::try_from(missed)?)
    }
}

/// Connects the simulated company, mirrors it, and publishes a staff code with a greeting. Gives the code to scan.
fn open_shop(console: &Console, sim: &Server) -> anyhow::Result<String> {
    let corps = ask(sim, "GET", "/sim/corps", &Value::Null)?;
    // The company that acts are meant for when they name none.
    let main = ask(sim, "GET", "/sim/map", &Value::Null)?["corp"].clone();
    let all = corps["corps"].as_array().into_iter().flatten();
    let corp = all.into_iter().find(|c| c["corp_id"] == main).context("the simulator has a company")?;
    let app = corp["apps"]
        .as_array()
        .into_iter()
        .flatten()
        .find(|a| a["customer_api"] == true)
        .context("an app")?;
    let account = console.ask(
        "POST",
        "/api/v1/accounts",
        &json!({
            "name": "Bench", "company": corp["corp_id"], "application": app["agent_id"].to_string(),
            "secret": app["secret"], "api_base": format!("http://{}", sim.address),
        }),
    )?;
    let id = text(&account["id"])?;
    let callback = console.get(&format!("/api/v1/accounts/{id}/callback"))?;
    ask(
        sim,
        "POST",
        "/sim/callback",
        &json!({
            "corp": corp["corp_id"], "agent": app["agent_id"],
            "url": callback["url"], "token": callback["token"], "aes_key": callback["key"],
        }),
    )?;
    console.ask("POST", &format!("/api/v1/accounts/{id}/sync"), &json!({}))?;
    wait_for("the first sync", || {
        let rows = console.get(&format!("/api/v1/accounts/{id}/sync"))?;
        let rows = rows["items"].as_array().cloned().unwrap_or_default();
        Ok((!rows.is_empty() && rows.iter().all(|r| r["state"] == "done")).then_some(()))
    })?;
    let staff = console.get("/api/v1/staff?limit=100&active=true")?;
    let staff: Vec<&Value> = staff["items"].as_array().into_iter().flatten().map(|s| &s["id"]).collect();
    let greeting = console.ask(
        "POST",
        "/api/v1/welcome/greetings",
        &json!({
            "audience": "contact", "account_id": id, "name": "Bench", "opening": "Hello", "is_default": true,
        }),
    )?;
    let code = console.ask(
        "POST",
        "/api/v1/live-codes",
        &json!({
            "account_id": id, "title": "Bench", "hook": "Bench", "channel": "store_poster", "target": "staff",
            "target_ids": staff, "welcome_id": greeting["id"],
        }),
    )?;
    let (code_id, state) = (text(&code["id"])?, code["state"].clone());
    console.ask("POST", &format!("/api/v1/live-codes/{code_id}/publish"), &json!({}))?;
    wait_for("the published code", || {
        let map = ask(sim, "GET", "/sim/map", &Value::Null)?;
        let found = map["codes"].as_array().into_iter().flatten().find(|c| c["state"] == state);
        found.map(|c| text(&c["config_id"])).transpose()
    })
}

fn act(sim: &Server, act: &Value) -> anyhow::Result<Value> {
    ask(sim, "POST", "/sim/act", act)
}

fn ask(sim: &Server, method: &str, path: &str, body: &Value) -> anyhow::Result<Value> {
    let body = if body.is_null() { String::new() } else { body.to_string() };
    http::ask(&sim.address, method, path, &[], &body)?
        .ok()
        .with_context(|| format!("{method} {path}"))?
        .json()
}

fn text(value: &Value) -> anyhow::Result<String> {
    value.as_str().map(str::to_owned).with_context(|| format!("a text instead of {value}"))
}

fn wait_for<T>(what: &str, ask: impl Fn() -> anyhow::Result<Option<T>>) -> anyhow::Result<T> {
    let began = Instant::now();
    while began.elapsed() < Duration::from_secs(60) {
        if let Some(found) = ask()? {
            return Ok(found);
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    bail!("{what} did not come within a minute")
}
