//! Every query of the greetings and of what became of them.

use base::Timestamp;

use super::jobs::Send;
use super::model::{Audience, Draft, LinkCard, WelcomeRefusal};
use super::rows::{CountRow, GreetingRow, LogEntry, LogRow, SetUpRow};
use crate::args;
use crate::kernel::db::{DbResult, Tx};
use crate::kernel::http::{AppResult, Paging, Scope};
use crate::live_codes;

/// Somebody who just added an employee, as the callback told. Ids are the platform's.
#[derive(Clone, Debug)]
pub struct NewContact<'a> {
    pub account: &'a str,
    pub staff_platform_id: &'a str,
    pub contact_platform_id: &'a str,
    /// The one-use code.
    pub welcome_code: &'a str,
    /// When the callback reached us: the clock of the greeting.
    pub arrived_at: Timestamp,
    /// The `state` of the live code, if any.
    pub state: Option<&'a str>,
}

/// Wants a newcomer greeted: one row per code, however often the callback comes, and an urgent job.
pub async fn greet(tx: &mut Tx<'_>, scope: &Scope, contact: &NewContact<'_>) -> AppResult<()> {
    let id = tx.new_id("wlc");
    let fresh = tx
        .exec(
            "INSERT INTO welcome_log (tenant_id, id, account_id, welcome_code, staff_platform_id, contact_platform_id,
                code_state, status, arrived_at) VALUES ($1, $2, $3, $4, $5, $6, $7, 'pending', $8)
             ON CONFLICT (tenant_id, account_id, welcome_code) DO NOTHING",
            args![
                scope.tenant(),
                &id,
                contact.account,
                contact.welcome_code,
                contact.staff_platform_id,
                contact.contact_platform_id,
                contact.state.unwrap_or_default(),
                contact.arrived_at
            ],
        )
        .await?;
    if fresh == 1 {
        tx.enqueue(scope.tenant(), &Send { greeting: id }).await?;
    }
    Ok(())
}

/// Makes a greeting; answers its id.
pub async fn create(tx: &mut Tx<'_>, scope: &Scope, draft: &Draft) -> AppResult<String> {
    check(tx, scope, draft).await?;
    let (id, now) = (tx.new_id("grt"), tx.now());
    if draft.is_default {
        clear_default(tx, scope, draft).await?;
    }
    let link = draft.link.clone().unwrap_or_default();
    tx.exec(
        "INSERT INTO welcome_greeting (tenant_id, id, audience, account_id, name, opening, offer, rules, benefit, action,
            link_title, link_description, link_url, link_picture, invite_code_id, is_default, template_status, search,
            created_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, 'draft', $17, $18, $18)",
        args![
            scope.tenant(),
            &id,
            draft.audience.word(),
            &draft.account_id,
            draft.name.trim(),
            draft.opening.trim(),
            draft.offer.trim(),
            draft.rules.trim(),
            draft.benefit.trim(),
            draft.action.trim(),
            link.title,
            link.description,
            link.url,
            link.picture,
            draft.invite_code_id.clone(),
            draft.is_default,
            draft.name.to_lowercase(),
            now
        ],
    )
    .await?;
    Ok(id)
}

/// Checks a draft, its invite code included.
async fn check(tx: &mut Tx<'_>, scope: &Scope, draft: &Draft) -> AppResult<()> {
    draft.check()?;
    if let Some(id) = &draft.invite_code_id {
        let code = live_codes::by_id(tx, scope, id).await?;
        if code.is_none_or(|c| c.target != live_codes::TargetKind::Groups.word()) {
            return Err(WelcomeRefusal::InviteNotGroups.into());
        }
    }
    Ok(())
}

async fn clear_default(tx: &mut Tx<'_>, scope: &Scope, draft: &Draft) -> DbResult<()> {
    tx.exec(
        "UPDATE welcome_greeting SET is_default = FALSE
         WHERE tenant_id = $1 AND audience = $2 AND account_id = $3 AND is_default = TRUE",
        args![scope.tenant(), draft.audience.word(), &draft.account_id],
    )
    .await?;
    Ok(())
}

