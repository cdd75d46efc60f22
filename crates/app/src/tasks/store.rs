//! Every query of the tasks.

use base::Timestamp;

use super::jobs::{Card, Follow};
use super::model::{FIRST_REMINDER, NewTask, TaskRefusal, TaskState};
use super::rows::TaskRow;
use crate::args;
use crate::kernel::db::Tx;
use crate::kernel::http::{AppError, AppResult, Paging, Scope};
use crate::reactions::{self, Fact};

/// A query of tasks; the rest says which.
macro_rules! select_task {
    ($rest:literal) => {
        concat!(
            "SELECT t.id, t.post_id, t.group_id, t.group_platform_id, t.group_name, t.account_id, t.staff_id,
                 t.staff_platform_id, t.title, t.body, t.link_url, t.state, t.reason, t.due_at, t.expires_at,
                 t.prompted_at, t.reminders, t.settled_at
             FROM tasks_task t ",
            $rest
        )
    };
}

/// Makes the tasks of one post and lets the cards leave after commit: one card per employee, whatever the number of
/// her groups.
pub async fn create(tx: &mut Tx<'_>, scope: &Scope, tasks: &[NewTask]) -> AppResult<()> {
    let Some(first) = tasks.first() else { return Ok(()) };
    let (now, tenant) = (tx.now(), scope.tenant());
    let mut rows = Vec::with_capacity(tasks.len());
    let mut staff: Vec<&str> = Vec::new();
    for task in tasks {
        rows.push(args![
            tenant,
            tx.new_id("tsk"),
            &task.post_id,
            &task.group_id,
            &task.group_platform_id,
            &task.group_name,
            &task.account_id,
            &task.staff_id,
            &task.staff_platform_id,
            &task.title,
            &task.body,
            &task.link_url,
            "waiting",
            task.due_at,
            task.expires_at,
            now
        ]);
        if !staff.contains(&task.staff_id.as_str()) {
            staff.push(&task.staff_id);
        }
    }
    tx.insert_many(
        "INSERT INTO tasks_task (tenant_id, id, post_id, group_id, group_platform_id, group_name, account_id, staff_id,
             staff_platform_id, title, body, link_url, state, due_at, expires_at, created_at)",
        rows,
        "",
    )
    .await?;
    for staff in staff {
        tx.enqueue(tenant, &Card { post: first.post_id.clone(), staff: staff.to_owned(), round: 0 }).await?;
    }
    let look = now.plus(FIRST_REMINDER).min(first.expires_at);
    tx.enqueue_at(tenant, &Follow { post: first.post_id.clone() }, look).await
}

const MANY: Paging = Paging { after: String::new(), limit: 199 };

/// Tasks that wait for a tap, newest first, at most two hundred.
pub async fn waiting(tx: &mut Tx<'_>, scope: &Scope) -> AppResult<Vec<TaskRow>> {
    list(tx, scope, TaskState::Waiting.word(), &MANY).await
}

/// Tasks within reach, newest first; an empty `state` means all.
pub async fn list(tx: &mut Tx<'_>, scope: &Scope, state: &str, page: &Paging) -> AppResult<Vec<TaskRow>> {
    Ok(tx
        .all(
            select_task!(
                "WHERE t.tenant_id = $1 AND ($3 = '' OR t.state = $3) AND ($4 = '' OR t.id < $4)
                   AND ($2 = '' OR t.group_id IN (SELECT group_id FROM groups_duty WHERE tenant_id = $1 AND staff_id = $2))
                 ORDER BY t.id DESC LIMIT $5"
            ),
            args![scope.tenant(), scope.reach_key(), state, &page.after, page.probe()],
        )
        .await?)
}

/// One task within reach.
pub async fn task(tx: &mut Tx<'_>, scope: &Scope, id: &str) -> AppResult<TaskRow> {
    tx.opt(
        select_task!(
            "WHERE t.tenant_id = $1 AND t.id = $3
               AND ($2 = '' OR t.group_id IN (SELECT group_id FROM groups_duty WHERE tenant_id = $1 AND staff_id = $2))"
        ),
        args![scope.tenant(), scope.reach_key(), id],
    )
    .await?
    .ok_or_else(AppError::not_found)
}

/// One employee's tasks that are due between two instants or still wait, oldest first.
pub async fn of_staff(
    tx: &mut Tx<'_>,
    scope: &Scope,
    staff: &str,
    from: Timestamp,
    to: Timestamp,
) -> AppResult<Vec<TaskRow>> {
    Ok(tx
        .all(
            select_task!(
                "WHERE t.tenant_id = $1 AND t.staff_id = $2 AND t.due_at >= $3 AND t.due_at < $4
                 ORDER BY t.due_at, t.id LIMIT 200"
            ),
            args![scope.tenant(), staff, from, to],
        )
        .await?)
}

/// Tasks of one post that still wait, by employee.
pub async fn waiting_of_post(tx: &mut Tx<'_>, scope: &Scope, post: &str) -> AppResult<Vec<TaskRow>> {
    Ok(tx
        .all(
            select_task!(
                "WHERE t.tenant_id = $1 AND t.post_id = $2 AND t.state = 'waiting' ORDER BY t.staff_id, t.id"
            ),
            args![scope.tenant(), post],
        )
        .await?)
}

