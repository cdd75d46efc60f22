//! Keeping plans filled, and handing a post out when its time has come.

use std::collections::BTreeMap;

use base::Timestamp;
use messenger::broadcasts::MessageBody;
use serde::{Deserialize, Serialize};

use super::model::{PostState, Role, Way};
use super::rows::PostRow;
use super::store::{self, week};
use crate::broadcasts::{self, NewSend, NewShard, TargetRef};
use crate::ctx::JobCtx;
use crate::groups::{self, GroupRow};
use crate::kernel::db::Tx;
use crate::kernel::http::{AppResult, Scope};
use crate::kernel::jobs::{Job, JobError, JobResult, Policy};
use crate::links::{self, NewLink, Surface};
use crate::reactions::{self, Fact};
use crate::staff::{self, StaffRow};
use crate::tasks::{self, NewTask};
use crate::{args, communities};

/// Fills every active plan of the tenant up to two weeks from now.
#[derive(Serialize, Deserialize)]
pub struct Extend {}

impl Job for Extend {
    const KIND: &'static str = "playbooks.extend";
    const POLICY: Policy = Policy::BULK;
    fn dedupe(&self) -> Option<String> {
        Some(String::new())
    }
    async fn run(&self, ctx: &mut JobCtx) -> JobResult {
        let scope = ctx.scope().clone();
        let mut tx = ctx.read().await?;
        let plans = store::plans(&mut tx, &scope, "").await?;
        drop(tx);
        for plan in plans.iter().filter(|p| p.status == "active") {
            let mut tx = ctx.begin().await?;
            let open = communities::get(&mut tx, &scope, &plan.community_id).await?.status.publishes();
            if open {
                week::extend(&mut tx, &scope, plan).await?;
                tx.commit().await?;
            }
        }
        Ok(())
    }
}

/// Hands one post out at its time: once, all groups in one transaction.
#[derive(Serialize, Deserialize)]
pub struct Dispatch {
    pub post: String,
}

impl Job for Dispatch {
    const KIND: &'static str = "playbooks.dispatch";
    fn dedupe(&self) -> Option<String> {
        Some(self.post.clone())
    }
    async fn run(&self, ctx: &mut JobCtx) -> JobResult {
        let scope = ctx.scope().clone();
        let now = ctx.now();
        let public_url = ctx.config().public_url.clone();
        let mut tx = ctx.begin().await?;
        let post = match store::post(&mut tx, &scope, &self.post).await {
            Ok(post) => post,
            Err(e) if e.code() == Some("http.not_found") => return Ok(()),
            Err(e) => return Err(e.into()),
        };
        if !post.post_state().is_open() {
            return Ok(());
        }
        if now.0 < post.due_at {
            // It was moved to later after this job was set.
            return Err(JobError::RetryAt(Timestamp(post.due_at), String::new()));
        }
        if let Some((state, reason)) = why_not(&mut tx, &scope, &post, now).await? {
            store::set_state(&mut tx, &scope, &post.id, (post.post_state(), state), reason).await?;
            let what = if state == PostState::Expired { "expire" } else { "fail" };
            store::note_change(&mut tx, &scope, &post.id, ("playbooks.dispatch", what, reason), None).await?;
            tx.commit().await?;
            return Ok(());
        }
        hand_out(&mut tx, &scope, &post, &public_url).await?;
        tx.commit().await?;
        Ok(())
    }
}

/// What keeps a due post from being handed out, with the state it ends in.
async fn why_not(
    tx: &mut Tx<'_>,
    scope: &Scope,
    post: &PostRow,
    now: Timestamp,
) -> AppResult<Option<(PostState, &'static str)>> {
    if post.post_state() == PostState::Planned {
        return Ok(Some((PostState::Expired, "playbooks.not_approved")));
    }
    if now.0 >= post.expires_at {
        return Ok(Some((PostState::Expired, "playbooks.too_late")));
    }
    if !communities::get(tx, scope, &post.community_id).await?.status.publishes() {
        return Ok(Some((PostState::Failed, "playbooks.community_not_active")));
    }
    if store::plans(tx, scope, &post.community_id).await?.is_empty() {
        return Ok(Some((PostState::Failed, "playbooks.no_plan")));
    }
    if groups::of_community(tx, scope, &post.community_id).await?.is_empty() {
        return Ok(Some((PostState::Failed, "playbooks.no_groups")));
    }
    Ok(None)
}

/// A group with the employee who taps for it, if there is one.
struct Place {
    group: GroupRow,
    staff: Option<StaffRow>,
}

