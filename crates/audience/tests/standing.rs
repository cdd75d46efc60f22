//! Segments that refer to segments, and what is refused.

use audience::language::{Code, parse};
use audience::{Change, Day, Expr, Facet, Index, Moved, Standing};

const TODAY: Day = Day(20_682);

fn segment(text: &str) -> Expr {
    parse(text).unwrap()
}

fn customer(index: &mut Index, person: u32) {
    index.apply(person, &Change::In { facet: Facet::MemberKind, id: "customer".into(), since: None });
}

fn tag(index: &mut Index, person: u32, id: &str) {
    index.apply(person, &Change::In { facet: Facet::Tag, id: id.into(), since: None });
}

#[test]
fn a_circle_is_refused_with_its_way() {
    let mut index = Index::new();
    let mut standing = Standing::new(&mut index, TODAY);
    standing.define(&mut index, "a", segment("segment \"b\"")).unwrap();
    standing.define(&mut index, "b", segment("not segment \"c\"")).unwrap();
    let refusal = standing.define(&mut index, "c", segment("any { tag \"x\"; segment \"a\" }")).unwrap_err();
    assert_eq!(refusal.code, Code::Circle);
    assert_eq!(refusal.args, [("path", "c > a > b > c".to_owned())]);
    let own = standing.define(&mut index, "a", segment("segment \"a\"")).unwrap_err();
    assert_eq!(own.args, [("path", "a > a".to_owned())]);
    // The refused definitions changed nothing.
    assert_eq!(standing.ids().collect::<Vec<_>>(), ["a", "b"]);
}

#[test]
fn a_change_passes_through_a_chain_in_one_go() {
    let mut index = Index::new();
    customer(&mut index, 1);
    let mut standing = Standing::new(&mut index, TODAY);
    standing.define(&mut index, "a_last", segment("segment \"b_middle\"")).unwrap();
    standing.define(&mut index, "b_middle", segment("not segment \"c_first\"")).unwrap();
    standing.define(&mut index, "c_first", segment("tag \"x\"")).unwrap();
    let told = |deltas: Vec<audience::Delta>| -> Vec<(String, Moved)> {
        deltas.into_iter().map(|d| (d.segment.to_string(), d.moved)).collect()
    };
    let first = told(standing.settle(&mut index));
    assert_eq!(first, [("b_middle".into(), Moved::Entered), ("a_last".into(), Moved::Entered)]);
    tag(&mut index, 1, "x");
    let second = told(standing.settle(&mut index));
    let expected = [
        ("c_first".into(), Moved::Entered),
        ("b_middle".into(), Moved::Left),
        ("a_last".into(), Moved::Left),
    ];
    assert_eq!(second, expected);
}

#[test]
fn a_segment_taken_away_is_nobody_and_a_changed_one_tells_the_difference() {
    let mut index = Index::new();
    for person in 0..3 {
        customer(&mut index, person);
        tag(&mut index, person, "x");
    }
    tag(&mut index, 2, "y");
    let mut standing = Standing::new(&mut index, TODAY);
    standing.define(&mut index, "s", segment("tag \"x\"")).unwrap();
    standing.define(&mut index, "other", segment("segment \"s\"")).unwrap();
    assert_eq!(standing.settle(&mut index).len(), 6);
    standing.define(&mut index, "s", segment("tag \"y\"")).unwrap();
    let left = standing.settle(&mut index);
    assert!(left.len() == 4 && left.iter().all(|d| d.moved == Moved::Left && d.person < 2));
    standing.remove(&mut index, "s");
    let left = standing.settle(&mut index);
    assert_eq!((left.len(), &*left[0].segment, left[0].person), (1, "other", 2));
    assert_eq!(standing.count(&index, "s"), None);
}

#[test]
fn a_snapshot_keeps_who_was_in_so_that_nobody_enters_twice() {
    let mut index = Index::new();
    customer(&mut index, 1);
    tag(&mut index, 1, "x");
    let mut standing = Standing::new(&mut index, TODAY);
    standing.define(&mut index, "s", segment("tag \"x\"")).unwrap();
    assert_eq!(standing.settle(&mut index).len(), 1);
    let mut bytes = Vec::new();
    index.write_snapshot(5, &mut bytes).unwrap();
    let (mut loaded, _) = Index::read_snapshot(&mut bytes.as_slice()).unwrap();
    let mut standing = Standing::new(&mut loaded, TODAY);
    standing.define(&mut loaded, "s", segment("tag \"x\"")).unwrap();
    customer(&mut loaded, 2);
    tag(&mut loaded, 2, "x");
    let deltas = standing.settle(&mut loaded);
    assert_eq!(deltas.iter().map(|d| d.person).collect::<Vec<_>>(), [2]);
}

#[test]
fn a_new_value_of_a_text_field_is_noticed() {
    let mut index = Index::new();
    customer(&mut index, 1);
    let mut standing = Standing::new(&mut index, TODAY);
    standing.define(&mut index, "s", segment("field \"city\" contains \"hai\"")).unwrap();
    assert!(standing.settle(&mut index).is_empty());
    index.apply(1, &Change::Text { field: "city".into(), value: Some("Shanghai".into()) });
    assert_eq!(standing.settle(&mut index).len(), 1);
}
