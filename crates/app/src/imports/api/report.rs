//! The report of bad rows as a file.

use axum::body::Body;
use axum::extract::{Path, State};
use http::{HeaderValue, Response, header};
use serde_json::json;

use super::super::store;
use super::own::about;
use super::pass_shown;
use crate::ctx::Ctx;
use crate::kernel::http::{Allowed, AppError, AppResult, ErrorBody, permission};
use crate::kernel::i18n;
use crate::people;

/// Every bad row that was kept (ten thousand at most) as CSV: row, field, reason with its cure.
#[utoipa::path(get, path = "/api/v1/imports/{id}/report",
    responses((status = 200, content_type = "text/csv", body = String), (status = 404, body = ErrorBody)))]
pub async fn get_import_report(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::ImportsWrite>,
    Path(id): Path<String>,
) -> AppResult<Response<Body>> {
    let mut tx = ctx.read().await?;
    let import = store::get(&mut tx, &caller.scope, &id).await?;
    let mut writer = csv::Writer::from_writer(b"\xef\xbb\xbf".to_vec());
    let word = |name: &str| i18n::text(caller.locale, &format!("imports.report.{name}"), &json!({}));
    writer.write_record([word("row"), word("field"), word("reason")]).map_err(AppError::fault)?;
    let own = people::own_fields(&mut tx, &caller.scope).await?;
    let mut after = 0;
    loop {
        let rows = store::bad(&mut tx, &caller.scope, (&id, pass_shown(&import)), (after, 1_000)).await?;
        let Some(last) = rows.last() else { break };
        after = last.row_no;
        for bad in &rows {
            let (name, args) = about(&own, bad);
            let reason = i18n::text(caller.locale, &bad.code, &args);
            let field = match (name, bad.field.as_str()) {
                (Some(name), _) => name,
                (None, "") => String::new(),
                (None, field) => i18n::text(caller.locale, &format!("imports.field.{field}"), &json!({})),
            };
            writer.write_record([&bad.row_no.to_string(), &field, &reason]).map_err(AppError::fault)?;
        }
    }
    let body = writer.into_inner().map_err(|e| AppError::fault(e.to_string()))?;
    let mut response = Response::new(Body::from(body));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8"));
    let name = format!("attachment; filename=\"{id}.csv\"");
    headers.insert(
        header::CONTENT_DISPOSITION,
        HeaderValue::from_str(&name).unwrap_or(HeaderValue::from_static("attachment")),
    );
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}
