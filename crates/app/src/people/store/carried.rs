//! Everything that carries a person: the one list of tables whose rows change hands when two persons become one.
//!
//! A row that the survivor has already (the same tag, the same click) is set aside under a tenant of its own that no
//! scope can name, so no figure sees it; undoing brings it back exactly. A test holds this list against the migrations.

use std::sync::LazyLock;

use crate::args;
use crate::kernel::db::{DbResult, Tx};
use crate::kernel::http::Scope;

/// A table with a column `person_id`.
pub(crate) struct Carried {
    pub table: &'static str,
    /// What names one of its rows beside tenant and person.
    key: &'static [&'static str],
    /// Which columns only one row per person may have, where both may have such a row, and among which rows.
    twins: Option<(&'static [&'static str], &'static str)>,
}

const fn own(table: &'static str, key: &'static [&'static str]) -> Carried {
    Carried { table, key, twins: None }
}

const fn shared(table: &'static str, key: &'static [&'static str]) -> Carried {
    Carried { table, key, twins: Some((key, "1 = 1")) }
}

/// All of them, in the order of the slices.
pub(crate) const CARRIED: &[Carried] = &[
    shared("privacy_consent", &["purpose"]),
    own("privacy_consent_log", &["id"]),
    shared("privacy_mark", &["mark"]),
    own("people_contact", &["id"]),
    own("people_import_key", &["way", "value"]),
    own("people_phone", &["id"]),
    own("people_loss", &["id"]),
    shared("people_value", &["field_id"]),
    own("handover_item", &["id"]),
    shared("tags_person_tag", &["tag_id"]),
    shared("tags_removal", &["tag_id"]),
    shared("tags_kept", &["tag_id"]),
    shared("tags_bulk_item", &["bulk_id"]),
    own("groups_membership", &["id"]),
    own("events_event", &["id"]),
    own("links_link", &["id"]),
    own("links_click", &["id"]),
    shared("links_first", &["link_id", "day"]),
    shared("live_codes_credit", &["code_id", "stage"]),
    own("orders_order", &["id"]),
    shared("imports_list_person", &["list_id"]),
    shared("attribution_touch", &["at", "link_id"]),
    own("attribution_credit", &["order_id", "entry"]),
    shared("metrics_person", &["post_id", "act"]),
    shared("metrics_leave", &["group_id", "at"]),
    own("layers_move", &["id"]),
    Carried {
        table: "layers_suggestion",
        key: &["id"],
        twins: Some((&["path_id"], "state IN ('open', 'invited', 'sent')")),
    },
    own("data_requests_request", &["id"]),
];

/// What is worked out from all the others, for both persons anew once they are joined or parted.
#[cfg(test)]
pub(crate) const WORKED_OUT: [&str; 2] = ["layers_person", "layers_due"];

struct Sql {
    place: &'static str,
    drop_twins: Option<&'static str>,
    set_aside: Option<&'static str>,
    note: &'static str,
    hand_over: &'static str,
    give_back: &'static str,
    bring_back: Option<&'static str>,
    forget: Option<&'static str>,
}

impl Carried {
    pub fn key_text(&self) -> String {
        self.key.iter().map(|k| format!("CAST({k} AS TEXT)")).collect::<Vec<_>>().join(" || '|' || ")
    }
    /// When a row and one called `s` are twins.
    fn same(&self) -> String {
        let Some((columns, among)) = self.twins else { return String::new() };
        let equal = columns.iter().map(|k| format!("s.{k} = {}.{k}", self.table));
        let among = among.replacen("state", "s.state", 1);
        equal.chain([among]).collect::<Vec<_>>().join(" AND ")
    }
    fn sql(&self) -> Sql {
        let (table, key, same) = (self.table, self.key_text(), self.same());
        let among = self.twins.map_or("1 = 1", |(_, among)| among);
        let when_shared = |text: String| -> Option<&'static str> {
            let kept: &'static str = text.leak();
            Some(kept).filter(|_| self.twins.is_some())
        };
        Sql {
            place: table,
            // A row that came late, while its like was set aside already.
            drop_twins: when_shared(format!(
                "DELETE FROM {table} WHERE tenant_id = $1 AND person_id = $2 AND {among} AND EXISTS (
                     SELECT 1 FROM {table} s WHERE s.tenant_id = $3 AND s.person_id = $2 AND {same})"
            )),
            set_aside: when_shared(format!(
                "UPDATE {table} SET tenant_id = $4 WHERE tenant_id = $1 AND person_id = $2 AND {among} AND EXISTS (
                     SELECT 1 FROM {table} s WHERE s.tenant_id = $1 AND s.person_id = $3 AND {same})"
            )),
            note: format!(
                "INSERT INTO people_moved (tenant_id, merge_id, place, row_key)
                 SELECT tenant_id, $3, '{table}', {key} FROM {table} WHERE tenant_id = $1 AND person_id = $2
                 ON CONFLICT (tenant_id, merge_id, place, row_key) DO NOTHING"
            )
            .leak(),
            hand_over: format!("UPDATE {table} SET person_id = $3 WHERE tenant_id = $1 AND person_id = $2")
                .leak(),
            give_back: format!(
                "UPDATE {table} SET person_id = $3 WHERE tenant_id = $1 AND person_id = $2 AND {key} IN (
                     SELECT row_key FROM people_moved WHERE tenant_id = $1 AND merge_id = $4 AND place = '{table}')"
            )
            .leak(),
            bring_back: when_shared(format!(
                "UPDATE {table} SET tenant_id = $1 WHERE tenant_id = $3 AND person_id = $2"
            )),
            forget: when_shared(format!("DELETE FROM {table} WHERE tenant_id = $1 AND person_id = $2")),
        }
    }
}

