//! A field of the company's own: when a customer's baby was born. Some of the past buyers' table say it, and shop
//! assistants hear it from customers who buy. It is about a child, so it is kept sealed.

use std::collections::BTreeSet;

use anyhow::Context as _;
use base::Day;
use serde_json::{Value, json};

use super::door::Door;

const NAME: &str = "宝宝生日";
/// Buyers who told it, at most.
const TOLD: usize = 150;

/// Defines the field; answers its id.
///
/// # Errors
/// When the product refuses it.
pub async fn define(door: &Door) -> anyhow::Result<String> {
    let draft = json!({ "name": NAME, "form": "date", "privacy": "minor", "place": 1 });
    let made = door.post("/api/v1/people/fields", &draft).await?;
    made["id"].as_str().map(str::to_owned).context("a field has an id")
}

/// The n-th baby: between five and fourteen months old.
fn birthday(today: Day, n: usize) -> String {
    let days = 150 + i32::try_from(n * 53 % 270).unwrap_or_default();
    today.plus_days(-days).iso()
}

/// The table with one column more, filled in every third row.
pub fn with_birthdays(table: &str, today: Day) -> String {
    let line = |(n, line): (usize, &str)| match n {
        0 => format!("{line},{NAME}\n"),
        n if n % 3 == 0 => format!("{line},{}\n", birthday(today, n).replace('-', "/")),
        _ => format!("{line},\n"),
    };
    table.lines().enumerate().map(line).collect()
}

/// Two of three buyers told it.
///
/// # Errors
/// When the product refuses a value.
pub async fn hear(door: &Door, field: &str, today: Day) -> anyhow::Result<()> {
    let orders = door.all("/api/v1/orders").await?;
    let people = door.all("/api/v1/people").await?;
    let living: BTreeSet<&str> = people.iter().filter_map(|person| person["id"].as_str()).collect();
    let buyers = orders.iter().filter_map(|order| order["person_id"].as_str());
    let buyers: BTreeSet<&str> = buyers.filter(|person| living.contains(person)).collect();
    let told = buyers.into_iter().enumerate().filter(|(n, _)| n % 3 != 0).take(TOLD);
    for (n, person) in told {
        let value: Value = json!({ "value": birthday(today, n) });
        door.put(&format!("/api/v1/people/{person}/fields/{field}"), &value).await?;
    }
    Ok(())
}
