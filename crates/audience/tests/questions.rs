//! What the product leans on: the shape of the JSON, what a segment names, bounds of an answer.

use audience::language::{Code, Named, Place, parse};
use audience::{Change, Day, Expr, Facet, Index, PeopleSet, Purpose, Question};
use serde_json::{Value, json};

const TODAY: Day = Day(20_682);

#[test]
fn the_json_of_a_segment_keeps_its_shape() {
    let text = r#"all {
      tag "孕期" @t_17
      any { bought >= 2 in 60 days ; spent >= 300.00 from 2026-01-01 }
      none { community kind core }
      event "watched" any of ("l1", "l2") 30..60 days ago
      field "city" contains "Shang"
      age "baby" 6..12 months
      consent promotion withdrawn
    }"#;
    let is = |condition: Value| json!({ "is": condition });
    let shape = json!({ "all": [
        is(json!({ "in": { "facet": "tag", "how": "any", "of": [{ "id": "t_17", "name": "孕期" }] } })),
        { "any": [
            is(json!({ "did": { "act": "bought", "times": { "min": 2 }, "window": { "last_days": 60 } } })),
            is(json!({ "spent": { "amount": { "min": 30_000 }, "window": { "between": { "from": "2026-01-01" } } } })),
        ] },
        { "none": [
            is(json!({ "in": { "facet": "community_kind", "how": "any", "of": [{ "id": "core" }] } })),
        ] },
        is(json!({ "did": {
            "act": { "event": "watched" },
            "of": [{ "id": "l1" }, { "id": "l2" }],
            "times": { "min": 1 },
            "window": { "days_ago": { "nearest": 30, "farthest": 60 } },
        } })),
        is(json!({ "text": { "field": { "id": "city" }, "test": { "contains": ["Shang"] } } })),
        is(json!({ "age": { "field": { "id": "baby" }, "range": { "min": 6, "max": 12 }, "unit": "months" } })),
        is(json!({ "consent": { "purpose": { "id": "promotion" }, "answer": "withdrawn" } })),
    ] });
    assert_eq!(serde_json::to_value(parse(text).unwrap()).unwrap(), shape);
    // What is usual may be left out, and what is unknown may not be put in.
    let short = json!({ "is": { "did": { "act": "bought" } } });
    assert_eq!(serde_json::from_value::<Expr>(short).unwrap(), parse("bought").unwrap());
    let foreign = json!({ "is": { "known": { "field": { "id": "x" }, "extra": 1 } } });
    assert!(serde_json::from_value::<Expr>(foreign).is_err());
}

#[test]
fn a_segment_tells_what_it_names_and_where() {
    let expr =
        parse("all { tag \"a\" ; any { spoke \"g\" ; segment \"s\" } ; birthday \"b\" in next 7 days }")
            .unwrap();
    let named: Vec<(Vec<usize>, String)> = expr
        .leaves()
        .into_iter()
        .flat_map(|leaf| {
            leaf.condition.named().into_iter().map(move |n| (leaf.path.clone(), n)).collect::<Vec<_>>()
        })
        .map(|(path, named)| match named {
            Named::In(facet, r) => (path, format!("{} {}", facet.words(), r.id)),
            Named::Subject(act, r) => (path, format!("{act} {}", r.id)),
            Named::Field(r) | Named::Purpose(r) => (path, r.id.clone()),
            Named::Event(name) => (path, name.to_owned()),
        })
        .collect();
    let expected = [(vec![0], "tag a"), (vec![1, 0], "spoke g"), (vec![1, 1], "segment s"), (vec![2], "b")];
    assert_eq!(named, expected.map(|(path, name)| (path, name.to_owned())));
    assert_eq!(expr.at(&[1, 1]).map(ToString::to_string), Some("segment \"s\"".to_owned()));
    assert_eq!(expr.segments().into_iter().collect::<Vec<_>>(), ["s"]);
    assert!(expr.depends_on_today());
}

#[test]
fn a_tree_out_of_bounds_is_refused_at_its_line() {
    let wrong =
        json!({ "any": [{ "all": [] }, { "is": { "spent": { "amount": { "min": 5, "max": 1 } } } }] });
    let refusal = serde_json::from_value::<Expr>(wrong).unwrap().check().unwrap_err();
    assert_eq!((refusal.code, refusal.place), (Code::EmptyRange, Place::Line(vec![1])));
}

#[test]
fn whoever_asks_sees_only_her_own_people_and_pays_for_what_she_reads() {
    let mut index = Index::new();
    index.load_in(Facet::MemberKind, "customer", (0..200_000).collect());
    index.load_in(Facet::Tag, "a", (0..200_000).step_by(2).collect());
    let expr = parse("tag \"a\"").unwrap();
    let mine: PeopleSet = [2, 3, 70_000].into_iter().collect();
    let question = Question::new(&index, &expr, TODAY, Purpose::Figures).unwrap().within(&mine);
    assert_eq!(question.first(10, None), [2, 70_000]);
    assert!(question.explain(3).is_some_and(|why| !why.matches) && question.explain(4).is_none());
    assert!(!question.contains(4));
    assert!(question.clone().at_most(question.cost()).is_ok());
    let refusal = question.clone().at_most(question.cost() - 1).unwrap_err();
    assert_eq!(refusal.code, Code::TooCostly);
}

#[test]
fn staff_and_the_unwilling_are_in_no_audience() {
    let mut index = Index::new();
    index.load_in(Facet::MemberKind, "customer", (0..4).collect());
    index.apply(1, &Change::In { facet: Facet::MemberKind, id: "staff".into(), since: None });
    index.apply(2, &Change::Barred { from: audience::Bar::Promotion, barred: true });
    let everybody = parse("all { }").unwrap();
    let ask = |purpose| Question::new(&index, &everybody, TODAY, purpose).unwrap().first(9, None);
    assert_eq!(ask(Purpose::Figures), [0, 2, 3]);
    assert_eq!(ask(Purpose::Promotion), [0, 3]);
    assert_eq!(ask(Purpose::Personalisation), [0, 2, 3]);
    let why = Question::new(&index, &everybody, TODAY, Purpose::Promotion).unwrap().explain(2).unwrap();
    assert!(why.barred && why.counts && !why.matches);
}
