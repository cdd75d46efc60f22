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

/// The endpoints of a slice, with what the document says of them.
type Slice = fn() -> OpenApiRouter<Ctx>;

/// Operators' endpoints, behind the session layer.
const OPERATORS: &[Slice] = &[
    access::api::router,
    api_keys::api::router,
    tenants::api::router,
    accounts::api::router,
    staff::api::router,
    privacy::api::router,
    people::api::router,
    tags::api::router,
    groups::api::router,
    communities::api::router,
    handover::api::router,
    events::api::router,
    links::api::router,
    live_codes::api::router,
    welcome::api::router,
    segments::api::router,
    broadcasts::api::router,
    tasks::api::router,
    playbooks::api::router,
    orders::api::router,
    imports::api::router,
    attribution::api::router,
    layers::api::router,
    metrics::api::router,
    timeline::api::router,
    data_requests::api::router,
    exports::api::router,
    webhooks::api::router,
    today::api::router,
    operations::api::router,
];

/// Members' and employees' endpoints: identity comes from the platform, not from a session.
const VISITORS: &[Slice] = &[
    privacy::member::router,
    links::member::router,
    live_codes::member::router,
    tasks::member::router,
    data_requests::member::router,
];

/// Callbacks and signed webhooks: verified by their own secrets, outside every heavy layer.
const HOOKS: &[Slice] = &[accounts::api::hook::router, orders::api::hook::router];

/// The whole product as one router.
pub fn router(ctx: &Ctx) -> Router {
    let operators = together(OPERATORS).layer(from_fn_with_state(ctx.clone(), access::authenticate));
    let pages = operators.merge(together(VISITORS)).with_state(ctx.clone());
    let hooks = together(HOOKS).with_state(ctx.clone());
    http::wrap(pages, ctx.clone()).merge(hooks)
}

/// Each slice's part of the document is let go before the next is made: a server needs none of it, and joining them takes
/// longer than opening the store.
fn together(slices: &[Slice]) -> Router<Ctx> {
    slices.iter().fold(Router::new(), |all, slice| all.merge(Router::from(slice())))
}

/// The OpenAPI document of everything above.
#[must_use]
pub fn openapi() -> OpenApi {
    let slices = [OPERATORS, VISITORS, HOOKS].concat();
    let all = slices.iter().fold(OpenApiRouter::new(), |all, slice| all.merge(slice()));
    let (_, mut api) = all.split_for_parts();
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
