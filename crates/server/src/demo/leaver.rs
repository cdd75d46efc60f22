//! The last evening of the history: the operator notes what she wants to know of customers, one employee leaves, and
//! her customers pass to a colleague, so that the newcomer meets a hand-over in progress.

use anyhow::Context as _;
use base::time::{HOUR, MINUTE};
use serde_json::{Value, json};
use wecom_sim::Act;

use super::door::Door;
use super::life::Town;

/// How long before the end of the history it happens: within the day in which customers may refuse.
pub const BEFORE_THE_END: i64 = 14 * HOUR;

/// Lets the evening happen.
pub async fn evening(town: &mut Town, door: &Door) -> anyhow::Result<()> {
    fields(door).await?;
    let staff = door.all("/api/v1/handover/staff").await?;
    let number = |s: &Value, what: &str| s[what].as_i64().unwrap_or(0);
    // Whoever owns no group: the communities' plans go on as they are.
    let able = |s: &&Value| s["active"] == true && s["serving"] == true;
    let leaver =
        staff.iter().filter(able).filter(|s| number(s, "groups") == 0).max_by_key(|s| number(s, "contacts"));
    let Some(leaver) = leaver.filter(|s| number(s, "contacts") > 0) else { return Ok(()) };
    let taker =
        staff.iter().filter(able).filter(|s| s["id"] != leaver["id"]).min_by_key(|s| number(s, "contacts"));
    let taker = taker.context("a colleague")?;
    let userid = platform_id(door, &leaver["id"]).await?;
    same_number(town, door, &userid).await?;
    act(town, &Act::DismissStaff { userid: userid.clone() });
    let now = town.now();
    town.live_until(now.plus(10 * MINUTE), |_| {}).await?;
    let made =
        door.post("/api/v1/handover/plans", &json!({ "from": leaver["id"], "to": taker["id"] })).await?;
    let now = town.now();
    town.live_until(now.plus(10 * MINUTE), |_| {}).await?;
    let plan = made["id"].as_str().context("a plan has an id")?;
    let waiting = door.all(&format!("/api/v1/handover/plans/{plan}/items")).await?;
    // One in five would rather not.
    let refusing: Vec<String> = {
        let desk = town.sim.desk();
        let corp = desk.world.corps.get(&town.corp).context("the company")?;
        corp.transfers.iter().step_by(5).skip(1).map(|t| t.person.clone()).take(waiting.len()).collect()
    };
    for person in refusing {
        act(town, &Act::RefuseTransfer { person });
    }
    Ok(())
}

/// What the company wants to know of its customers besides their babies' birthdays, and what it knows of the first.
async fn fields(door: &Door) -> anyhow::Result<()> {
    let taste = json!({ "name": "口味偏好", "form": "choices", "choices": ["少糖", "冰饮", "热饮", "燕麦奶"],
        "privacy": "ordinary", "place": 2 });
    let taste = door.post("/api/v1/people/fields", &taste).await?;
    let people = door.get("/api/v1/people?limit=3").await?;
    for person in people["items"].as_array().into_iter().flatten() {
        let (person, field) =
            (person["id"].as_str().unwrap_or_default(), taste["id"].as_str().unwrap_or_default());
        let path = format!("/api/v1/people/{person}/fields/{field}");
        door.put(&path, &json!({ "value": ["少糖", "燕麦奶"] })).await?;
    }
    Ok(())
}

/// The first of the shop's table of past buyers, and a number of hers. She has no union id, so she may be anybody.
const BUYER: (&str, &str) = ("%E7%BD%97%E5%8B%87", "13999560964");

/// An employee notes the number of a past buyer to a customer of hers: somebody has to look whether they are one.
async fn same_number(town: &mut Town, door: &Door, userid: &str) -> anyhow::Result<()> {
    let found = door.get(&format!("/api/v1/people?search={}", BUYER.0)).await?;
    let mut buyer = None;
    for one in found["items"].as_array().into_iter().flatten() {
        let path = format!("/api/v1/people/{}", one["id"].as_str().unwrap_or_default());
        let known = door.get(&path).await?["contacts"].as_array().is_some_and(|all| !all.is_empty());
        buyer = buyer.or((!known).then_some(path));
    }
    let Some(buyer) = buyer else { return Ok(()) };
    door.post(&format!("{buyer}/phones"), &json!({ "number": BUYER.1, "verified": false })).await?;
    let person = {
        let desk = town.sim.desk();
        let staff = desk.world.corps.get(&town.corp).and_then(|c| c.staff.get(userid));
        staff.and_then(|s| s.customers.iter().next().cloned())
    };
    if let Some(person) = person {
        act(town, &Act::NoteMobiles { userid: userid.to_owned(), person, mobiles: vec![BUYER.1.to_owned()] });
    }
    Ok(())
}

/// A person of the town acts; what she can't do any more is no reason to stop the story.
fn act(town: &Town, act: &Act) {
    if let Err(why) = town.sim.act(&town.corp, act) {
        tracing::info!(why, "the evening went on without it");
    }
}

async fn platform_id(door: &Door, staff: &Value) -> anyhow::Result<String> {
    let all = door.all("/api/v1/staff").await?;
    let found = all.iter().find(|s| s["id"] == *staff).and_then(|s| s["platform_id"].as_str());
    found.map(str::to_owned).context("an employee has a platform id")
}
