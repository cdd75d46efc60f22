//! What a tenant is, and what may be set.

use base::TenantZone;
use serde_json::{Value, json};

use super::rows::Tenant;
use crate::kernel::http::Refusal;

impl Tenant {
    /// The zone; an unknown stored name falls back to China's.
    #[must_use]
    pub fn tenant_zone(&self) -> TenantZone {
        TenantZone::named(&self.zone).unwrap_or_else(TenantZone::shanghai)
    }

    /// Checks the settings an operator may change.
    ///
    /// # Errors
    /// The first wrong field with its cure.
    pub fn check(&self) -> Result<(), TenantRefusal> {
        let wrong = |field, cure| Err(TenantRefusal::Setting { field, cure });
        if self.name.trim().is_empty() || self.name.chars().count() > 60 {
            return wrong("name", "1–60");
        }
        if TenantZone::named(&self.zone).is_none() {
            return wrong("zone", "Asia/Shanghai, Europe/Madrid …");
        }
        if !(0..=360).contains(&self.day_cut_minutes) {
            return wrong("day_cut_minutes", "0–360");
        }
        if !(1..=12).contains(&self.daily_cap) {
            return wrong("daily_cap", "1–12");
        }
        if !(1..=self.daily_cap).contains(&self.daily_warn) {
            return wrong("daily_warn", "1 ≤ daily_warn ≤ daily_cap");
        }
        if !matches!(self.broadcast_rule.as_str(), "month" | "week" | "day") {
            return wrong("broadcast_rule", "month, week, day");
        }
        Ok(())
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TenantRefusal {
    Setting { field: &'static str, cure: &'static str },
}

impl Refusal for TenantRefusal {
    fn code(&self) -> &'static str {
        "tenants.setting"
    }
    fn args(&self) -> Value {
        let Self::Setting { field, cure } = self;
        json!({ "field": field, "cure": cure })
    }
}
