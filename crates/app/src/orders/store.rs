//! Every query of the orders.

mod erased;
mod owners;
mod source;

use base::{Day, Fen, Timestamp};

pub use owners::owners_among;
pub use source::{Renew, hook_secret};
pub(super) use source::{about, import_of, note_import, note_received, source, source_by_key};

use super::model::{Effect, Held, Incoming, OrderRefusal, RowProblem, Status, effect};
use super::rows::OrderRow;
use crate::args;
use crate::kernel::db::{DbResult, Tx};
use crate::kernel::http::{AppError, AppResult, Paging, Scope};
use crate::reactions::{self, Fact};
use crate::tenants;

/// A query of orders; the rest says which.
macro_rules! select_order {
    ($rest:literal) => {
        concat!(
            "SELECT id, source, order_no, person_id, union_id, external_id, mobile, amount_fen, paid_fen, refunded_fen,
                 paid_at, refunded_at, day, items, status, received_at
             FROM orders_order o ",
            $rest
        )
    };
}

/// What taking a message did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    Created,
    Changed,
    Unchanged,
}

/// Takes one message about an order and hands what is new to the facts.
///
/// # Errors
/// [`OrderRefusal::Row`] when the message contradicts the order we have.
pub async fn take(tx: &mut Tx<'_>, scope: &Scope, incoming: &Incoming) -> AppResult<Taken> {
    let incoming = &erased::without(tx, scope, incoming).await?;
    let held = by_number(tx, scope, &incoming.source, &incoming.order_no).await?;
    let known = held.as_ref().map(|o| Held { paid: Fen(o.paid_fen), refunded: Fen(o.refunded_fen) });
    match effect(known, incoming).map_err(|problem| OrderRefusal::Row { problem })? {
        Effect::Placed { refunded } => place(tx, scope, incoming, refunded).await,
        Effect::Refunded { by } => match held {
            Some(held) => refund(tx, scope, (&held, incoming), by).await,
            None => Err(AppError::fault("a refund of an order that isn't there")),
        },
        Effect::Nothing => match held {
            Some(held) => tie_late(tx, scope, &held, incoming).await,
            None => Ok(Taken::Unchanged),
        },
    }
}

/// What a message would do, without doing it.
pub async fn would_take(
    tx: &mut Tx<'_>,
    scope: &Scope,
    incoming: &Incoming,
) -> AppResult<Result<Taken, RowProblem>> {
    let held = by_number(tx, scope, &incoming.source, &incoming.order_no).await?;
    let known = held.map(|o| Held { paid: Fen(o.paid_fen), refunded: Fen(o.refunded_fen) });
    Ok(effect(known, incoming).map(|effect| match effect {
        Effect::Placed { .. } => Taken::Created,
        Effect::Refunded { .. } => Taken::Changed,
        Effect::Nothing => Taken::Unchanged,
    }))
}

async fn place(tx: &mut Tx<'_>, scope: &Scope, incoming: &Incoming, refunded: Fen) -> AppResult<Taken> {
    let tenant = tenants::get(tx, scope).await?;
    let day = tenant.tenant_zone().business_day(incoming.paid_at, tenant.day_cut_minutes);
    let person = person_of(tx, scope, incoming).await?;
    let (id, now) = (tx.new_id("ord"), tx.now());
    let refunded_at = refund_instant(incoming, refunded, now);
    let status = if refunded.0 > 0 { Status::Refunded } else { Status::Paid };
    let fresh = tx
        .exec(
            "INSERT INTO orders_order (tenant_id, id, source, order_no, person_id, union_id, external_id, mobile,
                amount_fen, paid_fen, refunded_fen, paid_at, refunded_at, day, items, status, search, received_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)
             ON CONFLICT (tenant_id, source, order_no) DO NOTHING",
            args![
                scope.tenant(),
                &id,
                &incoming.source,
                &incoming.order_no,
                person.clone(),
                &incoming.union_id,
                &incoming.external_id,
                &incoming.mobile,
                incoming.amount,
                incoming.paid,
                refunded,
                incoming.paid_at,
                refunded_at,
                day,
                serde_json::to_string(&incoming.items)?,
                status.word(),
                search_of(incoming),
                now
            ],
        )
        .await?;
    if fresh == 0 {
        // Another delivery of the same order was quicker by a moment; it is a different one only if it says so later.
        return Ok(Taken::Unchanged);
    }
    if !incoming.mobile.is_empty() {
        tx.enqueue(scope.tenant(), &super::jobs::LearnPhone { order: id.clone() }).await?;
    }
    let at = incoming.paid_at;
    let fact = Fact::OrderPlaced { order: id.clone(), person: person.clone(), paid: incoming.paid, at };
    reactions::on(tx, scope, &fact).await?;
    if refunded.0 > 0 {
        let fact = Fact::OrderRefunded { order: id, person, refunded, at: refunded_at };
        reactions::on(tx, scope, &fact).await?;
    }
    Ok(Taken::Created)
}

