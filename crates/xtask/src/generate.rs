//! `cargo xtask gen`: files that are made from the code, committed, and compared in every test run.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};

use crate::{demo, shell, web};

const DOCUMENT: &str = "openapi.json";
/// Every file that is made, each from the code or from one named before it.
const MADE: [&str; 3] = [DOCUMENT, "web/packages/api/src/schema.ts", "crates/app/src/kernel/db/empty.db.z"];

#[derive(clap::Args)]
pub struct Options {
    /// Change nothing; fail when a committed file differs from what the code would make.
    #[arg(long)]
    pub check: bool,
}

pub fn run(options: &Options) -> anyhow::Result<()> {
    let files = MADE.map(|name| shell::root().join(name));
    let before = files.each_ref().map(|path| read(path));
    let outcome = make(&files);
    let after = files.each_ref().map(|path| read(path));
    if options.check {
        // One is made from another, so they had to be written: put all back as they were.
        for (path, bytes) in files.iter().zip(&before) {
            restore(path, bytes.as_deref())?;
        }
    }
    outcome?;
    let stale: Vec<&str> = (0..MADE.len()).filter(|i| before[*i] != after[*i]).map(|i| MADE[i]).collect();
    match (options.check, stale.is_empty()) {
        (_, true) => println!("{} are fresh", MADE.join(", ")),
        (false, false) => println!("wrote {}", stale.join(" and ")),
        (true, false) => {
            bail!("{} is stale: run `cargo xtask gen` and commit the result", stale.join(" and "))
        }
    }
    Ok(())
}

fn make([document, _, template]: &[PathBuf; 3]) -> anyhow::Result<()> {
    let program = demo::build_server(false)?;
    shell::run(shell::command(&program, "").arg("template").arg(template))?;
    std::fs::write(document, shell::read(shell::command(&program, "").arg("openapi"))?)?;
    web::require_node()?;
    web::install("web")?;
    let client = shell::read(&mut web::npm("web", &["run", "gen:api"]));
    client.context("the typed client could not be made from openapi.json")?;
    Ok(())
}

fn read(path: &Path) -> Option<Vec<u8>> {
    std::fs::read(path).ok()
}

fn restore(path: &Path, bytes: Option<&[u8]>) -> anyhow::Result<()> {
    match bytes {
        None => std::fs::remove_file(path).or(Ok(())),
        Some(bytes) => Ok(std::fs::write(path, bytes)?),
    }
}
