//! One part of a file of people, tags or a list: recognised in a few statements, written in a few more.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::super::model::own;
use super::super::model::plan::{Draft, Known, NewPerson, Plan, Who, draft, mark, plan};
use super::super::model::{Bad, Counts, Kind, Row, RowProblem};
use super::super::store::saved as store;
use super::{Outcome, Pass};
use crate::kernel::db::Tx;
use crate::kernel::http::{AppResult, Scope};
use crate::people::{self, Key, NewImported, OwnField, Way};
use crate::reactions::{self, Fact, PEOPLE_PER_FACT};
use crate::tags;

/// A part that was read and decided.
struct Decided {
    plan: Plan,
    fresh: Fresh,
    outcome: Outcome,
}

/// What is new to whom it is given.
#[derive(Default)]
struct Fresh {
    tags: BTreeSet<(Who, String)>,
    /// Kept texts of own fields, by their place in the pass. The last row wins.
    own: BTreeMap<(Who, usize), String>,
}

async fn decide(pass: &Pass, tx: &mut Tx<'_>, scope: &Scope, rows: Vec<Row>) -> AppResult<Decided> {
    let digest = |phone: &str| people::phone_digest(tx, scope, phone);
    let mut outcome =
        Outcome { counts: Counts { rows: count(rows.len()), ..Counts::default() }, bad: vec![] };
    let mut drafts: Vec<Draft> = Vec::with_capacity(rows.len());
    for row in &rows {
        let read = draft(row, &pass.places, &pass.mapping, &digest);
        match read.and_then(|read| Ok((own::values(row, &pass.own, pass.today())?, read))) {
            Ok((own, draft)) => drafts.push(Draft { own, ..draft }),
            Err(bad) => outcome.bad.push((row.number, bad)),
        }
    }
    let keys: Vec<Key> = drafts.iter().flat_map(|d| d.keys.iter().cloned()).collect();
    let known = Known {
        found: people::known_by(tx, scope, &keys).await?,
        barred: people::may_import(tx, scope, &keys).await?,
    };
    let plan = plan(pass.kind, drafts, known, &pass.seen);
    outcome.bad.extend(plan.bad.iter().cloned());
    outcome.counts.bad = count(outcome.bad.len());
    outcome.counts.erased = count(plan.erased.len());
    outcome.counts.unchanged = count(plan.repeated);
    let code = RowProblem::Erased.code();
    outcome.bad.extend(plan.erased.iter().map(|row| (*row, Bad::row(code))));
    outcome.bad.sort_by_key(|(row, _)| *row);
    let fresh = tally(pass, (tx, scope), &plan, &mut outcome.counts).await?;
    Ok(Decided { plan, fresh, outcome })
}

fn count(n: usize) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

/// What known people hold already.
struct Held {
    tags: BTreeSet<(String, String)>,
    own: people::Values,
    listed: HashSet<Who>,
}

