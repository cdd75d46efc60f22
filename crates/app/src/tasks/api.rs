//! `/api/v1/tasks`: what waits for employees, reminding them, and handing a task to somebody else.

use axum::Json;
use axum::extract::{Path, Query, State};
use base::Page;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::jobs::Card;
use super::model::{REASON_CHARS, TaskRefusal, TaskState, in_working_hours};
use super::rows::TaskRow;
use super::store;
use crate::ctx::Ctx;
use crate::kernel::audit;
use crate::kernel::http::{Allowed, AppResult, ErrorBody, ListQuery, permission};
use crate::{staff, tenants};

/// A task as the operator sees it.
#[derive(Serialize, ToSchema)]
pub struct TaskView {
    pub id: String,
    pub post_id: String,
    pub group_id: String,
    pub group_name: String,
    pub staff_id: String,
    pub title: String,
    pub body: String,
    pub state: TaskState,
    /// Why it was skipped, in the employee's words, or a catalogue key.
    pub reason: String,
    pub due_at: i64,
    pub expires_at: i64,
    /// When the card reached the employee; 0 when it did not yet.
    pub prompted_at: i64,
    pub reminders: i64,
    pub settled_at: i64,
    /// `post`, or `invitation` to one contact.
    pub kind: String,
}

impl From<TaskRow> for TaskView {
    fn from(t: TaskRow) -> Self {
        Self {
            state: TaskState::named(&t.state).unwrap_or(TaskState::Waiting),
            id: t.id,
            post_id: t.post_id,
            group_id: t.group_id,
            group_name: t.group_name,
            staff_id: t.staff_id,
            title: t.title,
            body: t.body,
            reason: t.reason,
            due_at: t.due_at,
            expires_at: t.expires_at,
            prompted_at: t.prompted_at,
            reminders: t.reminders,
            settled_at: t.settled_at,
            kind: t.kind,
        }
    }
}

#[derive(Serialize, ToSchema)]
struct TaskPage {
    items: Vec<TaskView>,
    next: Option<String>,
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct TaskFilter {
    /// Only tasks in this state.
    state: Option<TaskState>,
}

/// Employees' tasks, newest first.
#[utoipa::path(get, path = "/api/v1/tasks", params(ListQuery, TaskFilter), responses((status = 200, body = TaskPage)))]
async fn list_tasks(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::TasksRead>,
    Query(query): Query<ListQuery>,
    Query(filter): Query<TaskFilter>,
) -> AppResult<Json<TaskPage>> {
    let page = query.paging();
    let mut tx = ctx.read().await?;
    let rows = store::list(&mut tx, &caller.scope, filter.state.map_or("", TaskState::word), &page).await?;
    let Page { items, next } = Page::cut(rows, page.limit, |t| t.id.clone()).map(TaskView::from);
    Ok(Json(TaskPage { items, next }))
}

fn must_wait(task: &TaskRow) -> Result<(), TaskRefusal> {
    match TaskState::named(&task.state) {
        Some(TaskState::Waiting) => Ok(()),
        state => Err(TaskRefusal::Settled { state: state.unwrap_or(TaskState::Waiting) }),
    }
}

/// Sends the employee another card, in working hours.
#[utoipa::path(post, path = "/api/v1/tasks/{id}/remind", params(("id" = String, Path)),
    responses((status = 204), (status = 404, body = ErrorBody), (status = 409, body = ErrorBody)))]
async fn remind_task(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::TasksWrite>,
    Path(id): Path<String>,
) -> AppResult<StatusCode> {
    let mut tx = ctx.begin().await?;
    let task = store::task(&mut tx, &caller.scope, &id).await?;
    must_wait(&task)?;
    let zone = tenants::get(&mut tx, &caller.scope).await?.tenant_zone();
    if in_working_hours(&zone, tx.now()) > tx.now() {
        return Err(TaskRefusal::OutsideWorkingHours.into());
    }
    let round = store::note_asked(&mut tx, &caller.scope, &id).await?;
    tx.enqueue(caller.scope.tenant(), &Card { post: task.post_id, staff: task.staff_id, round }).await?;
    audit::record(&mut tx, &caller, "tasks.remind", &id).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize, ToSchema)]
struct HandOverBody {
    /// Another employee with a duty in the group.
    staff_id: String,
}

/// Gives a waiting task to another employee on duty; she gets a card of her own.
#[utoipa::path(post, path = "/api/v1/tasks/{id}/hand-over", params(("id" = String, Path)),
    request_body = HandOverBody,
    responses((status = 200, body = TaskView), (status = 404, body = ErrorBody), (status = 409, body = ErrorBody),
        (status = 422, body = ErrorBody)))]
async fn hand_over_task(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::TasksWrite>,
    Path(id): Path<String>,
    Json(body): Json<HandOverBody>,
) -> AppResult<Json<TaskView>> {
    let mut tx = ctx.begin().await?;
    let task = store::task(&mut tx, &caller.scope, &id).await?;
    must_wait(&task)?;
    let to = staff::get(&mut tx, &caller.scope, &body.staff_id).await?;
    if to.account_id != task.account_id
        || !store::is_on_duty(&mut tx, &caller.scope, &task.group_id, &to.id).await?
    {
        return Err(TaskRefusal::NotOnDuty.into());
    }
    store::hand_over(&mut tx, &caller.scope, &id, &to.id, &to.platform_id).await?;
    tx.enqueue(caller.scope.tenant(), &Card { post: task.post_id, staff: to.id, round: 0 }).await?;
    audit::record(&mut tx, &caller, "tasks.hand_over", &id).await?;
    let task = store::task(&mut tx, &caller.scope, &id).await?;
    tx.commit().await?;
    Ok(Json(task.into()))
}

#[derive(Deserialize, ToSchema)]
struct SkipTaskBody {
    reason: String,
}

/// Takes a waiting task off the employee's list.
#[utoipa::path(post, path = "/api/v1/tasks/{id}/skip", params(("id" = String, Path)), request_body = SkipTaskBody,
    responses((status = 200, body = TaskView), (status = 404, body = ErrorBody), (status = 409, body = ErrorBody),
        (status = 422, body = ErrorBody)))]
async fn skip_task_for(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::TasksWrite>,
    Path(id): Path<String>,
    Json(body): Json<SkipTaskBody>,
) -> AppResult<Json<TaskView>> {
    let reason = body.reason.trim();
    if reason.is_empty() || reason.chars().count() > REASON_CHARS {
        return Err(TaskRefusal::NoReason.into());
    }
    let mut tx = ctx.begin().await?;
    let task = store::task(&mut tx, &caller.scope, &id).await?;
    store::settle(&mut tx, &caller.scope, &task, TaskState::Skipped, reason).await?;
    audit::record(&mut tx, &caller, "tasks.skip", &id).await?;
    let task = store::task(&mut tx, &caller.scope, &id).await?;
    tx.commit().await?;
    Ok(Json(task.into()))
}

/// Operators' endpoints.
pub fn router() -> OpenApiRouter<Ctx> {
    OpenApiRouter::new()
        .routes(routes!(list_tasks))
        .routes(routes!(remind_task))
        .routes(routes!(hand_over_task))
        .routes(routes!(skip_task_for))
}
