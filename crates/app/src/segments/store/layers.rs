//! The layers of people: RFM class and scores, fan level, value ladder, stage of the life cycle. Other slices work them
//! out; whichever stores them names its rows here, and adds an arm to `model/touched.rs` for its fact. Until then they
//! can be asked, and nobody is in any.

use audience::Change;
use audience::language::Facet;

use super::profiles::{Profiles, add as push, belongs};
use super::read::{Read, Whose};
use crate::kernel::db::{DbResult, Tx};
use crate::kernel::http::Scope;

/// One layer: where its rows are.
pub struct Layer {
    pub facet: Facet,
    /// Selects a person's dense number and the id of her class, level or stage.
    pub read: Read,
    /// `SELECT x.person_id FROM … x WHERE `, up to the tenant.
    pub head: &'static str,
    /// The column of the id: `x.…`.
    pub column: &'static str,
}

/// Where the three RFM scores are.
pub struct Scores {
    /// Selects a person's dense number, recency, frequency and money, each from 1 to 5.
    pub read: Read,
    /// `SELECT x.person_id FROM … x WHERE `, up to the tenant.
    pub head: &'static str,
    /// The columns of recency, frequency and money.
    pub columns: [&'static str; 3],
}

/// To be filled: one entry per facet that is stored.
pub const LAYERS: &[Layer] = &[];
/// To be filled.
pub const SCORES: Option<Scores> = None;

/// Whether anything is stored for a facet that is a layer.
#[must_use]
pub fn is_recorded(facet: Facet) -> bool {
    LAYERS.iter().any(|layer| layer.facet == facet)
}

/// Adds the layers of these people.
pub async fn add(tx: &mut Tx<'_>, scope: &Scope, whose: Whose<'_>, found: &mut Profiles) -> DbResult<()> {
    for layer in LAYERS {
        let rows: Vec<(i64, String)> = tx.all(whose.sql(&layer.read), whose.args(scope)).await?;
        rows.into_iter().for_each(|(no, id)| push(found, no, belongs(layer.facet, &id)));
    }
    let Some(scores) = SCORES else { return Ok(()) };
    let rows: Vec<(i64, i64, i64, i64)> = tx.all(whose.sql(&scores.read), whose.args(scope)).await?;
    for (no, r, f, m) in rows {
        let scores = [r, f, m].map(|score| u8::try_from(score.clamp(1, 5)).unwrap_or(1));
        push(found, no, Change::Rfm { scores: Some(scores) });
    }
    Ok(())
}
