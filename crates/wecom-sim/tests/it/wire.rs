//! Tokens, ranges, limits, cursors, types, media, identity: what every client meets first.

use base::time::{DAY, HOUR, MINUTE, SECOND};
use serde_json::{Value, json};
use wecom_sim::{Act, Harm, Rule};

use crate::desk::TestDesk;

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n and some more bytes of a picture";

fn multipart(name: &str, file: &str, bytes: &[u8]) -> (String, Vec<u8>) {
    let mut body = format!(
        "--XX\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"{file}\"\r\n\
         Content-Type: application/octet-stream\r\n\r\n"
    )
    .into_bytes();
    body.extend_from_slice(bytes);
    body.extend_from_slice(b"\r\n--XX--\r\n");
    ("multipart/form-data; boundary=XX".to_owned(), body)
}

async fn upload(desk: &TestDesk, path: &str, file: &str, bytes: &[u8]) -> Value {
    let token = desk.token().await;
    let (kind, body) = multipart("media", file, bytes);
    let mark = if path.contains('?') { '&' } else { '?' };
    let target = format!("/cgi-bin/{path}{mark}access_token={token}");
    let (_, bytes) = desk.raw("POST", &target, &[("content-type", &kind)], body).await;
    serde_json::from_slice(&bytes).expect("JSON")
}

#[tokio::test]
async fn one_token_per_secret_that_expires_or_dies_early() {
    let desk = TestDesk::new(1);
    let first = desk.token().await;
    assert_eq!(first, desk.token().await, "the same while it is valid");
    let list = |token: &str| format!("/cgi-bin/externalcontact/get_follow_user_list?access_token={token}");
    assert_eq!(desk.get_json(&list(&first)).await["errcode"], 0);
    assert_eq!(desk.get_json(&list("wrong")).await["errcode"], 40014);
    assert_eq!(desk.get_json("/cgi-bin/externalcontact/get_follow_user_list").await["errcode"], 41001);
    // A token in the body or a header is no token.
    let body = json!({"access_token": first, "limit": 10}).to_string();
    let (_, bytes) = desk.raw("POST", "/cgi-bin/externalcontact/groupchat/list", &[], body).await;
    assert_eq!(serde_json::from_slice::<Value>(&bytes).expect("JSON")["errcode"], 41001);
    desk.clock.advance(7_200 * SECOND);
    assert_eq!(desk.get_json(&list(&first)).await["errcode"], 42001);
    let second = desk.token().await;
    assert_ne!(first, second);
    desk.sim.desk().faults.rules.push(Rule::on("get_follow_user_list", Harm::InvalidateToken).times(1));
    assert_eq!(desk.get_json(&list(&second)).await["errcode"], 40014);
    assert_ne!(desk.token().await, second, "a revoked token is not handed out again");
}

#[tokio::test]
async fn wrong_secrets_shut_an_address_out_for_an_hour() {
    let desk = TestDesk::new(1);
    let wrong = format!("/cgi-bin/gettoken?corpid={}&corpsecret=nonsense", desk.corp);
    for _ in 0..20 {
        assert_eq!(desk.get_json(&wrong).await["errcode"], 40001);
    }
    assert_eq!(desk.get_json(&wrong).await["errcode"], 45009);
    desk.clock.advance(HOUR + SECOND);
    assert!(!desk.token().await.is_empty());
    assert_eq!(desk.get_json("/cgi-bin/gettoken?corpid=ww0&corpsecret=x").await["errcode"], 40013);
}

