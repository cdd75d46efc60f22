//! Writing an export page by page, and forgetting it after a week.

use serde::{Deserialize, Serialize};

use super::model::{Contacts, Filter, State, What};
use super::rows::ExportRow;
use super::store::lists::{self, Asked};
use super::{about_part, store};
use crate::ctx::JobCtx;
use crate::kernel::db::Tx;
use crate::kernel::http::{AppError, AppResult, Scope};
use crate::kernel::jobs::{Job, JobResult, Policy};
use crate::people::{self, OwnField};
use crate::tenants;

/// Pages of one run of the job.
const PAGES: usize = 60;

/// Writes an export, going on behind the last page.
#[derive(Debug, Serialize, Deserialize)]
pub struct Write {
    pub export: String,
}

impl Job for Write {
    const KIND: &'static str = "exports.write";
    const POLICY: Policy = Policy::BULK;

    fn dedupe(&self) -> Option<String> {
        Some(self.export.clone())
    }

    async fn run(&self, ctx: &mut JobCtx) -> JobResult {
        for _ in 0..PAGES {
            if !self.page(ctx).await? {
                return Ok(());
            }
        }
        let scope = ctx.scope().clone();
        let mut tx = ctx.begin().await?;
        tx.enqueue(scope.tenant(), &Self { export: self.export.clone() }).await?;
        tx.commit().await?;
        Ok(())
    }
}

impl Write {
    /// Writes the page that is due; false when there is no more to do.
    async fn page(&self, ctx: &mut JobCtx) -> AppResult<bool> {
        let scope = ctx.scope().clone();
        let (sealer, ids) = (ctx.sealer().clone(), ctx.shared_ids());
        let mut tx = ctx.read().await?;
        let export = store::get(&mut tx, &scope, &self.export).await?;
        if State::parse(&export.state) != State::Running {
            return Ok(false);
        }
        let what = What::parse(&export.what).ok_or_else(|| AppError::fault("an export of no list"))?;
        let filter: Filter = serde_json::from_str(&export.filter)?;
        let index = match what {
            What::Segment | What::FrozenList => {
                // The index catches up in a session of its own.
                drop(tx);
                let index = ctx.people_index().await?;
                tx = ctx.read().await?;
                Some(index)
            }
            _ => None,
        };
        let zone = tenants::get(&mut tx, &scope).await?.tenant_zone();
        let contacts = if export.with_contacts { Contacts::Shown } else { Contacts::Left };
        let own = own_fields(&mut tx, &scope, &export).await?;
        let (filter, zone) = (&filter, &zone);
        let asked = Asked { what, filter, contacts, own: &own, zone, index: index.as_deref() };
        // The job may see everything; the list is seen as whoever asked for it sees it.
        let narrowed = scope.clone().narrowed(&export.reach);
        let (rows, next) = lists::page(&mut tx, &narrowed, &asked, &export.next_cursor).await?;
        drop(tx);
        let plain = base::Secret::new(serde_json::to_string(&rows)?);
        let sealed = sealer.seal(&ids, &about_part(&export.id, export.parts), &plain);
        let mut tx = ctx.begin().await?;
        let written =
            store::add_part(&mut tx, &scope, &export, (rows.len(), &sealed), next.as_deref()).await?;
        tx.commit().await?;
        Ok(written && next.is_some())
    }
}

/// The own fields that were columns when the file was asked for, in their order then; fields are never deleted.
async fn own_fields(tx: &mut Tx<'_>, scope: &Scope, export: &ExportRow) -> AppResult<Vec<OwnField>> {
    let columns = export.own_columns()?;
    let known = people::own_fields(tx, scope).await?;
    let field = |id: &str| known.iter().find(|field| field.id == id).cloned();
    let gone = || AppError::fault("an own field of an export is gone");
    columns.iter().map(|column| field(&column.id).ok_or_else(gone)).collect()
}

/// Forgets files whose week is over.
#[derive(Debug, Serialize, Deserialize)]
pub struct Expire {}

impl Job for Expire {
    const KIND: &'static str = "exports.expire";
    const POLICY: Policy = Policy::BULK;

    fn dedupe(&self) -> Option<String> {
        Some(String::new())
    }

    async fn run(&self, ctx: &mut JobCtx) -> JobResult {
        let scope = ctx.scope().clone();
        let mut tx = ctx.begin().await?;
        store::expire(&mut tx, &scope).await?;
        tx.commit().await?;
        Ok(())
    }
}
