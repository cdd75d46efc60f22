//! What no compiler checks: module order, crate direction, where SQL may live, file names, pages, scripts of text.
//!
//! There is no configuration: the order is read from `crates/app/src/lib.rs`, the direction is written below once.

mod crates;
mod slices;
mod source;

use std::path::Path;

use anyhow::bail;

use crate::shell;

/// Runs every rule over the repository; an error lists all that is wrong.
pub fn run() -> anyhow::Result<()> {
    let report = inspect(&shell::root())?;
    for warning in &report.warnings {
        println!("warning: {warning}");
    }
    if !report.errors.is_empty() {
        bail!("tidy found {}:\n  {}", report.errors.len(), report.errors.join("\n  "));
    }
    println!("tidy: {} files in order", report.files);
    Ok(())
}

/// What the rules found.
#[derive(Default)]
pub struct Report {
    pub files: usize,
    pub errors: Vec<String>,
    pub warnings: Vec<String>,
}

fn inspect(root: &Path) -> anyhow::Result<Report> {
    let files = source::rust_files(&root.join("crates"))?;
    let mut report = Report { files: files.len(), ..Report::default() };
    crates::direction(root, &mut report)?;
    slices::order(root, &files, &mut report)?;
    slices::shape(root, &files, &mut report)?;
    for file in &files {
        source::header(file, &mut report);
        source::size(file, &mut report);
        source::database(file, &mut report);
        source::script(file, &mut report);
    }
    source::console_size(&root.join("web"), &mut report)?;
    Ok(report)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_repository_is_tidy() {
        let report = inspect(&shell::root()).expect("the repository can be read");
        assert!(report.files > 20, "only {} files seen", report.files);
        assert!(report.errors.is_empty(), "{}", report.errors.join("\n"));
    }
}
