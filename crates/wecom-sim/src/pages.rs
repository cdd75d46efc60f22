//! Pages of the platform: the town, the OAuth window, QR pictures, the JS-SDK bridge of an employee's sidebar.

use std::collections::BTreeMap;

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use base::Timestamp;
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, header};
use serde_json::json;

use crate::Sim;
use crate::callbacks::encode;
use crate::refusal::words;
use crate::replies::plain;
use crate::world::Corp;
use crate::world::oauth::Visitor;
use crate::xml::escape;

const TOWN: &str = include_str!("page/town.html");
const BRIDGE: &str = include_str!("page/jsbridge.js");
const LOGO: &str = include_str!("page/logo.svg");

pub fn routes() -> axum::Router<Sim> {
    axum::Router::new()
        .route("/", get(town))
        .route("/connect/oauth2/authorize", get(authorize))
        .route("/wwlogin/sso/login", get(authorize))
        .route("/sim/jsbridge.js", get(bridge))
        .route("/sim/logo.svg", get(async || plain(StatusCode::OK, "image/svg+xml", LOGO)))
        .route("/sim/qr/{code}", get(qr))
        .route("/sim/scan/{code}", get(scanned))
        .route("/sim/image/{id}", get(image))
        .route("/sim/open", get(open))
}

async fn town() -> Response {
    plain(StatusCode::OK, "text/html; charset=utf-8", TOWN)
}

type Params = BTreeMap<String, String>;

fn cookie(headers: &HeaderMap, name: &str) -> Option<String> {
    let all = headers.get(header::COOKIE)?.to_str().ok()?;
    let found = all.split(';').filter_map(|pair| pair.trim().split_once('=')).find(|(k, _)| *k == name);
    found.map(|(_, v)| v.to_owned()).filter(|v| !v.is_empty())
}

fn set_cookie(response: &mut Response, name: &str, value: &str) {
    let safe: String = value.chars().filter(|c| c.is_ascii_graphic() && *c != ';').collect();
    if let Ok(text) = HeaderValue::from_str(&format!("{name}={safe}; Path=/; SameSite=Lax")) {
        response.headers_mut().append(header::SET_COOKIE, text);
    }
}

fn redirect(to: &str) -> Response {
    let mut response = plain(StatusCode::FOUND, "text/plain", Bytes::new());
    if let Ok(value) = HeaderValue::from_str(to) {
        response.headers_mut().insert(header::LOCATION, value);
    }
    response
}

fn sorry(code: i64) -> Response {
    let text = format!("<!doctype html><meta charset=utf-8><title>{code}</title><p>{code}: {}", words(code));
    plain(StatusCode::OK, "text/html; charset=utf-8", text)
}

/// Host and port of an address, without the default port of its scheme.
fn host_of(url: &str) -> Option<String> {
    let (scheme, rest) = url.split_once("://")?;
    let host = rest.split(['/', '?', '#']).next()?.rsplit('@').next()?;
    let default = if scheme == "https" { ":443" } else { ":80" };
    Some(host.strip_suffix(default).unwrap_or(host).to_ascii_lowercase()).filter(|h| !h.is_empty())
}

fn trusts(domains: &[String], redirect_uri: &str) -> bool {
    let Some(host) = host_of(redirect_uri) else { return false };
    domains.iter().any(|d| d == "*" || d.eq_ignore_ascii_case(&host))
}

/// The window in which WeCom or WeChat knows who somebody is. Here `?as=` (or the cookie of the last choice) says
/// who; without it the window asks.
async fn authorize(State(sim): State<Sim>, Query(params): Query<Params>, headers: HeaderMap) -> Response {
    let param = |name: &str| params.get(name).map(String::as_str).filter(|v| !v.is_empty());
    let now = sim.now();
    let mut desk = sim.desk();
    let corp = param("appid").and_then(|id| desk.world.corps.get_mut(id));
    let Some(corp) = corp else { return sorry(40013) };
    let target = param("redirect_uri").unwrap_or_default().to_owned();
    let agent = param("agentid").and_then(|a| a.parse::<i64>().ok());
    let apps = corp.apps.iter().filter(|a| agent.is_none_or(|id| id == a.agent_id));
    if !apps.clone().any(|a| trusts(&a.trusted_domains, &target)) {
        return sorry(50001);
    }
    let who = param("as").map(str::to_owned).or_else(|| cookie(&headers, "sim_as"));
    let Some(who) = who else { return chooser(corp, &params) };
    let visitor = corp.visitor(&who);
    let private = param("scope") == Some("snsapi_privateinfo") && agent.is_some();
    let code = issue(corp, visitor, private, now);
    let state = param("state").unwrap_or_default();
    let (head, fragment) = target.split_once('#').map_or((target.as_str(), ""), |(h, f)| (h, f));
    let mark = if head.contains('?') { '&' } else { '?' };
    let hash = if fragment.is_empty() { String::new() } else { format!("#{fragment}") };
    let mut response = redirect(&format!("{head}{mark}code={code}&state={}{hash}", encode(state)));
    set_cookie(&mut response, "sim_as", &who);
    response
}

fn issue(corp: &mut Corp, visitor: Visitor, private: bool, now: Timestamp) -> String {
    corp.issue_code(visitor, private, now)
}

