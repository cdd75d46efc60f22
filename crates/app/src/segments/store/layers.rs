//! The layers of people: RFM class and scores, fan level, value ladder, stage of the life cycle. The slice `layers`
//! works them out and keeps one row per person; it lies below, so its words are repeated here, and its tests hold both
//! lists equal.

use audience::Change;
use audience::language::Facet;

use super::profiles::{Profiles, add as push, belongs};
use super::read::{Read, Whose, read};
use crate::kernel::db::{DbResult, Tx};
use crate::kernel::http::Scope;

/// One layer: where its rows are.
pub struct Layer {
    pub facet: Facet,
    /// `SELECT x.person_id FROM … x WHERE `, up to the tenant.
    pub head: &'static str,
    /// The column of the id: `x.…`.
    pub column: &'static str,
    /// Every id there is, in the order of the ladder.
    pub words: &'static [&'static str],
}

/// Where the three RFM scores are.
pub struct Scores {
    /// `SELECT x.person_id FROM … x WHERE `, up to the tenant.
    pub head: &'static str,
    /// The columns of recency, frequency and money.
    pub columns: [&'static str; 3],
}

const HEAD: &str = "SELECT x.person_id FROM layers_person x WHERE ";

/// A person's dense number, her ids in the order of [`LAYERS`], her three scores.
pub const READ: Read = read!(
    "SELECT p.person_no, x.rfm, x.value_level, x.fan_level, x.stage, x.r, x.f, x.m
     FROM people_person p JOIN layers_person x ON x.tenant_id = p.tenant_id AND x.person_id = p.id"
);

pub const LAYERS: &[Layer] = &[
    Layer {
        facet: Facet::RfmClass,
        head: HEAD,
        column: "x.rfm",
        words: &[
            "champions",
            "at_risk",
            "loyal",
            "big_spenders",
            "promising",
            "need_care",
            "hibernating",
            "lost",
            "prospect",
            "unscored",
        ],
    },
    Layer {
        facet: Facet::ValueLadder,
        head: HEAD,
        column: "x.value_level",
        words: &["fan", "loyal_user", "koc", "super_user"],
    },
    Layer {
        facet: Facet::FanLevel,
        head: HEAD,
        column: "x.fan_level",
        words: &["passerby", "favourable", "true_love", "advocate"],
    },
    Layer {
        facet: Facet::Stage,
        head: HEAD,
        column: "x.stage",
        words: &[
            "new",
            "activated",
            "buyer",
            "repeat",
            "loyal",
            "at_risk",
            "lapsed",
            "won_back",
            "silent",
            "left",
        ],
    },
];

/// 0 is no score: she has not paid within the window, or no cut points are in force.
pub const SCORES: Scores = Scores { head: HEAD, columns: ["x.r", "x.f", "x.m"] };

/// The words of a facet that is a layer, else none.
#[must_use]
pub fn words(facet: Facet) -> &'static [&'static str] {
    LAYERS.iter().find(|layer| layer.facet == facet).map_or(&[], |layer| layer.words)
}

/// Adds the layers of these people.
pub async fn add(tx: &mut Tx<'_>, scope: &Scope, whose: Whose<'_>, found: &mut Profiles) -> DbResult<()> {
    type Row = (i64, String, String, String, String, i64, i64, i64);
    let rows: Vec<Row> = tx.all(whose.sql(&READ), whose.args(scope)).await?;
    for (no, rfm, value, fan, stage, r, f, m) in rows {
        for (layer, id) in LAYERS.iter().zip([rfm, value, fan, stage]).filter(|(_, id)| !id.is_empty()) {
            push(found, no, belongs(layer.facet, &id));
        }
        if r > 0 {
            let scores = [r, f, m].map(|score| u8::try_from(score.clamp(1, 5)).unwrap_or(1));
            push(found, no, Change::Rfm { scores: Some(scores) });
        }
    }
    Ok(())
}
