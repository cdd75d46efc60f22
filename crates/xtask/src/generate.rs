//! `cargo xtask gen`: files that are made from the code, committed, and compared in every test run.

use std::path::{Path, PathBuf};
use std::time::SystemTime;

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
    let before = files.each_ref().map(|path| Made::read(path));
    let outcome = make(&files);
    let after = files.each_ref().map(|path| Made::read(path));
    let stale = |i: &usize| before[*i].bytes != after[*i].bytes;
    for (i, path) in files.iter().enumerate() {
        // One is made from another, so they had to be written: a check puts all back as they were, and what came out
        // the same keeps its time, or whatever embeds it would be built anew.
        if options.check || !stale(&i) {
            before[i].put_back(path)?;
        }
    }
    outcome?;
    let stale: Vec<&str> = (0..MADE.len()).filter(stale).map(|i| MADE[i]).collect();
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

/// What stood in a file and since when; nothing of one that wasn't there.
struct Made {
    bytes: Option<Vec<u8>>,
    since: Option<SystemTime>,
}

impl Made {
    fn read(path: &Path) -> Self {
        let since = std::fs::metadata(path).and_then(|about| about.modified());
        Self { bytes: std::fs::read(path).ok(), since: since.ok() }
    }

    fn put_back(&self, path: &Path) -> anyhow::Result<()> {
        let Some(bytes) = &self.bytes else { return std::fs::remove_file(path).or(Ok(())) };
        std::fs::write(path, bytes)?;
        if let Some(since) = self.since {
            std::fs::File::options().write(true).open(path)?.set_modified(since)?;
        }
        Ok(())
    }
}
