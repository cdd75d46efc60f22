//! Rules of the product crate: a slice uses only slices above it, has only the known files, and has its page.

use std::path::Path;

use super::Report;
use super::source::File;

const APP: &str = "crates/app/src/";
/// Tables of contents: they name every slice because that is what they are for.
const CONTENTS: &[&str] = &["lib", "ctx", "reactions", "routes", "schedule"];
/// Modules that are neither slice nor table of contents; tests stand outside the order.
const BESIDE: &[&str] = &["kernel", "testkit", "tests", "coverage", "world"];
const SLICE_FILES: &[&str] = &["mod", "model", "rows", "store", "api", "member", "jobs", "tests"];

/// `use crate::x` and `crate::x::` point upwards in the module list of lib.rs, never downwards.
pub fn order(root: &Path, files: &[File], report: &mut Report) -> anyhow::Result<()> {
    let order = modules(&std::fs::read_to_string(root.join(APP).join("lib.rs"))?);
    for file in files.iter().filter(|f| !f.is_test()) {
        let Some(own) = module_of(&file.path) else { continue };
        if CONTENTS.contains(&own) {
            continue;
        }
        let Some(own_place) = order.iter().position(|m| m == own) else {
            if !BESIDE.contains(&own) {
                report.errors.push(format!("{}: {own} is not in the module list of lib.rs", file.path));
            }
            continue;
        };
        for (line, used) in uses(file.without_tests()) {
            match order.iter().position(|m| *m == used) {
                Some(place) if place > own_place && !CONTENTS.contains(&used.as_str()) => {
                    let path = &file.path;
                    report
                        .errors
                        .push(format!("{path}:{line}: {own} must not use {used}, which stands below it"));
                }
                _ => {}
            }
        }
    }
    Ok(())
}

/// Each slice has a page for operators and, unless it must, no file names but the known ones.
pub fn shape(root: &Path, files: &[File], report: &mut Report) -> anyhow::Result<()> {
    for slice in slices(&std::fs::read_to_string(root.join(APP).join("lib.rs"))?) {
        let folder = format!("{APP}{slice}/");
        for file in files.iter().filter(|f| f.path.starts_with(&folder)) {
            let inner = &file.path[folder.len()..];
            // One level of folders may split a long file: `store/pages.rs`, `model/tests.rs`.
            let first = inner.split('/').next().unwrap_or_default().trim_end_matches(".rs");
            if !SLICE_FILES.contains(&first) {
                report.warnings.push(format!(
                    "{}: look for it in one of {}",
                    file.path,
                    SLICE_FILES.join(", ")
                ));
            }
        }
        if !root.join("docs/features").join(format!("{slice}.md")).is_file() {
            report
                .errors
                .push(format!("docs/features/{slice}.md is missing: what does {slice} do for an operator?"));
        }
    }
    Ok(())
}

/// The `pub mod` list of lib.rs, in order.
fn modules(lib: &str) -> Vec<String> {
    let name = |line: &str| Some(line.trim().strip_prefix("pub mod ")?.strip_suffix(';')?.to_owned());
    lib.lines().filter_map(name).collect()
}

/// The modules that are capabilities.
pub fn slices(lib: &str) -> Vec<String> {
    let is_slice = |m: &String| !CONTENTS.contains(&m.as_str()) && !BESIDE.contains(&m.as_str());
    modules(lib).into_iter().filter(is_slice).collect()
}

/// `tags` for `crates/app/src/tags/model.rs` and `crates/app/src/tags.rs`.
fn module_of(path: &str) -> Option<&str> {
    path.strip_prefix(APP)?.split('/').next().map(|name| name.trim_end_matches(".rs"))
}

/// Line number and first segment of every path that starts with `crate::`, groups in braces included.
fn uses(text: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(at) = text[from..].find("crate::") {
        let at = from + at;
        from = at + "crate::".len();
        let line_start = text[..at].rfind('\n').map_or(0, |n| n + 1);
        if text[line_start..at].trim_start().starts_with("//") || text[..at].ends_with('$') {
            continue;
        }
        let number = text[..at].matches('\n').count() + 1;
        let rest = &text[from..];
        match rest.strip_prefix('{') {
            Some(group) => found.extend(group_heads(group).into_iter().map(|head| (number, head))),
            None => found.push((number, word(rest))),
        }
    }
    found
}

/// The first segment of each member of `{a::b, c, d::{e, f}}`, given what follows the opening brace.
fn group_heads(group: &str) -> Vec<String> {
    let mut heads = Vec::new();
    let (mut depth, mut at_head) = (0usize, true);
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => at_head = true,
            c if c.is_whitespace() => {}
            _ if at_head => {
                heads.push(word(&group[at..]));
                at_head = false;
            }
            _ => {}
        }
    }
    heads
}

fn word(text: &str) -> String {
    text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_found_alone_and_in_groups() {
        let text = "use crate::tags::Tag;\n// crate::orders is only talked of\nuse crate::{\n  ctx::Ctx,\n  \
                    people::{self, Person}, kernel,\n};\nfn f() { crate::links::mint(); $crate::macros::x(); }\n";
        let found: Vec<String> = uses(text).into_iter().map(|(n, w)| format!("{n}:{w}")).collect();
        assert_eq!(found, ["1:tags", "3:ctx", "3:people", "3:kernel", "7:links"]);
    }

    #[test]
    fn the_order_is_the_list_in_lib_rs() {
        let lib = "//! X\npub mod ctx;\nmod hidden;\npub mod kernel;\npub mod tenants;\npub mod tags;\n";
        assert_eq!(modules(lib), ["ctx", "kernel", "tenants", "tags"]);
        assert_eq!(slices(lib), ["tenants", "tags"]);
        assert_eq!(module_of("crates/app/src/tags/store.rs"), Some("tags"));
        assert_eq!(module_of("crates/app/src/routes.rs"), Some("routes"));
        assert_eq!(module_of("crates/wecom/src/lib.rs"), None);
    }

    #[test]
    fn a_slice_that_looks_down_is_named() {
        let dir = std::env::temp_dir().join(format!("huoqun-tidy-{}", std::process::id()));
        std::fs::create_dir_all(dir.join(APP)).expect("a directory");
        std::fs::write(dir.join(APP).join("lib.rs"), "pub mod kernel;\npub mod people;\npub mod tags;\n")
            .expect("lib");
        let file = |path: &str, text: &str| File { path: format!("{APP}{path}"), text: text.into() };
        let files = [
            file("people/api.rs", "use crate::tags;\n"),
            file("tags/api.rs", "use crate::people;\nuse crate::kernel::db;\n"),
            file("tags/manager.rs", ""),
            file("people/tests.rs", "use crate::tags;\n"),
        ];
        let mut report = Report::default();
        order(&dir, &files, &mut report).expect("order");
        assert_eq!(
            report.errors,
            ["crates/app/src/people/api.rs:1: people must not use tags, which stands below it"]
        );
        shape(&dir, &files, &mut report).expect("shape");
        assert_eq!(report.errors.len(), 1 + 2, "two missing pages: {:?}", report.errors);
        assert_eq!(report.warnings.len(), 1, "one unusual name: {:?}", report.warnings);
        std::fs::remove_dir_all(dir).expect("removed");
    }
}
