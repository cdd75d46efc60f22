//! Every query of the broadcasts.

use base::Timestamp;

use super::jobs::{Poll, Submit};
use super::model::{Life, NewSend, ShardState, targets_digest, text_digest};
use super::rows::{ShardRow, TargetRow, TwinRow};
use crate::args;
use crate::kernel::db::Tx;
use crate::kernel::http::{AppResult, Paging, Scope};
use crate::reactions::{self, Fact};

/// Makes the send of a post with its shards and frozen targets, and lets it leave after commit. Answers the send's id.
pub async fn create(tx: &mut Tx<'_>, scope: &Scope, new: NewSend) -> AppResult<String> {
    let (id, now, tenant) = (tx.new_id("snd"), tx.now(), scope.tenant());
    tx.exec(
        "INSERT INTO broadcasts_send (tenant_id, id, post_id, expires_at, created_at) VALUES ($1, $2, $3, $4, $5)",
        args![tenant, &id, &new.post_id, new.expires_at, now],
    )
    .await?;
    let mut targets = Vec::new();
    for shard in &new.shards {
        let shard_id = tx.new_id("shd");
        let digest = targets_digest(shard.targets.iter().map(|t| t.platform_id.as_str()));
        tx.exec(
            "INSERT INTO broadcasts_shard (tenant_id, id, send_id, post_id, account_id, staff_id, staff_platform_id,
                 body, text_digest, targets_digest, state, expires_at, created_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'planned', $11, $12)",
            args![
                tenant,
                &shard_id,
                &id,
                &new.post_id,
                &shard.account_id,
                &shard.staff_id,
                &shard.staff_platform_id,
                serde_json::to_string(&shard.body)?,
                text_digest(&shard.body.text),
                digest,
                new.expires_at,
                now
            ],
        )
        .await?;
        for target in &shard.targets {
            targets.push(args![tenant, &shard_id, &target.group_id, &target.platform_id, "waiting"]);
        }
        tx.enqueue(tenant, &Submit { shard: shard_id.clone() }).await?;
        tx.enqueue_at(tenant, &Poll { shard: shard_id }, new.expires_at).await?;
    }
    tx.insert_many(
        "INSERT INTO broadcasts_target (tenant_id, shard_id, group_id, platform_id, state)",
        targets,
        "",
    )
    .await?;
    Ok(id)
}

/// One shard, when one of its groups is within reach.
pub async fn shard(tx: &mut Tx<'_>, scope: &Scope, id: &str) -> AppResult<Option<ShardRow>> {
    let sql = "SELECT s.id, s.send_id, s.post_id, s.account_id, s.staff_id, s.staff_platform_id, s.body, s.text_digest,
                s.targets_digest, s.state, s.epoch, s.first_intent_at, s.intent_at, s.unknown_since,
                s.last_unknown_at, s.absent_at, s.platform_id, s.accepted_at, s.polls, s.trouble_code,
                s.trouble_detail, s.expires_at, s.settled_at, s.created_at
         FROM broadcasts_shard s
         WHERE s.tenant_id = $1 AND s.id = $3 AND ($2 = '' OR EXISTS (
             SELECT 1 FROM broadcasts_target t JOIN groups_duty d
               ON d.tenant_id = t.tenant_id AND d.group_id = t.group_id AND d.staff_id = $2
             WHERE t.tenant_id = $1 AND t.shard_id = s.id))";
    Ok(tx.opt(sql, args![scope.tenant(), scope.reach_key(), id]).await?)
}

