//! The vendor's npm package and PyPI's wechatpy open what we seal, and we open what they seal.
//!
//! The packages are installed by `cargo xtask test`, which names them in `HUOQUN_NODE_PEER` (a folder with
//! `node_modules`) and `HUOQUN_PYTHON_PEER` (the Python of a virtual environment). Without them these tests say
//! loudly that they were skipped.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use base::Rng;
use serde_json::{Value, json};
use wecom::crypto::{CallbackCrypto, Stamp, js_signature};

const TOKEN: &str = "hJqcu3uJ9Tn2gXPmxx2w9kkCkCE2EPYo";
const KEYS: [&str; 2] =
    ["6qkdMrq68nTKduznJYO1A37W2oEgpkMUvkttRToqhUt", "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C"];
const CORP: &str = "ww0123456789abcdef";
const TICKET: &str = "kgt8ON7yVITDhtdwci0qeZ0kw1Yqc0Cq";

#[test]
fn the_vendors_package_and_ours_understand_each_other() {
    let Ok(folder) = std::env::var("HUOQUN_NODE_PEER") else {
        return skipped("HUOQUN_NODE_PEER");
    };
    // A peer's own program must run where it stands, so the script comes by its path.
    let answer = converse(Command::new("node").arg(script("peer.js")).env("HUOQUN_NODE_PEER", folder));
    let ours = js_signature(TICKET, "Wm3WZYTPz0wzccnW", 1_414_587_457, "https://shop.example/p?a=1");
    assert_eq!(answer[0]["js"], json!(ours));
}

#[test]
fn wechatpy_and_ours_understand_each_other() {
    let Ok(python) = std::env::var("HUOQUN_PYTHON_PEER") else {
        return skipped("HUOQUN_PYTHON_PEER");
    };
    converse(Command::new(python).arg(script("peer.py")));
}

#[expect(clippy::print_stderr, reason = "a skipped peer must be seen")]
fn skipped(variable: &str) {
    eprintln!("SKIPPED: {variable} is not set, so no foreign package was asked. Run `cargo xtask test`.");
}

fn script(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/peers").join(name)
}

/// Exchanges messages of every padding length, both ways, with both keys. Returns the peer's answers.
fn converse(program: &mut Command) -> Vec<Value> {
    let answers = KEYS.map(|key| {
        let crypto = CallbackCrypto::new(TOKEN, key, CORP).expect("key");
        let messages = messages();
        let answer = ask(program, &job(&crypto, key, &messages));
        let opened = answer["opened"].as_array().expect("opened");
        let (last, good) = opened.split_last().expect("something");
        assert_eq!(good, messages.iter().map(|m| json!(m)).collect::<Vec<_>>());
        assert_eq!(*last, Value::Null, "the peer must refuse a message with a wrong signature");
        let sealed = answer["sealed"].as_array().expect("sealed");
        let text = |one: &Value, field: &str| one[field].as_str().expect("text").to_owned();
        let ours: Vec<Option<String>> = sealed
            .iter()
            .map(|one| {
                let (signature, timestamp) = (text(one, "signature"), text(one, "timestamp"));
                crypto.open(&signature, &timestamp, &text(one, "nonce"), text(one, "body").as_bytes())
            })
            .collect();
        assert_eq!(ours, messages.iter().cloned().map(Some).collect::<Vec<_>>());
        answer
    });
    answers.to_vec()
}

fn messages() -> Vec<String> {
    let mut texts: Vec<String> = (1..70).map(|n| format!("<xml><A>{}</A></xml>", "x".repeat(n))).collect();
    texts.push("<xml><Name><![CDATA[王小二 & 🎉]]></Name></xml>".into());
    texts.push("y".repeat(20_000));
    texts
}

fn job(crypto: &CallbackCrypto, key: &str, messages: &[String]) -> Value {
    let mut rng = Rng::seeded(11);
    let mut sealed: Vec<Value> = messages
        .iter()
        .enumerate()
        .map(|(n, message)| {
            let mut random16 = [0; 16];
            rng.fill(&mut random16);
            let (timestamp, nonce) = (format!("{}", 1_700_000_000 + n), format!("n{n}"));
            let encrypted = crypto.encrypt(&random16, message);
            let signature = crypto.signature(&timestamp, &nonce, &encrypted);
            // The same message through the envelope that we post.
            let stamp = Stamp { timestamp: &timestamp, nonce: &nonce, random16 };
            assert_eq!(crypto.delivery(&stamp, None, message).signature, signature);
            json!({"signature": signature, "timestamp": timestamp, "nonce": nonce, "encrypted": encrypted})
        })
        .collect();
    let mut forged = sealed[0].clone();
    forged["nonce"] = json!("another");
    sealed.push(forged);
    let asked: Vec<Value> = messages
        .iter()
        .enumerate()
        .map(|(n, message)| {
            json!({"timestamp": format!("{}", 1_700_100_000 + n), "nonce": format!("m{n}"), "message": message})
        })
        .collect();
    json!({
        "token": TOKEN, "key": key, "receive_id": CORP, "sealed": sealed, "messages": asked,
        "js": {"ticket": TICKET, "nonceStr": "Wm3WZYTPz0wzccnW", "timestamp": 1_414_587_457,
               "url": "https://shop.example/p?a=1"},
    })
}

fn ask(program: &mut Command, job: &Value) -> Value {
    let spawned = program.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
    let mut child = spawned.expect("the peer starts");
    child.stdin.take().expect("stdin").write_all(job.to_string().as_bytes()).expect("the peer listens");
    let output = child.wait_with_output().expect("the peer ends");
    assert!(output.status.success(), "the peer failed: {}", output.status);
    serde_json::from_slice(&output.stdout).expect("the peer answers with JSON")
}
