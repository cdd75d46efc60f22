//! Members who were erased.

use std::borrow::Cow;
use std::collections::BTreeSet;

use messenger::groups::{GroupSnapshot, JoinScene, MemberSnapshot};

use super::KnownMember;
use crate::kernel::db::Tx;
use crate::kernel::http::{AppResult, Scope};
use crate::privacy::{self, KnownBy};

/// Members who were erased stand in the group under an alias and without a name, so that it keeps its size. Whoever
/// came back by herself since then is known again; being pulled in is not her act.
pub(super) async fn veil<'s>(
    tx: &mut Tx<'_>,
    scope: &Scope,
    known: &[KnownMember],
    shown: &'s GroupSnapshot,
) -> AppResult<Cow<'s, GroupSnapshot>> {
    let ids: BTreeSet<&str> = known.iter().map(|k| k.member.as_str()).collect();
    let mut veiled: Option<GroupSnapshot> = None;
    for (place, m) in shown.members.iter().enumerate() {
        if m.is_staff || ids.contains(m.id.as_str()) {
            continue;
        }
        let alias = privacy::alias_of(tx, scope, &m.id);
        if !ids.contains(alias.as_str()) {
            let Some(at) = privacy::contact_erased_at(tx, scope, &m.id, m.union_id.as_deref()).await? else {
                continue;
            };
            if m.joined_at > at && m.scene != JoinScene::Invited {
                let by = [
                    (KnownBy::External, m.id.as_str()),
                    (KnownBy::Union, m.union_id.as_deref().unwrap_or_default()),
                ];
                privacy::lift_by_act(tx, scope, &by, "joined a group").await?;
                continue;
            }
        }
        let member = &mut veiled.get_or_insert_with(|| shown.clone()).members[place];
        *member = MemberSnapshot {
            id: alias,
            union_id: None,
            name: String::new(),
            group_nickname: String::new(),
            ..member.clone()
        };
    }
    Ok(veiled.map_or(Cow::Borrowed(shown), Cow::Owned))
}
