//! Questions about people over the product's HTTP surface, permissions on, against chdb with stored bitmaps, DuckDB and
//! PostgreSQL on the same data. All must give the same numbers before a time counts.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Instant;

use anyhow::{Context as _, bail, ensure};
use serde_json::{Value, json};

use super::company::{Company, asking, call, calm, script, timed};
use super::http::Line;
use super::process::Server;
use super::questions::{Ask, Wanted, Way, suite, twenty};
use super::{Options, conclude, median};
use crate::demo;
use crate::postgres::{Cluster, Durability};

/// As somebody would set up PostgreSQL for such questions on this machine.
const POSTGRES: &[&str] = &[
    "shared_buffers=4GB",
    "work_mem=256MB",
    "maintenance_work_mem=1GB",
    "max_wal_size=16GB",
    "random_page_cost=1.1",
    "jit=off",
];
/// Asked so often in a row; the middle one counts.
const PRODUCT_TIMES: usize = 7;
const YARDSTICK_TIMES: usize = 3;

/// An engine that is asked in SQL, in a process of its own.
struct Yardstick {
    name: &'static str,
    goal: f64,
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    ways: &'static [Way],
}

/// A question with the best statement for each yardstick.
struct Prepared {
    name: String,
    path: &'static str,
    body: String,
    /// What the product answers, in the yardsticks' form.
    answer: Value,
    statements: Vec<String>,
}

pub fn run(options: &Options) -> anyhow::Result<()> {
    let program = demo::build_server(!options.dev)?;
    let company = Company::make(&program, options.rows)?;
    let (server, mut line) = first_answers(&company)?;
    let cluster = Cluster::tuned(Durability::Real, POSTGRES)?;
    let mut yardsticks = vec![
        Yardstick::start("chdb", 25.0, &[], &company, "chdb")?,
        Yardstick::start("duckdb", 100.0, &[Way::Sets, Way::Looked], &company, "duckdb")?,
        Yardstick::start(
            "postgres",
            500.0,
            &[Way::Arrays, Way::Looked, Way::Sets],
            &company,
            &cluster.url(),
        )?,
    ];
    let mut prepared = prepare(&mut line, &mut yardsticks, company.today)?;
    prepared.push(overlap(&mut line, &mut yardsticks, company.today)?);
    calm(&server)?;
    println!("{}", super::calibrate::line()?);
    // By question, by yardstick, by round.
    let mut ratios = vec![vec![Vec::new(); yardsticks.len()]; prepared.len()];
    for round in 1..=options.rounds {
        for (question, ratios) in prepared.iter().zip(&mut ratios) {
            let asked = ("POST", question.path, question.body.as_str());
            let mut shown = Vec::new();
            for (at, yardstick) in yardsticks.iter_mut().enumerate() {
                let theirs = yardstick.middle(&question.statements[at])?;
                let (ours, _) = timed(&mut line, PRODUCT_TIMES, asked)?;
                ratios[at].push(theirs / ours);
                shown.push(format!("{} {theirs:.2} ms", yardstick.name));
                if at == 0 {
                    shown.insert(0, format!("product {ours:.2} ms"));
                }
            }
            if round == options.rounds {
                println!("segments {}: {}", question.name, shown.join(", "));
            }
        }
    }
    println!("{}", super::calibrate::line()?);
    let rss = server.memory()? / 1e6;
    println!("segments people={} pairs={} rss={rss:.0} MB", company.rows, company.pairs);
    report(&prepared, &yardsticks, &ratios, options.rounds);
    Ok(())
}

/// The first question reads the whole company, unless the index stands written in the store: both times, and what the
/// index weighs.
fn first_answers(company: &Company) -> anyhow::Result<(Server, Line)> {
    let body = asking("tag \"t0\"", 0);
    let (server, mut line) = company.open()?;
    calm(&server)?;
    let (bare, began) = (server.memory()?, Instant::now());
    line.ask("POST", "/api/v1/segments/ask", &body)?;
    let from_tables = began.elapsed().as_secs_f64();
    let index = server.memory()? - bare;
    println!(
        "segments first answer from all tables {from_tables:.1} s, memory grew by {:.0} MB, {:.1} bytes a tag pair",
        index / 1e6,
        index / company.pairs as f64
    );
    drop(line);
    server.stop()?;
    company.ask_for_the_written_index()?;
    let (server, line) = company.open()?;
    let began = Instant::now();
    while !company.has_written_index()? {
        ensure!(began.elapsed().as_secs() < 1_800, "the index was not written within half an hour");
        std::thread::sleep(std::time::Duration::from_secs(1));
    }
    println!("segments index written {:.1} s after the start", began.elapsed().as_secs_f64());
    drop(line);
    server.stop()?;
    let began = Instant::now();
    let (server, mut line) = company.open()?;
    line.ask("POST", "/api/v1/segments/ask", &body)?;
    println!(
        "segments ready after {:.0} ms, first answer from the written index {:.2} s after the start, rss {:.0} MB",
        server.ready_after.as_secs_f64() * 1e3,
        began.elapsed().as_secs_f64(),
        server.memory()? / 1e6
    );
    Ok((server, line))
}

