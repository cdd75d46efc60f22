//! Encrypted callbacks on 512 connections, each acknowledged after fsync, against the ceiling of HTTP and against
//! PostgreSQL's single-row inserts.

use std::path::Path;
use std::process::Command;

use anyhow::Context as _;
use serde_json::{Value, json};

use super::process::{Folder, Server};
use super::{Options, conclude, footprint, http, median};
use crate::postgres::{Cluster, Durability};
use crate::{demo, shell};

const CONNECTIONS: &str = "512";
const SECONDS: &str = "5";
/// Sealed before the clock starts; more than any round can send.
const EVENTS: usize = 300_000;
const POSTGRES_CLIENTS: &str = "64";

pub const CORP: &str = "wwbench00000000000";
const TOKEN: &str = "benchtoken";
const KEY: &str = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG";

pub fn run(options: &Options) -> anyhow::Result<()> {
    let program = demo::build_server(!options.dev)?;
    let load = build_load(options.dev)?;
    let folder = Folder::new("ingest")?;
    let product = footprint::serve(&program, &folder)?;
    let account = connect(&product)?;
    let hello_folder = Folder::new("hello")?;
    let hello = hello(&load, &hello_folder)?;
    let cluster = Cluster::start(Durability::Real)?;
    prepare(&cluster)?;
    let (mut to_hello, mut to_postgres, mut sent) = (Vec::new(), Vec::new(), 0);
    for round in 1..=options.rounds {
        let ceiling = rate(&ask(&load, "get", &hello.address, "/", &[])?)?;
        let inserts = insert_rate(&cluster)?;
        let callbacks = send(&load, &product, &account, sent, SECONDS, EVENTS)?;
        sent += EVENTS;
        let ours = rate(&callbacks)?;
        println!(
            "ingest round {round}: {ours:.0}/s (p50 {} us, p99 {} us), hello {ceiling:.0}/s, postgres {inserts:.0}/s",
            callbacks["p50_us"], callbacks["p99_us"]
        );
        to_hello.push(ours / ceiling);
        to_postgres.push(ours / inserts);
    }
    if options.long {
        flat(&load, &product, &account, sent)?;
    }
    println!("{}", super::calibrate::line()?);
    conclude("ingest.postgres", median(&to_postgres), ">=2", "postgres-single-row-64-clients");
    conclude("ingest", median(&to_hello), ">=0.28", "axum-hello");
    Ok(())
}

/// The cost of an event must not grow with what is stored: ten million of them, a million at a time. The cost is the
/// product's processor time, which other work on the machine hardly changes.
fn flat(load: &Path, product: &Server, account: &str, mut sent: usize) -> anyhow::Result<()> {
    const STEP: usize = 1_000_000;
    let mut costs = Vec::new();
    while sent < 10 * STEP {
        let before = product.processor_time()?;
        let answer = send(load, product, account, sent, "3600", STEP)?;
        sent += STEP;
        let cost = (product.processor_time()? - before) * 1e6 / STEP as f64;
        println!("ingest stored={sent} {cost:.1} us of processor time an event, {:.0}/s", rate(&answer)?);
        costs.push(cost);
    }
    let (first, last) =
        (costs.first().copied().unwrap_or(f64::NAN), costs.last().copied().unwrap_or(f64::NAN));
    conclude("ingest.flat", last / first, "<=1.1", "first-million");
    Ok(())
}

/// Builds the example that makes the load and gives its path.
pub fn build_load(dev: bool) -> anyhow::Result<std::path::PathBuf> {
    let mut build = shell::cargo(["build", "--locked", "-p", "server", "--example", "load"]);
    if !dev {
        build.arg("--release");
    }
    shell::run(&mut build)?;
    Ok(demo::target_dir()?.join(if dev { "debug" } else { "release" }).join("examples/load"))
}

fn hello(load: &Path, folder: &Folder) -> anyhow::Result<Server> {
    let start = |address: &str| {
        let mut command = Command::new(load);
        command.args(["hello", "--listen", address]);
        command
    };
    Server::start(folder, start, |address| http::get(address, "/").is_ok_and(|a| a.status == 200))
}

