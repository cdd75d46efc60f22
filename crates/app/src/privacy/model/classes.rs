//! The register of columns (`classes.txt`): what each column of the store holds, how a person's rows are found, and
//! what an erasure does to them. Copies and erasures are made from it, so a column that isn't here fails a test.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use serde::Serialize;

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = DataClass)]
pub enum Class {
    None,
    /// Ids, counters, states of the machine.
    Technical,
    /// The company's own: figures, texts, plans.
    Business,
    /// About one person.
    Personal,
    /// By what she is reached or recognised elsewhere.
    ContactData,
    /// Health, children, beliefs.
    Sensitive,
    /// Credentials; never shown and never copied.
    Secret,
}

/// What ties a row to a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Key {
    Person,
    Contact,
    /// The platform's id of her contact.
    External,
    Union,
    Order,
    /// A request about her data.
    Request,
}

/// What an erasure does to a column of her rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Erase {
    Keep,
    /// Becomes an empty text.
    Blank,
    Null,
    Zero,
    /// Becomes the instant of the erasure, unless it holds one.
    Now,
    Set(&'static str),
    /// Loses every occurrence of what stands in another column of the row.
    Cut(&'static str),
    /// The key is replaced by one that leads nowhere, the same in every table.
    Alias(Key),
    /// Goes with its row.
    Gone,
    /// Rewritten or deleted by code of its own, because the id stands inside a text.
    Rewrite,
}

/// How a person's rows are found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rows {
    /// The table holds nothing about members.
    Nobody,
    /// Rows in which one of the columns equals one of her keys.
    By(Vec<(&'static str, Key)>),
    /// Rows in which a column's text contains one of her ids.
    Inside(&'static str),
}

#[derive(Clone, Debug)]
pub struct Column {
    pub name: &'static str,
    pub class: Class,
    pub erase: Erase,
}

#[derive(Clone, Debug)]
pub struct Table {
    pub name: &'static str,
    pub rows: Rows,
    /// Her rows are deleted.
    pub delete: bool,
    pub columns: Vec<Column>,
}

const TEXT: &str = include_str!("../classes.txt");

static TABLES: LazyLock<Vec<Table>> =
    LazyLock::new(|| parse(TEXT).unwrap_or_else(|why| panic!("the register of columns: {why}")));

/// Every table of the store, sorted by name.
#[must_use]
pub fn tables() -> &'static [Table] {
    &TABLES
}

/// Reads the register.
///
/// # Errors
/// The line that can't be read, and why.
pub fn parse(text: &'static str) -> Result<Vec<Table>, String> {
    let mut tables: Vec<Table> = Vec::new();
    let mut seen = BTreeSet::new();
    let mut before = "";
    for line in text.lines().filter(|l| !l.starts_with('#') && !l.trim().is_empty()) {
        let words: Vec<&'static str> = line.split_whitespace().collect();
        let name = words.first().copied().unwrap_or_default();
        if name < before {
            return Err(format!("{name} stands behind {before}; keep the lines sorted"));
        }
        before = name;
        if !seen.insert(name) {
            return Err(format!("{name} is there twice"));
        }
        match name.split_once('.') {
            None => tables.push(table(&words).ok_or_else(|| format!("can't read: {line}"))?),
            Some((of, column_name)) => {
                let Some(last) = tables.last_mut().filter(|t| t.name == of) else {
                    return Err(format!("{name} has no line for its table"));
                };
                last.columns.push(column(column_name, &words).ok_or_else(|| format!("can't read: {line}"))?);
            }
        }
    }
    Ok(tables)
}

fn table(words: &[&'static str]) -> Option<Table> {
    let (name, rows) = (*words.first()?, *words.get(1)?);
    let rows = if rows == "-" {
        Rows::Nobody
    } else if let Some((column, _)) = rows.split_once('~') {
        Rows::Inside(column)
    } else {
        let pairs = rows.split(',').map(|pair| {
            let (column, of) = pair.split_once('=')?;
            Some((column, key(of)?))
        });
        Rows::By(pairs.collect::<Option<Vec<_>>>()?)
    };
    let delete = match words.get(2) {
        None => false,
        Some(&"delete") => true,
        Some(_) => return None,
    };
    Some(Table { name, rows, delete, columns: Vec::new() })
}

fn column(name: &'static str, words: &[&'static str]) -> Option<Column> {
    let class = match *words.get(1)? {
        "none" => Class::None,
        "technical" => Class::Technical,
        "business" => Class::Business,
        "personal" => Class::Personal,
        "contact_data" => Class::ContactData,
        "sensitive" => Class::Sensitive,
        "secret" => Class::Secret,
        _ => return None,
    };
    let erase = *words.get(2)?;
    let erase = match erase.split_once(':') {
        Some(("set", value)) => Erase::Set(value),
        Some(("cut", other)) => Erase::Cut(other),
        Some(("alias", of)) => Erase::Alias(key(of)?),
        Some(_) => return None,
        None => match erase {
            "keep" => Erase::Keep,
            "blank" => Erase::Blank,
            "null" => Erase::Null,
            "zero" => Erase::Zero,
            "now" => Erase::Now,
            "gone" => Erase::Gone,
            "rewrite" => Erase::Rewrite,
            _ => return None,
        },
    };
    (words.len() == 3).then_some(Column { name, class, erase })
}

fn key(word: &str) -> Option<Key> {
    Some(match word {
        "person" => Key::Person,
        "contact" => Key::Contact,
        "external" => Key::External,
        "union" => Key::Union,
        "order" => Key::Order,
        "request" => Key::Request,
        _ => return None,
    })
}

/// What a reader of the register must be told: columns whose rule contradicts their class or their table.
#[must_use]
pub fn contradictions(tables: &[Table]) -> Vec<String> {
    let mut found = Vec::new();
    for table in tables {
        for column in &table.columns {
            let name = format!("{}.{}", table.name, column.name);
            let about_her = matches!(column.class, Class::Personal | Class::ContactData | Class::Sensitive);
            match (column.erase, &table.rows) {
                (Erase::Gone, _) if !table.delete => {
                    found.push(format!("{name} is to go, but its table keeps the rows"));
                }
                (erase, _) if table.delete && erase != Erase::Gone => {
                    found.push(format!("{name}: the table deletes her rows, say `gone`"));
                }
                (Erase::Rewrite, Rows::By(_) | Rows::Nobody) => {
                    found.push(format!("{name}: only a table searched by text is rewritten"));
                }
                (Erase::Keep, Rows::By(_) | Rows::Inside(_)) if about_her => {
                    found.push(format!("{name} is about a person and would be kept"));
                }
                (Erase::Keep | Erase::Gone, _) => {}
                (_, Rows::Nobody) => {
                    found.push(format!("{name} has a rule, but its table holds nobody's rows"))
                }
                _ => {}
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_register_can_be_read_and_contradicts_itself_nowhere() {
        assert!(tables().len() > 60);
        assert_eq!(contradictions(tables()), Vec::<String>::new());
    }

    #[test]
    fn a_wrong_line_is_named() {
        for (text, why) in [
            ("b -\na -", "a stands behind b"),
            ("a -\na.x personal", "can't read: a.x personal"),
            ("a -\nb.x personal keep", "b.x has no line"),
            ("a who=nobody", "can't read: a who=nobody"),
            ("a -\na.x personal keep\na.x personal keep", "a.x is there twice"),
        ] {
            let found = parse(text).expect_err("a wrong line");
            assert!(found.contains(why), "{found}");
        }
    }

    #[test]
    fn a_personal_column_without_an_erase_rule_is_a_contradiction() {
        let tables =
            parse("a id=person\na.id technical alias:person\na.name personal keep").expect("readable");
        assert_eq!(contradictions(&tables), ["a.name is about a person and would be kept"]);
        let tables = parse("a -\na.name personal keep\na.nick personal blank").expect("readable");
        assert_eq!(contradictions(&tables), ["a.nick has a rule, but its table holds nobody's rows"]);
    }
}
