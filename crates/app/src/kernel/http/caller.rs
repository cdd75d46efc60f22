//! Who calls, what she may do, and how far she sees.

use std::marker::PhantomData;

use axum::extract::FromRequestParts;
use http::StatusCode;
use http::request::Parts;
use serde_json::json;

use super::error::{AppError, refused};
use crate::kernel::i18n::Locale;

/// How far a caller sees within her tenant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reach {
    /// Everything of the tenant.
    All,
    /// The groups of this community and the people in them: a key that was made for one community only.
    Community(String),
    /// The groups in which this employee (our staff id) has a duty.
    OwnGroups(String),
}

/// Tenant and reach: the first argument of every store function on business rows. Only the session layer, a job's
/// envelope or [`Scope::across_tenants`] make one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scope {
    tenant: String,
    reach: Reach,
}

/// Why something runs without a caller; appears in the audit log.
#[derive(Clone, Copy, Debug)]
pub struct SystemReason(pub &'static str);

impl Scope {
    pub(crate) const fn of_session(tenant: String, reach: Reach) -> Self {
        Self { tenant, reach }
    }
    pub(crate) fn of_job(tenant: &str) -> Self {
        Self { tenant: tenant.to_owned(), reach: Reach::All }
    }
    /// For entry points that learn the tenant from a key in the request: callbacks, signed webhooks, tracked links.
    pub(crate) fn across_tenants(tenant: &str, _why: SystemReason) -> Self {
        Self { tenant: tenant.to_owned(), reach: Reach::All }
    }
    /// The same scope seen through one employee's duties, for a job that an operator of limited reach ordered. Empty
    /// leaves it as it is; it only ever narrows.
    #[must_use]
    pub fn narrowed(self, staff: &str) -> Self {
        match (&self.reach, staff) {
            (Reach::OwnGroups(_) | Reach::Community(_), _) | (_, "") => self,
            (Reach::All, staff) => Self { reach: Reach::OwnGroups(staff.to_owned()), ..self },
        }
    }
    #[must_use]
    pub fn tenant(&self) -> &str {
        &self.tenant
    }
    /// For SQL: empty when everything may be seen, else the staff id (or community) whose groups may be. The view
    /// `groups_duty` holds employees' duties and, for a community, its groups. The predicate is
    /// `($2 = '' OR g.id IN (SELECT group_id FROM groups_duty WHERE tenant_id = $1 AND staff_id = $2))`.
    #[must_use]
    pub fn reach_key(&self) -> &str {
        match &self.reach {
            Reach::All => "",
            Reach::Community(id) | Reach::OwnGroups(id) => id,
        }
    }
}

/// A right as a type, so that a handler that needs it says so in its signature. Made by the `permissions!` table in
/// the access slice.
pub trait Permission: Send + Sync + 'static {
    /// `slice:read`, `slice:write`.
    const WORD: &'static str;
}

/// What stands behind a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CallerKind {
    /// A person with a session.
    Operator,
    /// A program with a key of the open API.
    Key,
}

/// The signed-in operator, or the key of the open API, behind a request; put there by the session layer.
#[derive(Clone, Debug)]
pub struct Caller {
    pub kind: CallerKind,
    /// The id of the operator or of the key.
    pub operator_id: String,
    pub operator_name: String,
    pub role: String,
    pub staff_id: Option<String>,
    pub permissions: std::sync::Arc<[&'static str]>,
    pub scope: Scope,
    pub locale: Locale,
}

impl Caller {
    #[must_use]
    pub fn may(&self, word: &str) -> bool {
        self.permissions.contains(&word)
    }
}

/// Extractor: a caller who has this right. 401 without a session, 403 without the right.
pub struct Allowed<P> {
    pub caller: Caller,
    right: PhantomData<P>,
}

impl<P> std::ops::Deref for Allowed<P> {
    type Target = Caller;
    fn deref(&self) -> &Caller {
        &self.caller
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Caller {
    type Rejection = AppError;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, AppError> {
        parts
            .extensions
            .get::<Self>()
            .cloned()
            .ok_or_else(|| refused("http.sign_in_first", StatusCode::UNAUTHORIZED, json!({})))
    }
}

impl<S: Send + Sync, P: Permission> FromRequestParts<S> for Allowed<P> {
    type Rejection = AppError;
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, AppError> {
        let caller = Caller::from_request_parts(parts, state).await?;
        if !caller.may(P::WORD) {
            let args = json!({ "permission": P::WORD });
            let code = match caller.kind {
                CallerKind::Operator => "http.no_permission",
                CallerKind::Key => "http.no_scope",
            };
            return Err(refused(code, StatusCode::FORBIDDEN, args));
        }
        Ok(Self { caller, right: PhantomData })
    }
}
