//! Segments that a newcomer finds: questions a shop really has, about the history that is lived.

use anyhow::ensure;
use base::time::DAY;
use serde_json::json;

use super::door::Door;

/// Name and wording.
const SEGMENTS: [(&str, &str); 6] = [
    (
        "两月内买过两次、可推送的群外老客",
        "bought >= 2 in 60 days\nnot community kind core\nconsent promotion",
    ),
    ("一周内新进群、还没点开过链接", "joined in 7 days\nnot clicked ever"),
    ("买过却沉睡了三十天", "bought ever\nnone { bought in 30 days ; clicked in 30 days }"),
    ("十天内到过店、最近没买", "event \"store.visit\" in 10 days\nnot bought in 10 days"),
    ("三个月消费满二百元", "spent >= 200.00 in 90 days"),
    (
        "付款后加了导购、还没进群",
        "channel \"payment_result\"\nnot community kind any of (traffic, content, flash, punch_card)",
    ),
];

/// The question that everything here was made for; the field is the company's own.
const MOTHERS: &str = "6–12 个月宝宝的妈妈：两月内买过两次、可推送、还不在核心群";

fn mothers(baby: &str) -> String {
    format!(
        "age \"宝宝生日\" @{baby} 6..12 months\nbought >= 2 in 60 days\nnot community kind core\nconsent promotion"
    )
}

/// How long before the end of the history they are kept: what moves people in and out of them since is real.
pub const BEFORE_THE_END: i64 = 4 * DAY;

/// Keeps the segments. Who is in at first is not told: nothing happened to her.
///
/// # Errors
/// When one can't be kept.
pub async fn keep(door: &Door, baby: &str) -> anyhow::Result<()> {
    let mothers = mothers(baby);
    for (name, text) in SEGMENTS.into_iter().chain([(MOTHERS, mothers.as_str())]) {
        door.post("/api/v1/segments", &json!({ "name": name, "text": text, "tell_first": false })).await?;
    }
    Ok(())
}

/// Holds each against the database.
///
/// # Errors
/// When memory and database disagree.
pub async fn hold(door: &Door, baby: &str) -> anyhow::Result<()> {
    let mothers = mothers(baby);
    for (name, text) in SEGMENTS.into_iter().chain([(MOTHERS, mothers.as_str())]) {
        let said = door.post("/api/v1/segments/check", &json!({ "text": text })).await?;
        ensure!(said["equal"] == true, "{name}: memory and database disagree: {said}");
    }
    Ok(())
}
