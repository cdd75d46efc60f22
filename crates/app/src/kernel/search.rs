//! Finding things by name: as written, in full pinyin, or by pinyin initials.
//!
//! Whatever has a name keeps a *search key* in a column beside it, written when the name is written. The key holds the
//! name in lower case without spaces, then its readings in full, then their initials, parted by spaces. A search is
//! one `LIKE` over that column, the same on both engines. Where there are too many keys to read them all, they are filed
//! under their *parts*: whoever has not every part of what was typed need not be looked at. Pure: no query lives here.

use std::collections::BTreeSet;

use pinyin::ToPinyinMulti;

/// Readings of one name that are kept. A name with more (six characters of three readings each) keeps the likeliest:
/// any one character may be read in any way, and most pairs.
const MOST_READINGS: usize = 64;
/// Characters of a line that can be found by sound; what follows only as it is written.
const LONGEST_READ: usize = 40;
/// Characters of a line that can be found at all.
const LONGEST_LINE: usize = 200;
/// Bytes past which no further reading is kept: an index entry of PostgreSQL holds 2,704.
const LONGEST_KEY: usize = 2_400;
/// Keys are filed under so many numbers. More of them tell names apart better and make more rows.
pub const PARTS: u16 = 1 << 15;
/// Characters of the longest part.
const LONGEST_PART: usize = 4;

/// The search key of a text. Lines are separate names of one thing: a search never matches across them.
#[must_use]
pub fn key(text: &str) -> String {
    let lines = || text.lines().map(squeeze).filter(|line| !line.is_empty());
    let cut = |line: String| line.chars().take(LONGEST_LINE).collect::<String>();
    let mut parts: Vec<String> = lines().map(cut).collect();
    let mut bytes: usize = parts.iter().map(|part| part.len() + 1).sum();
    for reading in lines().flat_map(|line| readings(&line)) {
        for part in [reading.concat(), initials(&reading)] {
            if bytes + part.len() < LONGEST_KEY && !parts.contains(&part) {
                bytes += part.len() + 1;
                parts.push(part);
            }
        }
    }
    parts.join(" ")
}

/// What a person typed as a `LIKE` pattern over search keys, wildcards escaped by `!`; `%` when nothing was typed.
///
/// Chinese and Latin letters typed together (a name begun in one and ended in the other) match when both are in the
/// key: the written part comes first there, the sounds after it.
#[must_use]
pub fn pattern(typed: &str) -> String {
    let typed = squeeze(typed);
    let mixed = typed.chars().any(is_read) && typed.chars().any(|c| c.is_ascii_alphabetic());
    let parts = if mixed { by_script(&typed) } else { vec![typed] };
    let mut pattern = String::from("%");
    for part in parts.iter().filter(|part| !part.is_empty()) {
        pattern.extend(escaped(part));
        pattern.push('%');
    }
    pattern
}

/// Whatever holds a text, exactly as it is written, as a `LIKE` pattern, wildcards escaped by `!`.
#[must_use]
pub fn inside(text: &str) -> String {
    std::iter::once('%').chain(escaped(text)).chain(['%']).collect()
}

/// The parts of a key: a number for every run of one to four characters in it. Two runs may have one number. The numbers
/// are stored: whoever changes how they are made files all names anew.
#[must_use]
pub fn parts(key: &str) -> BTreeSet<u16> {
    let mut parts = BTreeSet::new();
    for word in key.split_whitespace() {
        let word: Vec<char> = word.chars().collect();
        for length in 1..=LONGEST_PART {
            parts.extend(word.windows(length).map(number));
        }
    }
    parts
}

/// Parts that every key has which fits a pattern over keys; none when the pattern asks for nothing.
#[must_use]
pub fn parts_asked(pattern: &str) -> BTreeSet<u16> {
    let mut parts = BTreeSet::new();
    for run in runs(pattern) {
        let shortest = if run.len() < LONGEST_PART { 1 } else { LONGEST_PART };
        for length in shortest..=LONGEST_PART {
            parts.extend(run.windows(length).map(number));
        }
    }
    parts
}

