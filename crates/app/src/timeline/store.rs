//! The one query behind a timeline.

use super::model::After;
use super::rows::EntryRow;
use crate::args;
use crate::kernel::db::{DbResult, Tx};
use crate::kernel::http::Scope;

/// Entries of a person, newest first: `$1` tenant, `$2` reach, `$3` person, `$4` kind or empty, `$5` to `$7` the place
/// after which to go on, `$8` how many, `$9` kinds the caller may not see, each between commas. Each part knows its own kind, so that a filter skips the others.
const ENTRIES: &str = "SELECT kind, at, key, with_id AS \"with\", name, detail, amount_fen FROM (
    SELECT 'contact_added' AS kind, f.since AS at, f.contact_id || f.staff_id AS key, s.id AS with_id, s.name AS name,
           COALESCE(f.state, '') AS detail, CAST(0 AS BIGINT) AS amount_fen
    FROM people_contact c
    JOIN people_follow f ON f.tenant_id = c.tenant_id AND f.contact_id = c.id
    JOIN staff_member s ON s.tenant_id = f.tenant_id AND s.id = f.staff_id
    WHERE c.tenant_id = $1 AND c.person_id = $3 AND ($2 = '' OR f.staff_id = $2) AND $4 IN ('', 'contact_added')
    UNION ALL
    SELECT 'contact_lost', l.at, l.id, s.id, s.name, CASE WHEN l.by_customer = TRUE THEN 'customer' ELSE 'staff' END,
           CAST(0 AS BIGINT)
    FROM people_loss l JOIN staff_member s ON s.tenant_id = l.tenant_id AND s.id = l.staff_id
    WHERE l.tenant_id = $1 AND l.person_id = $3 AND ($2 = '' OR l.staff_id = $2) AND $4 IN ('', 'contact_lost')
    UNION ALL
    SELECT 'bond_moved', i.ended_at, i.id, t.id, t.name, g.name, CAST(0 AS BIGINT)
    FROM handover_item i JOIN handover_plan p ON p.tenant_id = i.tenant_id AND p.id = i.plan_id
    JOIN staff_member t ON t.tenant_id = p.tenant_id AND t.id = p.to_staff
    JOIN staff_member g ON g.tenant_id = p.tenant_id AND g.id = p.from_staff
    WHERE i.tenant_id = $1 AND i.person_id = $3 AND i.state = 'done' AND ($2 = '' OR $2 IN (t.id, g.id))
      AND $4 IN ('', 'bond_moved')
    UNION ALL
    SELECT 'joined', m.joined_at, m.id, g.id, g.name, COALESCE(m.state, ''), CAST(0 AS BIGINT)
    FROM groups_membership m JOIN groups_group g ON g.tenant_id = m.tenant_id AND g.id = m.group_id
    WHERE m.tenant_id = $1 AND m.person_id = $3 AND $4 IN ('', 'joined')
      AND ($2 = '' OR m.group_id IN (SELECT group_id FROM groups_duty WHERE tenant_id = $1 AND staff_id = $2))
    UNION ALL
    SELECT 'left', m.left_at, m.id, g.id, g.name, '', CAST(0 AS BIGINT)
    FROM groups_membership m JOIN groups_group g ON g.tenant_id = m.tenant_id AND g.id = m.group_id
    WHERE m.tenant_id = $1 AND m.person_id = $3 AND m.left_at IS NOT NULL AND $4 IN ('', 'left')
      AND ($2 = '' OR m.group_id IN (SELECT group_id FROM groups_duty WHERE tenant_id = $1 AND staff_id = $2))
    UNION ALL
    SELECT 'came_by_code', x.at, x.code_id || x.stage, k.id, k.title, x.stage, CAST(0 AS BIGINT)
    FROM live_codes_credit x JOIN live_codes_code k ON k.tenant_id = x.tenant_id AND k.id = x.code_id
    WHERE x.tenant_id = $1 AND x.person_id = $3 AND x.stage <> 'order' AND $4 IN ('', 'came_by_code')
    UNION ALL
    SELECT 'tagged', t.applied_at, t.tag_id, t.tag_id, n.name, t.source, CAST(0 AS BIGINT)
    FROM tags_person_tag t JOIN tags_tag n ON n.tenant_id = t.tenant_id AND n.id = t.tag_id
    WHERE t.tenant_id = $1 AND t.person_id = $3 AND $4 IN ('', 'tagged')
    UNION ALL
    SELECT 'greeted', w.ended_at, w.id, s.id, s.name, w.status, CAST(0 AS BIGINT)
    FROM people_contact c
    JOIN welcome_log w ON w.tenant_id = c.tenant_id AND w.account_id = c.account_id
        AND w.contact_platform_id = c.external_id
    JOIN staff_member s ON s.tenant_id = w.tenant_id AND s.account_id = w.account_id
        AND s.platform_id = w.staff_platform_id
    WHERE c.tenant_id = $1 AND c.person_id = $3 AND c.is_staff = FALSE AND w.ended_at > 0
      AND ($2 = '' OR s.id = $2) AND $4 IN ('', 'greeted')
    UNION ALL
    SELECT 'post_delivered', d.at, d.post_id || d.group_id, p.id, p.title, d.group_name, CAST(0 AS BIGINT)
    FROM groups_membership m
    JOIN playbooks_delivery d ON d.tenant_id = m.tenant_id AND d.group_id = m.group_id AND d.at >= m.joined_at
        AND (m.left_at IS NULL OR d.at < m.left_at)
    JOIN playbooks_post p ON p.tenant_id = d.tenant_id AND p.id = d.post_id
    WHERE m.tenant_id = $1 AND m.person_id = $3 AND d.state = 'sent' AND $4 IN ('', 'post_delivered')
      AND ($2 = '' OR m.group_id IN (SELECT group_id FROM groups_duty WHERE tenant_id = $1 AND staff_id = $2))
    UNION ALL
    SELECT 'clicked', c.at, c.link_id || CAST(c.day AS TEXT), k.id, k.title, k.surface, CAST(0 AS BIGINT)
    FROM links_first c JOIN links_link k ON k.tenant_id = c.tenant_id AND k.id = c.link_id
    WHERE c.tenant_id = $1 AND c.person_id = $3 AND $4 IN ('', 'clicked')
      AND ($2 = '' OR k.group_id IN (SELECT group_id FROM groups_duty WHERE tenant_id = $1 AND staff_id = $2))
    UNION ALL
    SELECT 'ordered', o.paid_at, o.id, o.id, o.order_no, o.source, o.paid_fen
    FROM orders_order o WHERE o.tenant_id = $1 AND o.person_id = $3 AND $4 IN ('', 'ordered')
    UNION ALL
    SELECT 'refunded', o.refunded_at, o.id, o.id, o.order_no, o.source, o.refunded_fen
    FROM orders_order o WHERE o.tenant_id = $1 AND o.person_id = $3 AND o.refunded_fen > 0 AND $4 IN ('', 'refunded')
    UNION ALL
    SELECT 'event', e.at, e.id, e.id, e.name, e.properties, CAST(0 AS BIGINT)
    FROM events_event e WHERE e.tenant_id = $1 AND e.person_id = $3 AND $4 IN ('', 'event')
    UNION ALL
    SELECT 'consent', l.at, l.id, l.purpose, l.purpose, CASE WHEN l.granted = TRUE THEN 'granted' ELSE 'withdrawn' END,
           CAST(0 AS BIGINT)
    FROM privacy_consent_log l WHERE l.tenant_id = $1 AND l.person_id = $3 AND $4 IN ('', 'consent')
    UNION ALL
    SELECT 'field_set', v.at, v.field_id, v.field_id, d.name, v.source, CAST(0 AS BIGINT)
    FROM people_value v JOIN people_field d ON d.tenant_id = v.tenant_id AND d.id = v.field_id
    WHERE v.tenant_id = $1 AND v.person_id = $3 AND d.roles = '' AND $4 IN ('', 'field_set')
    UNION ALL
    SELECT CASE WHEN g.act = 'merge' THEN 'merged' ELSE 'split' END, g.at, g.id, o.id, o.name, g.how, CAST(0 AS BIGINT)
    FROM people_merge g JOIN people_person o ON o.tenant_id = g.tenant_id AND o.id = g.other_id
    WHERE g.tenant_id = $1 AND g.survivor_id = $3
      AND ($4 = '' OR ($4 = 'merged' AND g.act = 'merge') OR ($4 = 'split' AND g.act = 'split'))
    UNION ALL
    SELECT 'split', g.undone_at, g.id, o.id, o.name, 'undone', CAST(0 AS BIGINT)
    FROM people_merge g JOIN people_person o ON o.tenant_id = g.tenant_id AND o.id = g.other_id
    WHERE g.tenant_id = $1 AND g.survivor_id = $3 AND g.undone_at > 0 AND $4 IN ('', 'split')
) entry
WHERE (at < $5 OR (at = $5 AND (kind < $6 OR (kind = $6 AND key < $7))))
  AND $9 NOT LIKE '%,' || kind || ',%'
ORDER BY at DESC, kind DESC, key DESC LIMIT $8";

/// Entries of a person after a place, newest first. The caller has checked that the person is within reach.
pub(super) async fn entries(
    tx: &mut Tx<'_>,
    scope: &Scope,
    (person, kind, hidden): (&str, &str, &str),
    after: &After,
    limit: usize,
) -> DbResult<Vec<EntryRow>> {
    tx.all(
        ENTRIES,
        args![
            scope.tenant(),
            scope.reach_key(),
            person,
            kind,
            after.at,
            &after.kind,
            &after.key,
            limit,
            hidden
        ],
    )
    .await
}
