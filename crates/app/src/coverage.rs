//! Walks the whole surface, so that nothing escapes by being forgotten: every operation without a session, every
//! write without its right, every text in three languages, every job kind once.

use std::collections::BTreeSet;
use std::path::Path;

use axum::body::Body;
use http::{Method, StatusCode};
use serde_json::Value;

use crate::access::Role;
use crate::kernel::i18n::{self, Locale};
use crate::{both_dbs, schedule};

/// Operations that are meant for people without a session.
const PUBLIC: &[(&str, &str)] = &[("post", "/api/v1/session"), ("delete", "/api/v1/session")];

/// Questions that come as a POST because they are long; whoever may read may ask.
const QUESTIONS: &[&str] =
    &["/api/v1/segments/ask", "/api/v1/segments/why", "/api/v1/segments/check", "/api/v1/segments/overlap"];

/// An analyst takes lists out as files, with a reason and without contact data; that changes nothing in the product.
const TAKING_OUT: &[&str] = &["/api/v1/exports", "/api/v1/exports/{id}/cancel"];

fn operations() -> Vec<(Method, String)> {
    let document = serde_json::to_value(crate::routes::openapi()).expect("a document");
    let mut found = Vec::new();
    for (path, methods) in document["paths"].as_object().expect("paths") {
        for method in methods.as_object().expect("methods").keys() {
            if path.starts_with("/api/v1/") && !PUBLIC.contains(&(method.as_str(), path.as_str())) {
                found.push((method.to_uppercase().parse().expect("a method"), path.clone()));
            }
        }
    }
    assert!(found.len() > 10, "the document lists the product's operations");
    found
}

fn concrete(path: &str) -> String {
    path.split('/')
        .map(|part| if part.starts_with('{') { "none" } else { part })
        .collect::<Vec<_>>()
        .join("/")
}

both_dbs! {
    async fn every_operation_refuses_strangers(world: World) {
        for (method, path) in operations() {
            let answer = world.send_as("", method.clone(), &concrete(&path), Body::from("{}")).await;
            assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{method} {path}: {}", answer.text);
        }
    }

    async fn no_write_is_open_to_an_analyst(world: World) {
        let analyst = world.operator("ana", Role::Analyst, None).await;
        for (method, path) in operations() {
            let meant = QUESTIONS.contains(&path.as_str()) || TAKING_OUT.contains(&path.as_str());
            if method == Method::GET || path == "/api/v1/session" || meant {
                continue;
            }
            let answer = world.send_as(&analyst, method.clone(), &concrete(&path), Body::from("{}")).await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{method} {path}: {}", answer.text);
        }
    }

    async fn another_companys_things_are_not_found(world: World) {
        world.connect().await;
        let stranger = world.another_company().await;
        let mut tried = 0;
        for (method, path) in operations() {
            let Some(list) = path.strip_suffix("/{id}").filter(|_| method == Method::GET) else { continue };
            if list.contains('{') || !operations().contains(&(Method::GET, list.to_owned())) {
                continue;
            }
            let Some(id) = world.get(list).await.ok()["items"][0]["id"].as_str().map(str::to_owned) else { continue };
            let own = world.get(&format!("{list}/{id}")).await;
            assert!(own.status.is_success(), "{list}: {}", own.text);
            let foreign = world.send_as(&stranger, Method::GET, &format!("{list}/{id}"), Body::empty()).await;
            assert_eq!(foreign.status, StatusCode::NOT_FOUND, "{list}/{id}: {}", foreign.text);
            let theirs = world.send_as(&stranger, Method::GET, list, Body::empty()).await.ok();
            assert_eq!(theirs["items"].as_array().map(Vec::len), Some(0), "{list} shows another company's things");
            tried += 1;
        }
        assert!(tried >= 3, "too little was tried: {tried}");
    }

    async fn unknown_things_are_not_found(world: World) {
        for (method, path) in operations() {
            if method == Method::GET && path.contains('{') {
                let answer = world.get(&concrete(&path)).await;
                assert_eq!(answer.status, StatusCode::NOT_FOUND, "{method} {path}: {}", answer.text);
            }
        }
    }
}

fn keys(json: &str) -> BTreeSet<String> {
    serde_json::from_str::<serde_json::Map<String, Value>>(json)
        .expect("a flat catalogue")
        .into_iter()
        .map(|(k, _)| k)
        .collect()
}

#[test]
fn every_text_exists_in_three_languages() {
    for words in crate::WORDS {
        assert_eq!(keys(words.zh), keys(words.en));
        assert_eq!(keys(words.zh), keys(words.es));
    }
}

#[test]
fn every_refusal_has_a_text() {
    let mut missing = Vec::new();
    for file in rust_files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src")) {
        let source = std::fs::read_to_string(&file).expect("our own source");
        for line in source.lines().filter(|l| l.trim_start().starts_with("Self::") && l.contains("=> \"")) {
            let code = line.split("=> \"").nth(1).and_then(|rest| rest.split('"').next()).unwrap_or_default();
            let is_code = code.split_once('.').is_some_and(|(slice, _)| {
                file.parent().and_then(Path::file_name).is_some_and(|folder| folder == slice)
            });
            if is_code && !Locale::ALL.into_iter().all(|locale| i18n::knows(locale, code)) {
                missing.push(format!("{}: {code}", file.display()));
            }
        }
    }
    assert!(missing.is_empty(), "{missing:#?}");
}

fn rust_files(folder: &Path) -> Vec<std::path::PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).expect("a folder").filter_map(Result::ok) {
        let path = entry.path();
        if path.is_dir() {
            files.extend(rust_files(&path));
        } else if path.file_name().is_some_and(|n| n == "model.rs") {
            files.push(path);
        }
    }
    files
}

#[test]
fn job_kinds_and_recurring_names_are_unique() {
    let kinds: BTreeSet<_> = schedule::JOBS.iter().map(|j| j.kind).collect();
    assert_eq!(kinds.len(), schedule::JOBS.len());
    let names: BTreeSet<_> = schedule::RECURRING.iter().map(|r| r.name).collect();
    assert_eq!(names.len(), schedule::RECURRING.len());
}
