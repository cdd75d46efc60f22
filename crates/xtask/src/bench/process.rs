//! Servers that a benchmark starts: a directory and a port of their own, ended with the benchmark.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::bail;

use crate::shell;

/// A directory that goes when it is dropped.
pub struct Folder(PathBuf);

impl Folder {
    pub fn new(name: &str) -> anyhow::Result<Self> {
        let path = std::env::temp_dir().join(format!("huoqun-bench-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir_all(&path)?;
        Ok(Self(path))
    }
    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// A started server.
pub struct Server {
    child: Child,
    pub address: String,
    /// From its start until `ready` said yes.
    pub ready_after: Duration,
    log: PathBuf,
}

impl Server {
    /// Starts what `command` makes of an address and waits until `ready` says yes.
    pub fn start(
        folder: &Folder,
        command: impl FnOnce(&str) -> Command,
        ready: impl Fn(&str) -> bool,
    ) -> anyhow::Result<Self> {
        let address = format!("127.0.0.1:{}", shell::free_port()?);
        let log = folder.path().join("log");
        let output = std::fs::File::create(&log)?;
        let mut command = command(&address);
        command.stdin(Stdio::null()).stdout(output.try_clone()?).stderr(output);
        let began = Instant::now();
        let child = command.spawn()?;
        let mut server = Self { child, address, ready_after: Duration::ZERO, log };
        while !ready(&server.address) {
            if let Some(status) = server.child.try_wait()? {
                bail!("{:?} ended with {status}: {}", command.get_program(), server.log());
            }
            if began.elapsed() > Duration::from_secs(60) {
                bail!("{:?} was not ready after 60 s: {}", command.get_program(), server.log());
            }
            std::thread::sleep(Duration::from_micros(500));
        }
        server.ready_after = began.elapsed();
        Ok(server)
    }

    /// Ends it as an administrator would, so that its store is closed and its port free.
    pub fn stop(mut self) -> anyhow::Result<()> {
        let pid = self.child.id().to_string();
        shell::read(Command::new("kill").args(["-TERM", &pid]))?;
        let began = Instant::now();
        while self.child.try_wait()?.is_none() {
            if began.elapsed() > Duration::from_secs(60) {
                bail!("the server did not end within a minute: {}", self.log());
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        Ok(())
    }

    /// Resident memory in bytes.
    pub fn memory(&self) -> anyhow::Result<f64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = status.lines().find(|l| l.starts_with("VmRSS:")).unwrap_or_default();
        Ok(line.split_whitespace().nth(1).and_then(|n| n.parse::<f64>().ok()).unwrap_or(f64::NAN) * 1024.0)
    }

    /// Processor time it took so far, in seconds: what noise of the machine disturbs least.
    pub fn processor_time(&self) -> anyhow::Result<f64> {
        /// Of `/proc/PID/stat`, on every Linux.
        const TICKS_PER_SECOND: f64 = 100.0;
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id()))?;
        // The name in brackets may hold blanks; the times are the 12th and 13th words after it.
        let words: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
        let ticks = |at: usize| words.get(at).and_then(|w| w.parse::<f64>().ok()).unwrap_or(f64::NAN);
        Ok((ticks(11) + ticks(12)) / TICKS_PER_SECOND)
    }

    /// What it printed so far.
    pub fn log(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap_or_default()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
