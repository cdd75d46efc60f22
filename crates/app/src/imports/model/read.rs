//! Reading text tables of any size in bounded memory: encodings, separators, quotes, and what hostile files do to them.
//! Pure: bytes come in, rows go out.

use std::io::Read;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Decoder, Encoding, GB18030, GBK, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

use super::{ImportRefusal, MOST_CELL, MOST_COLUMNS, Row, RowProblem};

/// Bytes looked at to find out encoding and separator.
pub const SNIFFED: usize = 256 * 1024;
/// Bytes of one record before something must be wrong with it.
const MOST_RECORD: usize = 1024 * 1024;
/// Bytes of a record in quotes that has not ended: past this the quote was never meant to open anything.
const MOST_QUOTED: usize = 128 * 1024;
/// Records with a lost quote before the file as a whole is not worth guessing at.
const MOST_LOST_QUOTES: usize = 50;

/// Where rows go. An error stops the reading.
pub type Sink<'a> = dyn FnMut(Row) -> Result<(), ImportRefusal> + 'a;

/// Of a hundred lines beyond ASCII so many must be valid UTF-8 for the file to be: a few lines pasted from elsewhere
/// don't make it another encoding, and Chinese in GB 18030 is hardly ever valid by accident.
const MOSTLY: usize = 90;

/// The encoding of a text file from its beginning: a mark if it has one, UTF-16 by its zeros, UTF-8 when (almost) every
/// line is valid, else the likelier of the Chinese and the Western ones.
#[must_use]
pub fn encoding_of(head: &[u8]) -> &'static Encoding {
    if let Some((marked, _)) = Encoding::for_bom(head) {
        return marked;
    }
    let zeros = |odd: usize| head.iter().skip(odd).step_by(2).take(2_000).filter(|b| **b == 0).count();
    let half = head.len().min(4_000) / 2;
    if half > 4 && zeros(1) * 3 > half && zeros(0) * 10 < half {
        return UTF_16LE;
    }
    if half > 4 && zeros(0) * 3 > half && zeros(1) * 10 < half {
        return UTF_16BE;
    }
    let cut_only_at_the_end =
        |e: std::str::Utf8Error| e.error_len().is_none() && head.len() - e.valid_up_to() < 4;
    if std::str::from_utf8(head).map_or_else(cut_only_at_the_end, |_| true) {
        return UTF_8;
    }
    let lines = || head.split(|b| *b == b'\n').filter(|line| !line.is_ascii());
    let valid = lines().filter(|line| std::str::from_utf8(line).is_ok()).count();
    if valid * 100 >= lines().count() * MOSTLY {
        return UTF_8;
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(head, false);
    let guessed = detector.guess(Some(b"cn"), Utf8Detection::Allow);
    if guessed == GBK {
        GB18030
    } else if guessed.is_single_byte() {
        WINDOWS_1252
    } else {
        guessed
    }
}

/// The separator of a table from its first line: what stands there most often outside quotes.
#[must_use]
pub fn separator_of(text: &str) -> u8 {
    let mut counts = [(b',', 0), (b'\t', 0), (b';', 0), (b'|', 0)];
    let mut quoted = false;
    for byte in text.trim_start_matches(['\u{feff}', '\r', '\n']).bytes() {
        match byte {
            b'"' => quoted = !quoted,
            b'\n' if !quoted => break,
            _ if quoted => {}
            _ => {
                if let Some(found) = counts.iter_mut().find(|(sign, _)| *sign == byte) {
                    found.1 += 1;
                }
            }
        }
    }
    // The first of equals wins.
    counts.into_iter().rev().max_by_key(|(_, count)| *count).map_or(b',', |(sign, _)| sign)
}