pub(super) async fn update(tx: &mut Tx<'_>, scope: &Scope, id: &str, draft: &Draft) -> AppResult<()> {
    check(tx, scope, draft).await?;
    if draft.is_default {
        clear_default(tx, scope, draft).await?;
    }
    let (link, now) = (draft.link.clone().unwrap_or_default(), tx.now());
    tx.exec(
        "UPDATE welcome_greeting SET name = $3, opening = $4, offer = $5, rules = $6, benefit = $7, action = $8,
            link_title = $9, link_description = $10, link_url = $11, link_picture = $12, invite_code_id = $13,
            is_default = $14, search = $15, updated_at = $16
         WHERE tenant_id = $1 AND id = $2",
        args![
            scope.tenant(),
            id,
            draft.name.trim(),
            draft.opening.trim(),
            draft.offer.trim(),
            draft.rules.trim(),
            draft.benefit.trim(),
            draft.action.trim(),
            link.title,
            link.description,
            link.url,
            link.picture,
            draft.invite_code_id.clone(),
            draft.is_default,
            draft.name.to_lowercase(),
            now
        ],
    )
    .await?;
    Ok(())
}

pub(super) async fn by_id(tx: &mut Tx<'_>, scope: &Scope, id: &str) -> DbResult<Option<GreetingRow>> {
    tx.opt(
        "SELECT id, audience, account_id, name, opening, offer, rules, benefit, action, link_title, link_description,
            link_url, link_picture, invite_code_id, is_default, template_status, template_id, template_intent_at,
            reason, reason_detail, created_at, updated_at
         FROM welcome_greeting WHERE tenant_id = $1 AND id = $2",
        args![scope.tenant(), id],
    )
    .await
}

/// The greeting used when a code names none: the account's default.
pub(super) async fn default_for(
    tx: &mut Tx<'_>,
    scope: &Scope,
    account: &str,
) -> DbResult<Option<GreetingRow>> {
    tx.opt(
        "SELECT id, audience, account_id, name, opening, offer, rules, benefit, action, link_title, link_description,
            link_url, link_picture, invite_code_id, is_default, template_status, template_id, template_intent_at,
            reason, reason_detail, created_at, updated_at
         FROM welcome_greeting
         WHERE tenant_id = $1 AND audience = 'contact' AND is_default = TRUE AND account_id = $2
         ORDER BY id DESC LIMIT 1",
        args![scope.tenant(), account],
    )
    .await
}

pub(super) async fn list(
    tx: &mut Tx<'_>,
    scope: &Scope,
    page: &Paging,
    pattern: &str,
) -> DbResult<Vec<GreetingRow>> {
    tx.all(
        "SELECT id, audience, account_id, name, opening, offer, rules, benefit, action, link_title, link_description,
            link_url, link_picture, invite_code_id, is_default, template_status, template_id, template_intent_at,
            reason, reason_detail, created_at, updated_at
         FROM welcome_greeting WHERE tenant_id = $1 AND ($2 = '' OR id < $2) AND search LIKE $3 ESCAPE '!'
         ORDER BY id DESC LIMIT $4",
        args![scope.tenant(), &page.after, pattern, page.probe()],
    )
    .await
}

/// Forgets a greeting that no live code uses.
pub(super) async fn remove(tx: &mut Tx<'_>, scope: &Scope, id: &str) -> AppResult<bool> {
    let used = tx
        .number(
            "SELECT CAST(COUNT(*) AS BIGINT) FROM live_codes_code
             WHERE tenant_id = $1 AND welcome_id = $2 AND status <> 'retired'",
            args![scope.tenant(), id],
        )
        .await?;
    if used > 0 {
        return Err(WelcomeRefusal::InUse.into());
    }
    let gone =
        tx.exec("DELETE FROM welcome_greeting WHERE tenant_id = $1 AND id = $2", args![scope.tenant(), id]);
    Ok(gone.await? == 1)
}

