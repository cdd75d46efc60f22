//! Tracked links through HTTP: who is counted how, and that nobody is ever led astray or stranded.

use axum::body::Body;
use http::{Method, Request, StatusCode, header};
use serde_json::{Value, json};

use super::{NewLink, mint};
use crate::both_dbs;
use crate::kernel::facts;
use crate::people;
use crate::testkit::{Answer, World};

const PHONE: &str = "Mozilla/5.0 (iPhone) AppleWebKit/605.1.15 MicroMessenger/8.0.50";
const TARGET: &str = "https://shop.example/menu?day=1";

/// A browser with cookies.
struct Browser<'w> {
    world: &'w World,
    agent: &'static str,
    jar: Vec<(String, String)>,
}

impl<'w> Browser<'w> {
    fn on(world: &'w World, agent: &'static str) -> Self {
        Self { world, agent, jar: Vec::new() }
    }
    async fn send(&mut self, method: Method, path: &str, body: &Value) -> Answer {
        let cookies: Vec<String> = self.jar.iter().map(|(k, v)| format!("{k}={v}")).collect();
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::USER_AGENT, self.agent)
            .header(header::COOKIE, cookies.join("; "))
            .header(header::CONTENT_TYPE, "application/json")
            .body(Body::from(body.to_string()))
            .expect("a request");
        let answer = self.world.send(request).await;
        for cookie in answer.headers.get_all(header::SET_COOKIE) {
            let pair = cookie.to_str().expect("ASCII").split(';').next().expect("a pair");
            let (name, value) = pair.split_once('=').expect("name and value");
            self.jar.retain(|(k, _)| k != name);
            self.jar.push((name.to_owned(), value.to_owned()));
        }
        answer
    }
    /// Opens an address; answers where it leads.
    async fn open(&mut self, path: &str) -> String {
        let answer = self.send(Method::GET, path, &Value::Null).await;
        assert_eq!(answer.status, StatusCode::FOUND, "{}", answer.text);
        answer.headers[header::LOCATION].to_str().expect("ASCII").to_owned()
    }
    /// The platform's window tells who holds the phone and sends it back.
    async fn come_back(&mut self, authorize: &str, who: &str) -> String {
        let way_back = self.way_back(authorize, who);
        self.open(&way_back).await
    }
    fn way_back(&self, authorize: &str, who: &str) -> String {
        let (corp, _) = self.world.company();
        let now = self.world.sim.now();
        let mut desk = self.world.sim.desk();
        let corp = desk.world.corps.get_mut(&corp).expect("a company");
        let visitor = corp.visitor(who);
        let code = corp.issue_code(visitor, false, now);
        let value = |name: &str| {
            let query = authorize.split('?').nth(1).expect("a query").split('#').next().expect("no fragment");
            let pair = query.split('&').find(|p| p.starts_with(&format!("{name}="))).expect("a parameter");
            pair.split_once('=')
                .expect("a value")
                .1
                .replace("%3A", ":")
                .replace("%2F", "/")
                .replace("%3F", "?")
                .replace("%3D", "=")
                .replace("%25", "%")
                .replace("%26", "&")
        };
        let redirect = value("redirect_uri");
        let path = redirect.strip_prefix("https://huoqun.test").expect("our own address");
        let mark = if path.contains('?') { '&' } else { '?' };
        format!("{path}{mark}code={code}&state={}", value("state"))
    }
}

async fn link(world: &World, account: &str, post: &str) -> String {
    let mut tx = world.ctx.begin().await.expect("a transaction");
    let new = NewLink {
        target_url: TARGET.to_owned(),
        title: "今日菜单".to_owned(),
        post_id: Some(post.to_owned()),
        account_id: Some(account.to_owned()),
        ..NewLink::default()
    };
    let minted = mint(&mut tx, &world.scope, &new).await.expect("a link");
    tx.commit().await.expect("a commit");
    minted.path
}

/// Somebody new who adds an employee: platform's id.
fn friend(world: &World) -> String {
    let (corp, _) = world.company();
    let employee = {
        let desk = world.sim.desk();
        desk.world.corps[&corp].groups.values().next().expect("a group").live.owner.clone()
    };
    let person = world.act(&wecom_sim::Act::MakePerson { name: "小美".into(), gender: 2, partner: false });
    let person = person["person"].as_str().expect("a person").to_owned();
    let now = world.sim.now();
    let mut desk = world.sim.desk();
    desk.world.corps.get_mut(&corp).expect("a company").add_friend(&employee, &person, ("", true), now);
    desk.absorb();
    person
}

