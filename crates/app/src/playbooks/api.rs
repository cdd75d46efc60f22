//! `/api/v1/playbooks`: what its endpoints share. Templates and plans: `plans.rs`; the week and copying: `calendar.rs`;
//! single posts: `posts.rs`.

mod calendar;
mod plans;
mod posts;

use base::Day;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;

use super::model::{Check, Finding, Kind, PostState, Slot, Way};
use super::rows::PostRow;
use crate::ctx::Ctx;
use crate::kernel::http::{AppError, AppResult};
use crate::kernel::i18n;

/// A post in the calendar.
#[derive(Serialize, ToSchema)]
pub struct PostView {
    pub id: String,
    pub community_id: String,
    pub plan_id: Option<String>,
    /// The template's item; empty for a single post.
    pub item: String,
    /// `yyyymmdd`
    pub day: i64,
    /// Of the local day.
    pub minute: i64,
    pub due_at: i64,
    pub expires_at: i64,
    pub title: String,
    pub body: String,
    pub link_target: String,
    pub kind: Kind,
    pub way: Way,
    pub role: String,
    pub series: String,
    pub state: PostState,
    /// Why it is held back, skipped, expired or failed.
    pub reason_code: String,
    pub reason: String,
    pub groups_total: i64,
    pub groups_sent: i64,
    pub groups_missed: i64,
    /// When it was handed out; 0 before.
    pub prompted_at: i64,
    pub first_sent_at: i64,
}

impl PostView {
    /// In the reader's language.
    #[must_use]
    pub fn of(p: PostRow, locale: i18n::Locale) -> Self {
        let reason = if i18n::knows(locale, &p.reason) {
            i18n::text(locale, &p.reason, &serde_json::json!({}))
        } else {
            p.reason.clone()
        };
        Self {
            kind: p.value_kind(),
            way: p.delivery_way(),
            state: p.post_state(),
            reason,
            id: p.id,
            community_id: p.community_id,
            plan_id: p.plan_id,
            item: p.item,
            day: p.day,
            minute: p.minute,
            due_at: p.due_at,
            expires_at: p.expires_at,
            title: p.title,
            body: p.body,
            link_target: p.link_target,
            role: p.role,
            series: p.series,
            reason_code: p.reason,
            groups_total: p.groups_total,
            groups_sent: p.groups_sent,
            groups_missed: p.groups_missed,
            prompted_at: p.prompted_at,
            first_sent_at: p.first_sent_at,
        }
    }
}

/// One thing that is wrong or worth knowing about a post.
#[derive(Serialize, ToSchema)]
#[schema(as = PostFinding)]
struct FindingView {
    code: String,
    /// In the reader's language.
    message: String,
    #[schema(value_type = Object)]
    args: serde_json::Value,
}

/// The guard rails' verdict.
#[derive(Serialize, ToSchema)]
struct CheckView {
    /// Nothing is refused.
    ok: bool,
    refusals: Vec<FindingView>,
    warnings: Vec<FindingView>,
    /// The nearest slot that holds, when this one doesn't.
    nearest: Option<Slot>,
}

impl CheckView {
    fn of(check: Check, locale: i18n::Locale) -> Self {
        let view = |f: Finding| FindingView {
            message: i18n::text(locale, f.code, &f.args),
            code: f.code.to_owned(),
            args: f.args,
        };
        Self {
            ok: check.refusals.is_empty(),
            refusals: check.refusals.into_iter().map(view).collect(),
            warnings: check.warnings.into_iter().map(view).collect(),
            nearest: check.nearest,
        }
    }
}

/// What came of a change: the post as it stands (absent in a dry run of a new one) and the verdict.
#[derive(Serialize, ToSchema)]
struct Checked {
    post: Option<PostView>,
    check: CheckView,
}

fn check_target(target: Option<String>) -> AppResult<String> {
    let target = target.unwrap_or_default().trim().to_owned();
    if target.is_empty() || target.starts_with("https://") || target.starts_with("http://") {
        return Ok(target);
    }
    Err(AppError::invalid("link_target", "https://…"))
}

fn check_slot(day: i32, minute: u16) -> AppResult<Slot> {
    let slot = Day(day);
    if slot.plus_days(0).iso().replace('-', "") != day.to_string() || minute >= 1_440 {
        return Err(AppError::invalid("day, minute", "yyyymmdd, 0–1439"));
    }
    Ok(Slot { day: slot, minute })
}

/// Operators' endpoints.
pub fn router() -> OpenApiRouter<Ctx> {
    OpenApiRouter::new().merge(plans::router()).merge(calendar::router()).merge(posts::router())
}
