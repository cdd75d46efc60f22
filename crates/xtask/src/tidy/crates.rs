//! Nine crates, one direction.

use std::path::Path;

use super::Report;

/// Each crate and what of ours it may depend on. A tenth crate needs a record in docs/adr.
const MAY_USE: &[(&str, &[&str])] = &[
    ("base", &[]),
    ("messenger", &["base"]),
    ("wecom", &["base", "messenger"]),
    ("wecom-sim", &["base", "wecom"]),
    ("audience", &[]),
    ("screening", &[]),
    ("app", &["base", "messenger", "audience", "screening"]),
    ("server", &["base", "messenger", "wecom", "wecom-sim", "audience", "screening", "app"]),
    ("xtask", &[]),
];

/// The product must not know WeCom, but its tests run against the adapter on the simulator.
const TESTS_MAY_ALSO_USE: &[(&str, &[&str])] = &[("app", &["wecom", "wecom-sim"]), ("wecom", &["wecom-sim"])];

pub fn direction(root: &Path, report: &mut Report) -> anyhow::Result<()> {
    for entry in std::fs::read_dir(root.join("crates"))? {
        let dir = entry?.path();
        let Ok(manifest) = std::fs::read_to_string(dir.join("Cargo.toml")) else { continue };
        let name = dir.file_name().unwrap_or_default().to_string_lossy().into_owned();
        report.errors.extend(wrong_uses(&name, &manifest));
    }
    Ok(())
}

fn wrong_uses(name: &str, manifest: &str) -> Vec<String> {
    let Some((_, may)) = MAY_USE.iter().find(|(n, _)| *n == name) else {
        return vec![format!("crates/{name}: not one of the nine; a new crate needs a record in docs/adr")];
    };
    let more: &[&str] = TESTS_MAY_ALSO_USE.iter().find(|(n, _)| *n == name).map_or(&[], |(_, m)| m);
    let mut section = "";
    let mut errors = Vec::new();
    for line in manifest.lines().map(str::trim) {
        if line.starts_with('[') {
            section = line;
            continue;
        }
        let used = line.split(['.', '=', ' ']).next().unwrap_or_default();
        if !section.contains("dependencies") || !MAY_USE.iter().any(|(n, _)| *n == used) {
            continue;
        }
        let in_tests = section.contains("dev-dependencies");
        let allowed = may.contains(&used) || in_tests && more.contains(&used);
        if !allowed {
            errors.push(format!("crates/{name}/Cargo.toml: {name} must not depend on {used}"));
        }
    }
    errors
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_product_may_know_wecom_only_in_its_tests() {
        let manifest = "[dependencies]\nbase.workspace = true\nserde = \"1\"\n[dev-dependencies]\nwecom.workspace = true\n";
        assert!(wrong_uses("app", manifest).is_empty());
        let manifest = "[dependencies]\nwecom = { path = \"../wecom\" }\n";
        assert_eq!(wrong_uses("app", manifest), ["crates/app/Cargo.toml: app must not depend on wecom"]);
        assert_eq!(wrong_uses("helpers", "").len(), 1);
    }
}
