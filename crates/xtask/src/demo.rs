//! `cargo xtask demo`: from a fresh clone to the console in one command.

use std::os::unix::process::CommandExt as _;

use anyhow::Context as _;

use crate::{shell, web};

#[derive(clap::Args)]
pub struct Options {
    /// Build the release profile: slower to build, faster to run.
    #[arg(long)]
    release: bool,
    /// Passed on to `huoqun demo`: --listen 127.0.0.1:PORT, --data DIR, --seed N, --until-filled.
    #[arg(last = true)]
    server: Vec<String>,
}

pub fn run(options: &Options) -> anyhow::Result<()> {
    web::require_node()?;
    println!("[1/3] console");
    web::build()?;
    println!("[2/3] server");
    let program = build_server(options.release)?;
    println!("[3/3] demo");
    let mut demo = shell::command(program, "");
    // Takes our place, so that Ctrl-C reaches the server itself and its exit code is ours.
    let why = demo.arg("demo").args(&options.server).exec();
    Err(why).context("cannot start the demo")
}

/// Builds the product and gives the path of its binary.
pub fn build_server(release: bool) -> anyhow::Result<std::path::PathBuf> {
    let mut build = shell::cargo(["build", "--locked", "-p", "server"]);
    if release {
        build.arg("--release");
    }
    shell::run(&mut build)?;
    Ok(target_dir()?.join(if release { "release" } else { "debug" }).join("huoqun"))
}

/// Where cargo puts what it builds; a setting or variable may have moved it.
pub fn target_dir() -> anyhow::Result<std::path::PathBuf> {
    let text = shell::read(&mut shell::cargo(["metadata", "--format-version=1", "--no-deps", "--offline"]))?;
    let described: serde_json::Value = serde_json::from_str(&text)?;
    let dir = described["target_directory"].as_str().context("cargo metadata names no target directory")?;
    Ok(dir.into())
}
