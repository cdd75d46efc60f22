//! Sending greetings in time, and putting group templates into the platform's library.

use base::Timestamp;
use messenger::Lane;
use serde::{Deserialize, Serialize};

use super::model::{self, Audience, LinkCard, Values, Verdict};
use super::rows::{GreetingRow, LogRow};
use super::store;
use crate::ctx::JobCtx;
use crate::kernel::jobs::{Job, JobError, JobResult, Policy};
use crate::reactions::{self, Fact};
use crate::{live_codes, people, staff};

/// Greets one newcomer with the one-use code of her event.
#[derive(Debug, Serialize, Deserialize)]
pub struct Send {
    /// Id of the row in the log.
    pub greeting: String,
}

/// What is to be sent.
struct Prepared {
    log: LogRow,
    greeting: GreetingRow,
    values: Values,
}

impl Job for Send {
    const KIND: &'static str = "welcome.send";
    const POLICY: Policy = Policy::URGENT;
    async fn run(&self, ctx: &mut JobCtx) -> JobResult {
        let scope = ctx.scope().clone();
        let mut tx = ctx.read().await?;
        let log = store::log_by_id(&mut tx, &scope, &self.greeting).await?;
        drop(tx);
        let Some(log) = log.filter(|l| l.status == "pending") else { return Ok(()) };
        if model::too_late(Timestamp(log.arrived_at), ctx.now()) {
            let reason = if log.outcome_unknown { "welcome.outcome_unknown" } else { "welcome.too_late" };
            return end(ctx, &log, "missed", (reason, "")).await;
        }
        let Some(mut prepared) = prepare(ctx, log).await? else { return Ok(()) };
        let draft = prepared.greeting.draft();
        if draft.pattern().contains("{nickname}") && prepared.values.nickname.is_empty() {
            prepared.values.nickname = ask_nickname(ctx, &prepared.log).await;
        }
        let body = model::contact_message(&draft, &prepared.values);
        prepared.log.greeting_id.clone_from(&prepared.greeting.id);
        let messenger = match ctx.messenger(&prepared.log.account_id).await {
            Ok(messenger) => messenger,
            Err(error) => {
                let detail = error.to_string();
                return end(ctx, &prepared.log, "missed", ("welcome.not_connected", &detail)).await;
            }
        };
        let Some(welcomes) = messenger.welcomes() else {
            drop(messenger);
            return end(ctx, &prepared.log, "missed", ("welcome.impossible", "")).await;
        };
        let answer = welcomes.greet(&prepared.log.welcome_code, &body, Lane::Urgent).await;
        drop(messenger);
        prepared.log.calls += 1;
        settle(ctx, prepared.log, answer).await
    }
}

/// Chooses the greeting and gathers its values; ends the row when there is nothing to say.
async fn prepare(ctx: &mut JobCtx, log: LogRow) -> Result<Option<Prepared>, JobError> {
    let scope = ctx.scope().clone();
    let public = ctx.config().public_url.clone();
    let mut tx = ctx.read().await?;
    let code = match log.code_state.as_str() {
        "" => None,
        state => live_codes::by_state(&mut tx, &scope, state).await?,
    };
    let of_code = match code.as_ref().and_then(|c| c.welcome_id.as_deref()) {
        Some(id) => {
            store::by_id(&mut tx, &scope, id).await?.filter(|g| g.audience == Audience::Contact.word())
        }
        None => None,
    };
    let greeting = match of_code {
        Some(greeting) => Some(greeting),
        None => store::default_for(&mut tx, &scope, &log.account_id).await?,
    };
    let Some(greeting) = greeting else {
        drop(tx);
        end(ctx, &log, "missed", ("welcome.no_greeting", "")).await?;
        return Ok(None);
    };
    let known = people::by_external_id(&mut tx, &scope, &log.account_id, &log.contact_platform_id).await?;
    let employee = staff::by_platform_id(&mut tx, &scope, &log.account_id, &log.staff_platform_id).await?;
    let invite = match &greeting.invite_code_id {
        Some(id) => live_codes::by_id(&mut tx, &scope, id).await?,
        None => None,
    };
    let invite = invite.map(|code| LinkCard {
        title: code.title,
        description: code.hook,
        url: format!("{public}/m/j/{}", code.state),
        picture: String::new(),
    });
    let values = Values {
        nickname: known.map_or_else(String::new, |p| p.name),
        staff: employee.map_or_else(String::new, |s| s.name),
        invite,
    };
    Ok(Some(Prepared { log, greeting, values }))
}

/// The newcomer's name from the platform; empty when it doesn't say at once, because greeting matters more than a name.
async fn ask_nickname(ctx: &mut JobCtx, log: &LogRow) -> String {
    let Ok(messenger) = ctx.messenger(&log.account_id).await else { return String::new() };
    let asked = messenger.contacts().fetch(&log.contact_platform_id, Lane::Urgent).await;
    asked.map_or_else(|_| String::new(), |contact| contact.name)
}