fn search_of(incoming: &Incoming) -> String {
    let names: Vec<&str> = incoming.items.iter().map(|item| item.name.as_str()).collect();
    format!("{} {} {}", incoming.order_no, incoming.mobile, names.join(" ")).to_lowercase()
}

/// When the money went back: what the message says, else when we heard of it. Nothing went back: 0.
fn refund_instant(incoming: &Incoming, refunded: Fen, now: Timestamp) -> Timestamp {
    match (refunded.0, incoming.refunded_at.0) {
        (0, _) => Timestamp(0),
        (_, 0) => now,
        (_, _) => incoming.refunded_at,
    }
}

async fn refund(
    tx: &mut Tx<'_>,
    scope: &Scope,
    (held, incoming): (&OrderRow, &Incoming),
    by: Fen,
) -> AppResult<Taken> {
    let at = refund_instant(incoming, by, tx.now());
    let touched = tx
        .exec(
            "UPDATE orders_order SET refunded_fen = $3, refunded_at = $4, status = 'refunded'
             WHERE tenant_id = $1 AND id = $2 AND refunded_fen = $5",
            args![scope.tenant(), &held.id, incoming.refunded, at, held.refunded_fen],
        )
        .await?;
    if touched == 0 {
        return Ok(Taken::Unchanged);
    }
    let fact =
        Fact::OrderRefunded { order: held.id.clone(), person: held.person_id.clone(), refunded: by, at };
    reactions::on(tx, scope, &fact).await?;
    Ok(Taken::Changed)
}

/// A repeated message may find a person who was unknown when the order came.
async fn tie_late(tx: &mut Tx<'_>, scope: &Scope, held: &OrderRow, incoming: &Incoming) -> AppResult<Taken> {
    if held.person_id.is_some() {
        return Ok(Taken::Unchanged);
    }
    let Some(person) = person_of(tx, scope, incoming).await? else { return Ok(Taken::Unchanged) };
    match tie_known(tx, scope, held, &person).await? {
        true => Ok(Taken::Changed),
        false => Ok(Taken::Unchanged),
    }
}

/// The buyer: by the platform's universal id, else by her contact id.
async fn person_of(tx: &mut Tx<'_>, scope: &Scope, incoming: &Incoming) -> DbResult<Option<String>> {
    if !incoming.union_id.is_empty() {
        let row: Option<(String,)> = tx
            .opt(
                "SELECT id FROM people_person WHERE tenant_id = $1 AND union_id = $2",
                args![scope.tenant(), &incoming.union_id],
            )
            .await?;
        if let Some((person,)) = row {
            return Ok(Some(person));
        }
    }
    if incoming.external_id.is_empty() {
        return Ok(None);
    }
    let row: Option<(String,)> = tx
        .opt(
            "SELECT c.person_id FROM accounts_account a JOIN people_contact c ON c.tenant_id = a.tenant_id
                AND c.account_id = a.id AND c.external_id = $2 AND c.is_staff = FALSE
             WHERE a.tenant_id = $1 ORDER BY c.id LIMIT 1",
            args![scope.tenant(), &incoming.external_id],
        )
        .await?;
    match row {
        Some((person,)) => Ok(Some(person)),
        None => owners::imported_as(tx, scope, &incoming.external_id).await,
    }
}

/// Gives a person the orders that came before she was known, and answers them; the caller hands them to the facts.
pub async fn adopt(tx: &mut Tx<'_>, scope: &Scope, person: &str) -> AppResult<Vec<OrderRow>> {
    let orphans: Vec<OrderRow> = tx
        .all(
            select_order!(
                "WHERE tenant_id = $1 AND person_id IS NULL AND (
                    (union_id <> '' AND union_id = (SELECT p.union_id FROM people_person p
                        WHERE p.tenant_id = $1 AND p.id = $2))
                    OR (external_id <> '' AND external_id IN (SELECT c.external_id FROM people_contact c
                        WHERE c.tenant_id = $1 AND c.person_id = $2 AND c.is_staff = FALSE))
                    OR (external_id <> '' AND external_id IN (SELECT k.value FROM people_import_key k
                        WHERE k.tenant_id = $1 AND k.person_id = $2 AND k.way = 'external')))
                 ORDER BY paid_at, id LIMIT 200"
            ),
            args![scope.tenant(), person],
        )
        .await?;
    let mut adopted = Vec::new();
    for order in orphans {
        if !tie(tx, scope, &order, person).await? {
            continue;
        }
        if !order.mobile.is_empty() {
            tx.enqueue(scope.tenant(), &super::jobs::LearnPhone { order: order.id.clone() }).await?;
        }
        adopted.push(order);
    }
    Ok(adopted)
}

