//! The folded form of a text: one width, one case, letters and digits only, each with its place in the source.

use std::ops::Range;

use unicode_normalization::UnicodeNormalization as _;

/// A text without what writers vary. Two texts that a reader takes for the same word fold to the same letters.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Folded {
    text: String,
    /// For each folded character: where it starts in `text`, and the bytes of the source it stands for.
    places: Vec<(usize, Range<usize>)>,
}

impl Folded {
    #[must_use]
    pub fn of(source: &str) -> Self {
        let mut folded = Self::default();
        for (start, c) in source.char_indices() {
            let place = start..start + c.len_utf8();
            // The compatibility form turns wide, circled and accented letters into plain ones plus marks; the marks
            // are then dropped like every other sign.
            for plain in std::iter::once(c).nfkd().flat_map(char::to_lowercase).filter(|c| is_kept(*c)) {
                folded.places.push((folded.text.len(), place.clone()));
                folded.text.push(plain);
            }
        }
        folded
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The bytes of the source that a range of the folded text came from, whatever was dropped in between included.
    /// `None` for an empty range or one outside the text.
    #[must_use]
    pub fn source_of(&self, range: Range<usize>) -> Option<Range<usize>> {
        let first = self.place_at(range.start)?;
        let last = self.place_at(range.end.checked_sub(1)?)?;
        (range.start < range.end).then(|| self.places[first].1.start..self.places[last].1.end)
    }

    /// Index of the character that covers byte `at` of the folded text.
    fn place_at(&self, at: usize) -> Option<usize> {
        if at >= self.text.len() {
            return None;
        }
        self.places.partition_point(|(start, _)| *start <= at).checked_sub(1)
    }

    /// True when the source characters behind the range do not stand side by side.
    pub(crate) fn is_broken(&self, range: Range<usize>) -> bool {
        let (Some(first), Some(last)) =
            (self.place_at(range.start), self.place_at(range.end.saturating_sub(1)))
        else {
            return false;
        };
        self.places[first..=last]
            .windows(2)
            .any(|pair| pair[0].1 != pair[1].1 && pair[0].1.end != pair[1].1.start)
    }
}

/// Letters, digits and the percent sign: "100%" without its sign would be another word.
fn is_kept(c: char) -> bool {
    if c == '%' {
        return true;
    }
    let is_filler = matches!(c, '\u{115f}' | '\u{1160}' | '\u{3164}' | '\u{ffa0}');
    // Squared and circled letters that have no plain form are used as pictures.
    let is_picture = matches!(c, '\u{1f000}'..='\u{1faff}' | '\u{24b6}'..='\u{24e9}');
    c.is_alphanumeric() && !is_filler && !is_picture
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn width_case_accents_and_separators_vanish() {
        for (source, folded) in [
            ("ＶＩＰ", "vip"),
            ("V.I P", "vip"),
            ("最\u{200b}低🔥价", "最低价"),
            ("más", "mas"),
            ("ma\u{301}s", "mas"),
            ("Ⓐⓑ", "ab"),
            ("１００％", "100%"),
            ("。！\u{3164}", ""),
        ] {
            assert_eq!(Folded::of(source).as_str(), folded, "{source}");
        }
    }

    #[test]
    fn each_letter_knows_where_it_came_from() {
        let source = "a最🔥低b";
        let folded = Folded::of(source);
        assert_eq!(folded.as_str(), "a最低b");
        let range = folded.source_of(1..7).expect("inside the text");
        assert_eq!(&source[range], "最🔥低");
        assert!(folded.is_broken(1..7));
        assert!(!folded.is_broken(0..4));
        assert_eq!(folded.source_of(3..3), None);
        assert_eq!(folded.source_of(0..99), None);
    }

    #[test]
    fn one_character_may_become_several() {
        let folded = Folded::of("㎏x");
        assert_eq!(folded.as_str(), "kgx");
        assert_eq!(folded.source_of(1..2), Some(0..3));
        assert!(!folded.is_broken(0..3));
    }
}
