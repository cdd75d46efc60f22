//! Which rows stand for an act, as static parts of SQL.

use audience::language::Act;

use crate::segments::model;

/// Who came by a code: up to the tenant.
pub const CREDITS: &str =
    "SELECT x.person_id FROM live_codes_credit x JOIN live_codes_code c ON c.tenant_id = x.tenant_id
     AND c.id = x.code_id WHERE x.stage IN ('add', 'join') AND ";

/// Rows that stand for an act: `head` selects the person as `x.person`, `day` bounds whole days or instants.
pub struct Source<'a> {
    pub head: &'static str,
    /// Ends with a condition that holds the tenant's placeholder.
    pub place: &'static str,
    /// Only events of this name.
    pub name: Option<&'a str>,
    pub subject: Subject,
    pub day: DayColumn,
}

pub enum Subject {
    None,
    One(&'static str),
    /// Any of these columns.
    AnyOf(&'static [&'static str]),
    /// Any of these columns of other rows.
    Inside(&'static str, &'static [&'static str]),
}

pub enum DayColumn {
    /// `yyyymmdd`.
    Written(&'static str),
    /// Milliseconds.
    Instant(&'static str),
}

/// The rows of an act.
pub fn source(act: &Act) -> Source<'_> {
    const PLACES: &[&str] = &["g.id", "c.id", "c.kind", "c.tier"];
    const STAY: Subject = Subject::Inside(
        "SELECT 1 FROM groups_group g LEFT JOIN communities_community c ON c.tenant_id = g.tenant_id
           AND c.id = g.community_id WHERE g.tenant_id = x.tenant_id AND g.id = x.group_id",
        PLACES,
    );
    // An event names its group in its properties, a flat object as it was written by ourselves.
    const SPOKEN: Subject = Subject::Inside(
        "SELECT 1 FROM groups_group g LEFT JOIN communities_community c ON c.tenant_id = g.tenant_id
           AND c.id = g.community_id WHERE g.tenant_id = x.tenant_id
           AND REPLACE(x.properties, '\"group\":\"' || g.id || '\"', '') <> x.properties",
        PLACES,
    );
    const EVENTS: &str = "SELECT x.person_id AS person FROM events_event x WHERE ";
    const CLICKS: &str = "SELECT x.person_id AS person FROM links_first x
         JOIN links_link l ON l.tenant_id = x.tenant_id AND l.id = x.link_id WHERE ";
    let events = |name, subject| Source {
        head: EVENTS,
        place: "x.tenant_id = ",
        name: Some(name),
        subject,
        day: DayColumn::Written("x.day"),
    };
    match act {
        Act::Bought => Source {
            head: "SELECT x.person_id AS person FROM orders_order x WHERE x.person_id IS NOT NULL
                     AND (x.refunded_fen < x.paid_fen OR x.paid_fen = 0) AND ",
            place: "x.tenant_id = ",
            name: None,
            subject: Subject::None,
            day: DayColumn::Written("x.day"),
        },
        Act::Clicked => Source {
            head: CLICKS,
            place: "x.tenant_id = ",
            name: None,
            subject: Subject::AnyOf(&["l.id", "l.post_id", "l.group_id"]),
            day: DayColumn::Written("x.day"),
        },
        Act::Opened => Source {
            head: CLICKS,
            place: "l.post_id IS NOT NULL AND x.tenant_id = ",
            name: None,
            subject: Subject::One("l.post_id"),
            day: DayColumn::Written("x.day"),
        },
        Act::Joined => Source {
            head: "SELECT x.person_id AS person FROM groups_membership x WHERE ",
            place: "x.tenant_id = ",
            name: None,
            subject: STAY,
            day: DayColumn::Instant("x.joined_at"),
        },
        Act::Left => Source {
            head: "SELECT x.person_id AS person FROM groups_membership x WHERE x.left_at IS NOT NULL AND ",
            place: "x.tenant_id = ",
            name: None,
            subject: STAY,
            day: DayColumn::Instant("x.left_at"),
        },
        Act::Event(name) if name == model::GREETED => Source {
            head: "SELECT c.person_id AS person FROM welcome_log x
                   JOIN people_contact c ON c.tenant_id = x.tenant_id AND c.account_id = x.account_id
                     AND c.external_id = x.contact_platform_id AND c.is_staff = FALSE
                   WHERE x.status = 'greeted' AND ",
            place: "x.tenant_id = ",
            name: None,
            subject: Subject::None,
            day: DayColumn::Instant("x.ended_at"),
        },
        Act::Event(name) => events(name, Subject::None),
        Act::Spoke => events(act.word(), SPOKEN),
        Act::Redeemed | Act::CheckedIn | Act::Invited => events(act.word(), Subject::None),
    }
}
