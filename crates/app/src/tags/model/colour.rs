//! The palette: names, not numbers. The console knows how each looks on light and on dark.

use super::TagRefusal;

/// Every colour there is. Each has a contrast of at least 4.5 to 1 in both looks of the console.
pub const PALETTE: &[&str] =
    &["slate", "red", "orange", "amber", "green", "teal", "blue", "indigo", "violet", "pink"];

/// A colour by name; empty means: as the tag group, or none.
///
/// # Errors
/// When the palette has no such name.
pub fn colour(name: &str) -> Result<String, TagRefusal> {
    match name.is_empty() || PALETTE.contains(&name) {
        true => Ok(name.to_owned()),
        false => Err(TagRefusal::Colour),
    }
}
