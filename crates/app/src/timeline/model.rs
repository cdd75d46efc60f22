//! Kinds of entries, and the place in the list after which a page begins.

use serde::{Deserialize, Serialize};

/// What an entry is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = TimelineKind)]
pub enum EntryKind {
    ContactAdded,
    ContactLost,
    BondMoved,
    Joined,
    Left,
    CameByCode,
    Tagged,
    Greeted,
    PostDelivered,
    Clicked,
    Ordered,
    Refunded,
    Event,
    Consent,
    FieldSet,
    Merged,
    Split,
}

impl EntryKind {
    /// Kinds that take another right besides, where the caller lacks it: `,ordered,refunded,`; empty for none.
    pub fn guarded_from(may: impl Fn(&str) -> bool) -> String {
        let guarded = [
            ("orders:read", [Self::Ordered, Self::Refunded].as_slice()),
            ("privacy:read", &[Self::Consent]),
            ("welcome:read", &[Self::Greeted]),
        ];
        let kinds = guarded.into_iter().filter(|(right, _)| !may(right)).flat_map(|(_, kinds)| kinds);
        kinds.fold(String::new(), |all, kind| format!("{all},{},", kind.word()))
    }
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::ContactAdded => "contact_added",
            Self::ContactLost => "contact_lost",
            Self::BondMoved => "bond_moved",
            Self::Joined => "joined",
            Self::Left => "left",
            Self::CameByCode => "came_by_code",
            Self::Tagged => "tagged",
            Self::Greeted => "greeted",
            Self::PostDelivered => "post_delivered",
            Self::Clicked => "clicked",
            Self::Ordered => "ordered",
            Self::Refunded => "refunded",
            Self::Event => "event",
            Self::Consent => "consent",
            Self::FieldSet => "field_set",
            Self::Merged => "merged",
            Self::Split => "split",
        }
    }
}

/// The last entry of a page: later ones come before it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct After {
    pub at: i64,
    pub kind: String,
    pub key: String,
}

impl After {
    /// Reads a cursor; anything unreadable begins at the newest.
    #[must_use]
    pub fn read(text: &str) -> Self {
        let mut parts = text.splitn(3, '|');
        let at = parts.next().and_then(|p| p.parse().ok());
        match (at, parts.next(), parts.next()) {
            (Some(at), Some(kind), Some(key)) => Self { at, kind: kind.to_owned(), key: key.to_owned() },
            _ => Self { at: i64::MAX, kind: String::new(), key: String::new() },
        }
    }
    #[must_use]
    pub fn text(at: i64, kind: &str, key: &str) -> String {
        format!("{at}|{kind}|{key}")
    }
}

#[cfg(test)]
mod model_tests {
    use super::*;

    #[test]
    fn a_place_survives_being_written_down() {
        let text = After::text(7, "joined", "mem_1|x");
        assert_eq!(After::read(&text), After { at: 7, kind: "joined".into(), key: "mem_1|x".into() });
        assert_eq!(After::read("?").at, i64::MAX);
    }
}