#[tokio::test]
async fn range_switches_ownership_permission_and_addresses_are_checked() {
    let desk = TestDesk::new(1);
    let code = desk.contact_way(&["guo.guo"], "s").await;
    let person = desk.person("甲");
    desk.scan(&code, &person);
    let get = format!("externalcontact/get?external_userid={person}");
    assert_eq!(desk.get(&get).await["errcode"], 0);
    assert_eq!(desk.get("externalcontact/get?external_userid=wmNobody").await["errcode"], 40096);
    let app = |f: fn(&mut wecom_sim::world::apps::App)| {
        f(&mut desk.sim.desk().world.corps.get_mut(&desk.corp).expect("corp").apps[0]);
    };
    app(|a| a.visible = Some(vec!["su.qing".to_owned()]));
    assert_eq!(desk.get(&get).await["errcode"], 84061, "her only follower is out of range");
    assert_eq!(desk.get("user/get?userid=guo.guo").await["errcode"], 60011);
    assert_eq!(desk.get("user/get?userid=nobody").await["errcode"], 60111);
    assert_eq!(desk.get("externalcontact/get_follow_user_list").await["follow_user"], json!(["su.qing"]));
    app(|a| a.visible = None);
    desk.act(Act::SwitchContactFunction { userid: "tang.yue".to_owned(), on: false });
    let way = json!({"type": 1, "scene": 2, "user": ["tang.yue"]});
    assert_eq!(desk.code("externalcontact/add_contact_way", way).await, 41054);
    app(|a| a.trusted_ips = Vec::new());
    assert_eq!(desk.get("externalcontact/get_follow_user_list").await["errcode"], 60020);
    app(|a| a.trusted_ips = vec!["127.0.0.1".to_owned()]);
    app(|a| a.customer_api = false);
    assert_eq!(desk.get("externalcontact/get_follow_user_list").await["errcode"], 48002);
    assert_eq!(
        desk.get("user/get?userid=GUO.GUO").await["userid"],
        "guo.guo",
        "ids ignore case; directory still open"
    );
    app(|a| a.customer_api = true);
    assert_eq!(desk.code("user/list_id", json!({})).await, 48002, "only the address-book secret");
    // Another app's code can't be touched.
    let foreign = {
        let mut sim = desk.sim.desk();
        let corp = sim.world.corps.get_mut(&desk.corp).expect("corp");
        corp.contact_ways.get_mut(&code).expect("way").agent = 7;
        code.clone()
    };
    assert_eq!(desk.code("externalcontact/get_contact_way", json!({"config_id": foreign})).await, 41040);
}

#[tokio::test]
async fn types_methods_and_texts_of_refusals_are_the_documented_ones() {
    let desk = TestDesk::new(1);
    let answer = desk.post("externalcontact/groupchat/list", json!({"limit": "10"})).await;
    assert_eq!(answer["errcode"], 40058);
    let text = answer["errmsg"].as_str().expect("text");
    assert!(
        text.contains("Warning: wrong json format.")
            && text.contains("hint: [")
            && text.contains("from ip: 127.0.0.1")
    );
    assert_eq!(desk.get("externalcontact/groupchat/list").await["errcode"], 40058, "GET instead of POST");
    let token = desk.token().await;
    let target = format!("/cgi-bin/externalcontact/groupchat/list?access_token={token}");
    let (_, bytes) = desk.raw("POST", &target, &[], "{not json").await;
    assert_eq!(serde_json::from_slice::<Value>(&bytes).expect("JSON")["errcode"], 40058);
    assert_eq!(desk.raw("GET", "/cgi-bin/no/such", &[], "").await.0, 404);
    assert_eq!(desk.code("externalcontact/groupchat/list", json!({})).await, 40063, "limit is required");
}

#[tokio::test]
async fn lists_have_their_cursor_and_limit_quirks() {
    let desk = TestDesk::new(1);
    let code = desk.contact_way(&["guo.guo"], "s").await;
    for n in 0..120 {
        desk.scan(&code, &desk.person(&format!("客{n}")));
    }
    let batch = |body: Value| desk.done("externalcontact/batch/get_by_user", body);
    let first = batch(json!({"userid_list": ["guo.guo"], "limit": 9_999})).await;
    assert_eq!(
        first["external_contact_list"].as_array().expect("list").len(),
        100,
        "over-limit is the maximum here"
    );
    let cursor = first["next_cursor"].as_str().expect("cursor").to_owned();
    let second = batch(json!({"userid_list": ["guo.guo"], "limit": 100, "cursor": cursor})).await;
    assert_eq!(second["external_contact_list"].as_array().expect("list").len(), 20);
    assert_eq!(second["next_cursor"], "", "an empty cursor ends");
    let forged = json!({"userid_list": ["guo.guo"], "cursor": "12"});
    assert_eq!(desk.code("externalcontact/batch/get_by_user", forged).await, 50100);
    for n in 0..101 {
        desk.contact_way(&["guo.guo"], &format!("n{n}")).await;
    }
    let ways = desk.done("externalcontact/list_contact_way", json!({"limit": 99_999})).await;
    assert_eq!(ways["contact_way"].as_array().expect("list").len(), 100, "over-limit is the default here");
    assert_eq!(desk.code("externalcontact/groupchat/list", json!({"limit": 1_001})).await, 40058);
}

