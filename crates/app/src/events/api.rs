//! `/api/v1/events`: taking events, showing them with a person, and the names that came.

mod definitions;

use std::collections::HashMap;

use axum::Json;
use axum::extract::{DefaultBodyLimit, Path, Query, State};
use base::{Page, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::model::{self, EventRefusal, MOST_EVENTS};
use super::rows::{EventRow, NewEvent};
use super::store;
use crate::ctx::Ctx;
use crate::kernel::db::Tx;
use crate::kernel::http::{
    Allowed, AppError, AppResult, Caller, ErrorBody, ListQuery, Refusal as _, Scope, permission,
};
use crate::kernel::i18n;
use crate::people::{self, PersonRow};
use crate::reactions::{self, Fact};
use crate::tenants;

/// Bytes of one call: a thousand events with full properties.
const MOST_BODY: usize = 6_000_000;

/// Whom an event is about: exactly one of the three ids.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Deserialize, ToSchema)]
#[schema(as = EventPerson)]
struct PersonRef {
    /// Ours, `psn_…`.
    id: Option<String>,
    /// The platform's id of the contact.
    external_id: Option<String>,
    /// With `external_id`: which of our accounts knows it. Needed only when two accounts mean different people.
    account_id: Option<String>,
    union_id: Option<String>,
}

#[derive(Deserialize, ToSchema)]
struct EventDraft {
    person: PersonRef,
    /// 1 to 64 letters, digits, dots and underscores, for example `store.visit`.
    name: String,
    /// RFC 3339 text, or Unix milliseconds. At most five minutes ahead and 400 days back.
    #[schema(value_type = Object)]
    at: Value,
    /// Your own number of the event, unique in the company: repeating it changes nothing.
    key: String,
    /// At most 20 texts, numbers or truth values, 4 KB together. No names, addresses or telephone numbers.
    #[serde(default)]
    #[schema(value_type = Object)]
    properties: Map<String, Value>,
}

/// What happens to the good events when some can't be taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = EventMode)]
enum Mode {
    /// They are taken, and the report says which were not.
    #[default]
    Report,
    /// Nothing is taken.
    All,
}

#[derive(Deserialize, ToSchema)]
struct EventBatch {
    /// 1 to 1,000.
    events: Vec<EventDraft>,
    #[serde(default)]
    mode: Mode,
}

/// What became of one event.
#[derive(Serialize, ToSchema)]
struct EventOutcome {
    /// Its place in the call, from 0.
    index: usize,
    key: String,
    /// `taken`, `repeated` (the key came before) or `refused`.
    status: &'static str,
    /// Why it was refused.
    code: Option<&'static str>,
    message: Option<String>,
}

#[derive(Serialize, ToSchema)]
struct EventReport {
    taken: usize,
    repeated: usize,
    refused: usize,
    items: Vec<EventOutcome>,
}

/// An event that passed every check.
struct Good {
    person: PersonRow,
    at: Timestamp,
    properties: String,
}

/// Takes one event or up to 1,000.
#[utoipa::path(post, path = "/api/v1/events", request_body = EventBatch,
    responses((status = 200, body = EventReport), (status = 422, body = ErrorBody)))]
async fn create_events(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::EventsWrite>,
    Json(batch): Json<EventBatch>,
) -> AppResult<Json<EventReport>> {
    if batch.events.is_empty() || batch.events.len() > MOST_EVENTS {
        return Err(AppError::invalid("events", "1–1000"));
    }
    let judged = judge(&ctx, &caller, &batch.events).await?;
    let refused = judged.iter().filter(|j| j.is_err()).count();
    if batch.mode == Mode::All && refused > 0 {
        let items = outcomes(&caller, &batch.events, &judged, &[]);
        let items = items.into_iter().filter(|o| o.code.is_some()).collect::<Vec<_>>();
        return Err(EventRefusal::SomeRefused { refused, items: serde_json::to_value(items)? }.into());
    }
    let mut tx = ctx.begin().await?;
    let fresh = take(&mut tx, &caller, &batch.events, &judged).await?;
    tx.commit().await?;
    let taken = fresh.iter().filter(|f| **f).count();
    let items = outcomes(&caller, &batch.events, &judged, &fresh);
    Ok(Json(EventReport { taken, repeated: judged.len() - refused - taken, refused, items }))
}

/// Looks at every event before anything is written.
async fn judge(
    ctx: &Ctx,
    caller: &Caller,
    events: &[EventDraft],
) -> AppResult<Vec<Result<Good, EventRefusal>>> {
    let mut tx = ctx.read().await?;
    let mut known: HashMap<&PersonRef, Result<PersonRow, EventRefusal>> = HashMap::new();
    let mut judged = Vec::with_capacity(events.len());
    for event in events {
        if !known.contains_key(&event.person) {
            known.insert(&event.person, who(&mut tx, &caller.scope, &event.person).await?);
        }
        let person = known.get(&event.person).cloned().unwrap_or(Err(EventRefusal::BadPerson));
        judged.push(good(event, person, ctx.now()));
    }
    Ok(judged)
}

fn good(
    event: &EventDraft,
    person: Result<PersonRow, EventRefusal>,
    now: Timestamp,
) -> Result<Good, EventRefusal> {
    model::check_name(&event.name)?;
    model::check_key(&event.key)?;
    let at = model::read_time(&event.at, now)?;
    let properties = model::check_properties(&event.properties)?;
    Ok(Good { person: person?, at, properties })
}

