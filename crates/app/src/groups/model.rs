//! What a member is, who counts, and what changed between a group's mirror and the platform.

use std::collections::{BTreeMap, BTreeSet};

use audience::MemberKind as Counted;
use base::Timestamp;
use http::StatusCode;
use messenger::groups::{GroupSnapshot, JoinScene, MemberSnapshot};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::rows::MemberRow;
use crate::kernel::http::Refusal;

/// What somebody is in a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum MemberKind {
    Owner,
    Admin,
    Service,
    Expert,
    /// A customer whose opinion moves others; counts like any customer.
    Koc,
    HostCrew,
    HouseAccount,
    StaffOther,
    Customer,
    /// A program that sits in the group.
    Bot,
    /// Barred from the group; her row counts no more.
    Banned,
    /// Somebody who only tries the product out.
    Test,
}

impl MemberKind {
    pub const ALL: [Self; 12] = [
        Self::Owner,
        Self::Admin,
        Self::Service,
        Self::Expert,
        Self::Koc,
        Self::HostCrew,
        Self::HouseAccount,
        Self::StaffOther,
        Self::Customer,
        Self::Bot,
        Self::Banned,
        Self::Test,
    ];

    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Admin => "admin",
            Self::Service => "service",
            Self::Expert => "expert",
            Self::Koc => "koc",
            Self::HostCrew => "host_crew",
            Self::HouseAccount => "house_account",
            Self::StaffOther => "staff_other",
            Self::Customer => "customer",
            Self::Bot => "bot",
            Self::Banned => "banned",
            Self::Test => "test",
        }
    }
    /// `None` for an unknown word: a kind nobody knows must not be counted by accident.
    #[must_use]
    pub fn named(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }
    /// Whether members of this kind count in figures: the rule itself is `audience`'s.
    #[must_use]
    pub const fn eligible(self) -> bool {
        let kind = match self {
            Self::Owner | Self::Admin | Self::Service | Self::Expert | Self::StaffOther => Counted::Staff,
            Self::Koc => Counted::Koc,
            Self::HostCrew => Counted::HostCrew,
            Self::HouseAccount => Counted::HouseAccount,
            Self::Customer => Counted::Customer,
            Self::Bot => Counted::Bot,
            Self::Banned => Counted::Banned,
            Self::Test => Counted::Test,
        };
        kind.counts()
    }
    /// What an employee of this kind is in a group that she neither owns nor administers.
    #[must_use]
    pub fn of_staff(kind: &str) -> Self {
        match kind {
            "customer_service" => Self::Service,
            "expert" => Self::Expert,
            "host_crew" => Self::HostCrew,
            "house_account" => Self::HouseAccount,
            _ => Self::StaffOther,
        }
    }
}

/// What a kind set by hand means for the person, in every group: whoever speaks for the brand or isn't a customer at
/// all counts nowhere. Somebody who was only barred from one group still counts in the others.
#[must_use]
pub const fn bars_person(kind: MemberKind) -> bool {
    matches!(kind, MemberKind::HouseAccount | MemberKind::HostCrew | MemberKind::Bot | MemberKind::Test)
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GroupRefusal {
    HouseAccountStays,
    /// Owner and admin are what the platform says.
    KindOfPlatform,
    StaffStaysStaff,
}

impl Refusal for GroupRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::HouseAccountStays => "groups.house_account_stays",
            Self::KindOfPlatform => "groups.kind_of_platform",
            Self::StaffStaysStaff => "groups.staff_stays_staff",
        }
    }
    fn status(&self) -> StatusCode {
        StatusCode::CONFLICT
    }
    fn args(&self) -> Value {
        json!({})
    }
}

/// Whether an operator may say that this member is of that kind.
///
/// # Errors
/// When it would make a house account or an employee count, or contradict the platform.
pub fn check_kind(member: &MemberRow, kind: MemberKind) -> Result<(), GroupRefusal> {
    if member.kind == MemberKind::HouseAccount.word() && kind != MemberKind::HouseAccount {
        return Err(GroupRefusal::HouseAccountStays);
    }
    if matches!(kind, MemberKind::Owner | MemberKind::Admin) {
        return Err(GroupRefusal::KindOfPlatform);
    }
    let of_customers = matches!(
        kind,
        MemberKind::Customer | MemberKind::Koc | MemberKind::Bot | MemberKind::Banned | MemberKind::Test
    );
    if member.is_staff && of_customers {
        return Err(GroupRefusal::StaffStaysStaff);
    }
    Ok(())
}

