//! Rows of the welcome tables.

/// A greeting.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct GreetingRow {
    pub id: String,
    pub audience: String,
    pub account_id: String,
    pub name: String,
    pub opening: String,
    pub offer: String,
    pub rules: String,
    pub benefit: String,
    pub action: String,
    pub link_title: String,
    pub link_description: String,
    pub link_url: String,
    pub link_picture: String,
    pub invite_code_id: Option<String>,
    pub is_default: bool,
    pub template_status: String,
    pub template_id: String,
    pub template_intent_at: i64,
    pub reason: String,
    pub reason_detail: String,
    pub created_at: i64,
    pub updated_at: i64,
}

/// A greeting under way.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct LogRow {
    pub id: String,
    pub account_id: String,
    pub welcome_code: String,
    pub staff_platform_id: String,
    pub contact_platform_id: String,
    pub code_state: String,
    pub greeting_id: String,
    pub status: String,
    pub arrived_at: i64,
    pub calls: i64,
    pub outcome_unknown: bool,
}

/// What became of one greeting, with the names behind the platform's ids; empty where nobody is known by it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct LogEntry {
    pub id: String,
    pub account_id: String,
    pub staff_platform_id: String,
    pub contact_platform_id: String,
    pub greeting_id: String,
    pub status: String,
    pub reason: String,
    pub reason_detail: String,
    pub arrived_at: i64,
    pub ended_at: i64,
    pub calls: i64,
    pub staff_id: Option<String>,
    pub staff_name: Option<String>,
    pub person_id: Option<String>,
    pub person_name: Option<String>,
    pub code_id: Option<String>,
    pub code_title: Option<String>,
    pub greeting_name: Option<String>,
}

/// Greetings per status.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct CountRow {
    pub status: String,
    pub count: i64,
}

/// Whether a group's owner has selected a template.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct SetUpRow {
    pub group_id: String,
    pub status: String,
    pub changed_at: i64,
}
