//! A made company in the product's own SQLite: the schema is the product's, the rows are written straight into the file
//! while the server is stopped, because a million people through the front door would take an hour.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use serde_json::{Value, json};

use super::footprint::serve;
use super::http::Line;
use super::ingest::{JSON, sign_in};
use super::process::{Folder, Server};
use crate::{peers, shell};

const COLUMNS: &str = "crates/xtask/src/bench/columns";

/// The company, its server stopped.
pub struct Company {
    pub folder: Folder,
    pub python: PathBuf,
    pub rows: usize,
    /// As days since 1970, as the company counts days.
    pub today: i32,
    /// People with tags, one by one.
    pub pairs: u64,
    program: PathBuf,
    cookie: String,
}

impl Company {
    /// Makes a store, signs in, stops the server and fills the store.
    pub fn make(program: &Path, rows: usize) -> anyhow::Result<Self> {
        let python = peers::virtual_env(&shell::root().join(COLUMNS), "bench")?;
        let folder = Folder::new(&format!("company-{rows}"))?;
        let server = serve(program, &folder)?;
        let cookie = sign_in(&server)?;
        // The night's work, which a first start does at once, must be done before anybody is there.
        calm(&server)?;
        server.stop()?;
        let began = Instant::now();
        let store = store(&folder.path().join("data"))?;
        let mut fill = Command::new(&python);
        fill.arg(script("company.py")).arg(rows.to_string()).arg(&store).arg(folder.path());
        let made: Value = serde_json::from_str(&shell::read(&mut fill)?).context("what company.py made")?;
        let today = made["today"].as_i64().and_then(|day| i32::try_from(day).ok()).context("a day")?;
        let pairs = made["pairs"].as_u64().context("a number of pairs")?;
        let bytes = std::fs::metadata(&store)?.len() as f64 / 1e9;
        println!(
            "company of {rows} people, {pairs} tag pairs: filled in {:.0} s, store {bytes:.1} GB",
            began.elapsed().as_secs_f64()
        );
        Ok(Self { folder, python, rows, today, pairs, program: program.to_owned(), cookie })
    }

    /// Starts the product on it and opens a connection on which she who set it up is signed in.
    pub fn open(&self) -> anyhow::Result<(Server, Line)> {
        let server = serve(&self.program, &self.folder)?;
        let headers = [JSON, &[("Cookie", self.cookie.as_str())]].concat();
        let line = Line::open(&server.address, &headers)?;
        Ok((server, line))
    }

    /// Has the next start write down the index of people, as every night does.
    pub fn ask_for_the_written_index(&self) -> anyhow::Result<()> {
        self.change("DELETE FROM segments_index")?;
        self.change("DELETE FROM schedule_tick WHERE name = 'segments.write_index'")?;
        Ok(())
    }

    /// Has the next start file the names, as every hour does.
    pub fn ask_for_filed_names(&self) -> anyhow::Result<()> {
        self.change("DELETE FROM schedule_tick WHERE name = 'people.file_names'")?;
        Ok(())
    }

    /// How many persons' names are filed.
    pub fn filed_names(&self) -> anyhow::Result<usize> {
        Ok(self.change("SELECT COALESCE(MAX(up_to), 0) FROM people_name_filed")?.trim().parse()?)
    }

    /// Whether the index of people stands in the store.
    pub fn has_written_index(&self) -> anyhow::Result<bool> {
        Ok(self.change("SELECT COUNT(*) FROM segments_index")?.trim() != "0")
    }

    fn change(&self, sql: &str) -> anyhow::Result<String> {
        const RUN: &str = "import sqlite3, sys
store = sqlite3.connect(sys.argv[1], isolation_level=None, timeout=60)
print(*[row[0] for row in store.execute(sys.argv[2])])";
        let store = store(&self.folder.path().join("data"))?;
        shell::read(Command::new(&self.python).args(["-c", RUN]).arg(store).arg(sql))
    }
}

/// A script of ours that stands beside the requirements.
pub fn script(name: &str) -> PathBuf {
    shell::root().join(COLUMNS).join(name)
}

/// The one SQLite file of a data directory.
fn store(data: &Path) -> anyhow::Result<PathBuf> {
    let files = std::fs::read_dir(data)?.collect::<Result<Vec<_>, _>>()?;
    let mut found = files.into_iter().map(|f| f.path()).filter(|f| f.extension().is_some_and(|e| e == "db"));
    let store = found.next().context("the data directory holds no store")?;
    ensure!(found.next().is_none(), "the data directory holds two stores");
    Ok(store)
}

/// One JSON answer.
pub fn call(line: &mut Line, method: &str, path: &str, body: &Value) -> anyhow::Result<Value> {
    let body = if body.is_null() { String::new() } else { body.to_string() };
    Ok(serde_json::from_slice(&line.ask(method, path, &body)?)?)
}

/// Asks the same several times and gives the middle time in milliseconds with the last answer.
pub fn timed(
    line: &mut Line,
    times: usize,
    (method, path, body): (&str, &str, &str),
) -> anyhow::Result<(f64, Vec<u8>)> {
    let (mut taken, mut said) = (Vec::new(), Vec::new());
    for _ in 0..times {
        let began = Instant::now();
        said = line.ask(method, path, body)?;
        taken.push(began.elapsed().as_secs_f64() * 1e3);
    }
    Ok((super::median(&taken), said))
}

/// Waits until the server works on nothing any more, half a minute at most, and says when it still does.
pub fn calm(server: &Server) -> anyhow::Result<()> {
    let began = Instant::now();
    let mut before = server.processor_time()?;
    while began.elapsed() < Duration::from_secs(30) {
        std::thread::sleep(Duration::from_millis(500));
        let now = server.processor_time()?;
        if now - before < 0.02 {
            return Ok(());
        }
        before = now;
    }
    println!("the server still works on something else after half a minute: its figures are too low");
    Ok(())
}

/// A question as the product is asked it: people of the sample only where they are wanted.
pub fn asking(text: &str, people: usize) -> String {
    json!({ "text": text, "limit": people }).to_string()
}
