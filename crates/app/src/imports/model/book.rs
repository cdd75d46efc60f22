//! Reading XLSX of a million rows without holding the sheet, and refusing the files that are bombs. Pure.

use std::io::{BufReader, Read, Seek};

use calamine::{Data, Reader as _, Xlsx};
use zip::ZipArchive;

use super::read::{Sink, checked, unreadable};
use super::{ImportRefusal, MOST_COLUMNS, MOST_ROWS, Row, RowProblem};
use crate::orders;

/// Entries of the archive.
const MOST_ENTRIES: usize = 1_000;
/// Bytes that may come out of it all, and out of the parts that are held in memory (texts and styles).
const MOST_UNPACKED: u64 = 2 * 1024 * 1024 * 1024;
const MOST_HELD: u64 = 256 * 1024 * 1024;
/// A sheet of the dullest rows shrinks to a sixtieth; what shrinks to less than a two hundredth holds nothing.
const MOST_RATIO: u64 = 200;
/// Below this the ratio doesn't matter.
const SMALL: u64 = 16 * 1024 * 1024;

/// Unpacks every entry once and throws it away: what an archive says about its own sizes can't be believed.
fn weigh(source: impl Read + Seek) -> Result<(), ImportRefusal> {
    let mut archive = ZipArchive::new(source).map_err(unreadable)?;
    if archive.len() > MOST_ENTRIES {
        return Err(ImportRefusal::Bomb);
    }
    let (mut total, mut held) = (0, 0);
    for index in 0..archive.len() {
        let entry = archive.by_index(index).map_err(unreadable)?;
        let is_sheet = entry.name().map_err(unreadable)?.starts_with("xl/worksheets/");
        let (packed, left) = (entry.compressed_size(), MOST_UNPACKED - total);
        let cap = SMALL.max(packed.saturating_mul(MOST_RATIO)).min(left);
        let out = std::io::copy(&mut entry.take(cap + 1), &mut std::io::sink()).map_err(unreadable)?;
        total += out.min(left);
        held += if is_sheet { 0 } else { out };
        if out > cap || held > MOST_HELD {
            return Err(ImportRefusal::Bomb);
        }
    }
    Ok(())
}

/// Reads the first sheet of a workbook, the header row included.
///
/// # Errors
/// When the file as a whole can't be read, or is a bomb.
pub fn read_book<S: Read + Seek + Clone>(source: &S, sink: &mut Sink<'_>) -> Result<(), ImportRefusal> {
    weigh(BufReader::new(source.clone()))?;
    let mut book: Xlsx<_> = Xlsx::new(BufReader::new(source.clone())).map_err(unreadable)?;
    let Some(name) = book.sheet_names().first().cloned() else { return Err(ImportRefusal::Empty) };
    let mut reader = book.worksheet_cells_reader(&name).map_err(unreadable)?;
    let (mut current, mut cells): (u32, Vec<String>) = (0, Vec::new());
    let mut too_wide = false;
    while let Some(cell) = reader.next_cell().map_err(unreadable)? {
        let (row, column) = cell.get_position();
        if row != current {
            flush(current, &mut cells, &mut too_wide, sink)?;
            if i64::from(row) > MOST_ROWS || row < current {
                return Err(ImportRefusal::TooManyRows);
            }
            current = row;
        }
        let column = usize::try_from(column).unwrap_or(usize::MAX);
        let text = orders::cell_text(&Data::from(cell.get_value().clone()));
        if text.is_empty() {
            continue;
        }
        if column >= MOST_COLUMNS {
            too_wide = true;
            continue;
        }
        if cells.len() <= column {
            cells.resize(column + 1, String::new());
        }
        cells[column] = text;
    }
    flush(current, &mut cells, &mut too_wide, sink)
}

fn flush(
    row: u32,
    cells: &mut Vec<String>,
    too_wide: &mut bool,
    sink: &mut Sink<'_>,
) -> Result<(), ImportRefusal> {
    let cells = std::mem::take(cells);
    if std::mem::take(too_wide) {
        let problem = Some(RowProblem::TooManyColumns.code().to_owned());
        return sink(Row { number: row + 1, cells: Vec::new(), problem });
    }
    if cells.iter().all(|c| c.trim().is_empty()) { Ok(()) } else { sink(checked(row + 1, cells)) }
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Write as _};

    use zip::write::SimpleFileOptions;

    use super::*;

    fn rows(bytes: Vec<u8>) -> Result<Vec<Row>, ImportRefusal> {
        let mut rows = Vec::new();
        read_book(&Cursor::new(bytes), &mut |row| {
            rows.push(row);
            Ok(())
        })?;
        Ok(rows)
    }

    fn book(fill: impl FnOnce(&mut rust_xlsxwriter::Worksheet)) -> Vec<u8> {
        let mut book = rust_xlsxwriter::Workbook::new();
        fill(book.add_worksheet());
        book.save_to_buffer().expect("a workbook")
    }

    #[test]
    fn a_workbook_is_read_row_by_row_with_its_numbers() {
        let bytes = book(|sheet| {
            sheet.write(0, 0, "姓名").expect("a cell");
            sheet.write(0, 1, "手机").expect("a cell");
            sheet.write(3, 0, "小美").expect("a cell");
            sheet.write(3, 1, 13_800_000_000_i64).expect("a cell");
        });
        let rows = rows(bytes).expect("readable");
        let shown: Vec<_> = rows.iter().map(|r| (r.number, r.cells.join("|"))).collect();
        assert_eq!(shown, [(1, "姓名|手机".to_owned()), (4, "小美|13800000000".to_owned())]);
    }

    #[test]
    fn a_cell_in_the_last_corner_costs_one_row() {
        let bytes = book(|sheet| {
            sheet.write(0, 0, "a").expect("a cell");
            sheet.write(1_048_575, 16_383, "far").expect("a cell");
        });
        let rows = rows(bytes).expect("readable");
        assert_eq!(rows.len(), 2);
        assert_eq!(rows[1].problem.as_deref(), Some("imports.row_too_many_columns"));
    }

    #[test]
    fn bombs_are_refused() {
        let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
        let options = SimpleFileOptions::default();
        archive.start_file("xl/worksheets/sheet1.xml", options).expect("an entry");
        let zeros = vec![b' '; 1024 * 1024];
        for _ in 0..64 {
            archive.write_all(&zeros).expect("bytes");
        }
        let bomb = archive.finish().expect("an archive").into_inner();
        assert!(bomb.len() < 200_000);
        assert_eq!(rows(bomb), Err(ImportRefusal::Bomb));
        let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for n in 0..1_200 {
            archive.start_file(format!("f{n}"), options).expect("an entry");
        }
        let many = archive.finish().expect("an archive").into_inner();
        assert_eq!(rows(many), Err(ImportRefusal::Bomb));
        assert!(matches!(rows(b"PK\x03\x04rubbish".to_vec()), Err(ImportRefusal::Unreadable { .. })));
    }
}
