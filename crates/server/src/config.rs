//! Settings from a TOML file and the command line. Anything wrong refuses to start with the cure in the sentence.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use app::kernel::db::Location;
use app::kernel::network::{Network, Settings};
use base::{Rng, Secret};
use serde::Deserialize;

/// `huoqun.toml`. Every field may be absent.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct File {
    /// Address to listen on, for example `0.0.0.0:8080`.
    pub listen: Option<SocketAddr>,
    /// Folder for the database and the master key.
    pub data: Option<PathBuf>,
    /// `postgres://…`; a SQLite file in `data` when absent.
    pub database: Option<String>,
    /// Address under which people and WeCom reach this server, for example `https://huoqun.example.com`.
    pub public_url: Option<String>,
    /// `error`, `warn`, `info`, `debug` or `trace`.
    pub log: Option<String>,
    /// Addresses or networks of your own reverse proxies, whose `X-Forwarded-For` is believed: `["10.0.0.2"]`.
    pub proxies: Vec<String>,
    /// Networks that webhooks may reach although they are not public: `["10.1.0.0/16"]`.
    pub webhook_networks: Vec<String>,
}

impl File {
    /// Reads a file, or nothing when no path is given.
    pub fn read(path: Option<&Path>) -> anyhow::Result<Self> {
        let Some(path) = path else { return Ok(Self::default()) };
        let text = std::fs::read_to_string(path).with_context(|| {
            format!("the settings file {} can't be read; name it with --config", path.display())
        })?;
        toml::from_str(&text).with_context(|| format!("the settings file {} is not right", path.display()))
    }
}

/// What the file says about addresses.
pub fn network(file: &File) -> anyhow::Result<Settings> {
    let read = |texts: &[String], field: &str| {
        let one = |text: &String| {
            Network::parse(text).with_context(|| {
                format!(
                    "`{field}` must hold networks such as 10.0.0.0/8 or single addresses; {text:?} is neither"
                )
            })
        };
        texts.iter().map(one).collect::<anyhow::Result<Vec<_>>>()
    };
    Ok(Settings {
        proxies: read(&file.proxies, "proxies")?,
        outgoing: read(&file.webhook_networks, "webhook_networks")?,
        loopback: false,
    })
}

/// Where the data lies.
pub fn location(database: Option<&str>, data: &Path) -> anyhow::Result<Location> {
    match database {
        None => Ok(Location::SqliteFile(data.join("huoqun.db"))),
        Some(url) if url.starts_with("postgres://") || url.starts_with("postgresql://") => {
            Ok(Location::Postgres(Secret::new(url.to_owned())))
        }
        Some(_) => {
            bail!("`database` must begin with postgres://; leave it out to use SQLite in the data folder")
        }
    }
}

/// Checks and trims the public address.
pub fn public_url(given: Option<&str>, listen: SocketAddr) -> anyhow::Result<String> {
    let Some(url) = given else { return Ok(format!("http://{listen}")) };
    let url = url.trim_end_matches('/');
    let host = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
    match host {
        Some(host) if !host.is_empty() && !host.contains('/') => Ok(url.to_owned()),
        _ => bail!("`public_url` must look like https://huoqun.example.com, without a path; it is {url:?}"),
    }
}

/// Makes the data folder if need be.
pub fn data_folder(path: &Path) -> anyhow::Result<()> {
    std::fs::create_dir_all(path).with_context(|| {
        format!("the data folder {} can't be made; choose one you may write with --data", path.display())
    })
}

/// The key that seals credentials: read from `master.key` in the data folder, made at the first start.
pub fn master_key(data: &Path) -> anyhow::Result<Secret<[u8; 32]>> {
    let path = data.join("master.key");
    if !path.exists() {
        write_private(&path, &entropy()?)?;
    }
    let bytes = std::fs::read(&path).with_context(|| {
        format!("the master key {} can't be read; give this user the right to", path.display())
    })?;
    let key: [u8; 32] = bytes.try_into().map_err(|_| {
        anyhow::anyhow!(
            "the master key {} must hold 32 bytes; restore it from your backup (credentials can't be opened without it)",
            path.display()
        )
    })?;
    Ok(Secret::new(key))
}

fn write_private(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    use std::io::Write as _;
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path).with_context(|| {
        format!("the master key {} can't be written; choose a folder you may write", path.display())
    })?;
    file.write_all(bytes)?;
    file.sync_all()?;
    Ok(())
}

/// 32 bytes of the machine's entropy.
fn entropy() -> anyhow::Result<[u8; 32]> {
    let mut bytes = [0u8; 32];
    getrandom::fill(&mut bytes).map_err(|e| anyhow::anyhow!("the machine gives no entropy: {e}"))?;
    Ok(bytes)
}

/// A stream of chance that nobody can foresee, for a server; demos and tests are seeded instead.
pub fn unforeseeable() -> anyhow::Result<Rng> {
    Ok(Rng::unforeseeable(entropy()?))
}