/// What stands together in a `LIKE` pattern.
fn runs(pattern: &str) -> Vec<Vec<char>> {
    let mut runs = vec![Vec::new()];
    let mut chars = pattern.chars();
    while let Some(c) = chars.next() {
        let letter = match c {
            '%' | '_' => None,
            '!' => chars.next(),
            c => Some(c),
        };
        match (letter.filter(|c| !c.is_whitespace()), runs.last_mut()) {
            (Some(letter), Some(run)) => run.push(letter),
            _ => runs.push(Vec::new()),
        }
    }
    runs
}

/// FNV-1a, folded. One engine's `LIKE` makes no difference between great and small letters, so neither do parts.
fn number(run: &[char]) -> u16 {
    let hash = run.iter().fold(0x811c_9dc5_u32, |hash, c| {
        (hash ^ u32::from(c.to_ascii_lowercase())).wrapping_mul(0x0100_0193)
    });
    u16::try_from((hash ^ (hash >> 15)) % u32::from(PARTS)).unwrap_or_default()
}

fn escaped(text: &str) -> impl Iterator<Item = char> + '_ {
    text.chars().flat_map(|c| matches!(c, '%' | '_' | '!').then_some('!').into_iter().chain([c]))
}

/// Lower case, without what nobody types twice the same way: spaces, and the apostrophe between syllables.
fn squeeze(text: &str) -> String {
    let lower = text.chars().flat_map(char::to_lowercase);
    lower.filter(|c| !c.is_whitespace() && !matches!(c, '\'' | '\u{2019}')).map(plain).collect()
}

/// The full forms of ASCII, which Chinese keyboards write, as ASCII; `ü` as it is typed.
fn plain(c: char) -> char {
    match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c).to_ascii_lowercase(),
        '\u{fc}' => 'v',
        c => c,
    }
}

fn is_read(c: char) -> bool {
    c.to_pinyin_multi().is_some()
}

/// The runs of Chinese in their order, then the runs of everything else.
fn by_script(typed: &str) -> Vec<String> {
    let (mut read, mut rest) = (vec![String::new()], vec![String::new()]);
    for c in typed.chars() {
        let (own, other) = if is_read(c) { (&mut read, &mut rest) } else { (&mut rest, &mut read) };
        if let Some(run) = own.last_mut() {
            run.push(c);
        }
        if other.last().is_some_and(|run| !run.is_empty()) {
            other.push(String::new());
        }
    }
    read.append(&mut rest);
    read
}

/// A text as a list of syllables and single characters.
type Reading = Vec<String>;

/// The ways to read a text, likeliest first: each character has its readings in the order of the table.
fn readings(text: &str) -> Vec<Reading> {
    let choices: Vec<Vec<String>> = text.chars().take(LONGEST_READ).map(syllables).collect();
    let farthest: usize = choices.iter().map(|c| c.len() - 1).sum();
    let mut found = Vec::new();
    for far in 0..=farthest {
        gather(&choices, far, &mut Vec::new(), &mut found);
        if found.len() >= MOST_READINGS {
            break;
        }
    }
    found
}

/// Adds the readings whose ranks sum up to `far`.
fn gather(choices: &[Vec<String>], far: usize, begun: &mut Reading, found: &mut Vec<Reading>) {
    let Some((first, rest)) = choices.split_first() else {
        if far == 0 {
            found.push(begun.clone());
        }
        return;
    };
    let reachable: usize = choices.iter().map(|c| c.len() - 1).sum();
    if far > reachable {
        return;
    }
    for (rank, syllable) in first.iter().enumerate().take(far + 1) {
        if found.len() >= MOST_READINGS {
            return;
        }
        begun.push(syllable.clone());
        gather(rest, far - rank, begun, found);
        begun.pop();
    }
}

/// How one character may be read, without tones; itself when it isn't Chinese. `ü` is typed as `v`, and by many as `u`.
fn syllables(c: char) -> Vec<String> {
    let Some(known) = c.to_pinyin_multi() else { return vec![c.to_string()] };
    let mut all: Vec<String> = Vec::new();
    for reading in known {
        let plain = reading.plain();
        let ways = [plain.replace('\u{fc}', "v"), plain.replace(['\u{fc}', 'v'], "u")];
        for way in ways {
            if !all.contains(&way) {
                all.push(way);
            }
        }
    }
    all
}