/// Finds the person within the caller's reach.
async fn who(
    tx: &mut Tx<'_>,
    scope: &Scope,
    person: &PersonRef,
) -> AppResult<Result<PersonRow, EventRefusal>> {
    let given = |o: &Option<String>| o.clone().filter(|text| !text.is_empty());
    let id = match (given(&person.id), given(&person.external_id), given(&person.union_id)) {
        (Some(id), None, None) => Some(id),
        (None, Some(external), None) => {
            let account = person.account_id.as_deref().unwrap_or_default();
            let mut found = store::by_external_id(tx, scope, (account, &external)).await?;
            if found.len() > 1 {
                return Ok(Err(EventRefusal::AmbiguousPerson));
            }
            found.pop()
        }
        (None, None, Some(union)) => store::by_union_id(tx, scope, &union).await?,
        _ => return Ok(Err(EventRefusal::BadPerson)),
    };
    let Some(id) = id else { return Ok(Err(EventRefusal::UnknownPerson)) };
    match people::present(tx, scope, &id).await {
        Ok(person) => Ok(Ok(person)),
        Err(AppError::Refused(_)) => Ok(Err(EventRefusal::UnknownPerson)),
        Err(fault) => Err(fault),
    }
}

/// Writes the good ones; answers for each place whether it was new.
async fn take(
    tx: &mut Tx<'_>,
    caller: &Caller,
    events: &[EventDraft],
    judged: &[Result<Good, EventRefusal>],
) -> AppResult<Vec<bool>> {
    let zone = tenants::get(tx, &caller.scope).await?.tenant_zone();
    let mut names: Vec<&str> = Vec::new();
    let mut fresh = Vec::with_capacity(events.len());
    for (event, good) in events.iter().zip(judged) {
        let Ok(good) = good else {
            fresh.push(false);
            continue;
        };
        if !names.contains(&event.name.as_str()) {
            store::note_name(tx, &caller.scope, &event.name).await?;
            names.push(&event.name);
        }
        let new = NewEvent {
            key: &event.key,
            person: &good.person.id,
            name: &event.name,
            at: good.at,
            day: zone.day_of(good.at),
            properties: &good.properties,
            source: &caller.operator_id,
        };
        let is_new = store::insert(tx, &caller.scope, &new).await?;
        if is_new {
            let fact = Fact::CustomEvent {
                person: good.person.id.clone(),
                name: event.name.clone(),
                key: event.key.clone(),
                eligible: people::counts(&good.person.kind),
                at: good.at,
            };
            reactions::on(tx, &caller.scope, &fact).await?;
        }
        fresh.push(is_new);
    }
    Ok(fresh)
}

fn outcomes(
    caller: &Caller,
    events: &[EventDraft],
    judged: &[Result<Good, EventRefusal>],
    fresh: &[bool],
) -> Vec<EventOutcome> {
    let outcome = |(index, (event, good)): (usize, (&EventDraft, &Result<Good, EventRefusal>))| {
        let code = good.as_ref().err().map(EventRefusal::code);
        EventOutcome {
            index,
            key: event.key.clone(),
            status: match (good, fresh.get(index)) {
                (Err(_), _) => "refused",
                (Ok(_), Some(true)) => "taken",
                (Ok(_), _) => "repeated",
            },
            message: code.map(|code| i18n::text(caller.locale, code, &Value::Null)),
            code,
        }
    };
    events.iter().zip(judged).enumerate().map(outcome).collect()
}

/// An event as the person's page shows it.
#[derive(Serialize, ToSchema)]
struct EventView {
    id: String,
    key: String,
    name: String,
    at: i64,
    #[schema(value_type = Object)]
    properties: Value,
    received_at: i64,
}

impl From<EventRow> for EventView {
    fn from(row: EventRow) -> Self {
        Self {
            id: row.id,
            key: row.event_key,
            name: row.name,
            at: row.at,
            properties: serde_json::from_str(&row.properties).unwrap_or_default(),
            received_at: row.received_at,
        }
    }
}

#[derive(Serialize, ToSchema)]
struct EventPage {
    items: Vec<EventView>,
    next: Option<String>,
}

/// What other systems reported about a person, latest first.
#[utoipa::path(get, path = "/api/v1/people/{id}/events", params(ListQuery),
    responses((status = 200, body = EventPage), (status = 404, body = ErrorBody)))]
async fn list_person_events(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::PeopleRead>,
    Path(id): Path<String>,
    Query(query): Query<ListQuery>,
) -> AppResult<Json<EventPage>> {
    let page = query.paging();
    let before = page.after.split_once('.').and_then(|(at, id)| Some((at.parse().ok()?, id)));
    let mut tx = ctx.read().await?;
    let id = people::present(&mut tx, &caller.scope, &id).await?.id;
    let from = before.unwrap_or((i64::MAX, ""));
    let rows = store::of_person(&mut tx, &caller.scope, &id, from, &page).await?;
    let Page { items, next } = Page::cut(rows, page.limit, |e| format!("{}.{}", e.at, e.id));
    Ok(Json(EventPage { items: items.into_iter().map(Into::into).collect(), next }))
}

pub fn router() -> OpenApiRouter<Ctx> {
    OpenApiRouter::new()
        .merge(OpenApiRouter::new().routes(routes!(create_events)).layer(DefaultBodyLimit::max(MOST_BODY)))
        .routes(routes!(list_person_events))
        .merge(definitions::router())
}
