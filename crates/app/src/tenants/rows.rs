//! A tenant as the database holds it.

use serde::{Deserialize, Serialize};

/// A company and its operating defaults.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, sqlx::FromRow, utoipa::ToSchema)]
pub struct Tenant {
    pub id: String,
    pub name: String,
    /// IANA name, for example `Asia/Shanghai`.
    pub zone: String,
    /// Minutes after midnight at which the business day is cut; 0 to 360. Night catering uses 240.
    pub day_cut_minutes: i64,
    /// Posts per day and group at most (SOP-3), 1 to 12.
    pub daily_cap: i64,
    /// Above this many posts a day the planner warns.
    pub daily_warn: i64,
    /// How many company broadcasts one group may get: `month` (as many as the month has days), `week` (7), `day` (1).
    pub broadcast_rule: String,
}
