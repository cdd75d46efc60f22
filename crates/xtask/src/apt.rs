//! Debian packages that the tests need and that this machine may lack.

use crate::shell;

/// Installs `packages` by name. Says why not in one sentence where it cannot.
pub fn install(packages: &[&str]) -> anyhow::Result<()> {
    let names = packages.join(" ");
    if shell::find("apt-get").is_none() {
        anyhow::bail!("{names} is missing and there is no apt-get to install it with; install it by hand");
    }
    if !shell::is_root() {
        anyhow::bail!("{names} is missing; run `sudo apt-get install {names}` once");
    }
    println!("installing {names} with apt-get");
    // The lists of a fresh container are empty or old: first try without, then after an update.
    if get(&["install", "-y", "--no-install-recommends"], packages).is_err() {
        get(&["update"], &[])?;
        get(&["install", "-y", "--no-install-recommends"], packages)?;
    }
    Ok(())
}

fn get(words: &[&str], packages: &[&str]) -> anyhow::Result<()> {
    let mut command = shell::command("apt-get", "");
    command.env("DEBIAN_FRONTEND", "noninteractive").arg("-q").args(words).args(packages);
    shell::run(&mut command)
}
