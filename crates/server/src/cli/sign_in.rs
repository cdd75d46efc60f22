//! `huoqun sign-in`: a one-time link, for whoever runs the installation and can't get in.

use std::path::PathBuf;
use std::sync::Arc;

use app::ctx::{Config, Ctx, Parts};
use app::kernel::db::Db;
use app::kernel::network::Settings;
use base::SystemClock;
use clap::Args;

use crate::outgoing::HttpOutgoing;
use crate::{config, wiring};

#[derive(Args)]
pub struct Options {
    /// The operator's login.
    #[arg(long, default_value = "admin")]
    login: String,
    /// The server's settings file.
    #[arg(long)]
    config: Option<PathBuf>,
    /// The server's data folder [default: ./data]
    #[arg(long)]
    data: Option<PathBuf>,
    /// The server's database, when it isn't SQLite in the data folder.
    #[arg(long)]
    database: Option<String>,
    /// Address at which the console is reached.
    #[arg(long)]
    public_url: Option<String>,
}

pub async fn run(options: Options) -> anyhow::Result<()> {
    let file = config::File::read(options.config.as_deref())?;
    let data = options.data.or(file.data).unwrap_or_else(|| PathBuf::from("data"));
    let database = options.database.or(file.database);
    if database.is_none() && !data.join("huoqun.db").exists() {
        anyhow::bail!("there is no huoqun.db in {}; name the server's folder with --data", data.display());
    }
    let listen = file.listen.unwrap_or_else(|| ([127, 0, 0, 1], 8080).into());
    let public_url = config::public_url(options.public_url.or(file.public_url).as_deref(), listen)?;
    let ctx = Ctx::new(Parts {
        db: Db::open(&config::location(database.as_deref(), &data)?).await?,
        clock: Arc::new(SystemClock),
        lease_clock: Arc::new(SystemClock),
        rng: config::unforeseeable()?,
        config: Config {
            public_url,
            master_key: config::master_key(&data)?,
            demo: false,
            simulator_url: None,
            network: Settings::default(),
        },
        platforms: Vec::new(),
        outgoing: Arc::new(HttpOutgoing::new(Settings::default())),
    });
    println!("{}", wiring::sign_in_link(&ctx, &options.login).await?);
    ctx.db().close().await;
    Ok(())
}