#[tokio::test]
async fn types_differ_between_apis_as_documented() {
    let desk = TestDesk::new(1);
    let temp = upload(&desk, "media/upload?type=image", "a.png", PNG).await;
    let attachment =
        upload(&desk, "media/upload_attachment?media_type=image&attachment_type=1", "a.png", PNG).await;
    assert!(temp["created_at"].is_string() && attachment["created_at"].is_number());
    let code = desk.contact_way(&["guo.guo"], "s").await;
    let person = desk.person("甲");
    desk.scan(&code, &person);
    let detail = desk.get(&format!("externalcontact/get?external_userid={person}")).await;
    assert_eq!(detail["external_contact"]["gender"], 2);
    assert_eq!(detail["follow_user"][0]["state"], "s");
    assert_eq!(detail["follow_user"][0]["add_way"], 1);
    assert!(detail["follow_user"][0]["tags"].is_array(), "the detail names tags");
    let batch = desk.done("externalcontact/batch/get_by_user", json!({"userid_list": ["guo.guo"]})).await;
    assert!(
        batch["external_contact_list"][0]["follow_info"]["tag_id"].is_array(),
        "the batch only their ids"
    );
    let mobile = desk.get("user/get?userid=guo.guo").await;
    assert!(
        mobile.get("mobile").is_none() && mobile.get("avatar").is_none(),
        "not for apps made after 2022-06"
    );
}

#[tokio::test]
async fn windows_run_full_and_parallel_calls_are_refused() {
    let desk = TestDesk::new(1);
    desk.sim.desk().world.limits.corp.per_minute = 3;
    for _ in 0..3 {
        assert_eq!(desk.get("department/list").await["errcode"], 0);
    }
    assert_eq!(desk.get("department/list").await["errcode"], 45009);
    assert_eq!(desk.get("user/get?userid=guo.guo").await["errcode"], 0, "the window is per API");
    desk.clock.advance(MINUTE);
    assert_eq!(desk.get("department/list").await["errcode"], 0);

    let code = desk.contact_way(&["guo.guo"], "").await;
    let person = desk.person("甲");
    desk.scan(&code, &person);
    let made =
        desk.done("externalcontact/add_corp_tag", json!({"group_name": "G", "tag": [{"name": "a"}]})).await;
    let tag = made["tag_group"]["tag"][0]["id"].clone();
    desk.sim.desk().faults.rules.push(Rule::on("", Harm::Slow { ms: 30 }));
    desk.sim.desk().faults.parallel_lists = 1;
    let mark = json!({"userid": "guo.guo", "external_userid": person, "add_tag": [tag]});
    let edit = || desk.post("externalcontact/mark_tag", mark.clone());
    let (one, two) = tokio::join!(edit(), edit());
    assert_eq!((one["errcode"].as_i64(), two["errcode"].as_i64()), (Some(0), Some(45035)));
    let list = || desk.post("externalcontact/groupchat/list", json!({"limit": 5}));
    let (one, two) = tokio::join!(list(), list());
    assert_eq!((one["errcode"].as_i64(), two["errcode"].as_i64()), (Some(0), Some(45033)));
}

#[tokio::test]
async fn media_live_three_days_and_are_checked() {
    let desk = TestDesk::new(1);
    let made = upload(&desk, "media/upload?type=image", "海报.png", PNG).await;
    let id = made["media_id"].as_str().expect("id").to_owned();
    let get = |token: String| format!("/cgi-bin/media/get?access_token={token}&media_id={id}");
    let (_, bytes) = desk.raw("GET", &get(desk.token().await), &[], "").await;
    assert_eq!(bytes, PNG);
    let (status, part) = desk.raw("GET", &get(desk.token().await), &[("range", "bytes=1-3")], "").await;
    assert_eq!((status, part.as_ref()), (206, b"PNG".as_slice()));
    for (path, bytes, code) in [
        ("media/upload?type=image", b"GIF89a no picture we take".to_vec(), 40004),
        ("media/upload?type=voice", PNG.to_vec(), 40004),
        ("media/upload?type=image", b"\x89PNG".to_vec(), 45001),
        ("media/upload?type=song", PNG.to_vec(), 40004),
        ("media/upload_attachment?media_type=image&attachment_type=9", PNG.to_vec(), 41072),
        ("media/uploadimg", [PNG, &vec![0; 2 * 1024 * 1024]].concat(), 45001),
    ] {
        assert_eq!(upload(&desk, path, "x", &bytes).await["errcode"], code, "{path}");
    }
    let picture = upload(&desk, "media/uploadimg", "a.png", PNG).await;
    let url =
        picture["url"].as_str().expect("url").strip_prefix("http://desk.test").expect("ours").to_owned();
    desk.clock.advance(3 * DAY + SECOND);
    assert_eq!(desk.get_json(&get(desk.token().await)).await["errcode"], 40007, "errors come as JSON");
    assert_eq!(desk.raw("GET", &url, &[], "").await.1, PNG, "uploadimg stays");
}

