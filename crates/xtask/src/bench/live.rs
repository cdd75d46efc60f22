//! Segments that are kept up to date: what the engine takes in with ten thousand of them, and how soon an answer over
//! HTTP holds what was just committed.

use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use serde_json::{Value, json};

use super::company::{Company, asking, call, calm};
use super::http::Line;
use super::{Options, conclude, median};
use crate::{demo, shell};

const STANDING: usize = 10_000;
/// Tag events a second that the engine must take in.
const GOAL: f64 = 20_000.0;
/// Kept by the server while facts come in over HTTP.
const KEPT: usize = 100;
const EVENTS: usize = 200;

pub fn run(options: &Options) -> anyhow::Result<()> {
    let program = demo::build_server(!options.dev)?;
    engine(options)?;
    answers(options, &program)
}

/// The crate alone, as its example measures it.
fn engine(options: &Options) -> anyhow::Result<()> {
    let mut build = shell::cargo(["build", "--locked", "-p", "audience", "--example", "segments_bench"]);
    if !options.dev {
        build.arg("--release");
    }
    shell::run(&mut build)?;
    let profile = if options.dev { "debug" } else { "release" };
    let program = demo::target_dir()?.join(profile).join("examples/segments_bench");
    let mut rates = Vec::new();
    for round in 1..=options.rounds {
        let mut run = std::process::Command::new(&program);
        let said = shell::read(run.args([options.rows.to_string(), STANDING.to_string()]))?;
        let line =
            said.lines().find(|line| line.contains(" tag events/s")).context("no rate of tag events")?;
        println!("live round {round}: {line}");
        let rate: f64 = line.split(' ').next().unwrap_or_default().parse().context("a rate")?;
        rates.push(rate / GOAL);
    }
    println!("{}", super::calibrate::line()?);
    conclude("live.engine", median(&rates), ">=1", "20000-tag-events-a-second");
    Ok(())
}

/// Gives people tags over HTTP; each answer afterwards must count her, at once.
fn answers(options: &Options, program: &std::path::Path) -> anyhow::Result<()> {
    let company = Company::make(program, options.rows)?;
    let (server, mut line) = company.open()?;
    for n in 0..KEPT {
        let text = format!("tag any of (\"t{}\", \"t{}\"); not tag \"t{}\"", n, n + 400, n + 700);
        call(&mut line, "POST", "/api/v1/segments", &json!({ "name": format!("kept {n}"), "text": text }))?;
    }
    calm(&server)?;
    let mut shares = Vec::new();
    for round in 1..=options.rounds {
        let mut delays = Vec::new();
        for n in 0..EVENTS {
            // A rare tag; whoever has it already is passed over.
            let (person, tag) = (1 + (round * EVENTS + n) * 37 % company.rows, format!("t{}", 900 + n % 90));
            if let Some(delay) = counted_after(&mut line, person, &tag)? {
                delays.push(delay.as_secs_f64() * 1e3);
            }
        }
        ensure!(delays.len() > EVENTS / 2, "most people had the tag already");
        delays.sort_by(f64::total_cmp);
        let at = |part: f64| delays[((delays.len() - 1) as f64 * part) as usize];
        println!(
            "live round {round}: counted {:.1} ms after the commit, 99 of 100 within {:.1} ms, longest {:.1} ms",
            at(0.5),
            at(0.99),
            at(1.0)
        );
        shares.push(at(1.0) / 1e3);
    }
    let burst = burst(&mut line, &company)?;
    println!("live burst: {burst}");
    println!("{}", super::calibrate::line()?);
    conclude("live", median(&shares), "<=1", "one-second-after-the-commit");
    Ok(())
}

/// From the answer to the giving until an answer that counts her.
fn counted_after(line: &mut Line, person: usize, tag: &str) -> anyhow::Result<Option<Duration>> {
    let before = count(line, tag)?;
    let path = format!("/api/v1/people/psn_{person:08}/tags");
    let had = call(line, "GET", &path, &Value::Null)?.to_string();
    if had.contains(&format!("\"{tag}\"")) {
        return Ok(None);
    }
    call(line, "POST", &path, &json!({ "tags": [tag] }))?;
    let began = Instant::now();
    while count(line, tag)? != before + 1 {
        ensure!(began.elapsed() < Duration::from_secs(60), "{tag} never counted person {person}");
    }
    Ok(Some(began.elapsed()))
}

/// Two thousand givings in a row without a question, then one question.
fn burst(line: &mut Line, company: &Company) -> anyhow::Result<String> {
    const GIVEN: usize = 2_000;
    let before = count(line, "t999")?;
    let mut fresh = 0;
    let began = Instant::now();
    for n in 0..GIVEN {
        let path = format!("/api/v1/people/psn_{:08}/tags", 1 + n * 41 % company.rows);
        let had = call(line, "GET", &path, &Value::Null)?.to_string();
        fresh += u64::from(!had.contains("\"t999\""));
        call(line, "POST", &path, &json!({ "tags": ["t999"] }))?;
    }
    let given = began.elapsed();
    let asked = Instant::now();
    let after = count(line, "t999")?;
    ensure!(after == before + fresh, "{after} instead of {} after a burst", before + fresh);
    Ok(format!(
        "{GIVEN} givings in {:.1} s, the first question after them right in {:.1} ms",
        given.as_secs_f64(),
        asked.elapsed().as_secs_f64() * 1e3
    ))
}

fn count(line: &mut Line, tag: &str) -> anyhow::Result<u64> {
    let said = line.ask("POST", "/api/v1/segments/ask", &asking(&format!("tag \"{tag}\""), 0))?;
    serde_json::from_slice::<Value>(&said)?["count"].as_u64().context("a count")
}