async fn hand_out(tx: &mut Tx<'_>, scope: &Scope, post: &PostRow, public_url: &str) -> AppResult<()> {
    let mut places = Vec::new();
    for group in groups::of_community(tx, scope, &post.community_id).await? {
        let staff = who_taps(tx, scope, post, &group).await?;
        places.push(Place { group, staff });
    }
    store::set_prompted(tx, scope, &post.id, places.len()).await?;
    store::note_change(tx, scope, &post.id, ("playbooks.dispatch", "dispatch", ""), None).await?;
    let mut rows = Vec::with_capacity(places.len());
    for place in &places {
        let (id, name) = place.staff.as_ref().map_or(("", ""), |s| (s.id.as_str(), s.name.as_str()));
        rows.push(args![scope.tenant(), &post.id, &place.group.id, &place.group.name, id, name, "waiting"]);
    }
    store::insert_deliveries(tx, rows).await?;
    let (ready, without): (Vec<Place>, Vec<Place>) = places.into_iter().partition(|p| p.staff.is_some());
    match post.delivery_way() {
        Way::Broadcast => broadcast(tx, scope, post, &ready, public_url).await?,
        Way::OwnerTask => owner_tasks(tx, scope, post, &ready, public_url).await?,
    }
    for place in without {
        let fact = Fact::PostMissed {
            post: post.id.clone(),
            group: place.group.id,
            staff: String::new(),
            reason: "playbooks.nobody_on_duty".to_owned(),
            at: tx.now(),
        };
        reactions::on(tx, scope, &fact).await?;
    }
    Ok(())
}

/// A broadcast can only be confirmed by the owner; a task goes to whoever has the role, and to the owner otherwise.
async fn who_taps(
    tx: &mut Tx<'_>,
    scope: &Scope,
    post: &PostRow,
    group: &GroupRow,
) -> AppResult<Option<StaffRow>> {
    let mut id = group.owner_staff_id.clone();
    if post.delivery_way() == Way::OwnerTask && Role::named(&post.role) == Some(Role::GroupAdmin) {
        id = store::on_duty(tx, scope, &group.id, "admin").await?.or(id);
    }
    match id {
        Some(id) => Ok(Some(staff::get(tx, scope, &id).await?).filter(|s| s.active)),
        None => Ok(None),
    }
}

/// The text with a tracked address below it; for several groups of one sender the address is shared.
async fn text_with_link(
    tx: &mut Tx<'_>,
    scope: &Scope,
    post: &PostRow,
    (account, group): (&str, Option<&str>),
    public_url: &str,
) -> AppResult<(String, String)> {
    if post.link_target.is_empty() {
        return Ok((post.body.clone(), String::new()));
    }
    let new = NewLink {
        target_url: post.link_target.clone(),
        title: post.title.clone(),
        post_id: Some(post.id.clone()),
        group_id: group.map(str::to_owned),
        person_id: None,
        surface: Surface::GroupPost,
        account_id: Some(account.to_owned()),
    };
    let url = links::mint(tx, scope, &new).await?.url(public_url);
    Ok((format!("{}\n{url}", post.body), url))
}

/// One shard per sender, with all her groups of this community.
async fn broadcast(
    tx: &mut Tx<'_>,
    scope: &Scope,
    post: &PostRow,
    places: &[Place],
    public_url: &str,
) -> AppResult<()> {
    let mut senders: BTreeMap<&str, (&StaffRow, Vec<&GroupRow>)> = BTreeMap::new();
    for place in places {
        if let Some(staff) = &place.staff {
            senders.entry(&staff.id).or_insert_with(|| (staff, Vec::new())).1.push(&place.group);
        }
    }
    let mut shards = Vec::with_capacity(senders.len());
    for (staff, groups) in senders.into_values() {
        let only = if let [group] = groups.as_slice() { Some(group.id.as_str()) } else { None };
        let (text, _) = text_with_link(tx, scope, post, (&staff.account_id, only), public_url).await?;
        let target = |g: &&GroupRow| TargetRef { group_id: g.id.clone(), platform_id: g.platform_id.clone() };
        shards.push(NewShard {
            account_id: staff.account_id.clone(),
            staff_id: staff.id.clone(),
            staff_platform_id: staff.platform_id.clone(),
            body: MessageBody { text, attachments: Vec::new() },
            targets: groups.iter().map(target).collect(),
        });
    }
    if !shards.is_empty() {
        let expires_at = Timestamp(post.expires_at);
        broadcasts::create(tx, scope, NewSend { post_id: post.id.clone(), expires_at, shards }).await?;
    }
    Ok(())
}

async fn owner_tasks(
    tx: &mut Tx<'_>,
    scope: &Scope,
    post: &PostRow,
    places: &[Place],
    public_url: &str,
) -> AppResult<()> {
    let mut new = Vec::with_capacity(places.len());
    for Place { group, staff } in places {
        let Some(staff) = staff else { continue };
        let at = (group.account_id.as_str(), Some(group.id.as_str()));
        let (body, link_url) = text_with_link(tx, scope, post, at, public_url).await?;
        new.push(NewTask {
            post_id: post.id.clone(),
            group_id: group.id.clone(),
            group_platform_id: group.platform_id.clone(),
            group_name: group.name.clone(),
            account_id: group.account_id.clone(),
            staff_id: staff.id.clone(),
            staff_platform_id: staff.platform_id.clone(),
            title: post.title.clone(),
            body,
            link_url,
            due_at: Timestamp(post.due_at),
            expires_at: Timestamp(post.expires_at),
        });
    }
    tasks::create(tx, scope, &new).await
}
