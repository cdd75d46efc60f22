//! Everything that can happen.

use std::borrow::Cow;

use base::{Fen, Timestamp};
use serde::{Deserialize, Serialize};

/// People of one fact about many.
pub const PEOPLE_PER_FACT: usize = 250;

/// Something that happened. Ids are ours unless a field says otherwise. The serialised form is kept for ever: add
/// fields as `Option`, never rename.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "fact", rename_all = "snake_case")]
pub enum Fact {
    /// A customer added an employee; `code` is the entry code's state as the platform hands it back.
    ContactAdded {
        person: String,
        contact: String,
        staff: String,
        code: Option<String>,
        at: Timestamp,
    },
    /// The bond between employee and customer ended.
    ContactLost {
        person: String,
        contact: String,
        staff: String,
        by_customer: bool,
        at: Timestamp,
    },
    /// The bond with a contact passed from one employee to another.
    BondMoved {
        person: String,
        contact: String,
        from: String,
        /// Absent when somebody moved it outside of Huoqun.
        to: Option<String>,
        at: Timestamp,
    },
    /// Another employee owns a group.
    GroupMoved {
        group: String,
        from: Option<String>,
        to: String,
        at: Timestamp,
    },
    /// A field of a person was set or emptied. The value of a sensitive field isn't told.
    FieldSet {
        person: String,
        field: String,
        value: Option<String>,
        at: Timestamp,
    },
    /// Somebody appeared in a group.
    MemberJoined {
        group: String,
        membership: String,
        person: String,
        /// Only eligible members count in figures; staff and house accounts never.
        eligible: bool,
        code: Option<String>,
        at: Timestamp,
    },
    /// Somebody left a group or was removed.
    MemberLeft {
        group: String,
        membership: String,
        person: String,
        eligible: bool,
        at: Timestamp,
    },
    /// A greeting reached a new contact.
    Greeted {
        contact: String,
        staff: String,
        greeting: String,
        at: Timestamp,
    },
    /// A greeting could not be sent in time; `reason` is a catalogue key.
    GreetingMissed {
        contact: String,
        staff: String,
        greeting: String,
        reason: String,
        at: Timestamp,
    },
    /// A planned post stands in a group.
    PostDelivered {
        post: String,
        group: String,
        staff: String,
        at: Timestamp,
    },
    /// A planned post did not reach a group before it expired; `reason` is a catalogue key.
    PostMissed {
        post: String,
        group: String,
        staff: String,
        reason: String,
        at: Timestamp,
    },
    /// A person opened one of our links (bots and staff are not facts).
    LinkClicked {
        link: String,
        post: Option<String>,
        group: Option<String>,
        person: String,
        at: Timestamp,
    },
    /// A customer allowed or withdrew a purpose.
    ConsentChanged {
        person: String,
        purpose: String,
        granted: bool,
        at: Timestamp,
    },
    /// A mark was set on a person or taken away; see `privacy::Mark`.
    MarkChanged {
        person: String,
        mark: String,
        on: bool,
        at: Timestamp,
    },
    /// A person was erased; `person` is what stands in place of her id.
    PersonErased {
        person: String,
        person_no: i64,
        at: Timestamp,
    },
    OrderPlaced {
        order: String,
        person: Option<String>,
        paid: Fen,
        at: Timestamp,
    },
    OrderRefunded {
        order: String,
        person: Option<String>,
        refunded: Fen,
        at: Timestamp,
    },
    /// The buyer of an earlier order became known.
    OrderTied {
        order: String,
        person: String,
        at: Timestamp,
    },
    /// A person is something else among members now: what counts her follows.
    KindChanged {
        person: String,
        kind: String,
        at: Timestamp,
    },
    /// A group belongs to another community, or to none.
    GroupPlaced {
        group: String,
        community: Option<String>,
        at: Timestamp,
    },
    /// A community is of another kind or tier.
    CommunityTyped {
        community: String,
        kind: String,
        tier: String,
        at: Timestamp,
    },
    /// A person matches a segment since now.
    SegmentEntered {
        segment: String,
        person: String,
        /// Why, as in `segments::MoveCause`; absent in old facts.
        cause: Option<String>,
        at: Timestamp,
    },
    /// A person matches a segment no longer.
    SegmentLeft {
        segment: String,
        person: String,
        /// Why, as in `segments::MoveCause`; absent in old facts.
        cause: Option<String>,
        at: Timestamp,
    },
    /// Two persons turned out to be one: `person` stays. Facts about `other` are facts about her.
    PersonMerged {
        person: String,
        other: String,
        /// `union_id`, `phone`, `manual`.
        how: String,
        /// The operator; empty when a rule did it.
        by: String,
        at: Timestamp,
    },
    /// One person is two. With `undone` a joining was taken back and facts about `other` are hers again; without it
    /// `other` is new and what was counted stays counted.
    PersonSplit {
        person: String,
        other: String,
        /// The joining that was taken back.
        undone: Option<String>,
        /// The number of the last fact before that joining.
        after_fact: i64,
        by: String,
        at: Timestamp,
    },
    /// A person carries a tag that she did not carry before. `source` as in [`tags::Cause`].
    TagApplied {
        person: String,
        tag: String,
        source: String,
        at: Timestamp,
    },
    /// A person carries a tag no longer.
    TagRemoved {
        person: String,
        tag: String,
        source: String,
        at: Timestamp,
    },
    /// Many persons carry one tag that they did not carry before, a few hundred to a fact: a [`Fact::TagApplied`] of
    /// each, kept once.
    PeopleTagged {
        tag: String,
        people: Vec<String>,
        source: String,
        at: Timestamp,
    },
    /// A file brought people who were not known, a few hundred to a fact.
    PeopleImported {
        import: String,
        people: Vec<String>,
        at: Timestamp,
    },
    /// A file put people on an uploaded list, a few hundred to a fact.
    PeopleListed {
        list: String,
        people: Vec<String>,
        at: Timestamp,
    },
    /// Another system of the company reported something about a person; once per `key`.
    CustomEvent {
        person: String,
        name: String,
        key: String,
        /// Only customers count in figures; staff and house accounts never.
        eligible: bool,
        at: Timestamp,
    },
    /// What a person is to the company is different now: all of it, so that nobody has to ask. The texts are empty
    /// when she stands on no layer any more.
    LayersChanged {
        person: String,
        /// Scores of recency, frequency and money, `543`; none without a paid order in the window.
        cell: Option<String>,
        /// `layers::RfmSegment`, `ValueLevel`, `FanLevel`, `LifeStage` as words.
        rfm: String,
        value: String,
        fan: String,
        stage: String,
        /// Version of the cut points; 0 before the first.
        cuts: i64,
        at: Timestamp,
    },
}

