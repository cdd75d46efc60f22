//! The wire: `/cgi-bin/…` over the world, with everything the real platform checks before it looks at a request.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::Duration;

use axum::extract::{ConnectInfo, DefaultBodyLimit, FromRequest, Multipart, Request, State};
use axum::response::Response;
use axum::routing::any;
use base::Timestamp;
use bytes::Bytes;
use http::{Method, StatusCode};
use http_body_util::{BodyExt as _, Limited};
use serde_json::{Map, Value, json};

use crate::apis::{self, Api};
use crate::ask::{Ask, Query};
use crate::calls::{CallRecord, excerpt};
use crate::faults::Harm;
use crate::refusal::Refused;
use crate::replies::{broken, file_response, json_response, plain};
use crate::world::apps::AppKind;
use crate::world::media::{self, Media, Upload};
use crate::world::{Call, World};
use crate::{Desk, Sim, control, pages};

/// Marks a request that didn't come over a socket.
#[derive(Clone, Copy, Debug)]
pub struct InProcess;

const BODY_LIMIT: usize = 64 * 1024 * 1024;
/// Real milliseconds a caller over HTTP waits for an answer that never comes.
const HANG_MS: u64 = 8_000;

/// The whole platform as a router.
pub fn router(sim: Sim) -> axum::Router {
    axum::Router::new()
        .route("/cgi-bin/{*path}", any(cgi))
        .merge(control::routes())
        .merge(pages::routes())
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .with_state(sim)
}

/// A request as it was read.
struct Incoming {
    api: String,
    method: Method,
    query: Query,
    ip: String,
    host: String,
    body: Bytes,
    upload: Option<Upload>,
    range: Option<String>,
    in_process: bool,
}

/// What goes back.
enum Outgoing {
    Json(Value),
    File(Media),
    Status(u16),
}

pub(crate) async fn cgi(State(sim): State<Sim>, request: Request) -> Response {
    let incoming = read(request).await;
    let harms = {
        let mut desk = sim.desk();
        if incoming.api == "gettoken" && desk.faults.rules.is_empty() {
            Vec::new()
        } else {
            let path = format!("/cgi-bin/{}", incoming.api);
            desk.faults.strike(&path)
        }
    };
    let slot = match sim.enter(&incoming) {
        Ok(slot) => slot,
        Err(refused) => {
            let body = sim.refusal_body(&refused, &incoming.ip);
            sim.note(&incoming, &harms, 200, &body);
            return json_response(&body);
        }
    };
    sim.dawdle(&harms).await;
    let response = sim.answer(&incoming, &harms).await;
    sim.leave(slot);
    response
}

async fn read(request: Request) -> Incoming {
    let (parts, body) = request.into_parts();
    let header = |name: &str| parts.headers.get(name).and_then(|v| v.to_str().ok()).map(str::to_owned);
    let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|c| c.0.ip().to_string());
    let ip = header("x-sim-caller-ip").or(peer).unwrap_or_else(|| "127.0.0.1".to_owned());
    let query = axum::extract::Query::<BTreeMap<String, String>>::try_from_uri(&parts.uri);
    let multipart = header("content-type").is_some_and(|t| t.starts_with("multipart/form-data"));
    let mut incoming = Incoming {
        api: parts.uri.path().trim_start_matches("/cgi-bin/").to_owned(),
        method: parts.method.clone(),
        query: query.map(|q| q.0).unwrap_or_default(),
        ip,
        host: header("host").unwrap_or_else(|| "127.0.0.1".to_owned()),
        body: Bytes::new(),
        upload: None,
        range: header("range"),
        in_process: parts.extensions.get::<InProcess>().is_some(),
    };
    if multipart {
        incoming.upload = read_upload(Request::from_parts(parts, body)).await;
    } else if let Ok(whole) = Limited::new(body, BODY_LIMIT).collect().await {
        incoming.body = whole.to_bytes();
    }
    incoming
}

/// The part named `media`, or else the first part that carries a file name.
async fn read_upload(mut request: Request) -> Option<Upload> {
    DefaultBodyLimit::max(BODY_LIMIT).apply(&mut request);
    let mut parts = Multipart::from_request(request, &()).await.ok()?;
    while let Ok(Some(field)) = parts.next_field().await {
        let named = field.name() == Some("media") || field.file_name().is_some();
        let filename = field.file_name().unwrap_or("file").to_owned();
        let bytes = field.bytes().await.ok()?;
        if named {
            return Some(Upload { filename, bytes });
        }
    }
    None
}

impl Sim {
    fn refusal_body(&self, refused: &Refused, ip: &str) -> Value {
        let desk = self.desk();
        refused.body(self.clock.now(), desk.calls.total, ip)
    }

