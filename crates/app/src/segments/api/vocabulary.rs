//! What a builder can offer: kinds of conditions, the values they take, where to choose things from, what is recorded.

use std::collections::BTreeSet;

use audience::MemberKind;
use audience::language::{Act, DEEPEST, Facet, MOST_REFS, MOST_TERMS, first_words};
use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::communities::{CommunityKind, Tier};
use crate::ctx::Ctx;
use crate::kernel::http::{Allowed, AppResult, Caller, Permission as _, permission};
use crate::people::{self, OwnField, Sight};
use crate::privacy::Purpose;
use crate::segments::model::{self, AskedFor, FIELDS, Field, GREETED, SegmentFieldKind};
use crate::segments::store::{self, layers};

/// Something people may belong to.
#[derive(Serialize, ToSchema)]
#[schema(as = SegmentFacet)]
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
    values: Vec<String>,
    /// False: it can be asked, but nothing fills it yet, so nobody is in it.
    recorded: bool,
}

/// A field of a person.
#[derive(Serialize, ToSchema)]
#[schema(as = SegmentField)]
struct SegmentFieldView {
    id: String,
    kind: SegmentFieldKind,
    /// Key of its label; for the company's own fields there is none, and the name is the label.
    label: Option<String>,
    /// What the company calls its own field.
    name: Option<String>,
    /// It is about a child.
    minor: bool,
    /// The conditions that may ask it.
    asks: &'static [&'static str],
    /// The values it can have, where all of them are known.
    values: Vec<String>,
}

/// Something people do on a day.
#[derive(Serialize, ToSchema)]
#[schema(as = SegmentAct)]
struct ActView {
    /// As in the tree; `event:name` stands for `{"event": "name"}`.
    id: String,
    words: String,
    /// Key of its label; for events of other systems there is none, and the name is the label.
    label: Option<String>,
    /// Where what it was done to or in is listed; empty when it has no subject.
    subjects: Vec<&'static str>,
    /// Words besides that its subject can be: kinds and tiers of communities.
    values: Vec<String>,
    /// False: only other systems report it, as events of this name, and none did.
    recorded: bool,
}

