//! `/api/v1/today`: one answer with everything an operator acts on now.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use base::Timestamp;
use base::time::DAY;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::model::{DECIDE_WITHIN, WRONG_FOR, cure_of};
use super::store;
use crate::broadcasts::{self, ShardRow};
use crate::ctx::Ctx;
use crate::data_requests;
use crate::kernel::db::Tx;
use crate::kernel::http::{Allowed, AppResult, Caller, ErrorBody, Paging, permission};
use crate::kernel::i18n;
use crate::kernel::jobs;
use crate::metrics::{self, api::ReleaseView};
use crate::people;
use crate::playbooks::{self, PostRow, PostState, api::PostView};
use crate::tasks::{self, TaskRow};
use crate::tenants;
use crate::webhooks;

/// A post of today.
#[derive(Serialize, ToSchema)]
struct TodayPost {
    #[serde(flatten)]
    post: PostView,
    community: String,
    /// Its first figures, once it was handed out.
    release: Option<ReleaseView>,
}

/// Something that an employee has before her.
#[derive(Serialize, ToSchema)]
struct Waiting {
    /// `task` or `broadcast`: which of the two remind operations it takes.
    kind: &'static str,
    id: String,
    post_id: String,
    title: String,
    groups: Vec<String>,
    staff_id: String,
    staff_name: String,
    /// Since when it is due.
    since: i64,
    expires_at: i64,
    reminders: i64,
}

/// Something that went wrong: a sentence and a cure.
#[derive(Serialize, ToSchema)]
struct Wrong {
    /// `job`, `broadcast`, `twin`, `greeting`, `live_code`, `data_request`, `webhook` or `post`.
    kind: &'static str,
    id: String,
    /// What it is about, for example a post's title or a job's kind.
    subject: String,
    code: String,
    /// What happened, in the reader's language.
    message: String,
    /// What the platform or the machine said, for the engineer.
    detail: String,
    cure_code: String,
    /// What to do, in the reader's language.
    cure: String,
    at: i64,
}

#[derive(Serialize, ToSchema)]
struct TodayView {
    now: i64,
    /// `yyyymmdd`
    day: i32,
    /// Posts that left today, in order of time.
    left: Vec<TodayPost>,
    /// Posts that are still to come today.
    due: Vec<TodayPost>,
    /// Oldest first.
    waiting: Vec<Waiting>,
    /// Newest first.
    wrong: Vec<Wrong>,
    /// Releases that can be judged and are not, newest first.
    decisions: Vec<ReleaseView>,
    /// Customers who were lost and whom nobody has looked at.
    losses: i64,
}

/// Everything that is to be done today, within the caller's reach.
#[utoipa::path(get, path = "/api/v1/today",
    responses((status = 200, body = TodayView), (status = 401, body = ErrorBody)))]
async fn get_today(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::TodayRead>,
) -> AppResult<Json<TodayView>> {
    let mut tx = ctx.read().await?;
    let scope = &caller.scope;
    let now = tx.now();
    let zone = tenants::get(&mut tx, scope).await?.tenant_zone();
    let day = zone.day_of(now);
    let (from, to) = (zone.start_of(day), zone.start_of(day.plus_days(1)));
    let posts = playbooks::due_between(&mut tx, scope, from.minus(WRONG_FOR), to).await?;
    let (left, due) = split(&mut tx, &caller, &posts, from).await?;
    let mut waiting = waiting_tasks(&mut tx, &caller).await?;
    waiting.extend(waiting_broadcasts(&mut tx, &caller, &posts).await?);
    waiting.sort_by_key(|w| w.since);
    let mut wrong = wrong_broadcasts(&mut tx, &caller, now).await?;
    wrong.extend(wrong_elsewhere(&mut tx, &caller, now).await?);
    wrong.extend(posts.iter().filter_map(|p| wrong_post(&caller, p)));
    wrong.sort_by_key(|w| std::cmp::Reverse(w.at));
    let ripe = metrics::undecided(&mut tx, scope, now.minus(DECIDE_WITHIN), now.minus(DAY)).await?;
    let decisions = ripe.into_iter().rev().take(50).map(|r| {
        let reach = r.reach;
        ReleaseView::of(r, reach)
    });
    let losses = people::losses_unseen(&mut tx, scope).await?;
    Ok(Json(TodayView {
        now: now.0,
        day: day.0,
        left,
        due,
        waiting,
        wrong,
        decisions: decisions.collect(),
        losses,
    }))
}

async fn split(
    tx: &mut Tx<'_>,
    caller: &Caller,
    posts: &[PostRow],
    from: Timestamp,
) -> AppResult<(Vec<TodayPost>, Vec<TodayPost>)> {
    let communities = store::community_names(tx, &caller.scope).await?;
    let releases = metrics::of_posts(tx, &caller.scope, from, from.plus(DAY + DAY / 2)).await?;
    let mut releases: BTreeMap<String, ReleaseView> = releases
        .into_iter()
        .map(|r| {
            let reach = r.reach;
            (r.post_id.clone(), ReleaseView::of(r, reach))
        })
        .collect();
    let (mut left, mut due) = (Vec::new(), Vec::new());
    for post in posts.iter().filter(|p| p.due_at >= from.0) {
        let to_come = post.post_state().is_open();
        let view = TodayPost {
            community: communities.get(&post.community_id).cloned().unwrap_or_default(),
            release: releases.remove(&post.id),
            post: PostView::of(post.clone(), caller.locale),
        };
        if to_come {
            due.push(view);
        } else if post.prompted_at > 0 {
            left.push(view);
        }
    }
    Ok((left, due))
}

