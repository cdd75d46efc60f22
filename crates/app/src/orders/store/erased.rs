//! Buyers who were erased.

use super::super::model::Incoming;
use crate::kernel::db::{DbResult, Tx};
use crate::kernel::http::Scope;
use crate::people;
use crate::privacy::{self, KnownBy};

/// The message without the buyer, when she was erased: the order counts, without her.
pub(super) async fn without(tx: &mut Tx<'_>, scope: &Scope, incoming: &Incoming) -> DbResult<Incoming> {
    let phone = people::phone_key(tx, scope, &incoming.mobile).unwrap_or_default();
    let by = [
        (KnownBy::External, incoming.external_id.as_str()),
        (KnownBy::Union, incoming.union_id.as_str()),
        (KnownBy::Phone, phone.as_str()),
        (KnownBy::Mobile, incoming.mobile.as_str()),
    ];
    let mut incoming = incoming.clone();
    if privacy::erased_at(tx, scope, &by).await?.is_some() {
        incoming.union_id.clear();
        incoming.external_id.clear();
        incoming.mobile.clear();
    }
    Ok(incoming)
}
