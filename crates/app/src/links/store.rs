//! Every query of the links.

use std::collections::BTreeMap;

use base::{Day, Timestamp};
use serde::Serialize;
use utoipa::ToSchema;

use super::model::{LinkRefusal, Source, Surface, check_target};
use super::rows::{ClickRow, CountedRow, LinkRow};
use crate::accounts;
use crate::args;
use crate::kernel::db::{DbResult, Tx};
use crate::kernel::http::{AppError, AppResult, Paging, Scope};

/// A link to be made.
#[derive(Clone, Debug, Default)]
pub struct NewLink {
    pub target_url: String,
    /// Shown on the page between link and target; at most 128 bytes are kept.
    pub title: String,
    pub post_id: Option<String>,
    pub group_id: Option<String>,
    /// Set when the link is meant for one person alone.
    pub person_id: Option<String>,
    pub surface: Surface,
    /// Whose messenger identifies visitors; the group's account, or the first one, when absent.
    pub account_id: Option<String>,
}

/// A link that was made. `url` is what people open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Minted {
    pub id: String,
    pub code: String,
    /// Path only, `/r/…`: put the configured public address before it.
    pub path: String,
}

impl Minted {
    /// The full address under the configured public one.
    #[must_use]
    pub fn url(&self, public_url: &str) -> String {
        format!("{public_url}{}", self.path)
    }
}

/// What was counted of one or more links.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema, sqlx::FromRow)]
#[schema(as = LinkFigures)]
pub struct Figures {
    /// Every opening, bots and staff included.
    pub clicks: i64,
    /// Distinct persons.
    pub persons: i64,
    /// Openings that are not tied to a person.
    pub unidentified: i64,
    pub staff: i64,
    pub bots: i64,
}

/// Makes a link.
///
/// # Errors
/// [`LinkRefusal::Target`] for an address that may not be linked, [`LinkRefusal::NoAccount`] when nothing is connected.
pub async fn mint(tx: &mut Tx<'_>, scope: &Scope, new: &NewLink) -> AppResult<Minted> {
    let target = check_target(&new.target_url)?;
    let account = account_for(tx, scope, new).await?;
    let (id, code) = (tx.new_id("lnk"), tx.token(6));
    let title = cut_bytes(new.title.trim(), 128);
    tx.exec(
        "INSERT INTO links_link (tenant_id, id, code, account_id, surface, target_url, title, post_id, group_id,
            person_id, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        args![
            scope.tenant(),
            &id,
            &code,
            account,
            new.surface.word(),
            target,
            title,
            new.post_id.clone(),
            new.group_id.clone(),
            new.person_id.clone(),
            tx.now()
        ],
    )
    .await?;
    Ok(Minted { path: format!("/r/{code}"), id, code })
}

async fn account_for(tx: &mut Tx<'_>, scope: &Scope, new: &NewLink) -> AppResult<String> {
    if let Some(account) = &new.account_id {
        return Ok(account.clone());
    }
    if let Some(group) = &new.group_id {
        let row: Option<(String,)> = tx
            .opt(
                "SELECT account_id FROM groups_group WHERE tenant_id = $1 AND id = $2",
                args![scope.tenant(), group],
            )
            .await?;
        return row.map(|(account,)| account).ok_or_else(AppError::not_found);
    }
    let mut accounts = accounts::list_ids(tx, scope).await?;
    accounts.truncate(1);
    accounts.pop().ok_or_else(|| LinkRefusal::NoAccount.into())
}

fn cut_bytes(text: &str, most: usize) -> &str {
    let mut end = most.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

const COLUMNS_BY_CODE: &str =
    "SELECT tenant_id, id, code, account_id, surface, target_url, title, post_id, group_id,
    person_id, created_at FROM links_link WHERE code = $1";

/// The link behind a public code. The one query without a scope: the code is all that a visitor brings.
pub(super) async fn by_code(tx: &mut Tx<'_>, code: &str) -> DbResult<Option<LinkRow>> {
    tx.opt(COLUMNS_BY_CODE, args![code]).await
}

/// A link.
pub async fn by_id(tx: &mut Tx<'_>, scope: &Scope, id: &str) -> DbResult<Option<LinkRow>> {
    tx.opt(
        "SELECT tenant_id, id, code, account_id, surface, target_url, title, post_id, group_id, person_id, created_at
         FROM links_link WHERE tenant_id = $1 AND id = $2",
        args![scope.tenant(), id],
    )
    .await
}

/// An opening as it is recorded.
#[derive(Clone, Debug)]
pub(super) struct Opening<'a> {
    pub link: &'a LinkRow,
    pub source: Source,
    /// Empty unless the opening is tied to a person.
    pub visitor: &'a str,
    pub person: Option<&'a str>,
}

