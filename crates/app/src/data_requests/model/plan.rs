//! The statements that the register of columns makes: how a person's rows are read, counted and erased.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use crate::kernel::db::MIGRATIONS;
use crate::privacy::classes::{Class, Erase, Key, Rows, Table, tables};

/// One statement; `$1` is the tenant, `$2` the key's value.
#[derive(Clone, Debug)]
pub struct Statement {
    pub table: &'static str,
    pub key: Key,
    pub sql: &'static str,
    pub does: Does,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Does {
    Delete,
    Empty,
    /// As `Empty`; `$3` is the instant.
    EmptyAt,
    /// `$3` is what takes the key's place.
    Alias,
}

/// What erases a person, in the order in which it must run: rows are found by keys, so keys go last.
pub static ERASE: LazyLock<Vec<Statement>> = LazyLock::new(|| {
    let mut all: Vec<Statement> = tables().iter().flat_map(of_table).collect();
    all.sort_by_key(|s| match s.does {
        Does::Delete => 0,
        Does::Empty | Does::EmptyAt => 1,
        Does::Alias => 2,
    });
    all
});

fn of_table(table: &Table) -> Vec<Statement> {
    let (name, mut found) = (table.name, Vec::new());
    let mut add = |key, does, sql: String| found.push(Statement { table: name, key, sql: sql.leak(), does });
    if let Rows::By(keys) = &table.rows {
        let sets: Vec<String> = table.columns.iter().filter_map(|c| emptied(c.name, c.erase)).collect();
        let does =
            if table.columns.iter().any(|c| c.erase == Erase::Now) { Does::EmptyAt } else { Does::Empty };
        for (column, key) in keys {
            if table.delete {
                add(*key, Does::Delete, format!("DELETE FROM {name} WHERE tenant_id = $1 AND {column} = $2"));
            } else if !sets.is_empty() {
                let sets = sets.join(", ");
                add(*key, does, format!("UPDATE {name} SET {sets} WHERE tenant_id = $1 AND {column} = $2"));
            }
        }
    }
    for column in &table.columns {
        if let Erase::Alias(key) = column.erase {
            let c = column.name;
            add(key, Does::Alias, format!("UPDATE {name} SET {c} = $3 WHERE tenant_id = $1 AND {c} = $2"));
        }
    }
    found
}

fn emptied(column: &str, erase: Erase) -> Option<String> {
    match erase {
        Erase::Blank => Some(format!("{column} = ''")),
        Erase::Null => Some(format!("{column} = NULL")),
        Erase::Zero => Some(format!("{column} = 0")),
        Erase::Now => Some(format!("{column} = COALESCE({column}, $3)")),
        Erase::Set(value) => Some(format!("{column} = '{value}'")),
        Erase::Cut(other) => Some(format!(
            "{column} = CASE WHEN {other} = '' THEN {column} ELSE REPLACE({column}, {other}, '') END"
        )),
        Erase::Keep | Erase::Alias(_) | Erase::Gone | Erase::Rewrite => None,
    }
}

/// How a person's rows of one table are read for a copy. Columns come as text.
#[derive(Clone, Debug)]
pub struct Reading {
    pub table: &'static str,
    pub columns: Vec<&'static str>,
    /// By key equal to `$2`, or (without key) by text like `$2`.
    pub by: Vec<(Option<Key>, &'static str)>,
    pub counts: Vec<(Option<Key>, &'static str)>,
}

/// Every table that can hold something about a person. Secrets are left out; they are the company's.
pub static READ: LazyLock<Vec<Reading>> = LazyLock::new(|| tables().iter().filter_map(reading).collect());

fn reading(table: &Table) -> Option<Reading> {
    let columns: Vec<&'static str> = table
        .columns
        .iter()
        .filter(|c| c.class != Class::Secret && c.name != "tenant_id")
        .map(|c| c.name)
        .collect();
    let (name, list) =
        (table.name, columns.iter().map(|c| format!("CAST({c} AS TEXT) AS {c}")).collect::<Vec<_>>());
    let list = list.join(", ");
    let wheres: Vec<(Option<Key>, String)> = match &table.rows {
        Rows::Nobody => return None,
        Rows::By(keys) => keys.iter().map(|(c, key)| (Some(*key), format!("{c} = $2"))).collect(),
        Rows::Inside(column) => vec![(None, format!("{column} LIKE $2 ESCAPE '!'"))],
    };
    let sql = |head: &str| -> Vec<(Option<Key>, &'static str)> {
        let one = |(key, which): &(Option<Key>, String)| {
            let text: &'static str =
                format!("SELECT {head} FROM {name} WHERE tenant_id = $1 AND {which}").leak();
            (*key, text)
        };
        wheres.iter().map(one).collect()
    };
    Some(Reading { table: name, by: sql(&list), counts: sql("CAST(COUNT(*) AS BIGINT)"), columns })
}

/// What a column's value is, as the migrations say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Type {
    Text,
    Number,
    Truth,
}

/// The type of every column by `table.column`.
pub static TYPES: LazyLock<BTreeMap<String, Type>> = LazyLock::new(|| {
    let mut types = BTreeMap::new();
    for (_, _, sql) in MIGRATIONS {
        let mut table = "";
        for line in sql.lines() {
            let words: Vec<&str> = line.split_whitespace().collect();
            match words.as_slice() {
                ["CREATE", "TABLE", name, ..] => table = name,
                ["ALTER", "TABLE", name, "ADD", "COLUMN", column, kind, ..] => {
                    types.extend(type_of(kind).map(|t| (format!("{name}.{column}"), t)));
                }
                ["ALTER", "TABLE", old, "RENAME", "TO", new] => {
                    let (old, new) = (format!("{old}."), format!("{}.", new.trim_end_matches(';')));
                    let moved = types.iter().filter_map(|(column, kind): (&String, &Type)| {
                        Some((format!("{new}{}", column.strip_prefix(&old)?), *kind))
                    });
                    types.extend(moved.collect::<Vec<_>>());
                }
                [column, kind, ..] if line.starts_with("    ") => {
                    types.extend(type_of(kind).map(|t| (format!("{table}.{column}"), t)));
                }
                _ => {}
            }
        }
    }
    types
});

fn type_of(word: &str) -> Option<Type> {
    match word.trim_end_matches([',', ';']) {
        "TEXT" => Some(Type::Text),
        "BIGINT" | "DOUBLE" => Some(Type::Number),
        "BOOLEAN" => Some(Type::Truth),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_go_after_everything_that_is_found_by_them() {
        let first_alias = ERASE.iter().position(|s| s.does == Does::Alias).expect("aliases");
        assert!(ERASE[first_alias..].iter().all(|s| s.does == Does::Alias));
        assert!(ERASE.iter().any(|s| s.table == "tags_person_tag" && s.does == Does::Delete));
        assert!(ERASE.iter().all(|s| s.sql.contains("tenant_id = $1")));
    }

    #[test]
    fn a_copy_holds_no_secret_and_types_are_known() {
        for reading in READ.iter() {
            for column in &reading.columns {
                assert!(
                    TYPES.contains_key(&format!("{}.{column}", reading.table)),
                    "{} {column}",
                    reading.table
                );
            }
        }
        assert!(READ.iter().all(|r| !r.columns.contains(&"sealed")));
        assert_eq!(TYPES.get("people_person.name"), Some(&Type::Text));
        assert_eq!(TYPES.get("orders_order.paid_fen"), Some(&Type::Number));
        assert_eq!(TYPES.get("privacy_consent_log.page"), Some(&Type::Text));
    }
}
