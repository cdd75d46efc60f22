//! Other people's implementations of WeCom's callback crypto: our tests talk with both, both ways.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Context as _;

use crate::{shell, web};

const DIR: &str = "crates/wecom/tests/peers";

/// What to tell the Rust tests, as environment variables.
pub fn prepare() -> anyhow::Result<Vec<(&'static str, String)>> {
    let dir = shell::root().join(DIR);
    let mut told = Vec::new();
    if dir.join("package-lock.json").is_file() {
        web::require_node()?;
        web::install(DIR)?;
        told.push(("HUOQUN_NODE_PEER", dir.display().to_string()));
    }
    if dir.join("requirements.txt").is_file() {
        told.push(("HUOQUN_PYTHON_PEER", virtual_env(&dir, "peers")?.display().to_string()));
    }
    Ok(told)
}

/// A Python of its own under the target directory with what `requirements.txt` in `dir` names, made anew when that
/// changes.
pub fn virtual_env(dir: &Path, name: &str) -> anyhow::Result<PathBuf> {
    let place = crate::demo::target_dir()?.join(format!("{name}-venv"));
    let python = place.join("bin/python");
    let mark = place.join(".huoqun-requirements");
    let wanted = std::fs::read_to_string(dir.join("requirements.txt"))?;
    if python.is_file() && std::fs::read_to_string(&mark).is_ok_and(|had| had == wanted) {
        return Ok(python);
    }
    println!("making a Python environment: {name}");
    let _ = std::fs::remove_dir_all(&place);
    let made = shell::read(Command::new("python3").args(["-m", "venv"]).arg(&place));
    if let Err(why) = made {
        // Debian ships venv's pip bootstrap apart from python3.
        println!("{why:#}");
        crate::apt::install(&["python3-venv"])?;
        shell::run(Command::new("python3").args(["-m", "venv"]).arg(&place))?;
    }
    let mut pip = Command::new(&python);
    pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r"])
        .arg(dir.join("requirements.txt"));
    shell::run(&mut pip)
        .context("pip could not install what requirements.txt names; is its index within reach?")?;
    std::fs::write(&mark, wanted)?;
    Ok(python)
}