async fn held(pass: &Pass, (tx, scope): (&mut Tx<'_>, &Scope), plan: &Plan) -> AppResult<Held> {
    let persons: Vec<&str> = plan.known.iter().map(|p| p.person.as_str()).collect();
    let tagged = plan.steps.iter().any(|s| !s.tags.is_empty());
    let group = (pass.mapping.account_id.as_str(), pass.mapping.tag_group.trim());
    let tags = match tagged {
        true => tags::held_names(tx, scope, group, &persons).await?,
        false => BTreeSet::new(),
    };
    let own = people::values_among(tx, scope, &own_fields(pass), &persons).await?;
    let mut listed: HashSet<Who> = HashSet::new();
    if pass.kind == Kind::List {
        let there = store::on_list(tx, scope, pass.mapping.list_name.trim(), &persons).await?;
        let on = plan.known.iter().enumerate().filter(|(_, p)| there.contains(&p.person));
        listed.extend(on.map(|(place, _)| Who::Known(place)));
    }
    Ok(Held { tags, own, listed })
}

fn own_fields(pass: &Pass) -> Vec<OwnField> {
    pass.own.iter().map(|(_, field)| field.clone()).collect()
}

/// Counts the good rows in their order and answers what is new to whom.
async fn tally(
    pass: &Pass,
    (tx, scope): (&mut Tx<'_>, &Scope),
    plan: &Plan,
    counts: &mut Counts,
) -> AppResult<Fresh> {
    let mut held = held(pass, (tx, scope), plan).await?;
    let mut fresh = Fresh::default();
    for step in &plan.steps {
        let mut writes = step.writes;
        let known = match step.who {
            Who::Known(place) => Some(&plan.known[place].person),
            Who::New(_) => None,
        };
        for tag in &step.tags {
            let has = known.is_some_and(|person| held.tags.contains(&(person.clone(), tag.clone())));
            writes |= !has && fresh.tags.insert((step.who, tag.clone()));
        }
        for (place, text) in &step.own {
            let id = &pass.own[*place].1.id;
            let has = fresh.own.get(&(step.who, *place));
            let has = has.or_else(|| held.own.get(&(known?.clone(), id.clone())));
            if has != Some(text) {
                writes = true;
                fresh.own.insert((step.who, *place), text.clone());
            }
        }
        writes |= pass.kind == Kind::List && held.listed.insert(step.who);
        match step.way {
            None => counts.new += 1,
            Some(_) if writes => counts.changed += 1,
            Some(_) => counts.unchanged += 1,
        }
        match step.way {
            None => {}
            Some(Way::Union) => counts.by_union += 1,
            Some(Way::External) => counts.by_external += 1,
            Some(Way::Phone) => counts.by_phone += 1,
        }
    }
    Ok(fresh)
}

/// What a part would do.
pub async fn look(pass: &mut Pass, tx: &mut Tx<'_>, scope: &Scope, rows: Vec<Row>) -> AppResult<Outcome> {
    let decided = decide(pass, tx, scope, rows).await?;
    let unions = decided.plan.new.iter().filter_map(|new| new.union_id.clone());
    let unions = unions.map(|union| mark(&(Way::Union, union)));
    let marks: Vec<u64> = decided.plan.keys.iter().map(|(key, _)| mark(key)).chain(unions).collect();
    pass.remember(marks.into_iter());
    Ok(decided.outcome)
}

/// Does what a part says.
pub async fn take(pass: &Pass, tx: &mut Tx<'_>, scope: &Scope, rows: Vec<Row>) -> AppResult<Outcome> {
    let Decided { plan, fresh, outcome } = decide(pass, tx, scope, rows).await?;
    let now = tx.now();
    let new = |p: &NewPerson| NewImported { name: p.name.clone(), union_id: p.union_id.clone() };
    let new: Vec<NewImported> = plan.new.iter().map(new).collect();
    let made = people::create_imported(tx, scope, &new, now).await?;
    let person = |who: Who| match who {
        Who::Known(place) => (plan.known[place].person.clone(), plan.known[place].person_no),
        Who::New(place) => made[place].clone(),
    };
    let keys: Vec<(Key, String)> = plan.keys.iter().map(|(k, who)| (k.clone(), person(*who).0)).collect();
    people::add_keys(tx, scope, &keys).await?;
    for (place, name) in &plan.renames {
        people::rename_imported(tx, scope, &plan.known[*place].person, name).await?;
    }
    let mut tagged = Vec::new();
    if !fresh.tags.is_empty() {
        let group = (pass.mapping.account_id.as_str(), pass.mapping.tag_group.trim());
        let names: BTreeSet<&str> = fresh.tags.iter().map(|(_, tag)| tag.as_str()).collect();
        let ids = tags::ensure(tx, scope, group, &names).await?;
        let given = |(who, tag): &(Who, String)| Some((person(*who).0, ids.get(tag)?.clone()));
        let pairs: BTreeSet<(String, String)> = fresh.tags.iter().filter_map(given).collect();
        let known: BTreeSet<String> = fresh
            .tags
            .iter()
            .filter(|(who, _)| matches!(who, Who::Known(_)))
            .map(|(who, _)| person(*who).0)
            .collect();
        tagged = tags::give_many(tx, scope, &pairs, &known.into_iter().collect::<Vec<_>>(), "import").await?;
    }
    let imported = made.chunks(PEOPLE_PER_FACT).map(|some| {
        let people = some.iter().map(|(id, _)| id.clone()).collect();
        Fact::PeopleImported { import: pass.id.clone(), people, at: now }
    });
    // Whoever is tagged or on a list must be known first.
    let mut facts: Vec<Fact> = imported.chain(tagged).collect();
    if pass.kind == Kind::List {
        let list = store::ensure_list(tx, scope, &pass.id, pass.mapping.list_name.trim()).await?;
        let persons: BTreeSet<(String, i64)> = plan.steps.iter().map(|s| person(s.who)).collect();
        store::add_to_list(tx, scope, &list, &persons).await?;
        let listed: Vec<String> = persons.into_iter().map(|(id, _)| id).collect();
        facts.extend(listed.chunks(PEOPLE_PER_FACT).map(|some| {
            let (list, people) = (list.clone(), some.to_vec());
            Fact::PeopleListed { list, people, at: now }
        }));
    }
    reactions::on_many(tx, scope, &facts).await?;
    let values = fresh.own.into_iter().map(|((who, place), text)| ((person(who).0, place), text)).collect();
    people::set_values(tx, scope, (&own_fields(pass), "import"), &values).await?;
    Ok(outcome)
}
