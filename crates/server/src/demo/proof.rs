//! What a lived history has to stand: the product's mirror equals the simulated platform's own truth after callbacks
//! were dropped, repeated and shuffled, and hearing all of them once more in any order changes nothing.

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

/// Hears every callback of the whole history again, shuffled, under the faults that are set, and compares people,
/// groups and figures with what was known before. Answers how many callbacks that were.
///
/// # Errors
/// The first difference.
pub async fn hearing_again_changes_nothing(town: &mut Town, door: &Door) -> anyhow::Result<usize> {
    // What is under way (receipts, reminders) settles first, so that only the callbacks can change anything.
    town.rest(2 * base::time::MINUTE).await?;
    let before = known(door).await?;
    let told = town.sim.tell_again();
    town.rest(base::time::MINUTE).await?;
    let after = known(door).await?;
    for (what, then) in &before {
        ensure!(after.get(what) == Some(then), "{what} was {then} and is {:?}", after.get(what));
    }
    ensure!(before.len() == after.len(), "{} things were known, now {}", before.len(), after.len());
    Ok(told)
}

/// Everything the product knows about people, groups and releases, by address.
async fn known(door: &Door) -> anyhow::Result<BTreeMap<String, Value>> {
    let mut known = BTreeMap::new();
    for (list, pages) in [
        ("groups", &["", "/members?limit=500"][..]),
        ("people", &["", "/memberships", "/tags", "/timeline"]),
        ("communities", &[""]),
        ("metrics/releases", &[]),
        ("orders", &[]),
    ] {
        for mut item in door.all(&format!("/api/v1/{list}")).await? {
            forget_looks(&mut item);
            let id =
                item["id"].as_str().or(item["post_id"].as_str()).context("an item has an id")?.to_owned();
            for page in pages {
                let address = format!("/api/v1/{list}/{id}{page}");
                let mut value = door.get(&address).await?;
                forget_looks(&mut value);
                if *page == "/timeline" {
                    forget_greetings(&mut value);
                }
                known.insert(address, value);
            }
            known.insert(format!("/api/v1/{list}#{id}"), item);
        }
    }
    known.insert("today".to_owned(), door.get("/api/v1/groups/counters").await?);
    Ok(known)
}

/// When the platform was last looked at is no knowledge: every callback is a reason to look again.
fn forget_looks(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            fields.remove("synced_at");
            fields.values_mut().for_each(forget_looks);
        }
        Value::Array(items) => items.iter_mut().for_each(forget_looks),
        _ => {}
    }
}

/// A callback that was lost is first heard when it is told again, and then truly says that its greeting was missed. The
/// end of the page goes too, because one entry more moves it.
fn forget_greetings(page: &mut Value) {
    const COMPARED: usize = 40;
    if let Some(items) = page["items"].as_array_mut() {
        items.retain(|item| item["kind"] != "greeted");
        items.truncate(COMPARED);
    }
    page["next"] = Value::Null;
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
