//! What is asked of the index: questions within a reach, and the people of segments and frozen lists page by page.

use audience::language::{Condition, Facet, How, Ref};
use audience::{Expr, PeopleSet, Question};

use super::{Held, Room};
use crate::kernel::db::Tx;
use crate::kernel::http::{AppError, AppResult, Scope};
use crate::segments::model::{AskedFor, SegmentRefusal};
use crate::segments::rows::SnapshotRow;
use crate::segments::store;

/// A condition that names one segment.
pub fn is_in(segment: &str) -> Expr {
    Expr::Is(Condition::In { facet: Facet::Segment, how: How::Any, of: vec![Ref::new(segment)] })
}

/// A question within the caller's reach.
pub fn question<'a>(
    held: &'a Held,
    (expr, purpose): (&'a Expr, AskedFor),
    reach: Option<&'a PeopleSet>,
) -> Result<Question<'a>, SegmentRefusal> {
    let question = Question::new(&held.index, expr, held.today(), purpose.bars())?;
    Ok(match reach {
        Some(reach) => question.within(reach),
        None => question,
    })
}

/// Looks into a room that was brought up to date a moment ago.
pub fn look<R>(room: &Room, look: impl FnOnce(&Held) -> Result<R, SegmentRefusal>) -> AppResult<R> {
    match room.read(look) {
        Some(found) => Ok(found?),
        None => Err(AppError::fault("the index of people was not opened")),
    }
}

/// A segment within reach that is kept up to date.
///
/// # Errors
/// Refused when there is none, or it was put away.
pub async fn living(tx: &mut Tx<'_>, scope: &Scope, id: &str) -> AppResult<()> {
    match store::get(tx, scope, id).await?.status.as_str() {
        "live" => Ok(()),
        _ => Err(SegmentRefusal::Archived.into()),
    }
}

/// A frozen list.
///
/// # Errors
/// Refused when there is none.
pub async fn frozen_list(tx: &mut Tx<'_>, scope: &Scope, id: &str) -> AppResult<SnapshotRow> {
    store::snapshot(tx, scope, id).await
}

/// The next `most` dense numbers of who is in a segment as of now, within reach, without whoever said no.
///
/// # Errors
/// When the database can't be read.
pub async fn people_after(
    tx: &mut Tx<'_>,
    scope: &Scope,
    room: &Room,
    segment: &str,
    (after, most): (Option<u32>, usize),
) -> AppResult<Vec<u32>> {
    let reach = store::reach(tx, scope).await?;
    let (expr, purpose) = (is_in(segment), AskedFor::Audience);
    let expr = purpose.demands(&expr);
    look(room, |held| Ok(question(held, (&expr, purpose), reach.as_ref())?.first(most, after)))
}

/// Somebody on a frozen list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Listed {
    /// By which she was frozen; pages go on behind it.
    pub number: u32,
    /// By which she is known now; none when she stands in the list by another number, or is out of reach.
    pub shown: Option<u32>,
    /// By now she said no to the list's purpose.
    pub refused: bool,
}

/// The next `most` entries of a frozen list.
///
/// # Errors
/// Refused when there is no such list.
pub async fn frozen_after(
    tx: &mut Tx<'_>,
    scope: &Scope,
    room: &Room,
    snapshot: &str,
    (after, most): (Option<u32>, usize),
) -> AppResult<Vec<Listed>> {
    let purpose = AskedFor::named(&store::snapshot(tx, scope, snapshot).await?.purpose).unwrap_or_default();
    let people = store::snapshot_people(tx, scope, snapshot).await?;
    let page: Vec<u32> =
        people.iter().filter(|no| after.is_none_or(|after| *no > after)).take(most).collect();
    let joined = store::joined_since(tx, scope, &people, &page).await?;
    let reach = store::reach(tx, scope).await?;
    let everybody = purpose.demands(&Expr::All(Vec::new()));
    let allowed: PeopleSet = look(room, |held| Ok(question(held, (&everybody, purpose), None)?.people()))?;
    let listed = page.into_iter().map(|number| {
        let now = joined.get(&number).copied().unwrap_or(Some(number));
        let shown = now.filter(|no| reach.as_ref().is_none_or(|reach| reach.contains(*no)));
        Listed { number, shown, refused: shown.is_some_and(|no| !allowed.contains(no)) }
    });
    Ok(listed.collect())
}
