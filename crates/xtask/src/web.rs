//! The console's side of the build: Node, packages, the bundle. Each step runs only when its input changed.

use std::hash::{DefaultHasher, Hasher as _};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, bail};

use crate::shell;

const OLDEST_NODE: u32 = 20;

/// Says in one sentence what is missing before anything long begins.
pub fn require_node() -> anyhow::Result<()> {
    let Ok(version) = shell::read(Command::new("node").arg("--version")) else {
        bail!(
            "Node.js is missing: install version {OLDEST_NODE} or newer from nodejs.org or your package manager."
        );
    };
    let major = version.trim().trim_start_matches('v').split('.').next().and_then(|m| m.parse::<u32>().ok());
    if major.is_none_or(|m| m < OLDEST_NODE) {
        bail!("Node.js {} is too old: version {OLDEST_NODE} or newer is needed.", version.trim());
    }
    if shell::read(Command::new("npm").arg("--version")).is_err() {
        bail!("npm is missing: it comes with Node.js, or as the package `npm`.");
    }
    Ok(())
}

pub fn npm(dir: &str, args: &[&str]) -> Command {
    let mut command = shell::command("npm", dir);
    // No colour, so that the totals can be read from the output; no advice, so that the output is ours.
    command.args(args).env("NO_COLOR", "1").env("npm_config_fund", "false").env("npm_config_audit", "false");
    command.env("npm_config_update_notifier", "false");
    command
}

/// `npm ci` in `dir`, unless node_modules was made from this very lock.
pub fn install(dir: &str) -> anyhow::Result<()> {
    let dir_path = shell::root().join(dir);
    let lock = std::fs::read(dir_path.join("package-lock.json"))
        .with_context(|| format!("{dir}/package-lock.json is missing"))?;
    let mark = dir_path.join("node_modules/.huoqun-lock");
    let now = digest_of(&lock);
    if std::fs::read_to_string(&mark).is_ok_and(|then| then == now) {
        return Ok(());
    }
    println!("installing the packages of {dir} (npm ci)");
    shell::run(&mut npm(dir, &["ci", "--no-fund", "--no-audit"]))?;
    std::fs::write(&mark, now)?;
    Ok(())
}

/// Packages and bundle of the console, each only when its input changed.
pub fn build() -> anyhow::Result<()> {
    require_node()?;
    install("web")?;
    let web = shell::root().join("web");
    let mark = web.join("node_modules/.huoqun-build");
    let now = digest_of_tree(&web)?;
    if web.join("dist").is_dir() && std::fs::read_to_string(&mark).is_ok_and(|then| then == now) {
        return Ok(());
    }
    println!("building the console (vite)");
    shell::run(&mut npm("web", &["run", "build"]))?;
    std::fs::write(&mark, now)?;
    Ok(())
}

fn digest_of(bytes: &[u8]) -> String {
    let mut hasher = DefaultHasher::new();
    hasher.write(bytes);
    format!("{:016x}", hasher.finish())
}

/// Names and contents of everything the bundle is made from.
fn digest_of_tree(dir: &Path) -> anyhow::Result<String> {
    let mut files = Vec::new();
    collect(dir, &mut files)?;
    files.sort();
    let mut hasher = DefaultHasher::new();
    for file in files {
        hasher.write(file.to_string_lossy().as_bytes());
        hasher.write(&std::fs::read(&file)?);
    }
    Ok(format!("{:016x}", hasher.finish()))
}

fn collect(dir: &Path, files: &mut Vec<PathBuf>) -> anyhow::Result<()> {
    for entry in std::fs::read_dir(dir)? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default();
        match path.is_dir() {
            true if name == "node_modules" || name == "dist" => {}
            true => collect(&path, files)?,
            false => files.push(path),
        }
    }
    Ok(())
}
