//! `/api/v1/segments`: asking (`api/ask.rs`), segments as objects (`api/kept.rs`), who is in
//! them and who moved (`api/inside.rs`), frozen lists (`api/frozen.rs`), and what a builder needs to know (`api/vocabulary.rs`).

mod ask;
mod frozen;
mod inside;
mod kept;
mod vocabulary;

use utoipa_axum::router::OpenApiRouter;

use super::model::{self, Mention, SegmentRefusal, Wording};
use super::store::names::{self, Known};
use crate::ctx::Ctx;
use crate::kernel::db::Tx;
use crate::kernel::http::{AppResult, Scope};

/// Everything a wording names, looked up; what isn't there is refused with its place.
async fn checked(tx: &mut Tx<'_>, scope: &Scope, wording: &Wording) -> AppResult<(Vec<Mention>, Known)> {
    let mentions = model::mentions(wording)?;
    let known = names::look_up(tx, scope, &mentions).await?;
    for mention in &mentions {
        if !known.contains_key(&(mention.thing, mention.id.clone())) {
            let place = Box::new(wording.place(&mention.path, &mention.id));
            let (thing, id) = (mention.thing.word(), mention.id.clone());
            return Err(SegmentRefusal::Unknown { thing, id, place }.into());
        }
    }
    Ok((mentions, known))
}

pub fn router() -> OpenApiRouter<Ctx> {
    OpenApiRouter::new()
        .merge(vocabulary::router())
        .merge(ask::router())
        .merge(frozen::router())
        .merge(kept::router())
        .merge(inside::router())
}
