//! One portion: reads what its persons did, writes where they stand, tells what changed, and suggests.

use std::collections::BTreeMap;

use base::Timestamp;
use base::time::DAY;

use super::super::model::{Candidate, Cuts, Ladder, PathBody, QUIET, Standing, SuggestionState};
use super::super::rows::{PathRow, PersonRow};
use super::super::store;
use super::super::store::measures::{Days, Known, PORTION, known};
use super::super::store::paths::{self, Place};
use super::super::store::promotions::{self, Willing};
use crate::kernel::db::Tx;
use crate::kernel::http::{AppResult, Scope};
use crate::reactions::{self, Fact};
use crate::{layers, tasks, tenants};

/// When somebody is looked at again whom time alone can't change.
const SOME_DAY: i64 = 365 * DAY;

/// What holds for every person of a portion.
struct Ground<'a> {
    days: Days<'a>,
    version: i64,
    cuts: Option<Cuts>,
    paths: Vec<(PathRow, PathBody)>,
    places: BTreeMap<String, Place>,
}

/// Looks at one portion; answers how many persons that were.
pub async fn portion(tx: &mut Tx<'_>, scope: &Scope) -> AppResult<usize> {
    let tenant = tenants::get(tx, scope).await?;
    let in_force = store::cuts::in_force(tx, scope).await?;
    let version = in_force.as_ref().map_or(0, |row| row.version);
    let mut due = store::due(tx, scope, version, PORTION).await?;
    due.sort_by(|a, b| a.person_id.cmp(&b.person_id));
    if due.is_empty() {
        return Ok(0);
    }
    let ground = Ground {
        days: Days { tenant: &tenant, now: tx.now() },
        version,
        cuts: in_force.as_ref().map(|row| row.points()).transpose()?,
        paths: open_paths(tx, scope).await?,
        places: paths::places(tx, scope).await?.into_iter().map(|p| (p.id.clone(), p)).collect(),
    };
    let ids: Vec<String> = due.iter().map(|d| d.person_id.clone()).collect();
    let mut all = known(tx, scope, &ids, &ground.days).await?;
    let (mut facts, mut next) = (Vec::new(), Vec::new());
    for seen in &due {
        let known = all.remove(&seen.person_id).unwrap_or_default();
        facts.extend(look(tx, scope, &ground, (&seen.person_id, &known)).await?);
        next.push((seen, next_look(&ground, &known)));
    }
    reactions::on_many(tx, scope, &facts).await?;
    // Last, as whoever tells a fact takes the log first and the person after it.
    for (seen, at) in next {
        store::looked(tx, scope, seen, at).await?;
    }
    Ok(due.len())
}

async fn open_paths(tx: &mut Tx<'_>, scope: &Scope) -> AppResult<Vec<(PathRow, PathBody)>> {
    let rows = paths::paths(tx, scope).await?;
    rows.into_iter().filter(|p| p.enabled).map(|p| p.conditions().map(|body| (p, body))).collect()
}

/// Writes where one person stands; answers the fact when that changed.
async fn look(
    tx: &mut Tx<'_>,
    scope: &Scope,
    ground: &Ground<'_>,
    (person, known): (&str, &Known),
) -> AppResult<Option<Fact>> {
    let now = tx.now();
    let before = store::of_person(tx, scope, person).await?;
    if !known.counts {
        return take_off(tx, scope, person, before).await;
    }
    let today = ground.days.today();
    let standing = known.measures.stand(ground.cuts.as_ref(), today);
    let row = row_of(ground, (before.as_ref(), person), (known, &standing), now);
    let changed = note_moves(tx, scope, before.as_ref(), &row, &standing).await?;
    if before.as_ref() != Some(&row) {
        store::save(tx, scope, &row).await?;
    }
    suggest(tx, scope, ground, (person, known, &standing)).await?;
    Ok(changed.then(|| fact(&row, now)))
}

fn row_of(
    ground: &Ground<'_>,
    (before, person): (Option<&PersonRow>, &str),
    (known, standing): (&Known, &Standing),
    now: Timestamp,
) -> PersonRow {
    let today = ground.days.today();
    let mut row = PersonRow::next(before, person, standing, now);
    row.version = ground.version;
    if let Some(buyer) = known.measures.buyer(today) {
        row.last_day = today - buyer.age;
        (row.order_days, row.net_fen) = (buyer.order_days, buyer.net);
    }
    row
}

fn fact(row: &PersonRow, at: Timestamp) -> Fact {
    Fact::LayersChanged {
        person: row.person_id.clone(),
        cell: (row.r > 0).then(|| format!("{}{}{}", row.r, row.f, row.m)),
        rfm: row.rfm.clone(),
        value: row.value_level.clone(),
        fan: row.fan_level.clone(),
        stage: row.stage.clone(),
        cuts: row.version,
        at,
    }
}

/// Writes down each step; answers whether anything others follow is different.
async fn note_moves(
    tx: &mut Tx<'_>,
    scope: &Scope,
    before: Option<&PersonRow>,
    row: &PersonRow,
    standing: &Standing,
) -> AppResult<bool> {
    let mut changed = before.is_none_or(|b| (b.r, b.f, b.m) != (row.r, row.f, row.m));
    for ladder in Ladder::ALL.iter().copied() {
        let was = before.map_or("", |b| b.on(ladder).0);
        let (level, reason) = standing.on(ladder);
        if was != level {
            changed = true;
            store::note_move(tx, scope, &row.person_id, (ladder, was, level, reason)).await?;
        }
    }
    Ok(changed)
}

