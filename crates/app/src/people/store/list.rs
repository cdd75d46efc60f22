//! Persons within the caller's reach: one of them, pages of them, all that fit a filter.

use std::sync::LazyLock;

use super::super::rows::PersonRow;
use super::names;
use crate::args;
use crate::kernel::db::{Arg, Args, Composed, DbResult, Tx};
use crate::kernel::http::{AppError, AppResult, Paging, Scope};
use crate::privacy::{self, in_reach};

/// Persons looked at one by one for a page.
const MOST_LOOKED: usize = 2_000;
/// How many of them at once. Two lengths of one text: few persons are the rule, and every place in it costs.
const FEW: usize = 32;
const MANY: usize = 250;

/// One person within the caller's reach: in one of her groups, or followed by her.
pub async fn get(tx: &mut Tx<'_>, scope: &Scope, id: &str) -> AppResult<PersonRow> {
    tx.opt(
        concat!(
            "SELECT p.id, p.person_no, p.name, p.avatar, p.kind, p.first_seen_at FROM people_person p
         WHERE p.tenant_id = $1 AND p.id = $3
           AND ",
            in_reach!("p.id")
        ),
        args![scope.tenant(), scope.reach_key(), id],
    )
    .await?
    .ok_or_else(AppError::not_found)
}

/// Who somebody is now, within the caller's reach: an id that was joined with another answers the one who stayed.
pub async fn present(tx: &mut Tx<'_>, scope: &Scope, id: &str) -> AppResult<PersonRow> {
    let id = privacy::survivor_of(tx, scope, id).await?;
    get(tx, scope, &id).await
}

/// What a list of people is narrowed to; empty fields don't narrow.
#[derive(Clone, Debug)]
pub struct Filter {
    /// A LIKE pattern over lower-cased names, `%` for all.
    pub pattern: String,
    /// Who carries this tag,
    pub tag: String,
    /// is in this group now,
    pub group: String,
    /// is in a group of this community now.
    pub community: String,
}

impl Filter {
    /// Everybody whose name fits a LIKE pattern.
    #[must_use]
    pub const fn named(pattern: String) -> Self {
        Self { pattern, tag: String::new(), group: String::new(), community: String::new() }
    }
}

