//! A table of people with tags, on both engines of the product, against PostgreSQL's COPY of the same rows into a keyed
//! table.

use std::fmt::Write as _;
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use serde_json::{Value, json};

use super::ingest::{JSON, sign_in};
use super::process::{Folder, Server};
use super::{Options, conclude, http, median};
use crate::postgres::{Cluster, Durability};
use crate::{demo, shell};

/// What the yardstick takes: a person as a careful administrator would declare her.
const TABLE: &str = "CREATE TABLE person (phone TEXT PRIMARY KEY, name TEXT NOT NULL, external_id TEXT NOT NULL UNIQUE, tags TEXT NOT NULL)";

pub fn run(options: &Options) -> anyhow::Result<()> {
    let program = demo::build_server(!options.dev)?;
    let cluster = Cluster::start(Durability::Real)?;
    psql(&cluster, "postgres", "CREATE DATABASE copied")?;
    psql(&cluster, "copied", TABLE)?;
    let (mut on_sqlite, mut on_postgres, mut memories) = (Vec::new(), Vec::new(), Vec::new());
    for round in 1..=options.rounds {
        let table = table(options.rows, round);
        let copied = copy(&cluster, &table)?;
        let (sqlite, sqlite_memory) = product(&program, None, &table)?;
        let copied_again = copy(&cluster, &table)?;
        let database = format!("product{round}");
        let create =
            format!("CREATE DATABASE {database} TEMPLATE template0 LC_COLLATE 'C' LC_CTYPE 'C.UTF-8'");
        psql(&cluster, "postgres", &create)?;
        let (postgres, postgres_memory) = product(&program, Some(&url_of(&cluster, &database)), &table)?;
        let rate = |seconds: f64| options.rows as f64 / seconds;
        println!(
            "import round {round}: sqlite {:.0}/s ({:.0} MB), postgres {:.0}/s ({:.0} MB), COPY {:.0}/s",
            rate(sqlite),
            sqlite_memory / 1e6,
            rate(postgres),
            postgres_memory / 1e6,
            rate(f64::midpoint(copied, copied_again))
        );
        on_sqlite.push(copied / sqlite);
        on_postgres.push(copied_again / postgres);
        memories.push(sqlite_memory.max(postgres_memory) / 1e6);
    }
    println!("{}", super::calibrate::line()?);
    println!("import rows={} peak_rss={:.0} MB", options.rows, median(&memories));
    conclude("import.sqlite", median(&on_sqlite), ">=0.3", "postgres-copy-keyed-table");
    conclude("import", median(&on_postgres), ">=0.3", "postgres-copy-keyed-table");
    Ok(())
}

/// Rows of no other round, so that every person is new.
fn table(rows: usize, round: usize) -> String {
    let mut table = String::from("name,phone,external id,tags\n");
    for n in 0..rows {
        let _ = writeln!(table, "guest {n},1{round}{n:09},wm{round}-{n:012},regular|batch {}", n % 20);
    }
    table
}

/// Seconds of the run alone (upload and dry run are before it) and the most memory seen meanwhile.
fn product(program: &std::path::Path, database: Option<&str>, table: &str) -> anyhow::Result<(f64, f64)> {
    let folder = Folder::new("import")?;
    let server = serve(program, &folder, database)?;
    let cookie = sign_in(&server)?;
    let headers = [JSON, &[("Cookie", cookie.as_str())]].concat();
    let call = |method: &str, path: &str, body: &str| -> anyhow::Result<Value> {
        http::ask(&server.address, method, path, &headers, body)?.ok()?.json()
    };
    let account = json!({ "platform": "wecom", "name": "Bench", "company": "wwbench00000000000", "application": "1000002",
        "secret": "secret", "callback_token": "benchtoken", "callback_key": "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG",
        "api_base": "http://127.0.0.1:9" });
    let account = call("POST", "/api/v1/accounts", &account.to_string())?["id"].clone();
    let made = call("POST", "/api/v1/imports?kind=people&file_name=bench.csv", table)?;
    let path = format!("/api/v1/imports/{}", made["id"].as_str().context("an import has an id")?);
    let mut mapping = made["mapping"].clone();
    mapping["account_id"] = account;
    mapping["tag_group"] = json!("bench");
    call("PUT", &format!("{path}/mapping"), &mapping.to_string())?;
    call("POST", &format!("{path}/check"), "{}")?;
    let mut memory = until(&server, || Ok(call("GET", &path, "")?["state"] == "checked"))?;
    let began = Instant::now();
    call("POST", &format!("{path}/run"), &json!({ "policy": "none_if_bad" }).to_string())?;
    memory = memory.max(until(&server, || Ok(call("GET", &path, "")?["state"] == "done"))?);
    Ok((began.elapsed().as_secs_f64(), memory))
}

/// Waits and answers the most memory seen.
pub(super) fn until(server: &Server, done: impl Fn() -> anyhow::Result<bool>) -> anyhow::Result<f64> {
    let (began, mut most) = (Instant::now(), 0.0_f64);
    while !done()? {
        most = most.max(server.memory()?);
        if began.elapsed() > Duration::from_secs(1_800) {
            bail!("what was waited for did not come within half an hour");
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    Ok(most)
}

pub(super) fn serve(
    program: &std::path::Path,
    folder: &Folder,
    database: Option<&str>,
) -> anyhow::Result<Server> {
    let start = |address: &str| {
        let mut command = Command::new(program);
        command.args(["serve", "--listen", address, "--data"]).arg(folder.path().join("data"));
        if let Some(url) = database {
            command.args(["--database", url]);
        }
        command
    };
    Server::start(folder, start, |address| http::get(address, "/health").is_ok_and(|a| a.status == 200))
}

fn url_of(cluster: &Cluster, database: &str) -> String {
    cluster.url().replacen("/postgres", &format!("/{database}"), 1)
}

fn psql(cluster: &Cluster, database: &str, sql: &str) -> anyhow::Result<()> {
    shell::read(cluster.client("psql").args(["-q", "-d", database, "-c", sql]))?;
    Ok(())
}

/// Seconds of a COPY of the same rows into the empty keyed table.
fn copy(cluster: &Cluster, table: &str) -> anyhow::Result<f64> {
    psql(cluster, "copied", "TRUNCATE person")?;
    let folder = Folder::new("copy")?;
    let file = folder.path().join("people.csv");
    std::fs::write(&file, table)?;
    let command = format!(
        "\\copy person (name, phone, external_id, tags) FROM '{}' WITH (FORMAT csv, HEADER)",
        file.display()
    );
    let began = Instant::now();
    psql(cluster, "copied", &command)?;
    Ok(began.elapsed().as_secs_f64())
}
