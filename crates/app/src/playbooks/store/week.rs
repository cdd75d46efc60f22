//! The calendar at work: what surrounds a post, checking and keeping it, filling a plan, copying, and changing a whole
//! recurring item.

use std::collections::BTreeMap;

use base::{Day, Timestamp};

use super::super::jobs::Dispatch;
use super::super::model::templates::{self, Item};
use super::super::model::{
    AHEAD_DAYS, Candidate, Check, Context, Kind, PlaybookRefusal, PostState, Role, Slot, Way, check_post,
    expires_at,
};
use super::super::rows::{PlanRow, PostRow, day_of};
use super::super::store;
use crate::budgets::{self, Quota, Rule};
use crate::kernel::db::Tx;
use crate::kernel::http::{AppResult, Scope};
use crate::tenants::{self, Tenant};
use crate::{communities, groups};

/// Everything needed to judge posts of one community between two days.
pub async fn context(
    tx: &mut Tx<'_>,
    scope: &Scope,
    community: &str,
    (from, to): (Day, Day),
) -> AppResult<Context> {
    let tenant = tenants::get(tx, scope).await?;
    let kind = communities::get(tx, scope, community).await?.kind;
    let rows = store::of_community(tx, scope, community, from.plus_days(-31), to.plus_days(31)).await?;
    let posts: Vec<&PostRow> = rows.iter().filter(|p| p.post_state().occupies()).collect();
    let quota = quota(tx, scope, (&tenant, community), &posts, (from, to)).await?;
    Ok(Context {
        now: tx.now(),
        zone: tenant.tenant_zone(),
        posts: posts.iter().map(|p| p.occupied()).collect(),
        cap: tenant.daily_cap,
        warn: tenant.daily_warn,
        bounds: kind.mix().into(),
        quota,
    })
}

/// Per day: what the fullest group has had in the day's window, plus the broadcasts that are still to come in it.
async fn quota(
    tx: &mut Tx<'_>,
    scope: &Scope,
    (tenant, community): (&Tenant, &str),
    posts: &[&PostRow],
    (from, to): (Day, Day),
) -> AppResult<BTreeMap<Day, Quota>> {
    let rule = Rule::named(&tenant.broadcast_rule);
    let ids: Vec<String> =
        groups::of_community(tx, scope, community).await?.into_iter().map(|g| g.id).collect();
    let (first, last) = (rule.window(from).from, rule.window(to).to);
    let used = budgets::usage(tx, scope, &ids, first, last).await?;
    let mut all = BTreeMap::new();
    let mut day = from;
    while day <= to {
        let window = rule.window(day);
        let inside = |d: Day| d >= window.from && d <= window.to;
        let had = ids
            .iter()
            .map(|id| used.iter().filter(|((g, d), _)| g == id && inside(*d)).map(|(_, n)| n).sum::<i64>())
            .max()
            .unwrap_or(0);
        let planned = posts
            .iter()
            .filter(|p| {
                p.delivery_way() == Way::Broadcast && p.post_state().is_open() && inside(p.slot().day)
            })
            .count() as i64;
        all.insert(day, Quota { used: had + planned, limit: window.limit });
        day = day.plus_days(1);
    }
    Ok(all)
}

/// A post that an operator or a template wants.
#[derive(Clone, Debug)]
pub struct NewPost {
    pub community_id: String,
    pub plan_id: Option<String>,
    pub item: String,
    pub slot: Slot,
    pub title: String,
    pub body: String,
    pub link_target: String,
    pub kind: Kind,
    pub way: Way,
    pub role: Role,
    pub series: String,
    pub approved: bool,
}

impl NewPost {
    #[must_use]
    pub fn candidate<'a>(&'a self, id: &'a str) -> Candidate<'a> {
        Candidate {
            id,
            slot: self.slot,
            kind: self.kind,
            way: self.way,
            title: &self.title,
            body: &self.body,
        }
    }
}

/// The candidate that a stored post is, for checking it again.
#[must_use]
pub fn candidate_of(post: &PostRow) -> Candidate<'_> {
    Candidate {
        id: &post.id,
        slot: post.slot(),
        kind: post.value_kind(),
        way: post.delivery_way(),
        title: &post.title,
        body: &post.body,
    }
}

/// A post leaves its own broadcast out of the quota it is judged by.
pub fn without_itself(context: &mut Context, post: &PostRow, rule: Rule) {
    if post.delivery_way() != Way::Broadcast || !post.post_state().is_open() {
        return;
    }
    let window = rule.window(post.slot().day);
    for (day, quota) in &mut context.quota {
        if *day >= window.from && *day <= window.to {
            quota.used -= 1;
        }
    }
}

