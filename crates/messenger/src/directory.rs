//! Employees as the platform knows them.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use crate::{Lane, Result};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StaffSnapshot {
    pub id: String,
    pub name: String,
    pub departments: Vec<i64>,
    pub position: Option<String>,
    pub active: bool,
}

#[async_trait]
pub trait Directory: Send + Sync {
    /// Every employee within the application's visible range.
    async fn list_staff(&self, lane: Lane) -> Result<Vec<StaffSnapshot>>;
    /// The employees who may serve customers (within the range, function switched on).
    async fn list_serving_staff(&self, lane: Lane) -> Result<Vec<String>>;
}
