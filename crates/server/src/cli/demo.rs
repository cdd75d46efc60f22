//! `huoqun demo`: the product at work beside a simulated WeCom. Sixty days are lived through the real pipeline, then
//! the community lives on in accelerated time.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use anyhow::{Context as _, bail};
use app::ctx::{Config, Ctx, Parts};
use app::kernel::db::Db;
use app::kernel::jobs::Runner;
use app::kernel::network::Settings;
use axum::Router;
use base::time::DAY;
use base::{Clock as _, Rng, ScaledClock, SharedClock, SystemClock, TenantZone, Timestamp};
use clap::Args;
use tokio_util::sync::CancellationToken;
use wecom::WecomPlatform;
use wecom::transport::{Always, InProcess};
use wecom_sim::{Deliver, Delivery, Population, Sim, World};

use crate::demo::door::{self, Door};
use crate::demo::life::Town;
use crate::demo::one_core::OneCore;
use crate::demo::operator::Operator;
use crate::demo::phone::Phones;
use crate::demo::{babies, leaver, open_api, proof, segments, setup};
use crate::outgoing::HttpOutgoing;
use crate::wiring::{self, Ready};
use crate::{config, logging};

/// Marks a folder as a demo's own, whose data may be thrown away at the next start.
const MARK: &str = "huoqun-demo";

/// The lived history ends at ten in the morning, when the day's work lies ahead.
const MORNING: u16 = 10 * 60;

#[derive(Args)]
pub struct Options {
    /// Address of the console; the simulator takes a free port beside it.
    #[arg(long, default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// Folder of the demo's data; started afresh each time.
    #[arg(long, default_value = ".tmp/demo")]
    data: PathBuf,
    /// postgres://… ; an empty database instead of SQLite in the folder.
    #[arg(long)]
    database: Option<String>,
    /// Seed of the people and of chance: same seed, same history.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How many days are lived before the console is yours.
    #[arg(long, default_value_t = 60)]
    days: i32,
    /// The day after the last lived one, `yyyymmdd` [default: today].
    #[arg(long)]
    today: Option<i32>,
    /// How many times faster than real time the community lives on.
    #[arg(long, default_value_t = 60)]
    speed: i64,
    /// Ends when the history is lived.
    #[arg(long)]
    until_filled: bool,
    /// Callback faults while the history is lived, as the simulator's control takes them: `{"drop":0.1,…}`.
    #[arg(long, hide = true)]
    callback_faults: Option<String>,
    /// At the end compares the product's mirror with the platform's truth, then lets it hear every callback again;
    /// fails when anything differs.
    #[arg(long, hide = true)]
    prove: bool,
}

/// The parts of a running demo.
struct Stage {
    ctx: Ctx,
    clock: Arc<ScaledClock>,
    sim: Sim,
    router: Router,
    public_url: String,
    platform_url: String,
    end: Timestamp,
}

pub async fn run(options: Options) -> anyhow::Result<()> {
    logging::start("warn")?;
    clean_folder(&options.data)?;
    let listener = wiring::listen(options.listen).await?;
    let platform_listener = wiring::listen(SocketAddr::new(options.listen.ip(), 0)).await?;
    let ready = Ready::default();
    let stage =
        stage(&options, listener.local_addr()?, platform_listener.local_addr()?, ready.clone()).await?;
    let stop = CancellationToken::new();
    let serving = [
        serve(listener, stage.router.clone(), stop.clone()),
        serve(platform_listener, stage.sim.router(), stop.clone()),
    ];
    tokio::spawn(wiring::interrupted(stop.clone()));
    println!("Console: {}   (filling; the page is already there)", stage.public_url);
    tokio::select! {
        lived = live(&stage, &options, ready, &stop) => lived?,
        () = stop.cancelled() => {}
    }
    stop.cancel();
    for server in serving {
        server.await??;
    }
    stage.ctx.db().close().await;
    Ok(())
}

type Serving = tokio::task::JoinHandle<std::io::Result<()>>;

fn serve(listener: tokio::net::TcpListener, router: Router, stop: CancellationToken) -> Serving {
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    tokio::spawn(async move {
        axum::serve(listener, service).with_graceful_shutdown(async move { stop.cancelled().await }).await
    })
}

