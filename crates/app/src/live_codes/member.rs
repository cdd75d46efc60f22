//! What the page behind a code shows to whoever opened it.

use axum::Json;
use axum::extract::{Path, State};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::model::{Status, TargetKind};
use super::store;
use crate::ctx::Ctx;
use crate::kernel::http::{AppError, AppResult, ErrorBody, Scope, SystemReason};
use crate::privacy::MaybeVisitor;
use crate::tenants;

/// The page behind a code.
#[derive(Serialize, ToSchema)]
struct JoinPage {
    title: String,
    hook: String,
    organiser: String,
    target: TargetKind,
    /// The platform's QR picture, to be pressed for long; empty while the code is not live.
    qr_url: String,
    /// False when the code is out of service.
    open: bool,
    /// A group of the same community in which the visitor already is (ENT-5): then no second one is offered.
    already_in: Option<String>,
    /// Where the page may learn who looks; absent when it knows.
    identify_url: Option<String>,
}

/// What the page behind a code shows.
#[utoipa::path(get, path = "/api/member/v1/join/{state}",
    responses((status = 200, body = JoinPage), (status = 404, body = ErrorBody)))]
async fn get_join_page(
    State(ctx): State<Ctx>,
    Path(state): Path<String>,
    MaybeVisitor(visitor): MaybeVisitor,
) -> AppResult<Json<JoinPage>> {
    let mut tx = ctx.read().await?;
    let code = store::by_public_state(&mut tx, &state).await?.ok_or_else(AppError::not_found)?;
    let scope = Scope::across_tenants(&code.tenant_id, SystemReason("page behind a live code"));
    let organiser = match code.organiser.as_str() {
        "" => tenants::get(&mut tx, &scope).await?.name,
        own => own.to_owned(),
    };
    let visitor = visitor.filter(|v| v.token.tenant == code.tenant_id);
    let person = visitor.as_ref().and_then(|v| v.person().ok()).map(str::to_owned);
    let already_in = match (&person, &code.community_id) {
        (Some(person), Some(community)) => {
            store::group_already_in(&mut tx, &scope, community, person).await?
        }
        _ => None,
    };
    let open = code.status == Status::Live.word()
        || (code.status == Status::Publishing.word() && !code.qr_url.is_empty());
    let identify_url = visitor.is_none().then(|| format!("/m/in/{}?to=/m/j/{state}", code.account_id));
    Ok(Json(JoinPage {
        title: code.title,
        hook: code.hook,
        organiser,
        target: TargetKind::named(&code.target).unwrap_or(TargetKind::Staff),
        qr_url: if open && already_in.is_none() { code.qr_url } else { String::new() },
        open,
        already_in,
        identify_url,
    }))
}

pub fn router() -> OpenApiRouter<Ctx> {
    OpenApiRouter::new().routes(routes!(get_join_page))
}
