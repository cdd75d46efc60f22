//! Reading tables of orders: CSV (UTF-8, with or without mark) and XLSX. Pure.

use std::collections::HashMap;
use std::io::Cursor;

use base::{Day, Fen, TenantZone, Timestamp};
use calamine::{Data, Reader as _, Xlsx};
use sha2::{Digest as _, Sha256};

use super::{DEFAULT_SOURCE, Incoming, Item, OrderRefusal, RowProblem, Status};

/// Rows a file may have.
pub const MOST_ROWS: usize = 20_000;

/// The columns we understand. Their names in each language are in the catalogues under `orders.column.<word>`,
/// separated by `|`.
pub const COLUMNS: [&str; 11] = [
    "order_no",
    "union_id",
    "external_id",
    "mobile",
    "amount",
    "paid",
    "paid_at",
    "status",
    "refunded",
    "refunded_at",
    "item",
];
const NEEDED: [&str; 3] = ["order_no", "paid", "paid_at"];

/// A row that can't be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BadRow {
    /// As a spreadsheet numbers it: the header is row 1.
    pub row: usize,
    pub problem: RowProblem,
}

/// What a file holds.
#[derive(Debug, Default)]
pub struct Sheet {
    /// Row number and order.
    pub orders: Vec<(usize, Incoming)>,
    pub bad: Vec<BadRow>,
}

/// The digest by which a repeated file is known.
#[must_use]
pub fn digest(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

/// Reads a file. `aliases` maps lower-case header texts to our columns.
///
/// # Errors
/// When the file as a whole can't be read; single bad rows are in the answer.
pub fn read(
    bytes: &[u8],
    aliases: &HashMap<String, &'static str>,
    zone: &TenantZone,
    now: Timestamp,
) -> Result<Sheet, OrderRefusal> {
    let rows = if bytes.starts_with(b"PK\x03\x04") { read_xlsx(bytes)? } else { read_csv(bytes)? };
    let mut rows =
        rows.into_iter().enumerate().filter(|(_, cells)| cells.iter().any(|c| !c.trim().is_empty()));
    let Some((_, header)) = rows.next() else { return Err(OrderRefusal::Empty) };
    let places = places(&header, aliases)?;
    let mut sheet = Sheet::default();
    let mut seen: HashMap<String, (usize, Incoming)> = HashMap::new();
    for (index, cells) in rows {
        let row = index + 1;
        if sheet.orders.len() + sheet.bad.len() >= MOST_ROWS {
            return Err(OrderRefusal::TooManyRows { most: MOST_ROWS });
        }
        let cell = |column: &str| places.get(column).and_then(|i| cells.get(*i)).map_or("", |c| c.trim());
        let order = match order_of(&cell, zone).and_then(|order| order.check(now).map(|()| order)) {
            Ok(order) => order,
            Err(problem) => {
                sheet.bad.push(BadRow { row, problem });
                continue;
            }
        };
        match seen.get(&order.order_no) {
            None => {
                seen.insert(order.order_no.clone(), (row, order.clone()));
                sheet.orders.push((row, order));
            }
            // The same line twice is harmless; two different ones are not for us to choose between.
            Some((_, first)) if *first == order => {}
            Some(_) => sheet.bad.push(BadRow { row, problem: RowProblem::Contradiction }),
        }
    }
    if sheet.orders.is_empty() && sheet.bad.is_empty() {
        return Err(OrderRefusal::Empty);
    }
    Ok(sheet)
}

fn places(
    header: &[String],
    aliases: &HashMap<String, &'static str>,
) -> Result<HashMap<&'static str, usize>, OrderRefusal> {
    let mut places = HashMap::new();
    for (index, text) in header.iter().enumerate() {
        if let Some(column) = aliases.get(&normal(text)) {
            places.entry(*column).or_insert(index);
        }
    }
    let missing: Vec<&str> = NEEDED.into_iter().filter(|column| !places.contains_key(column)).collect();
    if missing.is_empty() {
        Ok(places)
    } else {
        Err(OrderRefusal::HeaderMissing { columns: missing.join(", ") })
    }
}

/// Header texts are compared without case, blanks, underscores and what stands in brackets.
#[must_use]
pub fn normal(text: &str) -> String {
    let text = text.trim_start_matches('\u{feff}');
    let end = text.find(['(', '\u{ff08}']).unwrap_or(text.len());
    text[..end].chars().filter(|c| !c.is_whitespace() && *c != '_').flat_map(char::to_lowercase).collect()
}

