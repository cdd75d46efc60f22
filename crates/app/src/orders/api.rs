//! `/api/v1/orders`: the list, tables, and the settings of the webhook.

pub mod hook;

use std::collections::HashMap;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Query, State};
use base::{Day, Page};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::model::sheet::{self, BadRow, Sheet};
use super::model::{Incoming, Item, Status};
use super::rows::{ImportRow, OrderRow};
use super::store::{self, Filter, Renew, Taken};
use crate::ctx::Ctx;
use crate::kernel::audit;
use crate::kernel::db::Tx;
use crate::kernel::http::{Allowed, AppResult, ErrorBody, ListQuery, Scope, permission};
use crate::kernel::i18n::{self, Locale};
use crate::tenants;

/// Bytes a file may have.
const MOST_BYTES: usize = 8 * 1024 * 1024;
/// Bad rows that an answer lists.
const MOST_BAD: usize = 200;

#[derive(Serialize, ToSchema)]
pub struct OrderView {
    pub id: String,
    pub source: String,
    pub order_no: String,
    /// Absent while nobody we know bought it.
    pub person_id: Option<String>,
    pub mobile: String,
    pub amount_fen: i64,
    pub paid_fen: i64,
    pub refunded_fen: i64,
    pub paid_at: i64,
    /// Unix milliseconds of the last refund.
    pub refunded_at: Option<i64>,
    /// Business day, `yyyymmdd`.
    pub day: i64,
    pub items: Vec<Item>,
    pub status: Status,
    pub received_at: i64,
}

#[derive(Serialize, ToSchema)]
pub struct OrderPage {
    pub items: Vec<OrderView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

fn view(row: OrderRow) -> OrderView {
    OrderView {
        id: row.id,
        source: row.source,
        order_no: row.order_no,
        person_id: row.person_id,
        mobile: masked(&row.mobile),
        amount_fen: row.amount_fen,
        paid_fen: row.paid_fen,
        refunded_fen: row.refunded_fen,
        paid_at: row.paid_at,
        refunded_at: Some(row.refunded_at).filter(|at| *at > 0),
        day: row.day,
        items: serde_json::from_str(&row.items).unwrap_or_default(),
        status: Status::parse(&row.status).unwrap_or_default(),
        received_at: row.received_at,
    }
}

/// `138****0000`: enough to recognise, too little to call.
fn masked(mobile: &str) -> String {
    let digits: Vec<char> = mobile.chars().collect();
    if digits.len() < 7 {
        return "*".repeat(digits.len());
    }
    let (head, tail) = (digits.iter().take(3), digits.iter().skip(digits.len() - 4));
    head.chain("****".chars().collect::<Vec<_>>().iter()).chain(tail).collect()
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct OrderFilter {
    person_id: Option<String>,
    /// `paid` or `refunded`.
    status: Option<String>,
    /// Business days, `yyyymmdd`, both inclusive.
    from_day: Option<i64>,
    to_day: Option<i64>,
}

/// Orders, newest first. `search` looks in order number, mobile and goods.
#[utoipa::path(get, path = "/api/v1/orders", params(ListQuery, OrderFilter),
    responses((status = 200, body = OrderPage)))]
async fn list_orders(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::OrdersRead>,
    Query(query): Query<ListQuery>,
    Query(filter): Query<OrderFilter>,
) -> AppResult<Json<OrderPage>> {
    let paging = query.paging();
    let filter = Filter {
        pattern: query.literal(),
        person: filter.person_id.unwrap_or_default(),
        status: filter.status.unwrap_or_default(),
        from_day: filter.from_day.unwrap_or(0),
        to_day: filter.to_day.unwrap_or(0),
    };
    let mut tx = ctx.read().await?;
    let rows = store::list(&mut tx, &caller.scope, &paging, &filter).await?;
    let page = Page::cut(rows, paging.limit, |r| r.id.clone());
    Ok(Json(OrderPage { items: page.items.into_iter().map(view).collect(), next: page.next }))
}

