//! The `huoqun` binary.

mod assets;
mod cli;
mod config;
mod demo;
mod logging;
mod outgoing;
mod wiring;

use std::process::ExitCode;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    match cli::run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(e) => {
            eprintln!("huoqun: {e:#}");
            ExitCode::FAILURE
        }
    }
}