async fn waiting_tasks(tx: &mut Tx<'_>, caller: &Caller) -> AppResult<Vec<Waiting>> {
    let names = store::staff_names(tx, &caller.scope).await?;
    let view = |t: TaskRow| Waiting {
        kind: "task",
        staff_name: names.get(&t.staff_id).cloned().unwrap_or_default(),
        id: t.id,
        post_id: t.post_id,
        title: t.title,
        groups: vec![t.group_name],
        staff_id: t.staff_id,
        since: t.due_at,
        expires_at: t.expires_at,
        reminders: t.reminders,
    };
    Ok(tasks::waiting(tx, &caller.scope).await?.into_iter().map(view).collect())
}

async fn waiting_broadcasts(tx: &mut Tx<'_>, caller: &Caller, posts: &[PostRow]) -> AppResult<Vec<Waiting>> {
    let names = store::staff_names(tx, &caller.scope).await?;
    let mut all = Vec::new();
    for shard in broadcasts::unconfirmed(tx, &caller.scope).await? {
        let post = posts.iter().find(|p| p.id == shard.post_id);
        all.push(Waiting {
            kind: "broadcast",
            title: post.map_or_else(|| first_line(&shard), |p| p.title.clone()),
            groups: store::groups_of_shard(tx, &caller.scope, &shard.id).await?,
            staff_name: names.get(&shard.staff_id).cloned().unwrap_or_default(),
            reminders: broadcasts::reminded(tx, &caller.scope, &shard.id).await?,
            id: shard.id,
            post_id: shard.post_id,
            staff_id: shard.staff_id,
            since: shard.accepted_at,
            expires_at: shard.expires_at,
        });
    }
    Ok(all)
}

fn first_line(shard: &ShardRow) -> String {
    shard.text().lines().next().unwrap_or_default().chars().take(40).collect()
}

fn wrong(
    caller: &Caller,
    (kind, id, subject): (&'static str, &str, &str),
    (code, detail): (&str, &str),
    at: i64,
) -> Wrong {
    let none = serde_json::json!({});
    let cure = cure_of(kind, code);
    Wrong {
        kind,
        id: id.to_owned(),
        subject: subject.to_owned(),
        code: code.to_owned(),
        message: i18n::text(caller.locale, code, &none),
        detail: detail.to_owned(),
        cure_code: cure.to_owned(),
        cure: i18n::text(caller.locale, cure, &none),
        at,
    }
}

async fn wrong_broadcasts(tx: &mut Tx<'_>, caller: &Caller, now: Timestamp) -> AppResult<Vec<Wrong>> {
    let since = now.minus(WRONG_FOR);
    let mut all = Vec::new();
    for shard in broadcasts::in_trouble(tx, &caller.scope, since).await? {
        let code = if shard.trouble_code.is_empty() { "broadcasts.unknown" } else { &shard.trouble_code };
        let at = shard.settled_at.max(shard.unknown_since);
        all.push(wrong(
            caller,
            ("broadcast", &shard.id, &first_line(&shard)),
            (code, &shard.trouble_detail),
            at,
        ));
    }
    for twin in broadcasts::twins_since(tx, &caller.scope, since).await? {
        let code = if twin.cancelled_at > 0 { "today.twin_stopped" } else { "today.twin_alive" };
        all.push(wrong(
            caller,
            ("twin", &twin.shard_id, &twin.platform_id),
            (code, &twin.trouble),
            twin.found_at,
        ));
    }
    Ok(all)
}

async fn wrong_elsewhere(tx: &mut Tx<'_>, caller: &Caller, now: Timestamp) -> AppResult<Vec<Wrong>> {
    let since = now.minus(WRONG_FOR);
    let mut all = Vec::new();
    if caller.scope.reach_key().is_empty() && caller.may("operations:read") {
        let page = Paging { after: String::new(), limit: 49 };
        for job in jobs::dead(tx, &caller.scope, &page).await? {
            let about = ("job", job.id.as_str(), job.kind.as_str());
            all.push(wrong(caller, about, (&job.error_code, &job.error_detail), job.died_at));
        }
    }
    if caller.scope.reach_key().is_empty() && caller.may("webhooks:read") {
        for e in webhooks::switched_off(tx, &caller.scope).await? {
            all.push(wrong(caller, ("webhook", &e.id, &e.url), (&e.off_reason, &e.description), e.off_at));
        }
    }
    for g in store::missed_greetings(tx, &caller.scope, since).await? {
        all.push(wrong(
            caller,
            ("greeting", &g.id, &g.staff_platform_id),
            (&g.reason, &g.reason_detail),
            g.ended_at,
        ));
    }
    if caller.scope.reach_key().is_empty() && caller.may("data_requests:read") {
        for r in data_requests::overdue(tx, &caller.scope).await? {
            let subject =
                i18n::text(caller.locale, &format!("data_requests.kind.{}", r.kind), &serde_json::json!({}));
            all.push(wrong(
                caller,
                ("data_request", &r.id, &subject),
                ("data_requests.overdue", &r.person_name),
                r.due_at,
            ));
        }
    }
    for c in store::failed_codes(tx, &caller.scope).await? {
        all.push(wrong(caller, ("live_code", &c.id, &c.title), (&c.reason, &c.reason_detail), c.updated_at));
    }
    Ok(all)
}

/// A post that failed or expired before anybody had it.
fn wrong_post(caller: &Caller, post: &PostRow) -> Option<Wrong> {
    let over = matches!(post.post_state(), PostState::Failed | PostState::Expired);
    if !over || post.prompted_at > 0 {
        return None;
    }
    Some(wrong(caller, ("post", &post.id, &post.title), (&post.reason, ""), post.due_at))
}

/// Operators' endpoints.
pub fn router() -> OpenApiRouter<Ctx> {
    OpenApiRouter::new().routes(routes!(get_today))
}
