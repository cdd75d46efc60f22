//! A private throw-away PostgreSQL: own directory, own port, gone at the end.
//!
//! A server that already runs on this machine is never used: it may belong to somebody else.

use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};

use crate::{apt, shell};

const USER: &str = "huoqun";
/// Speed over safety: the cluster does not outlive the run. Durable settings are for [`Durability::Real`].
const FAST: &[&str] = &["fsync=off", "synchronous_commit=off", "full_page_writes=off"];

/// Whether a crash of the machine may lose the data.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Durability {
    /// For tests.
    None,
    /// For yardsticks: as a careful administrator would run it.
    Real,
}

/// A running cluster. Stopped and removed when dropped.
pub struct Cluster {
    dir: PathBuf,
    bin: PathBuf,
    owner: Option<Owner>,
    port: u16,
    server: Child,
}

/// The unprivileged account that runs the server when we are root, who must not.
#[derive(Clone, Copy)]
struct Owner {
    uid: u32,
    gid: u32,
}

impl Cluster {
    /// Finds (or installs) the server, makes a cluster and waits until it answers.
    pub fn start(durability: Durability) -> anyhow::Result<Self> {
        Self::tuned(durability, &[])
    }

    /// The same with settings of the caller's own, `name=value`.
    pub fn tuned(durability: Durability, settings: &[&str]) -> anyhow::Result<Self> {
        let bin = programs()?;
        let owner = if shell::is_root() { Some(unprivileged()?) } else { None };
        sweep(&bin, owner);
        let dir = std::env::temp_dir().join(format!("huoqun-pg-{}", std::process::id()));
        std::fs::create_dir_all(&dir)?;
        if let Some(owner) = owner {
            chown(&dir, Some(owner.uid), Some(owner.gid))?;
        }
        let data = dir.join("data");
        let mut initdb = as_owner(bin.join("initdb"), owner);
        initdb.args([
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C.UTF-8",
            "--no-sync",
            "--username",
            USER,
            "-D",
        ]);
        shell::read(initdb.arg(&data).env("TZ", "UTC")).context("PostgreSQL could not make a cluster")?;
        let mut trouble = None;
        // Between asking for a free port and taking it, another process may be faster.
        for _ in 0..3 {
            let port = shell::free_port()?;
            let server = serve(&bin, owner, &dir, port, (durability, settings))?;
            let mut cluster = Self { dir: dir.clone(), bin: bin.clone(), owner, port, server };
            match cluster.wait_ready() {
                Ok(()) => return Ok(cluster),
                Err(why) => trouble = Some(why),
            }
            let _ = cluster.server.kill();
            let _ = cluster.server.wait();
            std::mem::forget(cluster);
        }
        let _ = std::fs::remove_dir_all(&dir);
        Err(trouble.unwrap_or_else(|| anyhow::anyhow!("PostgreSQL did not start")))
    }

    /// `postgres://huoqun@127.0.0.1:PORT/postgres`, a superuser.
    pub fn url(&self) -> String {
        format!("postgres://{USER}@127.0.0.1:{}/postgres", self.port)
    }

    /// A client program of the same installation, already pointed at this cluster.
    pub fn client(&self, program: &str) -> Command {
        let mut command = Command::new(self.bin.join(program));
        command.args(["-h", "127.0.0.1", "-U", USER, "-p"]).arg(self.port.to_string());
        command
    }