async fn authorize(desk: &TestDesk, who: &str, more: &str) -> (u16, String) {
    let target = format!(
        "/connect/oauth2/authorize?appid={}&redirect_uri=https%3A%2F%2Fp.test%2Fback%3Fa%3D1%23top&response_type=code\
         &scope=snsapi_base&state=x%20y{more}&as={who}",
        desk.corp
    );
    let request = http::Request::get(target).body(bytes::Bytes::new()).expect("a request");
    let response = desk.sim.call(request).await;
    let location = response.headers().get("location").map(|l| l.to_str().expect("text").to_owned());
    (response.status().as_u16(), location.unwrap_or_default())
}

fn code_of(location: &str) -> &str {
    location.split("code=").nth(1).and_then(|c| c.split('&').next()).expect("a code")
}

#[tokio::test]
async fn the_oauth_window_knows_employees_customers_and_strangers_once() {
    let desk = TestDesk::new(1);
    let code = desk.contact_way(&["guo.guo"], "").await;
    let (friend, other) = (desk.person("甲"), desk.person("乙"));
    desk.scan(&code, &friend);
    let who = async |name: &str, more: &str| {
        let (_, location) = authorize(&desk, name, more).await;
        assert!(
            location.starts_with("https://p.test/back?a=1&code=") && location.ends_with("&state=x%20y#top"),
            "{location}"
        );
        desk.get(&format!("auth/getuserinfo?code={}", code_of(&location))).await
    };
    assert_eq!(who("guo.guo", "").await["userid"], "guo.guo");
    let private = who("guo.guo", "&agentid=1000002&scope=snsapi_privateinfo").await;
    assert!(private.get("user_ticket").is_none() || private["user_ticket"].is_string());
    let customer = who(&friend, "").await;
    assert_eq!(customer["external_userid"], friend.as_str());
    assert!(customer["openid"].is_string() && customer.get("userid").is_none());
    assert!(who(&other, "").await.get("external_userid").is_none(), "nobody's customer is an openid");
    assert!(who("stranger", "").await["openid"].is_string());
    let (_, location) = authorize(&desk, &friend, "").await;
    let exchange = format!("auth/getuserinfo?code={}", code_of(&location));
    assert_eq!(desk.get(&exchange).await["errcode"], 0);
    assert_eq!(desk.get(&exchange).await["errcode"], 42022);
    let (_, location) = authorize(&desk, &friend, "").await;
    desk.clock.advance(5 * MINUTE + SECOND);
    assert_eq!(desk.get(&format!("auth/getuserinfo?code={}", code_of(&location))).await["errcode"], 42003);
    assert_eq!(desk.get("auth/getuserinfo?code=never").await["errcode"], 40029);
    let trust = |d: &str| {
        desk.sim.desk().world.corps.get_mut(&desk.corp).expect("corp").apps[0].trusted_domains =
            vec![d.to_owned()]
    };
    trust("p.test:8443");
    let (status, location) = authorize(&desk, &friend, "&agentid=1000002").await;
    assert_eq!((status, location.as_str()), (200, ""), "50001 is a page, not a redirect");
}

#[tokio::test]
async fn tickets_differ_between_company_and_app() {
    let desk = TestDesk::new(1);
    let corp = desk.get("get_jsapi_ticket").await;
    let app = desk.get("ticket/get?type=agent_config").await;
    assert_eq!(corp["expires_in"], 7_200);
    assert_ne!(corp["ticket"], app["ticket"]);
    assert_eq!(corp["ticket"], desk.get("get_jsapi_ticket").await["ticket"]);
    assert_eq!(desk.get("ticket/get?type=other").await["errcode"], 40035);
}

#[tokio::test]
async fn faults_break_calls_before_and_after_their_effect() {
    let desk = TestDesk::new(1);
    let count = || desk.sim.desk().world.corps[&desk.corp].contact_ways.len();
    let call = || async {
        let token = desk.token().await;
        let body = json!({"type": 1, "scene": 2, "user": ["guo.guo"]}).to_string();
        let target = format!("/cgi-bin/externalcontact/add_contact_way?access_token={token}");
        desk.raw("POST", &target, &[], body).await
    };
    for (harm, status, after) in [
        (Harm::ResetBeforeEffect, 599, 0),
        (Harm::Http { status: 502 }, 502, 0),
        (Harm::Errcode { code: -1 }, 200, 0),
        (Harm::TimeoutAfterEffect, 599, 1),
        (Harm::TruncatedJson, 200, 2),
    ] {
        desk.sim.desk().faults.rules = vec![Rule::on("add_contact_way", harm.clone()).times(1)];
        let (got, bytes) = call().await;
        assert_eq!((got, count()), (status, after), "{harm:?}");
        let parsed = serde_json::from_slice::<Value>(&bytes);
        match harm {
            Harm::TruncatedJson => assert!(parsed.is_err()),
            Harm::Errcode { code } => assert_eq!(parsed.expect("JSON")["errcode"], code),
            _ => {}
        }
    }
}
