//! What each list holds, page by page, through the same queries that its own page uses: so the reach of whoever asked
//! holds here as there.

use std::collections::{HashMap, HashSet};

use base::{Page, TenantZone};

use super::super::model::{Cell, Contacts, Filter, PAGE_ROWS, What};
use crate::kernel::audit;
use crate::kernel::db::Tx;
use crate::kernel::http::{AppError, AppResult, ListQuery, Paging, Scope};
use crate::{groups, links, metrics, orders, people, segments, tags, tasks};

/// What a page needs besides the cursor.
pub struct Asked<'a> {
    pub what: What,
    pub filter: &'a Filter,
    pub contacts: Contacts,
    /// Own fields of people that are columns.
    pub own: &'a [people::OwnField],
    pub zone: &'a TenantZone,
    /// The index of people, for lists that are asked of it.
    pub index: Option<&'a segments::Room>,
}

/// Rows of a page, and the cursor of the next one.
pub type Rows = (Vec<Vec<Cell>>, Option<String>);

/// One page of a list.
pub async fn page(tx: &mut Tx<'_>, scope: &Scope, asked: &Asked<'_>, after: &str) -> AppResult<Rows> {
    let paging = Paging { after: after.to_owned(), limit: PAGE_ROWS };
    match asked.what {
        What::People => people_page(tx, scope, asked, &paging).await,
        What::Members => members_page(tx, scope, asked, &paging).await,
        What::Segment => segment_page(tx, scope, asked, &paging).await,
        What::FrozenList => frozen_page(tx, scope, asked, &paging).await,
        What::Orders => orders_page(tx, scope, asked, &paging).await,
        What::Links => links_page(tx, scope, asked, &paging).await,
        What::Releases => releases_page(tx, scope, asked, &paging).await,
        What::Tasks => tasks_page(tx, scope, asked, &paging).await,
        What::Tags => tags_page(tx, scope).await,
        What::Audit => audit_page(tx, scope, asked, &paging).await,
    }
}

fn pattern(search: &str) -> String {
    ListQuery { search: Some(search.to_owned()), ..ListQuery::default() }.pattern()
}

fn cut<T>(
    rows: Vec<T>,
    paging: &Paging,
    cursor: impl Fn(&T) -> String,
    cells: impl Fn(T) -> Vec<Cell>,
) -> Rows {
    let page = Page::cut(rows, paging.limit, cursor);
    (page.items.into_iter().map(cells).collect(), page.next)
}

/// Texts of the same owner joined by a comma of Chinese width, which no id holds.
fn joined(pairs: impl Iterator<Item = (String, String)>) -> HashMap<String, String> {
    let mut joined: HashMap<String, String> = HashMap::new();
    for (owner, text) in pairs {
        let held = joined.entry(owner).or_default();
        if !held.is_empty() {
            held.push_str(", ");
        }
        held.push_str(&text);
    }
    joined
}

async fn people_page(tx: &mut Tx<'_>, scope: &Scope, asked: &Asked<'_>, paging: &Paging) -> AppResult<Rows> {
    let filter = people::Filter {
        pattern: pattern(&asked.filter.search),
        tag: asked.filter.tag_id.clone(),
        group: asked.filter.group_id.clone(),
        community: asked.filter.community_id.clone(),
    };
    let page = Page::cut(people::list(tx, scope, paging, &filter).await?, paging.limit, |r| r.id.clone());
    Ok((people_cells(tx, scope, asked, (&page.items, None)).await?, page.next))
}

/// Who is in a segment as of now, without whoever said no: pages by dense number, so nobody stands in it twice.
async fn segment_page(tx: &mut Tx<'_>, scope: &Scope, asked: &Asked<'_>, paging: &Paging) -> AppResult<Rows> {
    let index = asked.index.ok_or_else(|| AppError::fault("no index of people"))?;
    let page = (paging.after.parse().ok(), paging.probe());
    let numbers = segments::people_after(tx, scope, index, &asked.filter.segment_id, page).await?;
    let page = Page::cut(numbers, paging.limit, u32::to_string);
    let rows = people::numbered(tx, scope, &page.items).await?;
    Ok((people_cells(tx, scope, asked, (&rows, None)).await?, page.next))
}