    fn wait_ready(&mut self) -> anyhow::Result<()> {
        let began = Instant::now();
        while began.elapsed() < Duration::from_secs(30) {
            if let Some(status) = self.server.try_wait()? {
                bail!("PostgreSQL ended with {status}: {}", self.log());
            }
            let mut ask = self.client("psql");
            if let Ok(answer) = shell::read(ask.args(["-d", "postgres", "-Atc", "show data_directory"])) {
                let (asked, ours) = (Path::new(answer.trim()), self.dir.join("data"));
                if asked != ours {
                    bail!("port {} answers for {}, which is not ours", self.port, asked.display());
                }
                return Ok(());
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        bail!("PostgreSQL was not ready after 30 s: {}", self.log())
    }

    fn log(&self) -> String {
        std::fs::read_to_string(self.dir.join("log")).unwrap_or_default()
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        let mut stop = as_owner(self.bin.join("pg_ctl"), self.owner);
        let stopped = shell::read(stop.args(["stop", "-m", "immediate", "-D"]).arg(self.dir.join("data")));
        if stopped.is_err() {
            let _ = self.server.kill();
        }
        let _ = self.server.wait();
        let _ = std::fs::remove_dir_all(&self.dir);
    }
}

fn serve(
    bin: &Path,
    owner: Option<Owner>,
    dir: &Path,
    port: u16,
    (durability, tuned): (Durability, &[&str]),
) -> anyhow::Result<Child> {
    let log = std::fs::File::create(dir.join("log"))?;
    let mut server = as_owner(bin.join("postgres"), owner);
    server.arg("-D").arg(dir.join("data")).arg("-k").arg(dir).args(["-p", &port.to_string()]);
    let mut settings = vec!["listen_addresses=127.0.0.1", "max_connections=300", "shared_buffers=128MB"];
    if durability == Durability::None {
        settings.extend(FAST);
    }
    // Of a setting that comes twice the last counts.
    settings.extend(tuned);
    for setting in settings {
        server.args(["-c", setting]);
    }
    server.stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log).env("TZ", "UTC");
    server.spawn().context("cannot start PostgreSQL")
}

fn as_owner(program: PathBuf, owner: Option<Owner>) -> Command {
    let mut command = Command::new(program);
    command.current_dir("/");
    if let Some(owner) = owner {
        command.uid(owner.uid).gid(owner.gid);
    }
    command
}

/// The directory that holds `initdb`, `pg_ctl`, `postgres` and `psql`; installs Debian's server when there is none.
fn programs() -> anyhow::Result<PathBuf> {
    if let Some(dir) = look() {
        return Ok(dir);
    }
    apt::install(&["postgresql"])?;
    look().context("postgresql was installed, but its initdb is not under /usr/lib/postgresql")
}

fn look() -> Option<PathBuf> {
    let whole = |dir: &Path| ["initdb", "pg_ctl", "postgres", "psql"].iter().all(|p| dir.join(p).is_file());
    let mut versions: Vec<(u32, PathBuf)> = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|e| Some((e.file_name().to_str()?.parse().ok()?, e.path().join("bin"))))
        .filter(|(_, dir)| whole(dir))
        .collect();
    versions.sort();
    let on_path =
        || shell::find("initdb").and_then(|f| f.parent().map(Path::to_path_buf)).filter(|dir| whole(dir));
    versions.pop().map(|(_, dir)| dir).or_else(on_path)
}

/// `postgres` where Debian made it, else `nobody`.
fn unprivileged() -> anyhow::Result<Owner> {
    let accounts = std::fs::read_to_string("/etc/passwd")?;
    let account = |name: &str| {
        accounts.lines().find_map(|line| {
            let mut fields = line.split(':');
            (fields.next()? == name).then_some(())?;
            Some(Owner { uid: fields.nth(1)?.parse().ok()?, gid: fields.next()?.parse().ok()? })
        })
    };
    account("postgres")
        .or_else(|| account("nobody"))
        .context("PostgreSQL refuses root, and there is no user to run it as")
}

/// Ends and removes clusters whose run was killed before it could.
fn sweep(bin: &Path, owner: Option<Owner>) {
    for entry in std::fs::read_dir(std::env::temp_dir()).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let Some(pid) = name.to_str().and_then(|n| n.strip_prefix("huoqun-pg-")) else { continue };
        if Path::new("/proc").join(pid).exists() || pid.parse::<u32>().is_err() {
            continue;
        }
        let mut stop = as_owner(bin.join("pg_ctl"), owner);
        let _ = shell::read(stop.args(["stop", "-m", "immediate", "-D"]).arg(entry.path().join("data")));
        let _ = std::fs::remove_dir_all(entry.path());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cluster_is_private_and_leaves_nothing() {
        if look().is_none() {
            eprintln!("SKIPPED: no PostgreSQL server on this machine");
            return;
        }
        let cluster = Cluster::start(Durability::None).expect("a cluster");
        let ask = |sql: &str| {
            let said =
                shell::read(cluster.client("psql").args(["-d", "postgres", "-Atc", sql])).expect("an answer");
            said.trim().to_owned()
        };
        assert_eq!(ask("show fsync"), "off");
        assert_eq!(ask("select datcollate from pg_database where datname = 'postgres'"), "C.UTF-8");
        assert!(ask("show data_directory").starts_with(&cluster.dir.display().to_string()));
        let dir = cluster.dir.clone();
        assert!(dir.exists());
        drop(cluster);
        assert!(!dir.exists());
    }
}
