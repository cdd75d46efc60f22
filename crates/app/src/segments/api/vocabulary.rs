//! What a builder can offer: kinds of conditions, the values they take, where to choose things from, what is recorded.

use audience::MemberKind;
use audience::language::{Act, DEEPEST, Facet, MOST_REFS, MOST_TERMS, first_words};
use axum::Json;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::communities::{CommunityKind, Tier};
use crate::ctx::Ctx;
use crate::kernel::http::{Allowed, permission};
use crate::privacy::Purpose;
use crate::segments::model::{AskedFor, GREETED};

/// Something people may belong to.
#[derive(Serialize, ToSchema)]
struct FacetView {
    /// As in the tree: `community_kind`.
    id: &'static str,
    /// As in the text: `community kind`.
    words: &'static str,
    /// Key of its label.
    label: String,
    /// Where its things are listed, to choose from; absent when they are the `values`.
    choices: Option<&'static str>,
    /// Words it can be, where the product knows all of them.
    values: Vec<&'static str>,
}

/// Something people do on a day.
#[derive(Serialize, ToSchema)]
struct ActView {
    /// As in the tree; `{"event": …}` for one that isn't the product's own.
    id: String,
    words: String,
    label: String,
    /// Where what it was done to or in is listed; empty when it has no subject.
    subjects: Vec<&'static str>,
}

/// A kind of condition, and what it takes.
#[derive(Serialize, ToSchema)]
struct OperatorView {
    /// As in the tree: `did`, `last_did`, `spent`…
    id: &'static str,
    label: String,
    takes: Vec<&'static str>,
}

#[derive(Serialize, ToSchema)]
struct VocabularyLimits {
    conditions: usize,
    depth: usize,
    values: usize,
}

#[derive(Serialize, ToSchema)]
struct Vocabulary {
    facets: Vec<FacetView>,
    acts: Vec<ActView>,
    operators: Vec<OperatorView>,
    /// `all`, `any`, `none`.
    groups: Vec<&'static str>,
    windows: Vec<&'static str>,
    answers: Vec<&'static str>,
    consent_purposes: Vec<&'static str>,
    /// What an answer may be for.
    purposes: Vec<&'static str>,
    /// Words that may begin a line of the text.
    first_words: Vec<&'static str>,
    limits: VocabularyLimits,
}

fn facet(facet: Facet) -> Option<FacetView> {
    let (id, choices): (&'static str, Option<&'static str>) = match facet {
        Facet::Tag => ("tag", Some("/api/v1/tags")),
        Facet::Group => ("group", Some("/api/v1/groups")),
        Facet::Community => ("community", Some("/api/v1/communities")),
        Facet::CommunityKind => ("community_kind", None),
        Facet::MemberKind => ("member_kind", None),
        Facet::Code => ("code", Some("/api/v1/live-codes")),
        Facet::Channel => ("channel", None),
        Facet::Store => ("store", None),
        Facet::Segment => ("segment", Some("/api/v1/segments")),
        Facet::Account => ("account", Some("/api/v1/accounts")),
        Facet::Staff => ("staff", Some("/api/v1/staff")),
        Facet::List | Facet::FanLevel | Facet::ValueLadder | Facet::Stage | Facet::RfmClass => return None,
    };
    let values = match facet {
        Facet::CommunityKind => {
            let tiers = Tier::ALL.iter().map(|t| t.word());
            CommunityKind::ALL.iter().map(|k| k.word()).chain(tiers).collect()
        }
        Facet::MemberKind => {
            MemberKind::ALL.into_iter().filter(|k| k.counts()).map(MemberKind::name).collect()
        }
        _ => Vec::new(),
    };
    let label = format!("segments.facet.{id}");
    Some(FacetView { id, words: facet.words(), label, choices, values })
}

fn act(act: &Act) -> ActView {
    let subjects = match act {
        Act::Joined | Act::Left => vec!["/api/v1/groups"],
        Act::Opened => vec!["/api/v1/playbooks/posts"],
        Act::Clicked => vec!["/api/v1/playbooks/posts", "/api/v1/groups"],
        _ => Vec::new(),
    };
    let (id, words) = match act {
        Act::Event(name) => (format!("event:{name}"), format!("event \"{name}\"")),
        act => (act.word().to_owned(), act.word().to_owned()),
    };
    let label = format!("segments.act.{}", id.replace(':', "."));
    ActView { id, words, label, subjects }
}

fn operators() -> Vec<OperatorView> {
    let operator = |(id, takes): (&'static str, &[&'static str])| OperatorView {
        id,
        label: format!("segments.operator.{id}"),
        takes: takes.to_vec(),
    };
    let all: [(&'static str, &[&'static str]); 6] = [
        ("in", &["facet", "how", "of"]),
        ("tagged", &["how", "of", "window"]),
        ("did", &["act", "of", "times", "window"]),
        ("last_did", &["act", "of", "days_ago"]),
        ("spent", &["amount", "window"]),
        ("consent", &["purpose", "answer"]),
    ];
    all.into_iter().map(operator).collect()
}

/// What can be asked, for the builder.
#[utoipa::path(get, path = "/api/v1/segments/vocabulary", responses((status = 200, body = Vocabulary)))]
async fn get_segment_vocabulary(_: Allowed<permission::SegmentsRead>) -> Json<Vocabulary> {
    let acts =
        [Act::Bought, Act::Opened, Act::Clicked, Act::Joined, Act::Left, Act::Event(GREETED.to_owned())];
    Json(Vocabulary {
        facets: Facet::ALL.into_iter().filter_map(facet).collect(),
        acts: acts.iter().map(act).collect(),
        operators: operators(),
        groups: vec!["all", "any", "none"],
        windows: vec!["ever", "last_days", "days_ago", "between"],
        answers: vec!["granted", "withdrawn", "unasked"],
        consent_purposes: Purpose::ALL.into_iter().map(Purpose::word).collect(),
        purposes: AskedFor::ALL.iter().map(|p| p.word()).collect(),
        first_words: first_words(),
        limits: VocabularyLimits { conditions: MOST_TERMS, depth: DEEPEST, values: MOST_REFS },
    })
}

pub fn router() -> OpenApiRouter<Ctx> {
    OpenApiRouter::new().routes(routes!(get_segment_vocabulary))
}
