//! The set-up doctor: what it asks, and what it makes of the answers.

use std::sync::Arc;

use async_trait::async_trait;
use messenger::probe::{Finding, Verdict};
use serde_json::{Value, json};
use wecom::transport::{Request, Response, Transport, TransportError};

use crate::support::{messenger, ok, read, refused};

/// Answers by path, so that probes may ask in any order.
struct Company(fn(&str) -> Value);

#[async_trait]
impl Transport for Company {
    async fn call(&self, request: Request) -> Result<Response, TransportError> {
        let seen = read(&request);
        let answer = (self.0)(&seen.path);
        Ok(Response { status: 200, body: answer.to_string().into() })
    }
}

fn healthy(path: &str) -> Value {
    match path.trim_start_matches("/cgi-bin/") {
        "gettoken" => ok(json!({"access_token": "t", "expires_in": 7200})),
        "agent/get" => ok(
            json!({"agentid": 1_000_002, "allow_userinfos": {"user": [{"userid": "a"}]}, "allow_partys": {"partyid": [1]}}),
        ),
        "externalcontact/get_follow_user_list" => ok(json!({"follow_user": ["a", "b"]})),
        "department/list" => ok(json!({"department": [{"id": 1}]})),
        "externalcontact/list" => refused(84061),
        "externalcontact/groupchat/list" => ok(json!({"group_chat_list": [{"chat_id": "wr1", "status": 0}]})),
        "externalcontact/get_corp_tag_list" => {
            ok(json!({"tag_group": [{"tag": [{"id": "1"}, {"id": "2"}, {"id": "3"}]}]}))
        }
        "externalcontact/list_contact_way" => ok(json!({"contact_way": []})),
        "externalcontact/get_groupmsg_list_v2" => ok(json!({"group_msg_list": []})),
        "message/send" => refused(81013),
        "get_jsapi_ticket" | "ticket/get" => ok(json!({"ticket": "t", "expires_in": 7200})),
        "getcallbackip" => ok(json!({"ip_list": ["1.2.3.4"]})),
        other => panic!("{other}"),
    }
}

async fn findings(company: fn(&str) -> Value) -> Vec<Finding> {
    let messenger = messenger(Arc::new(Company(company)));
    let probes = messenger.probes();
    let mut findings = Vec::new();
    for name in probes.names() {
        findings.push(probes.run(name).await);
    }
    findings
}

fn verdicts(findings: &[Finding]) -> Vec<(&str, Verdict)> {
    findings.iter().map(|f| (f.probe.as_str(), f.verdict)).collect()
}

#[tokio::test]
async fn a_healthy_company_is_fine_all_through() {
    let findings = findings(healthy).await;
    assert!(findings.iter().all(|f| f.verdict == Verdict::Fine && f.code == 0), "{findings:#?}");
    assert!(findings.iter().all(|f| f.asked.starts_with("/cgi-bin/")));
    let counts: Vec<_> = findings.iter().map(|f| (f.probe.as_str(), f.count)).collect();
    assert_eq!(
        counts,
        [
            ("token", None),
            ("trusted_ip", None),
            ("visible_range", Some(2)),
            ("api_permission", None),
            ("serving_staff", Some(2)),
            ("directory", Some(1)),
            ("contacts", Some(0)),
            ("groups", Some(1)),
            ("tags", Some(3)),
            ("contact_way", Some(0)),
            ("mass_send", Some(0)),
            ("app_message", None),
            ("jssdk_ticket", None),
            ("callback_ips", Some(1)),
        ]
    );
}

#[tokio::test]
async fn with_a_wrong_secret_only_the_token_is_broken_and_the_rest_was_not_asked() {
    let findings = findings(|path| match path {
        "/cgi-bin/gettoken" => refused(40001),
        other => panic!("{other} must not be asked"),
    })
    .await;
    assert_eq!((findings[0].verdict, findings[0].code), (Verdict::Broken, 40001));
    assert!(findings[0].words.contains("words of 40001"));
    assert!(findings[1..].iter().all(|f| f.verdict == Verdict::Skipped && f.code == 40001), "{findings:#?}");
}

#[tokio::test]
async fn an_untrusted_address_is_one_finding_and_not_fourteen() {
    let findings = findings(|path| match path {
        "/cgi-bin/gettoken" => healthy(path),
        _ => refused(60020),
    })
    .await;
    let broken: Vec<_> = findings.iter().filter(|f| f.verdict == Verdict::Broken).collect();
    assert_eq!(broken.len(), 1);
    assert_eq!((broken[0].probe.as_str(), broken[0].code), ("trusted_ip", 60020));
    assert!(findings[2..].iter().all(|f| f.verdict == Verdict::Skipped));
}

#[tokio::test]
async fn a_missing_right_names_its_call_and_an_empty_company_is_a_warning() {
    let without_right = findings(|path| match path {
        "/cgi-bin/externalcontact/get_follow_user_list" => refused(48002),
        "/cgi-bin/message/send" => refused(48002),
        other => healthy(other),
    })
    .await;
    let of = |name: &str| without_right.iter().find(|f| f.probe == name).expect("probed");
    assert_eq!((of("api_permission").verdict, of("api_permission").code), (Verdict::Broken, 48002));
    assert_eq!(of("api_permission").asked, "/cgi-bin/externalcontact/get_follow_user_list");
    assert_eq!(of("app_message").verdict, Verdict::Broken);
    assert_eq!(of("tags").verdict, Verdict::Fine);

    let empty = findings(|path| match path {
        "/cgi-bin/externalcontact/get_follow_user_list" => ok(json!({"follow_user": []})),
        "/cgi-bin/agent/get" => ok(json!({"agentid": 1_000_002})),
        other => healthy(other),
    })
    .await;
    let verdicts = verdicts(&empty);
    for (name, verdict) in [
        ("visible_range", Verdict::Warning),
        ("serving_staff", Verdict::Warning),
        ("contacts", Verdict::Skipped),
        ("groups", Verdict::Skipped),
        ("trusted_ip", Verdict::Fine),
    ] {
        assert!(verdicts.contains(&(name, verdict)), "{name}: {verdicts:?}");
    }
}

#[tokio::test]
async fn an_unknown_probe_is_skipped() {
    let finding = messenger(Arc::new(Company(healthy))).probes().run("no_such").await;
    assert_eq!(finding.verdict, Verdict::Skipped);
}