    /// Takes a place among the running calls: 45033 for too many parallel lists, 45035 for two edits of one record.
    fn enter(&self, incoming: &Incoming) -> Result<Option<String>, Refused> {
        let token = incoming.query.get("access_token").cloned().unwrap_or_default();
        let list = apis::find(&incoming.api).is_some_and(|api| api.list);
        let record = incoming.api.ends_with("/mark_tag");
        if !list && !record {
            return Ok(None);
        }
        let mut desk = self.desk();
        let (key, most, code) = if record {
            let body: Value = serde_json::from_slice(&incoming.body).unwrap_or(Value::Null);
            let pair = format!("{}/{}", body["userid"], body["external_userid"]);
            (format!("{token} mark_tag {pair}"), 1, 45035)
        } else {
            (format!("{token} {}", incoming.api), desk.faults.parallel_lists, 45033)
        };
        let running = desk.in_flight.entry(key.clone()).or_insert(0);
        if most > 0 && *running >= most {
            return Err(Refused::code(code));
        }
        *running += 1;
        Ok(Some(key))
    }

    fn leave(&self, slot: Option<String>) {
        let Some(key) = slot else { return };
        let mut desk = self.desk();
        if let Some(running) = desk.in_flight.get_mut(&key) {
            *running -= 1;
            if *running == 0 {
                desk.in_flight.remove(&key);
            }
        }
    }

    async fn dawdle(&self, harms: &[Harm]) {
        let base = self.desk().faults.latency_ms;
        let extra = harms.iter().map(|h| if let Harm::Slow { ms } = h { *ms } else { 0 }).sum::<u64>();
        if base + extra > 0 {
            tokio::time::sleep(Duration::from_millis(base + extra)).await;
        }
    }

    async fn answer(&self, incoming: &Incoming, harms: &[Harm]) -> Response {
        let before =
            |h: &&Harm| matches!(h, Harm::Errcode { .. } | Harm::Http { .. } | Harm::ResetBeforeEffect);
        let outgoing = match harms.iter().find(before) {
            Some(Harm::Errcode { code }) => {
                Outgoing::Json(self.refusal_body(&Refused::code(*code), &incoming.ip))
            }
            Some(Harm::Http { status }) => Outgoing::Status(*status),
            Some(_) => {
                self.note(incoming, harms, 0, &Value::Null);
                return broken("reset");
            }
            None => self.carry_out(incoming, harms),
        };
        if harms.contains(&Harm::TimeoutAfterEffect) {
            self.note(incoming, harms, 0, &Value::Null);
            if !incoming.in_process {
                tokio::time::sleep(Duration::from_millis(HANG_MS)).await;
            }
            return broken("timeout");
        }
        match outgoing {
            Outgoing::Status(status) => {
                self.note(incoming, harms, status, &Value::Null);
                let code = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_GATEWAY);
                plain(code, "text/html", Bytes::from_static(b"<html><body>upstream error</body></html>"))
            }
            Outgoing::File(media) => {
                self.note(incoming, harms, 200, &json!({"file": media.filename, "bytes": media.bytes.len()}));
                file_response(&media, incoming.range.as_deref())
            }
            Outgoing::Json(value) => {
                self.note(incoming, harms, 200, &value);
                match harms.contains(&Harm::TruncatedJson) {
                    true => {
                        let whole = value.to_string();
                        let half = Bytes::copy_from_slice(&whole.as_bytes()[..whole.len() / 2]);
                        plain(StatusCode::OK, "application/json; charset=UTF-8", half)
                    }
                    false => json_response(&value),
                }
            }
        }
    }

    fn carry_out(&self, incoming: &Incoming, harms: &[Harm]) -> Outgoing {
        let now = self.clock.now();
        let mut desk = self.desk();
        let result = run_on(&mut desk, incoming, harms, now);
        let serial = desk.calls.total;
        drop(desk);
        self.stirred.notify_one();
        match result {
            Ok(outgoing) => outgoing,
            Err(refused) => Outgoing::Json(refused.body(now, serial, &incoming.ip)),
        }
    }

    fn note(&self, incoming: &Incoming, harms: &[Harm], status: u16, response: &Value) {
        let hide = |(k, v): (&String, &String)| match k.as_str() {
            "access_token" => None,
            "corpsecret" => Some("corpsecret=…".to_owned()),
            _ => Some(format!("{k}={v}")),
        };
        let query: Vec<String> = incoming.query.iter().filter_map(hide).collect();
        let now = self.clock.now();
        let mut desk = self.desk();
        let (corp, agent) = caller(&desk.world, &incoming.query, now);
        let record = CallRecord {
            seq: 0,
            at: now,
            corp,
            agent,
            method: incoming.method.to_string(),
            path: format!("/cgi-bin/{}", incoming.api),
            query: query.join("&"),
            request: match &incoming.upload {
                Some(upload) => format!("({}, {} bytes)", upload.filename, upload.bytes.len()),
                None => excerpt(&incoming.body),
            },
            status,
            errcode: response["errcode"].as_i64().unwrap_or(0),
            response: shown(response),
            harm: harms.iter().map(|h| format!("{h:?}")).collect::<Vec<_>>().join(" "),
        };
        desk.calls.note(record);
    }
}

