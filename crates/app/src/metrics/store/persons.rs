//! Counting a person anew when two became one, or one two.

use super::count::{count_click, count_leave};
use crate::args;
use crate::kernel::db::Tx;
use crate::kernel::facts;
use crate::kernel::http::{AppResult, Scope};
use crate::reactions::Fact;

/// Counts the releases that these persons are in once more. With `since`, the number of a fact, what the first of them
/// did after it is hers again even where a row of it went back to the other.
pub async fn count_person_anew(
    tx: &mut Tx<'_>,
    scope: &Scope,
    persons: &[&String],
    since: Option<i64>,
) -> AppResult<()> {
    if let (Some(person), Some(since)) = (persons.first(), since) {
        repeat_acts(tx, scope, person, since).await?;
    }
    for person in persons {
        tx.exec(
            "UPDATE metrics_release SET
                 opens = (SELECT COUNT(*) FROM metrics_person p WHERE p.tenant_id = $1
                     AND p.post_id = metrics_release.post_id AND p.act = 'open'),
                 leaves = (SELECT COUNT(*) FROM metrics_person p WHERE p.tenant_id = $1
                     AND p.post_id = metrics_release.post_id AND p.act = 'leave'),
                 buyers = (SELECT COUNT(DISTINCT c.person_id) FROM attribution_credit c WHERE c.tenant_id = $1
                     AND c.post_id = metrics_release.post_id AND c.entry = 0)
             WHERE tenant_id = $1 AND post_id IN (
                 SELECT p.post_id FROM metrics_person p WHERE p.tenant_id = $1 AND p.person_id = $2
                 UNION SELECT c.post_id FROM attribution_credit c
                     WHERE c.tenant_id = $1 AND c.person_id = $2 AND c.post_id IS NOT NULL)",
            args![scope.tenant(), *person],
        )
        .await?;
    }
    Ok(())
}

async fn repeat_acts(tx: &mut Tx<'_>, scope: &Scope, person: &str, since: i64) -> AppResult<()> {
    let mut seq = since;
    loop {
        let rows = facts::after(tx, scope.tenant(), seq, 5_000).await?;
        let Some(last) = rows.last() else { return Ok(()) };
        seq = last.seq;
        for row in rows.iter().filter(|r| r.kind == "link_clicked" || r.kind == "member_left") {
            match serde_json::from_str(&row.payload)? {
                Fact::LinkClicked { post: Some(post), person: who, at, .. } if who == person => {
                    count_click(tx, scope, &post, person, at).await?;
                }
                Fact::MemberLeft { group, person: who, eligible: true, at, .. } if who == person => {
                    count_leave(tx, scope, &group, person, at).await?;
                }
                _ => {}
            }
        }
    }
}