/// Reads a text table, the header row included.
///
/// # Errors
/// When the file as a whole can't be read; what is wrong with a row is in the row.
pub fn read_text(
    mut source: impl Read,
    (encoding, separator): (&'static Encoding, u8),
    sink: &mut Sink<'_>,
) -> Result<(), ImportRefusal> {
    let mut decoder = encoding.new_decoder();
    let mut splitter = Splitter::new(separator);
    let mut bytes = vec![0u8; 64 * 1024];
    let mut text = String::with_capacity(256 * 1024);
    loop {
        let read = source.read(&mut bytes).map_err(unreadable)?;
        decode(&mut decoder, &bytes[..read], &mut text, read == 0);
        splitter.feed(text.as_bytes(), sink)?;
        if read == 0 {
            return splitter.end(sink);
        }
    }
}

pub fn unreadable(e: impl std::fmt::Display) -> ImportRefusal {
    ImportRefusal::Unreadable { detail: e.to_string() }
}

/// Replaces `text` by what the bytes say; malformed bytes become U+FFFD, by which their row is known.
fn decode(decoder: &mut Decoder, bytes: &[u8], text: &mut String, last: bool) {
    text.clear();
    text.reserve(decoder.max_utf8_buffer_length(bytes.len()).unwrap_or(bytes.len() * 3 + 64));
    let _ = decoder.decode_to_string(bytes, text, last);
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Within {
    CellStart,
    Plain,
    Quoted,
    /// After a quote in a quoted cell: a second one is a quote, anything else ended it.
    QuoteSeen,
    /// The record is given up; its rest up to the end of the line goes.
    Dropped,
}

/// Cuts a stream of text into records, never holding more than one.
struct Splitter {
    separator: u8,
    within: Within,
    record: Vec<u8>,
    line: u32,
    began: u32,
    lost_quotes: usize,
}

impl Splitter {
    const fn new(separator: u8) -> Self {
        Self { separator, within: Within::CellStart, record: Vec::new(), line: 1, began: 1, lost_quotes: 0 }
    }

    fn feed(&mut self, bytes: &[u8], sink: &mut Sink<'_>) -> Result<(), ImportRefusal> {
        // What a lost quote had swallowed is read again before what follows it.
        let mut queue = vec![bytes.to_vec()];
        while let Some(piece) = queue.pop() {
            for (at, byte) in piece.iter().enumerate() {
                self.step(*byte, sink)?;
                if self.is_too_long()
                    && let Some(swallowed) = self.give_up(sink)?
                {
                    queue.push(piece[at + 1..].to_vec());
                    queue.push(swallowed);
                    break;
                }
            }
        }
        Ok(())
    }

    const fn is_too_long(&self) -> bool {
        match self.within {
            Within::Quoted | Within::QuoteSeen => self.record.len() > MOST_QUOTED,
            _ => self.record.len() > MOST_RECORD,
        }
    }

    fn step(&mut self, byte: u8, sink: &mut Sink<'_>) -> Result<(), ImportRefusal> {
        if byte == b'\n' {
            self.line = self.line.saturating_add(1);
        }
        let ends = byte == b'\n' && self.within != Within::Quoted;
        if ends {
            return self.emit(sink);
        }
        self.within = match (self.within, byte) {
            (Within::Dropped, _) => return Ok(()),
            (Within::CellStart, b'"') | (Within::QuoteSeen, b'"') => Within::Quoted,
            (Within::Quoted, b'"') => Within::QuoteSeen,
            (Within::Quoted, _) => Within::Quoted,
            (_, sign) if sign == self.separator => Within::CellStart,
            _ => Within::Plain,
        };
        self.record.push(byte);
        Ok(())
    }

    /// Hands over the record at hand.
    fn emit(&mut self, sink: &mut Sink<'_>) -> Result<(), ImportRefusal> {
        let number = self.began;
        self.began = self.line;
        let dropped = std::mem::replace(&mut self.within, Within::CellStart) == Within::Dropped;
        if dropped {
            return Ok(());
        }
        let record = std::mem::take(&mut self.record);
        let text = String::from_utf8_lossy(&record);
        let result =
            match cells_of(text.trim_start_matches('\u{feff}').trim_end_matches('\r'), self.separator) {
                cells if cells.iter().all(|c| c.trim().is_empty()) => Ok(()),
                cells => sink(checked(number, cells)),
            };
        self.record = record;
        self.record.clear();
        result
    }

    /// A record that grew beyond all bounds. In quotes the quote was lost: its first line is bad and the rest, which is
    /// answered, is read again. Otherwise its rest goes up to the end of the line.
    fn give_up(&mut self, sink: &mut Sink<'_>) -> Result<Option<Vec<u8>>, ImportRefusal> {
        let number = self.began;
        let record = std::mem::take(&mut self.record);
        let quoted = matches!(self.within, Within::Quoted | Within::QuoteSeen);
        let end = record.iter().position(|b| *b == b'\n').filter(|_| quoted);
        // At the end of the file a quote may be lost in a short record too.
        let lost = end.is_some() || (quoted && record.len() <= MOST_QUOTED);
        let problem = if lost { RowProblem::Quotes } else { RowProblem::CellTooLong };
        sink(Row { number, cells: Vec::new(), problem: Some(problem.code().to_owned()) })?;
        let Some(end) = end else {
            self.within = Within::Dropped;
            return Ok(None);
        };
        self.lost_quotes += 1;
        if self.lost_quotes > MOST_LOST_QUOTES {
            return Err(ImportRefusal::QuotesUnbalanced { row: number });
        }
        self.within = Within::CellStart;
        self.line = number.saturating_add(1);
        self.began = self.line;
        Ok(Some(record[end + 1..].to_vec()))
    }

    fn end(&mut self, sink: &mut Sink<'_>) -> Result<(), ImportRefusal> {
        while self.within == Within::Quoted {
            match self.give_up(sink)? {
                Some(swallowed) => self.feed(&swallowed, sink)?,
                None => break,
            }
        }
        if self.record.is_empty() { Ok(()) } else { self.emit(sink) }
    }
}

/// The cells of one whole record.
fn cells_of(record: &str, separator: u8) -> Vec<String> {
    let separator = char::from(separator);
    let mut cells = Vec::new();
    let mut rest = record;
    loop {
        let (cell, after) = match rest.strip_prefix('"') {
            Some(quoted) => quoted_cell(quoted, separator),
            None => {
                let end = rest.find(separator).unwrap_or(rest.len());
                (rest[..end].to_owned(), &rest[end..])
            }
        };
        cells.push(cell);
        match after.strip_prefix(separator) {
            Some(next) => rest = next,
            None => return cells,
        }
    }
}

/// A cell after its opening quote, and what follows it. Text between the closing quote and the separator belongs to it.
fn quoted_cell(text: &str, separator: char) -> (String, &str) {
    let mut cell = String::new();
    let mut rest = text;
    while let Some(at) = rest.find('"') {
        cell.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        match rest.strip_prefix('"') {
            Some(next) => {
                cell.push('"');
                rest = next;
            }
            None => {
                let end = rest.find(separator).unwrap_or(rest.len());
                cell.push_str(&rest[..end]);
                return (cell, &rest[end..]);
            }
        }
    }
    cell.push_str(rest);
    (cell, "")
}

/// A row with what is wrong with its cells, trimmed.
#[must_use]
pub fn checked(number: u32, mut cells: Vec<String>) -> Row {
    let bad = |cell: &String| {
        if cell.len() > MOST_CELL && cell.chars().count() > MOST_CELL {
            return Some(RowProblem::CellTooLong);
        }
        if cell.contains('\u{fffd}') {
            return Some(RowProblem::Encoding);
        }
        let control = |c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t');
        cell.contains(control).then_some(RowProblem::Control)
    };
    let problem = if cells.len() > MOST_COLUMNS {
        Some(RowProblem::TooManyColumns)
    } else {
        cells.iter().find_map(bad)
    };
    if let Some(problem) = problem {
        return Row { number, cells: Vec::new(), problem: Some(problem.code().to_owned()) };
    }
    for cell in &mut cells {
        let trimmed = cell.trim();
        if trimmed.len() != cell.len() {
            *cell = trimmed.to_owned();
        }
    }
    Row { number, cells, problem: None }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn rows(bytes: &[u8]) -> Result<Vec<Row>, ImportRefusal> {
        let head = &bytes[..bytes.len().min(SNIFFED)];
        let encoding = encoding_of(head);
        let separator = separator_of(&encoding.decode(head).0);
        let mut rows = Vec::new();
        read_text(bytes, (encoding, separator), &mut |row| {
            rows.push(row);
            Ok(())
        })?;
        Ok(rows)
    }

    fn cells(bytes: &[u8]) -> Vec<(u32, Vec<String>)> {
        rows(bytes).expect("readable").into_iter().map(|r| (r.number, r.cells)).collect()
    }

    fn line(number: u32, cells: &[&str]) -> (u32, Vec<String>) {
        (number, cells.iter().map(|c| (*c).to_owned()).collect())
    }

    #[test]
    fn every_usual_encoding_and_separator_is_read() {
        let text = "姓名,手机\n小美,13800000000\n李雷，先生,13900000000\n";
        let expected = [
            line(1, &["姓名", "手机"]),
            line(2, &["小美", "13800000000"]),
            line(3, &["李雷，先生", "13900000000"]),
        ];
        let utf16 = |big: bool, mark: bool| -> Vec<u8> {
            let units = mark.then_some(0xfeff).into_iter().chain(text.encode_utf16());
            units.flat_map(|u: u16| if big { u.to_be_bytes() } else { u.to_le_bytes() }).collect()
        };
        assert_eq!(cells(text.as_bytes()), expected);
        assert_eq!(cells(&[b"\xef\xbb\xbf", text.as_bytes()].concat()), expected);
        assert_eq!(cells(&GB18030.encode(text).0), expected);
        assert_eq!(cells(&utf16(false, true)), expected);
        assert_eq!(cells(&utf16(true, true)), expected);
        assert_eq!(
            cells(b"name;phone\r\n\"a;b\";1\r\n"),
            [line(1, &["name", "phone"]), line(2, &["a;b", "1"])]
        );
        assert_eq!(cells(b"name\tphone\na\t1"), [line(1, &["name", "phone"]), line(2, &["a", "1"])]);
        let latin =
            [b"nombre,tel\nJos\xe9 Mu\xf1oz,1\n".as_slice(), &b"Mar\xeda Pe\xf1a,2\n".repeat(20)].concat();
        assert_eq!(cells(&latin)[1], line(2, &["José Muñoz", "1"]));
    }

    #[test]
    fn quotes_breaks_and_blank_lines_keep_their_numbers() {
        let text = b"a,b\n\n\"x \"\"y\"\"\nz\",2\n5\" pipe,3\n,\n\"q\"r,4\n";
        assert_eq!(
            cells(text),
            [
                line(1, &["a", "b"]),
                line(3, &["x \"y\"\nz", "2"]),
                line(5, &["5\" pipe", "3"]),
                line(7, &["qr", "4"])
            ]
        );
    }

    #[test]
    fn a_lost_quote_costs_its_own_row_only() {
        let mut text = b"a,b\n1,2\n\"3,4\n".to_vec();
        for n in 0..30_000 {
            text.extend(format!("{n},x\n").bytes());
        }
        let rows = rows(&text).expect("readable");
        let bad: Vec<_> = rows.iter().filter(|r| r.problem.is_some()).collect();
        assert_eq!(bad.len(), 1);
        assert_eq!((bad[0].number, bad[0].problem.as_deref()), (3, Some("imports.row_quotes")));
        assert_eq!(rows.len(), 30_003);
        assert_eq!(rows.last().map(|r| r.number), Some(30_003));
    }

    #[test]
    fn a_file_of_lost_quotes_is_refused_before_it_costs_much() {
        let mut text = b"a,b\n".to_vec();
        for n in 0..2_000 {
            text.extend(format!("\"{n},{}\n", "x".repeat(500)).bytes());
            text.extend(format!("{n},{}\n", "x".repeat(500)).bytes());
        }
        // Every other quote closes the one before, so that pairs of lines look like one cell with a break.
        assert!(rows(&text).is_ok());
        let lost = b"a\n".iter().copied().chain(b"\"x\"y\"\n\"".iter().copied().cycle().take(9_000_000));
        let read = rows(&lost.collect::<Vec<_>>());
        assert!(read.map_or(true, |rows| rows.len() < 3_000_000));
    }

    #[test]
    fn cells_beyond_all_bounds_are_dropped_with_their_row() {
        let huge = "x".repeat(3 * 1024 * 1024);
        let text = format!("a,b\n1,{huge}\n2,\"{huge}\"\n3,ok\n4,nul\0\n5,{}\n", "y".repeat(40_000));
        let rows = rows(text.as_bytes()).expect("readable");
        let seen: Vec<_> = rows.iter().map(|r| (r.number, r.problem.as_deref().unwrap_or("-"))).collect();
        assert_eq!(
            seen,
            [
                (1, "-"),
                (2, "imports.row_cell_too_long"),
                (3, "imports.row_cell_too_long"),
                (4, "-"),
                (5, "imports.row_control"),
                (6, "imports.row_cell_too_long"),
            ]
        );
    }

    #[test]
    fn mixed_encodings_cost_the_rows_that_do_not_fit() {
        let mut bytes = "姓名,手机\n小美,1\n".as_bytes().repeat(8_000);
        bytes.extend(GB18030.encode("王芳,2\n").0.iter());
        bytes.extend("小美,3\n".as_bytes());
        let rows = rows(&bytes).expect("readable");
        let bad: Vec<_> = rows.iter().filter_map(|r| r.problem.as_deref()).collect();
        assert_eq!(bad, ["imports.row_encoding"]);
        assert_eq!(rows.last().map(|r| r.cells.clone()), Some(vec!["小美".to_owned(), "3".to_owned()]));
    }

    proptest! {
        /// Whatever bytes come: reading ends, row numbers ascend, and what was read without a problem is within bounds.
        #[test]
        fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..4_000)) {
            let mut last = 0;
            let read = read_text(bytes.as_slice(), (encoding_of(&bytes), b','), &mut |row| {
                assert!(row.number > last, "{} after {last}", row.number);
                last = row.number;
                assert!(row.problem.is_some() || row.cells.len() <= MOST_COLUMNS);
                Ok(())
            });
            prop_assert!(read.is_ok());
        }

        /// What a spreadsheet would write is read back as it was.
        #[test]
        fn written_tables_are_read_back(table in prop::collection::vec(prop::collection::vec("[ -~é中\n\"]{0,12}", 2..5), 1..20)) {
            let quoted = |cell: &String| format!("\"{}\"", cell.replace('"', "\"\""));
            let text: String = table.iter()
                .map(|row| row.iter().map(quoted).collect::<Vec<_>>().join(",") + "\r\n").collect();
            let mut read = Vec::new();
            read_text(text.as_bytes(), (UTF_8, b','), &mut |row| { read.push(row.cells); Ok(()) }).expect("readable");
            let trimmed = |row: &Vec<String>| row.iter().map(|c| c.trim().to_owned()).collect::<Vec<_>>();
            let expected: Vec<Vec<String>> = table.iter().map(trimmed).filter(|r| r.iter().any(|c| !c.is_empty())).collect();
            prop_assert_eq!(read, expected);
        }
    }
}
