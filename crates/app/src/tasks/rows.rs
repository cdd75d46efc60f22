//! Rows of the tasks.

/// One task. Instants are Unix milliseconds, 0 for never.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct TaskRow {
    pub id: String,
    pub post_id: String,
    pub group_id: String,
    pub group_platform_id: String,
    pub group_name: String,
    pub account_id: String,
    pub staff_id: String,
    pub staff_platform_id: String,
    pub title: String,
    pub body: String,
    pub link_url: String,
    /// `waiting`, `sent`, `skipped` or `expired`.
    pub state: String,
    pub reason: String,
    pub due_at: i64,
    pub expires_at: i64,
    pub prompted_at: i64,
    pub reminders: i64,
    pub settled_at: i64,
    /// `post`, or `invitation` to one contact.
    pub kind: String,
    /// The platform's id of the contact to be invited; empty for posts.
    pub contact: String,
}