/// The card reached the employee.
pub async fn note_prompted(tx: &mut Tx<'_>, scope: &Scope, post: &str, staff: &str) -> AppResult<()> {
    let now = tx.now();
    tx.exec(
        "UPDATE tasks_task SET prompted_at = $4
         WHERE tenant_id = $1 AND post_id = $2 AND staff_id = $3 AND state = 'waiting' AND prompted_at = 0",
        args![scope.tenant(), post, staff, now],
    )
    .await?;
    Ok(())
}

/// One more reminder for all waiting tasks of a post.
pub async fn note_reminded(tx: &mut Tx<'_>, scope: &Scope, post: &str) -> AppResult<()> {
    let now = tx.now();
    tx.exec(
        "UPDATE tasks_task SET reminders = reminders + 1, reminded_at = $3
         WHERE tenant_id = $1 AND post_id = $2 AND state = 'waiting'",
        args![scope.tenant(), post, now],
    )
    .await?;
    Ok(())
}

/// One more reminder for a single task; answers the round of its card.
pub async fn note_asked(tx: &mut Tx<'_>, scope: &Scope, id: &str) -> AppResult<i64> {
    let now = tx.now();
    Ok(tx
        .number(
            "UPDATE tasks_task SET reminders = reminders + 1, reminded_at = $3
             WHERE tenant_id = $1 AND id = $2 RETURNING reminders",
            args![scope.tenant(), id, now],
        )
        .await?)
}

/// Gives a waiting task to another employee.
pub async fn hand_over(
    tx: &mut Tx<'_>,
    scope: &Scope,
    id: &str,
    staff: &str,
    staff_platform_id: &str,
) -> AppResult<bool> {
    let touched = tx
        .exec(
            "UPDATE tasks_task SET staff_id = $3, staff_platform_id = $4, prompted_at = 0
             WHERE tenant_id = $1 AND id = $2 AND state = 'waiting'",
            args![scope.tenant(), id, staff, staff_platform_id],
        )
        .await?;
    Ok(touched == 1)
}

/// Whether the employee has a duty in the group.
pub async fn is_on_duty(tx: &mut Tx<'_>, scope: &Scope, group: &str, staff: &str) -> AppResult<bool> {
    let rows = tx
        .number(
            "SELECT COUNT(*) FROM groups_duty WHERE tenant_id = $1 AND group_id = $2 AND staff_id = $3",
            args![scope.tenant(), group, staff],
        )
        .await?;
    Ok(rows > 0)
}

/// Settles a waiting task once and hands the fact on. Answers whether this call did it.
///
/// # Errors
/// [`TaskRefusal::Settled`] when it ended in another way before; ending it the same way again is no error.
pub async fn settle(
    tx: &mut Tx<'_>,
    scope: &Scope,
    task: &TaskRow,
    state: TaskState,
    reason: &str,
) -> AppResult<bool> {
    let now = tx.now();
    let touched = tx
        .exec(
            "UPDATE tasks_task SET state = $3, reason = $4, settled_at = $5
             WHERE tenant_id = $1 AND id = $2 AND state = 'waiting'",
            args![scope.tenant(), &task.id, state.word(), reason, now],
        )
        .await?;
    if touched == 0 {
        let current = super::store::task(tx, scope, &task.id).await?;
        let current = TaskState::named(&current.state).unwrap_or(TaskState::Waiting);
        return if current == state {
            Ok(false)
        } else {
            Err(TaskRefusal::Settled { state: current }.into())
        };
    }
    let (post, group, staff) = (task.post_id.clone(), task.group_id.clone(), task.staff_id.clone());
    let fact = match state {
        TaskState::Sent => Fact::PostDelivered { post, group, staff, at: now },
        TaskState::Skipped => {
            Fact::PostMissed { post, group, staff, reason: "tasks.skipped".to_owned(), at: now }
        }
        TaskState::Expired | TaskState::Waiting => {
            Fact::PostMissed { post, group, staff, reason: "tasks.expired".to_owned(), at: now }
        }
    };
    reactions::on(tx, scope, &fact).await?;
    Ok(true)
}

/// The tenant of an account, for employees who come to the sidebar page without a session.
pub async fn tenant_of_account(tx: &mut Tx<'_>, account: &str) -> AppResult<String> {
    let row: Option<(String,)> =
        tx.opt("SELECT tenant_id FROM accounts_account WHERE id = $1", args![account]).await?;
    row.map(|(tenant,)| tenant).ok_or_else(AppError::not_found)
}

/// In how many groups a person is now.
pub async fn groups_of_person(tx: &mut Tx<'_>, scope: &Scope, person: &str) -> AppResult<i64> {
    Ok(tx
        .number(
            "SELECT COUNT(DISTINCT group_id) FROM groups_membership
             WHERE tenant_id = $1 AND person_id = $2 AND left_at IS NULL",
            args![scope.tenant(), person],
        )
        .await?)
}