/// Throws away the data of an earlier demo; refuses to touch a folder that holds anything else.
fn clean_folder(path: &Path) -> anyhow::Result<()> {
    config::data_folder(path)?;
    let marked = path.join(MARK).exists();
    let empty = std::fs::read_dir(path)?.next().is_none();
    if !marked && !empty {
        bail!(
            "the folder {} holds something that is not a demo; choose an empty one with --data",
            path.display()
        );
    }
    for name in ["huoqun.db", "huoqun.db-wal", "huoqun.db-shm"] {
        match std::fs::remove_file(path.join(name)) {
            Err(e) if e.kind() != std::io::ErrorKind::NotFound => return Err(e.into()),
            _ => {}
        }
    }
    std::fs::write(path.join(MARK), "made by `huoqun demo`\n").context("the data folder can be written")
}

async fn stage(
    options: &Options,
    listen: SocketAddr,
    platform: SocketAddr,
    ready: Ready,
) -> anyhow::Result<Stage> {
    let zone = TenantZone::shanghai();
    let today = options.today.map_or_else(|| zone.day_of(SystemClock.now()), base::Day);
    let start = zone.start_of(today.plus_days(-options.days));
    let clock = ScaledClock::frozen_at(start);
    let shared: SharedClock = Arc::clone(&clock) as _;
    let (public_url, platform_url) = (format!("http://{listen}"), format!("http://{platform}"));
    let door: Arc<OnceLock<Router>> = Arc::default();
    let mut world = World::seeded(options.seed, start);
    world.base_url.clone_from(&platform_url);
    let deliver = in_process(Arc::clone(&door), &public_url);
    let sim = Sim::new(world, Arc::clone(&shared), deliver).with_speed(Arc::clone(&clock));
    let network = Settings { loopback: true, ..Settings::default() };
    let ctx = Ctx::new(Parts {
        db: Db::open(&config::location(options.database.as_deref(), &options.data)?).await?,
        clock: Arc::clone(&shared),
        lease_clock: Arc::new(SystemClock),
        rng: Rng::seeded(options.seed),
        config: Config {
            public_url: public_url.clone(),
            master_key: config::master_key(&options.data)?,
            demo: true,
            simulator_url: Some(platform_url.clone()),
            network: network.clone(),
        },
        platforms: vec![Arc::new(WecomPlatform::new(Arc::new(desk(&sim)), shared))],
        outgoing: Arc::new(HttpOutgoing::new(network)),
    });
    let router = wiring::router(&ctx, ready)?;
    let _ = door.set(router.clone());
    let end = zone.at(today, MORNING);
    Ok(Stage { ctx, clock, sim, router, public_url, platform_url, end })
}

/// The platform, called without sockets.
fn desk(sim: &Sim) -> Always {
    let sim = sim.clone();
    Always(Arc::new(InProcess::new(move |request| {
        let sim = sim.clone();
        async move { sim.call(request).await }
    })))
}

/// Hands callbacks to the product without sockets.
fn in_process(router: Arc<OnceLock<Router>>, public_url: &str) -> Deliver {
    let public_url = public_url.to_owned();
    Arc::new(move |delivery: Delivery| {
        let (router, public_url) = (Arc::clone(&router), public_url.clone());
        Box::pin(async move {
            let path = delivery.url.strip_prefix(&public_url)?.to_owned();
            let request = http::Request::builder().method(delivery.method).uri(path);
            let request = request.body(axum::body::Body::from(delivery.body)).ok()?;
            let reply = door::send(router.get()?, request).await.ok()?;
            let body = String::from_utf8_lossy(&reply.body).into_owned();
            Some(wecom_sim::Answer { status: reply.status.as_u16(), body })
        })
    })
}

