//! Settling: openings become facts in batches.

use std::collections::{BTreeMap, HashMap};

use base::Timestamp;
use base::time::SECOND;
use serde::{Deserialize, Serialize};

use super::rows::ClickRow;
use super::store::{self, Figures};
use crate::ctx::JobCtx;
use crate::kernel::db::Tx;
use crate::kernel::http::{AppResult, Scope};
use crate::kernel::jobs::{Job, JobResult, Policy};
use crate::reactions::{self, Fact};
use crate::{people, tenants};

/// How long openings are gathered before they are settled.
pub(super) const GATHER: i64 = 3 * SECOND;
const BATCH: usize = 500;

/// Counts what was opened and hands the first opening of each person, link and day to the facts.
#[derive(Debug, Serialize, Deserialize)]
pub struct Settle {}

impl Job for Settle {
    const KIND: &'static str = "links.settle";
    const POLICY: Policy = Policy::NORMAL;
    fn dedupe(&self) -> Option<String> {
        Some(String::new())
    }
    async fn run(&self, ctx: &mut JobCtx) -> JobResult {
        let scope = ctx.scope().clone();
        loop {
            let mut tx = ctx.begin().await?;
            let taken = settle(&mut tx, &scope).await?;
            tx.commit().await?;
            if taken < BATCH {
                return Ok(());
            }
        }
    }
}

async fn settle(tx: &mut Tx<'_>, scope: &Scope) -> AppResult<usize> {
    let clicks = store::take_open(tx, scope, BATCH).await?;
    if clicks.is_empty() {
        return Ok(0);
    }
    let tenant = tenants::get(tx, scope).await?;
    let zone = tenant.tenant_zone();
    let mut counts: BTreeMap<String, Figures> = BTreeMap::new();
    let mut links = HashMap::new();
    for click in &clicks {
        let count = counts.entry(click.link_id.clone()).or_default();
        count.clicks += 1;
        let who = match click.source.as_str() {
            "person" => person_of(tx, scope, click).await?,
            "staff" => Who::Staff,
            "bot" => Who::Bot,
            _ => Who::Nobody,
        };
        let person = match who {
            Who::Customer(person) => person,
            Who::Staff => {
                count.staff += 1;
                continue;
            }
            Who::Bot => {
                count.bots += 1;
                continue;
            }
            Who::Nobody => {
                count.unidentified += 1;
                continue;
            }
        };
        let at = Timestamp(click.at);
        let day = zone.business_day(at, tenant.day_cut_minutes);
        if !store::note_first(tx, scope, (&click.link_id, &person), day, at).await? {
            continue;
        }
        if !links.contains_key(&click.link_id) {
            links.insert(click.link_id.clone(), store::by_id(tx, scope, &click.link_id).await?);
        }
        let Some(Some(link)) = links.get(&click.link_id) else { continue };
        let fact = Fact::LinkClicked {
            link: link.id.clone(),
            post: link.post_id.clone(),
            group: link.group_id.clone(),
            person,
            at,
        };
        reactions::on(tx, scope, &fact).await?;
    }
    for (link, add) in &counts {
        store::add_counts(tx, scope, link, add).await?;
    }
    Ok(clicks.len())
}

/// Who opened a link.
enum Who {
    Customer(String),
    /// Employees, and accounts of the house that look like customers.
    Staff,
    Bot,
    Nobody,
}

/// The person of an opening. Persons may have been joined since it was recorded, so the visitor's id decides.
async fn person_of(tx: &mut Tx<'_>, scope: &Scope, click: &ClickRow) -> AppResult<Who> {
    let known = people::by_external_id(tx, scope, &click.account_id, &click.visitor).await?;
    Ok(match known {
        Some(person) if people::counts(&person.kind) => Who::Customer(person.id),
        Some(_) => Who::Staff,
        None => Who::Nobody,
    })
}
