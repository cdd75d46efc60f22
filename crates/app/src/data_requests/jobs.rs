//! Making a copy, erasing, and giving freed space back.

use base::Timestamp;
use base::time::{DAY, HOUR, MINUTE, SECOND};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde::{Deserialize, Serialize};
use serde_json::json;
use sha2::{Digest as _, Sha256};

use super::model::readable::{self, Reader};
use super::model::{Act, Kind, State};
use super::rows::{FileRow, RequestRow};
use super::store::{self, Keys};
use crate::ctx::JobCtx;
use crate::kernel::audit;
use crate::kernel::db::Tx;
use crate::kernel::facts;
use crate::kernel::http::{AppError, AppResult, Scope};
use crate::kernel::i18n::Locale;
use crate::kernel::jobs::{Job, JobError, JobResult, Lane, Policy};
use crate::privacy::{self, Object};
use crate::reactions::{self, Fact};
use crate::{links, people, tenants};

/// What a copy is sealed with, so that it opens as no other request's.
pub(super) fn about(request: &str) -> String {
    format!("copy of data {request}")
}

/// Makes the copy that was asked for.
#[derive(Debug, Serialize, Deserialize)]
pub struct Copy {
    pub request: String,
}

impl Job for Copy {
    const KIND: &'static str = "data_requests.copy";
    const POLICY: Policy = Policy::BULK;
    fn dedupe(&self) -> Option<String> {
        Some(self.request.clone())
    }
    async fn run(&self, ctx: &mut JobCtx) -> JobResult {
        let scope = ctx.scope().clone();
        let mut tx = ctx.read().await?;
        let request = store::get(&mut tx, &scope, &self.request).await?;
        if request.kind() != Kind::Access || request.state() != State::InWork {
            return Ok(());
        }
        let tenant = tenants::get(&mut tx, &scope).await?;
        let keys = store::keys_of(&mut tx, &scope, &request.person_id).await?;
        let found = store::gather(&mut tx, &scope, &keys).await?;
        let days = privacy::days_of(&mut tx, &scope, Object::Exports).await?;
        drop(tx);
        let made_at = ctx.now();
        let reader = Reader {
            company: &tenant.name,
            locale: Locale::negotiate(&request.locale),
            zone: tenant.tenant_zone(),
            made_at,
        };
        let bytes = readable::archive(&found, &reader).map_err(|e| JobError::from(AppError::fault(e)))?;
        let plain = base::Secret::new(BASE64_STANDARD.encode(&bytes));
        let file = FileRow {
            tenant_id: scope.tenant().to_owned(),
            request_id: self.request.clone(),
            sealed: ctx.sealer().seal(ctx.ids(), &about(&self.request), &plain),
            digest: hex::encode(Sha256::digest(&bytes)),
            bytes: i64::try_from(bytes.len()).unwrap_or(i64::MAX),
            made_at: made_at.0,
            expires_at: made_at.plus(days * DAY).0,
            fetched: 0,
        };
        let mut tx = ctx.begin().await?;
        let request = store::get(&mut tx, &scope, &self.request).await?;
        if request.state() != State::InWork {
            return Ok(());
        }
        store::keep_file(&mut tx, &scope, &file).await?;
        store::note_step(&mut tx, &scope, &self.request, ("", "file_made", &file.digest)).await?;
        store::act(&mut tx, &scope, &request, (Act::Finish, "", "")).await?;
        tx.commit().await?;
        Ok(())
    }
}

/// Erases a person. Begins with the tombstones, so that nothing brings her back while it goes on; rewrites the log of
/// facts in portions; then does everything else in one transaction with the certificate.
#[derive(Debug, Serialize, Deserialize)]
pub struct Erase {
    pub request: String,
}

/// Facts looked through in one transaction.
const PORTION: i64 = 20_000;

