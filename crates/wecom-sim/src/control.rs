//! `/sim/…`: who the companies are, what is true, acting as anybody, clock, faults, calls.

use axum::extract::{Query, Request, State};
use axum::http::StatusCode;
use axum::middleware::{Next, from_fn};
use axum::response::Response;
use axum::routing::{get, post};
use http::{HeaderValue, Method, header};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::faults::{CallbackFaults, Rule};
use crate::people::Act;
use crate::replies::plain;
use crate::world::apps::Callback;
use crate::world::{Corp, Rules};
use crate::{Sim, truth};

/// The control addresses. Pages of other origins may call them: the desk is a tool on one machine.
pub fn routes() -> axum::Router<Sim> {
    axum::Router::new()
        .route("/sim/corps", get(corps))
        .route("/sim/truth", get(show_truth))
        .route("/sim/map", get(show_map))
        .route("/sim/phone", get(show_phone))
        .route("/sim/act", post(act))
        .route("/sim/clock", get(read_clock).post(set_clock))
        .route("/sim/faults", get(read_faults).post(set_faults))
        .route("/sim/calls", get(calls))
        .route("/sim/echo", post(async || plain(StatusCode::OK, "text/plain", "heard")))
        .route("/sim/callback", post(set_callback))
        .route("/sim/app", post(set_app))
        .route("/sim/rules", post(set_rules))
        .route("/sim/posters", get(posters).post(hang_poster))
        .route("/sim/tokens/revoke", post(revoke))
        .layer(from_fn(open_to_pages))
}

/// Lets pages of other local origins (the product under test) reach the control addresses.
async fn open_to_pages(request: Request, next: Next) -> Response {
    let origin = request.headers().get(header::ORIGIN).cloned();
    let preflight = request.method() == Method::OPTIONS;
    let mut response = match preflight {
        true => plain(StatusCode::NO_CONTENT, "text/plain", ""),
        false => next.run(request).await,
    };
    if let Some(origin) = origin {
        let headers = response.headers_mut();
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        headers.insert(header::ACCESS_CONTROL_ALLOW_CREDENTIALS, HeaderValue::from_static("true"));
        headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, HeaderValue::from_static("content-type"));
        headers.insert(header::VARY, HeaderValue::from_static("Origin"));
    }
    response
}

fn answer(value: &Value) -> Response {
    plain(StatusCode::OK, "application/json; charset=UTF-8", value.to_string())
}

fn refuse(why: &str) -> Response {
    plain(StatusCode::BAD_REQUEST, "application/json; charset=UTF-8", json!({"error": why}).to_string())
}

/// Bodies are read as JSON whatever their content type, so that a page needs no preflight.
fn body<T: for<'a> Deserialize<'a>>(text: &str) -> Result<T, String> {
    serde_json::from_str(if text.is_empty() { "{}" } else { text }).map_err(|e| e.to_string())
}

async fn corps(State(sim): State<Sim>) -> Response {
    let desk = sim.desk();
    let app = |corp: &Corp| {
        let one = |a: &crate::world::apps::App| {
            json!({"agent_id": a.agent_id, "name": a.name, "kind": a.kind, "secret": a.secret,
                "customer_api": a.customer_api, "trusted_ips": a.trusted_ips, "trusted_domains": a.trusted_domains,
                "callback": {"url": a.callback.url, "token": a.callback.token, "encoding_aes_key": a.callback.aes_key}})
        };
        corp.apps.iter().map(one).collect::<Vec<_>>()
    };
    let one = |c: &Corp| json!({"corp_id": c.id, "name": c.name, "apps": app(c)});
    let corps: Vec<Value> = desk.world.corps.values().map(one).collect();
    answer(&json!({"api_base": desk.world.base_url, "corps": corps}))
}

#[derive(Deserialize)]
struct Which {
    #[serde(default)]
    corp: String,
    #[serde(default)]
    userid: String,
    #[serde(default)]
    since: u64,
}

/// The company asked for, or the largest one.
fn pick<'a>(corps: &'a std::collections::BTreeMap<String, Corp>, id: &str) -> Option<&'a Corp> {
    if id.is_empty() { corps.values().max_by_key(|c| c.staff.len()) } else { corps.get(id) }
}

async fn show_truth(State(sim): State<Sim>, Query(which): Query<Which>) -> Response {
    let now = sim.now();
    let desk = sim.desk();
    match pick(&desk.world.corps, &which.corp) {
        Some(corp) => answer(&truth::whole(corp, &desk, now)),
        None => refuse("no such company"),
    }
}

