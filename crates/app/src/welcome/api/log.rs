//! `/api/v1/welcome/log`: what became of each greeting.

use axum::Json;
use axum::extract::{Query, State};
use base::Page;
use base::time::DAY;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::super::rows::LogEntry;
use super::super::store;
use crate::ctx::Ctx;
use crate::kernel::http::{Allowed, AppResult, ListQuery, permission};
use crate::kernel::{i18n, i18n::Locale};

/// What became of one greeting.
#[derive(Serialize, ToSchema)]
struct GreetingOutcome {
    id: String,
    account_id: String,
    /// The platform's ids.
    staff_platform_id: String,
    contact_platform_id: String,
    /// The employee who was added; absent when the directory doesn't know her.
    staff_id: Option<String>,
    staff_name: Option<String>,
    /// The newcomer; absent while she is not mirrored yet.
    person_id: Option<String>,
    person_name: Option<String>,
    /// The live code she came by, when it is one of ours.
    code_id: Option<String>,
    code_title: Option<String>,
    greeting_id: String,
    greeting_name: Option<String>,
    /// `pending`, `greeted` or `missed`.
    status: String,
    reason: String,
    reason_text: String,
    reason_detail: String,
    arrived_at: i64,
    ended_at: Option<i64>,
    /// Milliseconds from arrival to end.
    took_ms: Option<i64>,
    calls: i64,
}

fn outcome(row: LogEntry, locale: Locale) -> GreetingOutcome {
    let reason_text = match (row.reason.as_str(), row.status.as_str()) {
        ("", "missed") => i18n::text(locale, "welcome.refused", &json!({})),
        ("", _) => String::new(),
        (code, _) => i18n::text(locale, code, &json!({})),
    };
    let ended_at = Some(row.ended_at).filter(|at| *at > 0);
    GreetingOutcome {
        id: row.id,
        account_id: row.account_id,
        staff_platform_id: row.staff_platform_id,
        contact_platform_id: row.contact_platform_id,
        staff_id: row.staff_id,
        staff_name: row.staff_name.filter(|name| !name.is_empty()),
        person_id: row.person_id,
        person_name: row.person_name.filter(|name| !name.is_empty()),
        code_id: row.code_id,
        code_title: row.code_title,
        greeting_id: row.greeting_id,
        greeting_name: row.greeting_name,
        status: row.status,
        reason: row.reason,
        reason_text,
        reason_detail: row.reason_detail,
        arrived_at: row.arrived_at,
        took_ms: ended_at.map(|at| at - row.arrived_at),
        ended_at,
        calls: row.calls,
    }
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct LogFilter {
    /// `missed`, `greeted`, `pending`, or absent for all.
    status: Option<String>,
}

/// What became of greetings, with the counts of the last seven days.
#[derive(Serialize, ToSchema)]
struct GreetingLog {
    greeted: i64,
    missed: i64,
    pending: i64,
    items: Vec<GreetingOutcome>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

/// What became of greetings, newest first; missed ones alone with `status=missed`.
#[utoipa::path(get, path = "/api/v1/welcome/log", params(ListQuery, LogFilter),
    responses((status = 200, body = GreetingLog)))]
async fn list_greeting_log(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::WelcomeRead>,
    Query(query): Query<ListQuery>,
    Query(filter): Query<LogFilter>,
) -> AppResult<Json<GreetingLog>> {
    let paging = query.paging();
    let mut tx = ctx.read().await?;
    let rows = store::log(&mut tx, &caller.scope, &paging, filter.status.as_deref().unwrap_or("")).await?;
    let counts = store::counts(&mut tx, &caller.scope, ctx.now().minus(7 * DAY)).await?;
    let count = |status: &str| counts.iter().find(|c| c.status == status).map_or(0, |c| c.count);
    let page = Page::cut(rows, paging.limit, |r| r.id.clone());
    Ok(Json(GreetingLog {
        greeted: count("greeted"),
        missed: count("missed"),
        pending: count("pending"),
        items: page.items.into_iter().map(|r| outcome(r, caller.locale)).collect(),
        next: page.next,
    }))
}

pub fn router() -> OpenApiRouter<Ctx> {
    OpenApiRouter::new().routes(routes!(list_greeting_log))
}
