//! `huoqun template`: the empty store that is compiled into the binary.

use std::path::PathBuf;

use anyhow::Context as _;

#[derive(clap::Args)]
pub struct Options {
    /// The file to write.
    file: PathBuf,
}

pub async fn run(options: Options) -> anyhow::Result<()> {
    let folder = tempfile::tempdir().context("a folder for throw-away files")?;
    let template = app::kernel::db::make_template(folder.path()).await?;
    std::fs::write(&options.file, template)
        .with_context(|| format!("{} can't be written", options.file.display()))
}
