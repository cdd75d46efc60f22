//! Rows of the staff mirror.

use serde::Serialize;

/// One employee.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, sqlx::FromRow, utoipa::ToSchema)]
pub struct StaffRow {
    pub id: String,
    pub account_id: String,
    /// The platform's id of the employee.
    pub platform_id: String,
    pub name: String,
    /// Her position, as the directory says it.
    pub title: Option<String>,
    pub active: bool,
    /// May serve customers.
    pub serving: bool,
    /// `staff`, `customer_service`, `shopping_guide`, `expert`, `host_crew`, `house_account`.
    pub kind: String,
    /// The operator's login that belongs to her.
    pub operator_id: Option<String>,
}