/// Gives an order to the person who turned out to be its buyer; false when it was somebody's already.
pub(super) async fn tie_known(
    tx: &mut Tx<'_>,
    scope: &Scope,
    order: &OrderRow,
    person: &str,
) -> AppResult<bool> {
    if !tie(tx, scope, order, person).await? {
        return Ok(false);
    }
    let fact = Fact::OrderTied { order: order.id.clone(), person: person.to_owned(), at: tx.now() };
    reactions::on(tx, scope, &fact).await?;
    Ok(true)
}

/// Whether the order had no owner and has one now: somebody else may have been quicker.
async fn tie(tx: &mut Tx<'_>, scope: &Scope, order: &OrderRow, person: &str) -> DbResult<bool> {
    let touched = tx
        .exec(
            "UPDATE orders_order SET person_id = $3 WHERE tenant_id = $1 AND id = $2 AND person_id IS NULL",
            args![scope.tenant(), &order.id, person],
        )
        .await?;
    Ok(touched == 1)
}

async fn by_number(tx: &mut Tx<'_>, scope: &Scope, source: &str, number: &str) -> DbResult<Option<OrderRow>> {
    tx.opt(
        select_order!("WHERE tenant_id = $1 AND source = $2 AND order_no = $3"),
        args![scope.tenant(), source, number],
    )
    .await
}

/// An order, whoever asks: for slices below.
pub async fn by_id(tx: &mut Tx<'_>, scope: &Scope, id: &str) -> DbResult<Option<OrderRow>> {
    tx.opt(select_order!("WHERE tenant_id = $1 AND id = $2"), args![scope.tenant(), id]).await
}

/// Orders that a person paid in a window, both ends inclusive.
pub async fn of_person(
    tx: &mut Tx<'_>,
    scope: &Scope,
    person: &str,
    (from, to): (Timestamp, Timestamp),
) -> DbResult<Vec<OrderRow>> {
    tx.all(
        select_order!(
            "WHERE tenant_id = $1 AND person_id = $2 AND paid_at >= $3 AND paid_at <= $4
             ORDER BY paid_at, id"
        ),
        args![scope.tenant(), person, from, to],
    )
    .await
}

/// What a list of orders is narrowed to. Empty and zero mean: all.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    pub pattern: String,
    pub person: String,
    pub status: String,
    pub from_day: i64,
    pub to_day: i64,
}

/// Orders, newest first. Whoever sees only her groups sees the orders of people who are or were in them.
pub async fn list(tx: &mut Tx<'_>, scope: &Scope, page: &Paging, filter: &Filter) -> DbResult<Vec<OrderRow>> {
    tx.all(
        select_order!(
            "WHERE tenant_id = $1 AND ($3 = '' OR id < $3) AND search LIKE $4 ESCAPE '!'
               AND ($5 = '' OR person_id = $5) AND ($6 = '' OR status = $6) AND day >= $7 AND ($8 = 0 OR day <= $8)
               AND ($2 = '' OR EXISTS (SELECT 1 FROM groups_membership m JOIN groups_duty d ON d.tenant_id = m.tenant_id
                    AND d.group_id = m.group_id AND d.staff_id = $2
                    WHERE m.tenant_id = o.tenant_id AND m.person_id = o.person_id))
             ORDER BY id DESC LIMIT $9"
        ),
        args![
            scope.tenant(),
            scope.reach_key(),
            &page.after,
            &filter.pattern,
            &filter.person,
            &filter.status,
            filter.from_day,
            filter.to_day,
            page.probe()
        ],
    )
    .await
}

/// Orders and money per day, for a quick look. (orders, paid, refunded)
pub(super) async fn totals(
    tx: &mut Tx<'_>,
    scope: &Scope,
    (from, to): (Day, Day),
) -> DbResult<(i64, i64, i64)> {
    tx.one(
        "SELECT CAST(COUNT(*) AS BIGINT), CAST(COALESCE(SUM(paid_fen), 0) AS BIGINT),
            CAST(COALESCE(SUM(refunded_fen), 0) AS BIGINT)
         FROM orders_order WHERE tenant_id = $1 AND day >= $2 AND day <= $3",
        args![scope.tenant(), from, to],
    )
    .await
}
