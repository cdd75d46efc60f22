//! People whom a file brings: recognised by union id, platform id or phone, never by name; many at a time.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use base::Timestamp;

use super::names;
use crate::args;
use crate::kernel::db::{Arg, Args, DbResult, Tx};
use crate::kernel::http::{AppResult, Scope};
use crate::kernel::search;
use crate::privacy::{self, KnownBy};

/// By what a person of a file is recognised, strongest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Way {
    /// The platform's universal id.
    Union,
    /// The platform's id of a contact, in whichever account.
    External,
    /// The digest of a phone number.
    Phone,
}

impl Way {
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Union => "union",
            Self::External => "external",
            Self::Phone => "phone",
        }
    }
}

/// One key of a row: the way and the id, or the digest for [`Way::Phone`].
pub type Key = (Way, String);

/// Whom a key belongs to.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct KnownPerson {
    pub value: String,
    pub person: String,
    pub person_no: i64,
    pub kind: String,
    pub name: String,
    pub union_id: Option<String>,
    /// Empty for the platform, `import` for a file.
    pub provenance: String,
}

/// A person whom a file brings for the first time.
#[derive(Clone, Debug, Default)]
pub struct NewImported {
    pub name: String,
    pub union_id: Option<String>,
}

/// A phone number in one form, `+` and digits: blanks, hyphens and brackets go, a Chinese mobile gets its `+86`.
/// `None` when it is no phone number.
#[must_use]
pub fn normal_phone(text: &str) -> Option<String> {
    let kept: String =
        text.chars().filter(|c| !c.is_whitespace() && !matches!(c, '-' | '(' | ')' | '.')).collect();
    let (sign, digits) = match (kept.strip_prefix('+'), kept.strip_prefix("00")) {
        (Some(rest), _) | (None, Some(rest)) => (true, rest),
        (None, None) => (false, kept.as_str()),
    };
    if !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    match (sign, digits.len()) {
        (false, 11) if digits.starts_with('1') => Some(format!("+86{digits}")),
        (false, 13) if digits.starts_with("861") => Some(format!("+{digits}")),
        (true, 7..=15) => Some(format!("+{digits}")),
        _ => None,
    }
}

/// The digest under which a phone number is known, wherever one is matched: keyed, so that nobody without the
/// installation's key can try all numbers, and different in every company. `phone` is what [`normal_phone`] answers.
#[must_use]
pub fn phone_digest(tx: &Tx<'_>, scope: &Scope, phone: &str) -> String {
    hex::encode(&tx.digest_for(&format!("people phone {}", scope.tenant()), phone)[..16])
}

/// Which of these keys may not be imported, because whoever they belong to asked to be erased. The one place to ask
/// before a file (or anything else from outside) makes a person: an erased person must not come back with an old table.
pub async fn may_import(tx: &mut Tx<'_>, scope: &Scope, keys: &[Key]) -> AppResult<BTreeSet<Key>> {
    let mut barred = BTreeSet::new();
    if !privacy::anybody_erased(tx, scope).await? {
        return Ok(barred);
    }
    for key in keys {
        let by = match key.0 {
            Way::Union => KnownBy::Union,
            Way::External => KnownBy::External,
            Way::Phone => KnownBy::Phone,
        };
        if privacy::erased_at(tx, scope, &[(by, &key.1)]).await?.is_some() {
            barred.insert(key.clone());
        }
    }
    Ok(barred)
}

/// Keys asked for in one statement.
pub(super) const PORTION: usize = 250;

pub(super) fn holes(first: usize) -> String {
    (first..first + PORTION).map(|n| format!("${n}")).collect::<Vec<_>>().join(", ")
}

/// A short portion repeats its last value.
pub(super) fn filled(mut args: Args, values: &[&str]) -> Args {
    let filler = values.last().copied().unwrap_or_default();
    args.extend((0..PORTION).map(|n| Arg::from(values.get(n).copied().unwrap_or(filler))));
    args
}

static BY_UNION: LazyLock<&'static str> = LazyLock::new(|| {
    format!(
        "SELECT p.union_id AS value, p.id AS person, p.person_no, p.kind, p.name, p.union_id, p.provenance
         FROM people_person p WHERE p.tenant_id = $1 AND p.union_id IN ({})",
        holes(2)
    )
    .leak()
});

static BY_CONTACT: LazyLock<&'static str> = LazyLock::new(|| {
    format!(
        "SELECT c.external_id AS value, p.id AS person, p.person_no, p.kind, p.name, p.union_id, p.provenance
         FROM accounts_account a
         JOIN people_contact c ON c.tenant_id = a.tenant_id AND c.account_id = a.id AND c.is_staff = FALSE
         JOIN people_person p ON p.tenant_id = c.tenant_id AND p.id = c.person_id
         WHERE a.tenant_id = $1 AND c.external_id IN ({})",
        holes(2)
    )
    .leak()
});