/// Who was in a segment when it was frozen; who said no since is named as such, and the erased are not in it.
async fn frozen_page(tx: &mut Tx<'_>, scope: &Scope, asked: &Asked<'_>, paging: &Paging) -> AppResult<Rows> {
    let index = asked.index.ok_or_else(|| AppError::fault("no index of people"))?;
    let page = (paging.after.parse().ok(), paging.probe());
    let listed = segments::frozen_after(tx, scope, index, &asked.filter.snapshot_id, page).await?;
    let page = Page::cut(listed, paging.limit, |one| one.number.to_string());
    let numbers: Vec<u32> = page.items.iter().filter_map(|one| one.shown).collect();
    let refused: HashSet<i64> =
        page.items.iter().filter(|one| one.refused).filter_map(|one| one.shown).map(i64::from).collect();
    let rows = people::numbered(tx, scope, &numbers).await?;
    Ok((people_cells(tx, scope, asked, (&rows, Some(&refused))).await?, page.next))
}

/// The columns of people; with the numbers of those who said no since, the column that says so.
async fn people_cells(
    tx: &mut Tx<'_>,
    scope: &Scope,
    asked: &Asked<'_>,
    (rows, refused): (&[people::PersonRow], Option<&HashSet<i64>>),
) -> AppResult<Vec<Vec<Cell>>> {
    let ids: Vec<&str> = rows.iter().map(|r| r.id.as_str()).collect();
    let carried = joined(tags::of_persons(tx, scope, &ids).await?.into_iter());
    let imported = people::imported_among(tx, scope, &ids).await?;
    let mut unions = HashMap::new();
    let mut externals = HashMap::new();
    if asked.contacts == Contacts::Shown {
        let data = people::contact_data(tx, scope, &ids).await?;
        let of = |way: &str| {
            joined(data.iter().filter(|d| d.way == way).map(|d| (d.person.clone(), d.value.clone())))
        };
        (unions, externals) = (of("union"), of("external"));
    }
    let held = people::values_among(tx, scope, asked.own, &ids).await?;
    let own = |person: &str, field: &people::OwnField| {
        let kept = held.get(&(person.to_owned(), field.id.clone()));
        kept.map_or(Cell::from(""), |kept| Cell::own(field.form, kept))
    };
    let text = |map: &HashMap<String, String>, id: &str| Cell::from(map.get(id).cloned().unwrap_or_default());
    let cells = |r: &people::PersonRow| {
        let provenance = if imported.contains(&r.id) { "import" } else { "" };
        let mut cells = vec![
            Cell::from(r.id.as_str()),
            Cell::from(r.name.as_str()),
            Cell::from(r.kind.as_str()),
            Cell::from(provenance),
            Cell::instant(r.first_seen_at, asked.zone),
            text(&carried, &r.id),
        ];
        cells.extend(refused.map(|refused| Cell::Number(i64::from(refused.contains(&r.person_no)))));
        if asked.contacts == Contacts::Shown {
            cells.extend([text(&unions, &r.id), text(&externals, &r.id)]);
        }
        cells.extend(asked.own.iter().map(|field| own(&r.id, field)));
        cells
    };
    Ok(rows.iter().map(cells).collect())
}

async fn members_page(tx: &mut Tx<'_>, scope: &Scope, asked: &Asked<'_>, paging: &Paging) -> AppResult<Rows> {
    let filter = asked.filter;
    groups::get(tx, scope, &filter.group_id).await?;
    let narrowed = groups::MemberFilter {
        pattern: pattern(&filter.search),
        kind: filter.kind.clone(),
        left: filter.left,
    };
    let rows = groups::members(tx, scope, &filter.group_id, paging, &narrowed).await?;
    Ok(cut(
        rows,
        paging,
        |r| r.id.clone(),
        |r| {
            let mut cells = vec![
                Cell::from(r.person_id),
                Cell::from(r.name),
                Cell::from(r.nickname),
                Cell::from(r.kind),
                Cell::Number(i64::from(r.eligible)),
                Cell::from(r.scene),
                Cell::instant(r.joined_at, asked.zone),
                Cell::instant(r.left_at.unwrap_or(0), asked.zone),
            ];
            if asked.contacts == Contacts::Shown {
                cells.push(Cell::from(r.member_id));
            }
            cells
        },
    ))
}

