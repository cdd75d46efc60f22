//! Beside a contact's mirror: the numbers that employees noted, and who may not be mirrored at all.

use std::collections::BTreeMap;

use messenger::contacts::{ContactSnapshot, FollowSnapshot};

use super::super::rows::Recognised;
use super::super::store::{self, NewPhone};
use crate::kernel::db::Tx;
use crate::kernel::http::{AppResult, Scope};
use crate::kernel::seal::Sealer;
use crate::privacy::{self, KnownBy};

/// Keeps the numbers that employees noted on a contact's bonds, and forgets those that they took off. `noted` are the
/// bonds that had numbers before. Typed by an employee, a number proves nothing: it becomes a suggestion at most.
pub(super) async fn note_numbers(
    tx: &mut Tx<'_>,
    scope: &Scope,
    (who, sealer): (&Recognised, &Sealer),
    (follows, noted): (&[FollowSnapshot], &[&str]),
) -> AppResult<()> {
    for follow in follows.iter().filter(|f| !f.mobiles.is_empty() || noted.contains(&f.staff.as_str())) {
        let source_ref = format!("{}/{}", who.contact, follow.staff);
        let digests: Vec<String> =
            follow.mobiles.iter().filter_map(|m| store::phone_key(tx, scope, m)).collect();
        store::keep_only(tx, scope, &source_ref, &digests).await?;
        for number in &follow.mobiles {
            let new = NewPhone {
                person: &who.person,
                contact: &who.contact,
                number,
                source: "remark",
                source_ref: &source_ref,
                verified: false,
            };
            store::note_phone(tx, scope, sealer, &new).await?;
        }
    }
    Ok(())
}

/// Whoever was erased is not mirrored, until she herself adds an employee again.
pub(super) async fn leave_out_erased(
    tx: &mut Tx<'_>,
    scope: &Scope,
    contacts: &mut BTreeMap<&str, (&ContactSnapshot, Vec<FollowSnapshot>)>,
) -> AppResult<()> {
    if !privacy::anybody_erased(tx, scope).await? {
        return Ok(());
    }
    let mut out = Vec::new();
    for (id, (contact, follows)) in contacts.iter() {
        let known =
            [(KnownBy::External, *id), (KnownBy::Union, contact.union_id.as_deref().unwrap_or_default())];
        let Some(at) = privacy::erased_at(tx, scope, &known).await? else { continue };
        if follows.iter().any(|f| f.since > at) {
            privacy::lift_by_act(tx, scope, &known, "added an employee").await?;
        } else {
            out.push(*id);
        }
    }
    for id in out {
        contacts.remove(id);
    }
    Ok(())
}
