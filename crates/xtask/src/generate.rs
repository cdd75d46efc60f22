//! `cargo xtask gen`: files that are made from the code, committed, and compared in every test run.

use std::path::Path;

use anyhow::{Context as _, bail};

use crate::{demo, shell, web};

const DOCUMENT: &str = "openapi.json";
const CLIENT: &str = "web/packages/api/src/schema.ts";

#[derive(clap::Args)]
pub struct Options {
    /// Change nothing; fail when a committed file differs from what the code would make.
    #[arg(long)]
    pub check: bool,
}

pub fn run(options: &Options) -> anyhow::Result<()> {
    let (document, client) = (shell::root().join(DOCUMENT), shell::root().join(CLIENT));
    let before = [read(&document), read(&client)];
    let program = demo::build_server(false)?;
    let made = shell::read(shell::command(program, "").arg("openapi"))?;
    std::fs::write(&document, &made)?;
    web::require_node()?;
    web::install("web")?;
    let outcome = shell::read(&mut web::npm("web", &["run", "gen:api"]));
    let after = [made, read(&client)];
    if options.check {
        // The client is made from the file, so the file had to be written: put both back as they were.
        restore(&document, &before[0])?;
        restore(&client, &before[1])?;
    }
    outcome.context("the typed client could not be made from openapi.json")?;
    let stale: Vec<&str> = [DOCUMENT, CLIENT]
        .into_iter()
        .enumerate()
        .filter(|(i, _)| before[*i] != after[*i])
        .map(|(_, n)| n)
        .collect();
    match (options.check, stale.is_empty()) {
        (_, true) => println!("{DOCUMENT} and {CLIENT} are fresh"),
        (false, false) => println!("wrote {}", stale.join(" and ")),
        (true, false) => {
            bail!("{} is stale: run `cargo xtask gen` and commit the result", stale.join(" and "))
        }
    }
    Ok(())
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_default()
}

fn restore(path: &Path, text: &str) -> anyhow::Result<()> {
    match text.is_empty() {
        true => std::fs::remove_file(path).or(Ok(())),
        false => Ok(std::fs::write(path, text)?),
    }
}