#[derive(Serialize, ToSchema)]
struct OrderTotals {
    from_day: i32,
    to_day: i32,
    orders: i64,
    paid_fen: i64,
    refunded_fen: i64,
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct DayRange {
    /// `yyyymmdd`; today when absent.
    from_day: Option<i32>,
    to_day: Option<i32>,
}

/// Orders and money of some days.
#[utoipa::path(get, path = "/api/v1/orders/totals", params(DayRange), responses((status = 200, body = OrderTotals)))]
async fn get_order_totals(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::OrdersRead>,
    Query(range): Query<DayRange>,
) -> AppResult<Json<OrderTotals>> {
    let mut tx = ctx.read().await?;
    let tenant = tenants::get(&mut tx, &caller.scope).await?;
    let today = tenant.tenant_zone().business_day(ctx.now(), tenant.day_cut_minutes);
    let (from, to) = (range.from_day.map_or(today, Day), range.to_day.map_or(today, Day));
    let (orders, paid_fen, refunded_fen) = store::totals(&mut tx, &caller.scope, (from, to)).await?;
    Ok(Json(OrderTotals { from_day: from.0, to_day: to.0, orders, paid_fen, refunded_fen }))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ImportOptions {
    file_name: Option<String>,
    /// Only say what would happen.
    #[serde(default)]
    dry_run: bool,
}

/// A row that can't be taken.
#[derive(Serialize, ToSchema)]
struct BadOrderRow {
    /// As a spreadsheet numbers it: the header is row 1.
    row: usize,
    code: String,
    message: String,
}

/// What became of a file. All of it was taken, or none.
#[derive(Serialize, ToSchema)]
struct ImportReport {
    taken: bool,
    dry_run: bool,
    /// The same file was taken before; the figures are those of that time.
    repeated: bool,
    /// Distinct orders in the file.
    total: usize,
    created: usize,
    changed: usize,
    unchanged: usize,
    /// Rows that can't be taken, and how many there are; the list holds the first 200.
    bad_rows: usize,
    bad: Vec<BadOrderRow>,
}

/// Takes a table of orders: CSV in UTF-8 or XLSX, the file as the request's body. Columns are found by their names in
/// Chinese, English or Spanish; order number, paid amount in yuan and time of payment are needed. One bad row and
/// nothing is taken. Taking a file again changes nothing.
#[utoipa::path(post, path = "/api/v1/orders/import", params(ImportOptions),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 200, body = ImportReport), (status = 413, body = ErrorBody), (status = 422, body = ErrorBody)))]
async fn import_orders(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::OrdersWrite>,
    Query(options): Query<ImportOptions>,
    body: Bytes,
) -> AppResult<Json<ImportReport>> {
    let digest = sheet::digest(&body);
    let mut tx = if options.dry_run { ctx.read().await? } else { ctx.begin().await? };
    if let Some(earlier) = store::import_of(&mut tx, &caller.scope, &digest).await? {
        return Ok(Json(report_of_earlier(&earlier, options.dry_run)));
    }
    let zone = tenants::get(&mut tx, &caller.scope).await?.tenant_zone();
    let mut sheet = sheet::read(&body, &aliases(), &zone, ctx.now())?;
    let counts = foresee(&mut tx, &caller.scope, &mut sheet).await?;
    let mut report = report_of(&sheet, &counts, caller.locale);
    report.dry_run = options.dry_run;
    if options.dry_run || !sheet.bad.is_empty() {
        return Ok(Json(report));
    }
    for (_, order) in &sheet.orders {
        store::take(&mut tx, &caller.scope, order).await?;
    }
    let id = tx.new_id("imp");
    let import = ImportRow {
        file_name: options.file_name.unwrap_or_default().chars().take(120).collect(),
        total: number(report.total),
        created: number(report.created),
        changed: number(report.changed),
        unchanged: number(report.unchanged),
        at: tx.now().0,
        id,
    };
    store::note_import(&mut tx, &caller.scope, &digest, &import).await?;
    audit::record(&mut tx, &caller, "orders.import", &import.id).await?;
    tx.commit().await?;
    report.taken = true;
    Ok(Json(report))
}

fn number(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// Header texts in all languages → our columns.
fn aliases() -> HashMap<String, &'static str> {
    let mut aliases = HashMap::new();
    for column in sheet::COLUMNS {
        aliases.insert(sheet::normal(column), column);
        for locale in Locale::ALL {
            for name in i18n::text(locale, &format!("orders.column.{column}"), &Value::Null).split('|') {
                aliases.insert(sheet::normal(name), column);
            }
        }
    }
    aliases
}

/// What taking the table would do; rows that contradict what we hold become bad.
async fn foresee(tx: &mut Tx<'_>, scope: &Scope, sheet: &mut Sheet) -> AppResult<[usize; 3]> {
    let mut counts = [0; 3];
    let orders: Vec<(usize, Incoming)> = std::mem::take(&mut sheet.orders);
    for (row, order) in orders {
        match store::would_take(tx, scope, &order).await? {
            Ok(taken) => {
                counts[match taken {
                    Taken::Created => 0,
                    Taken::Changed => 1,
                    Taken::Unchanged => 2,
                }] += 1;
                sheet.orders.push((row, order));
            }
            Err(problem) => sheet.bad.push(BadRow { row, problem }),
        }
    }
    sheet.bad.sort_by_key(|bad| bad.row);
    Ok(counts)
}

fn report_of(sheet: &Sheet, [created, changed, unchanged]: &[usize; 3], locale: Locale) -> ImportReport {
    let shown = |bad: &BadRow| BadOrderRow {
        row: bad.row,
        code: bad.problem.code().to_owned(),
        message: i18n::text(locale, bad.problem.code(), &json!({})),
    };
    ImportReport {
        taken: false,
        dry_run: false,
        repeated: false,
        total: sheet.orders.len(),
        created: *created,
        changed: *changed,
        unchanged: *unchanged,
        bad_rows: sheet.bad.len(),
        bad: sheet.bad.iter().take(MOST_BAD).map(shown).collect(),
    }
}

fn report_of_earlier(earlier: &ImportRow, dry_run: bool) -> ImportReport {
    let count = |n: i64| usize::try_from(n).unwrap_or(0);
    ImportReport {
        taken: true,
        dry_run,
        repeated: true,
        total: count(earlier.total),
        created: count(earlier.created),
        changed: count(earlier.changed),
        unchanged: count(earlier.unchanged),
        bad_rows: 0,
        bad: Vec::new(),
    }
}

/// Where and how the shop system delivers.
#[derive(Serialize, ToSchema)]
struct OrderHook {
    /// Absent until made.
    url: Option<String>,
    /// Shown to whoever may change orders, to be copied into the shop system.
    secret: Option<String>,
    last_received_at: Option<i64>,
}

/// The webhook's address and secret.
#[utoipa::path(get, path = "/api/v1/orders/hook", responses((status = 200, body = OrderHook)))]
async fn get_order_hook(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::OrdersWrite>,
) -> AppResult<Json<OrderHook>> {
    let mut tx = ctx.read().await?;
    let Some(source) = store::source(&mut tx, &caller.scope).await? else {
        return Ok(Json(OrderHook { url: None, secret: None, last_received_at: None }));
    };
    let secret = ctx.sealer().open(&store::about(&caller.scope), &source.sealed_secret);
    Ok(Json(OrderHook {
        url: Some(format!("{}/hooks/orders/{}", ctx.config().public_url, source.hook_key)),
        secret: secret.map(|s| s.reveal().clone()),
        last_received_at: Some(source.last_received_at).filter(|at| *at > 0),
    }))
}

/// Makes the webhook's secret, or a new one: from then on only the new one is accepted.
#[utoipa::path(post, path = "/api/v1/orders/hook/renew", responses((status = 200, body = OrderHook)))]
async fn renew_order_hook(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::OrdersWrite>,
) -> AppResult<Json<OrderHook>> {
    let mut tx = ctx.begin().await?;
    let (key, secret) = store::hook_secret(&ctx, &mut tx, &caller.scope, Renew::Replace).await?;
    audit::record(&mut tx, &caller, "orders.renew_hook", &key).await?;
    tx.commit().await?;
    Ok(Json(OrderHook {
        url: Some(format!("{}/hooks/orders/{key}", ctx.config().public_url)),
        secret: Some(secret.reveal().clone()),
        last_received_at: None,
    }))
}

pub fn router() -> OpenApiRouter<Ctx> {
    OpenApiRouter::new()
        .routes(routes!(list_orders))
        .routes(routes!(get_order_totals))
        .routes(routes!(get_order_hook))
        .routes(routes!(renew_order_hook))
        .merge(OpenApiRouter::new().routes(routes!(import_orders)).layer(DefaultBodyLimit::max(MOST_BYTES)))
}