/// What the mirror holds of one stay that hasn't ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownMember {
    pub membership: String,
    /// The platform's id.
    pub member: String,
    pub person: String,
    pub kind: MemberKind,
    /// Set by hand: the platform's word changes it no more.
    pub kind_fixed: bool,
    pub eligible: bool,
    pub name: String,
    pub nickname: String,
    pub joined_at: Timestamp,
}

/// Somebody who appeared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Joined {
    pub member: MemberSnapshot,
    pub kind: MemberKind,
}

/// A stay that goes on, with other words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Renamed {
    pub membership: String,
    pub kind: MemberKind,
    pub name: String,
    pub nickname: String,
}

/// What must be written of one group's members.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// In the order of leaving nothing is known, so by membership.
    pub left: Vec<KnownMember>,
    /// By the time of joining, then by id.
    pub joined: Vec<Joined>,
    pub renamed: Vec<Renamed>,
}

/// Compares a group's members. `staff_kinds` tells what employees are beside owner and admin, by platform id.
///
/// A member who left and came back between two looks shows a later time of joining: one stay ended, another began.
#[must_use]
pub fn diff(
    known: &[KnownMember],
    snapshot: &GroupSnapshot,
    staff_kinds: &BTreeMap<String, MemberKind>,
) -> Changes {
    let known_by_id: BTreeMap<&str, &KnownMember> = known.iter().map(|k| (k.member.as_str(), k)).collect();
    let mut changes = Changes::default();
    let mut present = BTreeSet::new();
    for member in &snapshot.members {
        if !present.insert(member.id.as_str()) {
            continue;
        }
        let kind = kind_of(member, snapshot, staff_kinds);
        match known_by_id.get(member.id.as_str()) {
            Some(k) if member.joined_at <= k.joined_at => {
                let kind = if k.kind_fixed { k.kind } else { kind };
                let name = if member.name.is_empty() { &k.name } else { &member.name };
                if kind != k.kind || *name != k.name || member.group_nickname != k.nickname {
                    changes.renamed.push(Renamed {
                        membership: k.membership.clone(),
                        kind,
                        name: name.clone(),
                        nickname: member.group_nickname.clone(),
                    });
                }
            }
            Some(k) => {
                changes.left.push((*k).clone());
                changes.joined.push(Joined { member: member.clone(), kind });
            }
            None => changes.joined.push(Joined { member: member.clone(), kind }),
        }
    }
    changes.left.extend(known.iter().filter(|k| !present.contains(k.member.as_str())).cloned());
    changes.left.sort_by(|a, b| a.membership.cmp(&b.membership));
    changes
        .joined
        .sort_by(|a, b| (a.member.joined_at, &a.member.id).cmp(&(b.member.joined_at, &b.member.id)));
    changes
}

fn kind_of(
    member: &MemberSnapshot,
    snapshot: &GroupSnapshot,
    staff_kinds: &BTreeMap<String, MemberKind>,
) -> MemberKind {
    if member.id == snapshot.owner {
        MemberKind::Owner
    } else if snapshot.admins.contains(&member.id) {
        MemberKind::Admin
    } else if member.is_staff {
        staff_kinds.get(&member.id).copied().unwrap_or(MemberKind::StaffOther)
    } else {
        MemberKind::Customer
    }
}

/// Whether the platform's answer is older than the callback that made us ask. Versions don't sort, so an answer is
/// stale only when it shows what we know already while the callback spoke of something else.
#[must_use]
pub fn is_stale(known: Option<&str>, hinted: Option<&str>, shown: Option<&str>) -> bool {
    hinted.is_some() && hinted != known && hinted != shown && shown == known && shown.is_some()
}

