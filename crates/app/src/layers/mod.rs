//! Layers: what each person is to the company, in words that people use: her RFM cell, her value, how near she is to
//! the brand, her stage of life; what levels are promised; and who might be invited into a closer community.
//!
//! - Only customers stand on layers (`audience::MemberKind::counts`), and none who refused profiling.
//! - Where somebody stands is a pure function of her facts, the cut points in force and the day ([`model`]); so a look
//!   may come early, late or twice, and looking at everybody anew writes the same.
//! - A fact makes its person *due*; time does the same on the first day that may change something. [`jobs::Refresh`]
//!   looks at who is due, in portions. Every step is kept, and each change is one `LayersChanged`.
//! - Cut points have versions. A draft is shown with what it would move before a person puts it into force, and can be
//!   undone. Only the first version comes into force by itself.
//! - A *promise* names a level, a period and a ceiling. What becomes of it at the counter isn't here.
//! - A *suggestion* says which facts speak for inviting a person from one community into a closer one. A person
//!   confirms it; then an employee gets an invitation to send. Nobody is ever pulled into a group.

pub mod api;
pub mod jobs;
mod model;
mod rows;
mod store;
#[cfg(test)]
mod tests;

pub use model::{FanLevel, Ladder, LifeStage, RfmSegment, ValueLevel};
pub use store::note;
use store::promotions::Willing;

use crate::kernel::db::Tx;
use crate::kernel::http::{AppResult, Scope};
use crate::tasks::{self, TaskState};
use crate::tenants;
use model::{Buyer, SuggestionState};

pub const WORDS: crate::kernel::i18n::Words = crate::words!();

/// The buyers within the window today, and the middle of the days between their orders.
async fn buyers(tx: &mut Tx<'_>, scope: &Scope) -> AppResult<(Vec<Buyer>, Option<i64>)> {
    // All of the company's, whoever asks.
    let scope = &Scope::of_job(scope.tenant());
    let tenant = tenants::get(tx, scope).await?;
    let today = model::day_number(&tenant.tenant_zone(), tx.now(), tenant.day_cut_minutes);
    let buyers: Vec<_> =
        store::cuts::buyers(tx, scope, today).await?.into_iter().map(|scored| scored.buyer).collect();
    let mut gaps = Vec::new();
    let mut days: (String, Vec<i64>) = Default::default();
    for (person, day) in store::cuts::order_days(tx, scope).await? {
        if days.0 != person {
            gaps.extend(model::middle_gap(&days.1));
            days = (person, Vec::new());
        }
        days.1.push(model::number_of(base::Day(i32::try_from(day).unwrap_or_default())));
    }
    gaps.extend(model::middle_gap(&days.1));
    Ok((buyers, model::middle(gaps)))
}

/// Takes back what waits to be sent to somebody who doesn't want it any more.
pub async fn withdraw_refused(tx: &mut Tx<'_>, scope: &Scope, person: &str) -> AppResult<()> {
    let invited = store::promotions::invited(tx, scope, person).await?;
    if invited.is_empty() || store::promotions::willing(tx, scope, person).await? != Willing::Refused {
        return Ok(());
    }
    withdraw(tx, scope, invited).await
}

async fn withdraw(tx: &mut Tx<'_>, scope: &Scope, invited: Vec<(String, String)>) -> AppResult<()> {
    for (id, invitation) in invited {
        // The task first, as the employee's tap does.
        tasks::withdraw(tx, scope, &invitation, "layers.refused").await?;
        store::promotions::end(tx, scope, &id, (SuggestionState::Invited, SuggestionState::Lapsed)).await?;
    }
    Ok(())
}

/// What an employee did with an invitation, by the key under which its task was made.
pub async fn invitation_settled(
    tx: &mut Tx<'_>,
    scope: &Scope,
    invitation: &str,
    (state, reason): (TaskState, &str),
) -> AppResult<()> {
    let state = match state {
        TaskState::Sent => SuggestionState::Sent,
        TaskState::Skipped => SuggestionState::Skipped,
        TaskState::Expired | TaskState::Waiting => SuggestionState::Expired,
    };
    Ok(store::promotions::settle(tx, scope, invitation, (state, reason)).await?)
}
