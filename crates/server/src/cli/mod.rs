//! The commands: `serve`, `demo`, `sim`, `openapi`.

mod demo;
mod openapi;
mod serve;
mod sign_in;
mod sim;
mod template;

use clap::{Parser, Subcommand};

/// Keeps customer groups alive: plan, acquire, greet, publish, tap, click, buy, measure.
#[derive(Parser)]
#[command(name = "huoqun", version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Runs the server for your company.
    Serve(serve::Options),
    /// Runs the server with a simulated WeCom and a living community.
    Demo(demo::Options),
    /// Runs only the simulated WeCom, for any client.
    Sim(sim::Options),
    /// Prints a one-time sign-in link for an operator, for when nobody can get in any more.
    SignIn(sign_in::Options),
    /// Prints the OpenAPI document.
    Openapi,
    /// Writes the empty store that first starts are given.
    #[command(hide = true)]
    Template(template::Options),
}

pub fn run() -> anyhow::Result<()> {
    match Cli::parse().command {
        Command::Serve(options) => block_on(serve::run(options)),
        Command::Demo(options) => block_on(demo::run(options)),
        Command::Sim(options) => block_on(sim::run(options)),
        Command::SignIn(options) => block_on(sign_in::run(options)),
        Command::Openapi => openapi::run(),
        Command::Template(options) => block_on(template::run(options)),
    }
}

fn block_on(work: impl Future<Output = anyhow::Result<()>>) -> anyhow::Result<()> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(work)
}
