//! Taking in a file: to a nameless file on the disk first, then row by row into sealed parts. Memory stays flat.

use std::collections::HashMap;
use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::sync::Arc;

use axum::Json;
use axum::body::Body;
use axum::extract::{Query, State};
use futures_util::StreamExt as _;
use serde::Deserialize;
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use tokio::sync::mpsc;
use utoipa::IntoParams;

use super::super::about_part;
use super::super::model::read::{SNIFFED, encoding_of, read_text, separator_of, unreadable};
use super::super::model::{
    Field, ImportRefusal, Kind, MOST_BYTES, MOST_ROWS, Mapping, PART_ROWS, Row, book, dump, guess, own_word,
};
use super::super::store::{self, NewImport, Uploaded};
use super::own::settable;
use super::{ImportDetail, detail};
use crate::ctx::Ctx;
use crate::kernel::audit;
use crate::kernel::http::{Allowed, AppError, AppResult, Caller, ErrorBody, permission};
use crate::kernel::i18n::{self, Locale};
use crate::orders;
use crate::people::{self, OwnField};

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct UploadOptions {
    /// `people`, `tags`, `orders` or `list`.
    kind: String,
    file_name: Option<String>,
}

/// Takes in a file as the request's body: CSV (UTF-8, UTF-16 or GB18030, separated by comma, semicolon or tab), XLSX, or
/// a MySQL dump of MoChat or LinkWeChat. Its rows are kept sealed; nothing is imported yet.
#[utoipa::path(post, path = "/api/v1/imports", params(UploadOptions),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 200, body = ImportDetail), (status = 413, body = ErrorBody), (status = 422, body = ErrorBody)))]
pub async fn upload_import(
    State(ctx): State<Ctx>,
    caller: Allowed<permission::ImportsWrite>,
    Query(options): Query<UploadOptions>,
    body: Body,
) -> AppResult<Json<ImportDetail>> {
    let kind = Kind::parse(&options.kind).ok_or(ImportRefusal::UnknownKind)?;
    let file_name: String =
        options.file_name.unwrap_or_default().chars().filter(|c| !c.is_control()).take(120).collect();
    let (file, bytes) = spool(body).await?;
    let id = ctx.new_id("imp");
    let mut tx = ctx.begin().await?;
    let operator = (caller.operator_id.as_str(), caller.operator_name.as_str());
    let new = NewImport { id: &id, kind: kind.word(), file_name: &file_name, operator };
    store::create(&mut tx, &caller.scope, &new).await?;
    audit::record(&mut tx, &caller, "imports.upload", &id).await?;
    tx.commit().await?;
    match keep(&ctx, &caller, (&id, kind), file, bytes).await {
        Ok(()) => {}
        Err(e) => {
            let mut tx = ctx.begin().await?;
            store::note_failed(&mut tx, &caller.scope, &id, e.code().unwrap_or("http.fault")).await?;
            tx.commit().await?;
            return Err(e);
        }
    }
    let mut tx = ctx.read().await?;
    let import = store::get(&mut tx, &caller.scope, &id).await?;
    detail(&ctx, &mut tx, &caller, &import).await
}

/// Writes the body to a file that has no name any more, so that nothing stays behind whatever happens.
async fn spool(body: Body) -> AppResult<(Arc<File>, u64)> {
    let mut file = tempfile::tempfile().map_err(AppError::fault)?;
    let mut stream = body.into_data_stream();
    let mut bytes: u64 = 0;
    while let Some(piece) = stream.next().await {
        let piece = piece.map_err(unreadable)?;
        bytes += piece.len() as u64;
        if bytes > MOST_BYTES {
            return Err(ImportRefusal::TooLarge.into());
        }
        file = tokio::task::spawn_blocking(move || file.write_all(&piece).map(|()| file))
            .await
            .map_err(AppError::fault)?
            .map_err(AppError::fault)?;
    }
    Ok((Arc::new(file), bytes))
}

/// Something the reader hands over.
enum Piece {
    Headers(Vec<String>),
    Rows(Vec<Row>),
}

/// What the reader found out about the file.
struct Format {
    word: &'static str,
    encoding: String,
    digest: String,
}

