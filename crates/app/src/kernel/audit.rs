//! Who did what, kept with the change itself.

use serde::Serialize;

use crate::args;
use crate::kernel::db::{DbResult, Tx};
use crate::kernel::http::{Caller, Paging, Scope};

/// One line of the audit log. Rows are never changed.
#[derive(Debug, Clone, Serialize, sqlx::FromRow, utoipa::ToSchema)]
pub struct AuditEntry {
    pub id: String,
    pub at: i64,
    /// Empty when the system itself acted.
    pub operator_id: String,
    pub operator_name: String,
    /// `slice.verb`.
    pub action: String,
    /// The id of what was acted on.
    pub subject: String,
}

/// Records an operator's act in the transaction that does it.
pub async fn record(tx: &mut Tx<'_>, caller: &Caller, action: &str, subject: &str) -> DbResult<()> {
    insert(tx, caller.scope.tenant(), &caller.operator_id, &caller.operator_name, action, subject).await
}

/// Records what the system or a visitor did; `who` names the cause, for example `sign-in`.
pub async fn record_system(
    tx: &mut Tx<'_>,
    scope: &Scope,
    who: &str,
    action: &str,
    subject: &str,
) -> DbResult<()> {
    insert(tx, scope.tenant(), "", who, action, subject).await
}

async fn insert(
    tx: &mut Tx<'_>,
    tenant: &str,
    operator: &str,
    name: &str,
    action: &str,
    subject: &str,
) -> DbResult<()> {
    let (id, now) = (tx.new_id("aud"), tx.now());
    tx.exec(
        "INSERT INTO audit_entry (tenant_id, id, at, operator_id, operator_name, action, subject)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        args![tenant, id, now, operator, name, action, subject],
    )
    .await?;
    Ok(())
}

/// The log, newest first.
pub async fn list(tx: &mut Tx<'_>, scope: &Scope, page: &Paging) -> DbResult<Vec<AuditEntry>> {
    tx.all(
        "SELECT id, at, operator_id, operator_name, action, subject FROM audit_entry
         WHERE tenant_id = $1 AND ($2 = '' OR id < $2) ORDER BY id DESC LIMIT $3",
        args![scope.tenant(), &page.after, page.probe()],
    )
    .await
}
