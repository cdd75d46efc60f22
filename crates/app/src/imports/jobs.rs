//! The dry run and the run of an import, part by part: each part is one transaction that also moves the mark, so that a
//! crash costs at most one part and nothing is taken twice. And forgetting files a week after their end.

mod orders;
mod people;

use std::collections::{HashMap, HashSet};

use base::{Day, TenantZone, Timestamp};
use serde::{Deserialize, Serialize};

use super::model::{Bad, Counts, Field, KEPT_FOR, Kind, Mapping, Row, State};
use super::rows::ImportRow;
use super::{about_part, store};
use crate::ctx::JobCtx;
use crate::kernel::http::{AppError, AppResult, Scope};
use crate::kernel::jobs::{Job, JobResult, Policy};
use crate::kernel::seal::Sealer;
use crate::people::{self as persons, OwnField};
use crate::tenants;

/// Parts of one run of a job: some ten seconds, far from the lane's limit.
const CHECK_PARTS: usize = 500;
const RUN_PARTS: usize = 60;
/// Keys that a dry run remembers so as to know rows that come twice: eight bytes each.
const MOST_MARKS: usize = 4_000_000;

/// What the parts of one file have in common.
struct Pass {
    id: String,
    kind: Kind,
    mapping: Mapping,
    places: HashMap<Field, usize>,
    /// Columns that hold own fields of people.
    own: Vec<(usize, OwnField)>,
    zone: TenantZone,
    now: Timestamp,
    sealer: Sealer,
    state: State,
    /// Keys that earlier parts of this dry run would have brought.
    seen: HashSet<u64>,
}

/// What one part did.
#[derive(Default)]
struct Outcome {
    counts: Counts,
    bad: Vec<(u32, Bad)>,
}

/// Whether there is more to do.
#[derive(PartialEq, Eq)]
enum Next {
    More,
    Over,
}

impl Pass {
    /// `None` when the import is not in that state any more.
    async fn open(ctx: &mut JobCtx, id: &str, state: State) -> AppResult<Option<Self>> {
        let scope = ctx.scope().clone();
        let (sealer, now) = (ctx.sealer().clone(), ctx.now());
        let mut tx = ctx.read().await?;
        let import = store::get(&mut tx, &scope, id).await?;
        if State::parse(&import.state) != state {
            return Ok(None);
        }
        let zone = tenants::get(&mut tx, &scope).await?.tenant_zone();
        let mapping: Mapping = serde_json::from_str(&import.mapping)?;
        let kind = Kind::parse(&import.kind).ok_or_else(|| AppError::fault("an import of no kind"))?;
        let (places, id) = (mapping.places(), import.id);
        let known = match mapping.own().is_empty() {
            true => Vec::new(),
            false => persons::own_fields(&mut tx, &scope).await?,
        };
        let field = |id: &str| known.iter().find(|field| field.id == id).cloned();
        let own = mapping.own().into_iter().filter_map(|(column, id)| Some((column, field(id)?))).collect();
        Ok(Some(Self { id, kind, mapping, places, own, zone, now, sealer, state, seen: HashSet::new() }))
    }

    fn today(&self) -> Day {
        self.zone.day_of(self.now)
    }

    /// Does the part that is due, whichever that is by now.
    async fn step(&mut self, ctx: &mut JobCtx) -> AppResult<Next> {
        let scope = ctx.scope().clone();
        let mut tx = ctx.read().await?;
        let import = store::get(&mut tx, &scope, &self.id).await?;
        if State::parse(&import.state) != self.state {
            return Ok(Next::Over);
        }
        if import.next_part >= import.parts {
            drop(tx);
            self.end(ctx, &scope).await?;
            return Ok(Next::Over);
        }
        let sealed = store::part(&mut tx, &scope, &self.id, import.next_part).await?;
        drop(tx);
        let rows = self.rows(import.next_part, &sealed)?;
        match self.state {
            State::Checking => self.check(ctx, &scope, &import, rows).await,
            _ => self.take(ctx, &scope, &import, rows).await,
        }
    }

    fn rows(&self, part: i64, sealed: &str) -> AppResult<Vec<Row>> {
        let plain = self.sealer.open(&about_part(&self.id, part), sealed);
        let plain = plain.ok_or_else(|| AppError::fault("a part of an import doesn't open"))?;
        Ok(serde_json::from_str(plain.reveal())?)
    }

    /// Looks at a part and writes only what it found.
    async fn check(
        &mut self,
        ctx: &mut JobCtx,
        scope: &Scope,
        import: &ImportRow,
        rows: Vec<Row>,
    ) -> AppResult<Next> {
        let mut tx = ctx.read().await?;
        let outcome = match self.kind {
            Kind::Orders => orders::look(self, &mut tx, scope, rows).await?,
            _ => people::look(self, &mut tx, scope, rows).await?,
        };
        drop(tx);
        let mut tx = ctx.begin().await?;
        if !store::claim_part(&mut tx, scope, &self.id, (self.state, import.next_part)).await? {
            return Ok(Next::Over);
        }
        let mut counts = counts(&import.checked);
        store::add_bad(&mut tx, scope, (&self.id, "check"), (listed(&counts), &outcome.bad)).await?;
        counts.add(&outcome.counts);
        store::set_checked(&mut tx, scope, &self.id, &counts).await?;
        tx.commit().await?;
        Ok(Next::More)
    }

