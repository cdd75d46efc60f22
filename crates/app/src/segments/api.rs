//! `/api/v1/segments`: asking (`api/ask.rs`), segments as objects (`api/kept.rs`), who is in
//! them and who moved (`api/inside.rs`), frozen lists (`api/frozen.rs`), and what a builder needs to know (`api/vocabulary.rs`).

mod ask;
mod frozen;
mod inside;
mod kept;
mod vocabulary;

use http::StatusCode;
use serde_json::json;
use utoipa_axum::router::OpenApiRouter;

use super::model::{self, Mention, SegmentRefusal, Wording};
use super::store::names::{self, Known};
use crate::ctx::Ctx;
use crate::kernel::db::Tx;
use crate::kernel::http::{AppResult, Caller, Permission as _, permission, refused};
use crate::people::{self, Sight};

/// Everything a wording names, looked up; what isn't there is refused with its place. An own field that the caller's
/// role doesn't see is not there for her; one whose values she may not know is refused by the right it needs.
async fn checked(tx: &mut Tx<'_>, caller: &Caller, wording: &Wording) -> AppResult<(Vec<Mention>, Known)> {
    let mentions = model::mentions(wording)?;
    let known = names::look_up(tx, &caller.scope, &mentions).await?;
    let own = match mentions.iter().any(|mention| mention.thing.is_field()) {
        true => people::own_fields(tx, &caller.scope).await?,
        false => Vec::new(),
    };
    let right = permission::PeopleSensitiveRead::WORD;
    for mention in &mentions {
        let field = own.iter().find(|field| mention.thing.is_field() && field.id == mention.id);
        let sight = field.map_or(Sight::Open, |field| field.sight(caller, right));
        let there = known.contains_key(&(mention.thing, mention.id.clone()));
        if !there || sight == Sight::Unseen {
            let place = Box::new(wording.place(&mention.path, &mention.id));
            let (thing, id) = (mention.thing.word(), mention.id.clone());
            return Err(SegmentRefusal::Unknown { thing, id, place }.into());
        }
        if sight == Sight::Sealed {
            let args = json!({ "permission": right });
            return Err(refused("http.no_permission", StatusCode::FORBIDDEN, args));
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
