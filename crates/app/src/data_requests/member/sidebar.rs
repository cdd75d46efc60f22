//! An employee writes down, beside the chat, that her customer wants no advertising or nothing personal.

use axum::Json;
use axum::extract::{Query, State};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::ctx::Ctx;
use crate::kernel::audit;
use crate::kernel::db::Tx;
use crate::kernel::http::{AppError, AppResult, ErrorBody};
use crate::privacy::{self, Channel, Mark, Marking, PrivacyRefusal, Visitor, VisitorKind};
use crate::{people, staff};

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Beside {
    /// The platform's id of the contact the page is open beside.
    contact: String,
}

#[derive(Serialize, ToSchema)]
pub(super) struct SidebarRefusals {
    no_promotion: bool,
    no_personalisation: bool,
}

/// The employee and the person beside whose chat the page is open; only her own customers.
async fn beside(tx: &mut Tx<'_>, visitor: &Visitor, contact: &str) -> AppResult<(staff::StaffRow, String)> {
    let (scope, token) = (&visitor.scope, &visitor.token);
    if token.kind != VisitorKind::Staff {
        return Err(AppError::not_found());
    }
    let me = staff::by_platform_id(tx, scope, &token.account, &token.platform_id).await?;
    let me = me.filter(|s| s.active).ok_or_else(AppError::not_found)?;
    let person = people::by_external_id(tx, scope, &token.account, contact).await?;
    let person = person.ok_or_else(AppError::not_found)?;
    let follows = people::active_follows(tx, scope, &person.id).await?;
    if !follows.iter().any(|f| f.staff_id == me.id) {
        return Err(AppError::not_found());
    }
    Ok((me, person.id))
}

async fn refusals(tx: &mut Tx<'_>, visitor: &Visitor, person: &str) -> AppResult<Json<SidebarRefusals>> {
    let marks = privacy::marks_of(tx, &visitor.scope, person).await?;
    let holds = |mark: Mark| marks.iter().any(|m| m.mark == mark.word());
    Ok(Json(SidebarRefusals {
        no_promotion: holds(Mark::NoPromotion),
        no_personalisation: holds(Mark::NoPersonalisation),
    }))
}

/// What the customer beside the page refused.
#[utoipa::path(get, path = "/api/member/v1/sidebar/refusals", params(Beside),
    responses((status = 200, body = SidebarRefusals), (status = 404, body = ErrorBody)))]
pub(super) async fn get_sidebar_refusals(
    State(ctx): State<Ctx>,
    visitor: Visitor,
    Query(Beside { contact }): Query<Beside>,
) -> AppResult<Json<SidebarRefusals>> {
    let mut tx = ctx.read().await?;
    let (_, person) = beside(&mut tx, &visitor, &contact).await?;
    refusals(&mut tx, &visitor, &person).await
}

#[derive(Deserialize, ToSchema)]
pub(super) struct SidebarRefusal {
    /// The platform's id of the contact.
    contact: String,
    /// `no_promotion` or `no_personalisation`.
    mark: Mark,
    on: bool,
}

/// Writes down what the customer beside the page said.
#[utoipa::path(post, path = "/api/member/v1/sidebar/refusals", request_body = SidebarRefusal,
    responses((status = 200, body = SidebarRefusals), (status = 404, body = ErrorBody),
        (status = 422, body = ErrorBody)))]
pub(super) async fn set_sidebar_refusal(
    State(ctx): State<Ctx>,
    visitor: Visitor,
    Json(said): Json<SidebarRefusal>,
) -> AppResult<Json<SidebarRefusals>> {
    if !said.mark.is_hers() {
        return Err(PrivacyRefusal::UnknownMark(said.mark.word().to_owned()).into());
    }
    let mut tx = ctx.begin().await?;
    let (me, person) = beside(&mut tx, &visitor, &said.contact).await?;
    let marking = Marking {
        person: &person,
        mark: said.mark,
        on: said.on,
        channel: Channel::Staff,
        recorded_by: &me.name,
        reason: "",
    };
    if privacy::set_mark(&mut tx, &visitor.scope, &marking).await? {
        let act = if said.on { "privacy.set_mark" } else { "privacy.take_mark" };
        audit::record_system(&mut tx, &visitor.scope, &me.name, act, &person).await?;
    }
    let view = refusals(&mut tx, &visitor, &person).await?;
    tx.commit().await?;
    Ok(view)
}