/// The order that a row says; `cell` answers the trimmed text of one of our columns, empty when there is none.
///
/// # Errors
/// What is wrong with it. [`Incoming::check`] still has to be asked.
pub fn order_of<'a>(cell: &impl Fn(&str) -> &'a str, zone: &TenantZone) -> Result<Incoming, RowProblem> {
    let money = |column, problem| match cell(column) {
        "" => Ok(None),
        text => Fen::parse_yuan(text).map(Some).ok_or(problem),
    };
    let paid = money("paid", RowProblem::Amount)?.ok_or(RowProblem::Amount)?;
    let amount = money("amount", RowProblem::Amount)?.unwrap_or(paid);
    let paid_at = instant(cell("paid_at"), zone).ok_or(RowProblem::PaidAt)?;
    let status = match cell("status").to_lowercase().as_str() {
        "" => Status::Paid,
        word => status_of(word).ok_or(RowProblem::Status)?,
    };
    let refunded = match (money("refunded", RowProblem::Refund)?, status) {
        (Some(refunded), _) => refunded,
        (None, Status::Refunded) => paid,
        (None, Status::Paid) => Fen(0),
    };
    let refunded_at = match cell("refunded_at") {
        "" => Timestamp(0),
        text => instant(text, zone).ok_or(RowProblem::Refund)?,
    };
    let items = match cell("item") {
        "" => Vec::new(),
        name => vec![Item {
            sku: String::new(),
            name: name.chars().take(100).collect(),
            quantity: 1,
            paid_fen: paid.0,
        }],
    };
    Ok(Incoming {
        source: DEFAULT_SOURCE.to_owned(),
        order_no: cell("order_no").to_owned(),
        union_id: cell("union_id").to_owned(),
        external_id: cell("external_id").to_owned(),
        mobile: cell("mobile").replace([' ', '-'], ""),
        amount,
        paid,
        paid_at,
        refunded,
        refunded_at,
        items,
    })
}

/// `paid` or `refunded`, or one of their names in any of our languages (catalogue `orders.value.*`).
fn status_of(word: &str) -> Option<Status> {
    use crate::kernel::i18n::{Locale, text};
    Status::parse(word).or_else(|| {
        [Status::Paid, Status::Refunded].into_iter().find(|status| {
            Locale::ALL.into_iter().any(|locale| {
                let names =
                    text(locale, &format!("orders.value.{}", status.word()), &serde_json::Value::Null);
                names.split('|').any(|name| name == word)
            })
        })
    })
}

/// Reads `2026-08-21 11:30[:00]`, `2026/8/21 11:30`, a day alone, or RFC 3339. Times without offset are the tenant's.
fn instant(text: &str, zone: &TenantZone) -> Option<Timestamp> {
    if let Some(at) = Timestamp::parse_rfc3339(text) {
        return Some(at);
    }
    let (day, time) = text.split_once([' ', 'T']).unwrap_or((text, "0:00"));
    let mut parts = day.split(['-', '/', '.']).map(str::parse::<i16>);
    let (Some(Ok(year)), Some(Ok(month)), Some(Ok(date)), None) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return None;
    };
    let day = Day::new(year, i8::try_from(month).ok()?, i8::try_from(date).ok()?)?;
    let mut clock = time.trim().split(':').map(str::parse::<u16>);
    let (Some(Ok(hour)), Some(Ok(minute))) = (clock.next(), clock.next()) else { return None };
    let second = clock.next().map_or(Some(0), Result::ok)?;
    (hour < 24 && minute < 60 && second < 60 && clock.next().is_none())
        .then(|| zone.at(day, hour * 60 + minute).plus(i64::from(second) * 1_000))
}

fn read_csv(bytes: &[u8]) -> Result<Vec<Vec<String>>, OrderRefusal> {
    let text = std::str::from_utf8(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes)).map_err(|e| {
        OrderRefusal::FileUnreadable { detail: format!("not UTF-8 at byte {}", e.valid_up_to()) }
    })?;
    let first = text.lines().next().unwrap_or_default();
    let delimiter = [b',', b'\t', b';'].into_iter().max_by_key(|d| first.matches(char::from(*d)).count());
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter.unwrap_or(b','))
        .from_reader(text.as_bytes());
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|e| OrderRefusal::FileUnreadable { detail: e.to_string() })?;
        // The reader leaves out empty lines before a record; counting them keeps our numbers those of an editor.
        let line = record.position().map_or(0, |p| line_of(text, p));
        while rows.len() + 1 < line && rows.len() <= MOST_ROWS * 2 {
            rows.push(Vec::new());
        }
        rows.push(record.iter().map(str::to_owned).collect());
        if rows.len() > MOST_ROWS * 2 {
            return Err(OrderRefusal::TooManyRows { most: MOST_ROWS });
        }
    }
    Ok(rows)
}

fn line_of(text: &str, before: &csv::Position) -> usize {
    let at = |n: u64| usize::try_from(n).unwrap_or(0);
    let skipped = text.as_bytes().iter().skip(at(before.byte())).take_while(|b| matches!(b, b'\r' | b'\n'));
    at(before.line()) + skipped.filter(|b| **b == b'\n').count()
}

