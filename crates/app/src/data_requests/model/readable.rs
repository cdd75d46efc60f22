//! A copy of somebody's data: the machine's form, the page to read, and the archive of both.

use std::io::{Cursor, Write as _};

use base::{TenantZone, Timestamp};
use serde_json::{Map, Value, json};
use zip::write::SimpleFileOptions;

use super::plan::{TYPES, Type};
use crate::kernel::i18n::{self, Locale};

/// What one table holds about her: rows of column and value.
#[derive(Clone, Debug, Default)]
pub struct Found {
    pub table: &'static str,
    pub rows: Vec<Row>,
}

/// A row: columns and what they hold.
pub type Row = Vec<(&'static str, Option<String>)>;

/// Whom the copy is for and how it is to be read.
#[derive(Clone, Debug)]
pub struct Reader<'a> {
    pub company: &'a str,
    pub locale: Locale,
    pub zone: TenantZone,
    pub made_at: Timestamp,
}

/// The machine's form: per table its rows, numbers as numbers, instants in milliseconds.
#[must_use]
pub fn as_json(found: &[Found], reader: &Reader<'_>) -> Value {
    let mut tables = Map::new();
    for part in found.iter().filter(|f| !f.rows.is_empty()) {
        let rows = part.rows.iter().map(|row| {
            let cells = row.iter().map(|(c, v)| ((*c).to_owned(), value(part.table, c, v.as_deref())));
            Value::Object(cells.collect())
        });
        tables.insert(part.table.to_owned(), Value::Array(rows.collect()));
    }
    json!({ "company": reader.company, "made_at": reader.made_at.rfc3339(), "tables": tables })
}

fn value(table: &str, column: &str, text: Option<&str>) -> Value {
    let Some(text) = text else { return Value::Null };
    match TYPES.get(&format!("{table}.{column}")) {
        Some(Type::Number) => text.parse::<i64>().map_or_else(|_| json!(text), |n| json!(n)),
        Some(Type::Truth) => json!(matches!(text, "1" | "true" | "t")),
        _ => json!(text),
    }
}

/// The page to read, in her language.
#[must_use]
pub fn as_html(found: &[Found], reader: &Reader<'_>) -> String {
    let word = |key: &str| escape(&i18n::text(reader.locale, key, &json!({ "company": reader.company })));
    let mut page = format!(
        "<!doctype html><html lang=\"{}\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" \
         content=\"width=device-width\"><title>{title}</title><style>{STYLE}</style></head><body><h1>{title}</h1>\
         <p>{}</p><p>{}</p>",
        reader.locale.tag(),
        word("data_requests.copy.intro"),
        escape(&instant(&reader.zone, reader.made_at)),
        title = word("data_requests.copy.title"),
    );
    for part in found.iter().filter(|f| !f.rows.is_empty()) {
        page.push_str(&format!("<h2>{}</h2>", escape(&label(reader.locale, part.table))));
        for row in &part.rows {
            page.push_str("<dl>");
            for (column, text) in row {
                let Some(text) = text.as_deref().filter(|t| !t.is_empty()) else { continue };
                let name = column_label(reader.locale, column);
                let shown = shown(part.table, column, text, reader);
                page.push_str(&format!("<dt>{}</dt><dd>{}</dd>", escape(&name), escape(&shown)));
            }
            page.push_str("</dl>");
        }
    }
    page.push_str("</body></html>");
    page
}

const STYLE: &str = "body{font:16px/1.5 sans-serif;max-width:50em;margin:2em auto;padding:0 1em}\
    dl{display:grid;grid-template-columns:minmax(8em,auto) 1fr;gap:.2em 1em;border-top:1px solid #888;padding-top:.5em}\
    dt{color:#555}dd{margin:0;overflow-wrap:anywhere}";

/// What a table is called in somebody's language; its own name when nobody gave it one.
#[must_use]
pub fn label(locale: Locale, table: &str) -> String {
    let key = format!("data_requests.table.{table}");
    if i18n::knows(locale, &key) { i18n::text(locale, &key, &json!({})) } else { table.to_owned() }
}

fn column_label(locale: Locale, column: &str) -> String {
    let key = format!("data_requests.column.{column}");
    if i18n::knows(locale, &key) { i18n::text(locale, &key, &json!({})) } else { column.to_owned() }
}

fn shown(table: &str, column: &str, text: &str, reader: &Reader<'_>) -> String {
    let is_number = TYPES.get(&format!("{table}.{column}")) == Some(&Type::Number);
    let Some(number) = text.parse::<i64>().ok().filter(|_| is_number) else { return text.to_owned() };
    let is_instant = column == "at" || column == "since" || column.ends_with("_at");
    match (is_instant, column.ends_with("_fen")) {
        (true, _) if number > 0 => instant(&reader.zone, Timestamp(number)),
        (true, _) => "–".to_owned(),
        (_, true) => format!("{}.{:02}", number / 100, (number % 100).abs()),
        _ => text.to_owned(),
    }
}

fn instant(zone: &TenantZone, at: Timestamp) -> String {
    let minute = zone.minute_of_day(at);
    format!("{} {:02}:{:02}", zone.day_of(at).iso(), minute / 60, minute % 60)
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// Both forms in one archive.
///
/// # Errors
/// What the archiver says.
pub fn archive(found: &[Found], reader: &Reader<'_>) -> zip::result::ZipResult<Vec<u8>> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    zip.start_file("data.json", options)?;
    zip.write_all(&serde_json::to_vec_pretty(&as_json(found, reader)).unwrap_or_default())?;
    zip.start_file("data.html", options)?;
    zip.write_all(as_html(found, reader).as_bytes())?;
    Ok(zip.finish()?.into_inner())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> (Vec<Found>, Reader<'static>) {
        let row = vec![
            ("name", Some("<b>小美</b>".to_owned())),
            ("first_seen_at", Some("1786924800000".to_owned())),
            ("avatar", None),
        ];
        let found = vec![Found { table: "people_person", rows: vec![row] }, Found::default()];
        let zone = TenantZone::shanghai();
        (found, Reader { company: "橙里", locale: Locale::En, zone, made_at: Timestamp(1_786_924_800_000) })
    }

    #[test]
    fn the_page_is_readable_and_harmless() {
        let (found, reader) = sample();
        let page = as_html(&found, &reader);
        assert!(page.contains("&lt;b&gt;小美&lt;/b&gt;") && !page.contains("<b>"));
        assert!(page.contains("2026-08-17 08:00") && page.contains("lang=\"en\""));
    }

    #[test]
    fn numbers_are_numbers_and_the_archive_holds_both() {
        let (found, reader) = sample();
        let json = as_json(&found, &reader);
        assert_eq!(json["tables"]["people_person"][0]["first_seen_at"], 1_786_924_800_000_i64);
        let bytes = archive(&found, &reader).expect("an archive");
        let mut zip = zip::ZipArchive::new(Cursor::new(bytes)).expect("readable");
        assert_eq!(zip.len(), 2);
        for name in ["data.json", "data.html"] {
            assert!(zip.by_name(name).expect("there").size() > 50);
        }
    }
}