async fn show_map(State(sim): State<Sim>, Query(which): Query<Which>) -> Response {
    let now = sim.now();
    let speed = sim.speed.as_ref().map(|c| c.speed());
    let desk = sim.desk();
    match pick(&desk.world.corps, &which.corp) {
        Some(corp) => answer(&truth::map(corp, &desk, (now, speed), which.since)),
        None => refuse("no such company"),
    }
}

async fn show_phone(State(sim): State<Sim>, Query(which): Query<Which>) -> Response {
    let desk = sim.desk();
    match pick(&desk.world.corps, &which.corp) {
        Some(corp) => answer(&truth::phone(corp, &which.userid)),
        None => refuse("no such company"),
    }
}

async fn act(State(sim): State<Sim>, text: String) -> Response {
    let outer: Value = match body(&text) {
        Ok(value) => value,
        Err(why) => return refuse(&why),
    };
    let act: Act = match body(&text) {
        Ok(act) => act,
        Err(why) => return refuse(&why),
    };
    let asked = outer["corp"].as_str().unwrap_or_default();
    let corp = pick(&sim.desk().world.corps, asked).map(|c| c.id.clone());
    match corp.map(|id| sim.act(&id, &act)) {
        Some(Ok(done)) => answer(&json!({"ok": true, "done": done})),
        Some(Err(why)) => refuse(&why),
        None => refuse("no such company"),
    }
}

async fn read_clock(State(sim): State<Sim>) -> Response {
    let speed = sim.speed.as_ref().map(|c| c.speed());
    answer(&json!({"now": sim.now().0, "iso": sim.now().rfc3339(), "speed": speed}))
}

#[derive(Deserialize)]
struct ClockSet {
    speed: Option<i64>,
    advance_ms: Option<i64>,
}

async fn set_clock(State(sim): State<Sim>, text: String) -> Response {
    let set: ClockSet = match body(&text) {
        Ok(set) => set,
        Err(why) => return refuse(&why),
    };
    let Some(clock) = &sim.speed else { return refuse("this clock can't be set from here") };
    if let Some(ms) = set.advance_ms {
        clock.set(sim.now().plus(ms.max(0)));
    }
    if let Some(speed) = set.speed {
        clock.run(speed.clamp(0, 100_000));
    }
    sim.stirred.notify_one();
    read_clock(State(sim)).await
}

async fn read_faults(State(sim): State<Sim>) -> Response {
    let desk = sim.desk();
    let faults = &desk.faults;
    answer(&json!({"rules": faults.rules, "callbacks": faults.callbacks, "latency_ms": faults.latency_ms,
        "parallel_lists": faults.parallel_lists}))
}

#[derive(Deserialize)]
struct FaultSet {
    seed: Option<u64>,
    rules: Option<Vec<Rule>>,
    callbacks: Option<CallbackFaults>,
    latency_ms: Option<u64>,
    parallel_lists: Option<usize>,
}

async fn set_faults(State(sim): State<Sim>, text: String) -> Response {
    let set: FaultSet = match body(&text) {
        Ok(set) => set,
        Err(why) => return refuse(&why),
    };
    {
        let faults = &mut sim.desk().faults;
        if let Some(seed) = set.seed {
            faults.reseed(seed);
        }
        faults.rules = set.rules.unwrap_or_else(|| faults.rules.clone());
        faults.callbacks = set.callbacks.unwrap_or(faults.callbacks);
        faults.latency_ms = set.latency_ms.unwrap_or(faults.latency_ms);
        faults.parallel_lists = set.parallel_lists.unwrap_or(faults.parallel_lists);
    }
    read_faults(State(sim)).await
}

async fn calls(State(sim): State<Sim>, Query(which): Query<Which>) -> Response {
    let desk = sim.desk();
    let calls: Vec<_> = desk.calls.tail.iter().filter(|c| c.seq > which.since).collect();
    answer(&json!({"total": desk.calls.total, "calls": calls, "callbacks": desk.engine.attempts,
        "waiting": desk.engine.waiting()}))
}

#[derive(Deserialize)]
struct CallbackSet {
    #[serde(default)]
    corp: String,
    agent: Option<i64>,
    url: String,
    token: Option<String>,
    #[serde(alias = "encoding_aes_key")]
    aes_key: Option<String>,
}