static BY_NUMBER: LazyLock<&'static str> = LazyLock::new(|| {
    format!(
        "SELECT DISTINCT n.digest AS value, p.id AS person, p.person_no, p.kind, p.name, p.union_id, p.provenance
         FROM people_phone n JOIN people_person p ON p.tenant_id = n.tenant_id AND p.id = n.person_id
         WHERE n.tenant_id = $1 AND n.verified = TRUE AND n.digest IN ({})",
        holes(2)
    )
    .leak()
});

static BY_KEY: LazyLock<&'static str> = LazyLock::new(|| {
    format!(
        "SELECT k.value, p.id AS person, p.person_no, p.kind, p.name, p.union_id, p.provenance
         FROM people_import_key k JOIN people_person p ON p.tenant_id = k.tenant_id AND p.id = k.person_id
         WHERE k.tenant_id = $1 AND k.way = $2 AND k.value IN ({})",
        holes(3)
    )
    .leak()
});

/// Whom these keys belong to, in a few statements. A key of two persons (one contact id in two accounts) comes twice.
pub async fn known_by(tx: &mut Tx<'_>, scope: &Scope, keys: &[Key]) -> DbResult<Vec<(Key, KnownPerson)>> {
    let mut found = Vec::new();
    for way in [Way::Union, Way::External, Way::Phone] {
        let mut values: Vec<&str> = keys.iter().filter(|k| k.0 == way).map(|k| k.1.as_str()).collect();
        values.sort_unstable();
        values.dedup();
        for portion in values.chunks(PORTION) {
            let mut rows: Vec<KnownPerson> = Vec::new();
            match way {
                Way::Union => {
                    rows.extend(tx.all_anew(&BY_UNION, filled(args![scope.tenant()], portion)).await?)
                }
                Way::External => {
                    rows.extend(tx.all_anew(&BY_CONTACT, filled(args![scope.tenant()], portion)).await?)
                }
                Way::Phone => {
                    rows.extend(tx.all_anew(&BY_NUMBER, filled(args![scope.tenant()], portion)).await?);
                }
            }
            if way != Way::Union {
                let args = filled(args![scope.tenant(), way.word()], portion);
                rows.extend(tx.all_anew::<KnownPerson>(&BY_KEY, args).await?);
            }
            found.extend(rows.into_iter().map(|row| ((way, row.value.clone()), row)));
        }
    }
    Ok(found)
}

/// The person whom an earlier file brought under a contact's platform id, for when that contact turns up.
pub(super) async fn imported_as(
    tx: &mut Tx<'_>,
    scope: &Scope,
    external_id: &str,
) -> DbResult<Option<(String, i64, String)>> {
    tx.opt(
        "SELECT p.id, p.person_no, p.kind FROM people_import_key k
         JOIN people_person p ON p.tenant_id = k.tenant_id AND p.id = k.person_id
         WHERE k.tenant_id = $1 AND k.way = 'external' AND k.value = $2",
        args![scope.tenant(), external_id],
    )
    .await
}

/// Makes persons, customers of provenance `import`; answers id and number of each, in order.
pub async fn create_imported(
    tx: &mut Tx<'_>,
    scope: &Scope,
    people: &[NewImported],
    at: Timestamp,
) -> DbResult<Vec<(String, i64)>> {
    if people.is_empty() {
        return Ok(Vec::new());
    }
    let last = tx
        .number(
            "INSERT INTO people_counter (tenant_id, last_no) VALUES ($1, $2)
             ON CONFLICT (tenant_id) DO UPDATE SET last_no = people_counter.last_no + excluded.last_no
             RETURNING last_no",
            args![scope.tenant(), people.len()],
        )
        .await?;
    let first = last - i64::try_from(people.len()).unwrap_or(0) + 1;
    let made: Vec<(String, i64)> = (first..=last).map(|no| (tx.new_id("psn"), no)).collect();
    let rows = people.iter().zip(&made).map(|(new, (id, no))| {
        let search = search::key(&new.name);
        args![scope.tenant(), id, *no, new.union_id.clone(), &new.name, search, "customer", at, "import"]
    });
    let rows = rows.collect();
    tx.insert_many(
        "INSERT INTO people_person (tenant_id, id, person_no, union_id, name, name_search, kind, first_seen_at,
             provenance)",
        rows,
        "",
    )
    .await?;
    Ok(made)
}