impl Job for Erase {
    const KIND: &'static str = "data_requests.erase";
    const POLICY: Policy = Policy { lane: Lane::Bulk, attempts: 20, time_limit: 10 * MINUTE };
    fn dedupe(&self) -> Option<String> {
        Some(self.request.clone())
    }
    async fn run(&self, ctx: &mut JobCtx) -> JobResult {
        let scope = ctx.scope().clone();
        let mut tx = ctx.begin().await?;
        let request = store::get(&mut tx, &scope, &self.request).await?;
        if request.kind() != Kind::Erase || request.state() != State::InWork {
            return Ok(());
        }
        let alias = store::ensure_alias(&mut tx, &scope, &request).await?;
        let keys = store::keys_of(&mut tx, &scope, &request.person_id).await?;
        for known in keys.known_by() {
            privacy::bury(&mut tx, &scope, &self.request, known).await?;
        }
        links::forget_ties(&mut tx, &scope, &request.person_id).await?;
        tx.commit().await?;
        let mut seen = 0;
        let mut rewritten = 0;
        loop {
            let mut tx = ctx.begin().await?;
            let last = facts::last_seq(&mut tx, scope.tenant()).await?;
            let to = last.min(seen + PORTION);
            rewritten += store::rewrite_facts(&mut tx, &scope, (&keys, &alias), (seen, to)).await?;
            tx.commit().await?;
            seen = to;
            if to == last {
                break;
            }
        }
        let mut tx = ctx.begin().await?;
        let request = store::get(&mut tx, &scope, &self.request).await?;
        let now = store::keys_of(&mut tx, &scope, &request.person_id).await?;
        if now.persons != keys.persons {
            let words = "she was joined with or parted from somebody meanwhile".to_owned();
            return Err(JobError::RetryAt(tx.now().plus(5 * SECOND), words));
        }
        let keys = now;
        if store::texts_in_flight(&mut tx, &scope, &keys).await? {
            let words = "something that speaks of her is being worked on".to_owned();
            return Err(JobError::RetryAt(tx.now().plus(5 * SECOND), words));
        }
        finish(&mut tx, &scope, (&request, &keys, &alias), (seen, rewritten)).await?;
        tx.commit().await?;
        Ok(())
    }
}

/// The last step: the tail of the facts, every table, the certificate.
async fn finish(
    tx: &mut Tx<'_>,
    scope: &Scope,
    (request, keys, alias): (&RequestRow, &Keys, &str),
    (seen, rewritten): (i64, u64),
) -> AppResult<()> {
    // Contacts may have come since the first step.
    for known in keys.known_by() {
        privacy::bury(tx, scope, &request.id, known).await?;
    }
    let person_no = store::person_no(tx, scope, &request.person_id).await?;
    let last = facts::last_seq(tx, scope.tenant()).await?;
    let tail = store::rewrite_facts(tx, scope, (keys, alias), (seen, last)).await?;
    let mut tables = store::forget_texts(tx, scope, keys).await?;
    people::forget_joinings(tx, scope, &keys.persons).await?;
    people::forget_names(tx, scope, &keys.persons).await?;
    tables.extend(store::erase_rows(tx, scope, keys, alias).await?);
    let facts_touched = store::Erased { replaced: rewritten + tail, ..store::Erased::default() };
    tables.insert("facts", facts_touched);
    tables.retain(|_, done| *done != store::Erased::default());
    let now = tx.now();
    let (stand, _) = privacy::tombstones(tx, scope, &request.id).await?;
    let certificate = json!({
        "request": request.id, "received_at": Timestamp(request.received_at).rfc3339(),
        "erased_at": now.rfc3339(), "alias": alias, "tables": tables, "tombstones": stand,
        "kept_without_identity": ["amounts of orders", "credits", "counts", "stays in groups"],
        "outside": ["the messaging platform keeps its own copy: remarks, tags and chats there are deleted there"],
    });
    let body = serde_json::to_string_pretty(&certificate)?;
    let digest = hex::encode(Sha256::digest(body.as_bytes()));
    store::keep_certificate(tx, scope, &request.id, (&body, &digest)).await?;
    store::note_step(tx, scope, &request.id, ("", "erased", &digest)).await?;
    store::act(tx, scope, request, (Act::Finish, "", "")).await?;
    audit::record_system(tx, scope, "data request", "data_requests.erased", &request.id).await?;
    let fact = Fact::PersonErased { person: alias.to_owned(), person_no, at: now };
    reactions::on(tx, scope, &fact).await?;
    tx.enqueue_at(scope.tenant(), &Compact {}, next_night(now)).await
}

/// The next four o'clock in China, half an hour after the nightly mirrors have begun.
fn next_night(now: Timestamp) -> Timestamp {
    let today = Timestamp(now.0.div_euclid(DAY) * DAY + 20 * HOUR);
    if today > now { today } else { today.plus(DAY) }
}

/// Gives the space of deleted rows back, so that nothing of them can be read from the store's file.
#[derive(Debug, Serialize, Deserialize)]
pub struct Compact {}

impl Job for Compact {
    const KIND: &'static str = "data_requests.compact";
    const POLICY: Policy = Policy { lane: Lane::Bulk, attempts: 8, time_limit: 30 * MINUTE };
    fn dedupe(&self) -> Option<String> {
        Some(String::new())
    }
    async fn run(&self, ctx: &mut JobCtx) -> JobResult {
        Ok(ctx.compact().await?)
    }
}