async fn settle(ctx: &mut JobCtx, log: LogRow, answer: Result<(), messenger::Error>) -> JobResult {
    let words = answer.as_ref().err().map(ToString::to_string).unwrap_or_default();
    match model::verdict(&answer) {
        Verdict::Greeted => end(ctx, &log, "greeted", ("", "")).await,
        Verdict::Missed { reason } => end(ctx, &log, "missed", (reason, &words)).await,
        Verdict::Again { after, unknown } => {
            let scope = ctx.scope().clone();
            let mut tx = ctx.begin().await?;
            store::note_call(&mut tx, &scope, &log, unknown).await?;
            tx.commit().await?;
            // At the latest when patience ends, so that the miss is recorded then and not later.
            let at = ctx.now().plus(after.max(1)).min(Timestamp(log.arrived_at).plus(model::PATIENCE));
            Err(JobError::RetryAt(at, words))
        }
    }
}

async fn end(ctx: &mut JobCtx, log: &LogRow, status: &str, (reason, detail): (&str, &str)) -> JobResult {
    let scope = ctx.scope().clone();
    let mut tx = ctx.begin().await?;
    if !store::end(&mut tx, &scope, log, status, (reason, detail)).await? {
        return Ok(());
    }
    let greeting = log.greeting_id.clone();
    // The contact may not be mirrored yet, four seconds after she came.
    let contact = store::contact_id(&mut tx, &scope, &log.account_id, &log.contact_platform_id).await?;
    let contact = contact.unwrap_or_else(|| log.contact_platform_id.clone());
    let employee = staff::by_platform_id(&mut tx, &scope, &log.account_id, &log.staff_platform_id).await?;
    let employee = employee.map_or_else(|| log.staff_platform_id.clone(), |s| s.id);
    let at = tx.now();
    let fact = if status == "greeted" {
        Fact::Greeted { contact, staff: employee, greeting, at }
    } else {
        Fact::GreetingMissed { contact, staff: employee, greeting, reason: reason.to_owned(), at }
    };
    reactions::on(&mut tx, &scope, &fact).await?;
    tx.commit().await?;
    metrics::counter!("welcome_ended_total", "status" => status.to_owned()).increment(1);
    metrics::histogram!("welcome_seconds").record((at.0 - log.arrived_at) as f64 / 1_000.0);
    Ok(())
}

/// Puts a greeting for group joiners into the platform's library, or changes it there.
#[derive(Debug, Serialize, Deserialize)]
pub struct PublishTemplate {
    pub greeting: String,
}

impl Job for PublishTemplate {
    const KIND: &'static str = "welcome.publish_template";
    fn dedupe(&self) -> Option<String> {
        Some(self.greeting.clone())
    }
    async fn run(&self, ctx: &mut JobCtx) -> JobResult {
        let (scope, now) = (ctx.scope().clone(), ctx.now());
        let mut tx = ctx.begin().await?;
        let Some(greeting) = store::by_id(&mut tx, &scope, &self.greeting).await? else { return Ok(()) };
        if greeting.template_status != "publishing" {
            return Ok(());
        }
        let adds = greeting.template_id.is_empty();
        if adds && greeting.template_intent_at > 0 {
            // The library can't be listed: a person looks there and decides.
            drop(tx);
            return self.fail(ctx, "welcome.template_unknown", "").await;
        }
        if adds {
            store::set_template_intent(&mut tx, &scope, &self.greeting, now.0).await?;
        }
        tx.commit().await?;
        let body = model::group_template(&greeting.draft());
        let made = {
            let messenger = ctx.messenger(&greeting.account_id).await?;
            let Some(welcomes) = messenger.welcomes() else {
                drop(messenger);
                return self.fail(ctx, "welcome.impossible", "").await;
            };
            if adds {
                welcomes.add_group_template(&body, Lane::Normal).await
            } else {
                let edited = welcomes.edit_group_template(&greeting.template_id, &body, Lane::Normal).await;
                edited.map(|()| greeting.template_id.clone())
            }
        };
        match made {
            Ok(template) => {
                let mut tx = ctx.begin().await?;
                store::bind_template(&mut tx, &scope, &self.greeting, &template).await?;
                tx.commit().await?;
                Ok(())
            }
            Err(messenger::Error::OutcomeUnknown(words)) if adds => {
                self.fail(ctx, "welcome.template_unknown", &words).await
            }
            // Overwriting with the same content again is the same as once.
            Err(messenger::Error::OutcomeUnknown(words)) => Err(JobError::Retry(words)),
            Err(error) => self.refused(ctx, error).await,
        }
    }
}

impl PublishTemplate {
    async fn refused(&self, ctx: &mut JobCtx, error: messenger::Error) -> JobResult {
        let (scope, words) = (ctx.scope().clone(), error.to_string());
        let mut tx = ctx.begin().await?;
        store::set_template_intent(&mut tx, &scope, &self.greeting, 0).await?;
        tx.commit().await?;
        match JobError::of_messenger(error, ctx.now()) {
            JobError::GiveUp { .. } => self.fail(ctx, "welcome.template_refused", &words).await,
            again => Err(again),
        }
    }

    async fn fail(&self, ctx: &mut JobCtx, reason: &str, detail: &str) -> JobResult {
        let scope = ctx.scope().clone();
        let mut tx = ctx.begin().await?;
        store::set_template(&mut tx, &scope, &self.greeting, "failed", (reason, detail)).await?;
        tx.commit().await?;
        Ok(())
    }
}