fn send(
    load: &Path,
    product: &Server,
    account: &str,
    first: usize,
    seconds: &str,
    events: usize,
) -> anyhow::Result<Value> {
    let at = std::fs::metadata("/proc/self")?.modified()?.duration_since(std::time::UNIX_EPOCH)?.as_secs();
    let more = [
        "--corp",
        CORP,
        "--token",
        TOKEN,
        "--key",
        KEY,
        "--first",
        &first.to_string(),
        "--events",
        &events.to_string(),
        "--at",
        &at.to_string(),
        "--seconds",
        seconds,
    ];
    ask(load, "callbacks", &product.address, &format!("/hooks/wecom/{account}"), &more)
}

fn ask(load: &Path, what: &str, address: &str, path: &str, more: &[&str]) -> anyhow::Result<Value> {
    let mut command = Command::new(load);
    command.args([what, "--address", address, "--path", path, "--connections", CONNECTIONS]).args(more);
    serde_json::from_str(&shell::read(&mut command)?).context("the load generator's answer")
}

fn rate(answer: &Value) -> anyhow::Result<f64> {
    answer["per_second"].as_f64().context("no rate in the answer")
}

/// The row that the product keeps of a callback, as a careful administrator would declare it.
fn prepare(cluster: &Cluster) -> anyhow::Result<()> {
    let table = "CREATE TABLE event (id BIGSERIAL PRIMARY KEY, account TEXT NOT NULL, at BIGINT NOT NULL, body TEXT NOT NULL)";
    shell::read(cluster.client("psql").args(["-d", "postgres", "-c", table]))?;
    Ok(())
}

/// Single-row inserts a second, each its own durable commit.
fn insert_rate(cluster: &Cluster) -> anyhow::Result<f64> {
    let folder = Folder::new("pgbench")?;
    let script = folder.path().join("insert.sql");
    let statement =
        "INSERT INTO event (account, at, body) VALUES ('acc', 1780000000000, repeat('x', 400));\n";
    std::fs::write(&script, statement)?;
    let mut pgbench = cluster.client("pgbench");
    pgbench
        .args(["-n", "-M", "prepared", "-c", POSTGRES_CLIENTS, "-j", "1", "-T", SECONDS, "-f"])
        .arg(&script);
    let said = shell::read(pgbench.arg("postgres"))?;
    let line = said.lines().find_map(|l| l.strip_prefix("tps = ")).context("pgbench named no rate")?;
    line.split(' ').next().and_then(|n| n.parse().ok()).context("pgbench's rate is not a number")
}

/// Signs in with the address that a first start prints.
pub fn sign_in(product: &Server) -> anyhow::Result<String> {
    sign_in_with(product, &product.log())
}

/// Signs in with the one-time address that stands in a text; answers the cookie.
pub fn sign_in_with(product: &Server, said: &str) -> anyhow::Result<String> {
    let code = said.split("code=").nth(1).context("no one-time sign-in was printed")?;
    let code: String = code.chars().take_while(|c| c.is_ascii_alphanumeric()).collect();
    let body = json!({ "code": code }).to_string();
    let answer = http::ask(&product.address, "POST", "/api/v1/session", JSON, &body)?.ok()?;
    let cookie =
        answer.header("set-cookie").and_then(|c| c.split(';').next()).context("no session cookie")?;
    Ok(cookie.to_owned())
}

pub const JSON: &[(&str, &str)] = &[("Content-Type", "application/json"), ("X-Huoqun", "bench")];

/// Connects a company whose platform is nowhere: what follows from a callback fails fast and costs no network.
fn connect(product: &Server) -> anyhow::Result<String> {
    let cookie = sign_in(product)?;
    let body = json!({
        "platform": "wecom", "name": "Bench", "company": CORP, "application": "1000002", "secret": "secret",
        "callback_token": TOKEN, "callback_key": KEY, "api_base": "http://127.0.0.1:9",
    });
    let headers = [JSON, &[("Cookie", cookie.as_str())]].concat();
    let answer =
        http::ask(&product.address, "POST", "/api/v1/accounts", &headers, &body.to_string())?.ok()?;
    Ok(answer.json()?["id"].as_str().context("the new account has no id")?.to_owned())
}
