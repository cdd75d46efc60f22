//! Every URL in one table.
//!
//! `/api/v1` operators and integrations · `/api/member/v1`, `/m`, `/r` members and employees · `/hooks` callbacks and
//! signed webhooks. `/health`, `/metrics` and the console's files are the server's.

use axum::Router;
use axum::middleware::from_fn_with_state;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{Info, OpenApi, PathItem};
use utoipa_axum::router::OpenApiRouter;

use crate::ctx::Ctx;
use crate::kernel::http;
use crate::{
    access, accounts, api_keys, attribution, broadcasts, communities, data_requests, events, exports, groups,
    handover, imports, layers, links, live_codes, metrics, operations, orders, people, playbooks, privacy,
    segments, staff, tags, tasks, tenants, timeline, today, webhooks, welcome,
};

/// Operators' endpoints, behind the session layer.
fn operators() -> OpenApiRouter<Ctx> {
    OpenApiRouter::new()
        .merge(access::api::router())
        .merge(api_keys::api::router())
        .merge(tenants::api::router())
        .merge(accounts::api::router())
        .merge(staff::api::router())
        .merge(privacy::api::router())
        .merge(people::api::router())
        .merge(tags::api::router())
        .merge(groups::api::router())
        .merge(communities::api::router())
        .merge(handover::api::router())
        .merge(events::api::router())
        .merge(links::api::router())
        .merge(live_codes::api::router())
        .merge(welcome::api::router())
        .merge(segments::api::router())
        .merge(broadcasts::api::router())
        .merge(tasks::api::router())
        .merge(playbooks::api::router())
        .merge(orders::api::router())
        .merge(imports::api::router())
        .merge(attribution::api::router())
        .merge(layers::api::router())
        .merge(metrics::api::router())
        .merge(timeline::api::router())
        .merge(data_requests::api::router())
        .merge(exports::api::router())
        .merge(webhooks::api::router())
        .merge(today::api::router())
        .merge(operations::api::router())
}

/// Members' and employees' endpoints: identity comes from the platform, not from a session.
fn visitors() -> OpenApiRouter<Ctx> {
    OpenApiRouter::new()
        .merge(privacy::member::router())
        .merge(links::member::router())
        .merge(live_codes::member::router())
        .merge(tasks::member::router())
        .merge(data_requests::member::router())
}

/// Callbacks and signed webhooks: verified by their own secrets, outside every heavy layer.
fn hooks() -> OpenApiRouter<Ctx> {
    OpenApiRouter::new().merge(accounts::api::hook::router()).merge(orders::api::hook::router())
}

/// The whole product as one router.
pub fn router(ctx: &Ctx) -> Router {
    let operators = operators().layer(from_fn_with_state(ctx.clone(), access::authenticate));
    let pages: Router = operators.merge(visitors()).with_state(ctx.clone()).into();
    let hooks: Router = hooks().with_state(ctx.clone()).into();
    http::wrap(pages, ctx.clone()).merge(hooks)
}

/// The OpenAPI document of everything above.
#[must_use]
pub fn openapi() -> OpenApi {
    let (_, mut api) = operators().merge(visitors()).merge(hooks()).split_for_parts();
    api.info = Info::new("Huoqun", env!("CARGO_PKG_VERSION"));
    let key = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .description(Some(
            "A key of the open API, `hq_…`. People at the console have a session cookie instead.",
        ))
        .build();
    api.components.get_or_insert_default().add_security_scheme("key", SecurityScheme::Http(key));
    api.security = Some(vec![SecurityRequirement::new("key", Vec::<String>::new())]);
    for (path, item) in &mut api.paths.paths {
        if path.starts_with("/api/v1/") && !api_keys::is_for_browsers(path) {
            continue;
        }
        // Nothing that a key opens.
        let PathItem { get, put, post, delete, patch, .. } = item;
        for operation in [get, put, post, delete, patch].into_iter().flatten() {
            operation.security = Some(Vec::new());
        }
    }
    api
}