/// Shards newest first; an empty `state` means all.
pub async fn list(tx: &mut Tx<'_>, scope: &Scope, state: &str, page: &Paging) -> AppResult<Vec<ShardRow>> {
    let sql = "SELECT s.id, s.send_id, s.post_id, s.account_id, s.staff_id, s.staff_platform_id, s.body, s.text_digest,
                s.targets_digest, s.state, s.epoch, s.first_intent_at, s.intent_at, s.unknown_since,
                s.last_unknown_at, s.absent_at, s.platform_id, s.accepted_at, s.polls, s.trouble_code,
                s.trouble_detail, s.expires_at, s.settled_at, s.created_at
         FROM broadcasts_shard s
         WHERE s.tenant_id = $1 AND ($3 = '' OR s.state = $3) AND ($4 = '' OR s.id < $4) AND ($2 = '' OR EXISTS (
             SELECT 1 FROM broadcasts_target t JOIN groups_duty d
               ON d.tenant_id = t.tenant_id AND d.group_id = t.group_id AND d.staff_id = $2
             WHERE t.tenant_id = $1 AND t.shard_id = s.id))
         ORDER BY s.id DESC LIMIT $5";
    Ok(tx.all(sql, args![scope.tenant(), scope.reach_key(), state, &page.after, page.probe()]).await?)
}

const MANY: Paging = Paging { after: String::new(), limit: 199 };

/// Accepted shards that wait for their sender's tap, newest first, at most two hundred.
pub async fn unconfirmed(tx: &mut Tx<'_>, scope: &Scope) -> AppResult<Vec<ShardRow>> {
    list(tx, scope, ShardState::Accepted.word(), &MANY).await
}

/// Shards that need a person's eye: unknown ones, and those refused since `since`.
pub async fn in_trouble(tx: &mut Tx<'_>, scope: &Scope, since: Timestamp) -> AppResult<Vec<ShardRow>> {
    let mut shards = list(tx, scope, ShardState::Unknown.word(), &MANY).await?;
    let refused = list(tx, scope, ShardState::Refused.word(), &MANY).await?;
    shards.extend(refused.into_iter().filter(|s| s.settled_at >= since.0));
    Ok(shards)
}

/// Second tasks that the sweep found since then.
pub async fn twins_since(tx: &mut Tx<'_>, scope: &Scope, since: Timestamp) -> AppResult<Vec<TwinRow>> {
    Ok(tx
        .all(
            "SELECT w.platform_id, w.shard_id, w.found_at, w.cancelled_at, w.trouble FROM broadcasts_twin w
             WHERE w.tenant_id = $1 AND w.found_at >= $3 AND ($2 = '' OR EXISTS (
                 SELECT 1 FROM broadcasts_target t JOIN groups_duty d
                   ON d.tenant_id = t.tenant_id AND d.group_id = t.group_id AND d.staff_id = $2
                 WHERE t.tenant_id = $1 AND t.shard_id = w.shard_id))
             ORDER BY w.found_at DESC LIMIT 50",
            args![scope.tenant(), scope.reach_key(), since],
        )
        .await?)
}

/// The targets of a shard, in a fixed order.
pub async fn targets(tx: &mut Tx<'_>, scope: &Scope, shard: &str) -> AppResult<Vec<TargetRow>> {
    Ok(tx
        .all(
            "SELECT group_id, platform_id, state, reason, sent_at FROM broadcasts_target
             WHERE tenant_id = $1 AND shard_id = $2 ORDER BY group_id",
            args![scope.tenant(), shard],
        )
        .await?)
}

/// Writes the next state, if nobody else was faster: state and epoch must still be those the decision was made on.
pub async fn advance(tx: &mut Tx<'_>, scope: &Scope, shard: &ShardRow, next: &Life) -> AppResult<bool> {
    let settled = if next.state.is_final() { tx.now() } else { Timestamp(0) };
    let touched = tx
        .exec(
            "UPDATE broadcasts_shard SET state = $5, epoch = $6, first_intent_at = $7, intent_at = $8,
                 unknown_since = $9, last_unknown_at = $10, absent_at = $11, platform_id = $12, accepted_at = $13,
                 settled_at = $14, trouble_code = '', trouble_detail = ''
             WHERE tenant_id = $1 AND id = $2 AND state = $3 AND epoch = $4",
            args![
                scope.tenant(),
                &shard.id,
                &shard.state,
                shard.epoch,
                next.state.word(),
                next.epoch,
                next.first_intent_at,
                next.intent_at,
                next.unknown_since,
                next.last_unknown_at,
                next.absent_at,
                next.platform_id.clone(),
                next.accepted_at,
                settled
            ],
        )
        .await?;
    Ok(touched == 1)
}

