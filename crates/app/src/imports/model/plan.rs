//! Who each row is: pure decisions over one part of a file and what the store knows of its keys.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap, HashSet};

use super::{Bad, Field, Kind, Mapping, NAME_CHARS, Row, RowProblem};
use crate::people::{self, Key, KnownPerson, Way};

/// A row as the columns say it, its phone digested already.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Draft {
    pub number: u32,
    /// Empty when no column has it.
    pub name: String,
    /// Strongest first.
    pub keys: Vec<Key>,
    pub tags: Vec<String>,
    /// Kept texts of own fields, by place in the list of columns that hold one.
    pub own: Vec<(usize, String)>,
}

/// Reads one row of people. `digest` makes a key of a phone number in its one form.
///
/// # Errors
/// Which field is wrong and why.
pub fn draft(
    row: &Row,
    places: &HashMap<Field, usize>,
    mapping: &Mapping,
    digest: &dyn Fn(&str) -> String,
) -> Result<Draft, Bad> {
    let bad =
        |field: &'static str, problem: RowProblem| Bad { field: Cow::Borrowed(field), code: problem.code() };
    if let Some(code) = &row.problem {
        return Err(Bad::row(RowProblem::of_code(code)));
    }
    let cell = |field: Field| places.get(&field).and_then(|at| row.cells.get(*at)).map_or("", String::as_str);
    let mut keys = Vec::new();
    for (field, way) in [(Field::UnionId, Way::Union), (Field::ExternalId, Way::External)] {
        let id = cell(field);
        let fits = id.len() <= 128 && id.bytes().all(|b| b.is_ascii_graphic());
        match id {
            "" => {}
            id if fits => keys.push((way, id.to_owned())),
            _ => return Err(bad(field.word(), RowProblem::Id)),
        }
    }
    match cell(Field::Phone) {
        "" => {}
        text => match crate::people::normal_phone(text) {
            Some(phone) => keys.push((Way::Phone, digest(&phone))),
            None => return Err(bad(Field::Phone.word(), RowProblem::Phone)),
        },
    }
    if keys.is_empty() {
        return Err(bad("", RowProblem::NoKey));
    }
    let name = cell(Field::Name);
    if name.chars().count() > NAME_CHARS || name.contains(char::is_control) {
        return Err(bad(Field::Name.word(), RowProblem::Name));
    }
    let tags = tags_of(cell(Field::Tags), &mapping.tag_separator)
        .map_err(|problem| bad(Field::Tags.word(), problem))?;
    Ok(Draft { number: row.number, name: name.to_owned(), keys, tags, own: Vec::new() })
}

/// The texts of one cell.
pub(super) fn split<'a>(cell: &'a str, separator: &str) -> Vec<&'a str> {
    const USUAL: [char; 8] = [',', ';', '|', '\n', '\u{ff0c}', '\u{ff1b}', '\u{3001}', '\u{ff5c}'];
    match separator {
        "" => cell.split(USUAL).collect(),
        separator => cell.split(separator).collect(),
    }
}

/// Tags of one cell.
fn tags_of(cell: &str, separator: &str) -> Result<Vec<String>, RowProblem> {
    let mut tags = Vec::new();
    for part in split(cell, separator).into_iter().filter(|p| !p.trim().is_empty()) {
        let tag = crate::tags::name(part).map_err(|_| RowProblem::Tag)?;
        if !tags.contains(&tag) {
            tags.push(tag);
        }
    }
    if tags.len() > 50 { Err(RowProblem::Tag) } else { Ok(tags) }
}

/// Whom a row means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Who {
    /// A place in [`Plan::known`].
    Known(usize),
    /// A place in [`Plan::new`].
    New(usize),
}

/// What one good row does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    pub number: u32,
    pub who: Who,
    /// By which key she was recognised; `None` for a new person.
    pub way: Option<Way>,
    /// Something about her is written besides tags and own fields.
    pub writes: bool,
    pub tags: Vec<String>,
    pub own: Vec<(usize, String)>,
}