fn chooser(corp: &Corp, params: &Params) -> Response {
    let query: Vec<String> =
        params.iter().filter(|(k, _)| *k != "as").map(|(k, v)| format!("{k}={}", encode(v))).collect();
    let link = |id: &str, name: &str| {
        format!(
            "<li><a href=\"?{}&as={}\">{}</a> <small>{}</small>",
            escape(&query.join("&")),
            encode(id),
            escape(name),
            escape(id)
        )
    };
    let staff: String =
        corp.staff.values().filter(|s| s.status != 5).map(|s| link(&s.userid, &s.name)).collect();
    let people: String = corp.people.values().take(200).map(|p| link(&p.id, &p.name)).collect();
    let html = format!(
        "<!doctype html><html><meta charset=utf-8><meta name=viewport content='width=device-width'>\
         <title>{name}</title><style>body{{font:16px/1.6 system-ui;max-width:30em;margin:2em auto;padding:0 1em}}\
         ul{{max-height:40vh;overflow:auto;padding-left:1.2em}}small{{color:#888}}</style>\
         <h1>{name}</h1><p>Who opens this page?<ul>{staff}</ul><ul>{people}</ul><ul>{stranger}</ul>",
        name = escape(&corp.name),
        stranger = link("stranger", "a stranger")
    );
    plain(StatusCode::OK, "text/html; charset=utf-8", html)
}

/// Opens an address as somebody: sets who the browser is and, for a sidebar, which chat is open.
async fn open(Query(params): Query<Params>) -> Response {
    let param = |name: &str| params.get(name).map_or("", String::as_str);
    let mut response = redirect(param("url"));
    set_cookie(&mut response, "sim_as", param("as"));
    set_cookie(&mut response, "sim_chat", param("chat"));
    response
}

/// The faked JS-SDK: it knows from the cookies (or its own query) who holds the phone and which chat is open.
async fn bridge(State(sim): State<Sim>, Query(params): Query<Params>, headers: HeaderMap) -> Response {
    let given = |name: &str| params.get(name).cloned().filter(|v| !v.is_empty());
    let who = given("as").or_else(|| cookie(&headers, "sim_as")).unwrap_or_default();
    let chat = given("chat").or_else(|| cookie(&headers, "sim_chat")).unwrap_or_default();
    let desk = sim.desk();
    let holds = |c: &&Corp| {
        c.find_staff(&who).is_some()
            && (chat.is_empty() || c.groups.contains_key(&chat) || c.people.contains_key(&chat))
    };
    let corp = desk.world.corps.values().find(holds).or(desk.world.corps.values().next());
    let group = corp.is_some_and(|c| c.groups.contains_key(&chat));
    let context = json!({"corp": corp.map(|c| c.id.clone()), "userid": who,
        "chat_id": if group { chat.as_str() } else { "" }, "external_userid": if group { "" } else { chat.as_str() }});
    drop(desk);
    let script = BRIDGE.replace("\"@CONTEXT@\"", &context.to_string().replace('<', "\\u003c"));
    let mut response = plain(StatusCode::OK, "text/javascript; charset=utf-8", script);
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// The QR picture of a code; it leads to the page that asks who scans it.
async fn qr(State(sim): State<Sim>, Path(code): Path<String>, headers: HeaderMap) -> Response {
    let base = {
        let desk = sim.desk();
        let known = desk
            .world
            .corps
            .values()
            .any(|c| c.contact_ways.contains_key(&code) || c.join_ways.contains_key(&code));
        if !known {
            return plain(StatusCode::NOT_FOUND, "text/plain", "no such code");
        }
        desk.world.base_url.clone()
    };
    let host = headers.get(header::HOST).and_then(|h| h.to_str().ok()).unwrap_or("127.0.0.1");
    let base = if base.is_empty() { format!("http://{host}") } else { base };
    match fast_qr::qr::QRBuilder::new(format!("{base}/sim/scan/{code}")).build() {
        Ok(qr) => {
            use fast_qr::convert::Builder as _;
            let svg = fast_qr::convert::svg::SvgBuilder::default().margin(2).to_str(&qr);
            plain(StatusCode::OK, "image/svg+xml", svg)
        }
        Err(_) => plain(StatusCode::INTERNAL_SERVER_ERROR, "text/plain", "too long for a code"),
    }
}

async fn scanned(Path(code): Path<String>) -> Response {
    redirect(&format!("/?scan={}", encode(&code)))
}

async fn image(State(sim): State<Sim>, Path(id): Path<String>) -> Response {
    let desk = sim.desk();
    let found = desk.world.corps.values().find_map(|c| c.media.get(&id)).filter(|m| m.permanent);
    match found {
        Some(media) => plain(StatusCode::OK, media.mime(), media.bytes.clone()),
        None => plain(StatusCode::NOT_FOUND, "text/plain", "no such picture"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trusted_domain_is_exact_with_its_port() {
        let domains = vec!["shop.example:8443".to_owned()];
        assert!(trusts(&domains, "https://shop.example:8443/a?b"));
        for other in [
            "https://shop.example/a",
            "https://x.shop.example:8443/",
            "https://evil@shop.example:84/",
            "shop.example:8443",
        ] {
            assert!(!trusts(&domains, other), "{other}");
        }
        assert!(trusts(&["shop.example".to_owned()], "https://shop.example:443/"));
    }
}
