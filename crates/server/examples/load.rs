//! Load for the benchmarks: a hello server to compare with, and a client that keeps many connections busy with requests
//! that all differ. Answers one JSON line. Used by `cargo xtask bench`.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use clap::{Args, Parser, Subcommand};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use wecom::crypto::{CallbackCrypto, Stamp};

#[derive(Parser)]
struct Cli {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Serve `hello` on every path: the ceiling of HTTP on this machine.
    Hello {
        #[arg(long)]
        listen: String,
    },
    /// GET one path again and again.
    Get(Target),
    /// POST encrypted callbacks, each of them another event.
    Callbacks(Callbacks),
}

#[derive(Args, Clone)]
struct Target {
    /// `127.0.0.1:PORT`
    #[arg(long)]
    address: String,
    #[arg(long)]
    path: String,
    #[arg(long, default_value_t = 512)]
    connections: usize,
    #[arg(long, default_value_t = 5.0)]
    seconds: f64,
}

#[derive(Args)]
struct Callbacks {
    #[command(flatten)]
    target: Target,
    #[arg(long)]
    corp: String,
    #[arg(long)]
    token: String,
    #[arg(long)]
    key: String,
    /// Number of the first event: rounds against one server must not repeat each other.
    #[arg(long, default_value_t = 0)]
    first: usize,
    /// Events sealed before the clock starts.
    #[arg(long, default_value_t = 200_000)]
    events: usize,
    /// Unix seconds that the events carry.
    #[arg(long)]
    at: i64,
}

fn main() -> anyhow::Result<()> {
    match Cli::parse().what {
        What::Hello { listen } => hello(&listen),
        What::Get(target) => {
            let request =
                format!("GET {} HTTP/1.1\r\nHost: {}\r\n\r\n", target.path, target.address).into_bytes();
            drive(&target, Requests { bytes: request.clone(), ends: vec![request.len()], repeat: true })
        }
        What::Callbacks(callbacks) => drive(&callbacks.target, sealed(&callbacks)?),
    }
}

#[tokio::main]
async fn hello(listen: &str) -> anyhow::Result<()> {
    let router = axum::Router::new().fallback(|| async { "hello" });
    let listener = tokio::net::TcpListener::bind(listen).await?;
    Ok(axum::serve(listener, router).await?)
}

/// Whole requests, one after the other in one buffer.
struct Requests {
    bytes: Vec<u8>,
    ends: Vec<usize>,
    /// Begin again after the last; otherwise stop there.
    repeat: bool,
}

impl Requests {
    fn get(&self, number: usize) -> Option<&[u8]> {
        let number = if self.repeat { number % self.ends.len() } else { number };
        let end = *self.ends.get(number)?;
        let start = number.checked_sub(1).map_or(0, |before| self.ends[before]);
        Some(&self.bytes[start..end])
    }
}

/// Seals distinct changes of contacts: the event WeCom sends most.
fn sealed(callbacks: &Callbacks) -> anyhow::Result<Requests> {
    let crypto =
        CallbackCrypto::new(&callbacks.token, &callbacks.key, &callbacks.corp).context("token or key")?;
    let mut requests = Requests { bytes: Vec::new(), ends: Vec::new(), repeat: false };
    for number in callbacks.first..callbacks.first + callbacks.events {
        let at = callbacks.at;
        let message = format!(
            "<xml><ToUserName><![CDATA[{corp}]]></ToUserName><FromUserName><![CDATA[sys]]></FromUserName>\
             <CreateTime>{at}</CreateTime><MsgType><![CDATA[event]]></MsgType>\
             <Event><![CDATA[change_external_contact]]></Event><ChangeType><![CDATA[edit_external_contact]]></ChangeType>\
             <UserID><![CDATA[staff{staff}]]></UserID><ExternalUserID><![CDATA[wm{number:030}]]></ExternalUserID></xml>",
            corp = callbacks.corp,
            staff = number % 50,
        );
        let (timestamp, nonce) = (at.to_string(), format!("n{number}"));
        let mut random16 = [0u8; 16];
        random16[..8].copy_from_slice(&number.to_le_bytes());
        let stamp = Stamp { timestamp: &timestamp, nonce: &nonce, random16 };
        let delivery = crypto.delivery(&stamp, None, &message);
        let head = format!(
            "POST {}?msg_signature={}&timestamp={timestamp}&nonce={nonce} HTTP/1.1\r\nHost: {}\r\n\
             Content-Type: text/xml\r\nContent-Length: {}\r\n\r\n",
            callbacks.target.path,
            delivery.signature,
            callbacks.target.address,
            delivery.body.len()
        );
        requests.bytes.extend_from_slice(head.as_bytes());
        requests.bytes.extend_from_slice(delivery.body.as_bytes());
        requests.ends.push(requests.bytes.len());
    }
    Ok(requests)
}