/// Customers whose names fit, and to whom every other part of a filter applies: `$1` to `$8` as in [`list`]. Looks at
/// nothing but what the index `people_person_search` holds.
macro_rules! fits {
    () => {
        concat!("n.tenant_id = $1 AND n.person_no > $3 AND n.kind NOT IN ('staff', 'erased', 'merged') AND n.name_search LIKE $4 ESCAPE '!'
           AND ", in_reach!("n.id"), "
           AND ($6 = '' OR n.id IN (SELECT t.person_id FROM tags_person_tag t
                    WHERE t.tenant_id = $1 AND t.tag_id = $6))
           AND ($7 = '' OR n.id IN (SELECT m.person_id FROM groups_membership m
                    WHERE m.tenant_id = $1 AND m.group_id = $7 AND m.left_at IS NULL))
           AND ($8 = '' OR n.id IN (SELECT m.person_id FROM groups_membership m
                    JOIN groups_group g ON g.tenant_id = m.tenant_id AND g.id = m.group_id
                    WHERE m.tenant_id = $1 AND g.community_id = $8 AND m.left_at IS NULL))")
    };
}

/// Customers in the order of their numbers, whoever became known first before the others. A page begins after the
/// person it names.
pub async fn list(
    tx: &mut Tx<'_>,
    scope: &Scope,
    page: &Paging,
    filter: &Filter,
) -> AppResult<Vec<PersonRow>> {
    let after = number_of(tx, scope, &page.after).await?;
    Ok(match names::candidates(tx, scope, &filter.pattern).await? {
        Some(candidates) => look(tx, (scope, filter), (after, page.probe()), &candidates).await?,
        None => walk(tx, (scope, filter), (after, page.probe())).await?,
    })
}

/// The number of the person whose id a cursor is; 0 for none.
async fn number_of(tx: &mut Tx<'_>, scope: &Scope, cursor: &str) -> AppResult<i64> {
    if cursor.is_empty() {
        return Ok(0);
    }
    let sql = "SELECT person_no FROM people_person WHERE tenant_id = $1 AND id = $2";
    let found: Option<(i64,)> = tx.opt(sql, args![scope.tenant(), cursor]).await?;
    found.map(|(no,)| no).ok_or_else(|| AppError::invalid("cursor", "next"))
}

/// Looks at candidates in their order until the page is full.
async fn look(
    tx: &mut Tx<'_>,
    whose: (&Scope, &Filter),
    (mut after, wanted): (i64, usize),
    candidates: &names::Candidates,
) -> DbResult<Vec<PersonRow>> {
    let (mut rows, mut looked) = (Vec::new(), 0);
    for to_the_end in [false, true] {
        let (numbers, others) = candidates.above(tx, whose.0, (after, to_the_end)).await?;
        for portion in numbers.chunks(if wanted <= FEW { FEW } else { MANY }) {
            let missing = wanted - rows.len();
            if looked > MOST_LOOKED {
                // Many have such a name and few of them pass the rest of the filter.
                rows.extend(walk(tx, whose, (after, missing)).await?);
                return Ok(rows);
            }
            rows.extend(among(tx, whose, portion, missing).await?);
            looked += portion.len();
            after = portion.last().copied().unwrap_or(after);
            if rows.len() >= wanted {
                return Ok(rows);
            }
        }
        let Some(others) = others else { break };
        after = others;
    }
    Ok(rows)
}

fn arguments((scope, filter): (&Scope, &Filter), (after, wanted): (i64, usize)) -> Args {
    args![
        scope.tenant(),
        scope.reach_key(),
        after,
        &filter.pattern,
        wanted,
        &filter.tag,
        &filter.group,
        &filter.community
    ]
}

/// Reads names in the order of the list until the page is full. They are searched within the index
/// `people_person_search` alone; only who is shown is looked up in the table.
async fn walk(tx: &mut Tx<'_>, whose: (&Scope, &Filter), page: (i64, usize)) -> DbResult<Vec<PersonRow>> {
    tx.all(
        concat!(
            "SELECT p.id, p.person_no, p.name, p.avatar, p.kind, p.first_seen_at FROM people_person p
             WHERE p.tenant_id = $1 AND p.person_no IN (SELECT n.person_no FROM people_person n WHERE ",
            fits!(),
            " ORDER BY n.person_no LIMIT $5)
             ORDER BY p.person_no"
        ),
        arguments(whose, page),
    )
    .await
}

/// Looks at these persons only, [`MANY`] at most.
async fn among(
    tx: &mut Tx<'_>,
    whose: (&Scope, &Filter),
    numbers: &[i64],
    wanted: usize,
) -> DbResult<Vec<PersonRow>> {
    static OF_FEW: LazyLock<&'static str> = LazyLock::new(|| among_so_many(FEW));
    static OF_MANY: LazyLock<&'static str> = LazyLock::new(|| among_so_many(MANY));
    let (sql, length) = if numbers.len() <= FEW { (&OF_FEW, FEW) } else { (&OF_MANY, MANY) };
    let mut args = arguments(whose, (0, wanted));
    let last = numbers.last().copied().unwrap_or_default();
    args.extend((0..length).map(|n| Arg::from(numbers.get(n).copied().unwrap_or(last))));
    tx.all(sql, args).await
}

fn among_so_many(length: usize) -> &'static str {
    let holes: Vec<String> = (9..9 + length).map(|n| format!("${n}")).collect();
    format!(
        concat!(
            "SELECT n.id, n.person_no, n.name, n.avatar, n.kind, n.first_seen_at FROM people_person n WHERE ",
            fits!(),
            " AND n.person_no IN ({}) ORDER BY n.person_no LIMIT $5"
        ),
        holes.join(", ")
    )
    .leak()
}

/// People with these dense numbers, in their order; whoever was joined to somebody or erased has no row of her own.
pub async fn numbered(tx: &mut Tx<'_>, scope: &Scope, numbers: &[u32]) -> AppResult<Vec<PersonRow>> {
    let mut rows = Vec::with_capacity(numbers.len());
    for portion in numbers.chunks(500) {
        let mut sql = Composed::default();
        sql.push(
            "SELECT id, person_no, name, avatar, kind, first_seen_at FROM people_person WHERE tenant_id = ",
        );
        sql.bind(scope.tenant());
        sql.push(" AND kind NOT IN ('merged', 'erased') AND person_no IN (");
        sql.bind_all(portion.iter().copied());
        sql.push(") ORDER BY person_no");
        rows.extend(tx.all_composed::<PersonRow>(sql).await?);
    }
    Ok(rows)
}

/// Everybody within reach whom the list of people shows with this filter, by id.
pub async fn matching(tx: &mut Tx<'_>, scope: &Scope, filter: &Filter) -> AppResult<Vec<String>> {
    let mut ids: Vec<String> = Vec::new();
    loop {
        let page = Paging { after: ids.last().cloned().unwrap_or_default(), limit: 5_000 };
        let mut rows = list(tx, scope, &page, filter).await?;
        let more = rows.len() > page.limit;
        rows.truncate(page.limit);
        ids.extend(rows.into_iter().map(|r| r.id));
        if !more {
            return Ok(ids);
        }
    }
}
