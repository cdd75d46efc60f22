//! Messages to employees inside the platform's app.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use crate::{Lane, Result};

/// A to-do card. Sending the same `task` again within the platform's window is dropped by the platform.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StaffCard {
    /// Our id of what the card is about; unique per card.
    pub task: String,
    pub title: String,
    pub text: String,
    pub url: String,
    pub button: String,
}

#[async_trait]
pub trait StaffMessages: Send + Sync {
    /// Returns the employees who could not be reached.
    async fn send_card(&self, staff: &[String], card: &StaffCard, lane: Lane) -> Result<Vec<String>>;
    async fn send_text(&self, staff: &[String], text: &str, lane: Lane) -> Result<Vec<String>>;
}
