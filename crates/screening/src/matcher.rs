//! Words in a text, whatever was done to hide them.

use std::fmt;
use std::ops::Range;

use aho_corasick::AhoCorasick;
use serde::Serialize;

use crate::Folded;

/// Finds every occurrence of its words, overlapping ones too.
#[derive(Debug)]
pub struct Matcher {
    words: Vec<Word>,
    /// Finds `words` by position, in folded text.
    engine: AhoCorasick,
}

#[derive(Debug)]
struct Word {
    /// As the caller wrote it.
    text: String,
    /// Its position in the caller's list.
    index: usize,
    starts_latin: bool,
    ends_latin: bool,
}

/// One occurrence of one word.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Hit<'a> {
    /// The word as it was given to the matcher.
    pub word: &'a str,
    /// The position of the word in the list given to the matcher.
    pub index: usize,
    /// Bytes of the text, always at character boundaries.
    pub start: usize,
    pub end: usize,
    /// What stands there, with everything that was put between the letters.
    pub text: &'a str,
    /// True when something stands between the letters: either somebody hides the word, or two sentences happen to
    /// meet. A reader decides.
    pub broken: bool,
}

/// The list is too large for one matcher (millions of words).
#[derive(Debug)]
pub struct TooManyWords(aho_corasick::BuildError);

impl fmt::Display for TooManyWords {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the word list is too large for one matcher: {}", self.0)
    }
}

impl std::error::Error for TooManyWords {}

impl Matcher {
    /// Words that fold to nothing ("!!") can't be found and are left out.
    ///
    /// # Errors
    /// [`TooManyWords`] when the list exceeds what the engine can number.
    pub fn new<S: Into<String>>(words: impl IntoIterator<Item = S>) -> Result<Self, TooManyWords> {
        let mut kept = Vec::new();
        let mut patterns = Vec::new();
        for (index, text) in words.into_iter().map(Into::into).enumerate() {
            let folded = Folded::of(&text);
            let (Some(first), Some(last)) =
                (folded.as_str().chars().next(), folded.as_str().chars().next_back())
            else {
                continue;
            };
            patterns.push(folded.as_str().to_owned());
            kept.push(Word { text, index, starts_latin: is_latin(first), ends_latin: is_latin(last) });
        }
        let engine = AhoCorasick::new(&patterns).map_err(TooManyWords)?;
        Ok(Self { words: kept, engine })
    }

    /// Every occurrence, ordered by where it starts, longer ones first.
    #[must_use]
    pub fn find<'a>(&'a self, text: &'a str) -> Vec<Hit<'a>> {
        let folded = Folded::of(text);
        let mut hits: Vec<Hit<'a>> = self
            .engine
            .find_overlapping_iter(folded.as_str())
            .filter_map(|found| self.hit(text, &folded, found.pattern().as_usize(), found.range()))
            .collect();
        hits.sort_by_key(|hit| (hit.start, usize::MAX - hit.end, hit.index));
        hits
    }

    fn hit<'a>(
        &'a self,
        text: &'a str,
        folded: &Folded,
        pattern: usize,
        range: Range<usize>,
    ) -> Option<Hit<'a>> {
        let word = self.words.get(pattern)?;
        let source = folded.source_of(range.clone())?;
        // "best" is not in "bestow"; Chinese has no such borders.
        let before = text[..source.start].chars().next_back();
        let after = text[source.end..].chars().next();
        if word.starts_latin && before.is_some_and(is_latin) || word.ends_latin && after.is_some_and(is_latin)
        {
            return None;
        }
        Some(Hit {
            word: &word.text,
            index: word.index,
            start: source.start,
            end: source.end,
            text: &text[source],
            broken: folded.is_broken(range),
        })
    }
}

/// Letters of scripts that put spaces between words, and which therefore have word borders.
fn is_latin(c: char) -> bool {
    c.is_alphabetic() && matches!(c, 'A'..='Z' | 'a'..='z' | '\u{c0}'..='\u{24f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(words: &[&str], text: &str) -> Vec<String> {
        let matcher = Matcher::new(words.iter().copied()).expect("a small list");
        matcher.find(text).into_iter().map(|hit| format!("{}={}", hit.word, hit.text)).collect()
    }

    #[test]
    fn hidden_words_are_found_where_they_stand() {
        assert_eq!(found(&["最低价"], "今天全网最·低 价！"), ["最低价=最·低 价"]);
        assert_eq!(found(&["集赞"], "来集👍赞吧"), ["集赞=集👍赞"]);
        assert_eq!(found(&["VIP"], "加入ｖｉｐ群"), ["VIP=ｖｉｐ"]);
        assert_eq!(found(&["!!"], "hello!!"), [""; 0]);
    }

    #[test]
    fn latin_words_have_borders_and_chinese_ones_have_not() {
        assert_eq!(found(&["best"], "I bestow; b e s t, the BEST."), ["best=b e s t", "best=BEST"]);
        assert_eq!(found(&["最好"], "我最好吃的"), ["最好=最好"]);
    }

    #[test]
    fn overlapping_words_are_all_told_longest_first() {
        assert_eq!(found(&["最低", "最低价", "低价"], "最低价"), ["最低价=最低价", "最低=最低", "低价=低价"]);
    }

    #[test]
    fn a_broken_word_is_told_from_a_whole_one() {
        let matcher = Matcher::new(["最好"]).expect("a small list");
        let broken: Vec<bool> = matcher.find("最好 最。好").iter().map(|hit| hit.broken).collect();
        assert_eq!(broken, [false, true]);
    }
}
