//! What holds for every text: places are real, and nothing put between letters hides a word.

use proptest::prelude::*;
use screening::{Folded, Matcher, built_in};

const SEPARATORS: &[char] =
    &[' ', '.', '·', '_', '-', '\u{200b}', '\u{feff}', '\n', '。', '🔥', '\u{fe0f}', '*', '　'];

fn separated(word: &str, gaps: &[Vec<prop::sample::Index>]) -> String {
    let mut text = String::new();
    for (at, c) in word.chars().enumerate() {
        text.push(c);
        for index in gaps.get(at).into_iter().flatten() {
            text.push(*index.get(SEPARATORS));
        }
    }
    text
}

/// The same word in full width, where such a form exists.
fn widened(word: &str) -> String {
    let wide = |c: char| match c {
        '!'..='~' => char::from_u32(u32::from(c) + 0xfee0).unwrap_or(c),
        _ => c,
    };
    word.chars().map(wide).collect()
}

proptest! {
    #[test]
    fn places_are_character_boundaries_of_the_text(text in "\\PC{0,60}", words in prop::collection::vec("\\PC{1,4}", 1..6)) {
        let matcher = Matcher::new(words.clone()).expect("a small list");
        for hit in matcher.find(&text) {
            prop_assert!(hit.start < hit.end);
            prop_assert!(text.is_char_boundary(hit.start) && text.is_char_boundary(hit.end));
            prop_assert_eq!(&text[hit.start..hit.end], hit.text);
            prop_assert_eq!(hit.word, words[hit.index].as_str());
            let (found, word) = (Folded::of(hit.text), Folded::of(hit.word));
            prop_assert!(found.as_str().contains(word.as_str()));
        }
    }

    #[test]
    fn separators_and_width_hide_no_word(
        rule in any::<prop::sample::Index>(),
        gaps in prop::collection::vec(prop::collection::vec(any::<prop::sample::Index>(), 0..3), 0..12),
        wide in any::<bool>(),
        before in "[a-z 今天]{0,5}",
    ) {
        let word = &rule.get(built_in().rules()).word;
        let word = if wide { widened(word) } else { word.clone() };
        let text = format!("{before}，{}！", separated(&word, &gaps));
        let (start, end) = (before.len() + '，'.len_utf8(), text.len() - '！'.len_utf8());
        let findings = built_in().find(&text);
        // A longer listed word may tell it; something must cover it from its first letter on.
        prop_assert!(
            findings.iter().any(|f| f.hit.start <= start && start < f.hit.end && f.hit.end <= end),
            "{text:?} gave {findings:?}"
        );
    }

    #[test]
    fn folding_loses_no_letter_and_adds_no_sign(text in "[a-zA-Z0-9 .,。群价]{0,40}") {
        let expected: String = text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
        let folded = Folded::of(&text);
        prop_assert_eq!(folded.as_str(), expected);
    }
}
