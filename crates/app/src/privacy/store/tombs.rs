//! Tombstones: keyed digests of what erased persons were known by. They tell that somebody was erased when she shows
//! up again in a mirror or an import, and nothing else about her.

use base::Timestamp;

use crate::args;
use crate::kernel::db::{DbResult, Tx};
use crate::kernel::http::Scope;

/// By what a person is known outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KnownBy {
    /// The platform's id of a contact.
    External,
    Union,
    /// A number as an order wrote it: one that is no phone number in the normal form, and tombstones of old.
    Mobile,
    /// The digest of a phone number, the same wherever numbers are matched (`people::phone_digest`).
    Phone,
}

impl KnownBy {
    const fn word(self) -> &'static str {
        match self {
            Self::External => "external",
            Self::Union => "union",
            Self::Mobile => "mobile",
            Self::Phone => "phone",
        }
    }
}

fn digest(tx: &Tx<'_>, scope: &Scope, by: KnownBy, value: &str) -> String {
    tx.blind(&format!("tombstone {} {} {value}", scope.tenant(), by.word()))
}

/// How every alias of a platform's id begins.
pub const ALIAS: &str = "erased-";

/// What stands in place of a platform's id after an erasure. The same id gives the same text, and the text gives
/// nothing back.
#[must_use]
pub fn alias_of(tx: &Tx<'_>, scope: &Scope, external_id: &str) -> String {
    format!("{ALIAS}{}", tx.blind(&format!("alias {} {external_id}", scope.tenant())))
}

/// Whether anybody was erased at all: spares a file of a million people a million questions.
pub async fn anybody_erased(tx: &mut Tx<'_>, scope: &Scope) -> DbResult<bool> {
    let tombs = tx.number(
        "SELECT CAST(COUNT(*) AS BIGINT) FROM privacy_tombstone WHERE tenant_id = $1 AND lifted_at = 0",
        args![scope.tenant()],
    );
    Ok(tombs.await? > 0)
}

/// When somebody known by any of these was erased; `None` when she wasn't, or may be known again. Empty values are
/// nobody's.
pub async fn erased_at(
    tx: &mut Tx<'_>,
    scope: &Scope,
    known: &[(KnownBy, &str)],
) -> DbResult<Option<Timestamp>> {
    let mut digests: Vec<String> = known
        .iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(by, value)| digest(tx, scope, *by, value))
        .collect();
    if digests.is_empty() {
        return Ok(None);
    }
    digests.resize(4, String::new());
    let at = tx
        .number(
            "SELECT CAST(MAX(erased_at) AS BIGINT) FROM privacy_tombstone
             WHERE tenant_id = $1 AND digest IN ($2, $3, $4, $5) AND lifted_at = 0",
            args![scope.tenant(), &digests[0], &digests[1], &digests[2], &digests[3]],
        )
        .await?;
    Ok((at > 0).then_some(Timestamp(at)))
}

/// [`erased_at`] of a contact as a platform shows her.
pub async fn contact_erased_at(
    tx: &mut Tx<'_>,
    scope: &Scope,
    external_id: &str,
    union_id: Option<&str>,
) -> DbResult<Option<Timestamp>> {
    let known = [(KnownBy::External, external_id), (KnownBy::Union, union_id.unwrap_or_default())];
    erased_at(tx, scope, &known).await
}

/// Puts a tombstone; a lifted one stands again.
pub async fn bury(
    tx: &mut Tx<'_>,
    scope: &Scope,
    request: &str,
    (by, value): (KnownBy, &str),
) -> DbResult<()> {
    let (digest, now) = (digest(tx, scope, by, value), tx.now());
    tx.exec(
        "INSERT INTO privacy_tombstone (tenant_id, digest, kind, request_id, erased_at)
         VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (tenant_id, digest) DO UPDATE SET request_id = excluded.request_id,
             erased_at = excluded.erased_at, lifted_at = 0, lifted_by = '', lift_reason = ''",
        args![scope.tenant(), digest, by.word(), request, now],
    )
    .await?;
    Ok(())
}

/// Lets a person be known again from now on: she acted herself. Lifts every tombstone of the same erasure.
pub async fn lift_by_act(
    tx: &mut Tx<'_>,
    scope: &Scope,
    known: &[(KnownBy, &str)],
    reason: &str,
) -> DbResult<()> {
    for (by, value) in known.iter().filter(|(_, value)| !value.is_empty()) {
        let digest = digest(tx, scope, *by, value);
        let row: Option<(String,)> = tx
            .opt(
                "SELECT request_id FROM privacy_tombstone WHERE tenant_id = $1 AND digest = $2 AND lifted_at = 0",
                args![scope.tenant(), digest],
            )
            .await?;
        if let Some((request,)) = row {
            lift(tx, scope, &request, ("", reason)).await?;
        }
    }
    Ok(())
}

/// Lifts the tombstones of one erasure; answers how many.
pub async fn lift(
    tx: &mut Tx<'_>,
    scope: &Scope,
    request: &str,
    (by, reason): (&str, &str),
) -> DbResult<u64> {
    let now = tx.now();
    tx.exec(
        "UPDATE privacy_tombstone SET lifted_at = $3, lifted_by = $4, lift_reason = $5
         WHERE tenant_id = $1 AND request_id = $2 AND lifted_at = 0",
        args![scope.tenant(), request, now, by, reason],
    )
    .await
}

/// Tombstones of one erasure that stand, and those that were lifted.
pub async fn count(tx: &mut Tx<'_>, scope: &Scope, request: &str) -> DbResult<(i64, i64)> {
    tx.one(
        "SELECT CAST(COALESCE(SUM(CASE WHEN lifted_at = 0 THEN 1 ELSE 0 END), 0) AS BIGINT),
                CAST(COALESCE(SUM(CASE WHEN lifted_at = 0 THEN 0 ELSE 1 END), 0) AS BIGINT)
         FROM privacy_tombstone WHERE tenant_id = $1 AND request_id = $2",
        args![scope.tenant(), request],
    )
    .await
}