/// Notes what stands in a shard's way, for the screen.
pub async fn note_trouble(
    tx: &mut Tx<'_>,
    scope: &Scope,
    shard: &str,
    code: &str,
    detail: &str,
) -> AppResult<()> {
    tx.exec(
        "UPDATE broadcasts_shard SET trouble_code = $3, trouble_detail = $4 WHERE tenant_id = $1 AND id = $2",
        args![scope.tenant(), shard, code, detail],
    )
    .await?;
    Ok(())
}

pub async fn count_poll(tx: &mut Tx<'_>, scope: &Scope, shard: &str) -> AppResult<()> {
    tx.exec(
        "UPDATE broadcasts_shard SET polls = polls + 1 WHERE tenant_id = $1 AND id = $2",
        args![scope.tenant(), shard],
    )
    .await?;
    Ok(())
}

/// A waiting target got the message: true the first time, and then the fact is handed on.
pub async fn deliver(
    tx: &mut Tx<'_>,
    scope: &Scope,
    shard: &ShardRow,
    target: &TargetRow,
    at: Timestamp,
) -> AppResult<bool> {
    let fresh = tx
        .exec(
            "UPDATE broadcasts_target SET state = 'sent', sent_at = $4
             WHERE tenant_id = $1 AND shard_id = $2 AND group_id = $3 AND state = 'waiting'",
            args![scope.tenant(), &shard.id, &target.group_id, at],
        )
        .await?;
    if fresh == 0 {
        return Ok(false);
    }
    let fact = Fact::PostDelivered {
        post: shard.post_id.clone(),
        group: target.group_id.clone(),
        staff: shard.staff_id.clone(),
        at,
    };
    reactions::on(tx, scope, &fact).await?;
    Ok(true)
}

/// A waiting target will not get the message.
pub async fn miss(
    tx: &mut Tx<'_>,
    scope: &Scope,
    shard: &ShardRow,
    target: &TargetRow,
    reason: &str,
) -> AppResult<()> {
    let (now, tenant) = (tx.now(), scope.tenant());
    let fresh = tx
        .exec(
            "UPDATE broadcasts_target SET state = 'missed', reason = $4
             WHERE tenant_id = $1 AND shard_id = $2 AND group_id = $3 AND state = 'waiting'",
            args![tenant, &shard.id, &target.group_id, reason],
        )
        .await?;
    if fresh == 0 {
        return Ok(());
    }
    let fact = Fact::PostMissed {
        post: shard.post_id.clone(),
        group: target.group_id.clone(),
        staff: shard.staff_id.clone(),
        reason: reason.to_owned(),
        at: now,
    };
    reactions::on(tx, scope, &fact).await
}

/// Misses every target that still waits.
pub async fn miss_rest(tx: &mut Tx<'_>, scope: &Scope, shard: &ShardRow, reason: &str) -> AppResult<()> {
    for target in targets(tx, scope, &shard.id).await? {
        if target.state == "waiting" {
            miss(tx, scope, shard, &target, reason).await?;
        }
    }
    Ok(())
}

/// The frozen set loses groups before the first call only.
pub async fn refreeze(tx: &mut Tx<'_>, scope: &Scope, shard: &str, digest: &str) -> AppResult<()> {
    tx.exec(
        "UPDATE broadcasts_shard SET targets_digest = $3 WHERE tenant_id = $1 AND id = $2 AND epoch = 0",
        args![scope.tenant(), shard, digest],
    )
    .await?;
    Ok(())
}

/// Shards of an account that were unknown at some time since then.
pub async fn watched(
    tx: &mut Tx<'_>,
    scope: &Scope,
    account: &str,
    since: Timestamp,
) -> AppResult<Vec<ShardRow>> {
    let ids: Vec<(String,)> = tx
        .all(
            "SELECT id FROM broadcasts_shard
             WHERE tenant_id = $1 AND account_id = $2 AND last_unknown_at >= $3 ORDER BY id",
            args![scope.tenant(), account, since],
        )
        .await?;
    let mut rows = Vec::with_capacity(ids.len());
    for (id,) in ids {
        rows.extend(shard(tx, scope, &id).await?);
    }
    Ok(rows)
}

