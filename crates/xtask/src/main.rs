//! The one menu: `cargo xtask demo | test | gen | tidy | bench`.
//!
//! Plain standard library plus argument parsing, so that it builds in seconds. It depends on nothing of ours:
//! what it needs from the product it asks of the built binary.

mod apt;
mod bench;
mod demo;
mod generate;
mod peers;
mod postgres;
mod shell;
mod test;
mod tidy;
mod totals;
mod web;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(name = "cargo xtask", about = "Everything one does with this repository")]
struct Menu {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Build everything, the console too, and open the demo. Arguments after `--` go to the server.
    Demo(demo::Options),
    /// Run every test there is: Rust on both databases, console, browser.
    Test(test::Options),
    /// Write the generated files (openapi.json, the typed client), or compare them with `--check`.
    Gen(generate::Options),
    /// Measure product and yardstick in turn; the last line is the ratio.
    Bench(bench::Options),
    /// Check what no compiler checks: module order, crate direction, file names, pages.
    Tidy,
}

fn main() -> ExitCode {
    let done = match Menu::parse().task {
        Task::Demo(options) => demo::run(&options),
        Task::Test(options) => test::run(&options),
        Task::Gen(options) => generate::run(&options),
        Task::Bench(options) => bench::run(&options),
        Task::Tidy => tidy::run(),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            // The sentence, not the trace: whoever reads it has something to install or to mend.
            eprintln!("{why:#}");
            ExitCode::FAILURE
        }
    }
}