/// Saves an app's address as an administrator does: only when the check passes.
async fn set_callback(State(sim): State<Sim>, text: String) -> Response {
    let set: CallbackSet = match body(&text) {
        Ok(set) => set,
        Err(why) => return refuse(&why),
    };
    let found = {
        let desk = sim.desk();
        pick(&desk.world.corps, &set.corp).and_then(|corp| {
            let app = corp.apps.iter().find(|a| set.agent.is_none_or(|id| id == a.agent_id))?;
            let kept = app.callback.clone();
            let (token, aes_key) = (set.token.unwrap_or(kept.token), set.aes_key.unwrap_or(kept.aes_key));
            Some((corp.id.clone(), app.agent_id, Callback { url: set.url.clone(), token, aes_key }))
        })
    };
    let Some((corp, agent, callback)) = found else { return refuse("no such app") };
    if !callback.url.is_empty()
        && let Err(why) = sim.check_callback(&corp, &callback).await
    {
        return refuse(&why);
    }
    let mut desk = sim.desk();
    let app = desk.world.corps.get_mut(&corp).and_then(|c| c.apps.iter_mut().find(|a| a.agent_id == agent));
    if let Some(app) = app {
        app.callback = callback;
    }
    answer(&json!({"ok": true, "corp": corp, "agent": agent}))
}

#[derive(Deserialize)]
struct AppSet {
    #[serde(default)]
    corp: String,
    agent: i64,
    trusted_ips: Option<Vec<String>>,
    trusted_domains: Option<Vec<String>>,
    customer_api: Option<bool>,
    /// The page in the chat tool bar.
    sidebar_url: Option<String>,
    /// Employees in range; an empty list is nobody, `["*"]` is everybody.
    visible: Option<Vec<String>>,
}

async fn set_app(State(sim): State<Sim>, text: String) -> Response {
    let set: AppSet = match body(&text) {
        Ok(set) => set,
        Err(why) => return refuse(&why),
    };
    let mut desk = sim.desk();
    let corp = pick(&desk.world.corps, &set.corp).map(|c| c.id.clone()).unwrap_or_default();
    let app =
        desk.world.corps.get_mut(&corp).and_then(|c| c.apps.iter_mut().find(|a| a.agent_id == set.agent));
    let Some(app) = app else { return refuse("no such app") };
    app.trusted_ips = set.trusted_ips.unwrap_or_else(|| app.trusted_ips.clone());
    app.trusted_domains = set.trusted_domains.unwrap_or_else(|| app.trusted_domains.clone());
    app.customer_api = set.customer_api.unwrap_or(app.customer_api);
    app.sidebar_url = set.sidebar_url.unwrap_or_else(|| app.sidebar_url.clone());
    if let Some(list) = set.visible {
        app.visible = if list == ["*"] { None } else { Some(list) };
    }
    answer(&json!({"ok": true}))
}

async fn set_rules(State(sim): State<Sim>, Query(which): Query<Which>, text: String) -> Response {
    let rules: Rules = match body(&text) {
        Ok(rules) => rules,
        Err(why) => return refuse(&why),
    };
    let mut desk = sim.desk();
    let id = pick(&desk.world.corps, &which.corp).map(|c| c.id.clone()).unwrap_or_default();
    match desk.world.corps.get_mut(&id) {
        Some(corp) => {
            corp.rules = rules;
            answer(&json!({"ok": true, "rules": corp.rules}))
        }
        None => refuse("no such company"),
    }
}

/// The codes people come by, and the groups that have people of their own.
async fn posters(State(sim): State<Sim>) -> Response {
    let desk = sim.desk();
    let Some(people) = &desk.population else { return refuse("nobody lives here") };
    let place = |(key, line, chat_id, owner): &(&str, &str, String, &str)| json!({"key": key, "line": line, "chat_id": chat_id, "owner": owner});
    let places: Vec<Value> = people.groups().iter().map(place).collect();
    answer(&json!({"posters": people.posters(), "places": places}))
}

/// Hangs a code where people of a group, or of a line, see it.
async fn hang_poster(State(sim): State<Sim>, text: String) -> Response {
    let poster: crate::Poster = match body(&text) {
        Ok(poster) => poster,
        Err(why) => return refuse(&why),
    };
    match &mut sim.desk().population {
        Some(people) => people.poster(poster),
        None => return refuse("nobody lives here"),
    }
    answer(&json!({"ok": true}))
}

async fn revoke(State(sim): State<Sim>, Query(which): Query<Which>) -> Response {
    let mut desk = sim.desk();
    for corp in desk.world.corps.values_mut().filter(|c| which.corp.is_empty() || c.id == which.corp) {
        corp.revoke_tokens(None);
    }
    answer(&json!({"ok": true}))
}
