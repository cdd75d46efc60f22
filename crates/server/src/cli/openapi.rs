//! `huoqun openapi`: the document that the typed client is made from.

use std::io::Write as _;

pub fn run() -> anyhow::Result<()> {
    let document = app::routes::openapi().to_pretty_json()?;
    writeln!(std::io::stdout().lock(), "{document}")?;
    Ok(())
}