/// Reads the file on a thread of its own and keeps what it hands over, a part to a transaction.
async fn keep(
    ctx: &Ctx,
    caller: &Caller,
    (id, kind): (&str, Kind),
    file: Arc<File>,
    bytes: u64,
) -> AppResult<()> {
    let (sender, mut pieces) = mpsc::channel(4);
    let reader = tokio::task::spawn_blocking(move || read(&file, kind, &sender));
    let (mut headers, mut parts, mut rows) = (Vec::new(), 0i64, 0i64);
    while let Some(piece) = pieces.recv().await {
        match piece {
            Piece::Headers(found) => headers = found,
            Piece::Rows(some) => {
                let plain = base::Secret::new(serde_json::to_string(&some)?);
                let sealed = ctx.sealer().seal(ctx.ids(), &about_part(id, parts), &plain);
                let mut tx = ctx.begin().await?;
                store::add_part(&mut tx, &caller.scope, id, (parts, some.len(), &sealed)).await?;
                tx.commit().await?;
                parts += 1;
                rows += i64::try_from(some.len()).unwrap_or(0);
            }
        }
    }
    let format = reader.await.map_err(AppError::fault)??;
    if rows == 0 {
        return Err(ImportRefusal::Empty.into());
    }
    let mut tx = ctx.read().await?;
    let own = settable(&people::own_fields(&mut tx, &caller.scope).await?, caller, kind);
    drop(tx);
    let mapping = Mapping { columns: guess(kind, &headers, &aliases(&own)), ..Mapping::default() };
    let read = Uploaded {
        format: format.word,
        encoding: &format.encoding,
        bytes: i64::try_from(bytes).unwrap_or(i64::MAX),
        digest: &format.digest,
        headers: &headers,
        mapping: &mapping,
        rows,
        parts,
    };
    let mut tx = ctx.begin().await?;
    store::note_uploaded(&mut tx, &caller.scope, id, &read).await?;
    tx.commit().await?;
    Ok(())
}

/// Collects rows into parts and digests them; the first row is the header.
struct Collector<'a> {
    sender: &'a mpsc::Sender<Piece>,
    headers: bool,
    rows: Vec<Row>,
    count: i64,
    digest: Sha256,
}

impl Collector<'_> {
    fn take(&mut self, row: Row) -> Result<(), ImportRefusal> {
        for cell in &row.cells {
            self.digest.update(cell.as_bytes());
            self.digest.update([0x1f]);
        }
        self.digest.update([0x1e]);
        if !self.headers {
            self.headers = true;
            return self.send(Piece::Headers(row.cells));
        }
        self.count += 1;
        if self.count > MOST_ROWS {
            return Err(ImportRefusal::TooManyRows);
        }
        self.rows.push(row);
        if self.rows.len() == PART_ROWS { self.flush() } else { Ok(()) }
    }
    fn flush(&mut self) -> Result<(), ImportRefusal> {
        match std::mem::take(&mut self.rows) {
            rows if rows.is_empty() => Ok(()),
            rows => self.send(Piece::Rows(rows)),
        }
    }
    fn send(&self, piece: Piece) -> Result<(), ImportRefusal> {
        // Whoever listened is gone: the request was given up.
        self.sender.blocking_send(piece).map_err(|_| ImportRefusal::Gone)
    }
}

fn read(file: &Arc<File>, kind: Kind, sender: &mpsc::Sender<Piece>) -> Result<Format, ImportRefusal> {
    let mut source = Arc::clone(file);
    let mut head = vec![0u8; SNIFFED];
    let mut length = 0;
    source.seek(SeekFrom::Start(0)).map_err(unreadable)?;
    while length < head.len() {
        match source.read(&mut head[length..]).map_err(unreadable)? {
            0 => break,
            read => length += read,
        }
    }
    head.truncate(length);
    source.seek(SeekFrom::Start(0)).map_err(unreadable)?;
    let mut collector =
        Collector { sender, headers: false, rows: Vec::new(), count: 0, digest: Sha256::new() };
    let (word, encoding) = if head.starts_with(b"PK\x03\x04") {
        book::read_book(&source, &mut |row| collector.take(row))?;
        ("xlsx", String::new())
    } else if dump::is_dump(&head) {
        dump::read_dump(&source, kind, &mut |row| collector.take(row))?;
        ("dump", "UTF-8".to_owned())
    } else {
        let encoding = encoding_of(&head);
        let separator = separator_of(&encoding.decode(&head).0);
        read_text(source, (encoding, separator), &mut |row| collector.take(row))?;
        ("csv", encoding.name().to_owned())
    };
    collector.flush()?;
    Ok(Format { word, encoding, digest: hex::encode(collector.digest.finalize()) })
}

/// Header texts in all languages, and names of own fields → words of fields. What the product knows comes first.
fn aliases(own: &[OwnField]) -> HashMap<String, String> {
    let named = own.iter().map(|field| (orders::normal_header(&field.name), own_word(&field.id)));
    let mut aliases: HashMap<String, String> = named.collect();
    for field in Field::ALL {
        aliases.insert(orders::normal_header(field.word()), field.word().to_owned());
        for locale in Locale::ALL {
            let names = i18n::text(locale, &format!("imports.column.{}", field.word()), &Value::Null);
            for name in names.split('|') {
                aliases.insert(orders::normal_header(name), field.word().to_owned());
            }
        }
    }
    aliases
}
