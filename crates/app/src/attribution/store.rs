//! Touches, candidates and credits.

use std::collections::BTreeMap;

use base::{Fen, Timestamp};
use serde::Serialize;
use utoipa::ToSchema;

use super::model::{Touch, Windows, assign};
use super::rows::{CandidateRow, CreditRow, TouchRow};
use crate::args;
use crate::kernel::db::{DbResult, Tx};
use crate::kernel::http::{AppResult, Scope};
use crate::links::{self, Surface};
use crate::{orders, tenants};

/// Keeps a person's touch and assigns again what she paid since: an opening may be settled after the order it led to.
pub async fn note_touch(tx: &mut Tx<'_>, scope: &Scope, person: &str, touch: &NewTouch<'_>) -> AppResult<()> {
    // A link with a group is a group post; only others need a look.
    let surface = match touch.group {
        Some(_) => Surface::GroupPost,
        None => links::by_id(tx, scope, touch.link)
            .await?
            .and_then(|l| Surface::parse(&l.surface))
            .unwrap_or_default(),
    };
    tx.exec(
        "INSERT INTO attribution_touch (tenant_id, person_id, at, link_id, surface, post_id, group_id)
         VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (tenant_id, person_id, at, link_id) DO NOTHING",
        args![scope.tenant(), person, touch.at, touch.link, surface.word(), touch.post, touch.group],
    )
    .await?;
    let windows = windows(tx, scope).await?;
    let until = touch.at.plus(windows.of(surface));
    for order in orders::of_person(tx, scope, person, (touch.at, until)).await? {
        place(tx, scope, (&order.id, person), (Fen(order.paid_fen), Timestamp(order.paid_at))).await?;
    }
    Ok(())
}

/// An opening as the facts tell it.
#[derive(Clone, Copy, Debug)]
pub struct NewTouch<'a> {
    pub link: &'a str,
    pub post: Option<&'a str>,
    pub group: Option<&'a str>,
    pub at: Timestamp,
}

/// Credits an order to the last touch of its buyer. Repeating it changes nothing.
pub async fn assign_order(
    tx: &mut Tx<'_>,
    scope: &Scope,
    (order, person): (&str, &str),
    (paid, paid_at): (Fen, Timestamp),
) -> AppResult<()> {
    place(tx, scope, (order, person), (paid, paid_at)).await
}

async fn place(
    tx: &mut Tx<'_>,
    scope: &Scope,
    (order, person): (&str, &str),
    (paid, paid_at): (Fen, Timestamp),
) -> AppResult<()> {
    let windows = windows(tx, scope).await?;
    let touches = touches_of(tx, scope, person, (paid_at.minus(windows.longest()), paid_at)).await?;
    let candidates = assign(&touches, paid_at, &windows);
    tx.exec(
        "DELETE FROM attribution_candidate WHERE tenant_id = $1 AND order_id = $2",
        args![scope.tenant(), order],
    )
    .await?;
    let rows = candidates.iter().enumerate().map(|(place, touch)| {
        args![
            scope.tenant(),
            order,
            touch.at,
            &touch.link,
            touch.surface.word(),
            touch.post.clone(),
            touch.group.clone(),
            place == 0
        ]
    });
    tx.insert_many(
        "INSERT INTO attribution_candidate (tenant_id, order_id, touch_at, link_id, surface, post_id, group_id, chosen)",
        rows.collect(),
        "",
    )
    .await?;
    let chosen = candidates.first().copied();
    let day = day_of(tx, scope, paid_at).await?;
    tx.exec(
        "INSERT INTO attribution_credit
            (tenant_id, order_id, entry, person_id, link_id, post_id, group_id, amount_fen, at, day)
         VALUES ($1, $2, 0, $3, $4, $5, $6, $7, $8, $9)
         ON CONFLICT (tenant_id, order_id, entry) DO NOTHING",
        args![
            scope.tenant(),
            order,
            person,
            chosen.map_or("", |t| t.link.as_str()),
            chosen.and_then(|t| t.post.clone()),
            chosen.and_then(|t| t.group.clone()),
            paid,
            paid_at,
            day
        ],
    )
    .await?;
    // Refunds follow the order to whatever touch has it now.
    tx.exec(
        "UPDATE attribution_credit SET link_id = $3, post_id = $4, group_id = $5
         WHERE tenant_id = $1 AND order_id = $2 AND link_id <> $3",
        args![
            scope.tenant(),
            order,
            chosen.map_or("", |t| t.link.as_str()),
            chosen.and_then(|t| t.post.clone()),
            chosen.and_then(|t| t.group.clone())
        ],
    )
    .await?;
    Ok(())
}

/// Takes a refund off the touch that has the order, on the day of the refund.
pub async fn note_refund(
    tx: &mut Tx<'_>,
    scope: &Scope,
    order: &str,
    (refunded, at): (Fen, Timestamp),
) -> AppResult<()> {
    let day = day_of(tx, scope, at).await?;
    tx.exec(
        "INSERT INTO attribution_credit
            (tenant_id, order_id, entry, person_id, link_id, post_id, group_id, amount_fen, at, day)
         SELECT c.tenant_id, c.order_id,
            (SELECT MAX(entry) + 1 FROM attribution_credit n WHERE n.tenant_id = $1 AND n.order_id = $2),
            c.person_id, c.link_id, c.post_id, c.group_id, $3, $4, $5
         FROM attribution_credit c WHERE c.tenant_id = $1 AND c.order_id = $2 AND c.entry = 0",
        args![scope.tenant(), order, Fen(-refunded.0), at, day],
    )
    .await?;
    Ok(())
}