/// Records an opening: one insert.
pub(super) async fn record(tx: &mut Tx<'_>, opening: &Opening<'_>) -> DbResult<()> {
    let (id, now) = (tx.new_id("clk"), tx.now());
    tx.exec(
        "INSERT INTO links_click (tenant_id, id, link_id, at, source, account_id, visitor, person_id, settled)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, FALSE)",
        args![
            &opening.link.tenant_id,
            id,
            &opening.link.id,
            now,
            opening.source.word(),
            &opening.link.account_id,
            opening.visitor,
            opening.person
        ],
    )
    .await?;
    Ok(())
}

/// Takes a batch of openings that wait and marks them settled, oldest first. Whoever takes them makes the facts in
/// the same transaction.
pub(super) async fn take_open(tx: &mut Tx<'_>, scope: &Scope, limit: usize) -> DbResult<Vec<ClickRow>> {
    let mut rows: Vec<ClickRow> = tx
        .all(
            "UPDATE links_click SET settled = TRUE WHERE tenant_id = $1 AND settled = FALSE AND id IN (
                SELECT id FROM links_click WHERE tenant_id = $1 AND settled = FALSE ORDER BY id LIMIT $2)
             RETURNING id, link_id, at, source, account_id, visitor",
            args![scope.tenant(), limit],
        )
        .await?;
    rows.sort_by(|a, b| (a.at, &a.id).cmp(&(b.at, &b.id)));
    Ok(rows)
}

/// Adds to a link's counters.
pub(super) async fn add_counts(tx: &mut Tx<'_>, scope: &Scope, link: &str, add: &Figures) -> DbResult<()> {
    tx.exec(
        "UPDATE links_link SET clicks = clicks + $3, unidentified = unidentified + $4, staff = staff + $5,
            bots = bots + $6 WHERE tenant_id = $1 AND id = $2",
        args![scope.tenant(), link, add.clicks, add.unidentified, add.staff, add.bots],
    )
    .await?;
    Ok(())
}

/// Notes a person's opening of a link on a day; true when it is the first.
pub(super) async fn note_first(
    tx: &mut Tx<'_>,
    scope: &Scope,
    (link, person): (&str, &str),
    day: Day,
    at: Timestamp,
) -> DbResult<bool> {
    let fresh = tx
        .exec(
            "INSERT INTO links_first (tenant_id, link_id, person_id, day, at) VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (tenant_id, link_id, person_id, day) DO NOTHING",
            args![scope.tenant(), link, person, day, at],
        )
        .await?;
    Ok(fresh == 1)
}

/// Unties a person from openings that wait to be settled: she withdrew her consent.
pub async fn forget_ties(tx: &mut Tx<'_>, scope: &Scope, person: &str) -> DbResult<()> {
    tx.exec(
        "UPDATE links_click SET source = 'unidentified', visitor = '', person_id = NULL
         WHERE tenant_id = $1 AND settled = FALSE AND person_id = $2",
        args![scope.tenant(), person],
    )
    .await?;
    Ok(())
}

/// What was counted of a post's links, per group and in all. Persons in `total` are distinct over groups.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct PostFigures {
    pub total: Figures,
    pub groups: BTreeMap<String, Figures>,
}

#[derive(sqlx::FromRow)]
struct GroupFigures {
    group_id: String,
    clicks: i64,
    persons: i64,
    unidentified: i64,
    staff: i64,
    bots: i64,
}

