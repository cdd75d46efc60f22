//! Exports: any list as a file, with a reason, a watermark and an end.
//!
//! - What may be exported is what may be seen: the right to read the list, the reach of whoever asks, and contact data
//!   only with a right of its own ([`crate::kernel::http::permission::ContactDataRead`]).
//! - Every export says who, when and why, in the list, in the audit log and in the file itself.
//! - A cell that a spreadsheet would take for a formula is made a text ([`model::inert`]).
//! - The rows are written page by page, each page with its mark, so that a crash repeats no row and loses none; they are
//!   kept sealed for a week and then forgotten.

pub mod api;
pub mod jobs;
mod model;
mod rows;
mod store;
#[cfg(test)]
mod tests;

pub use model::ExportRefusal;

pub const WORDS: crate::kernel::i18n::Words = crate::words!();

/// What a part is sealed with, so that it opens as no other.
fn about_part(export: &str, part: i64) -> String {
    format!("export {export} part {part}")
}
