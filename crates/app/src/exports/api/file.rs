//! The file itself, made from the sealed pages while it is taken: memory holds one page.

use std::fs::File;
use std::io::{Seek as _, SeekFrom};

use axum::body::{Body, Bytes};
use axum::extract::{Path, State};
use futures_util::stream;
use http::{HeaderValue, Response, header};
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format as CellFormat, Workbook, Worksheet, XlsxError};
use serde_json::json;
use tokio::io::AsyncReadExt as _;
use tokio::sync::mpsc;

use super::super::model::{Cell, Contacts, ExportRefusal, Format, State as Stage, What, inert};
use super::super::rows::ExportRow;
use super::super::{about_part, store};
use super::is_yours;
use crate::ctx::Ctx;
use crate::kernel::audit;
use crate::kernel::http::{Allowed, AppError, AppResult, ErrorBody, Scope, permission};
use crate::kernel::i18n::{self, Locale};
use crate::tenants;

/// Rows of one sheet: what a spreadsheet allows, less header and watermark.
const SHEET_ROWS: u32 = 1_048_000;

/// The file of an export, for whoever asked for it, until its week is over. Each taking is written down.
#[utoipa::path(get, path = "/api/v1/exports/{id}/file",
    responses((status = 200, content_type = "application/octet-stream", body = Vec<u8>), (status = 403, body = ErrorBody),
        (status = 404, body = ErrorBody), (status = 409, body = ErrorBody), (status = 410, body = ErrorBody)))]
