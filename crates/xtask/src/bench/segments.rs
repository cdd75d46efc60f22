//! Questions about people from the product's memory against the same questions put to the product's own database, over
//! the product's HTTP surface. Both must name the same people before a time counts.

use anyhow::{Context as _, ensure};
use serde_json::{Value, json};

use super::import::{serve, until};
use super::ingest::{JSON, sign_in};
use super::process::Folder;
use super::{Options, conclude, http, median};
use crate::demo;

/// People per tag, roughly: the table gives each person one tag of so many, and every person another one.
const TAGS: usize = 50;

pub fn run(options: &Options) -> anyhow::Result<()> {
    let program = demo::build_server(!options.dev)?;
    let folder = Folder::new("segments")?;
    let server = serve(&program, &folder, None)?;
    let cookie = sign_in(&server)?;
    let headers = [JSON, &[("Cookie", cookie.as_str())]].concat();
    let call = |method: &str, path: &str, body: &str| -> anyhow::Result<Value> {
        http::ask(&server.address, method, path, &headers, body)?.ok()?.json()
    };
    let account = json!({ "platform": "wecom", "name": "Bench", "company": "wwbench00000000000", "application": "1000002",
        "secret": "secret", "callback_token": "benchtoken", "callback_key": "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG",
        "api_base": "http://127.0.0.1:9" });
    let account = call("POST", "/api/v1/accounts", &account.to_string())?["id"].clone();
    let made = call("POST", "/api/v1/imports?kind=people&file_name=bench.csv", &table(options.rows))?;
    let path = format!("/api/v1/imports/{}", made["id"].as_str().context("an import has an id")?);
    let mut mapping = made["mapping"].clone();
    mapping["account_id"] = account;
    mapping["tag_group"] = json!("bench");
    call("PUT", &format!("{path}/mapping"), &mapping.to_string())?;
    call("POST", &format!("{path}/check"), "{}")?;
    until(&server, || Ok(call("GET", &path, "")?["state"] == "checked"))?;
    call("POST", &format!("{path}/run"), &json!({ "policy": "none_if_bad" }).to_string())?;
    until(&server, || Ok(call("GET", &path, "")?["state"] == "done"))?;
    let tags = call("GET", "/api/v1/tags?limit=200", "")?;
    let questions = questions(&tags)?;
    let mut ratios = Vec::new();
    for round in 1..=options.rounds {
        let mut of_round = Vec::new();
        for text in &questions {
            let said = call("POST", "/api/v1/segments/check", &json!({ "text": text }).to_string())?;
            ensure!(said["equal"] == true, "memory and database disagree about {text}: {said}");
            let micros = |name: &str| said[name].as_f64().unwrap_or(f64::NAN).max(1.0);
            of_round.push((micros("database_us") / micros("engine_us")).ln());
        }
        // The geometric mean over the questions.
        let ratio = (of_round.iter().sum::<f64>() / of_round.len() as f64).exp();
        println!("segments round {round}: memory is {ratio:.1} times as fast as the database");
        ratios.push(ratio);
    }
    println!("{}", super::calibrate::line()?);
    println!("segments people={} questions={}", options.rows, questions.len());
    // Nobody set a goal against our own database; it shows whether memory pays at all.
    conclude("segments.own_database", median(&ratios), ">1", "own-sqlite");
    Ok(())
}

fn table(rows: usize) -> String {
    use std::fmt::Write as _;
    let mut table = String::from("name,phone,external id,tags\n");
    for n in 0..rows {
        let (a, b) = (n * 31 % TAGS, n * n % TAGS);
        let _ = writeln!(table, "guest {n},13{n:09},wm-{n:012},tag {a}|tag {b}");
    }
    table
}

/// One tag, either of two, both, neither, and nested.
fn questions(tags: &Value) -> anyhow::Result<Vec<String>> {
    let listed = tags["items"].as_array().context("a list of tags")?;
    let ids: Vec<&str> = listed.iter().filter_map(|tag| tag["id"].as_str()).collect();
    ensure!(ids.len() > 6, "the import made no tags: {tags}");
    let tag = |n: usize| format!("tag \"{}\"", ids[n]);
    Ok(vec![
        tag(0),
        format!("any {{ {} ; {} }}", tag(1), tag(2)),
        format!("{} ; {}", tag(3), tag(4)),
        format!("none {{ {} ; {} }}", tag(0), tag(5)),
        format!("any {{ {} ; all {{ {} ; not {} }} }}", tag(6), tag(1), tag(3)),
        format!("tagged \"{}\" in 7 days ; number \"groups\" = 0", ids[2]),
    ])
}