impl GreetingRow {
    pub(super) fn draft(&self) -> Draft {
        let link = LinkCard {
            title: self.link_title.clone(),
            description: self.link_description.clone(),
            url: self.link_url.clone(),
            picture: self.link_picture.clone(),
        };
        Draft {
            audience: Audience::parse(&self.audience).unwrap_or(Audience::Contact),
            account_id: self.account_id.clone(),
            name: self.name.clone(),
            opening: self.opening.clone(),
            offer: self.offer.clone(),
            rules: self.rules.clone(),
            benefit: self.benefit.clone(),
            action: self.action.clone(),
            link: Some(link).filter(|l| !l.url.is_empty()),
            invite_code_id: self.invite_code_id.clone(),
            is_default: self.is_default,
        }
    }
}

pub(super) async fn log_by_id(tx: &mut Tx<'_>, scope: &Scope, id: &str) -> DbResult<Option<LogRow>> {
    tx.opt(
        "SELECT id, account_id, welcome_code, staff_platform_id, contact_platform_id, code_state, greeting_id, status,
            arrived_at, calls, outcome_unknown
         FROM welcome_log WHERE tenant_id = $1 AND id = $2",
        args![scope.tenant(), id],
    )
    .await
}

/// Notes a call that brought no end: which greeting, how many calls, and whether nobody knows what became of it.
pub(super) async fn note_call(tx: &mut Tx<'_>, scope: &Scope, log: &LogRow, unknown: bool) -> DbResult<()> {
    tx.exec(
        "UPDATE welcome_log SET calls = $3, greeting_id = $4, outcome_unknown = $5 WHERE tenant_id = $1 AND id = $2",
        args![scope.tenant(), &log.id, log.calls, &log.greeting_id, unknown || log.outcome_unknown],
    )
    .await?;
    Ok(())
}

/// Ends a greeting; false when it had ended before.
pub(super) async fn end(
    tx: &mut Tx<'_>,
    scope: &Scope,
    log: &LogRow,
    status: &str,
    (reason, detail): (&str, &str),
) -> DbResult<bool> {
    let now = tx.now();
    let ended = tx
        .exec(
            "UPDATE welcome_log SET status = $3, reason = $4, reason_detail = $5, ended_at = $6, calls = $7,
                greeting_id = $8
             WHERE tenant_id = $1 AND id = $2 AND status = 'pending'",
            args![scope.tenant(), &log.id, status, reason, detail, now, log.calls, &log.greeting_id],
        )
        .await?;
    Ok(ended == 1)
}

/// The log of one status, or all, newest first. An operator of own groups sees whom her own employee greeted.
pub(super) async fn log(
    tx: &mut Tx<'_>,
    scope: &Scope,
    page: &Paging,
    status: &str,
) -> DbResult<Vec<LogEntry>> {
    tx.all(
        "SELECT l.id, l.account_id, l.staff_platform_id, l.contact_platform_id, l.greeting_id, l.status, l.reason,
            l.reason_detail, l.arrived_at, l.ended_at, l.calls, s.id AS staff_id, s.name AS staff_name,
            p.id AS person_id, p.name AS person_name, c.id AS code_id, c.title AS code_title, g.name AS greeting_name
         FROM welcome_log l
         LEFT JOIN staff_member s ON s.tenant_id = l.tenant_id AND s.account_id = l.account_id
              AND s.platform_id = l.staff_platform_id
         LEFT JOIN people_contact k ON k.tenant_id = l.tenant_id AND k.account_id = l.account_id
              AND k.external_id = l.contact_platform_id AND k.is_staff = FALSE
         LEFT JOIN people_person p ON p.tenant_id = k.tenant_id AND p.id = k.person_id
         LEFT JOIN live_codes_code c ON c.tenant_id = l.tenant_id AND c.state = l.code_state AND l.code_state <> ''
         LEFT JOIN welcome_greeting g ON g.tenant_id = l.tenant_id AND g.id = l.greeting_id
         WHERE l.tenant_id = $1 AND ($3 = '' OR l.id < $3) AND ($4 = '' OR l.status = $4) AND ($2 = '' OR s.id = $2)
         ORDER BY l.id DESC LIMIT $5",
        args![scope.tenant(), scope.reach_key(), &page.after, status, page.probe()],
    )
    .await
}