/// Writes down by which platform ids and phone digests persons are known; union ids belong to the person itself.
pub async fn add_keys(tx: &mut Tx<'_>, scope: &Scope, keys: &[(Key, String)]) -> DbResult<()> {
    let rows = keys
        .iter()
        .filter(|((way, _), _)| *way != Way::Union)
        .map(|((way, value), person)| args![scope.tenant(), way.word(), value, person])
        .collect();
    tx.insert_many(
        "INSERT INTO people_import_key (tenant_id, way, value, person_id)",
        rows,
        "ON CONFLICT (tenant_id, way, value) DO NOTHING",
    )
    .await?;
    for ((_, union), person) in keys.iter().filter(|((way, _), _)| *way == Way::Union) {
        tx.exec(
            "UPDATE people_person SET union_id = $3 WHERE tenant_id = $1 AND id = $2 AND union_id IS NULL",
            args![scope.tenant(), person, union],
        )
        .await?;
    }
    Ok(())
}

/// Renames a person whom a file brought; a name that the platform told is the platform's.
pub async fn rename_imported(tx: &mut Tx<'_>, scope: &Scope, person: &str, name: &str) -> DbResult<()> {
    tx.exec(
        "UPDATE people_person SET name = $3, name_search = $4
         WHERE tenant_id = $1 AND id = $2 AND provenance = 'import'",
        args![scope.tenant(), person, name, search::key(name)],
    )
    .await?;
    names::note_renamed(tx, scope, person).await
}

/// Which of these persons have a living bond with an employee.
pub async fn bonded_among(tx: &mut Tx<'_>, scope: &Scope, persons: &[String]) -> DbResult<BTreeSet<String>> {
    static BONDED: LazyLock<&'static str> = LazyLock::new(|| {
        format!(
            "SELECT DISTINCT c.person_id FROM people_contact c
             JOIN people_follow f ON f.tenant_id = c.tenant_id AND f.contact_id = c.id AND f.deleted_at IS NULL
             WHERE c.tenant_id = $1 AND c.person_id IN ({})",
            holes(2)
        )
        .leak()
    });
    let mut found = BTreeSet::new();
    let all: Vec<&str> = persons.iter().map(String::as_str).collect();
    for portion in all.chunks(PORTION) {
        let rows: Vec<(String,)> = tx.all(&BONDED, filled(args![scope.tenant()], portion)).await?;
        found.extend(rows.into_iter().map(|(id,)| id));
    }
    Ok(found)
}

/// Which of these persons came by a file.
pub async fn imported_among(tx: &mut Tx<'_>, scope: &Scope, persons: &[&str]) -> DbResult<BTreeSet<String>> {
    static IMPORTED: LazyLock<&'static str> = LazyLock::new(|| {
        format!(
            "SELECT id FROM people_person WHERE tenant_id = $1 AND provenance = 'import' AND id IN ({})",
            holes(2)
        )
        .leak()
    });
    let mut found = BTreeSet::new();
    for portion in persons.chunks(PORTION) {
        let rows: Vec<(String,)> = tx.all(&IMPORTED, filled(args![scope.tenant()], portion)).await?;
        found.extend(rows.into_iter().map(|(id,)| id));
    }
    Ok(found)
}

/// What may be told of persons to whoever has the right to contact data.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct ContactData {
    pub person: String,
    /// `union` or `external`.
    pub way: String,
    pub value: String,
}

/// Platform ids of persons: union ids, contact ids, ids that files brought. Never phone digests.
pub async fn contact_data(tx: &mut Tx<'_>, scope: &Scope, persons: &[&str]) -> DbResult<Vec<ContactData>> {
    static DATA: LazyLock<&'static str> = LazyLock::new(|| {
        let holes = holes(2);
        format!(
            "SELECT id AS person, 'union' AS way, union_id AS value FROM people_person
             WHERE tenant_id = $1 AND union_id IS NOT NULL AND id IN ({holes})
             UNION SELECT person_id, 'external', external_id FROM people_contact
             WHERE tenant_id = $1 AND is_staff = FALSE AND person_id IN ({holes})
             UNION SELECT person_id, way, value FROM people_import_key
             WHERE tenant_id = $1 AND way = 'external' AND person_id IN ({holes})
             ORDER BY 1, 2, 3"
        )
        .leak()
    });
    let mut found = Vec::new();
    for portion in persons.chunks(PORTION) {
        found.extend(tx.all::<ContactData>(&DATA, filled(args![scope.tenant()], portion)).await?);
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phones_have_one_form() {
        for text in ["13800000000", "138-0000-0000", "+86 138 0000 0000", "0086 13800000000", "8613800000000"]
        {
            assert_eq!(normal_phone(text).as_deref(), Some("+8613800000000"), "{text}");
        }
        assert_eq!(normal_phone("+34 600 000 000").as_deref(), Some("+34600000000"));
        for text in ["", "12345", "1380000000x", "=cmd()", "600000000"] {
            assert_eq!(normal_phone(text), None, "{text}");
        }
    }
}