async fn orders_page(tx: &mut Tx<'_>, scope: &Scope, asked: &Asked<'_>, paging: &Paging) -> AppResult<Rows> {
    let f = asked.filter;
    let filter = orders::Filter {
        pattern: pattern(&f.search),
        person: f.person_id.clone(),
        status: f.status.clone(),
        from_day: f.from_day,
        to_day: f.to_day,
    };
    let rows = orders::list(tx, scope, paging, &filter).await?;
    Ok(cut(
        rows,
        paging,
        |r| r.id.clone(),
        |r| {
            let items: Vec<serde_json::Value> = serde_json::from_str(&r.items).unwrap_or_default();
            let names: Vec<&str> = items.iter().filter_map(|item| item["name"].as_str()).collect();
            let mut cells = vec![
                Cell::from(r.order_no),
                Cell::from(r.source),
                Cell::from(r.person_id.unwrap_or_default()),
                Cell::Money(r.amount_fen),
                Cell::Money(r.paid_fen),
                Cell::Money(r.refunded_fen),
                Cell::instant(r.paid_at, asked.zone),
                Cell::day(r.day),
                Cell::from(r.status),
                Cell::from(names.join(", ")),
            ];
            if asked.contacts == Contacts::Shown {
                cells.extend([Cell::from(r.union_id), Cell::from(r.external_id), Cell::from(r.mobile)]);
            }
            cells
        },
    ))
}

async fn links_page(tx: &mut Tx<'_>, scope: &Scope, asked: &Asked<'_>, paging: &Paging) -> AppResult<Rows> {
    let rows = links::list(tx, scope, paging, &asked.filter.post_id).await?;
    Ok(cut(
        rows,
        paging,
        |r| r.id.clone(),
        |r| {
            let counts = [r.clicks, r.persons, r.unidentified, r.staff, r.bots];
            let mut cells = vec![
                Cell::from(r.title),
                Cell::from(r.target_url),
                Cell::from(r.surface),
                Cell::from(r.post_id.unwrap_or_default()),
                Cell::from(r.group_id.unwrap_or_default()),
                Cell::instant(r.created_at, asked.zone),
            ];
            cells.extend(counts.map(Cell::Number));
            cells
        },
    ))
}

async fn releases_page(
    tx: &mut Tx<'_>,
    scope: &Scope,
    asked: &Asked<'_>,
    paging: &Paging,
) -> AppResult<Rows> {
    let rows = metrics::releases(tx, scope, &asked.filter.community_id, paging).await?;
    Ok(cut(
        rows,
        paging,
        |r| format!("{}:{}", r.starts_at, r.post_id),
        |r| {
            let counts =
                [r.groups_total, r.groups_sent, r.groups_missed, r.reach, r.opens, r.orders, r.buyers]
                    .map(Cell::Number);
            let mut cells = vec![
                Cell::from(r.title),
                Cell::day(r.day),
                Cell::instant(r.starts_at, asked.zone),
                Cell::from(r.way),
                Cell::from(r.kind),
            ];
            cells.extend(counts);
            cells.extend([Cell::Money(r.paid), Cell::Money(r.refunded), Cell::Number(r.leaves)]);
            cells
        },
    ))
}

async fn tasks_page(tx: &mut Tx<'_>, scope: &Scope, asked: &Asked<'_>, paging: &Paging) -> AppResult<Rows> {
    let rows = tasks::list(tx, scope, &asked.filter.status, paging).await?;
    Ok(cut(
        rows,
        paging,
        |r| r.id.clone(),
        |r| {
            vec![
                Cell::from(r.title),
                Cell::from(r.group_name),
                Cell::from(r.state),
                Cell::from(r.reason),
                Cell::instant(r.due_at, asked.zone),
                Cell::instant(r.settled_at, asked.zone),
                Cell::Number(r.reminders),
            ]
        },
    ))
}

async fn tags_page(tx: &mut Tx<'_>, scope: &Scope) -> AppResult<Rows> {
    let rows = tags::list(tx, scope, "%").await?;
    let cells =
        |t: tags::CountedTag| vec![Cell::from(t.group_name), Cell::from(t.name), Cell::Number(t.people)];
    Ok((rows.into_iter().map(cells).collect(), None))
}

async fn audit_page(tx: &mut Tx<'_>, scope: &Scope, asked: &Asked<'_>, paging: &Paging) -> AppResult<Rows> {
    let rows = audit::list(tx, scope, paging).await?;
    Ok(cut(
        rows,
        paging,
        |r| r.id.clone(),
        |r| {
            vec![
                Cell::instant(r.at, asked.zone),
                Cell::from(r.operator_name),
                Cell::from(r.action),
                Cell::from(r.subject),
            ]
        },
    ))
}
