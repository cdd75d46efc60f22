//! Own fields as other slices use them: audiences, files that come in, files that go out.

use base::{Day, IdMaker, Secret};
use serde_json::Value;

use super::{FieldForm, FieldRefusal, PrivacyClass, kept_value};
use crate::access::Role;
use crate::kernel::http::Caller;
use crate::kernel::seal::Sealer;

/// A field that the company defined.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnField {
    pub id: String,
    pub name: String,
    pub form: FieldForm,
    /// For the two forms that pick.
    pub choices: Vec<String>,
    /// Values are kept sealed.
    pub sensitive: bool,
    /// About a child under 14.
    pub minor: bool,
    /// Roles that see it; empty for all.
    pub roles: Vec<String>,
    /// It takes no values; those that are known stay.
    pub archived: bool,
}

/// What a field is to a caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sight {
    Open,
    /// She may know that there is such a field, and its values only with the right that was asked for.
    Sealed,
    /// To her there is no such field.
    Unseen,
}

/// Whether a caller's role is among those that see a field.
#[must_use]
pub fn role_sees(caller: &Caller, roles: &[String]) -> bool {
    roles.is_empty() || caller.role == Role::Administrator.word() || roles.contains(&caller.role)
}

/// What the database holds of a field's value as the kept text; `None` when it doesn't open.
#[must_use]
pub fn opened(sealer: &Sealer, (field, sensitive): (&str, bool), stored: &str) -> Option<String> {
    match sensitive {
        true => sealer.open(field, stored).map(|plain| plain.reveal().clone()),
        false => Some(stored.to_owned()),
    }
}

impl OwnField {
    /// What the field is to a caller; `right` is what sensitive values need: `people_sensitive:read` to use them, `:write`
    /// to set them.
    #[must_use]
    pub fn sight(&self, caller: &Caller, right: &str) -> Sight {
        match role_sees(caller, &self.roles) {
            false => Sight::Unseen,
            true if self.sensitive && !caller.may(right) => Sight::Sealed,
            true => Sight::Open,
        }
    }

    /// A value in the shape in which it is kept: one text.
    ///
    /// # Errors
    /// When it doesn't fit, or the field takes no values; the refusal names the field.
    pub fn kept(&self, value: &Value, today: Day) -> Result<String, FieldRefusal> {
        if self.archived {
            return Err(FieldRefusal::Archived { field: self.name.clone() });
        }
        kept_value(&self.name, self.form, &self.choices, value, today)
    }

    /// A kept text as the database holds it.
    #[must_use]
    pub fn sealed(&self, sealer: &Sealer, ids: &IdMaker, kept: &str) -> String {
        match self.sensitive {
            true => sealer.seal(ids, &self.id, &Secret::new(kept.to_owned())),
            false => kept.to_owned(),
        }
    }

    /// What the database holds as the kept text; `None` when it doesn't open.
    #[must_use]
    pub fn opened(&self, sealer: &Sealer, stored: &str) -> Option<String> {
        opened(sealer, (&self.id, self.sensitive), stored)
    }

    /// Whether a word of a privacy class means a child.
    pub(in crate::people) fn is_about_a_child(privacy: &str) -> bool {
        privacy == PrivacyClass::Minor.word()
    }
}