/// A person whom the part makes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewPerson {
    pub name: String,
    pub union_id: Option<String>,
}

/// What one part of a file does.
#[derive(Debug, Default)]
pub struct Plan {
    pub steps: Vec<Step>,
    pub known: Vec<KnownPerson>,
    pub new: Vec<NewPerson>,
    /// Keys to be written down, with whose they are.
    pub keys: Vec<(Key, Who)>,
    /// New names of persons whom a file brought.
    pub renames: Vec<(usize, String)>,
    pub bad: Vec<(u32, Bad)>,
    /// Rows of persons who asked to be erased.
    pub erased: Vec<u32>,
    /// Rows that say again what an earlier part of the same dry run said.
    pub repeated: usize,
}

/// What the store knows about the keys of a part.
pub struct Known {
    pub found: Vec<(Key, KnownPerson)>,
    pub barred: BTreeSet<Key>,
}

/// Decides the rows in their order. `seen` are keys that earlier parts of a dry run would have brought; a run, which has
/// written them, passes an empty set.
#[must_use]
pub fn plan(kind: Kind, drafts: Vec<Draft>, known: Known, seen: &HashSet<u64>) -> Plan {
    let mut plan = Plan::default();
    let mut owners: HashMap<Key, BTreeSet<Who>> = HashMap::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    for (key, person) in known.found {
        let place = *places.entry(person.person.clone()).or_insert_with(|| {
            plan.known.push(person);
            plan.known.len() - 1
        });
        owners.entry(key).or_default().insert(Who::Known(place));
    }
    for draft in drafts {
        if draft.keys.iter().any(|k| known.barred.contains(k)) {
            plan.erased.push(draft.number);
            continue;
        }
        let number = draft.number;
        if let Err(problem) = settle(&mut plan, &mut owners, (kind, seen), draft) {
            plan.bad.push((number, Bad::row(problem.code())));
        }
    }
    plan
}

fn settle(
    plan: &mut Plan,
    owners: &mut HashMap<Key, BTreeSet<Who>>,
    (kind, seen): (Kind, &HashSet<u64>),
    draft: Draft,
) -> Result<(), RowProblem> {
    let mut whose: BTreeSet<Who> = BTreeSet::new();
    let mut way = None;
    for key in &draft.keys {
        if let Some(owner) = owners.get(key) {
            way = way.or(Some(key.0));
            whose.extend(owner);
        }
    }
    if whose.len() > 1 {
        return Err(RowProblem::Conflict);
    }
    let union = draft.keys.iter().find(|k| k.0 == Way::Union).map(|k| k.1.clone());
    let (who, mut writes) = match whose.first() {
        Some(who) => (*who, false),
        None if draft.keys.iter().any(|k| seen.contains(&mark(k))) => {
            plan.repeated += 1;
            return Ok(());
        }
        None if kind != Kind::People => return Err(RowProblem::UnknownPerson),
        None => {
            plan.new.push(NewPerson { name: draft.name.clone(), union_id: union.clone() });
            (Who::New(plan.new.len() - 1), true)
        }
    };
    fits(plan, who, union.as_deref())?;
    if kind == Kind::People {
        writes |= complete(plan, who, &draft);
        for key in draft.keys {
            if !owners.contains_key(&key) {
                writes = true;
                owners.entry(key.clone()).or_default().insert(who);
                // A new person is written with her union id.
                if key.0 != Way::Union || matches!(who, Who::Known(_)) {
                    plan.keys.push((key, who));
                }
            }
        }
        if let (Who::New(place), Some(union)) = (who, union) {
            plan.new[place].union_id = Some(union);
        }
    }
    plan.steps.push(Step { number: draft.number, who, way, writes, tags: draft.tags, own: draft.own });
    Ok(())
}

