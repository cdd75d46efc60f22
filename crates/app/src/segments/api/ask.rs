//! Asking: how many and who, why, whether the database says the same, what segments share.

use std::collections::BTreeMap;
use std::time::Instant;

use audience::{Answered, Day, Expr, LineCount, LineHolds, PeopleSet, Wanted, overlap_matrix};
use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::checked;
use crate::ctx::Ctx;
use crate::kernel::db::Tx;
use crate::kernel::http::{Allowed, AppError, AppResult, ErrorBody, Scope, permission};
use crate::people;
use crate::segments::desk::{Held, is_in, look, question};
use crate::segments::model::{self, AskedFor, PlaceView, SegmentRefusal, Wording, WordingInput};
use crate::segments::rows::SegmentPerson;
use crate::segments::store::{self, compare, names};

/// Something a wording names that is there no more: nobody new can belong to it.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = SegmentGoneThing)]
pub struct GoneThing {
    /// `tag`, `group`, `segment`…
    pub thing: &'static str,
    pub id: String,
    pub name: String,
    pub place: PlaceView,
}

/// What of a wording is there no more.
pub fn gone(wording: &Wording, mentions: &[model::Mention], known: &names::Known) -> Vec<GoneThing> {
    let gone = |mention: &model::Mention| {
        let found = known.get(&(mention.thing, mention.id.clone())).filter(|found| found.gone)?;
        Some(GoneThing {
            thing: mention.thing.word(),
            id: mention.id.clone(),
            name: found.name.clone(),
            place: wording.place(&mention.path, &mention.id),
        })
    };
    mentions.iter().filter_map(gone).collect()
}

#[derive(Deserialize, ToSchema)]
#[schema(as = SegmentAsking)]
struct Asking {
    #[serde(flatten)]
    wording: WordingInput,
    /// `audience` when absent.
    purpose: Option<AskedFor>,
    /// People in the sample, 20 when absent, at most 100.
    limit: Option<usize>,
    /// Count every line by itself as well. Each is then worked out for everybody, however few the others leave.
    #[serde(default)]
    lines: bool,
}

/// How many people a line holds for by itself, among those the question is about.
#[derive(Serialize, ToSchema)]
#[schema(as = SegmentCountedLine)]
struct CountedLine {
    /// The index taken in each group on the way down; empty for the whole.
    path: Vec<usize>,
    count: u64,
}

#[derive(Serialize, ToSchema)]
#[schema(as = SegmentAnswer)]
struct Answer {
    /// The wording as text.
    text: String,
    #[schema(value_type = Object)]
    expr: Value,
    count: u64,
    /// People for whom it holds but who must not be used for the purpose.
    barred: u64,
    /// Empty when they weren't asked for, or there are more than 200.
    lines: Vec<CountedLine>,
    sample: Vec<SegmentPerson>,
    gone: Vec<GoneThing>,
    /// The answer from memory, in microseconds.
    took_us: u64,
}

fn count(
    held: &Held,
    (expr, purpose): (&Expr, AskedFor),
    (reach, wanted): (Option<&PeopleSet>, Wanted),
) -> Result<Answered, SegmentRefusal> {
    let question = question(held, (expr, purpose), reach)?;
    let question = match purpose.consent() {
        Some(consent) => question.needing(&consent),
        None => question,
    };
    let lines = wanted.lines && expr.leaves().len() <= model::MOST_COUNTED_LINES;
    Ok(question.at_most(model::MOST_COST)?.answer(Wanted { lines, ..wanted }))
}

/// How many people a wording holds for, and some of them. Holds everything committed before the question.
#[utoipa::path(post, path = "/api/v1/segments/ask", request_body = Asking,
    responses((status = 200, body = Answer), (status = 422, body = ErrorBody)))]
async fn ask_segment(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::SegmentsRead>,
    Json(asking): Json<Asking>,
) -> AppResult<Json<Answer>> {
    let wording = Wording::read(&asking.wording)?;
    let purpose = asking.purpose.unwrap_or_default();
    let room = ctx.segments().caught_up(&ctx, &caller.scope).await?;
    let mut tx = ctx.read().await?;
    let (mentions, known) = checked(&mut tx, &caller, &wording).await?;
    let reach = store::reach(&mut tx, &caller.scope).await?;
    let wanted = Wanted { lines: asking.lines, first: asking.limit.unwrap_or(20).min(100) };
    let started = Instant::now();
    let found = look(&room, |held| count(held, (&wording.expr, purpose), (reach.as_ref(), wanted)))?;
    let took_us = micros(started);
    let line = |line: LineCount| CountedLine { path: line.path, count: line.count };
    Ok(Json(Answer {
        count: found.count,
        barred: found.barred,
        lines: found.lines.into_iter().map(line).collect(),
        sample: store::people(&mut tx, &caller.scope, &found.first).await?,
        gone: gone(&wording, &mentions, &known),
        expr: serde_json::to_value(&wording.expr)?,
        text: wording.text,
        took_us,
    }))
}