/// A response for the list of calls: tokens stay secret.
fn shown(response: &Value) -> String {
    let mut response = response.clone();
    if let Some(token) = response.get_mut("access_token") {
        *token = json!("…");
    }
    excerpt(response.to_string().as_bytes())
}

fn caller(world: &World, query: &Query, now: Timestamp) -> (String, i64) {
    let Some(token) = query.get("access_token") else {
        return (query.get("corpid").cloned().unwrap_or_default(), 0);
    };
    let found = world.corps.values().find(|c| c.knows_token(token));
    let app = found.and_then(|c| c.app_of_token(token, now).ok().map(|at| c.apps[at].agent_id));
    (found.map(|c| c.id.clone()).unwrap_or_default(), app.unwrap_or(0))
}

fn run_on(desk: &mut Desk, incoming: &Incoming, harms: &[Harm], now: Timestamp) -> Result<Outgoing, Refused> {
    if incoming.api == "gettoken" {
        return get_token(&mut desk.world, incoming, now);
    }
    let download = incoming.api == "media/get";
    let api = apis::find(&incoming.api);
    if api.is_none() && !download {
        return Ok(Outgoing::Status(404));
    }
    let token = incoming.query.get("access_token").filter(|t| !t.is_empty());
    let token = token.ok_or_else(|| Refused::code(41001))?;
    let world = &mut desk.world;
    let corp_id = world.corps.values().find(|c| c.knows_token(token)).map(|c| c.id.clone());
    let corp_id = corp_id.ok_or_else(|| Refused::code(40014))?;
    let base_url = base_url(world, incoming);
    let World { corps, limits, .. } = world;
    let corp = corps.get_mut(&corp_id).ok_or_else(|| Refused::code(40014))?;
    corp.settle_transfers(now);
    let mut app = corp.app_of_token(token, now)?;
    if harms.contains(&Harm::InvalidateToken) {
        corp.revoke_tokens(Some(corp.apps[app].agent_id));
        app = corp.app_of_token(token, now)?;
    }
    admit(&corp.apps[app], api, incoming)?;
    // A valid code's exchange is exempt from the base limits.
    if !incoming.api.ends_with("getuserinfo") {
        limits.take(&corp_id, &incoming.ip, api.map_or("media/get", |a| a.path), now)?;
    }
    let body = json_body(incoming)?;
    let ask = Ask { query: &incoming.query, body: &body };
    let mut call = Call { corp, app, now, ask, upload: incoming.upload.as_ref(), base_url: &base_url };
    match api {
        None => media::download(&call).map(Outgoing::File),
        Some(api) => (api.run)(&mut call).map(|value| Outgoing::Json(accepted(value))),
    }
}

fn get_token(world: &mut World, incoming: &Incoming, now: Timestamp) -> Result<Outgoing, Refused> {
    let param = |name: &str| incoming.query.get(name).filter(|v| !v.is_empty());
    let corp = param("corpid").ok_or_else(|| Refused::code(41002))?;
    let secret = param("corpsecret").ok_or_else(|| Refused::code(41004))?;
    let elsewhere = world.corps.values().any(|c| c.id != *corp && c.apps.iter().any(|a| a.secret == *secret));
    let value = match world.corp(corp)?.get_token(secret, &incoming.ip, now) {
        Err(refused) if elsewhere && refused.code == 40001 => return Err(Refused::code(40091)),
        other => other?,
    };
    Ok(Outgoing::Json(accepted(value)))
}

/// What is checked before a request is looked at: address, function, method.
fn admit(app: &crate::world::apps::App, api: Option<&Api>, incoming: &Incoming) -> Result<(), Refused> {
    if !app.trusted_ips.iter().any(|ip| ip == "*" || *ip == incoming.ip) {
        return Err(Refused::code(60020));
    }
    let Some(api) = api else { return Ok(()) };
    if api.contact && (!app.customer_api || app.kind != AppKind::SelfBuilt) {
        return Err(Refused::code(48002));
    }
    if api.post && incoming.method != Method::POST {
        return Err(Refused::because(40058, "this API takes POST"));
    }
    Ok(())
}

fn json_body(incoming: &Incoming) -> Result<Value, Refused> {
    if incoming.body.is_empty() || incoming.method == Method::GET {
        return Ok(Value::Null);
    }
    match serde_json::from_slice::<Value>(&incoming.body) {
        Ok(value @ Value::Object(_)) => Ok(value),
        _ => Err(Refused::because(40058, "Warning: wrong json format.")),
    }
}

fn base_url(world: &World, incoming: &Incoming) -> String {
    match world.base_url.as_str() {
        "" => format!("http://{}", incoming.host),
        set => set.trim_end_matches('/').to_owned(),
    }
}

/// `errcode` and `errmsg` first, as on the wire.
fn accepted(value: Value) -> Value {
    let mut out = Map::new();
    out.insert("errcode".into(), json!(0));
    out.insert("errmsg".into(), json!("ok"));
    if let Value::Object(fields) = value {
        out.extend(fields);
    }
    Value::Object(out)
}