/// Only customers may be meant, and nobody has two universal ids.
fn fits(plan: &Plan, who: Who, union: Option<&str>) -> Result<(), RowProblem> {
    let held = match who {
        Who::Known(place) => {
            let person = &plan.known[place];
            if !people::counts(&person.kind) {
                return Err(RowProblem::NotCustomer);
            }
            let added =
                |(key, owner): &(Key, Who)| (key.0 == Way::Union && *owner == who).then(|| key.1.clone());
            person.union_id.clone().or_else(|| plan.keys.iter().find_map(added))
        }
        Who::New(place) => plan.new[place].union_id.clone(),
    };
    match (held, union) {
        (Some(held), Some(union)) if held != union => Err(RowProblem::Conflict),
        _ => Ok(()),
    }
}

/// A name that only files told may be told anew; the last row wins.
fn complete(plan: &mut Plan, who: Who, draft: &Draft) -> bool {
    if draft.name.is_empty() {
        return false;
    }
    match who {
        Who::Known(place) => {
            let person = &mut plan.known[place];
            if person.provenance != "import" || person.name == draft.name {
                return false;
            }
            person.name.clone_from(&draft.name);
            plan.renames.retain(|(other, _)| *other != place);
            plan.renames.push((place, draft.name.clone()));
            true
        }
        Who::New(place) => {
            let changed = plan.new[place].name != draft.name;
            plan.new[place].name.clone_from(&draft.name);
            changed
        }
    }
}