/// Keeps all connections busy for the given time and says what came of it.
#[tokio::main(flavor = "current_thread")]
async fn drive(target: &Target, requests: Requests) -> anyhow::Result<()> {
    let requests = Arc::new(requests);
    let next = Arc::new(AtomicUsize::new(0));
    let mut streams = Vec::new();
    for _ in 0..target.connections {
        let stream = TcpStream::connect(&target.address).await.context("the server does not listen")?;
        stream.set_nodelay(true)?;
        streams.push(stream);
    }
    let began = Instant::now();
    let until = began + Duration::from_secs_f64(target.seconds);
    let local = tokio::task::LocalSet::new();
    let tasks: Vec<_> = streams
        .into_iter()
        .map(|stream| local.spawn_local(one_connection(stream, requests.clone(), next.clone(), until)))
        .collect();
    local.await;
    let elapsed = began.elapsed().as_secs_f64();
    let mut waits: Vec<u32> = Vec::new();
    let mut trouble = None;
    for task in tasks {
        match task.await? {
            Ok(more) => waits.extend(more),
            Err(why) => trouble = Some(why),
        }
    }
    if let Some(why) = trouble {
        return Err(why);
    }
    waits.sort_unstable();
    let percentile = |p: usize| waits.get(waits.len() * p / 100).copied().unwrap_or(0);
    let answer = serde_json::json!({
        "requests": waits.len(), "seconds": elapsed, "per_second": waits.len() as f64 / elapsed,
        "p50_us": percentile(50), "p99_us": percentile(99), "max_us": waits.last().copied().unwrap_or(0),
    });
    println!("{answer}");
    Ok(())
}

/// Sends, waits for the whole answer, sends the next. Gives the microseconds of each.
async fn one_connection(
    mut stream: TcpStream,
    requests: Arc<Requests>,
    next: Arc<AtomicUsize>,
    until: Instant,
) -> anyhow::Result<Vec<u32>> {
    let mut waits = Vec::new();
    let mut buffer = vec![0u8; 16 * 1024];
    loop {
        let began = Instant::now();
        if began >= until {
            return Ok(waits);
        }
        let Some(request) = requests.get(next.fetch_add(1, Ordering::Relaxed)) else { return Ok(waits) };
        stream.write_all(request).await?;
        let status = answer(&mut stream, &mut buffer).await?;
        if status != 200 {
            bail!("answered {status}");
        }
        waits.push(u32::try_from(began.elapsed().as_micros()).unwrap_or(u32::MAX));
    }
}

/// Reads one answer with a Content-Length and gives its status.
async fn answer(stream: &mut TcpStream, buffer: &mut [u8]) -> anyhow::Result<u16> {
    let mut filled = 0;
    loop {
        let read = stream.read(&mut buffer[filled..]).await?;
        if read == 0 {
            bail!("the server closed the connection");
        }
        filled += read;
        let seen = &buffer[..filled];
        let Some(head) = seen.windows(4).position(|w| w == b"\r\n\r\n") else { continue };
        let text = std::str::from_utf8(&seen[..head])?;
        let length = text
            .lines()
            .find_map(|l| l.split_once(':').filter(|(name, _)| name.eq_ignore_ascii_case("content-length")))
            .and_then(|(_, value)| value.trim().parse::<usize>().ok())
            .unwrap_or(0);
        if filled >= head + 4 + length {
            return text.split(' ').nth(1).and_then(|s| s.parse().ok()).context("no status");
        }
    }
}