fn micros(since: Instant) -> u64 {
    u64::try_from(since.elapsed().as_micros()).unwrap_or(u64::MAX)
}

#[derive(Deserialize, ToSchema)]
#[schema(as = SegmentAskingWhy)]
struct AskingWhy {
    #[serde(flatten)]
    wording: WordingInput,
    /// `audience` when absent.
    purpose: Option<AskedFor>,
    /// The person's id.
    person: String,
}

/// Whether a line holds for a person, and the lines inside it.
#[derive(Serialize, ToSchema)]
#[schema(as = SegmentLine)]
struct LineView {
    path: Vec<usize>,
    /// `all`, `any`, `none`, or `is` for a condition.
    kind: &'static str,
    /// The condition in words; absent for groups.
    text: Option<String>,
    holds: bool,
    #[schema(no_recursion)]
    lines: Vec<LineView>,
}

impl LineView {
    fn of(line: &LineHolds<'_>, path: Vec<usize>) -> Self {
        let (kind, text) = match line.expr {
            Expr::All(_) => ("all", None),
            Expr::Any(_) => ("any", None),
            Expr::None(_) => ("none", None),
            Expr::Is(_) => ("is", Some(line.expr.to_string().trim().to_owned())),
        };
        let inner = |(i, line)| Self::of(line, [path.as_slice(), &[i]].concat());
        let lines = line.lines.iter().enumerate().map(inner).collect();
        Self { path, kind, text, holds: line.holds, lines }
    }
}

#[derive(Serialize, ToSchema)]
#[schema(as = SegmentWhy)]
struct WhyView {
    matches: bool,
    /// She is a customer, and nothing that makes her not count.
    counts: bool,
    /// She must not be used for the purpose.
    barred: bool,
    line: LineView,
}

/// Why a person is in an answer or isn't, line by line.
#[utoipa::path(post, path = "/api/v1/segments/why", request_body = AskingWhy,
    responses((status = 200, body = WhyView), (status = 404, body = ErrorBody), (status = 422, body = ErrorBody)))]
async fn why_in_segment(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::SegmentsRead>,
    Json(asking): Json<AskingWhy>,
) -> AppResult<Json<WhyView>> {
    let wording = Wording::read(&asking.wording)?;
    let purpose = asking.purpose.unwrap_or_default();
    let room = ctx.segments().caught_up(&ctx, &caller.scope).await?;
    let mut tx = ctx.read().await?;
    people::get(&mut tx, &caller.scope, &asking.person).await?;
    let number = store::number_of(&mut tx, &caller.scope, &asking.person).await?;
    let number = number.ok_or_else(AppError::not_found)?;
    let (_, known) = checked(&mut tx, &caller, &wording).await?;
    // Lines are shown with what the fields are called now, whatever the wording calls them.
    let called = |thing, id: &str| known.get(&(thing, id.to_owned())).map(|found| found.name.clone());
    let shown = model::labelled(&wording.expr, &called);
    let view = look(&room, |held| {
        let demanded = purpose.demands(&wording.expr);
        let allowed = question(held, (&demanded, purpose), None)?.contains(number);
        let question = question(held, (&shown, purpose), None)?;
        Ok(question.explain(number).map(|why| WhyView {
            matches: allowed,
            counts: why.counts,
            barred: why.barred || why.matches && !allowed,
            line: LineView::of(&why.line, Vec::new()),
        }))
    })?;
    view.map(Json).ok_or_else(AppError::not_found)
}

/// The same question, answered from memory and by the database.
#[derive(Serialize, ToSchema)]
#[schema(as = SegmentComparison)]
struct Comparison {
    engine: usize,
    database: usize,
    equal: bool,
    /// At most 20.
    only_engine: Vec<SegmentPerson>,
    /// At most 20.
    only_database: Vec<SegmentPerson>,
    engine_us: u64,
    database_us: u64,
}

/// Asks memory and the database the same question, for whoever wants proof. Costs what the database takes.
#[utoipa::path(post, path = "/api/v1/segments/check", request_body = Asking,
    responses((status = 200, body = Comparison), (status = 422, body = ErrorBody)))]
