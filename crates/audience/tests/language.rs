//! What a person writes is read, kept and written back; what can't be read is refused at its place.

mod model;

use audience::language::{Code, Expr, Place, parse, print};
use model::made::expr;
use proptest::prelude::*;

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(1000) })]

    #[test]
    fn text_and_json_come_back_as_the_same_tree(expr in expr()) {
        let text = print(&expr);
        let read = parse(&text);
        prop_assert_eq!(read.as_ref(), Ok(&expr), "{}", text);
        prop_assert_eq!(print(&read.unwrap()), text);
        let json = serde_json::to_string(&expr).unwrap();
        prop_assert_eq!(&serde_json::from_str::<Expr>(&json).unwrap(), &expr);
        prop_assert_eq!(expr.check(), Ok(()));
    }

    #[test]
    fn any_text_is_read_or_refused_inside_it(text in "\\PC{0,80}") {
        prop_assert!(refused_inside(&text));
    }

    #[test]
    fn any_line_of_known_words_is_read_or_refused_inside_it(words in prop::collection::vec(
        prop::sample::select(vec!["all", "any", "none", "not", "{", "}", "(", ")", "of", "tag", "\"a\"", "in", "60",
            "days", "bought", ">=", "2", "..", "spent", "3.50", "consent", "kind", "community", "ago", "from", "to",
            "2026-08-17", "field", "is", "@", ",", ";", "\n", "rfm", "r", "last", "age", "months", "event", "孕"]),
        0..24,
    )) {
        prop_assert!(refused_inside(&words.join(" ")));
    }
}

fn refused_inside(text: &str) -> bool {
    match parse(text) {
        Ok(expr) => parse(&print(&expr)) == Ok(expr),
        Err(refusal) => match refusal.place {
            Place::Text(spot) => {
                let end = spot.offset + spot.length;
                end <= text.len()
                    && text.is_char_boundary(spot.offset)
                    && text.is_char_boundary(end)
                    && spot.line == text[..spot.offset].matches('\n').count() + 1
            }
            _ => false,
        },
    }
}

const SPOKEN: &str = r#"all {
  tag "孕期" @t_17
  any {
    bought >= 2 in 60 days
    spent >= 300.00 in 90 days
  }
  none {
    community kind any of (core, flash)
    opened in 7 days
  }
  not spoke any of ("g1", "g2") in 30 days
  age "baby" 6..12 months
  consent promotion
}"#;

#[test]
fn a_segment_reads_aloud_and_is_canonical() {
    assert_eq!(print(&parse(SPOKEN).unwrap()), SPOKEN);
}

#[test]
fn looser_spellings_become_canonical() {
    let same = [
        (r#"tag "a"; tag "b""#, "all {\n  tag \"a\"\n  tag \"b\"\n}"),
        ("bought > 1 in last 60 days # twice", "bought >= 2 in 60 days"),
        ("spoke in any of (\"g\") in 1 day", "spoke \"g\" in 1 days"),
        ("none { member kind koc }", "not member kind koc"),
        ("spent 3.5..20", "spent 3.50..20.00"),
        ("bought 30..60 days ago", "bought 30..60 days ago"),
        ("last bought >= 30 days ago", "last bought >= 30 days ago"),
        ("rfm r >= 4 f 3..5", "rfm r >= 4 f 3..5"),
        ("date \"due\" on 2026-08-17", "date \"due\" from 2026-08-17 to 2026-08-17"),
    ];
    for (loose, canonical) in same {
        assert_eq!(print(&parse(loose).unwrap()), canonical, "{loose}");
    }
}

#[test]
fn a_refusal_names_its_place_and_its_reason() {
    let cases = [
        ("all {\n  tag 5\n}", Code::Unexpected, 2, 7, 1),
        ("tag \"open", Code::OpenQuote, 1, 5, 5),
        ("tag \"a\\q\"", Code::BadEscape, 1, 7, 2),
        ("bought 5..2 in 3 days", Code::EmptyRange, 1, 8, 1),
        ("bought in 0 days", Code::BadWindow, 1, 11, 1),
        ("date \"d\" from 2026-02-30", Code::BadDay, 1, 15, 10),
        ("spent >= 1.234", Code::BadNumber, 1, 10, 5),
        ("tag any of ()", Code::EmptyList, 1, 13, 1),
        ("rfm", Code::OpenRange, 1, 1, 3),
        ("tag \"a\" tag \"b\"", Code::Unexpected, 1, 9, 3),
        ("孕期", Code::Unexpected, 1, 1, 6),
        ("", Code::Unexpected, 1, 1, 0),
        ("all { tag \"a\"", Code::Unexpected, 1, 14, 0),
    ];
    for (text, code, line, column, length) in cases {
        let refusal = parse(text).unwrap_err();
        let Place::Text(spot) = refusal.place else { panic!("{text}") };
        assert_eq!(
            (refusal.code, spot.line, spot.column, spot.length),
            (code, line, column, length),
            "{text}"
        );
    }
}

#[test]
fn hostile_texts_are_refused_in_little_time() {
    let deep = "all {".repeat(100_000);
    assert_eq!(parse(&deep).unwrap_err().code, Code::TooDeep);
    assert_eq!(parse(&"not ".repeat(100_000)).unwrap_err().code, Code::TooDeep);
    assert_eq!(parse(&"(".repeat(100_000)).unwrap_err().code, Code::Unexpected);
    assert_eq!(parse(&"tag \"a\"\n".repeat(1_001)).unwrap_err().code, Code::TooManyTerms);
    assert!(parse(&"tag \"a\"\n".repeat(1_000)).is_ok());
    let refs = format!("tag any of ({}\"a\")", "\"a\",".repeat(20_000));
    assert_eq!(parse(&refs).unwrap_err().code, Code::TooManyRefs);
    assert_eq!(parse(&" ".repeat(2 << 20)).unwrap_err().code, Code::TooLong);
    let json = format!("{}{}", "{\"all\":[".repeat(100_000), "]}".repeat(100_000));
    assert!(serde_json::from_str::<Expr>(&json).is_err());
}

#[test]
fn depth_fifty_is_the_last_that_passes_in_text_and_tree() {
    let nested = |depth: usize| format!("{} tag \"a\" {}", "all {".repeat(depth), "}".repeat(depth));
    let deepest = parse(&nested(50)).unwrap();
    assert_eq!(deepest.check(), Ok(()));
    assert_eq!(parse(&nested(51)).unwrap_err().code, Code::TooDeep);
    let refusal = Expr::All(vec![deepest]).check().unwrap_err();
    assert_eq!((refusal.code, refusal.place), (Code::TooDeep, Place::Line(vec![0; 50])));
}
