//! `/api/v1/metrics`: release cards, their definitions, and the decision each ends in.

use axum::Json;
use axum::extract::{Path, Query, State};
use base::Page;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::model::{DEFINITIONS, Definition, LATE, MetricsRefusal, Rate, Verdict, median, rate};
use super::rows::{DecisionRow, ReleaseRow};
use super::store;
use crate::ctx::Ctx;
use crate::kernel::audit;
use crate::kernel::db::Tx;
use crate::kernel::http::{Allowed, AppResult, ErrorBody, ListQuery, Scope, permission};
use crate::kernel::i18n;
use crate::links;
use crate::playbooks::{self, DeliveryRow};

/// The figures of a release. Money in fen.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct Figures {
    /// Distinct eligible persons who could see it.
    pub reach: i64,
    /// Distinct persons who opened its link.
    pub opens: i64,
    pub orders: i64,
    /// Distinct persons who bought.
    pub buyers: i64,
    pub paid: i64,
    pub refunded: i64,
    /// Distinct persons who left one of its groups within a day.
    pub leaves: i64,
}

impl Figures {
    /// The running figures; `reach` may still be an estimate.
    #[must_use]
    pub const fn of(r: &ReleaseRow, reach: i64) -> Self {
        Self {
            reach,
            opens: r.opens,
            orders: r.orders,
            buyers: r.buyers,
            paid: r.paid,
            refunded: r.refunded,
            leaves: r.leaves,
        }
    }
}

/// A release in a list.
#[derive(Serialize, ToSchema)]
pub struct ReleaseView {
    pub post_id: String,
    pub community_id: String,
    pub title: String,
    pub series: String,
    /// `activity`, `content`, `popularity` or `service`.
    pub kind: String,
    /// `broadcast` or `owner_task`.
    pub way: String,
    pub day: i64,
    pub hour: i64,
    /// Planned time.
    pub due_at: i64,
    /// When it was handed out.
    pub starts_at: i64,
    /// When it stood in the first group; 0 before.
    pub first_sent_at: i64,
    pub groups_total: i64,
    pub groups_sent: i64,
    pub groups_missed: i64,
    pub figures: Figures,
    /// When reach was counted; 0 while it is an estimate.
    pub counted_at: i64,
    pub decided: bool,
}

impl ReleaseView {
    /// `reach` is counted by the caller while the stored one is an estimate.
    #[must_use]
    pub fn of(r: ReleaseRow, reach: i64) -> Self {
        Self {
            figures: Figures::of(&r, reach),
            post_id: r.post_id,
            community_id: r.community_id,
            title: r.title,
            series: r.series,
            kind: r.kind,
            way: r.way,
            day: r.day,
            hour: r.hour,
            due_at: r.due_at,
            starts_at: r.starts_at,
            first_sent_at: r.first_sent_at,
            groups_total: r.groups_total,
            groups_sent: r.groups_sent,
            groups_missed: r.groups_missed,
            counted_at: r.counted_at,
            decided: r.decided,
        }
    }
}

#[derive(Serialize, ToSchema)]
struct ReleasePage {
    items: Vec<ReleaseView>,
    next: Option<String>,
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ReleaseFilter {
    community: Option<String>,
}

async fn current_reach(tx: &mut Tx<'_>, scope: &Scope, r: &ReleaseRow) -> AppResult<i64> {
    if r.counted_at > 0 { Ok(r.reach) } else { store::reach(tx, scope, &r.post_id).await }
}

/// Releases, newest first.
#[utoipa::path(get, path = "/api/v1/metrics/releases", params(ListQuery, ReleaseFilter),
    responses((status = 200, body = ReleasePage)))]
async fn list_releases(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::MetricsRead>,
    Query(query): Query<ListQuery>,
    Query(filter): Query<ReleaseFilter>,
) -> AppResult<Json<ReleasePage>> {
    let page = query.paging();
    let mut tx = ctx.read().await?;
    let community = filter.community.unwrap_or_default();
    let rows = store::releases(&mut tx, &caller.scope, &community, &page).await?;
    let Page { items: rows, next } =
        Page::cut(rows, page.limit, |r| format!("{}:{}", r.starts_at, r.post_id));
    let mut items = Vec::with_capacity(rows.len());
    for row in rows {
        let reach = current_reach(&mut tx, &caller.scope, &row).await?;
        items.push(ReleaseView::of(row, reach));
    }
    Ok(Json(ReleasePage { items, next }))
}

