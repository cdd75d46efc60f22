//! `huoqun sim`: WeCom on your desk, alone, for any client.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use base::{Clock as _, ScaledClock, SharedClock, SystemClock};
use clap::Args;
use tokio_util::sync::CancellationToken;
use wecom_sim::{Answer, Deliver, Delivery, Intent, Population, Sim, World};

use crate::{logging, wiring};

#[derive(Args)]
pub struct Options {
    /// Address to listen on.
    #[arg(long, default_value = "127.0.0.1:8090")]
    listen: SocketAddr,
    /// Seed of the company and its people.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How many times faster than real time its clock runs.
    #[arg(long, default_value_t = 1)]
    speed: i64,
    /// Nobody lives there: only whoever acts through the page or `/sim/act`.
    #[arg(long)]
    no_people: bool,
    /// A clock `REAL_MS,SHOWN_MS,SPEED` shared with a server under trial.
    #[arg(long, hide = true)]
    clock: Option<String>,
}

pub async fn run(options: Options) -> anyhow::Result<()> {
    logging::start("warn")?;
    let listener = wiring::listen(options.listen).await?;
    let address = listener.local_addr()?;
    let clock = match options.clock.as_deref() {
        Some(text) => ScaledClock::parse_anchored(text)
            .ok_or_else(|| anyhow::anyhow!("--clock needs three numbers: REAL_MS,SHOWN_MS,SPEED"))?,
        None => {
            let clock = ScaledClock::frozen_at(SystemClock.now());
            clock.run(options.speed);
            clock
        }
    };
    let mut world = World::seeded(options.seed, clock.now());
    world.base_url = format!("http://{address}");
    let shared: SharedClock = Arc::clone(&clock) as _;
    let people = Population::new(options.seed, &world, clock.now());
    let sim = Sim::new(world, shared, over_network()?).with_speed(Arc::clone(&clock));
    if let Some(people) = people.filter(|_| !options.no_people) {
        sim.populate(people);
    }
    println!(
        "WeCom stands on your desk: http://{address}  (companies and secrets: http://{address}/sim/corps)"
    );
    let stop = CancellationToken::new();
    let browsers = Arc::new(Browsers::new(address)?);
    let town = sim.clone();
    let life = tokio::spawn(async move {
        town.run(|intent| {
            let browsers = Arc::clone(&browsers);
            async move { browsers.carry_out(intent).await }
        })
        .await;
    });
    axum::serve(listener, sim.router().into_make_service_with_connect_info::<SocketAddr>())
        .with_graceful_shutdown(wiring::interrupted(stop))
        .await?;
    life.abort();
    Ok(())
}

/// The browsers of the people: each keeps her cookies and follows redirects; the platform's own page learns who she
/// is.
struct Browsers {
    client: reqwest::Client,
    platform: String,
    cookies: Mutex<HashMap<String, HashMap<String, String>>>,
}

impl Browsers {
    fn new(platform: SocketAddr) -> anyhow::Result<Self> {
        let client = wecom::transport::https()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(Duration::from_secs(10))
            .build()?;
        Ok(Self { client, platform: format!("http://{platform}"), cookies: Mutex::default() })
    }

    /// Opens what people want to open. Orders are the shop's business, and this town has no shop.
    async fn carry_out(&self, intent: Intent) {
        let (who, url) = match intent {
            Intent::OpenLink { who, url, .. } => (who, url),
            Intent::OpenCard { staff, url, .. } => (staff, url),
            Intent::PlaceOrder { .. } | Intent::Refund { .. } => return,
        };
        if let Err(e) = self.open(&who, url).await {
            tracing::info!(error = %e, "a page did not open");
        }
    }

    async fn open(&self, who: &str, mut url: String) -> anyhow::Result<()> {
        for _ in 0..8 {
            if url.starts_with(&self.platform) && url.contains("/connect/") {
                let bare = url.split('#').next().unwrap_or_default();
                url = format!("{bare}&as={who}");
            }
            let request = self.client.get(&url).header(http::header::COOKIE, self.cookies_of(who));
            let response = request.header(http::header::USER_AGENT, "MicroMessenger/8.0.50").send().await?;
            self.keep(who, response.headers());
            let Some(next) = response.headers().get(http::header::LOCATION).and_then(|v| v.to_str().ok())
            else {
                return Ok(());
            };
            url = response.url().join(next)?.to_string();
        }
        Ok(())
    }

    fn cookies_of(&self, who: &str) -> String {
        let all = self.cookies.lock().unwrap_or_else(PoisonError::into_inner);
        let jar = all.get(who).into_iter().flatten();
        jar.map(|(k, v)| format!("{k}={v}")).collect::<Vec<_>>().join("; ")
    }

    fn keep(&self, who: &str, headers: &http::HeaderMap) {
        let mut all = self.cookies.lock().unwrap_or_else(PoisonError::into_inner);
        let jar = all.entry(who.to_owned()).or_default();
        for set in headers.get_all(http::header::SET_COOKIE) {
            let pair = set.to_str().unwrap_or_default().split(';').next().unwrap_or_default();
            if let Some((name, value)) = pair.split_once('=') {
                jar.insert(name.to_owned(), value.to_owned());
            }
        }
    }
}

/// Carries callbacks over HTTP to whatever address the company gave.
fn over_network() -> anyhow::Result<Deliver> {
    let client = wecom::transport::https().redirect(reqwest::redirect::Policy::none()).build()?;
    Ok(Arc::new(move |delivery: Delivery| {
        let client = client.clone();
        Box::pin(async move { send(&client, delivery).await })
    }))
}

async fn send(client: &reqwest::Client, delivery: Delivery) -> Option<Answer> {
    let timeout = Duration::from_millis(delivery.timeout_ms);
    let request = client.request(delivery.method, &delivery.url).body(delivery.body).timeout(timeout);
    let response = request.header(http::header::CONTENT_TYPE, "text/xml").send().await.ok()?;
    let status = response.status().as_u16();
    Some(Answer { status, body: response.text().await.ok()? })
}
