//! Other systems of the demo's company: a key, an address that hears what happens, and visits to stores.

use anyhow::Context as _;
use base::Timestamp;
use base::time::{DAY, HOUR, MINUTE};
use serde_json::{Value, json};

use super::door::Door;

/// A key for the till (its token goes nowhere), and a webhook to the simulator, which only nods.
pub async fn connect(door: &Door, platform: &str) -> anyhow::Result<()> {
    let key = json!({ "name": "收银系统", "scopes": ["people:read", "events:write", "orders:write"], "per_minute": 600 });
    door.post("/api/v1/api-keys", &key).await?;
    let port = platform.rsplit(':').next().context("the simulator has a port")?;
    let hook = json!({ "url": format!("http://127.0.0.1:{port}/sim/echo"), "description": "会员系统",
        "types": ["member.left", "contact.lost"] });
    door.post("/api/v1/webhooks", &hook).await?;
    Ok(())
}

/// What the tills of three stores reported in the last ten days; under each word once.
pub async fn visits(door: &Door, now: Timestamp, word: &str) -> anyhow::Result<()> {
    let people = door.get("/api/v1/people?limit=60").await?;
    let stores = ["三里屯店", "国贸店", "望京店"];
    let people = people["items"].as_array().cloned().unwrap_or_default();
    let visit = |(n, person): (usize, &Value)| {
        let back = i64::try_from(n).unwrap_or(0);
        let at = now.minus((back * 7 % 10) * DAY + (back % 9) * HOUR + (back * 13 % 60) * MINUTE);
        json!({ "person": { "id": person["id"] }, "name": "store.visit", "at": at.0, "key": format!("{word}-{n}"),
            "properties": { "store": stores[n % stores.len()], "minutes": 5 + back * 11 % 40 } })
    };
    let events: Vec<Value> = people.iter().enumerate().map(visit).collect();
    if events.is_empty() {
        return Ok(());
    }
    door.post("/api/v1/events", &json!({ "events": events })).await?;
    let words =
        json!({ "description": "到店", "privacy_note": "只记门店和停留分钟数，依据会员章程第 3 条。" });
    door.patch("/api/v1/events/definitions/store.visit", &words).await?;
    Ok(())
}
