//! Tries a rule on the log of facts: what it would have done, without doing it.

use std::collections::{BTreeMap, BTreeSet};

use base::Timestamp;
use base::time::DAY;
use serde::Serialize;
use utoipa::ToSchema;

use super::super::super::model::{Body, Happened, Known, Verdict};
use super::super::super::store::rules;
use crate::kernel::db::Tx;
use crate::kernel::facts;
use crate::kernel::http::{AppResult, Scope};
use crate::people::{self, PersonRow};
use crate::reactions::{self, Fact};

/// Facts that are looked at, so that a trial ends while somebody waits.
const FACTS: usize = 20_000;
const PAGE: i64 = 1_000;
/// Days looked back.
const DAYS: i64 = 30;
const EXAMPLES: usize = 5;

/// What a rule would have done.
#[derive(Debug, Default, Serialize, ToSchema)]
#[schema(as = TagRuleTrial)]
pub struct Trial {
    /// Facts looked at, of any kind.
    pub facts: usize,
    /// The oldest instant that was looked at.
    pub since: i64,
    /// False when there were more facts in 30 days than a trial looks at.
    pub complete: bool,
    /// The trigger came and the conditions held.
    pub hits: usize,
    pub misses: usize,
    /// Different people who would have been tagged.
    pub people: usize,
    /// Some of them, by id.
    pub examples: Vec<String>,
    /// How often each condition was the reason of a miss, in the order of the rule.
    pub failed: Vec<usize>,
    /// The person asked about.
    pub person: Option<TriedPerson>,
}

/// What the rule says about one person.
#[derive(Debug, Serialize, ToSchema)]
pub struct TriedPerson {
    pub id: String,
    pub name: String,
    /// Employees, house accounts and the host crew are never touched.
    pub customer: bool,
    pub hits: usize,
    pub misses: usize,
    /// Whether each condition holds for her today, in the order of the rule; those about an order need one to hold.
    pub today: Vec<bool>,
}

/// Tries a rule on the last 30 days. Tags and groups are those of today; orders and openings those of then.
pub async fn run(
    tx: &mut Tx<'_>,
    scope: &Scope,
    body: &Body,
    person: Option<&PersonRow>,
) -> AppResult<Trial> {
    let (now, mut trial) = (tx.now(), Trial { failed: vec![0; body.conditions.len()], ..Trial::default() });
    let since = Timestamp(now.0 - DAYS * DAY);
    let (mut tagged, mut kinds) = (BTreeSet::new(), BTreeMap::new());
    let mut asked = (0, 0);
    let mut before = i64::MAX;
    trial.since = since.0;
    loop {
        let page = facts::before(tx, scope.tenant(), (before, since), PAGE).await?;
        let Some(last) = page.last() else {
            trial.complete = true;
            break;
        };
        before = last.seq;
        let oldest = last.at;
        for row in &page {
            let Ok(fact) = serde_json::from_str::<Fact>(&row.payload) else {
                trial.facts += 1;
                continue;
            };
            for one in fact.singly().iter() {
                trial.facts += 1;
                let Some((happened, known)) = waking(tx, scope, body, one, &mut kinds).await? else {
                    continue;
                };
                let is_asked = person.is_some_and(|p| p.id == happened.person);
                match body.judge(&known, &happened) {
                    Verdict::Asleep => {}
                    Verdict::Hit => {
                        trial.hits += 1;
                        asked.0 += usize::from(is_asked);
                        tagged.insert(happened.person);
                    }
                    Verdict::Missed(failed) => {
                        trial.misses += 1;
                        asked.1 += usize::from(is_asked);
                        for n in failed {
                            trial.failed[n] += 1;
                        }
                    }
                }
            }
        }
        if trial.facts >= FACTS {
            trial.since = oldest;
            break;
        }
    }
    trial.people = tagged.len();
    trial.examples = tagged.into_iter().take(EXAMPLES).collect();
    if let Some(person) = person {
        trial.person = Some(today(tx, scope, body, (person, asked)).await?);
    }
    Ok(trial)
}

/// The happening of a kept fact and what is known of the person, when it wakes the rule and she counts.
async fn waking(
    tx: &mut Tx<'_>,
    scope: &Scope,
    body: &Body,
    fact: &Fact,
    kinds: &mut BTreeMap<String, bool>,
) -> AppResult<Option<(Happened, Known)>> {
    if !reactions::trigger_words(fact).contains(&body.trigger.word()) {
        return Ok(None);
    }
    let Some(happened) = reactions::happening(tx, scope, fact).await? else { return Ok(None) };
    if !body.trigger.wakes(&happened.what) {
        return Ok(None);
    }
    let customer = match kinds.get(&happened.person) {
        Some(known) => *known,
        None => {
            let customer = rules::is_customer(tx, scope, &happened.person).await?;
            kinds.insert(happened.person.clone(), customer);
            customer
        }
    };
    if !customer {
        return Ok(None);
    }
    let known = rules::known(tx, scope, &happened.person, happened.at).await?;
    Ok(Some((happened, known)))
}

async fn today(
    tx: &mut Tx<'_>,
    scope: &Scope,
    body: &Body,
    (person, (hits, misses)): (&PersonRow, (usize, usize)),
) -> AppResult<TriedPerson> {
    let now = tx.now();
    let known = rules::known(tx, scope, &person.id, now).await?;
    Ok(TriedPerson {
        id: person.id.clone(),
        name: person.name.clone(),
        customer: people::counts(&person.kind),
        hits,
        misses,
        today: body.conditions.iter().map(|c| c.holds(&known, None, now)).collect(),
    })
}
