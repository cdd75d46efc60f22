//! `huoqun serve`: the server for your company.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use app::ctx::{Config, Ctx, Parts};
use app::kernel::db::Db;
use app::kernel::jobs::Runner;
use base::SystemClock;
use clap::Args;
use tokio_util::sync::CancellationToken;

use crate::outgoing::HttpOutgoing;
use crate::wiring::{self, Ready};
use crate::{config, logging};

#[derive(Args)]
pub struct Options {
    /// Settings file (TOML).
    #[arg(long)]
    config: Option<PathBuf>,
    /// Address to listen on [default: 127.0.0.1:8080]
    #[arg(long)]
    listen: Option<SocketAddr>,
    /// Folder for database and master key [default: ./data]
    #[arg(long)]
    data: Option<PathBuf>,
    /// postgres://… ; SQLite in the data folder when absent
    #[arg(long)]
    database: Option<String>,
    /// For trials beside a simulator: a clock `REAL_MS,SHOWN_MS,SPEED` shared with it.
    #[arg(long, hide = true)]
    clock: Option<String>,
}

pub async fn run(options: Options) -> anyhow::Result<()> {
    let file = config::File::read(options.config.as_deref())?;
    let network = config::network(&file)?;
    logging::start(file.log.as_deref().unwrap_or("info"))?;
    let data = options.data.or(file.data).unwrap_or_else(|| PathBuf::from("data"));
    config::data_folder(&data)?;
    let asked = options.listen.or(file.listen).unwrap_or_else(|| SocketAddr::from(([127, 0, 0, 1], 8080)));
    let location = config::location(options.database.or(file.database).as_deref(), &data)?;
    let listener = wiring::listen(asked).await?;
    let listen = listener.local_addr()?;
    let public_url = config::public_url(file.public_url.as_deref(), listen)?;
    let rng = config::unforeseeable()?;
    let clock = wiring::clock(options.clock.as_deref())?;
    let ctx = Ctx::new(Parts {
        db: Db::open(&location).await?,
        clock: Arc::clone(&clock),
        lease_clock: Arc::new(SystemClock),
        config: Config {
            public_url,
            master_key: config::master_key(&data)?,
            demo: false,
            simulator_url: None,
            network: network.clone(),
        },
        platforms: wiring::platforms(&clock),
        outgoing: Arc::new(HttpOutgoing::new(network)),
        rng,
    });
    if let Some(link) = wiring::found_company(&ctx, "My company", "Administrator").await? {
        println!("First start. Sign in once with: {link}");
    }
    println!("Huoqun listens on http://{listen}");
    let ready = Ready::default();
    ready.set();
    let router = wiring::router(&ctx, ready)?;
    let stop = CancellationToken::new();
    let runner = tokio::spawn(Runner::new(ctx.clone()).run(stop.clone()));
    let ended = stop.clone();
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    axum::serve(listener, service).with_graceful_shutdown(wiring::interrupted(stop)).await?;
    ended.cancel();
    runner.await?;
    ctx.db().close().await;
    Ok(())
}