/// Shares with their 90 % intervals.
#[derive(Serialize, ToSchema)]
struct Rates {
    /// Opens ÷ reach.
    open: Rate,
    /// Buyers ÷ reach.
    buy: Rate,
    /// Buyers ÷ opens.
    buy_of_open: Rate,
    /// Leaves ÷ reach.
    leave: Rate,
}

/// Medians of the same community, kind and hour over the 28 days before.
#[derive(Serialize, ToSchema)]
struct Baseline {
    /// Releases it rests on.
    releases: usize,
    reach: Option<f64>,
    opens: Option<f64>,
    orders: Option<f64>,
    paid: Option<f64>,
    leaves: Option<f64>,
    open_rate: Option<f64>,
    buy_rate: Option<f64>,
    leave_rate: Option<f64>,
}

impl Baseline {
    fn of(rows: &[ReleaseRow]) -> Self {
        let middle = |of: fn(&ReleaseRow) -> i64| median(rows.iter().map(|r| of(r) as f64).collect());
        let share = |of: fn(&ReleaseRow) -> i64| {
            median(rows.iter().filter(|r| r.reach > 0).map(|r| of(r) as f64 / r.reach as f64).collect())
        };
        Self {
            releases: rows.len(),
            reach: middle(|r| r.reach),
            opens: middle(|r| r.opens),
            orders: middle(|r| r.orders),
            paid: middle(|r| r.paid),
            leaves: middle(|r| r.leaves),
            open_rate: share(|r| r.opens),
            buy_rate: share(|r| r.buyers),
            leave_rate: share(|r| r.leaves),
        }
    }
}

/// One group of a release.
#[derive(Serialize, ToSchema)]
#[schema(as = ReleaseGroup)]
struct GroupView {
    #[serde(flatten)]
    delivery: DeliveryRow,
    /// Why it was missed, in the reader's language.
    reason_text: String,
    /// Sent more than a quarter of an hour after its time.
    late: bool,
}

/// What was decided about the last release of the same recurring item, and how that release had done.
#[derive(Serialize, ToSchema)]
struct Before {
    decision: DecisionRow,
    figures: Figures,
    open: Rate,
}

/// Everything about one release.
#[derive(Serialize, ToSchema)]
struct ReleaseCard {
    #[serde(flatten)]
    release: ReleaseView,
    /// Openings of its links by people, repeated ones included.
    clicks: i64,
    /// Of these, openings that are not tied to a person.
    unidentified: i64,
    rates: Rates,
    baseline: Baseline,
    groups: Vec<GroupView>,
    late: usize,
    decision: Option<DecisionRow>,
    before: Option<Before>,
    /// Enough time has passed to judge it.
    ripe: bool,
}

/// One release card.
#[utoipa::path(get, path = "/api/v1/metrics/releases/{post}", params(("post" = String, Path)),
    responses((status = 200, body = ReleaseCard), (status = 404, body = ErrorBody)))]
async fn get_release(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::MetricsRead>,
    Path(post): Path<String>,
) -> AppResult<Json<ReleaseCard>> {
    let mut tx = ctx.read().await?;
    Ok(Json(card(&mut tx, &caller.scope, caller.locale, &post).await?))
}

async fn card(tx: &mut Tx<'_>, scope: &Scope, locale: i18n::Locale, post: &str) -> AppResult<ReleaseCard> {
    let row = store::release(tx, scope, post).await?;
    let reach = current_reach(tx, scope, &row).await?;
    let opened = links::figures_of_post(tx, scope, post).await?.total;
    let baseline = Baseline::of(&store::baseline(tx, scope, &row).await?);
    let groups: Vec<GroupView> = playbooks::deliveries(tx, scope, post)
        .await?
        .into_iter()
        .map(|d| GroupView {
            reason_text: if d.reason.is_empty() {
                String::new()
            } else {
                i18n::text(locale, &d.reason, &serde_json::json!({}))
            },
            late: d.state == "sent" && d.at > row.due_at + LATE,
            delivery: d,
        })
        .collect();
    let before = match store::decision_before(tx, scope, &row).await? {
        Some(decision) => {
            let then = store::release(tx, scope, &decision.post_id).await?;
            Some(Before {
                figures: Figures::of(&then, then.reach),
                open: rate(then.opens, then.reach),
                decision,
            })
        }
        None => None,
    };
    Ok(ReleaseCard {
        clicks: opened.clicks - opened.bots - opened.staff,
        unidentified: opened.unidentified,
        rates: Rates {
            open: rate(row.opens, reach),
            buy: rate(row.buyers, reach),
            buy_of_open: rate(row.buyers, row.opens),
            leave: rate(row.leaves, reach),
        },
        baseline,
        late: groups.iter().filter(|g| g.late).count(),
        groups,
        decision: store::decision(tx, scope, post).await?,
        before,
        ripe: tx.now().0 >= row.starts_at + super::model::WINDOW,
        release: ReleaseView::of(row, reach),
    })
}

