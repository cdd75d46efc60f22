//! Starting other programs: where the repository is, how a command is run, shown and listened to.

use std::ffi::OsStr;
use std::io::{BufRead as _, BufReader, Read, Write as _};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context as _, bail};

/// The root of the repository.
pub fn root() -> PathBuf {
    // Cargo says it at run time; the value from build time would be wrong after the checkout was moved.
    let here = std::env::var("CARGO_MANIFEST_DIR").unwrap_or_else(|_| env!("CARGO_MANIFEST_DIR").to_owned());
    Path::new(&here).ancestors().nth(2).map_or_else(|| PathBuf::from("."), Path::to_path_buf)
}

/// A command that runs in `dir` (relative to the root; `""` is the root itself).
pub fn command(program: impl AsRef<OsStr>, dir: impl AsRef<Path>) -> Command {
    let mut command = Command::new(program);
    command.current_dir(root().join(dir));
    command
}

/// The cargo that runs us, without the variables that describe xtask itself to a build script.
pub fn cargo<const N: usize>(args: [&str; N]) -> Command {
    let mut command = command(std::env::var("CARGO").unwrap_or_else(|_| "cargo".into()), "");
    for (name, _) in std::env::vars() {
        if name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_") || name == "CARGO_BIN_NAME" {
            command.env_remove(name);
        }
    }
    command.args(args);
    command
}

/// Runs with inherited output; a bad end is an error that names the command.
pub fn run(command: &mut Command) -> anyhow::Result<()> {
    let status = command.status().with_context(|| format!("cannot start {}", shown(command)))?;
    if !status.success() {
        bail!("{} ended with {status}", shown(command));
    }
    Ok(())
}

/// Runs quietly and gives what it printed; a bad end is an error that carries its error output.
pub fn read(command: &mut Command) -> anyhow::Result<String> {
    let output = command.output().with_context(|| format!("cannot start {}", shown(command)))?;
    if !output.status.success() {
        bail!(
            "{} ended with {}: {}",
            shown(command),
            output.status,
            String::from_utf8_lossy(&output.stderr).trim()
        );
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// What a command that was both shown and listened to did.
pub struct Heard {
    pub success: bool,
    pub text: String,
}

/// Runs, shows every line as it comes and keeps them all.
pub fn tee(command: &mut Command) -> anyhow::Result<Heard> {
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().with_context(|| format!("cannot start {}", shown(command)))?;
    let text = Arc::new(Mutex::new(String::new()));
    let readers = [
        child.stdout.take().map(|pipe| listen(pipe, text.clone())),
        child.stderr.take().map(|pipe| listen(pipe, text.clone())),
    ];
    let status = child.wait()?;
    for reader in readers.into_iter().flatten() {
        let _ = reader.join();
    }
    let text = text.lock().unwrap_or_else(PoisonError::into_inner).clone();
    Ok(Heard { success: status.success(), text })
}

fn listen(pipe: impl Read + Send + 'static, text: Arc<Mutex<String>>) -> std::thread::JoinHandle<()> {
    std::thread::spawn(move || {
        let mut pipe = BufReader::new(pipe);
        let mut line = Vec::new();
        while pipe.read_until(b'\n', &mut line).is_ok_and(|n| n > 0) {
            let shown = String::from_utf8_lossy(&line).into_owned();
            let mut text = text.lock().unwrap_or_else(PoisonError::into_inner);
            // A closed terminal must not end the run.
            let _ = std::io::stdout().write_all(shown.as_bytes());
            text.push_str(&shown);
            line.clear();
        }
    })
}

/// `cargo test --workspace`, for messages.
fn shown(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(|w| w.to_string_lossy().into_owned()).collect::<Vec<_>>().join(" ")
}

/// The first executable of this name on the search path.
pub fn find(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|dir| dir.join(program)).find(|file| file.is_file())
}

/// A TCP port on 127.0.0.1 that was free a moment ago.
pub fn free_port() -> anyhow::Result<u16> {
    Ok(TcpListener::bind("127.0.0.1:0").context("no free TCP port on 127.0.0.1")?.local_addr()?.port())
}

/// True for root, who may install packages and must not run a database.
pub fn is_root() -> bool {
    std::fs::read_to_string("/proc/self/status")
        .is_ok_and(|s| s.lines().any(|l| l.starts_with("Uid:") && l.split_whitespace().nth(2) == Some("0")))
}

/// True where nobody watches and a skipped part would go unnoticed.
pub fn in_ci() -> bool {
    std::env::var("CI").is_ok_and(|v| !matches!(v.as_str(), "" | "0" | "false"))
}
