//! `huoqun sim`: WeCom on your desk, alone, for any client.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use base::{Clock as _, ScaledClock, SharedClock, SystemClock, Timestamp};
use clap::Args;
use tokio_util::sync::CancellationToken;
use wecom_sim::{Answer, Deliver, Delivery, Sim, World};

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
    let sim = Sim::new(world, shared, over_network()?).with_speed(Arc::clone(&clock));
    println!("WeCom stands on your desk: http://{address}  (companies and secrets: http://{address}/sim/corps)");
    let stop = CancellationToken::new();
    tokio::spawn(deliver_for_ever(sim.clone(), clock, stop.clone()));
    axum::serve(listener, sim.router().into_make_service_with_connect_info::<SocketAddr>())
        .with_graceful_shutdown(wiring::interrupted(stop))
        .await?;
    Ok(())
}

/// Delivers callbacks when they are due, woken by whatever happens in the world.
async fn deliver_for_ever(sim: Sim, clock: Arc<ScaledClock>, stop: CancellationToken) {
    while !stop.is_cancelled() {
        sim.deliver_due_parallel(16).await;
        let wait = sim.next_due().map_or(1_000, |at: Timestamp| clock.real_millis_until(at).clamp(1, 1_000));
        tokio::select! {
            () = stop.cancelled() => {}
            () = sim.stirred() => {}
            () = tokio::time::sleep(Duration::from_millis(wait)) => {}
        }
    }
}

/// Carries callbacks over HTTP to whatever address the company gave.
fn over_network() -> anyhow::Result<Deliver> {
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build()?;
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
