//! How long until it is ready, how much memory it takes doing nothing, how big it is.

use std::collections::BTreeSet;
use std::time::Duration;

use anyhow::Context as _;

use super::process::{Folder, Server};
use super::{Options, conclude, http, median};
use crate::{apt, demo, shell, web};

/// Memory is read when start-up's work has settled.
const SETTLED_AFTER: Duration = Duration::from_secs(2);

pub fn run(options: &Options) -> anyhow::Result<()> {
    if shell::find("redis-server").is_none() {
        apt::install(&["redis-server"])?;
    }
    web::build()?;
    let program = demo::build_server(!options.dev)?;
    let (mut starts, mut memories) = (Vec::new(), Vec::new());
    for round in 1..=options.rounds {
        let (redis_ready, redis_memory) = redis()?;
        let (ready, memory) = product(&program)?;
        println!(
            "footprint round {round}: ready {:.0} ms (redis {:.0} ms), idle {:.1} MB (redis {:.1} MB)",
            ready * 1e3,
            redis_ready * 1e3,
            memory / 1e6,
            redis_memory / 1e6
        );
        starts.push(ready / redis_ready);
        memories.push(memory / redis_memory);
    }
    let size = std::fs::metadata(&program)?.len() as f64;
    let first_load = first_load(&program)?;
    println!("footprint binary={:.1} MB goal<=45 MB", size / 1e6);
    println!("footprint first_load={:.0} kB goal<=400 kB compressed", first_load as f64 / 1e3);
    conclude("footprint.ready", median(&starts), "<=3", "redis-server");
    conclude("footprint", median(&memories), "<=5", "redis-server-rss");
    Ok(())
}

/// Seconds to ready and bytes of resident memory.
fn product(program: &std::path::Path) -> anyhow::Result<(f64, f64)> {
    let folder = Folder::new("product")?;
    let server = serve(program, &folder)?;
    std::thread::sleep(SETTLED_AFTER);
    Ok((server.ready_after.as_secs_f64(), server.memory()?))
}

/// An empty installation of the product.
pub fn serve(program: &std::path::Path, folder: &Folder) -> anyhow::Result<Server> {
    let start = |address: &str| {
        let mut command = std::process::Command::new(program);
        command.args(["serve", "--listen", address, "--data"]).arg(folder.path().join("data"));
        command
    };
    Server::start(folder, start, |address| http::get(address, "/health").is_ok_and(|a| a.status == 200))
}

fn redis() -> anyhow::Result<(f64, f64)> {
    let folder = Folder::new("redis")?;
    let start = |address: &str| {
        let mut command = std::process::Command::new("redis-server");
        let port = address.rsplit(':').next().unwrap_or_default().to_owned();
        command.args(["--port", &port, "--bind", "127.0.0.1", "--save", "", "--dir"]).arg(folder.path());
        command
    };
    let server = Server::start(&folder, start, answers_ping)?;
    std::thread::sleep(SETTLED_AFTER);
    Ok((server.ready_after.as_secs_f64(), server.memory()?))
}

fn answers_ping(address: &str) -> bool {
    use std::io::{Read as _, Write as _};
    let Ok(mut stream) = std::net::TcpStream::connect(address) else { return false };
    let mut answer = [0u8; 5];
    stream.write_all(b"PING\r\n").is_ok() && stream.read_exact(&mut answer).is_ok() && &answer == b"+PONG"
}

/// Compressed bytes of the page and of every script and style it names: what a newcomer waits for.
fn first_load(program: &std::path::Path) -> anyhow::Result<usize> {
    let folder = Folder::new("console")?;
    let server = serve(program, &folder)?;
    let fetch =
        |path: &str| http::ask(&server.address, "GET", path, &[("Accept-Encoding", "br, gzip")], "")?.ok();
    let page = http::get(&server.address, "/console/")?.ok().context("the console's page")?;
    let page = String::from_utf8_lossy(&page.body).into_owned();
    let named: BTreeSet<&str> = page
        .split('"')
        .filter(|text| text.starts_with('/') && (text.ends_with(".js") || text.ends_with(".css")))
        .collect();
    anyhow::ensure!(!named.is_empty(), "the page names no script: is the console built?");
    let mut sum = fetch("/console/")?.body.len();
    for path in named {
        sum += fetch(path)?.body.len();
    }
    Ok(sum)
}