/// The first refusal of a check as an error.
///
/// # Errors
/// That refusal, with the nearest good slot.
pub fn must_hold(check: &Check) -> Result<(), PlaybookRefusal> {
    match check.refusals.first() {
        Some(finding) => Err(PlaybookRefusal::Check { finding: finding.clone(), nearest: check.nearest }),
        None => Ok(()),
    }
}

/// Keeps a post and sets its hour. `None` when the plan has this item on this day already.
pub async fn keep(
    tx: &mut Tx<'_>,
    scope: &Scope,
    context: &mut Context,
    new: NewPost,
    held_back: &str,
) -> AppResult<Option<PostRow>> {
    let due_at = context.zone.at(new.slot.day, new.slot.minute);
    let approved = new.approved && held_back.is_empty();
    let post = PostRow {
        id: tx.new_id("pst"),
        community_id: new.community_id,
        plan_id: new.plan_id,
        item: new.item,
        day: i64::from(new.slot.day.0),
        minute: i64::from(new.slot.minute),
        due_at: due_at.0,
        expires_at: expires_at(&context.zone, new.slot.day, due_at).0,
        title: new.title,
        body: new.body,
        link_target: new.link_target,
        kind: new.kind.word().to_owned(),
        way: new.way.word().to_owned(),
        role: new.role.word().to_owned(),
        series: new.series,
        state: if approved { PostState::Approved } else { PostState::Planned }.word().to_owned(),
        reason: held_back.to_owned(),
        groups_total: 0,
        groups_sent: 0,
        groups_missed: 0,
        prompted_at: 0,
        first_sent_at: 0,
    };
    if !store::insert(tx, scope, &post).await? {
        return Ok(None);
    }
    tx.enqueue_at(scope.tenant(), &Dispatch { post: post.id.clone() }, due_at).await?;
    context.posts.push(post.occupied());
    Ok(Some(post))
}

/// Fills a plan up to two weeks from now. What the guard rails refuse is kept as planned, with the reason, and waits
/// for an operator. Answers how many posts were made.
pub async fn extend(tx: &mut Tx<'_>, scope: &Scope, plan: &PlanRow) -> AppResult<usize> {
    let Some(template) = templates::named(&plan.template) else { return Ok(0) };
    let zone = tenants::get(tx, scope).await?.tenant_zone();
    let today = zone.day_of(tx.now());
    let from = day_of(plan.extended_to).plus_days(1).max(today);
    let to = today.max(day_of(plan.from_day)).plus_days(AHEAD_DAYS - 1);
    if from > to {
        return Ok(0);
    }
    let mut context = context(tx, scope, &plan.community_id, (from, to)).await?;
    let overrides = store::overrides(tx, scope, &plan.id).await?;
    let mut made = 0;
    let mut day = from;
    while day <= to {
        for item in template.items.iter().filter(|i| i.days.contains(&day.weekday())) {
            let change = overrides.iter().find(|o| o.item == item.key);
            if change.is_some_and(|o| o.stopped) {
                continue;
            }
            let minute =
                change.and_then(|o| o.minute).and_then(|m| u16::try_from(m).ok()).unwrap_or(item.minute);
            let Some(new) = from_item(plan, item, Slot { day, minute }) else { continue };
            if context.zone.at(day, minute) <= context.now {
                continue;
            }
            let check = check_post(&new.candidate(""), &context);
            let held_back = check.refusals.first().map_or("", |f| f.code);
            made += usize::from(keep(tx, scope, &mut context, new, held_back).await?.is_some());
        }
        day = day.plus_days(1);
    }
    store::set_extended(tx, scope, &plan.id, to).await?;
    Ok(made)
}

/// An item as a post of a day; `None` for ways that this version can't do.
fn from_item(plan: &PlanRow, item: &Item, slot: Slot) -> Option<NewPost> {
    Some(NewPost {
        community_id: plan.community_id.clone(),
        plan_id: Some(plan.id.clone()),
        item: item.key.clone(),
        slot,
        title: item.title.clone(),
        body: item.text_of(slot.day).to_owned(),
        link_target: if item.link { plan.link_target.clone() } else { String::new() },
        kind: item.kind,
        way: item.available_way()?,
        role: Role::named(&item.role).unwrap_or(Role::GroupOwner),
        series: item.series.clone(),
        approved: plan.approve,
    })
}

/// A copied post that was kept, or why it was not.
pub struct Copied {
    pub title: String,
    pub slot: Slot,
    pub check: Check,
}