impl Fact {
    pub(super) const fn at(&self) -> Timestamp {
        match self {
            Self::ContactAdded { at, .. }
            | Self::ContactLost { at, .. }
            | Self::MemberJoined { at, .. }
            | Self::MemberLeft { at, .. }
            | Self::Greeted { at, .. }
            | Self::GreetingMissed { at, .. }
            | Self::PostDelivered { at, .. }
            | Self::PostMissed { at, .. }
            | Self::LinkClicked { at, .. }
            | Self::ConsentChanged { at, .. }
            | Self::MarkChanged { at, .. }
            | Self::PersonErased { at, .. }
            | Self::OrderPlaced { at, .. }
            | Self::OrderRefunded { at, .. }
            | Self::OrderTied { at, .. }
            | Self::BondMoved { at, .. }
            | Self::GroupMoved { at, .. }
            | Self::FieldSet { at, .. }
            | Self::PersonMerged { at, .. }
            | Self::PersonSplit { at, .. }
            | Self::TagApplied { at, .. }
            | Self::TagRemoved { at, .. }
            | Self::PeopleTagged { at, .. }
            | Self::PeopleImported { at, .. }
            | Self::CustomEvent { at, .. }
            | Self::PeopleListed { at, .. }
            | Self::KindChanged { at, .. }
            | Self::GroupPlaced { at, .. }
            | Self::CommunityTyped { at, .. }
            | Self::SegmentEntered { at, .. }
            | Self::SegmentLeft { at, .. }
            | Self::LayersChanged { at, .. } => *at,
        }
    }
    pub(super) const fn kind(&self) -> &'static str {
        match self {
            Self::ContactAdded { .. } => "contact_added",
            Self::ContactLost { .. } => "contact_lost",
            Self::MemberJoined { .. } => "member_joined",
            Self::MemberLeft { .. } => "member_left",
            Self::Greeted { .. } => "greeted",
            Self::GreetingMissed { .. } => "greeting_missed",
            Self::PostDelivered { .. } => "post_delivered",
            Self::PostMissed { .. } => "post_missed",
            Self::LinkClicked { .. } => "link_clicked",
            Self::ConsentChanged { .. } => "consent_changed",
            Self::MarkChanged { .. } => "mark_changed",
            Self::PersonErased { .. } => "person_erased",
            Self::OrderPlaced { .. } => "order_placed",
            Self::OrderRefunded { .. } => "order_refunded",
            Self::OrderTied { .. } => "order_tied",
            Self::BondMoved { .. } => "bond_moved",
            Self::GroupMoved { .. } => "group_moved",
            Self::FieldSet { .. } => "field_set",
            Self::PersonMerged { .. } => "person_merged",
            Self::PersonSplit { .. } => "person_split",
            Self::TagApplied { .. } => "tag_applied",
            Self::TagRemoved { .. } => "tag_removed",
            Self::PeopleTagged { .. } => "people_tagged",
            Self::PeopleImported { .. } => "people_imported",
            Self::CustomEvent { .. } => "custom_event",
            Self::PeopleListed { .. } => "people_listed",
            Self::KindChanged { .. } => "kind_changed",
            Self::GroupPlaced { .. } => "group_placed",
            Self::CommunityTyped { .. } => "community_typed",
            Self::SegmentEntered { .. } => "segment_entered",
            Self::SegmentLeft { .. } => "segment_left",
            Self::LayersChanged { .. } => "layers_changed",
        }
    }

    /// The facts that whoever listens person by person hears: what is kept once for many is told of each.
    pub fn singly(&self) -> Cow<'_, [Self]> {
        match self {
            Self::PeopleTagged { tag, people, source, at } => {
                let of = |person: &String| {
                    let (person, tag, source) = (person.clone(), tag.clone(), source.clone());
                    Self::TagApplied { person, tag, source, at: *at }
                };
                Cow::Owned(people.iter().map(of).collect())
            }
            one => Cow::Borrowed(std::slice::from_ref(one)),
        }
    }
}