    /// Takes a part: everything it brings and the mark behind it, or nothing.
    async fn take(
        &mut self,
        ctx: &mut JobCtx,
        scope: &Scope,
        import: &ImportRow,
        rows: Vec<Row>,
    ) -> AppResult<Next> {
        let mut tx = ctx.begin().await?;
        if !store::claim_part(&mut tx, scope, &self.id, (self.state, import.next_part)).await? {
            return Ok(Next::Over);
        }
        let outcome = match self.kind {
            Kind::Orders => orders::take(self, &mut tx, scope, rows).await?,
            _ => people::take(self, &mut tx, scope, rows).await?,
        };
        // Nobody else moves the counts while this transaction holds the mark.
        let mut counts = counts(&store::get(&mut tx, scope, &self.id).await?.taken);
        store::add_bad(&mut tx, scope, (&self.id, "run"), (listed(&counts), &outcome.bad)).await?;
        counts.add(&outcome.counts);
        store::set_taken(&mut tx, scope, &self.id, &counts).await?;
        tx.commit().await?;
        Ok(Next::More)
    }

    async fn end(&self, ctx: &mut JobCtx, scope: &Scope) -> AppResult<()> {
        let to = if self.state == State::Checking { State::Checked } else { State::Done };
        let mut tx = ctx.begin().await?;
        store::end_pass(&mut tx, scope, &self.id, (self.state, to)).await?;
        if to == State::Done && self.kind != Kind::Orders {
            tx.enqueue(scope.tenant(), &crate::people::jobs::FileNames {}).await?;
        }
        Ok(tx.commit().await?)
    }

    fn remember(&mut self, marks: impl Iterator<Item = u64>) {
        for mark in marks {
            if self.seen.len() >= MOST_MARKS {
                return;
            }
            self.seen.insert(mark);
        }
    }
}

/// Counts as they are kept.
fn counts(json: &str) -> Counts {
    serde_json::from_str(json).unwrap_or_default()
}

/// Rows that the report lists already.
const fn listed(counts: &Counts) -> i64 {
    counts.bad + counts.erased
}

/// Looks at every row of a file without taking any.
#[derive(Debug, Serialize, Deserialize)]
pub struct Check {
    pub import: String,
}

impl Job for Check {
    const KIND: &'static str = "imports.check";
    const POLICY: Policy = Policy::BULK;

    fn dedupe(&self) -> Option<String> {
        Some(self.import.clone())
    }

    async fn run(&self, ctx: &mut JobCtx) -> JobResult {
        let Some(mut pass) = Pass::open(ctx, &self.import, State::Checking).await? else { return Ok(()) };
        for _ in 0..CHECK_PARTS {
            if pass.step(ctx).await? == Next::Over {
                return Ok(());
            }
        }
        let scope = ctx.scope().clone();
        let mut tx = ctx.begin().await?;
        tx.enqueue(scope.tenant(), &Self { import: self.import.clone() }).await?;
        tx.commit().await?;
        Ok(())
    }
}

/// Takes a file, going on behind the last committed part.
#[derive(Debug, Serialize, Deserialize)]
pub struct Run {
    pub import: String,
}

impl Job for Run {
    const KIND: &'static str = "imports.run";
    const POLICY: Policy = Policy::BULK;

    fn dedupe(&self) -> Option<String> {
        Some(self.import.clone())
    }

    async fn run(&self, ctx: &mut JobCtx) -> JobResult {
        let Some(mut pass) = Pass::open(ctx, &self.import, State::Running).await? else { return Ok(()) };
        for _ in 0..RUN_PARTS {
            if pass.step(ctx).await? == Next::Over {
                return Ok(());
            }
        }
        let scope = ctx.scope().clone();
        let mut tx = ctx.begin().await?;
        tx.enqueue(scope.tenant(), &Self { import: self.import.clone() }).await?;
        tx.commit().await?;
        Ok(())
    }
}

/// Forgets the rows of files a week after their last step, whatever became of them.
#[derive(Debug, Serialize, Deserialize)]
pub struct Prune {}

impl Job for Prune {
    const KIND: &'static str = "imports.prune";
    const POLICY: Policy = Policy::BULK;

    fn dedupe(&self) -> Option<String> {
        Some(String::new())
    }

    async fn run(&self, ctx: &mut JobCtx) -> JobResult {
        let (scope, before) = (ctx.scope().clone(), ctx.now().minus(KEPT_FOR));
        let mut tx = ctx.begin().await?;
        for (id, state) in store::stale(&mut tx, &scope, before.0).await? {
            match State::parse(&state) {
                State::Reading => store::note_failed(&mut tx, &scope, &id, "imports.gone").await?,
                _ => store::purge(&mut tx, &scope, &id).await?,
            }
        }
        tx.commit().await?;
        Ok(())
    }
}
