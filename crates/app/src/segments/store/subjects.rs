//! What the causes of moves were about, by name.

use std::collections::{BTreeMap, BTreeSet};

use super::names;
use crate::kernel::db::{DbResult, Tx};
use crate::kernel::http::Scope;
use crate::segments::model::MoveCause;
use crate::segments::rows::MoveRow;

/// Whether the caller may see the numbers of orders.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Orders {
    Shown,
    Left,
}

/// Fills in what the subjects of these moves are called.
pub async fn name(tx: &mut Tx<'_>, scope: &Scope, moves: &mut [MoveRow], orders: Orders) -> DbResult<()> {
    let mut wanted: BTreeMap<&'static str, BTreeSet<String>> = BTreeMap::new();
    for one in moves.iter().filter(|one| !one.subject_id.is_empty()) {
        if let Some(table) = table(one.cause, orders) {
            wanted.entry(table).or_default().insert(one.subject_id.clone());
        }
    }
    let mut named = BTreeMap::new();
    for (table, ids) in wanted {
        let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
        named.extend(names::rows(tx, scope, table, &ids).await?.into_iter().map(|(id, name, _)| (id, name)));
    }
    for one in moves {
        one.subject = match one.cause {
            MoveCause::EventReported => one.subject_id.clone(),
            _ => named.get(&one.subject_id).cloned().unwrap_or_default(),
        };
    }
    Ok(())
}

/// Where a cause's subject stands: id, name, whether it is gone, up to the tenant.
const fn table(cause: MoveCause, orders: Orders) -> Option<&'static str> {
    match (cause, orders) {
        (MoveCause::OrderPaid | MoveCause::OrderRefunded | MoveCause::OrderTied, Orders::Shown) => {
            Some("SELECT x.id, x.order_no, FALSE AS gone FROM orders_order x WHERE 1 = 1")
        }
        (MoveCause::TagApplied | MoveCause::TagRemoved, _) => {
            Some("SELECT x.id, x.name, FALSE AS gone FROM tags_tag x WHERE 1 = 1")
        }
        (MoveCause::GroupJoined | MoveCause::GroupLeft | MoveCause::GroupPlaced, _) => {
            Some("SELECT x.id, x.name, FALSE AS gone FROM groups_group x WHERE 1 = 1")
        }
        (MoveCause::CommunityTyped, _) => {
            Some("SELECT x.id, x.name, FALSE AS gone FROM communities_community x WHERE 1 = 1")
        }
        (MoveCause::ContactAdded | MoveCause::ContactLost, _) => {
            Some("SELECT x.id, x.name, FALSE AS gone FROM staff_member x WHERE 1 = 1")
        }
        (MoveCause::Clicked, _) => Some("SELECT x.id, x.title, FALSE AS gone FROM links_link x WHERE 1 = 1"),
        (MoveCause::Listed, _) => Some("SELECT x.id, x.name, FALSE AS gone FROM imports_list x WHERE 1 = 1"),
        (MoveCause::FieldSet, _) => {
            Some("SELECT x.id, x.name, FALSE AS gone FROM people_field x WHERE 1 = 1")
        }
        _ => None,
    }
}
