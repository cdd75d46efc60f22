//! The tags of the invented company: groups after what operators keep tags for, three rules, and one bulk job.

use std::collections::BTreeMap;

use anyhow::Context as _;
use serde::Deserialize;
use serde_json::{Value, json};

use super::door::Door;

#[derive(Deserialize)]
struct Kit {
    groups: Vec<Group>,
    /// Rules whose tags, groups and communities are given by name.
    rules: Vec<Rule>,
    bulk: Bulk,
    group_tags: Vec<GroupTag>,
}

#[derive(Deserialize)]
struct Group {
    name: String,
    colour: String,
    tags: Vec<String>,
}

#[derive(Deserialize)]
struct Rule {
    name: String,
    trigger: Value,
    conditions: Value,
    add: Vec<String>,
    /// The community whose groups wake the rule; empty for other triggers.
    #[serde(default)]
    community: String,
}

#[derive(Deserialize)]
struct Bulk {
    name: String,
    community: String,
    add: Vec<String>,
}

#[derive(Deserialize)]
struct GroupTag {
    name: String,
    colour: String,
    community: String,
}

/// Makes tags, rules and group tags.
pub async fn hang_up(door: &Door, account: &str) -> anyhow::Result<()> {
    let kit: Kit = serde_json::from_str(include_str!("tags.json"))?;
    let mut tags: BTreeMap<String, String> = BTreeMap::new();
    for group in &kit.groups {
        let draft = json!({ "account_id": account, "group": group.name, "names": group.tags });
        let made = door.post("/api/v1/tags", &draft).await?;
        let items = made["items"].as_array().context("tags")?;
        for tag in items {
            tags.insert(text(&tag["name"])?, text(&tag["id"])?);
        }
        let id = text(&items.first().context("a tag")?["group_id"])?;
        door.patch(&format!("/api/v1/tag-groups/{id}"), &json!({ "colour": group.colour })).await?;
    }
    let ids = |names: &[String]| names.iter().filter_map(|n| tags.get(n)).cloned().collect::<Vec<_>>();
    let communities = door.all("/api/v1/communities").await?;
    let community = |name: &str| {
        let found = communities.iter().find(|c| c["name"].as_str().is_some_and(|n| n.starts_with(name)));
        found.and_then(|c| c["id"].as_str()).with_context(|| format!("the community {name}"))
    };
    for rule in kit.rules {
        let mut trigger = rule.trigger;
        if !rule.community.is_empty() {
            trigger["communities"] = json!([community(&rule.community)?]);
        }
        let draft = json!({ "name": rule.name, "trigger": trigger, "conditions": rule.conditions,
            "add": ids(&rule.add), "enabled": true });
        door.post("/api/v1/tag-rules", &draft).await?;
    }
    for label in kit.group_tags {
        let made = json!({ "name": label.name, "colour": label.colour });
        let id = text(&door.post("/api/v1/group-tags", &made).await?["id"])?;
        let groups = door.all(&format!("/api/v1/groups?community={}", community(&label.community)?)).await?;
        for group in groups {
            let path = format!("/api/v1/groups/{}/tags", text(&group["id"])?);
            let before: Vec<&Value> =
                group["tags"].as_array().into_iter().flatten().map(|t| &t["id"]).collect();
            let mut wanted = vec![json!(id)];
            wanted.extend(before.into_iter().cloned());
            door.put(&path, &json!({ "tags": wanted })).await?;
        }
    }
    Ok(())
}

/// Begins the bulk job, once there are people to tag.
pub async fn tag_many(door: &Door) -> anyhow::Result<()> {
    let Kit { bulk, .. } = serde_json::from_str(include_str!("tags.json"))?;
    let tags = door.all("/api/v1/tags").await?;
    let named = |name: &String| tags.iter().find(|t| t["name"] == name.as_str()).map(|t| t["id"].clone());
    let add: Vec<Value> = bulk.add.iter().filter_map(named).collect();
    let communities = door.all("/api/v1/communities").await?;
    let found =
        communities.iter().find(|c| c["name"].as_str().is_some_and(|n| n.starts_with(&bulk.community)));
    let community = found.context("the community of the bulk job")?["id"].clone();
    let path = format!("/api/v1/people?limit=1&community={}", text(&community)?);
    if door.get(&path).await?["items"].as_array().is_none_or(Vec::is_empty) {
        // A history of a few days may have brought nobody there yet.
        return Ok(());
    }
    let draft =
        json!({ "name": bulk.name, "source": { "kind": "filter", "community": community }, "add": add });
    door.post("/api/v1/tags/bulk", &draft).await?;
    Ok(())
}

fn text(value: &Value) -> anyhow::Result<String> {
    value.as_str().map(str::to_owned).with_context(|| format!("a text instead of {value}"))
}
