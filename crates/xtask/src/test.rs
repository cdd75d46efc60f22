//! `cargo xtask test`: every test there is, in the order in which a mistake is cheapest to find.

use std::time::Instant;

use clap::ValueEnum;

use crate::postgres::{Cluster, Durability};
use crate::shell::{self, Heard};
use crate::totals::Totals;
use crate::{demo, generate, peers, tidy, web};

#[derive(clap::Args)]
pub struct Options {
    /// Run only these parts (repeat or separate by commas).
    #[arg(long, value_delimiter = ',')]
    only: Vec<Part>,
    /// Stop at the first part that fails instead of showing all that is wrong.
    #[arg(long)]
    fail_fast: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Part {
    /// Formatting.
    Fmt,
    /// What no compiler checks.
    Tidy,
    /// Lints, warnings denied.
    Clippy,
    /// Every Rust test: on SQLite, on PostgreSQL, and with the crypto peers.
    Rust,
    /// Generated files are fresh.
    Gen,
    /// Console: lint, unit tests, build.
    Web,
    /// Browser flows.
    E2e,
}

/// How one part ended.
struct Ended {
    part: Part,
    totals: Totals,
    seconds: u64,
    trouble: Option<String>,
    left_out: Option<String>,
}

pub fn run(options: &Options) -> anyhow::Result<()> {
    let mut ended = Vec::new();
    for part in Part::value_variants() {
        if !options.only.is_empty() && !options.only.contains(part) {
            continue;
        }
        println!("\n== {part:?}");
        let one = one(*part);
        let failed = one.totals.failed > 0;
        ended.push(one);
        if failed && options.fail_fast {
            break;
        }
    }
    conclude(&ended)
}

fn one(part: Part) -> Ended {
    let began = Instant::now();
    let mut left_out = None;
    let done = match part {
        Part::Fmt => check(shell::run(&mut shell::cargo(["fmt", "--all", "--check"]))),
        Part::Tidy => check(tidy::run()),
        Part::Clippy => check(shell::run(&mut shell::cargo([
            "clippy",
            "--locked",
            "--workspace",
            "--all-targets",
            "--",
            "-D",
            "warnings",
        ]))),
        Part::Rust => rust(&mut left_out),
        Part::Gen => check(generate::run(&generate::Options { check: true })),
        Part::Web => console(),
        Part::E2e => browser(),
    };
    let (totals, trouble) = match done {
        Ok(totals) => (totals, None),
        Err(why) => (Totals { failed: 1, ..Totals::default() }, Some(format!("{why:#}"))),
    };
    if let Some(why) = &trouble {
        println!("{part:?}: {why}");
    }
    Ended { part, totals, seconds: began.elapsed().as_secs(), trouble, left_out }
}

/// A part without tests of its own counts as one.
fn check(outcome: anyhow::Result<()>) -> anyhow::Result<Totals> {
    outcome.map(|()| Totals { passed: 1, ..Totals::default() })
}

/// A runner that fails without naming a failed test has failed once all the same.
fn counted(heard: &Heard, mut totals: Totals) -> Totals {
    if !heard.success && totals.failed == 0 {
        totals.failed = 1;
    }
    totals
}

/// One run covers both databases: each test that needs one is written once and runs on each that is there.
fn rust(left_out: &mut Option<String>) -> anyhow::Result<Totals> {
    let mut tests = shell::cargo(["test", "--locked", "--workspace", "--no-fail-fast"]);
    let mut lacking = Vec::new();
    match peers::prepare() {
        Ok(told) => drop(tests.envs(told)),
        Err(why) => lacking.push(format!("crypto peers are LEFT OUT: {why:#}")),
    }
    let cluster = Cluster::start(Durability::None);
    match &cluster {
        Ok(cluster) => {
            println!("PostgreSQL for this run: {}", cluster.url());
            tests.env("HUOQUN_TEST_POSTGRES", cluster.url());
        }
        Err(why) => lacking.push(format!("PostgreSQL tests are LEFT OUT: {why:#}")),
    }
    let heard = shell::tee(&mut tests)?;
    let mut totals = counted(&heard, Totals::of_cargo(&heard.text));
    if !lacking.is_empty() {
        let said = lacking.join("; ");
        println!("{said}");
        // On somebody's laptop a part may be missing; where nobody watches that would go unnoticed.
        totals.failed += if shell::in_ci() { lacking.len() as u64 } else { 0 };
        *left_out = Some(said);
    }
    Ok(totals)
}

/// Lint, unit tests and bundle each count, and none hides what the next would say.
fn console() -> anyhow::Result<Totals> {
    web::require_node()?;
    web::install("web")?;
    let mut totals = tried(shell::run(&mut web::npm("web", &["run", "lint"])));
    let heard = shell::tee(&mut web::npm("web", &["test"]))?;
    totals.add(counted(&heard, Totals::of_vitest(&heard.text)));
    totals.add(tried(web::build()));
    Ok(totals)
}

fn tried(outcome: anyhow::Result<()>) -> Totals {
    check(outcome).unwrap_or_else(|why| {
        println!("{why:#}");
        Totals { failed: 1, ..Totals::default() }
    })
}

fn browser() -> anyhow::Result<Totals> {
    web::build()?;
    let program = demo::build_server(false)?;
    web::install("e2e")?;
    let mut flows = web::npm("e2e", &["test"]);
    flows.env("HUOQUN_BIN", program).env("CHROMIUM", chromium()?);
    let heard = shell::tee(&mut flows)?;
    Ok(counted(&heard, Totals::of_node(&heard.text)))
}

/// Debian's Chromium with fonts that can show the console's own language.
fn chromium() -> anyhow::Result<String> {
    let look = || ["chromium", "chromium-browser", "google-chrome"].iter().find_map(|name| shell::find(name));
    if look().is_none() {
        crate::apt::install(&["chromium", "fonts-noto-cjk"])?;
    }
    let found =
        look().ok_or_else(|| anyhow::anyhow!("chromium was installed, but is not on the search path"))?;
    Ok(found.display().to_string())
}

fn conclude(ended: &[Ended]) -> anyhow::Result<()> {
    let mut sum = Totals::default();
    println!("\npart     passed  failed  ignored  seconds");
    for e in ended {
        let t = e.totals;
        println!(
            "{:<8} {:>6}  {:>6}  {:>7}  {:>7}",
            format!("{:?}", e.part),
            t.passed,
            t.failed,
            t.ignored,
            e.seconds
        );
        sum.add(t);
    }
    for e in ended {
        for said in e.trouble.iter().chain(&e.left_out) {
            println!("{:?}: {}", e.part, said.lines().next().unwrap_or_default());
        }
    }
    println!("{} passed, {} failed", sum.passed, sum.failed);
    if sum.failed > 0 {
        // The table above is the message; a second one would only push it away.
        std::process::exit(1);
    }
    Ok(())
}