pub async fn get_export_file(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::ExportsWrite>,
    Path(id): Path<String>,
) -> AppResult<Response<Body>> {
    let mut tx = ctx.begin().await?;
    let row = store::get(&mut tx, &caller.scope, &id).await?;
    if !is_yours(&row, &caller) {
        return Err(ExportRefusal::NotYours.into());
    }
    match Stage::parse(&row.state) {
        Stage::Done if row.expires_at > ctx.now().0 => {}
        Stage::Running => return Err(ExportRefusal::NotReady.into()),
        _ => return Err(ExportRefusal::Gone.into()),
    }
    let tenant = tenants::get(&mut tx, &caller.scope).await?;
    store::note_download(&mut tx, &caller.scope, &id).await?;
    audit::record(&mut tx, &caller, "exports.download", &id).await?;
    tx.commit().await?;
    let zone = tenant.tenant_zone();
    let format = Format::parse(&row.format);
    let what = What::parse(&row.what).ok_or_else(|| AppError::fault("an export of no list"))?;
    let name = format!("{}-{}.{}", row.what, row.export_no, format.word());
    let Cell::Text(at) = Cell::instant(row.created_at, &zone) else { return Err(AppError::fault("no time")) };
    let sheet = Sheet { ctx: ctx.clone(), scope: caller.scope.clone(), what, row, company: tenant.name, at };
    let (body, kind) = match format {
        Format::Csv => (sheet.csv(), "text/csv; charset=utf-8"),
        Format::Xlsx => {
            let kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
            (sheet.xlsx().await?, kind)
        }
    };
    let mut response = Response::new(body);
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    let disposition = HeaderValue::from_str(&format!("attachment; filename=\"{name}\""));
    headers
        .insert(header::CONTENT_DISPOSITION, disposition.unwrap_or(HeaderValue::from_static("attachment")));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

/// One export with what its file needs.
struct Sheet {
    ctx: Ctx,
    scope: Scope,
    what: What,
    row: ExportRow,
    company: String,
    /// When it was asked for, in the company's zone.
    at: String,
}

impl Sheet {
    fn locale(&self) -> Locale {
        Locale::negotiate(&self.row.locale)
    }

    /// The header texts in the language of whoever asked.
    fn headers(&self) -> AppResult<Vec<String>> {
        let contacts = if self.row.with_contacts { Contacts::Shown } else { Contacts::Left };
        let text = |column| i18n::text(self.locale(), &format!("exports.column.{column}"), &json!({}));
        // What the company calls its own fields is a text like any other, and no formula either.
        let own = self.row.own_columns()?.into_iter().map(|column| inert(&column.name));
        Ok(self.what.columns(contacts).into_iter().map(text).chain(own).collect())
    }

    /// Who, when, which company, which number, why.
    fn watermark(&self) -> String {
        let args = json!({ "operator": self.row.operator_name, "at": self.at, "company": self.company,
            "number": self.row.export_no, "reason": self.row.reason });
        inert(&i18n::text(self.locale(), "exports.watermark", &args))
    }

    async fn page(&self, part: i64) -> AppResult<Vec<Vec<Cell>>> {
        let mut tx = self.ctx.read().await?;
        let sealed = store::part(&mut tx, &self.scope, &self.row.id, part).await?;
        drop(tx);
        let sealed = sealed.ok_or(ExportRefusal::Gone)?;
        let plain = self.ctx.sealer().open(&about_part(&self.row.id, part), &sealed);
        let plain = plain.ok_or_else(|| AppError::fault("a page of an export doesn't open"))?;
        Ok(serde_json::from_str(plain.reveal())?)
    }

    /// Mark, header, pages, watermark; a page is read when the one before was sent.
    fn csv(self) -> Body {
        let parts = self.row.parts;
        Body::from_stream(stream::try_unfold((self, -1), move |(sheet, part)| async move {
            let piece = match part {
                -1 => {
                    let mut mark = b"\xef\xbb\xbf".to_vec();
                    let headers = sheet.headers().map_err(std::io::Error::other_text)?;
                    mark.extend(lines(std::iter::once(headers))?);
                    mark
                }
                part if part < parts => {
                    let rows = sheet.page(part).await.map_err(std::io::Error::other_text)?;
                    lines(rows.iter().map(|row| row.iter().map(Cell::text).collect()))?
                }
                part if part == parts => lines(std::iter::once(vec![sheet.watermark()]))?,
                _ => return Ok(None),
            };
            Ok::<_, std::io::Error>(Some((Bytes::from(piece), (sheet, part + 1))))
        }))
    }

    /// Writes the workbook to a nameless file and sends that.
    async fn xlsx(self) -> AppResult<Body> {
        let (sender, pages) = mpsc::channel::<Vec<Vec<Cell>>>(2);
        let book = Book {
            headers: self.headers()?,
            watermark: self.watermark(),
            author: self.row.operator_name.clone(),
        };
        let title = format!("{} {}", self.company, self.row.export_no);
        let day = self.at.get(..10).unwrap_or_default().to_owned();
        let writer = tokio::task::spawn_blocking(move || book.write(pages, &title, &day));
        for part in 0..self.row.parts {
            let page = self.page(part).await?;
            if sender.send(page).await.is_err() {
                break;
            }
        }
        drop(sender);
        let file = writer.await.map_err(AppError::fault)?.map_err(AppError::fault)?;
        let file = tokio::fs::File::from_std(file);
        Ok(Body::from_stream(stream::try_unfold(file, |mut file| async move {
            let mut piece = vec![0u8; 64 * 1024];
            let read = file.read(&mut piece).await?;
            piece.truncate(read);
            Ok::<_, std::io::Error>((read > 0).then(|| (Bytes::from(piece), file)))
        })))
    }
}

/// Turns a fault into an error of the stream, which ends the download half-way instead of with a wrong file.
trait OtherText {
    fn other_text(e: AppError) -> Self;
}

impl OtherText for std::io::Error {
    fn other_text(e: AppError) -> Self {
        Self::other(e.to_string())
    }
}

fn lines(rows: impl Iterator<Item = Vec<String>>) -> std::io::Result<Vec<u8>> {
    let mut writer =
        csv::WriterBuilder::new().flexible(true).terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    for row in rows {
        writer.write_record(&row)?;
    }
    writer.into_inner().map_err(|e| std::io::Error::other(e.to_string()))
}

struct Book {
    headers: Vec<String>,
    watermark: String,
    author: String,
}

impl Book {
    fn write(
        &self,
        mut pages: mpsc::Receiver<Vec<Vec<Cell>>>,
        title: &str,
        day: &str,
    ) -> Result<File, XlsxError> {
        let mut book = Workbook::new();
        let mut properties =
            DocProperties::new().set_title(title).set_author(&self.author).set_comment(&self.watermark);
        if let Ok(day) = ExcelDateTime::parse_from_str(day) {
            properties = properties.set_creation_datetime(&day);
        }
        book.set_properties(&properties);
        let money = CellFormat::new().set_num_format("0.00");
        let mut at = self.begin(&mut book)?;
        while let Some(page) = pages.blocking_recv() {
            for row in page {
                if at >= SHEET_ROWS {
                    at = self.begin(&mut book)?;
                }
                let last = book.worksheets().len() - 1;
                let sheet = book.worksheet_from_index(last)?;
                cells(sheet, at, &row, &money)?;
                at += 1;
            }
        }
        let last = book.worksheets().len() - 1;
        book.worksheet_from_index(last)?.write_string(at, 0, &self.watermark)?;
        let mut file = tempfile::tempfile()?;
        book.save_to_writer(&mut file)?;
        file.seek(SeekFrom::Start(0))?;
        Ok(file)
    }

    /// A new sheet with its header; answers the row to go on with.
    fn begin(&self, book: &mut Workbook) -> Result<u32, XlsxError> {
        let sheet = book.add_worksheet_with_constant_memory()?;
        for (column, text) in (0u16..).zip(&self.headers) {
            sheet.write_string(0, column, text)?;
        }
        Ok(1)
    }
}

/// Texts are written as texts, so that no spreadsheet evaluates them, and made harmless besides: whoever saves the
/// sheet as CSV must not arm them again.
fn cells(sheet: &mut Worksheet, at: u32, row: &[Cell], money: &CellFormat) -> Result<(), XlsxError> {
    for (column, cell) in (0u16..).zip(row) {
        match cell {
            Cell::Text(text) => sheet.write_string(at, column, inert(text))?,
            // A spreadsheet knows no other numbers than floats.
            Cell::Number(n) => sheet.write_number(at, column, *n as f64)?,
            Cell::Decimal(digits) => match digits.parse::<f64>() {
                Ok(number) => sheet.write_number(at, column, number)?,
                Err(_) => sheet.write_string(at, column, inert(digits))?,
            },
            Cell::Money(fen) => sheet.write_number_with_format(at, column, *fen as f64 / 100.0, money)?,
        };
    }
    Ok(())
}