/// The figures of a post.
pub async fn figures_of_post(tx: &mut Tx<'_>, scope: &Scope, post: &str) -> DbResult<PostFigures> {
    let rows: Vec<GroupFigures> = tx
        .all(
            "SELECT COALESCE(l.group_id, '') AS group_id, CAST(SUM(l.clicks) AS BIGINT) AS clicks,
                CAST(SUM((SELECT COUNT(DISTINCT f.person_id) FROM links_first f
                    WHERE f.tenant_id = l.tenant_id AND f.link_id = l.id)) AS BIGINT) AS persons,
                CAST(SUM(l.unidentified) AS BIGINT) AS unidentified, CAST(SUM(l.staff) AS BIGINT) AS staff,
                CAST(SUM(l.bots) AS BIGINT) AS bots
             FROM links_link l WHERE l.tenant_id = $1 AND l.post_id = $2
               AND ($3 = '' OR l.group_id IN (SELECT group_id FROM groups_duty WHERE tenant_id = $1 AND staff_id = $3))
             GROUP BY COALESCE(l.group_id, '') ORDER BY 1",
            args![scope.tenant(), post, scope.reach_key()],
        )
        .await?;
    let mut figures = PostFigures::default();
    for row in rows {
        let of_group = Figures {
            clicks: row.clicks,
            persons: row.persons,
            unidentified: row.unidentified,
            staff: row.staff,
            bots: row.bots,
        };
        figures.total.clicks += of_group.clicks;
        figures.total.unidentified += of_group.unidentified;
        figures.total.staff += of_group.staff;
        figures.total.bots += of_group.bots;
        figures.groups.insert(row.group_id, of_group);
    }
    figures.total.persons = tx
        .number(
            "SELECT CAST(COUNT(DISTINCT f.person_id) AS BIGINT) FROM links_first f
             JOIN links_link l ON l.tenant_id = f.tenant_id AND l.id = f.link_id
             WHERE l.tenant_id = $1 AND l.post_id = $2
               AND ($3 = '' OR l.group_id IN (SELECT group_id FROM groups_duty WHERE tenant_id = $1 AND staff_id = $3))",
            args![scope.tenant(), post, scope.reach_key()],
        )
        .await?;
    Ok(figures)
}

/// Links, newest first, all or those of one post.
pub async fn list(tx: &mut Tx<'_>, scope: &Scope, page: &Paging, post: &str) -> DbResult<Vec<CountedRow>> {
    tx.all(
        "SELECT l.id, l.code, l.surface, l.target_url, l.title, l.post_id, l.group_id, l.created_at, l.clicks,
            CAST((SELECT COUNT(DISTINCT f.person_id) FROM links_first f
                WHERE f.tenant_id = l.tenant_id AND f.link_id = l.id) AS BIGINT) AS persons,
            l.unidentified, l.staff, l.bots
         FROM links_link l WHERE l.tenant_id = $1 AND ($2 = '' OR l.id < $2) AND ($3 = '' OR l.post_id = $3)
           AND ($4 = '' OR l.group_id IN (SELECT group_id FROM groups_duty WHERE tenant_id = $1 AND staff_id = $4))
         ORDER BY l.id DESC LIMIT $5",
        args![scope.tenant(), &page.after, post, scope.reach_key(), page.probe()],
    )
    .await
}

/// One link with its counts, within reach.
pub(super) async fn counted(tx: &mut Tx<'_>, scope: &Scope, id: &str) -> DbResult<Option<CountedRow>> {
    tx.opt(
        "SELECT l.id, l.code, l.surface, l.target_url, l.title, l.post_id, l.group_id, l.created_at, l.clicks,
            CAST((SELECT COUNT(DISTINCT f.person_id) FROM links_first f
                WHERE f.tenant_id = l.tenant_id AND f.link_id = l.id) AS BIGINT) AS persons,
            l.unidentified, l.staff, l.bots
         FROM links_link l WHERE l.tenant_id = $1 AND l.id = $2
           AND ($3 = '' OR l.group_id IN (SELECT group_id FROM groups_duty WHERE tenant_id = $1 AND staff_id = $3))",
        args![scope.tenant(), id, scope.reach_key()],
    )
    .await
}

/// Whose account this is; a visitor brings nothing else.
pub(super) async fn tenant_of_account(tx: &mut Tx<'_>, account: &str) -> DbResult<Option<String>> {
    let row: Option<(String,)> =
        tx.opt("SELECT tenant_id FROM accounts_account WHERE id = $1", args![account]).await?;
    Ok(row.map(|(tenant,)| tenant))
}

/// Whether a post has links of ours within reach.
pub async fn has_post(tx: &mut Tx<'_>, scope: &Scope, post: &str) -> DbResult<bool> {
    let row: Option<(i64,)> = tx
        .opt(
            "SELECT CAST(1 AS BIGINT) FROM links_link l WHERE l.tenant_id = $1 AND l.post_id = $3
               AND ($2 = '' OR l.group_id IN (SELECT group_id FROM groups_duty WHERE tenant_id = $1 AND staff_id = $2))
             LIMIT 1",
            args![scope.tenant(), scope.reach_key(), post],
        )
        .await?;
    Ok(row.is_some())
}