/// Asks everybody everything once, holds the answers against each other, and finds each yardstick's best statement.
fn prepare(line: &mut Line, yardsticks: &mut [Yardstick], today: i32) -> anyhow::Result<Vec<Prepared>> {
    let mut prepared = Vec::new();
    for (name, ask, wanted) in suite() {
        let people = if wanted == Wanted::First { 100 } else { 0 };
        let body = asking(&ask.text(), people);
        let said: Value = serde_json::from_slice(&line.ask("POST", "/api/v1/segments/ask", &body)?)?;
        let mut answer = vec![said["count"].clone()];
        if wanted == Wanted::First {
            let sample = said["sample"].as_array().into_iter().flatten();
            answer.push(sample.map(|person| person["person_no"].clone()).collect());
        }
        let answer = json!([answer]);
        let mut statements = Vec::new();
        for yardstick in yardsticks.iter_mut() {
            statements.push(yardstick.best(&ask, wanted, today, &answer).with_context(|| name.to_owned())?);
        }
        prepared.push(Prepared {
            name: name.to_owned(),
            path: "/api/v1/segments/ask",
            body,
            answer,
            statements,
        });
    }
    Ok(prepared)
}

/// Twenty segments laid over each other: kept ones here, stored ones there.
fn overlap(line: &mut Line, yardsticks: &mut [Yardstick], today: i32) -> anyhow::Result<Prepared> {
    let mut ids = Vec::new();
    for (n, ask) in twenty().iter().enumerate() {
        let draft = json!({ "name": format!("segment {n}"), "text": ask.text() });
        ids.push(call(line, "POST", "/api/v1/segments", &draft)?["id"].clone());
        for yardstick in yardsticks.iter_mut() {
            let store = match yardstick.name {
                "chdb" => format!("INSERT INTO b.sb SELECT {n}, {}", ask.bitmap(today)),
                _ => format!("INSERT INTO seg SELECT {n}, cust FROM ({}) q", ask.rows(today, Way::Sets)),
            };
            yardstick.ask(&store)?;
        }
    }
    let body = json!({ "segments": ids }).to_string();
    let said: Value = serde_json::from_slice(&line.ask("POST", "/api/v1/segments/overlap", &body)?)?;
    let matrix = said["matrix"].as_array().context("a matrix")?;
    let pairs = |i: usize| (0..20).map(move |j| (i, j));
    let shared = |(i, j): (usize, usize)| json!([i, j, matrix[i][j]]);
    let answer: Value = (0..20).flat_map(pairs).map(shared).filter(|row| row[2] != 0).collect();
    let mut statements = Vec::new();
    for yardstick in yardsticks.iter_mut() {
        let statement = match yardstick.name {
            "chdb" => {
                "SELECT x.n, y.n, toUInt32(bitmapAndCardinality(x.b, y.b)) AS c FROM b.sb x CROSS JOIN b.sb y WHERE c > 0 ORDER BY 1, 2"
            }
            "postgres" => {
                yardstick.ask("ANALYZE seg")?;
                "SELECT x.n, y.n, count(*) FROM seg x JOIN seg y ON x.cust = y.cust GROUP BY 1, 2 ORDER BY 1, 2"
            }
            _ => {
                "SELECT x.n, y.n, count(*) FROM seg x JOIN seg y ON x.cust = y.cust GROUP BY 1, 2 ORDER BY 1, 2"
            }
        };
        let (_, rows) = yardstick.ask(statement)?;
        ensure!(
            rows == answer,
            "{} lays segments over each other otherwise: {rows}\n{answer}",
            yardstick.name
        );
        statements.push(statement.to_owned());
    }
    Ok(Prepared {
        name: "overlap of 20 segments".to_owned(),
        path: "/api/v1/segments/overlap",
        body,
        answer,
        statements,
    })
}

