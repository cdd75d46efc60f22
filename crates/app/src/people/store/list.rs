//! Persons within the caller's reach: one of them, pages of them, all that fit a filter.

use super::super::rows::PersonRow;
use crate::args;
use crate::kernel::db::{Composed, DbResult, Tx};
use crate::kernel::http::{AppError, AppResult, Paging, Scope};
use crate::privacy;

/// One person within the caller's reach: in one of her groups, or followed by her.
pub async fn get(tx: &mut Tx<'_>, scope: &Scope, id: &str) -> AppResult<PersonRow> {
    tx.opt(
        "SELECT p.id, p.person_no, p.name, p.avatar, p.kind, p.first_seen_at FROM people_person p
         WHERE p.tenant_id = $1 AND p.id = $3
           AND ($2 = '' OR p.id IN (SELECT m.person_id FROM groups_membership m
                    JOIN groups_duty d ON d.tenant_id = m.tenant_id AND d.group_id = m.group_id
                    WHERE m.tenant_id = $1 AND d.staff_id = $2)
                OR p.id IN (SELECT c.person_id FROM people_contact c
                    JOIN people_follow f ON f.tenant_id = c.tenant_id AND f.contact_id = c.id
                    WHERE c.tenant_id = $1 AND f.staff_id = $2))",
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

/// Customers by id, oldest first. The names are searched within the index `people_person_search` alone; only who is
/// shown is looked up in the table, else a rare name costs a look at every person.
pub async fn list(
    tx: &mut Tx<'_>,
    scope: &Scope,
    page: &Paging,
    filter: &Filter,
) -> DbResult<Vec<PersonRow>> {
    tx.all(
        "SELECT p.id, p.person_no, p.name, p.avatar, p.kind, p.first_seen_at FROM people_person p
         WHERE p.tenant_id = $1 AND p.id IN (
             SELECT n.id FROM people_person n
             WHERE n.tenant_id = $1 AND n.id > $3 AND n.kind NOT IN ('staff', 'erased', 'merged') AND n.name_search LIKE $4 ESCAPE '!'
               AND ($2 = '' OR n.id IN (SELECT m.person_id FROM groups_membership m
                        JOIN groups_duty d ON d.tenant_id = m.tenant_id AND d.group_id = m.group_id
                        WHERE m.tenant_id = $1 AND d.staff_id = $2)
                    OR n.id IN (SELECT c.person_id FROM people_contact c
                        JOIN people_follow f ON f.tenant_id = c.tenant_id AND f.contact_id = c.id
                        WHERE c.tenant_id = $1 AND f.staff_id = $2))
               AND ($6 = '' OR n.id IN (SELECT t.person_id FROM tags_person_tag t
                        WHERE t.tenant_id = $1 AND t.tag_id = $6))
               AND ($7 = '' OR n.id IN (SELECT m.person_id FROM groups_membership m
                        WHERE m.tenant_id = $1 AND m.group_id = $7 AND m.left_at IS NULL))
               AND ($8 = '' OR n.id IN (SELECT m.person_id FROM groups_membership m
                        JOIN groups_group g ON g.tenant_id = m.tenant_id AND g.id = m.group_id
                        WHERE m.tenant_id = $1 AND g.community_id = $8 AND m.left_at IS NULL))
             ORDER BY n.id LIMIT $5)
         ORDER BY p.id",
        args![
            scope.tenant(),
            scope.reach_key(),
            &page.after,
            &filter.pattern,
            page.probe(),
            &filter.tag,
            &filter.group,
            &filter.community
        ],
    )
    .await
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
