//! Everything by which a person's rows are found.

use crate::args;
use crate::kernel::db::{Args, DbResult, Tx};
use crate::kernel::http::Scope;
use crate::people;
use crate::privacy::classes::Key;
use crate::privacy::{self, KnownBy};

/// A person's keys, as the store holds them now.
#[derive(Clone, Debug, Default)]
pub struct Keys {
    /// Her id, and those under which she was known before persons were joined.
    pub persons: Vec<String>,
    pub contacts: Vec<String>,
    pub externals: Vec<String>,
    pub unions: Vec<String>,
    pub orders: Vec<String>,
    pub requests: Vec<String>,
    /// Numbers of her orders that are no phone numbers in the normal form.
    pub mobiles: Vec<String>,
    /// Digests of her phone numbers, wherever they came from.
    pub phones: Vec<String>,
}

impl Keys {
    /// The values of one kind of key.
    #[must_use]
    pub fn of(&self, key: Key) -> &[String] {
        match key {
            Key::Person => &self.persons,
            Key::Contact => &self.contacts,
            Key::External => &self.externals,
            Key::Union => &self.unions,
            Key::Order => &self.orders,
            Key::Request => &self.requests,
        }
    }
    /// The ids that may stand inside texts: facts, payloads of jobs, callbacks.
    #[must_use]
    pub fn inside_texts(&self) -> Vec<&str> {
        let ids = self.persons.iter().chain(&self.contacts).chain(&self.externals);
        ids.map(String::as_str).collect()
    }
    /// By what she is known outside.
    #[must_use]
    pub fn known_by(&self) -> Vec<(KnownBy, &str)> {
        let external = self.externals.iter().map(|v| (KnownBy::External, v.as_str()));
        let union = self.unions.iter().map(|v| (KnownBy::Union, v.as_str()));
        let mobile = self.mobiles.iter().map(|v| (KnownBy::Mobile, v.as_str()));
        let phone = self.phones.iter().map(|v| (KnownBy::Phone, v.as_str()));
        external.chain(union).chain(mobile).chain(phone).collect()
    }
}

async fn column(tx: &mut Tx<'_>, sql: &'static str, args: Args) -> DbResult<Vec<String>> {
    let rows: Vec<(String,)> = tx.all(sql, args).await?;
    Ok(rows.into_iter().map(|(value,)| value).filter(|v| !v.is_empty()).collect())
}

/// Gathers a person's keys. What is an alias already is nobody's key.
pub async fn keys_of(tx: &mut Tx<'_>, scope: &Scope, person: &str) -> DbResult<Keys> {
    let own = || args![scope.tenant(), person];
    let contacts =
        column(tx, "SELECT id FROM people_contact WHERE tenant_id = $1 AND person_id = $2", own()).await?;
    let mut externals = column(
        tx,
        "SELECT external_id FROM people_contact WHERE tenant_id = $1 AND person_id = $2 AND is_staff = FALSE
         UNION SELECT member_id FROM groups_membership WHERE tenant_id = $1 AND person_id = $2 AND is_staff = FALSE
         UNION SELECT external_id FROM orders_order WHERE tenant_id = $1 AND person_id = $2
         UNION SELECT value FROM people_import_key WHERE tenant_id = $1 AND person_id = $2 AND way = 'external'",
        own(),
    )
    .await?;
    externals.retain(|id| !id.starts_with(privacy::ALIAS));
    let unions = column(
        tx,
        "SELECT COALESCE(union_id, '') FROM people_person WHERE tenant_id = $1 AND id = $2
         UNION SELECT COALESCE(union_id, '') FROM people_contact WHERE tenant_id = $1 AND person_id = $2
         UNION SELECT union_id FROM orders_order WHERE tenant_id = $1 AND person_id = $2",
        own(),
    )
    .await?;
    let orders =
        column(tx, "SELECT id FROM orders_order WHERE tenant_id = $1 AND person_id = $2", own()).await?;
    let requests =
        column(tx, "SELECT id FROM data_requests_request WHERE tenant_id = $1 AND person_id = $2", own())
            .await?;
    let mut mobiles =
        column(tx, "SELECT DISTINCT mobile FROM orders_order WHERE tenant_id = $1 AND person_id = $2", own())
            .await?;
    let mut phones = column(
        tx,
        "SELECT value FROM people_import_key WHERE tenant_id = $1 AND person_id = $2 AND way = 'phone'
         UNION SELECT digest FROM people_phone WHERE tenant_id = $1 AND person_id = $2",
        own(),
    )
    .await?;
    // The digest of imports and of whatever else matches numbers, so that none of them brings her back.
    mobiles.retain(|mobile| match people::phone_key(tx, scope, mobile) {
        Some(digest) => {
            phones.push(digest);
            false
        }
        None => true,
    });
    let mut persons = vec![person.to_owned()];
    persons.extend(people::joined_with(tx, scope, person).await?);
    Ok(Keys { persons, contacts, externals, unions, orders, requests, mobiles, phones })
}