/// As it is stored: `invited`, `invite_link`, `code`.
#[must_use]
pub const fn scene_word(scene: JoinScene) -> &'static str {
    match scene {
        JoinScene::Invited => "invited",
        JoinScene::InviteLink => "invite_link",
        JoinScene::Code => "code",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn member(id: &str, joined: i64) -> MemberSnapshot {
        MemberSnapshot {
            id: id.into(),
            is_staff: id.starts_with("staff"),
            union_id: None,
            joined_at: Timestamp(joined),
            scene: JoinScene::Code,
            inviter: None,
            group_nickname: String::new(),
            name: id.to_uppercase(),
            state: None,
        }
    }
    fn snapshot(members: Vec<MemberSnapshot>) -> GroupSnapshot {
        GroupSnapshot {
            id: "g".into(),
            name: "G".into(),
            notice: String::new(),
            owner: "staff1".into(),
            admins: vec!["staff2".into()],
            created_at: Timestamp(0),
            member_version: None,
            members,
        }
    }
    fn known(id: &str, joined: i64) -> KnownMember {
        KnownMember {
            membership: format!("mem_{id}_{joined}"),
            member: id.into(),
            person: format!("psn_{id}"),
            kind: MemberKind::Customer,
            kind_fixed: false,
            eligible: true,
            name: id.to_uppercase(),
            nickname: String::new(),
            joined_at: Timestamp(joined),
        }
    }
    fn ids(joined: &[Joined]) -> Vec<(&str, MemberKind)> {
        joined.iter().map(|j| (j.member.id.as_str(), j.kind)).collect()
    }

    #[test]
    fn only_customers_and_koc_count() {
        let counting: Vec<_> = MemberKind::ALL.into_iter().filter(|k| k.eligible()).collect();
        assert_eq!(counting, [MemberKind::Koc, MemberKind::Customer]);
        for kind in MemberKind::ALL {
            assert_eq!(MemberKind::named(kind.word()), Some(kind));
        }
    }

    #[test]
    fn kinds_come_from_owner_admins_and_the_staff_list() {
        let kinds = BTreeMap::from([("staff3".to_owned(), MemberKind::HouseAccount)]);
        let shown =
            snapshot(["staff1", "staff2", "staff3", "staff4", "ann"].map(|id| member(id, 1)).to_vec());
        let changes = diff(&[], &shown, &kinds);
        assert_eq!(
            ids(&changes.joined),
            [
                ("ann", MemberKind::Customer),
                ("staff1", MemberKind::Owner),
                ("staff2", MemberKind::Admin),
                ("staff3", MemberKind::HouseAccount),
                ("staff4", MemberKind::StaffOther),
            ]
        );
    }

    #[test]
    fn members_leave_come_and_come_back() {
        let before = [known("ann", 1), known("bo", 1), known("cy", 1)];
        let changes = diff(
            &before,
            &snapshot(vec![member("dee", 3), member("ann", 1), member("bo", 2)]),
            &BTreeMap::new(),
        );
        assert_eq!(ids(&changes.joined), [("bo", MemberKind::Customer), ("dee", MemberKind::Customer)]);
        let left: Vec<_> = changes.left.iter().map(|k| k.member.as_str()).collect();
        assert_eq!(left, ["bo", "cy"]);
        assert!(changes.renamed.is_empty());
    }

    #[test]
    fn a_kind_set_by_hand_stays_and_an_empty_name_tells_nothing() {
        let mut koc = known("ann", 1);
        (koc.kind, koc.kind_fixed) = (MemberKind::Koc, true);
        let mut shown = member("ann", 1);
        shown.name = String::new();
        shown.group_nickname = "nick".into();
        let changes = diff(&[koc], &snapshot(vec![shown]), &BTreeMap::new());
        assert_eq!(changes.renamed.len(), 1);
        let renamed = &changes.renamed[0];
        assert_eq!(
            (renamed.kind, renamed.name.as_str(), renamed.nickname.as_str()),
            (MemberKind::Koc, "ANN", "nick")
        );
    }

    #[test]
    fn an_answer_is_stale_only_when_it_shows_what_was_known() {
        assert!(is_stale(Some("v1"), Some("v2"), Some("v1")));
        assert!(!is_stale(Some("v1"), Some("v2"), Some("v2")));
        assert!(!is_stale(Some("v1"), Some("v2"), Some("v3")), "something newer is fresh enough");
        assert!(!is_stale(Some("v2"), Some("v2"), Some("v2")), "applied before");
        assert!(!is_stale(Some("v1"), None, Some("v1")));
        assert!(!is_stale(None, Some("v1"), None));
    }

    proptest! {
        /// Writing the differences makes the mirror equal to the platform, and a second look finds nothing.
        #[test]
        fn a_second_look_finds_nothing(
            before in proptest::collection::btree_map("[a-f]", 0i64..4, 0..6),
            after in proptest::collection::btree_map("[a-f]", 0i64..4, 0..6),
        ) {
            let mirror: Vec<KnownMember> = before.iter().map(|(id, at)| known(id, *at)).collect();
            let shown = snapshot(after.iter().map(|(id, at)| member(id, *at)).collect());
            let changes = diff(&mirror, &shown, &BTreeMap::new());
            let mut next: Vec<KnownMember> =
                mirror.into_iter().filter(|k| !changes.left.iter().any(|l| l.membership == k.membership)).collect();
            next.extend(changes.joined.iter().map(|j| known(&j.member.id, j.member.joined_at.0)));
            let held: BTreeSet<&str> = next.iter().map(|k| k.member.as_str()).collect();
            let wanted: BTreeSet<&str> = after.keys().map(String::as_str).collect();
            prop_assert_eq!(held, wanted);
            prop_assert_eq!(diff(&next, &shown, &BTreeMap::new()), Changes::default());
        }
    }
}