static STATEMENTS: LazyLock<Vec<Sql>> = LazyLock::new(|| CARRIED.iter().map(Carried::sql).collect());

fn aside(scope: &Scope) -> String {
    format!("{}#aside", scope.tenant())
}

/// Hands every row of `other` to `survivor` and notes it under the merge. May be repeated: it takes what came late.
pub(super) async fn carry(
    tx: &mut Tx<'_>,
    scope: &Scope,
    merge: &str,
    (survivor, other): (&str, &str),
) -> DbResult<()> {
    let (tenant, aside) = (scope.tenant(), aside(scope));
    for sql in STATEMENTS.iter() {
        if let (Some(drop_twins), Some(set_aside)) = (sql.drop_twins, sql.set_aside) {
            tx.exec(drop_twins, args![tenant, other, &aside]).await?;
            tx.exec(set_aside, args![tenant, other, survivor, &aside]).await?;
        }
        tx.exec(sql.note, args![tenant, other, merge]).await?;
        if sql.place == "people_contact" {
            note_provenance(tx, scope, merge).await?;
        }
        tx.exec(sql.hand_over, args![tenant, other, survivor]).await?;
    }
    renumber(tx, scope, survivor).await
}

/// Tables that repeat the person's number beside her id, because sets of people are made of them.
const NUMBERED: [&str; 2] = [
    "UPDATE groups_membership SET person_no = (
         SELECT p.person_no FROM people_person p WHERE p.tenant_id = $1 AND p.id = $2)
     WHERE tenant_id = $1 AND person_id = $2",
    "UPDATE imports_list_person SET person_no = (
         SELECT p.person_no FROM people_person p WHERE p.tenant_id = $1 AND p.id = $2)
     WHERE tenant_id = $1 AND person_id = $2",
];

async fn renumber(tx: &mut Tx<'_>, scope: &Scope, person: &str) -> DbResult<()> {
    for sql in NUMBERED {
        tx.exec(sql, args![scope.tenant(), person]).await?;
    }
    Ok(())
}

/// By what the contacts were recognised before, so that undoing says so again.
async fn note_provenance(tx: &mut Tx<'_>, scope: &Scope, merge: &str) -> DbResult<()> {
    tx.exec(
        "UPDATE people_moved SET was = (
             SELECT c.matched_by || '|' || CAST(c.confidence AS TEXT) || '|' || CAST(c.matched_at AS TEXT)
             FROM people_contact c WHERE c.tenant_id = $1 AND c.id = people_moved.row_key)
         WHERE tenant_id = $1 AND merge_id = $2 AND place = 'people_contact' AND was = ''",
        args![scope.tenant(), merge],
    )
    .await?;
    Ok(())
}

