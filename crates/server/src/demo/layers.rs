//! The layers of the invented company: what levels are promised, the ways into closer communities, and what the
//! operator makes of the first suggestions.

use anyhow::Context as _;
use serde::Deserialize;
use serde_json::{Value, json};

use super::door::Door;

#[derive(Deserialize)]
struct Kit {
    benefits: Vec<Value>,
    ways: Vec<Way>,
    /// Said when she is asked, and when a suggestion is declined.
    asked: String,
    declined: String,
}

#[derive(Deserialize)]
struct Way {
    name: String,
    /// Beginnings of the communities' names.
    from: String,
    to: String,
    conditions: Value,
}

fn kit() -> anyhow::Result<Kit> {
    Ok(serde_json::from_str(include_str!("layers.json"))?)
}

/// Writes down the promises and opens the ways.
pub async fn set_up(door: &Door) -> anyhow::Result<()> {
    let kit = kit()?;
    for benefit in &kit.benefits {
        door.post("/api/v1/layers/benefits", benefit).await?;
    }
    let communities = door.all("/api/v1/communities").await?;
    let id = |name: &str| {
        let found = communities.iter().find(|c| c["name"].as_str().is_some_and(|n| n.starts_with(name)));
        found.map(|c| c["id"].clone()).with_context(|| format!("the community {name}"))
    };
    for way in &kit.ways {
        let mut draft = way.conditions.clone();
        draft["name"] = json!(way.name);
        draft["from"] = json!([id(&way.from)?]);
        draft["to_community"] = id(&way.to)?;
        draft["enabled"] = json!(true);
        door.post("/api/v1/layers/paths", &draft).await?;
    }
    Ok(())
}

/// Each morning two suggestions are taken up: one person is asked and, as she agrees, invited; one is declined.
pub async fn decide(door: &Door) -> anyhow::Result<()> {
    let kit = kit()?;
    let page = door.get("/api/v1/layers/suggestions?state=open&limit=20").await?;
    let open = page["items"].as_array().cloned().unwrap_or_default();
    // A few stay for the newcomer.
    if open.len() < 6 {
        return Ok(());
    }
    for (n, suggestion) in open.iter().rev().take(2).enumerate() {
        let id = suggestion["id"].as_str().context("a suggestion has an id")?;
        let path = format!("/api/v1/layers/suggestions/{id}");
        if n == 1 {
            door.post(&format!("{path}/decline"), &json!({ "reason": kit.declined })).await?;
            continue;
        }
        let person = suggestion["person_id"].as_str().context("a person")?;
        let page = door.get(&format!("/api/v1/people/{person}")).await?;
        let bonded =
            page["follows"].as_array().is_some_and(|all| all.iter().any(|f| f["deleted_at"].is_null()));
        if !bonded {
            // Nobody can write to her.
            continue;
        }
        let answer = json!({ "purpose": "promotion", "granted": true, "evidence": kit.asked });
        door.post(&format!("/api/v1/privacy/people/{person}/consents"), &answer).await?;
        if let Err(why) = door.post(&format!("{path}/confirm"), &json!({})).await {
            // She may have come by herself a moment ago, or the group may be full.
            tracing::info!(why = %why, "the suggestion could not be confirmed");
        }
    }
    Ok(())
}

/// Every Monday after the first came into force, the cut points are found anew and put into force.
pub async fn renew_cuts(door: &Door) -> anyhow::Result<()> {
    if door.get("/api/v1/layers/rfm").await?["version"] == 0 {
        return Ok(());
    }
    let draft = door.post("/api/v1/layers/cuts", &json!({})).await?;
    let id = draft["id"].as_str().context("a draft has an id")?;
    door.post(&format!("/api/v1/layers/cuts/{id}/enforce"), &json!({})).await?;
    Ok(())
}

/// Cut points as the data give them today, as a draft: the newcomer sees what they would move.
pub async fn draft_cuts(door: &Door) -> anyhow::Result<()> {
    door.post("/api/v1/layers/cuts", &json!({})).await?;
    Ok(())
}
