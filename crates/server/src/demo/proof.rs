//! Holds the product's mirror against the simulated platform's own truth, after a history in which callbacks were
//! dropped, repeated and shuffled.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context as _, ensure};
use base::Clock as _;
use serde_json::{Value, json};

use super::door::Door;
use super::life::Town;

/// Reconciles as every night does, then compares people, groups and figures.
///
/// # Errors
/// The first difference, with what each side believes.
pub async fn mirror_equals_truth(town: &mut Town, door: &Door) -> anyhow::Result<()> {
    door.post(&format!("/api/v1/accounts/{}/sync", town.account), &json!({})).await?;
    town.rest(10 * base::time::MINUTE).await?;
    compare_groups(town, door).await?;
    compare_bonds(town, door).await?;
    let figures = door.post("/api/v1/metrics/recompute", &json!({})).await?;
    ensure!(figures["differed"] == 0, "figures differ from the log of facts: {figures}");
    Ok(())
}

async fn compare_groups(town: &Town, door: &Door) -> anyhow::Result<()> {
    for group in door.all("/api/v1/groups").await? {
        let id = group["id"].as_str().context("a group has an id")?;
        let members = door.all(&format!("/api/v1/groups/{id}/members")).await?;
        let ours: BTreeSet<String> = members
            .iter()
            .filter(|m| m["left_at"].is_null())
            .filter_map(|m| m["member_id"].as_str())
            .map(str::to_owned)
            .collect();
        let chat = group["platform_id"].as_str().unwrap_or_default();
        let desk = town.sim.desk();
        let room =
            desk.world.corps.get(&town.corp).and_then(|c| c.groups.get(chat)).context("a group of theirs")?;
        let theirs: BTreeSet<String> = room.live.members.keys().cloned().collect();
        let (more, less): (Vec<_>, Vec<_>) =
            (ours.difference(&theirs).collect(), theirs.difference(&ours).collect());
        ensure!(ours == theirs, "{}: only we know {more:?}, only they know {less:?}", group["name"]);
    }
    Ok(())
}

/// Living bonds per employee.
async fn compare_bonds(town: &Town, door: &Door) -> anyhow::Result<()> {
    let mut ours: BTreeMap<String, usize> = BTreeMap::new();
    for person in door.all("/api/v1/people").await? {
        let id = person["id"].as_str().context("a person has an id")?;
        let page = door.get(&format!("/api/v1/people/{id}")).await?;
        let living = |f: &&Value| f["deleted_at"].is_null();
        for follow in page["follows"].as_array().into_iter().flatten().filter(living) {
            *ours.entry(follow["staff_name"].as_str().unwrap_or_default().to_owned()).or_default() += 1;
        }
    }
    let desk = town.sim.desk();
    let corp = desk.world.corps.get(&town.corp).context("the company")?;
    let mut theirs: BTreeMap<String, usize> = BTreeMap::new();
    for (userid, follow) in corp.people.values().flat_map(|p| p.follows.iter()) {
        if !follow.lost && !follow.half {
            let name = corp.staff.get(userid).map_or_else(String::new, |s| s.name.clone());
            *theirs.entry(name).or_default() += 1;
        }
    }
    ensure!(
        ours == theirs,
        "bonds per employee: we know {ours:?}, they know {theirs:?} at {}",
        town.clock.now().rfc3339()
    );
    Ok(())
}