/// Greetings per status since an instant.
pub(super) async fn counts(tx: &mut Tx<'_>, scope: &Scope, since: Timestamp) -> DbResult<Vec<CountRow>> {
    tx.all(
        "SELECT status, CAST(COUNT(*) AS BIGINT) AS count FROM welcome_log
         WHERE tenant_id = $1 AND arrived_at >= $2 GROUP BY status ORDER BY status",
        args![scope.tenant(), since],
    )
    .await
}

/// Where the template of a greeting stands at the platform.
pub(super) async fn set_template(
    tx: &mut Tx<'_>,
    scope: &Scope,
    id: &str,
    status: &str,
    (reason, detail): (&str, &str),
) -> DbResult<()> {
    tx.exec(
        "UPDATE welcome_greeting SET template_status = $3, reason = $4, reason_detail = $5
         WHERE tenant_id = $1 AND id = $2",
        args![scope.tenant(), id, status, reason, detail],
    )
    .await?;
    Ok(())
}

/// Opens (`at` > 0) or closes (0) the intent of adding the template.
pub(super) async fn set_template_intent(tx: &mut Tx<'_>, scope: &Scope, id: &str, at: i64) -> DbResult<()> {
    tx.exec(
        "UPDATE welcome_greeting SET template_intent_at = $3 WHERE tenant_id = $1 AND id = $2",
        args![scope.tenant(), id, at],
    )
    .await?;
    Ok(())
}

pub(super) async fn bind_template(tx: &mut Tx<'_>, scope: &Scope, id: &str, template: &str) -> DbResult<()> {
    tx.exec(
        "UPDATE welcome_greeting SET template_id = $3, template_intent_at = 0, template_status = 'set_up_needed',
            reason = '', reason_detail = '' WHERE tenant_id = $1 AND id = $2",
        args![scope.tenant(), id, template],
    )
    .await?;
    Ok(())
}

/// Groups for which a template was planned, and whether the owner has selected it.
pub(super) async fn set_ups(tx: &mut Tx<'_>, scope: &Scope, id: &str) -> DbResult<Vec<SetUpRow>> {
    tx.all(
        "SELECT group_id, status, changed_at FROM welcome_group WHERE tenant_id = $1 AND greeting_id = $3
           AND ($2 = '' OR group_id IN (SELECT group_id FROM groups_duty WHERE tenant_id = $1 AND staff_id = $2))
         ORDER BY group_id",
        args![scope.tenant(), scope.reach_key(), id],
    )
    .await
}

pub(super) async fn set_up(
    tx: &mut Tx<'_>,
    scope: &Scope,
    (id, group): (&str, &str),
    status: &str,
) -> DbResult<()> {
    let now = tx.now();
    tx.exec(
        "INSERT INTO welcome_group (tenant_id, greeting_id, group_id, status, changed_at) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (tenant_id, greeting_id, group_id)
         DO UPDATE SET status = excluded.status, changed_at = excluded.changed_at",
        args![scope.tenant(), id, group, status, now],
    )
    .await?;
    Ok(())
}

/// Our id of a contact, once she is mirrored.
pub(super) async fn contact_id(
    tx: &mut Tx<'_>,
    scope: &Scope,
    account: &str,
    external_id: &str,
) -> DbResult<Option<String>> {
    let row: Option<(String,)> = tx
        .opt(
            "SELECT id FROM people_contact
             WHERE tenant_id = $1 AND account_id = $2 AND external_id = $3 AND is_staff = FALSE",
            args![scope.tenant(), account, external_id],
        )
        .await?;
    Ok(row.map(|(id,)| id))
}

/// Whether this group is there and within reach.
pub(super) async fn group_in_reach(tx: &mut Tx<'_>, scope: &Scope, group: &str) -> DbResult<bool> {
    let row: Option<(i64,)> = tx
        .opt(
            "SELECT CAST(1 AS BIGINT) FROM groups_group g WHERE tenant_id = $1 AND id = $3
               AND ($2 = '' OR g.id IN (SELECT group_id FROM groups_duty WHERE tenant_id = $1 AND staff_id = $2))",
            args![scope.tenant(), scope.reach_key(), group],
        )
        .await?;
    Ok(row.is_some())
}
