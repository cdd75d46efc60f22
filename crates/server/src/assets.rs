//! The built pages inside the binary: the console, the member pages.

use axum::Router;
use axum::body::Body;
use axum::extract::Path;
use axum::middleware::map_response;
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::get;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use rust_embed::RustEmbed;

#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/../../web/dist"]
struct Dist;

/// Shown when the binary was built without the pages.
const ABSENT: &str = "<!doctype html><meta charset=utf-8><title>Huoqun</title><p>This build has no pages inside. \
     Run <code>npm ci &amp;&amp; npm run build</code> in <code>web/</code> and build again. The API works.";

/// Scripts and styles from ourselves only; pictures also from platforms (avatars, QR codes).
const POLICY: &str = "default-src 'self'; img-src 'self' data: blob: https: http:; style-src 'self' 'unsafe-inline'; \
     script-src 'self'; connect-src 'self'; frame-ancestors 'self'; base-uri 'none'; form-action 'self'";

/// The routes of the pages. `desk` is the address of a simulated platform, whose script the sidebar page then loads.
pub fn router(desk: Option<&str>) -> Router {
    let Some(desk) = desk else { return pages() };
    let policy = POLICY
        .replace("script-src 'self'", &format!("script-src 'self' {desk}"))
        .replace("connect-src 'self'", &format!("connect-src 'self' {desk}"));
    let Ok(policy) = HeaderValue::from_str(&policy) else { return pages() };
    pages().layer(map_response(move |mut response: Response| {
        response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy.clone());
        std::future::ready(response)
    }))
}

fn pages() -> Router {
    Router::new()
        .route("/", get(|| async { Redirect::temporary("/console/") }))
        .route("/console", get(|| async { Redirect::permanent("/console/") }))
        .route("/console/", get(|headers: HeaderMap| async move { page("console", "", &headers) }))
        .route(
            "/console/{*path}",
            get(|Path(p): Path<String>, h: HeaderMap| async move { page("console", &p, &h) }),
        )
        .route("/m/", get(|headers: HeaderMap| async move { page("member", "", &headers) }))
        .route("/m/{*path}", get(|Path(p): Path<String>, h: HeaderMap| async move { page("member", &p, &h) }))
}

/// A file of a bundle; its index for every address that is a place inside the page.
fn page(bundle: &str, path: &str, headers: &HeaderMap) -> Response {
    let wanted = format!("{bundle}/{path}");
    let is_file = path.rsplit('/').next().is_some_and(|last| last.contains('.'));
    match (is_file, Dist::get(&wanted).is_some()) {
        (true, true) => file(&wanted, headers, path.starts_with("assets/")),
        (true, false) => StatusCode::NOT_FOUND.into_response(),
        (false, _) => file(&format!("{bundle}/index.html"), headers, false),
    }
}

fn file(name: &str, headers: &HeaderMap, immutable: bool) -> Response {
    let accepts = headers.get(header::ACCEPT_ENCODING).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let packed = [("br", ".br"), ("gzip", ".gz")]
        .into_iter()
        .filter(|(coding, _)| accepts.contains(coding))
        .find_map(|(coding, suffix)| Dist::get(&format!("{name}{suffix}")).map(|f| (f, Some(coding))));
    let Some((found, coding)) = packed.or_else(|| Dist::get(name).map(|f| (f, None))) else {
        return (StatusCode::OK, [(header::CONTENT_TYPE, "text/html; charset=utf-8")], ABSENT)
            .into_response();
    };
    let kind = mime_guess::from_path(name).first_or_octet_stream();
    let keep = if immutable { "public, max-age=31536000, immutable" } else { "no-cache" };
    let mut response = Response::builder()
        .header(header::CONTENT_TYPE, kind.as_ref())
        .header(header::CACHE_CONTROL, keep)
        .header(header::VARY, "accept-encoding")
        .header(header::CONTENT_SECURITY_POLICY, POLICY)
        .header(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    if let Some(coding) = coding {
        response = response.header(header::CONTENT_ENCODING, coding);
    }
    response
        .body(Body::from(found.data))
        .unwrap_or_else(|_| StatusCode::INTERNAL_SERVER_ERROR.into_response())
}
