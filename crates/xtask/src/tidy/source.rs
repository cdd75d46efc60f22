//! Rules that look at one file at a time.

use std::path::{Path, PathBuf};

use super::Report;

/// One Rust file.
pub struct File {
    /// From the root, with `/`: `crates/app/src/tags/model.rs`.
    pub path: String,
    pub text: String,
}

impl File {
    /// Tests and their fixtures may hold what the product may not.
    pub fn is_test(&self) -> bool {
        let parts = || self.path.split('/').map(|p| p.trim_end_matches(".rs"));
        let in_app = self.path.starts_with("crates/app/");
        parts().any(|p| matches!(p, "tests" | "testkit" | "examples" | "benches"))
            || in_app && parts().any(|p| matches!(p, "coverage" | "world"))
    }

    /// The text above its unit tests.
    pub fn without_tests(&self) -> &str {
        self.text.find("#[cfg(test)]\nmod ").map_or(self.text.as_str(), |at| &self.text[..at])
    }
}

pub fn rust_files(dir: &Path) -> anyhow::Result<Vec<File>> {
    let mut paths = Vec::new();
    collect(dir, "rs", &mut paths)?;
    paths.sort();
    let root = dir.parent().unwrap_or(dir);
    let read = |path: PathBuf| {
        let text = std::fs::read_to_string(&path)?;
        let path = path.strip_prefix(root).unwrap_or(&path).to_string_lossy().replace('\\', "/");
        Ok(File { path, text })
    };
    paths.into_iter().map(read).collect()
}

fn collect(dir: &Path, ending: &str, files: &mut Vec<PathBuf>) -> anyhow::Result<()> {
    for entry in std::fs::read_dir(dir)? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if path.is_dir() {
            if !matches!(name.as_str(), "node_modules" | "dist" | "target") {
                collect(&path, ending, files)?;
            }
        } else if path.extension().is_some_and(|e| e == ending) {
            files.push(path);
        }
    }
    Ok(())
}

/// The first line says what the file is for.
pub fn header(file: &File, report: &mut Report) {
    let first = file.text.lines().next().unwrap_or_default();
    if !first.starts_with("//! ") || first.contains("placeholder") {
        report.errors.push(format!("{}: the first line must say what the file is for (`//! …`)", file.path));
    }
}

const LONGEST_FILE: usize = 400;

pub fn size(file: &File, report: &mut Report) {
    let lines = file.without_tests().lines().count();
    if lines > LONGEST_FILE && !file.is_test() {
        report
            .warnings
            .push(format!("{}: {lines} lines; past {LONGEST_FILE} ask whether it is two things", file.path));
    }
}

const LONGEST_COMPONENT: usize = 250;

/// Console components, counted like Rust files.
pub fn console_size(web: &Path, report: &mut Report) -> anyhow::Result<()> {
    if !web.is_dir() {
        return Ok(());
    }
    let mut files = Vec::new();
    collect(web, "tsx", &mut files)?;
    for file in files.iter().filter(|f| !f.to_string_lossy().ends_with(".test.tsx")) {
        let lines = std::fs::read_to_string(file)?.lines().count();
        if lines > LONGEST_COMPONENT {
            let shown = file.strip_prefix(web).unwrap_or(file).display();
            report.warnings.push(format!(
                "web/{shown}: {lines} lines; a component should stay below {LONGEST_COMPONENT}"
            ));
        }
    }
    Ok(())
}

/// Leaving the database library must stay bounded work: it is named only where rows and queries are.
pub fn database(file: &File, report: &mut Report) {
    let in_app = file.path.strip_prefix("crates/app/src/");
    let allowed = match in_app {
        Some(path) => {
            let within = |part: &str| path.split('/').any(|p| p == part || p == format!("{part}.rs"));
            within("rows")
                || within("store")
                || path.starts_with("kernel/") && !within("http") && !within("i18n")
        }
        // The server opens the pools; benchmarks and the menu stand outside the product.
        None => file.path.starts_with("crates/server/") || file.path.starts_with("crates/xtask/"),
    };
    if allowed || file.is_test() || !names_database(file.without_tests()) {
        return;
    }
    report
        .errors
        .push(format!("{}: sqlx belongs in rows.rs, store.rs or the storage part of kernel", file.path));
}

fn names_database(text: &str) -> bool {
    let is_comment = |line: &&str| !line.trim_start().starts_with("//");
    text.lines().filter(is_comment).any(|line| line.contains("sqlx::") || line.contains("sea_query::"))
}

/// Chinese text lives in catalogues, data files, tests and demo content; code speaks English.
pub fn script(file: &File, report: &mut Report) {
    let content =
        ["/i18n/", "/words", "/demo", "/playbooks/templates", "/fixtures/", "crates/wecom-sim/src/"];
    if file.is_test() || content.iter().any(|part| file.path.contains(part)) {
        return;
    }
    for (number, line) in file.without_tests().lines().enumerate() {
        // A comment may name the operators' own word for a thing.
        let code = line.split("//").next().unwrap_or_default();
        if code.chars().any(is_han) {
            report.errors.push(format!("{}:{}: Chinese text belongs in a catalogue", file.path, number + 1));
        }
    }
}

fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(rule: fn(&File, &mut Report), path: &str, text: &str) -> usize {
        let mut report = Report::default();
        rule(&File { path: path.into(), text: text.into() }, &mut report);
        report.errors.len() + report.warnings.len()
    }

    #[test]
    fn a_file_says_what_it_is_for() {
        assert_eq!(judged(header, "crates/base/src/id.rs", "//! Ids.\n"), 0);
        assert_eq!(judged(header, "crates/base/src/id.rs", "use std;\n"), 1);
    }

    #[test]
    fn sql_stays_where_it_belongs() {
        let text = "use sqlx::Row;\n";
        assert_eq!(judged(database, "crates/app/src/tags/store.rs", text), 0);
        assert_eq!(judged(database, "crates/app/src/tags/store/pages.rs", text), 0);
        assert_eq!(judged(database, "crates/app/src/kernel/db/mod.rs", text), 0);
        assert_eq!(judged(database, "crates/app/src/tags/api.rs", text), 1);
        assert_eq!(judged(database, "crates/wecom/src/client.rs", text), 1);
        assert_eq!(judged(database, "crates/app/src/tags/api.rs", "// sqlx::Row is not for here\n"), 0);
        assert_eq!(
            judged(database, "crates/app/src/tags/api.rs", "#[cfg(test)]\nmod tests { use sqlx::Row; }\n"),
            0
        );
    }

    #[test]
    fn chinese_is_for_catalogues_and_tests() {
        assert_eq!(judged(script, "crates/app/src/tags/model.rs", "/// Automatic (\u{81ea}\u{52a8}).\n"), 0);
        let text = "//! X.\nlet a = \"\u{7fa4}\";\n";
        assert_eq!(judged(script, "crates/app/src/tags/model.rs", text), 1);
        assert_eq!(judged(script, "crates/app/src/kernel/i18n/words.rs", text), 0);
        assert_eq!(judged(script, "crates/app/src/tags/tests.rs", text), 0);
    }

    #[test]
    fn a_long_file_is_a_warning_and_tests_do_not_count() {
        let long = "x\n".repeat(LONGEST_FILE + 1);
        assert_eq!(judged(size, "crates/app/src/tags/model.rs", &long), 1);
        let tested = format!("x\n#[cfg(test)]\nmod tests {{\n{long}}}\n");
        assert_eq!(judged(size, "crates/app/src/tags/model.rs", &tested), 0);
    }
}