/// A customer of the simulated company whom the product knows: platform's id.
async fn customer(world: &World, account: &str) -> String {
    let id = friend(world);
    let mut tx = world.ctx.begin().await.expect("a transaction");
    let seen = people::Seen { account, external_id: &id, name: "小美", ..people::Seen::default() };
    people::recognise(&mut tx, &world.scope, &seen).await.expect("a person");
    tx.commit().await.expect("a commit");
    id
}

async fn figures(world: &World, post: &str) -> Value {
    world.advance(10 * base::time::SECOND).await;
    world.get(&format!("/api/v1/links/posts/{post}")).await.ok()["total"].clone()
}

async fn clicked_facts(world: &World) -> usize {
    let mut tx = world.ctx.read().await.expect("a session");
    let all = facts::after(&mut tx, world.scope.tenant(), 0, 10_000).await.expect("facts");
    all.iter().filter(|f| f.kind == "link_clicked").count()
}

both_dbs! {
    async fn a_customer_is_asked_once_and_then_counted_once_a_day(world: World) {
        let account = world.connect().await;
        let (path, who) = (link(&world, &account, "pst_1").await, customer(&world, &account).await);
        let mut phone = Browser::on(&world, PHONE);
        let authorize = phone.open(&path).await;
        assert!(authorize.starts_with("https://wecom.test/connect/oauth2/authorize"), "{authorize}");
        let landing = phone.come_back(&authorize, &who).await;
        let code = path.strip_prefix("/r/").expect("a code");
        assert_eq!(landing, format!("/m/l/{code}"));
        let api = format!("/api/member/v1/links/{code}");
        let page = phone.send(Method::GET, &api, &Value::Null).await.ok();
        assert_eq!((&page["known"], &page["granted"], &page["host"]),
            (&json!(true), &Value::Null, &json!("shop.example")));
        assert!(!page["text"].as_str().expect("a text").is_empty());
        let yes = json!({ "granted": true, "text_version": page["text_version"] });
        let target = phone.send(Method::POST, &format!("{api}/answer"), &yes).await.ok();
        assert_eq!(target["target_url"], TARGET);
        for _ in 0..3 {
            assert_eq!(phone.open(&path).await, TARGET, "the cookie spares the way round");
        }
        let seen = figures(&world, "pst_1").await;
        assert_eq!(seen, json!({ "clicks": 4, "persons": 1, "unidentified": 0, "staff": 0, "bots": 0 }));
        assert_eq!(clicked_facts(&world).await, 1);
        world.advance(base::time::DAY).await;
        assert_eq!(phone.open(&path).await, TARGET);
        assert_eq!(figures(&world, "pst_1").await["persons"], 1);
        assert_eq!(clicked_facts(&world).await, 2, "another day, another click");
    }

    async fn a_refusal_leads_to_the_target_without_a_tie(world: World) {
        let account = world.connect().await;
        let (path, who) = (link(&world, &account, "pst_1").await, customer(&world, &account).await);
        let mut phone = Browser::on(&world, PHONE);
        let authorize = phone.open(&path).await;
        phone.come_back(&authorize, &who).await;
        let api = format!("/api/member/v1/links/{}/answer", path.strip_prefix("/r/").expect("a code"));
        let no = phone.send(Method::POST, &api, &json!({ "granted": false })).await.ok();
        assert_eq!(no["target_url"], TARGET);
        assert_eq!(phone.open(&path).await, TARGET, "and is not asked again");
        let seen = figures(&world, "pst_1").await;
        assert_eq!((&seen["unidentified"], &seen["persons"]), (&json!(2), &json!(0)));
        let mut tx = world.ctx.read().await.expect("a session");
        let kept: Vec<(String, Option<String>)> =
            tx.all("SELECT visitor, person_id FROM links_click", crate::args![]).await.expect("rows");
        assert!(kept.iter().all(|(visitor, person)| visitor.is_empty() && person.is_none()), "{kept:?}");
        assert_eq!(clicked_facts(&world).await, 0);
    }

    async fn a_withdrawal_unties_what_is_not_settled_yet(world: World) {
        let account = world.connect().await;
        let (path, who) = (link(&world, &account, "pst_1").await, customer(&world, &account).await);
        let mut phone = Browser::on(&world, PHONE);
        let authorize = phone.open(&path).await;
        phone.come_back(&authorize, &who).await;
        let api = format!("/api/member/v1/links/{}/answer", path.strip_prefix("/r/").expect("a code"));
        phone.send(Method::POST, &api, &json!({ "granted": true, "text_version": 0 })).await.ok();
        let off = json!({ "purpose": "identify_clicks", "granted": false });
        phone.send(Method::POST, "/api/member/v1/consents", &off).await.ok();
        let seen = figures(&world, "pst_1").await;
        assert_eq!((&seen["persons"], &seen["unidentified"]), (&json!(0), &json!(1)));
    }

    async fn bots_staff_and_strangers_are_kept_apart(world: World) {
        let account = world.connect().await;
        let path = link(&world, &account, "pst_1").await;
        assert_eq!(Browser::on(&world, "Baiduspider/2.0").open(&path).await, TARGET);
        let head = Browser::on(&world, PHONE).send(Method::HEAD, &path, &Value::Null).await;
        assert_eq!(head.status, StatusCode::FOUND);
        assert_eq!(Browser::on(&world, "Mozilla/5.0 Chrome/140").open(&path).await, TARGET, "outside the messenger");

        let staff = {
            let (corp, _) = world.company();
            let desk = world.sim.desk();
            desk.world.corps[&corp].staff.keys().next().expect("an employee").clone()
        };
        let mut phone = Browser::on(&world, PHONE);
        let authorize = phone.open(&path).await;
        assert_eq!(phone.come_back(&authorize, &staff).await, TARGET);
        assert_eq!(phone.open(&path).await, TARGET);
        let mut phone = Browser::on(&world, PHONE);
        let authorize = phone.open(&path).await;
        assert_eq!(phone.come_back(&authorize, "somebody else").await, TARGET);
        let seen = figures(&world, "pst_1").await;
        assert_eq!(seen, json!({ "clicks": 6, "persons": 0, "unidentified": 2, "staff": 2, "bots": 2 }));
        assert_eq!(clicked_facts(&world).await, 0);
    }

    async fn a_customer_whose_adding_was_lost_is_recognised(world: World) {
        let account = world.connect().await;
        let path = link(&world, &account, "pst_1").await;
        world.sim.desk().faults.callbacks.drop = 1.0;
        let who = friend(&world);
        world.settle().await;
        let mut phone = Browser::on(&world, PHONE);
        let authorize = phone.open(&path).await;
        assert!(phone.come_back(&authorize, &who).await.starts_with("/m/l/"), "asked like everybody else");
        world.settle().await;
        let people = world.get("/api/v1/people?search=%E5%B0%8F%E7%BE%8E").await.ok();
        assert_eq!(people["items"].as_array().expect("people").len(), 1);
    }

    async fn a_borrowed_way_back_identifies_nobody(world: World) {
        let account = world.connect().await;
        let (path, who) = (link(&world, &account, "pst_1").await, customer(&world, &account).await);
        let mut thief = Browser::on(&world, PHONE);
        let authorize = thief.open(&path).await;
        let way_back = thief.way_back(&authorize, &who);
        let mut victim = Browser::on(&world, PHONE);
        assert_eq!(victim.open(&way_back).await, TARGET, "led on, but not taken for somebody else");
        assert!(victim.jar.is_empty(), "{:?}", victim.jar);
        let landing = thief.open(&way_back).await;
        assert!(landing.starts_with("/m/l/"));
        let mut again = Browser::on(&world, PHONE);
        let other = again.open(&path).await;
        let used = way_back.split("code=").nth(1).expect("a code").split('&').next().expect("a code").to_owned();
        let fresh = again.way_back(&other, &who);
        let fresh_code = fresh.split("code=").nth(1).expect("a code").split('&').next().expect("a code").to_owned();
        assert_eq!(again.open(&fresh.replace(&fresh_code, &used)).await, TARGET, "a used code strands nobody");
    }

    async fn identification_leads_only_to_our_own_pages(world: World) {
        let account = world.connect().await;
        let who = customer(&world, &account).await;
        let mut phone = Browser::on(&world, PHONE);
        for bad in ["https%3A%2F%2Fevil.example", "%2F%2Fevil.example", "%2Fm%2F..%2Fapi"] {
            let answer = phone.send(Method::GET, &format!("/m/in/{account}?to={bad}"), &Value::Null).await;
            assert_eq!(answer.refusal(), "http.invalid_field", "{bad}");
        }
        let authorize = phone.open(&format!("/m/in/{account}?to=/m/consents")).await;
        assert_eq!(phone.come_back(&authorize, &who).await, "/m/consents");
        let own = phone.send(Method::GET, "/api/member/v1/consents", &Value::Null).await.ok();
        assert_eq!(own["purposes"].as_array().expect("purposes").len(), 7);
    }

    async fn only_web_addresses_become_links(world: World) {
        let account = world.connect().await;
        let draft = json!({ "target_url": "javascript:alert(1)", "title": "x", "account_id": account });
        assert_eq!(world.post("/api/v1/links", &draft).await.refusal(), "links.target");
        let draft = json!({ "target_url": TARGET, "title": "x" });
        let made = world.post("/api/v1/links", &draft).await.ok();
        assert!(made["url"].as_str().expect("an address").starts_with("https://huoqun.test/r/"));
        assert_eq!(Browser::on(&world, PHONE).send(Method::GET, "/r/nothing", &Value::Null).await.refusal(), "http.not_found");
    }
}