async fn day_of(tx: &mut Tx<'_>, scope: &Scope, at: Timestamp) -> AppResult<base::Day> {
    let tenant = tenants::get(tx, scope).await?;
    Ok(tenant.tenant_zone().business_day(at, tenant.day_cut_minutes))
}

async fn touches_of(
    tx: &mut Tx<'_>,
    scope: &Scope,
    person: &str,
    (from, to): (Timestamp, Timestamp),
) -> DbResult<Vec<Touch>> {
    let rows: Vec<TouchRow> = tx
        .all(
            "SELECT at, link_id, surface, post_id, group_id FROM attribution_touch
             WHERE tenant_id = $1 AND person_id = $2 AND at >= $3 AND at <= $4 ORDER BY at, link_id",
            args![scope.tenant(), person, from, to],
        )
        .await?;
    let touch = |row: TouchRow| Touch {
        at: Timestamp(row.at),
        link: row.link_id,
        surface: Surface::parse(&row.surface).unwrap_or_default(),
        post: row.post_id,
        group: row.group_id,
    };
    Ok(rows.into_iter().map(touch).collect())
}

/// The windows in force.
pub(super) async fn windows(tx: &mut Tx<'_>, scope: &Scope) -> DbResult<Windows> {
    let row: Option<(i64, i64, i64)> = tx
        .opt(
            "SELECT group_post_hours, private_hours, public_hours FROM attribution_setting WHERE tenant_id = $1",
            args![scope.tenant()],
        )
        .await?;
    Ok(row.map_or_else(Windows::default, |(group_post_hours, private_hours, public_hours)| Windows {
        group_post_hours,
        private_hours,
        public_hours,
    }))
}

/// Sets the windows for orders to come; what is credited stays.
pub(super) async fn set_windows(tx: &mut Tx<'_>, scope: &Scope, windows: &Windows) -> DbResult<()> {
    tx.exec(
        "INSERT INTO attribution_setting (tenant_id, group_post_hours, private_hours, public_hours)
         VALUES ($1, $2, $3, $4)
         ON CONFLICT (tenant_id) DO UPDATE SET group_post_hours = excluded.group_post_hours,
            private_hours = excluded.private_hours, public_hours = excluded.public_hours",
        args![scope.tenant(), windows.group_post_hours, windows.private_hours, windows.public_hours],
    )
    .await?;
    Ok(())
}

/// Money credited to something.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Credited {
    pub orders: i64,
    /// Distinct buyers.
    pub buyers: i64,
    pub paid_fen: i64,
    pub refunded_fen: i64,
    /// Paid less refunded.
    pub net_fen: i64,
}

/// What a post was credited with.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct PostCredit {
    /// Buyers are distinct over groups.
    pub total: Credited,
    pub groups: BTreeMap<String, Credited>,
}

/// What a post was credited with, per group within reach.
pub async fn of_post(tx: &mut Tx<'_>, scope: &Scope, post: &str) -> DbResult<PostCredit> {
    let rows: Vec<CreditRow> = tx
        .all(
            "SELECT COALESCE(group_id, '') AS group_id,
                CAST(SUM(CASE WHEN entry = 0 THEN 1 ELSE 0 END) AS BIGINT) AS orders,
                CAST(COUNT(DISTINCT person_id) AS BIGINT) AS buyers,
                CAST(SUM(CASE WHEN entry = 0 THEN amount_fen ELSE 0 END) AS BIGINT) AS paid_fen,
                CAST(SUM(CASE WHEN entry = 0 THEN 0 ELSE -amount_fen END) AS BIGINT) AS refunded_fen
             FROM attribution_credit WHERE tenant_id = $1 AND post_id = $2
               AND ($3 = '' OR group_id IN (SELECT group_id FROM groups_duty WHERE tenant_id = $1 AND staff_id = $3))
             GROUP BY COALESCE(group_id, '') ORDER BY 1",
            args![scope.tenant(), post, scope.reach_key()],
        )
        .await?;
    let mut credit = PostCredit::default();
    for row in rows {
        let of_group = Credited {
            orders: row.orders,
            buyers: row.buyers,
            paid_fen: row.paid_fen,
            refunded_fen: row.refunded_fen,
            net_fen: row.paid_fen - row.refunded_fen,
        };
        credit.total.orders += of_group.orders;
        credit.total.paid_fen += of_group.paid_fen;
        credit.total.refunded_fen += of_group.refunded_fen;
        credit.total.net_fen += of_group.net_fen;
        credit.groups.insert(row.group_id, of_group);
    }
    credit.total.buyers = tx
        .number(
            "SELECT CAST(COUNT(DISTINCT person_id) AS BIGINT) FROM attribution_credit
             WHERE tenant_id = $1 AND post_id = $2
               AND ($3 = '' OR group_id IN (SELECT group_id FROM groups_duty WHERE tenant_id = $1 AND staff_id = $3))",
            args![scope.tenant(), post, scope.reach_key()],
        )
        .await?;
    Ok(credit)
}

/// The touches that could have led to an order, the chosen one first.
pub(super) async fn candidates(tx: &mut Tx<'_>, scope: &Scope, order: &str) -> DbResult<Vec<CandidateRow>> {
    tx.all(
        "SELECT touch_at, link_id, surface, post_id, group_id, chosen FROM attribution_candidate
         WHERE tenant_id = $1 AND order_id = $2
           AND ($3 = '' OR group_id IN (SELECT group_id FROM groups_duty WHERE tenant_id = $1 AND staff_id = $3))
         ORDER BY touch_at DESC, link_id DESC",
        args![scope.tenant(), order, scope.reach_key()],
    )
    .await
}