/// The first day, the history, and then life in front of the newcomer's eyes.
async fn live(
    stage: &Stage,
    options: &Options,
    ready: Ready,
    stop: &CancellationToken,
) -> anyhow::Result<()> {
    let one_core = OneCore::hold().inspect_err(|e| tracing::info!(error = %e, "the history uses every core"));
    stage.ctx.db().relax_durability(true).await?;
    let link =
        wiring::found_company(&stage.ctx, "橙里生活（演示）", "苏晴").await?.context("an empty store")?;
    let door = Door::sign_in(stage.router.clone(), &link).await?;
    let population = Population::new(options.seed, &stage.sim.desk().world, stage.clock.now());
    let mut population = population.context("the seeded company has a population")?;
    let runner = Runner::new(stage.ctx.clone());
    let hands = (&stage.sim, &runner, &stage.clock);
    let company = setup::first_day(&door, hands, &mut population, &stage.platform_url).await?;
    let mut town = Town {
        phones: Phones::new(stage.router.clone(), stage.sim.clone(), &stage.public_url, &stage.platform_url),
        sim: stage.sim.clone(),
        population,
        shop: company.shop,
        operator: Operator::new(door, stage.clock.now(), stage.end.minus(2 * DAY)),
        runner: runner.clone(),
        clock: Arc::clone(&stage.clock),
        corp: company.corp,
        account: company.account,
        troubles: std::collections::HashMap::new(),
    };
    if options.prove {
        stage.sim.desk().engine.keep_history();
    }
    if let Some(faults) = &options.callback_faults {
        let faults = serde_json::from_str(faults).context("--callback-faults is JSON")?;
        stage.sim.desk().faults.callbacks = faults;
    }
    fill(stage, options, (&mut town, &company.baby)).await?;
    if options.prove {
        prove(stage, &mut town).await?;
    }
    examine(stage, &mut town, &company.baby).await?;
    stage.ctx.db().relax_durability(false).await?;
    drop(one_core);
    ready.set();
    if options.until_filled {
        return Ok(());
    }
    let sign_in = wiring::sign_in_link(&stage.ctx, "admin").await?;
    println!("\nConsole:    {}", stage.public_url);
    println!("Sign in:    {sign_in}   (works once)");
    println!("Simulator:  {}   (act as a member or an employee)", stage.platform_url);
    println!("One hour passes every {} seconds. Ctrl-C ends the demo.", 3_600 / options.speed.max(1));
    stage.clock.run(options.speed);
    let runner = tokio::spawn(runner.run(stop.clone()));
    while !stop.is_cancelled() {
        town.turn(false).await?;
        let next = town.people_due().unwrap_or_else(|| stage.clock.now().plus(DAY));
        let wait = stage.clock.real_millis_until(next).clamp(20, 1_000);
        tokio::select! {
            () = stop.cancelled() => {}
            () = stage.sim.stirred() => {}
            () = tokio::time::sleep(Duration::from_millis(wait)) => {}
        }
    }
    runner.await?;
    Ok(())
}

/// Holds what was lived against the platform's truth, then lets the product hear all of it again.
async fn prove(stage: &Stage, town: &mut Town) -> anyhow::Result<()> {
    let faults = std::mem::take(&mut stage.sim.desk().faults.callbacks);
    // The first day's session is long over by now.
    let link = wiring::sign_in_link(&stage.ctx, "admin").await?;
    let door = Door::sign_in(stage.router.clone(), &link).await?;
    proof::mirror_equals_truth(town, &door).await?;
    println!("the mirror equals the platform's truth");
    stage.sim.desk().faults.callbacks = faults;
    let told = proof::hearing_again_changes_nothing(town, &door).await?;
    println!("{told} callbacks heard again changed nothing");
    Ok(())
}

/// The tills report, employees heard of babies, and the doctor looks once more, so that the newcomer sees today's
/// findings; segments are held against what was lived.
async fn examine(stage: &Stage, town: &mut Town, baby: &str) -> anyhow::Result<()> {
    let link = wiring::sign_in_link(&stage.ctx, "admin").await?;
    let door = Door::sign_in(stage.router.clone(), &link).await?;
    open_api::visits(&door, stage.clock.now(), "visit").await?;
    door.post(&format!("/api/v1/accounts/{}/doctor", town.account), &serde_json::json!({})).await?;
    let today = TenantZone::shanghai().day_of(stage.clock.now());
    babies::hear(&door, baby, today).await?;
    town.turn(true).await?;
    segments::hold(&door, baby).await?;
    Ok(())
}

async fn fill(stage: &Stage, options: &Options, (town, baby): (&mut Town, &str)) -> anyhow::Result<()> {
    let (start, began) = (stage.clock.now(), SystemClock.now());
    let mut shown = -1;
    let mut told = |now: Timestamp| {
        let day = now.since(start) / DAY;
        if day > shown {
            shown = day;
            let seconds = SystemClock.now().since(began) / 1_000;
            println!("day {day} of {} lived after {seconds} s", options.days);
        }
    };
    town.live_until(stage.end.minus(segments::BEFORE_THE_END).max(start), &mut told).await?;
    let link = wiring::sign_in_link(&stage.ctx, "admin").await?;
    let door = Door::sign_in(stage.router.clone(), &link).await?;
    open_api::visits(&door, stage.clock.now(), "earlier-visit").await?;
    segments::keep(&door, baby).await?;
    town.live_until(stage.end.minus(leaver::BEFORE_THE_END), &mut told).await?;
    let link = wiring::sign_in_link(&stage.ctx, "admin").await?;
    leaver::evening(town, &Door::sign_in(stage.router.clone(), &link).await?).await?;
    town.live_until(stage.end, told).await?;
    for (what, times) in &town.troubles {
        println!("note: {times} × {what} could not be carried out");
    }
    Ok(())
}