fn initials(reading: &[String]) -> String {
    reading.iter().filter_map(|syllable| syllable.chars().next()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What `LIKE` does with our patterns.
    fn finds(typed: &str, name: &str) -> bool {
        let (pattern, key) = (pattern(typed), key(name));
        let mut rest = key.as_str();
        pattern.split('%').filter(|part| !part.is_empty()).all(|part| {
            let part = part.replace("!!", "!").replace("!_", "_");
            rest.find(&part).is_some_and(|at| {
                rest = &rest[at + part.len()..];
                true
            })
        })
    }

    #[test]
    fn a_name_is_found_as_written_by_sound_and_by_initials() {
        for typed in
            ["橙里鲜生", "里鲜", "clxs", "CLXS", "chenglixiansheng", "cheng li xian", "xiansheng", "lxs"]
        {
            assert!(finds(typed, "橙里鲜生"), "{typed}");
        }
        for typed in ["clsx", "橙鲜", "chenglu", "xianc"] {
            assert!(!finds(typed, "橙里鲜 8"), "{typed}");
        }
    }

    #[test]
    fn latin_digits_and_chinese_mix() {
        let name = "VIP 福利群3";
        for typed in [
            "vip福利",
            "VIP 福利群 3",
            "flq3",
            "vipfl",
            "vipfuliqun3",
            "福利q3",
            "vip福",
            "fl群",
            "群3",
            "ＶＩＰ",
        ] {
            assert!(finds(typed, name), "{typed}: {} in {}", pattern(typed), key(name));
        }
        assert!(!finds("福利群2", name));
        assert!(finds("Sunday club", "Sunday Club"));
        assert!(finds("sundayc", "Sunday Club"));
    }

    #[test]
    fn every_reading_of_a_character_is_accepted() {
        for typed in ["zhongqing", "chongqing", "zq", "cq", "chongqinglehang", "chongqingyueyinhang", "cqyyh"]
        {
            let name = if typed.contains("yy") || typed.contains("yin") {
                "重庆乐银行"
            } else {
                "重庆乐行"
            };
            assert!(finds(typed, name), "{typed} in {}", key(name));
        }
        for typed in ["lvcha", "lücha", "lucha", "lc"] {
            assert!(finds(typed, "绿茶"), "{typed} in {}", key("绿茶"));
        }
        assert!(finds("xi'an", "西安店"));
    }

    #[test]
    fn lines_are_names_of_their_own() {
        let both = "橙里鲜生\n早餐第二杯半价";
        assert!(finds("clxs", both) && finds("zcdeb", both));
        assert!(!finds("xszc", both) && !finds("生早", both));
    }

    #[test]
    fn a_key_stays_small() {
        let long = "重乐行长朝单车".repeat(30);
        assert!(key(&long).len() <= LONGEST_KEY, "{}", key(&long).len());
        assert!(finds("zhonglexingzhang", &long) && finds("cyhc", &long[..12]));
        assert!(readings(&squeeze(&long)).len() == MOST_READINGS);
    }

    #[test]
    fn a_name_has_every_part_of_what_finds_it() {
        for (typed, name) in [
            ("chong", "重庆乐行"),
            ("福利q3", "VIP 福利群3"),
            ("a", "A%b_c!"),
            ("安", "安安"),
            ("nan", "安安\n小南"),
        ] {
            assert!(finds(typed, name), "{typed}");
            assert!(parts(&key(name)).is_superset(&parts_asked(&pattern(typed))), "{typed}");
        }
        assert!(!parts(&key("安安")).is_superset(&parts_asked(&pattern("小南"))));
        assert!(parts(&key("A%b_c!")).is_superset(&parts_asked(&pattern("%b_c!"))));
        assert_eq!(parts_asked("%"), BTreeSet::new());
    }

    #[test]
    fn wildcards_are_letters_and_nothing_finds_all() {
        assert_eq!(pattern(" "), "%");
        assert_eq!(pattern("50%_!"), "%50!%!_!!%");
        assert_eq!(pattern("群"), "%群%");
    }
}