/// Gives back what the merge took, and brings back what it set aside.
pub(super) async fn restore(
    tx: &mut Tx<'_>,
    scope: &Scope,
    merge: &str,
    (survivor, other): (&str, &str),
) -> DbResult<()> {
    let (tenant, aside) = (scope.tenant(), aside(scope));
    for sql in STATEMENTS.iter() {
        tx.exec(sql.give_back, args![tenant, survivor, other, merge]).await?;
        if let Some(bring_back) = sql.bring_back {
            tx.exec(bring_back, args![tenant, other, &aside]).await?;
        }
    }
    let contacts: Vec<(String, String)> = tx
        .all(
            "SELECT row_key, was FROM people_moved WHERE tenant_id = $1 AND merge_id = $2 AND place = 'people_contact'",
            args![tenant, merge],
        )
        .await?;
    for (contact, was) in contacts {
        // What came through it while they were one is hers too.
        follow_contact(tx, scope, (survivor, other), &contact).await?;
        let mut parts = was.split('|');
        let (by, rest) =
            (parts.next().unwrap_or("external_id"), parts.map(|p| p.parse::<i64>().unwrap_or(0)));
        let numbers: Vec<i64> = rest.collect();
        tx.exec(
            "UPDATE people_contact SET matched_by = $4, confidence = $5, matched_at = $6
             WHERE tenant_id = $1 AND id = $2 AND person_id = $3",
            args![
                tenant,
                contact,
                other,
                by,
                numbers.first().copied().unwrap_or(100),
                numbers.get(1).copied().unwrap_or(0)
            ],
        )
        .await?;
    }
    renumber(tx, scope, survivor).await?;
    renumber(tx, scope, other).await?;
    Ok(())
}

/// Hands over what came through one contact: her stays in groups, numbers, losses and what is on its way to another
/// employee.
async fn follow_contact(
    tx: &mut Tx<'_>,
    scope: &Scope,
    (from, to): (&str, &str),
    contact: &str,
) -> DbResult<()> {
    for sql in [
        "UPDATE groups_membership SET person_id = $3
         WHERE tenant_id = $1 AND person_id = $2 AND is_staff = FALSE
           AND member_id = (SELECT c.external_id FROM people_contact c WHERE c.tenant_id = $1 AND c.id = $4)
           AND group_id IN (SELECT g.id FROM groups_group g JOIN people_contact c
               ON c.tenant_id = g.tenant_id AND c.account_id = g.account_id WHERE g.tenant_id = $1 AND c.id = $4)",
        "UPDATE people_phone SET person_id = $3 WHERE tenant_id = $1 AND person_id = $2 AND contact_id = $4",
        "UPDATE people_loss SET person_id = $3 WHERE tenant_id = $1 AND person_id = $2 AND contact_id = $4",
        "UPDATE handover_item SET person_id = $3
         WHERE tenant_id = $1 AND person_id = $2 AND kind = 'contact' AND target_id = $4",
    ] {
        tx.exec(sql, args![scope.tenant(), from, to, contact]).await?;
    }
    Ok(())
}

/// Hands some contacts of a person, and their stays in groups, to another.
pub(super) async fn part(
    tx: &mut Tx<'_>,
    scope: &Scope,
    (from, to): (&str, &str),
    contacts: &[String],
) -> DbResult<()> {
    let tenant = scope.tenant();
    for contact in contacts {
        follow_contact(tx, scope, (from, to), contact).await?;
        let now = tx.now();
        tx.exec(
            "UPDATE people_contact SET person_id = $3, matched_by = 'manual', confidence = 100, matched_at = $5
             WHERE tenant_id = $1 AND person_id = $2 AND id = $4",
            args![tenant, from, to, contact, now],
        )
        .await?;
    }
    renumber(tx, scope, to).await
}

/// Forgets what joinings noted of somebody who is being erased, and the rows they set aside: nothing of hers may be
/// brought back. `persons` are her ids, joined ones too.
pub async fn forget_joinings(tx: &mut Tx<'_>, scope: &Scope, persons: &[String]) -> DbResult<()> {
    let aside = aside(scope);
    for person in persons {
        for sql in STATEMENTS.iter() {
            if let Some(forget) = sql.forget {
                tx.exec(forget, args![&aside, person]).await?;
            }
        }
        tx.exec(
            "DELETE FROM people_moved WHERE tenant_id = $1 AND merge_id IN (
                 SELECT id FROM people_merge WHERE tenant_id = $1 AND (survivor_id = $2 OR other_id = $2))",
            args![scope.tenant(), person],
        )
        .await?;
    }
    Ok(())
}