/// A key as a number, for remembering a million of them.
#[must_use]
pub fn mark(key: &Key) -> u64 {
    use std::hash::{Hash as _, Hasher as _};
    // Stable within one process is enough: the set lives as long as one run of a job.
    let mut hasher = std::hash::DefaultHasher::new();
    key.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn row(number: u32, cells: &[&str]) -> Row {
        Row { number, cells: cells.iter().map(|c| (*c).to_owned()).collect(), problem: None }
    }

    fn read(cells: &[&str]) -> Result<Draft, Bad> {
        let fields = [Field::Name, Field::Phone, Field::ExternalId, Field::UnionId, Field::Tags];
        let places = fields.into_iter().enumerate().map(|(i, f)| (f, i)).collect();
        draft(&row(2, cells), &places, &Mapping::default(), &|phone| format!("d{phone}"))
    }

    fn person(id: &str, union: Option<&str>, kind: &str) -> KnownPerson {
        KnownPerson {
            value: String::new(),
            person: id.into(),
            person_no: 1,
            kind: kind.into(),
            name: "旧名".into(),
            union_id: union.map(str::to_owned),
            provenance: "import".into(),
        }
    }

    fn with(number: u32, keys: &[(Way, &str)]) -> Draft {
        let keys = keys.iter().map(|(way, value)| (*way, (*value).to_owned())).collect();
        Draft { number, keys, ..Draft::default() }
    }

    fn decide(kind: Kind, drafts: Vec<Draft>, found: &[(Way, &str, KnownPerson)]) -> Plan {
        let found = found.iter().map(|(w, v, p)| ((*w, (*v).to_owned()), p.clone())).collect();
        plan(kind, drafts, Known { found, barred: BTreeSet::new() }, &HashSet::new())
    }

    #[test]
    fn rows_are_read_or_named_with_field_and_reason() {
        let good = read(&["小美", "138 0000 0000", "wmA", "", "新客，爱吃辣;新客"]).expect("a row");
        assert_eq!(good.keys, [(Way::External, "wmA".into()), (Way::Phone, "d+8613800000000".into())]);
        assert_eq!(good.tags, ["新客", "爱吃辣"]);
        let code = |cells: &[&str]| {
            let bad = read(cells).expect_err("a bad row");
            format!("{} {}", bad.field, bad.code)
        };
        assert_eq!(code(&["小美", "", "", "", ""]), " imports.row_no_key");
        assert_eq!(code(&["小美", "12", "", "", ""]), "phone imports.row_phone");
        assert_eq!(code(&["小美", "", "=cmd|x y", "", ""]), "external_id imports.row_id");
        assert_eq!(code(&[&"长".repeat(101), "", "a", "", ""]), "name imports.row_name");
        assert_eq!(code(&["", "", "a", "", &"长".repeat(31)]), "tags imports.row_tag");
        let formula = read(&["=HYPERLINK(\"x\")", "", "a", "", ""]).expect("a name is only a text");
        assert_eq!(formula.name, "=HYPERLINK(\"x\")");
    }

    #[test]
    fn keys_of_two_persons_are_a_conflict_and_names_recognise_nobody() {
        let found = [
            (Way::Union, "u1", person("p1", Some("u1"), "customer")),
            (Way::Phone, "t2", person("p2", None, "customer")),
            (Way::Phone, "t3", person("p3", None, "staff")),
        ];
        let drafts = vec![
            with(2, &[(Way::Union, "u1"), (Way::Phone, "t9")]),
            with(3, &[(Way::Union, "u1"), (Way::Phone, "t2")]),
            with(4, &[(Way::Phone, "t3")]),
            with(5, &[(Way::Union, "u5"), (Way::Phone, "t9")]),
            with(6, &[(Way::External, "e6")]),
            with(7, &[(Way::Phone, "t7"), (Way::External, "e6")]),
        ];
        let plan = decide(Kind::People, drafts, &found);
        let bad: Vec<_> = plan.bad.iter().map(|(n, b)| (*n, b.code)).collect();
        assert_eq!(
            bad,
            [(3, "imports.row_conflict"), (4, "imports.row_not_customer"), (5, "imports.row_conflict")]
        );
        let steps: Vec<_> = plan.steps.iter().map(|s| (s.number, s.who, s.way)).collect();
        assert_eq!(
            steps,
            [
                (2, Who::Known(0), Some(Way::Union)),
                (6, Who::New(0), None),
                (7, Who::New(0), Some(Way::External)),
            ]
        );
    }

    #[test]
    fn lists_and_tags_make_nobody() {
        let plan = decide(Kind::List, vec![with(2, &[(Way::Phone, "t1")])], &[]);
        assert_eq!(plan.bad[0].1.code, "imports.row_unknown_person");
        assert!(plan.new.is_empty() && plan.keys.is_empty());
    }

    proptest! {
        /// Every row ends in exactly one way, and no key ends with two persons.
        #[test]
        fn each_row_counts_once_and_each_key_has_one_owner(
            rows in prop::collection::vec(prop::collection::vec((0usize..3, 0u8..6), 1..4), 0..40),
        ) {
            let ways = [Way::Union, Way::External, Way::Phone];
            let drafts: Vec<Draft> = (2u32..).zip(&rows).map(|(number, keys)| {
                let mut keys: Vec<Key> = keys.iter().map(|(w, v)| (ways[*w], format!("k{v}"))).collect();
                keys.sort();
                keys.dedup_by_key(|k| k.0);
                Draft { number, keys, ..Draft::default() }
            }).collect();
            let count = drafts.len();
            let known = Known { found: vec![], barred: BTreeSet::from([(Way::Phone, "k5".to_owned())]) };
            let plan = plan(Kind::People, drafts, known, &HashSet::new());
            prop_assert_eq!(plan.steps.len() + plan.bad.len() + plan.erased.len(), count);
            let mut keys: Vec<&Key> = plan.keys.iter().map(|(k, _)| k).collect();
            keys.sort();
            let before = keys.len();
            keys.dedup();
            prop_assert_eq!(keys.len(), before);
            let mut unions: Vec<&String> = plan.new.iter().filter_map(|n| n.union_id.as_ref()).collect();
            unions.sort();
            let before = unions.len();
            unions.dedup();
            prop_assert_eq!(unions.len(), before);
        }
    }
}
