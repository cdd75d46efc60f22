//! The demo's history: the same seed gives the same one, and lost, repeated and shuffled callbacks change nothing in
//! what the product knows in the end.

use std::path::PathBuf;
use std::process::Command;

use sqlx::sqlite::SqlitePoolOptions;

const HUOQUN: &str = env!("CARGO_BIN_EXE_huoqun");

/// Lives a history in a folder of its own; answers the folder and what was said.
fn live(name: &str, more: &[&str]) -> (PathBuf, String) {
    let folder = std::env::temp_dir().join(format!("huoqun-history-{name}-{}", std::process::id()));
    let _ = std::fs::remove_dir_all(&folder);
    // The port is part of every address the history holds, so both runs of a comparison use one that is free now.
    let mut command = Command::new(HUOQUN);
    command.args(["demo", "--until-filled", "--today", "20260914", "--data"]).arg(&folder).args(more);
    let output = command.output().expect("the demo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    (folder, String::from_utf8_lossy(&output.stdout).into_owned())
}

fn free_address() -> String {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("its address").to_string()
}

async fn facts(folder: &std::path::Path) -> Vec<(i64, String, i64, String)> {
    let url = format!("sqlite://{}?mode=ro", folder.join("huoqun.db").display());
    let pool = SqlitePoolOptions::new().connect(&url).await.expect("the lived store");
    sqlx::query_as("SELECT seq, kind, at, payload FROM facts ORDER BY seq")
        .fetch_all(&pool)
        .await
        .expect("the facts")
}

#[tokio::test]
async fn the_same_seed_lives_the_same_history() {
    let (first, _) = live("first", &["--days", "3", "--seed", "11", "--listen", &free_address()]);
    let (second, _) = live("second", &["--days", "3", "--seed", "11", "--listen", &free_address()]);
    let (other, _) = live("other", &["--days", "3", "--seed", "12", "--listen", &free_address()]);
    let (a, b, c) = (facts(&first).await, facts(&second).await, facts(&other).await);
    assert!(a.len() > 300, "something was lived: {}", a.len());
    assert_eq!(a, b);
    assert_ne!(a, c);
    for folder in [first, second, other] {
        let _ = std::fs::remove_dir_all(folder);
    }
}

#[test]
fn lost_repeated_and_shuffled_callbacks_change_nothing_in_the_end() {
    let faults = r#"{"drop":0.15,"duplicate":0.35,"delay":0.2,"delay_ms":45000,"reorder":0.3}"#;
    let address = free_address();
    let (folder, said) =
        live("faults", &["--days", "60", "--callback-faults", faults, "--prove", "--listen", &address]);
    assert!(said.contains("the mirror equals the platform's truth"), "{said}");
    let heard = said.lines().find_map(|l| l.strip_suffix(" callbacks heard again changed nothing"));
    let heard: usize = heard.and_then(|n| n.parse().ok()).expect("the history is heard again");
    assert!(heard > 3_000, "a history of {heard} callbacks");
    let _ = std::fs::remove_dir_all(folder);
}
