//! Wires the world together: store, clock, platforms, router, job runner, listener.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use anyhow::Context as _;
use app::access::{self, Role};
use app::ctx::Ctx;
use app::kernel::http::Scope;
use app::tenants;
use axum::routing::get;
use axum::{Json, Router};
use http::StatusCode;
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use serde_json::json;
use tokio::net::TcpListener;

use crate::assets;

/// Whether the product is ready to be used; shown by `/health`.
#[derive(Clone, Default)]
pub struct Ready(Arc<AtomicBool>);

impl Ready {
    pub fn set(&self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

/// Everything the server answers: the product, its pages, health and metrics.
pub fn router(ctx: &Ctx, ready: Ready) -> anyhow::Result<Router> {
    let metrics = metrics_handle()?;
    let engine = ctx.db().engine_name();
    let health = move || async move {
        let is_ready = ready.0.load(Ordering::SeqCst);
        let status = if is_ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
        let word = if is_ready { "ready" } else { "filling" };
        (status, Json(json!({ "status": word, "engine": engine, "version": env!("CARGO_PKG_VERSION") })))
    };
    let mut router = Router::new()
        .route("/health", get(health))
        .route("/metrics", get(move || async move { metrics.render() }))
        .merge(assets::router(ctx.config().simulator_url.as_deref()));
    router = router.merge(app::routes::router(ctx));
    Ok(router)
}

fn metrics_handle() -> anyhow::Result<PrometheusHandle> {
    static HANDLE: OnceLock<PrometheusHandle> = OnceLock::new();
    if let Some(handle) = HANDLE.get() {
        return Ok(handle.clone());
    }
    let handle = PrometheusBuilder::new().install_recorder().context("metrics could not start")?;
    Ok(HANDLE.get_or_init(|| handle).clone())
}

/// Takes the address, with the cure in the sentence when it is not to be had.
pub async fn listen(at: SocketAddr) -> anyhow::Result<TcpListener> {
    TcpListener::bind(at).await.with_context(|| {
        format!("the address {at} can't be taken; choose another with --listen 127.0.0.1:PORT")
    })
}

/// A fresh one-time sign-in link for the operator of this login.
pub async fn sign_in_link(ctx: &Ctx, login: &str) -> anyhow::Result<String> {
    let mut tx = ctx.begin().await?;
    let code = access::issue_code_for_login(&mut tx, login).await.map_err(|e| anyhow::anyhow!("{e}"))?;
    let code = code.with_context(|| format!("there is no operator with the login {login:?}"))?;
    tx.commit().await?;
    Ok(format!("{}/console/sign-in?code={code}", ctx.config().public_url))
}

/// The first tenant and its administrator, if there is none yet; answers a one-time sign-in link for her.
pub async fn found_company(ctx: &Ctx, name: &str, admin: &str) -> anyhow::Result<Option<String>> {
    let mut tx = ctx.begin().await?;
    if !tenants::all_ids(&mut tx).await?.is_empty() {
        return Ok(None);
    }
    let (scope, operator) = found_in(&mut tx, name, admin).await.map_err(|e| anyhow::anyhow!("{e}"))?;
    let code =
        access::issue_sign_in_code(&mut tx, &scope, &operator).await.map_err(|e| anyhow::anyhow!("{e}"))?;
    tx.commit().await?;
    Ok(Some(format!("{}/console/sign-in?code={code}", ctx.config().public_url)))
}

async fn found_in(
    tx: &mut app::kernel::db::Tx<'_>,
    name: &str,
    admin: &str,
) -> app::kernel::http::AppResult<(Scope, String)> {
    let tenant = tenants::create(tx, name, "Asia/Shanghai").await?;
    let scope = tenants::founding_scope(&tenant);
    let new = access::NewOperator {
        login: "admin",
        name: admin,
        role: Role::Administrator,
        staff_id: None,
        own_groups_only: false,
        locale: "zh-CN",
    };
    let operator = access::create_operator(tx, &scope, &new).await?;
    Ok((scope, operator))
}

/// The platforms a real server speaks to, over the network.
pub fn platforms(clock: &base::SharedClock) -> Vec<Arc<dyn messenger::Platform>> {
    let transports = wecom::transport::HttpTransports::default();
    vec![Arc::new(wecom::WecomPlatform::new(Arc::new(transports), Arc::clone(clock)))]
}

/// Waits for Ctrl-C or a stop signal, then cancels.
pub async fn interrupted(stop: tokio_util::sync::CancellationToken) {
    let mut terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()).ok();
    let terminated = async {
        match terminate.as_mut() {
            Some(signal) => {
                signal.recv().await;
            }
            None => std::future::pending().await,
        }
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        () = terminated => {}
        () = stop.cancelled() => {}
    }
    stop.cancel();
}

/// The machine's clock, or one shared with a simulator.
pub fn clock(shared: Option<&str>) -> anyhow::Result<base::SharedClock> {
    let Some(text) = shared else { return Ok(Arc::new(base::SystemClock)) };
    match base::ScaledClock::parse_anchored(text) {
        Some(clock) => Ok(clock),
        None => anyhow::bail!("--clock needs three numbers: REAL_MS,SHOWN_MS,SPEED"),
    }
}