#[derive(Deserialize, ToSchema)]
struct DecisionBody {
    verdict: Verdict,
    /// New minute of the day; for `move` only.
    minute: Option<u16>,
    /// Why, or how the form changes; at most 500 characters.
    note: Option<String>,
}

/// What a decision did.
#[derive(Serialize, ToSchema)]
struct Decided {
    decision: Option<DecisionRow>,
    /// Coming posts that were moved or taken out.
    posts_changed: usize,
    /// Coming posts that could not be moved because the guard rails refuse the slot.
    posts_held: usize,
}

/// Records keep, move, change or stop. Stop takes out the coming posts of the same recurring item, move shifts them.
#[utoipa::path(post, path = "/api/v1/metrics/releases/{post}/decide", params(("post" = String, Path)),
    request_body = DecisionBody,
    responses((status = 200, body = Decided), (status = 404, body = ErrorBody), (status = 422, body = ErrorBody)))]
async fn decide_release(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::MetricsWrite>,
    Path(post): Path<String>,
    Json(body): Json<DecisionBody>,
) -> AppResult<Json<Decided>> {
    let note = body.note.unwrap_or_default();
    if note.chars().count() > 500 {
        return Err(MetricsRefusal::LongNote.into());
    }
    let mut tx = ctx.begin().await?;
    let scope = &caller.scope;
    let release = store::release(&mut tx, scope, &post).await?;
    let row = playbooks::post(&mut tx, scope, &post).await?;
    let (changed, held) = match (body.verdict, body.minute) {
        (Verdict::Keep | Verdict::Change, _) => (0, 0),
        (Verdict::Stop, _) => (playbooks::stop_series(&mut tx, scope, &row, &caller.operator_name).await?, 0),
        (Verdict::Move, None) => return Err(MetricsRefusal::NoMinute.into()),
        (Verdict::Move, Some(minute)) if !(480..1_320).contains(&minute) => {
            return Err(MetricsRefusal::QuietMinute.into());
        }
        (Verdict::Move, Some(minute)) => {
            playbooks::change_series(&mut tx, scope, &row, minute, &caller.operator_name).await?
        }
    };
    let minute = body.minute.filter(|_| body.verdict == Verdict::Move);
    let by = &caller.operator_name;
    store::decide(&mut tx, scope, &release, (body.verdict, minute, note.trim()), by).await?;
    audit::record(&mut tx, &caller, "metrics.decide", &post).await?;
    let decision = store::decision(&mut tx, scope, &post).await?;
    tx.commit().await?;
    Ok(Json(Decided { decision, posts_changed: changed, posts_held: held }))
}

/// A figure's definition in the reader's language.
#[derive(Serialize, ToSchema)]
struct DefinitionView {
    #[serde(flatten)]
    definition: Definition,
    text: String,
}

/// How every figure of a release card comes about.
#[utoipa::path(get, path = "/api/v1/metrics/definitions", responses((status = 200, body = Vec<DefinitionView>)))]
async fn list_definitions(caller: Allowed<permission::MetricsRead>) -> Json<Vec<DefinitionView>> {
    let view = |d: &Definition| DefinitionView {
        definition: *d,
        text: i18n::text(caller.locale, d.key, &serde_json::json!({})),
    };
    Json(DEFINITIONS.iter().map(view).collect())
}

/// How recomputing went.
#[derive(Serialize, ToSchema)]
struct Recomputed {
    /// Releases whose running figures differed from the log; they are mended.
    differed: usize,
}

/// Recomputes all figures from the append-only log.
#[utoipa::path(post, path = "/api/v1/metrics/recompute", responses((status = 200, body = Recomputed)))]
async fn recompute_metrics(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::MetricsWrite>,
) -> AppResult<Json<Recomputed>> {
    let mut tx = ctx.begin().await?;
    let differed = super::recompute(&mut tx, &caller.scope, true).await?;
    audit::record(&mut tx, &caller, "metrics.recompute", "").await?;
    tx.commit().await?;
    Ok(Json(Recomputed { differed }))
}

/// Operators' endpoints.
pub fn router() -> OpenApiRouter<Ctx> {
    OpenApiRouter::new()
        .routes(routes!(list_releases))
        .routes(routes!(get_release))
        .routes(routes!(decide_release))
        .routes(routes!(list_definitions))
        .routes(routes!(recompute_metrics))
}
