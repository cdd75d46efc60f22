//! Cards to employees, reminders in working hours, and the end of a task's time.

use base::Timestamp;
use messenger::staff_messages::StaffCard;
use messenger::{Error, Lane};
use serde::{Deserialize, Serialize};

use super::model::{REMINDERS, TaskState, in_working_hours, next_look};
use super::rows::TaskRow;
use super::store;
use crate::ctx::JobCtx;
use crate::kernel::i18n::{self, Locale};
use crate::kernel::jobs::{Job, JobError, JobResult};
use crate::tenants;

/// Sends one employee the card of a post: it leads to the sidebar page with all her groups.
#[derive(Serialize, Deserialize)]
pub struct Card {
    pub post: String,
    pub staff: String,
    /// 0 for the first card, then the number of the reminder: the platform drops a repeated card of the same round.
    pub round: i64,
}

impl Job for Card {
    const KIND: &'static str = "tasks.card";
    fn dedupe(&self) -> Option<String> {
        Some(format!("{}:{}", self.post, self.staff))
    }
    async fn run(&self, ctx: &mut JobCtx) -> JobResult {
        let scope = ctx.scope().clone();
        let mut tx = ctx.read().await?;
        let mut tasks = store::waiting_of_post(&mut tx, &scope, &self.post).await?;
        drop(tx);
        tasks.retain(|t| t.staff_id == self.staff && t.expires_at > ctx.now().0);
        let Some(first) = tasks.first() else { return Ok(()) };
        let card = card(ctx, first, &tasks, self.round);
        let messenger = ctx.messenger(&first.account_id).await?;
        let to = [first.staff_platform_id.clone()];
        let sent = messenger.staff_messages().send_card(&to, &card, Lane::Normal).await;
        match sent {
            // The platform drops the same card within its window, so asking again after silence is safe.
            Err(Error::OutcomeUnknown(words)) => return Err(JobError::Retry(words)),
            Err(e) => return Err(JobError::of_messenger(e, ctx.now())),
            Ok(unreached) if !unreached.is_empty() => {
                let detail = format!("{} can't be reached", first.staff_platform_id);
                return Err(JobError::GiveUp { code: "tasks.card_undeliverable", detail });
            }
            Ok(_) => {}
        }
        let mut tx = ctx.begin().await?;
        store::note_prompted(&mut tx, &scope, &self.post, &self.staff).await?;
        tx.commit().await?;
        Ok(())
    }
}

fn card(ctx: &JobCtx, first: &TaskRow, tasks: &[TaskRow], round: i64) -> StaffCard {
    let names: Vec<&str> = tasks.iter().take(5).map(|t| t.group_name.as_str()).collect();
    let words = |code: &str| {
        i18n::text(Locale::Zh, code, &serde_json::json!({ "count": tasks.len(), "groups": names.join("、") }))
    };
    let url = format!("{}/m/sidebar?account={}&task={}", ctx.config().public_url, first.account_id, first.id);
    StaffCard {
        task: format!("{}-{}-{round}", first.post_id, first.staff_id),
        title: if round == 0 {
            first.title.clone()
        } else {
            format!("{} {}", words("tasks.card_again"), first.title)
        },
        text: words("tasks.card_text"),
        url,
        button: words("tasks.card_button"),
    }
}

/// Follows the tasks of one post: reminds twice, then lets them expire.
#[derive(Serialize, Deserialize)]
pub struct Follow {
    pub post: String,
}

impl Job for Follow {
    const KIND: &'static str = "tasks.follow";
    fn dedupe(&self) -> Option<String> {
        Some(self.post.clone())
    }
    async fn run(&self, ctx: &mut JobCtx) -> JobResult {
        let scope = ctx.scope().clone();
        let now = ctx.now();
        let mut tx = ctx.begin().await?;
        let tasks = store::waiting_of_post(&mut tx, &scope, &self.post).await?;
        let Some(first) = tasks.first() else { return Ok(()) };
        let expires_at = Timestamp(first.expires_at);
        if now >= expires_at {
            for task in &tasks {
                store::settle(&mut tx, &scope, task, TaskState::Expired, "tasks.expired").await?;
            }
            tx.commit().await?;
            return Ok(());
        }
        let zone = tenants::get(&mut tx, &scope).await?.tenant_zone();
        let open = in_working_hours(&zone, now);
        if open > now {
            return Err(JobError::RetryAt(open.min(expires_at), String::new()));
        }
        let mut round = tasks.iter().map(|t| t.reminders).max().unwrap_or(0);
        if round < REMINDERS {
            round += 1;
            store::note_reminded(&mut tx, &scope, &self.post).await?;
            let mut staff: Vec<&str> = tasks.iter().map(|t| t.staff_id.as_str()).collect();
            staff.dedup();
            for staff in staff {
                let again = Card { post: self.post.clone(), staff: staff.to_owned(), round };
                tx.enqueue(scope.tenant(), &again).await?;
            }
        }
        tx.commit().await?;
        Err(JobError::RetryAt(next_look(&zone, now, round, expires_at), String::new()))
    }
}