fn report(prepared: &[Prepared], yardsticks: &[Yardstick], ratios: &[Vec<Vec<f64>>], rounds: usize) {
    for (question, ratios) in prepared.iter().zip(ratios) {
        let each: Vec<String> = yardsticks
            .iter()
            .zip(ratios)
            .map(|(yardstick, rounds)| format!("{} {:.1}", yardstick.name, median(rounds)))
            .collect();
        let people = &question.answer[0][0];
        println!("segments ratio of {}: {} ({people} people)", question.name, each.join(", "));
    }
    let lowest = ratios.iter().map(|of| median(&of[0])).fold(f64::INFINITY, f64::min);
    conclude("segments.lowest", lowest, ">=8", "chdb-stored-bitmaps");
    for (at, yardstick) in yardsticks.iter().enumerate().rev() {
        let of_round = |round: usize| {
            let logs: f64 = ratios.iter().map(|of| of[at][round].ln()).sum();
            (logs / ratios.len() as f64).exp()
        };
        let means: Vec<f64> = (0..rounds).map(of_round).collect();
        conclude(
            &format!("segments.{}", yardstick.name),
            median(&means),
            &format!(">={}", yardstick.goal),
            yardstick.name,
        );
    }
}

impl Yardstick {
    fn start(
        name: &'static str,
        goal: f64,
        ways: &'static [Way],
        company: &Company,
        engine: &str,
    ) -> anyhow::Result<Self> {
        let mut command = Command::new(&company.python);
        command.arg(script("answer.py")).arg(engine).arg(company.folder.path()).arg(company.rows.to_string());
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let input = child.stdin.take().context("a pipe")?;
        let output = BufReader::new(child.stdout.take().context("a pipe")?);
        let mut yardstick = Self { name, goal, child, input, output, ways };
        let loaded = yardstick.read()?;
        let number = |of: &str| loaded[of].as_f64().unwrap_or(f64::NAN);
        println!("{name} loaded in {:.0} s, process {:.0} MB", number("loaded_s"), number("rss") / 1e6);
        Ok(yardstick)
    }

    fn read(&mut self) -> anyhow::Result<Value> {
        let mut line = String::new();
        self.output.read_line(&mut line)?;
        let said: Value = serde_json::from_str(&line).with_context(|| format!("{} ended", self.name))?;
        match said["error"].as_str() {
            Some(why) => bail!("{}: {why}", self.name),
            None => Ok(said),
        }
    }

    /// Milliseconds and rows.
    fn ask(&mut self, sql: &str) -> anyhow::Result<(f64, Value)> {
        writeln!(self.input, "{}", json!({ "sql": sql }))?;
        let mut said = self.read().with_context(|| sql.to_owned())?;
        Ok((said["ms"].as_f64().context("a time")?, said["rows"].take()))
    }

    fn middle(&mut self, sql: &str) -> anyhow::Result<f64> {
        let mut taken = Vec::new();
        for _ in 0..YARDSTICK_TIMES {
            taken.push(self.ask(sql)?.0);
        }
        Ok(median(&taken))
    }

    /// The quickest of the forms in which it can be asked; all must answer alike.
    fn best(&mut self, ask: &Ask, wanted: Wanted, today: i32, answer: &Value) -> anyhow::Result<String> {
        let forms: Vec<String> = match self.ways {
            [] => vec![bitmaps(ask, wanted, today)],
            ways => ways.iter().map(|way| selects(self.name, &ask.rows(today, *way), wanted)).collect(),
        };
        let mut best: Option<(f64, String)> = None;
        for form in forms {
            let (first, rows) = self.ask(&form)?;
            ensure!(rows == *answer, "{} answers {rows} and the product {answer}: {form}", self.name);
            // A form that is far behind needs no second try with everything in memory.
            if best.as_ref().is_some_and(|(ms, _)| first > 5.0 * ms) {
                continue;
            }
            let (ms, _) = self.ask(&form)?;
            if best.as_ref().is_none_or(|(before, _)| ms < *before) {
                best = Some((ms, form));
            }
        }
        best.map(|(_, form)| form).context("no form")
    }
}

impl Drop for Yardstick {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn bitmaps(ask: &Ask, wanted: Wanted, today: i32) -> String {
    match wanted {
        Wanted::Count => format!("SELECT toUInt32({})", &ask.bitmap_count(today)["SELECT ".len()..]),
        Wanted::First => format!(
            "SELECT toUInt32(bitmapCardinality(b)), bitmapToArray(bitmapSubsetLimit(b, 0, 100)) FROM (SELECT {} AS b)",
            ask.bitmap(today)
        ),
    }
}

fn selects(engine: &str, people: &str, wanted: Wanted) -> String {
    let gathered = if engine == "postgres" { "array_agg" } else { "list" };
    match wanted {
        Wanted::Count => format!("SELECT count(*) FROM ({people}) q"),
        Wanted::First => format!(
            "WITH m AS MATERIALIZED ({people}) SELECT (SELECT count(*) FROM m), (SELECT {gathered}(cust ORDER BY cust) FROM (SELECT cust FROM m ORDER BY cust LIMIT 100) f)"
        ),
    }
}