/// Somebody who doesn't count, or said no, stands on no layer, and nothing is suggested for her.
async fn take_off(
    tx: &mut Tx<'_>,
    scope: &Scope,
    person: &str,
    before: Option<PersonRow>,
) -> AppResult<Option<Fact>> {
    for (id, _) in promotions::waiting_for(tx, scope, person).await? {
        promotions::end(tx, scope, &id, (SuggestionState::Open, SuggestionState::Lapsed)).await?;
    }
    let invited = promotions::invited(tx, scope, person).await?;
    layers::withdraw(tx, scope, invited).await?;
    let Some(before) = before else { return Ok(None) };
    for ladder in Ladder::ALL.iter().copied() {
        store::note_move(tx, scope, person, (ladder, before.on(ladder).0, "", "not_counted")).await?;
    }
    store::forget(tx, scope, person).await?;
    Ok(Some(Fact::LayersChanged {
        person: person.to_owned(),
        cell: None,
        rfm: String::new(),
        value: String::new(),
        fan: String::new(),
        stage: String::new(),
        cuts: before.version,
        at: tx.now(),
    }))
}

/// When time alone may change something about her.
fn next_look(ground: &Ground<'_>, known: &Known) -> Timestamp {
    let today = ground.days.today();
    if !known.counts {
        return ground.days.now.plus(SOME_DAY);
    }
    let stays = known.stays.iter().filter(|s| s.open);
    let ways = stays.flat_map(|s| ground.paths.iter().map(|(_, body)| s.joined + body.days_in));
    let days = ways.filter(|day| *day > today).chain(known.measures.next_day(ground.cuts.as_ref(), today));
    match days.min() {
        Some(day) => ground.days.begin(day),
        None => ground.days.now.plus(SOME_DAY),
    }
}

/// Opens, keeps or ends what is suggested for one person.
async fn suggest(
    tx: &mut Tx<'_>,
    scope: &Scope,
    ground: &Ground<'_>,
    (person, known, standing): (&str, &Known, &Standing),
) -> AppResult<()> {
    for (path, body) in &ground.paths {
        let newest = promotions::newest(tx, scope, (&path.id, person)).await?;
        let state = newest.as_ref().and_then(|(_, state, _)| SuggestionState::named(state));
        let arrived = known.stays.iter().any(|s| s.open && s.community == path.to_community);
        let fits = if arrived { None } else { from_where(ground, (path, body), (known, standing)) };
        match (state, &newest, fits) {
            (Some(SuggestionState::Sent | SuggestionState::Invited), Some((id, was, _)), _) if arrived => {
                arrive(tx, scope, id, was).await?;
            }
            (Some(SuggestionState::Sent | SuggestionState::Invited), _, _) => {}
            (Some(open @ SuggestionState::Open), Some((id, _, _)), None) => {
                promotions::end(tx, scope, id, (open, SuggestionState::Lapsed)).await?;
            }
            (Some(SuggestionState::Open), _, _) | (_, _, None) => {}
            (state, newest, Some((from, why))) => {
                let lapsed = state == Some(SuggestionState::Lapsed);
                let ended = newest.as_ref().map_or(i64::MIN, |(_, _, at)| *at);
                let quiet = !lapsed && newest.is_some() && ended + QUIET > ground.days.now.0;
                if quiet || promotions::willing(tx, scope, person).await? == Willing::Refused {
                    continue;
                }
                let again = newest.as_ref().filter(|_| lapsed).map(|(id, _, _)| id.as_str());
                promotions::suggest(tx, scope, (path, person), (&from, &why, again)).await?;
            }
        }
    }
    Ok(())
}

/// She came: an invitation that still waits is taken back.
async fn arrive(tx: &mut Tx<'_>, scope: &Scope, id: &str, was: &str) -> AppResult<()> {
    let suggestion = promotions::suggestion(tx, scope, id).await?;
    let from = SuggestionState::named(was).unwrap_or(SuggestionState::Sent);
    // The task first, as the employee's tap does.
    tasks::withdraw(tx, scope, &suggestion.invitation, "layers.already_there").await?;
    promotions::end(tx, scope, id, (from, SuggestionState::Joined)).await?;
    Ok(())
}

/// The community from which the way leads for her, and what speaks for it.
fn from_where(
    ground: &Ground<'_>,
    (path, body): (&PathRow, &PathBody),
    (known, standing): (&Known, &Standing),
) -> Option<(String, Vec<super::super::model::Spoke>)> {
    let to = ground.places.get(&path.to_community).filter(|p| p.active)?;
    let leads = |community: &str| {
        let below = ground.places.get(community).is_some_and(|p| p.rank < to.rank);
        below && (body.from.is_empty() || body.from.iter().any(|f| f == community))
    };
    let first = known.stays.iter().filter(|s| s.open && leads(&s.community)).min_by_key(|s| s.joined)?;
    let today = ground.days.today();
    let candidate = Candidate {
        measures: &known.measures,
        standing,
        tags: &known.tags,
        days_in: today - first.joined,
        today,
    };
    body.speaks_for(&candidate).map(|why| (first.community.clone(), why))
}
