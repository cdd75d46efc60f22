//! Outgoing webhooks after the Standard Webhooks specification: other systems hear what happens here, signed, at least
//! once, in any order.
//!
//! - An *endpoint* is an address with the event types it wants. A *message* is one thing that happened, with an id that
//!   stays the same for every endpoint, attempt and replay. A *delivery* is a message on its way to an endpoint.
//! - Deliveries are written in the transaction of the fact, so none is lost and none speaks of what did not happen.
//! - An attempt is written before the call and completed after it. After a crash in between it is repeated: receivers
//!   drop what they know by its id.
//! - An endpoint that answers 410, or fails for five days, is switched off and told of on *Today*; what happens
//!   meanwhile is held for a replay.
//! - Messages carry ids and no names or numbers of people; nothing about employees and house accounts is sent.

pub mod api;
pub mod jobs;
mod model;
mod rows;
mod store;
#[cfg(test)]
mod tests;

pub use rows::EndpointRow;
pub use store::switched_off;

use crate::kernel::db::Tx;
use crate::kernel::http::{AppResult, Scope};
use crate::reactions::Fact;
use model::Message;

pub const WORDS: crate::kernel::i18n::Words = crate::words!();

/// Puts what happened in line for every endpoint that wants to hear of it, person by person.
pub async fn note(tx: &mut Tx<'_>, scope: &Scope, facts: &[Fact]) -> AppResult<()> {
    let mut endpoints: Option<Vec<EndpointRow>> = None;
    for fact in facts {
        for one in fact.singly().iter() {
            let Some(message) = model::message_of(one) else { continue };
            let all = match &mut endpoints {
                Some(all) => all,
                none => none.insert(store::awake(tx, scope).await?),
            };
            let hearing: Vec<&EndpointRow> = all.iter().filter(|e| e.hears(message.kind)).collect();
            tell(tx, scope, &message, &hearing).await?;
        }
    }
    Ok(())
}

async fn tell(
    tx: &mut Tx<'_>,
    scope: &Scope,
    message: &Message<'_>,
    endpoints: &[&EndpointRow],
) -> AppResult<()> {
    if endpoints.is_empty() {
        return Ok(());
    }
    if let Some(person) = message.person
        && !store::counts(tx, scope, person).await?
    {
        return Ok(());
    }
    let id = tx.new_id("msg");
    let payload = message.payload();
    for endpoint in endpoints {
        store::put_in_line(tx, scope, endpoint, (&id, message.kind, &payload)).await?;
        if endpoint.enabled {
            tx.enqueue(scope.tenant(), &jobs::Deliver { endpoint: endpoint.id.clone() }).await?;
        }
    }
    Ok(())
}