fn read_xlsx(bytes: &[u8]) -> Result<Vec<Vec<String>>, OrderRefusal> {
    let unreadable = |e: calamine::XlsxError| OrderRefusal::FileUnreadable { detail: e.to_string() };
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(unreadable)?;
    let range = match book.worksheet_range_at(0) {
        Some(range) => range.map_err(unreadable)?,
        None => return Err(OrderRefusal::Empty),
    };
    let skipped = range.start().map_or(0, |(row, _)| usize::try_from(row).unwrap_or(0));
    if range.height() + skipped > MOST_ROWS * 2 || range.width() > 200 {
        return Err(OrderRefusal::TooManyRows { most: MOST_ROWS });
    }
    let mut rows = vec![Vec::new(); skipped];
    rows.extend(range.rows().map(|row| row.iter().map(cell_text).collect()));
    Ok(rows)
}

/// What a spreadsheet's cell says as text.
#[must_use]
pub fn cell_text(cell: &Data) -> String {
    match cell {
        // Order numbers that a spreadsheet took for numbers must not become 1.2e15.
        Data::Float(number) if number.fract() == 0.0 && number.abs() < 9e15 => format!("{number:.0}"),
        Data::Float(number) => format!("{number:.2}"),
        Data::DateTime(at) => {
            let (year, month, day, hour, minute, second, _) = at.to_ymd_hms_milli();
            format!("{year}-{month}-{day} {hour}:{minute}:{second}")
        }
        Data::DateTimeIso(text) | Data::String(text) => text.clone(),
        Data::Empty | Data::Error(_) => String::new(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp(1_786_924_800_000);

    fn aliases() -> HashMap<String, &'static str> {
        let names = [
            ("order_no", "order_no"),
            ("订单号", "order_no"),
            ("实付金额", "paid"),
            ("paid", "paid"),
            ("付款时间", "paid_at"),
            ("paid_at", "paid_at"),
            ("status", "status"),
            ("refunded", "refunded"),
        ];
        names.into_iter().map(|(text, column)| (normal(text), column)).collect()
    }

    fn read_text(text: &str) -> Result<Sheet, OrderRefusal> {
        read(text.as_bytes(), &aliases(), &TenantZone::shanghai(), NOW)
    }

    #[test]
    fn a_chinese_table_with_a_mark_is_read() {
        let sheet = read_text(
            "\u{feff}订单号,实付金额（元）,付款时间\nA1,12.50,2026-08-01 11:30\n\nA2,¥8,2026/8/2\n",
        )
        .expect("readable");
        assert_eq!(sheet.bad, vec![]);
        let rows: Vec<_> =
            sheet.orders.iter().map(|(row, o)| (*row, o.order_no.as_str(), o.paid.0)).collect();
        assert_eq!(rows, [(2, "A1", 1_250), (4, "A2", 800)]);
        assert_eq!(sheet.orders[0].1.paid_at.rfc3339(), "2026-08-01T03:30:00Z");
    }

    #[test]
    fn bad_rows_are_named_with_their_reason() {
        let sheet = read_text(
            "order_no;paid;paid_at;status;refunded\nA1;1.234;2026-08-01;;\n;5;2026-08-01;;\nA3;5;soon;;\n\
             A4;5;2026-08-01;gone;\nA5;5;2026-08-01;;6\nA6;5;2026-08-01;refunded;\nA6;5;2026-08-01;refunded;\n\
             A6;6;2026-08-01;;\n",
        )
        .expect("readable");
        let bad: Vec<_> = sheet.bad.iter().map(|b| (b.row, b.problem)).collect();
        assert_eq!(
            bad,
            [
                (2, RowProblem::Amount),
                (3, RowProblem::OrderNo),
                (4, RowProblem::PaidAt),
                (5, RowProblem::Status),
                (6, RowProblem::Refund),
                (9, RowProblem::Contradiction),
            ]
        );
        assert_eq!(sheet.orders.len(), 1, "the same line twice is one order");
        assert_eq!(sheet.orders[0].1.refunded, Fen(500));
    }

    #[test]
    fn unreadable_files_say_why() {
        assert!(matches!(read_text(""), Err(OrderRefusal::Empty)));
        assert!(matches!(read_text("a,b\n1,2\n"), Err(OrderRefusal::HeaderMissing { .. })));
        assert!(matches!(
            read(b"\xff\xfe\x00", &aliases(), &TenantZone::shanghai(), NOW),
            Err(OrderRefusal::FileUnreadable { .. })
        ));
        assert!(matches!(
            read(b"PK\x03\x04rubbish", &aliases(), &TenantZone::shanghai(), NOW),
            Err(OrderRefusal::FileUnreadable { .. })
        ));
    }
}