async fn check_segment(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::SegmentsRead>,
    Json(asking): Json<Asking>,
) -> AppResult<Json<Comparison>> {
    let wording = Wording::read(&asking.wording)?;
    let purpose = asking.purpose.unwrap_or_default();
    let mut tx = ctx.read().await?;
    checked(&mut tx, &caller, &wording).await?;
    let defined = definitions(&mut tx, &caller.scope).await?;
    let expr = wording.expr.expanded(&|id| defined.get(id).cloned()).map_err(SegmentRefusal::from)?;
    compare::fits(&expr)?;
    drop(tx);
    let room = ctx.segments().caught_up(&ctx, &caller.scope).await?;
    let mut tx = ctx.read().await?;
    let reach = store::reach(&mut tx, &caller.scope).await?;
    let started = Instant::now();
    let (engine, today, calendar) = look(&room, |held| {
        let demanded = purpose.demands(&wording.expr);
        let people = question(held, (&demanded, purpose), reach.as_ref())?.people();
        Ok((people, held.today(), held.mark.calendar.clone()))
    })?;
    let engine_us = micros(started);
    let started = Instant::now();
    let asked: (AskedFor, Day, _) = (purpose, today, &calendar);
    let database: PeopleSet =
        compare::people(&mut tx, &caller.scope, &expr, asked).await?.into_iter().collect();
    let database_us = micros(started);
    let database = reach.as_ref().map_or(database.clone(), |reach| database.intersect(reach));
    let first = |set: PeopleSet| set.iter().take(20).collect::<Vec<u32>>();
    let (only_engine, only_database) = (first(engine.minus(&database)), first(database.minus(&engine)));
    Ok(Json(Comparison {
        engine: usize::try_from(engine.count()).unwrap_or(usize::MAX),
        database: usize::try_from(database.count()).unwrap_or(usize::MAX),
        equal: only_engine.is_empty() && only_database.is_empty(),
        only_engine: store::people(&mut tx, &caller.scope, &only_engine).await?,
        only_database: store::people(&mut tx, &caller.scope, &only_database).await?,
        engine_us,
        database_us,
    }))
}

/// The living segments' expressions.
pub async fn definitions(tx: &mut Tx<'_>, scope: &Scope) -> AppResult<BTreeMap<String, Expr>> {
    let mut defined = BTreeMap::new();
    for row in store::live(tx, scope).await? {
        defined.insert(row.id, serde_json::from_str(&row.expr)?);
    }
    Ok(defined)
}

#[derive(Deserialize, ToSchema)]
#[schema(as = SegmentOverlapping)]
struct Overlapping {
    /// Ids of living segments, 20 at most.
    segments: Vec<String>,
    /// `audience` when absent.
    purpose: Option<AskedFor>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = SegmentOverlap)]
struct Overlap {
    segments: Vec<NamedSegment>,
    /// How many people each two share; the diagonal holds their sizes.
    matrix: Vec<Vec<u64>>,
}

#[derive(Serialize, ToSchema)]
struct NamedSegment {
    id: String,
    name: String,
}

/// How many people segments share.
#[utoipa::path(post, path = "/api/v1/segments/overlap", request_body = Overlapping,
    responses((status = 200, body = Overlap), (status = 404, body = ErrorBody), (status = 422, body = ErrorBody)))]
async fn overlap_segments(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::SegmentsRead>,
    Json(asked): Json<Overlapping>,
) -> AppResult<Json<Overlap>> {
    if !(1..=model::MOST_OVERLAPPING).contains(&asked.segments.len()) {
        return Err(SegmentRefusal::Overlapping.into());
    }
    let purpose = asked.purpose.unwrap_or_default();
    let room = ctx.segments().caught_up(&ctx, &caller.scope).await?;
    let mut tx = ctx.read().await?;
    let mut segments = Vec::new();
    for id in &asked.segments {
        let row = store::get(&mut tx, &caller.scope, id).await?;
        segments.push(NamedSegment { id: row.id, name: row.name });
    }
    let reach = store::reach(&mut tx, &caller.scope).await?;
    let exprs: Vec<Expr> = segments.iter().map(|s| purpose.demands(&is_in(&s.id))).collect();
    let matrix = look(&room, |held| {
        let ask = |expr| question(held, (expr, purpose), reach.as_ref());
        let questions = exprs.iter().map(ask).collect::<Result<Vec<_>, _>>()?;
        Ok(overlap_matrix(&questions))
    })?;
    Ok(Json(Overlap { segments, matrix }))
}

pub fn router() -> OpenApiRouter<Ctx> {
    OpenApiRouter::new()
        .routes(routes!(ask_segment))
        .routes(routes!(why_in_segment))
        .routes(routes!(check_segment))
        .routes(routes!(overlap_segments))
}