/// A kind of condition, and what it takes.
#[derive(Serialize, ToSchema)]
#[schema(as = SegmentOperator)]
struct OperatorView {
    /// As in the tree: `did`, `last_did`, `spent`…
    id: &'static str,
    label: String,
    takes: Vec<&'static str>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = SegmentLimits)]
struct VocabularyLimits {
    conditions: usize,
    depth: usize,
    values: usize,
}

#[derive(Serialize, ToSchema)]
#[schema(as = SegmentVocabulary)]
struct Vocabulary {
    facets: Vec<FacetView>,
    fields: Vec<SegmentFieldView>,
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

fn facet(facet: Facet, ways_in: &[(String, String)]) -> FacetView {
    let (id, choices): (&'static str, Option<&'static str>) = match facet {
        Facet::Tag => ("tag", Some("/api/v1/tags")),
        Facet::Group => ("group", Some("/api/v1/groups")),
        Facet::Community => ("community", Some("/api/v1/communities")),
        Facet::CommunityKind => ("community_kind", None),
        Facet::MemberKind => ("member_kind", None),
        Facet::Code => ("code", Some("/api/v1/live-codes")),
        Facet::Channel => ("channel", None),
        Facet::Store => ("store", None),
        Facet::List => ("list", Some("/api/v1/imports/lists")),
        Facet::Segment => ("segment", Some("/api/v1/segments")),
        Facet::Account => ("account", Some("/api/v1/accounts")),
        Facet::Staff => ("staff", Some("/api/v1/staff")),
        Facet::FanLevel => ("fan_level", None),
        Facet::ValueLadder => ("value_ladder", None),
        Facet::Stage => ("stage", None),
        Facet::RfmClass => ("rfm_class", None),
    };
    let values = match facet {
        Facet::CommunityKind => community_words(),
        Facet::MemberKind => {
            MemberKind::ALL.into_iter().filter(|k| k.counts()).map(|k| k.name().to_owned()).collect()
        }
        Facet::Channel => distinct(ways_in.iter().map(|(channel, _)| channel)),
        Facet::Store => distinct(ways_in.iter().map(|(_, store)| store)),
        _ => layers::words(facet).iter().map(|word| (*word).to_owned()).collect(),
    };
    let label = format!("segments.facet.{id}");
    FacetView { id, words: facet.words(), label, choices, values, recorded: true }
}

fn community_words() -> Vec<String> {
    let tiers = Tier::ALL.iter().map(|tier| tier.word());
    CommunityKind::ALL.iter().map(|kind| kind.word()).chain(tiers).map(str::to_owned).collect()
}

fn distinct<'a>(words: impl Iterator<Item = &'a String>) -> Vec<String> {
    words.filter(|word| !word.is_empty()).cloned().collect::<BTreeSet<_>>().into_iter().collect()
}

fn act(act: &Act, reported: &[String]) -> ActView {
    let places = ["/api/v1/groups", "/api/v1/communities"];
    let (subjects, values) = match act {
        Act::Joined | Act::Left | Act::Spoke => (places.to_vec(), community_words()),
        Act::Opened => (vec!["/api/v1/playbooks/posts"], Vec::new()),
        Act::Clicked => (vec!["/api/v1/playbooks/posts", "/api/v1/links", "/api/v1/groups"], Vec::new()),
        _ => (Vec::new(), Vec::new()),
    };
    let (id, words, label) = match act {
        Act::Event(name) if name == GREETED => {
            let label = Some(format!("segments.act.event.{name}"));
            (format!("event:{name}"), format!("event \"{name}\""), label)
        }
        Act::Event(name) => (format!("event:{name}"), format!("event \"{name}\""), None),
        act => (act.word().to_owned(), act.word().to_owned(), Some(format!("segments.act.{}", act.word()))),
    };
    let recorded = model::reported(act).is_none_or(|name| reported.iter().any(|known| known == name));
    ActView { id, words, label, subjects, values, recorded }
}

/// Fields of the product, then the company's own that the caller may use and that still take values.
fn fields(caller: &Caller, own: Vec<OwnField>) -> Vec<SegmentFieldView> {
    let of_the_product = |field: &Field| SegmentFieldView {
        id: field.id.to_owned(),
        kind: field.kind,
        label: Some(format!("segments.field.{}", field.id)),
        name: None,
        minor: false,
        asks: field.kind.asks(),
        values: field.values.iter().map(|value| (*value).to_owned()).collect(),
    };
    let right = permission::PeopleSensitiveRead::WORD;
    let usable = |field: &OwnField| !field.archived && field.sight(caller, right) == Sight::Open;
    let own = own.into_iter().filter(usable).map(|field| SegmentFieldView {
        id: field.id,
        kind: SegmentFieldKind::of(field.form),
        label: None,
        name: Some(field.name),
        minor: field.minor,
        asks: model::asks(field.form),
        values: field.choices,
    });
    FIELDS.iter().map(of_the_product).chain(own).collect()
}

fn operators() -> Vec<OperatorView> {
    let operator = |(id, takes): (&'static str, &[&'static str])| OperatorView {
        id,
        label: format!("segments.operator.{id}"),
        takes: takes.to_vec(),
    };
    let all: [(&'static str, &[&'static str]); 14] = [
        ("in", &["facet", "how", "of"]),
        ("tagged", &["how", "of", "window"]),
        ("did", &["act", "of", "times", "window"]),
        ("last_did", &["act", "of", "days_ago"]),
        ("spent", &["amount", "window"]),
        ("consent", &["purpose", "answer"]),
        ("text", &["field", "test"]),
        ("number", &["field", "range"]),
        ("date", &["field", "when"]),
        ("age", &["field", "range", "unit"]),
        ("birthday", &["field", "next_days"]),
        ("yes_no", &["field", "answer"]),
        ("known", &["field"]),
        ("rfm", &["recency", "frequency", "money"]),
    ];
    all.into_iter().map(operator).collect()
}

/// What can be asked, for the builder.
#[utoipa::path(get, path = "/api/v1/segments/vocabulary", responses((status = 200, body = Vocabulary)))]
async fn get_segment_vocabulary(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::SegmentsRead>,
) -> AppResult<Json<Vocabulary>> {
    let mut tx = ctx.read().await?;
    let ways_in = store::ways_in(&mut tx, &caller.scope).await?;
    let reported = store::reported(&mut tx, &caller.scope).await?;
    let own = people::own_fields(&mut tx, &caller.scope).await?;
    let events = reported.iter().filter(|name| name.as_str() != GREETED).cloned().map(Act::Event);
    let acts = Act::NAMED.into_iter().chain([Act::Event(GREETED.to_owned())]).chain(events);
    Ok(Json(Vocabulary {
        facets: Facet::ALL.into_iter().map(|f| facet(f, &ways_in)).collect(),
        fields: fields(&caller, own),
        acts: acts.map(|a| act(&a, &reported)).collect(),
        operators: operators(),
        groups: vec!["all", "any", "none"],
        windows: vec!["ever", "last_days", "days_ago", "between"],
        answers: vec!["granted", "withdrawn", "unasked"],
        consent_purposes: Purpose::ALL.into_iter().map(Purpose::word).collect(),
        purposes: AskedFor::ALL.iter().map(|p| p.word()).collect(),
        first_words: first_words(),
        limits: VocabularyLimits { conditions: MOST_TERMS, depth: DEEPEST, values: MOST_REFS },
    }))
}

pub fn router() -> OpenApiRouter<Ctx> {
    OpenApiRouter::new().routes(routes!(get_segment_vocabulary))
}