/// Platform ids that are spoken for since then: bound to a shard, or cancelled twins.
pub async fn taken_ids(
    tx: &mut Tx<'_>,
    scope: &Scope,
    account: &str,
    since: Timestamp,
) -> AppResult<Vec<String>> {
    let rows: Vec<(String,)> = tx
        .all(
            "SELECT platform_id FROM broadcasts_shard
             WHERE tenant_id = $1 AND account_id = $2 AND platform_id IS NOT NULL AND created_at >= $3
             UNION ALL
             SELECT platform_id FROM broadcasts_twin
             WHERE tenant_id = $1 AND account_id = $2 AND cancelled_at > 0",
            args![scope.tenant(), account, since],
        )
        .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// Other unknown shards of the same sender with the same text: a task that doesn't show its targets could be theirs.
pub async fn rivals(tx: &mut Tx<'_>, scope: &Scope, shard: &ShardRow) -> AppResult<i64> {
    Ok(tx
        .number(
            "SELECT COUNT(*) FROM broadcasts_shard
             WHERE tenant_id = $1 AND account_id = $2 AND staff_id = $3 AND text_digest = $4 AND state = 'unknown'
               AND id <> $5",
            args![scope.tenant(), &shard.account_id, &shard.staff_id, &shard.text_digest, &shard.id],
        )
        .await?)
}

/// Keeps a twin before it is cancelled, so that a crash between can't hide it; repeating changes nothing.
pub async fn note_twin(
    tx: &mut Tx<'_>,
    scope: &Scope,
    shard: &ShardRow,
    platform_id: &str,
) -> AppResult<bool> {
    let now = tx.now();
    let fresh = tx
        .exec(
            "INSERT INTO broadcasts_twin (tenant_id, account_id, platform_id, shard_id, found_at)
             VALUES ($1, $2, $3, $4, $5) ON CONFLICT (tenant_id, account_id, platform_id) DO NOTHING",
            args![scope.tenant(), &shard.account_id, platform_id, &shard.id, now],
        )
        .await?;
    Ok(fresh == 1)
}

/// The end of a twin: cancelled at this instant, or the words of what went wrong.
pub async fn close_twin(
    tx: &mut Tx<'_>,
    scope: &Scope,
    account: &str,
    platform_id: &str,
    outcome: Result<Timestamp, &str>,
) -> AppResult<()> {
    let (at, trouble) = outcome.map_or_else(|words| (Timestamp(0), words), |at| (at, ""));
    tx.exec(
        "UPDATE broadcasts_twin SET cancelled_at = $4, trouble = $5
         WHERE tenant_id = $1 AND account_id = $2 AND platform_id = $3",
        args![scope.tenant(), account, platform_id, at, trouble],
    )
    .await?;
    Ok(())
}

/// Reminders of a shard since then.
pub async fn reminders(tx: &mut Tx<'_>, scope: &Scope, shard: &str, since: Timestamp) -> AppResult<i64> {
    Ok(tx
        .number(
            "SELECT COUNT(*) FROM broadcasts_reminder WHERE tenant_id = $1 AND shard_id = $2 AND at > $3",
            args![scope.tenant(), shard, since],
        )
        .await?)
}

/// Reminders of a shard so far.
pub async fn reminded(tx: &mut Tx<'_>, scope: &Scope, shard: &str) -> AppResult<i64> {
    reminders(tx, scope, shard, Timestamp(0)).await
}

pub async fn add_reminder(tx: &mut Tx<'_>, scope: &Scope, shard: &str, by: &str) -> AppResult<()> {
    let now = tx.now();
    tx.exec(
        "INSERT INTO broadcasts_reminder (tenant_id, shard_id, at, asked_by) VALUES ($1, $2, $3, $4)
         ON CONFLICT (tenant_id, shard_id, at) DO NOTHING",
        args![scope.tenant(), shard, now, by],
    )
    .await?;
    Ok(())
}