/// Copies a community's posts of some days to the same days `shift` later. With `dry_run` nothing is kept.
pub async fn copy(
    tx: &mut Tx<'_>,
    scope: &Scope,
    community: &str,
    (from, to, shift): (Day, Day, i32),
    dry_run: bool,
) -> AppResult<Vec<Copied>> {
    let rows = store::of_community(tx, scope, community, from, to).await?;
    let mut context = context(tx, scope, community, (from.plus_days(shift), to.plus_days(shift))).await?;
    let mut copies = Vec::new();
    for row in rows.into_iter().filter(|p| p.post_state() != PostState::Skipped) {
        let slot = Slot { day: row.slot().day.plus_days(shift), minute: row.slot().minute };
        let new = NewPost {
            community_id: row.community_id.clone(),
            plan_id: None,
            item: String::new(),
            slot,
            title: row.title.clone(),
            body: row.body.clone(),
            link_target: row.link_target.clone(),
            kind: row.value_kind(),
            way: row.delivery_way(),
            role: Role::named(&row.role).unwrap_or(Role::GroupOwner),
            series: row.series.clone(),
            approved: false,
        };
        let check = check_post(&new.candidate(""), &context);
        if check.refusals.is_empty() {
            if dry_run {
                let id = format!("copy {}", copies.len());
                let (kind, way) = (new.kind, new.way);
                context.posts.push(super::super::model::Occupied { id, slot, kind, way });
            } else {
                keep(tx, scope, &mut context, new, "").await?;
            }
        }
        copies.push(Copied { title: row.title, slot, check });
    }
    Ok(copies)
}

/// Puts a post into another slot and sets its hour; the caller has checked it.
pub async fn place(tx: &mut Tx<'_>, scope: &Scope, post: &mut PostRow, slot: Slot) -> AppResult<()> {
    let zone = tenants::get(tx, scope).await?.tenant_zone();
    let due_at = zone.at(slot.day, slot.minute);
    post.day = i64::from(slot.day.0);
    post.minute = i64::from(slot.minute);
    post.due_at = due_at.0;
    post.expires_at = expires_at(&zone, slot.day, due_at).0;
    tx.enqueue_at(scope.tenant(), &Dispatch { post: post.id.clone() }, due_at).await
}

/// The operator decided to drop a recurring item: its open posts are skipped and no more are made. Answers how many.
pub async fn stop_series(tx: &mut Tx<'_>, scope: &Scope, post: &PostRow, actor: &str) -> AppResult<usize> {
    let Some(plan) = &post.plan_id else { return Ok(0) };
    store::set_override(tx, scope, plan, &post.item, (true, None)).await?;
    let now = tx.now();
    let open = store::open_of_item(tx, scope, plan, &post.item, now).await?;
    for row in &open {
        let was = row.post_state();
        store::set_state(tx, scope, &row.id, (was, PostState::Skipped), "playbooks.series_stopped").await?;
        store::note_change(tx, scope, &row.id, (actor, "skip", "playbooks.series_stopped"), Some(row))
            .await?;
    }
    Ok(open.len())
}

/// The operator decided to move a recurring item to another minute of the day: open posts move where the guard rails
/// allow it, later ones are made there. Answers how many moved and how many could not.
pub async fn change_series(
    tx: &mut Tx<'_>,
    scope: &Scope,
    post: &PostRow,
    minute: u16,
    actor: &str,
) -> AppResult<(usize, usize)> {
    let Some(plan) = &post.plan_id else { return Ok((0, 0)) };
    store::set_override(tx, scope, plan, &post.item, (false, Some(minute))).await?;
    let now: Timestamp = tx.now();
    let open = store::open_of_item(tx, scope, plan, &post.item, now).await?;
    let (Some(first), Some(last)) = (open.first(), open.last()) else { return Ok((0, 0)) };
    let span = (first.slot().day, last.slot().day);
    let mut context = context(tx, scope, &post.community_id, span).await?;
    // Same days, same number of broadcasts: the quota can't change by moving within a day.
    context.quota.clear();
    let (mut moved, mut held) = (0, 0);
    for row in open {
        let slot = Slot { day: row.slot().day, minute };
        let check = check_post(&Candidate { slot, ..candidate_of(&row) }, &context);
        if !check.refusals.is_empty() {
            held += 1;
            continue;
        }
        let mut next = row.clone();
        place(tx, scope, &mut next, slot).await?;
        store::update(tx, scope, &next, &row.state).await?;
        store::note_change(tx, scope, &row.id, (actor, "move", "playbooks.series_moved"), Some(&row)).await?;
        context.posts.retain(|p| p.id != row.id);
        context.posts.push(next.occupied());
        moved += 1;
    }
    Ok((moved, held))
}
