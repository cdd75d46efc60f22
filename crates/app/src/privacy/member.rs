//! A member's own switches, and how her browser is recognised.

use axum::Json;
use axum::extract::{FromRequestParts, State};
use base::Timestamp;
use http::request::Parts;
use http::{HeaderMap, header};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::api::{ConsentView, consents_of, text_of};
use super::model::{Channel, Mark, PrivacyRefusal, Purpose, VISITOR_LIFE, VisitorKind, VisitorToken};
use super::rows::MarkRow;
use super::store::{self, Answer, Marking};
use crate::ctx::{Config, Ctx};
use crate::kernel::http::{AppError, AppResult, ErrorBody, Scope, SystemReason};
use crate::kernel::i18n::Locale;
use crate::kernel::seal::keyed_digest;

/// The cookie that holds the visitor's token.
pub const VISITOR_COOKIE: &str = "huoqun_visitor";

/// The key that signs visitor tokens.
#[must_use]
pub fn visitor_key(config: &Config) -> [u8; 32] {
    keyed_digest(config.master_key.reveal(), b"visitor token, version 1")
}

/// A visitor's cookie for thirty days, as the value of `Set-Cookie`.
#[must_use]
pub fn visitor_cookie(config: &Config, token: VisitorToken, now: Timestamp) -> String {
    let token = VisitorToken { until: now.plus(VISITOR_LIFE).0, ..token };
    let secure = if config.public_url.starts_with("https:") { "; Secure" } else { "" };
    let age = VISITOR_LIFE / 1_000;
    let value = token.sign(&visitor_key(config));
    format!("{VISITOR_COOKIE}={value}; Path=/; Max-Age={age}; HttpOnly; SameSite=Lax{secure}")
}

/// Extractor: a visitor whom the platform identified. Reads the cookie, or `Authorization: Visitor <token>`.
#[derive(Clone, Debug)]
pub struct Visitor {
    pub token: VisitorToken,
    pub scope: Scope,
    pub locale: Locale,
}

/// Extractor that never refuses.
#[derive(Clone, Debug)]
pub struct MaybeVisitor(pub Option<Visitor>);

impl Visitor {
    /// The visitor's person; staff and strangers have none here.
    ///
    /// # Errors
    /// [`PrivacyRefusal::NoPerson`].
    pub fn person(&self) -> Result<&str, PrivacyRefusal> {
        match self.token.kind {
            VisitorKind::Contact => self.token.person.as_deref().ok_or(PrivacyRefusal::NoPerson),
            VisitorKind::Staff | VisitorKind::Stranger => Err(PrivacyRefusal::NoPerson),
        }
    }

    /// The visitor of a request. A person who was erased since the cookie was made is nobody, one who was joined with
    /// another is that other.
    async fn known(parts: &Parts, ctx: &Ctx) -> AppResult<Option<Self>> {
        let Some(mut visitor) = Self::of_headers(&parts.headers, ctx.config(), ctx.now()) else {
            return Ok(None);
        };
        if let Some(person) = visitor.token.person.take() {
            let mut tx = ctx.read().await?;
            let person = store::survivor_of(&mut tx, &visitor.scope, &person).await?;
            let known = store::person_in_reach(&mut tx, &visitor.scope, &person).await?;
            visitor.token.person = known.then_some(person);
        }
        Ok(Some(visitor))
    }

    fn of_headers(headers: &HeaderMap, config: &Config, now: Timestamp) -> Option<Self> {
        let bearer = headers.get(header::AUTHORIZATION).and_then(|v| v.to_str().ok());
        let cookies = headers.get_all(header::COOKIE).iter().filter_map(|v| v.to_str().ok());
        let values = bearer.and_then(|v| v.strip_prefix("Visitor ")).into_iter().chain(
            cookies
                .flat_map(|v| v.split(';'))
                .filter_map(|pair| pair.trim().split_once('='))
                .filter(|(name, _)| *name == VISITOR_COOKIE)
                .map(|(_, value)| value),
        );
        let key = visitor_key(config);
        let token = values.filter_map(|value| VisitorToken::open(value, &key, now)).next()?;
        let scope = Scope::across_tenants(&token.tenant, SystemReason("visitor's signed token"));
        let accept = headers.get(header::ACCEPT_LANGUAGE).and_then(|v| v.to_str().ok());
        Some(Self { token, scope, locale: accept.map_or_else(Locale::default, Locale::negotiate) })
    }
}

impl FromRequestParts<Ctx> for MaybeVisitor {
    type Rejection = AppError;
    async fn from_request_parts(parts: &mut Parts, ctx: &Ctx) -> Result<Self, AppError> {
        Ok(Self(Visitor::known(parts, ctx).await?))
    }
}

impl FromRequestParts<Ctx> for Visitor {
    type Rejection = AppError;
    async fn from_request_parts(parts: &mut Parts, ctx: &Ctx) -> Result<Self, AppError> {
        Self::known(parts, ctx).await?.ok_or_else(|| PrivacyRefusal::UnknownVisitor.into())
    }
}

#[derive(Serialize, ToSchema)]
struct OwnConsents {
    purposes: Vec<ConsentView>,
    /// What the visitor refused altogether, and what else stands against her use.
    marks: Vec<MarkRow>,
}

impl OwnConsents {
    async fn of(tx: &mut crate::kernel::db::Tx<'_>, visitor: &Visitor) -> AppResult<Self> {
        let person = visitor.person()?;
        let purposes = consents_of(tx, &visitor.scope, person, visitor.locale).await?;
        Ok(Self { purposes, marks: store::marks_of(tx, &visitor.scope, person).await? })
    }
}

/// Everything the visitor may allow or withdraw.
#[utoipa::path(get, path = "/api/member/v1/consents",
    responses((status = 200, body = OwnConsents), (status = 401, body = ErrorBody)))]
async fn list_own_consents(State(ctx): State<Ctx>, visitor: Visitor) -> AppResult<Json<OwnConsents>> {
    visitor.person()?;
    Ok(Json(OwnConsents::of(&mut ctx.read().await?, &visitor).await?))
}

#[derive(Deserialize, ToSchema)]
struct OwnAnswer {
    purpose: Purpose,
    granted: bool,
    /// The wording on the page. Not needed to withdraw.
    text_version: Option<i64>,
}

/// Allows or withdraws a purpose, at once.
#[utoipa::path(post, path = "/api/member/v1/consents", request_body = OwnAnswer,
    responses((status = 200, body = OwnConsents), (status = 401, body = ErrorBody), (status = 409, body = ErrorBody)))]
async fn answer_own_consent(
    State(ctx): State<Ctx>,
    visitor: Visitor,
    Json(own): Json<OwnAnswer>,
) -> AppResult<Json<OwnConsents>> {
    visitor.person()?;
    let mut tx = ctx.begin().await?;
    answer_as_visitor(&mut tx, &visitor, (own.purpose, own.granted, own.text_version), Channel::MemberPage)
        .await?;
    let own = OwnConsents::of(&mut tx, &visitor).await?;
    tx.commit().await?;
    Ok(Json(own))
}

#[derive(Deserialize, ToSchema)]
struct OwnMark {
    /// `no_promotion` or `no_personalisation`.
    mark: Mark,
    on: bool,
}

/// Refuses all advertising or everything personal, or takes that back; at once.
#[utoipa::path(post, path = "/api/member/v1/consents/marks", request_body = OwnMark,
    responses((status = 200, body = OwnConsents), (status = 401, body = ErrorBody), (status = 422, body = ErrorBody)))]
async fn set_own_mark(
    State(ctx): State<Ctx>,
    visitor: Visitor,
    Json(own): Json<OwnMark>,
) -> AppResult<Json<OwnConsents>> {
    let person = visitor.person()?;
    if !own.mark.is_hers() {
        return Err(PrivacyRefusal::UnknownMark(own.mark.word().to_owned()).into());
    }
    let channel = Channel::MemberPage;
    let (mark, on, recorded_by, reason) = (own.mark, own.on, "", "");
    let mut tx = ctx.begin().await?;
    let marking = Marking { person, mark, on, channel, recorded_by, reason };
    store::set_mark(&mut tx, &visitor.scope, &marking).await?;
    let own = OwnConsents::of(&mut tx, &visitor).await?;
    tx.commit().await?;
    Ok(Json(own))
}

/// Keeps a visitor's own answer. Granting an outdated wording is refused; withdrawing always works.
pub(crate) async fn answer_as_visitor(
    tx: &mut crate::kernel::db::Tx<'_>,
    visitor: &Visitor,
    (purpose, granted, seen): (Purpose, bool, Option<i64>),
    channel: Channel,
) -> AppResult<()> {
    let person = visitor.person()?;
    let (_, current) = text_of(tx, &visitor.scope, purpose, visitor.locale).await?;
    if granted && seen != Some(current) {
        return Err(PrivacyRefusal::StaleText { purpose: purpose.word(), current }.into());
    }
    let evidence = format!("{} {}", visitor.token.account, visitor.token.platform_id);
    let answer = Answer {
        person,
        purpose,
        granted,
        text_version: current,
        channel,
        evidence: &evidence,
        page: if channel == Channel::LinkLanding { "/m/l" } else { "/m/me" },
        recorded_by: "",
        proof: "",
    };
    store::answer(tx, &visitor.scope, &answer).await?;
    Ok(())
}

/// Wording and version of a purpose in the visitor's language, for pages that ask on the way.
pub(crate) async fn wording_for(
    tx: &mut crate::kernel::db::Tx<'_>,
    visitor: &Visitor,
    purpose: Purpose,
) -> AppResult<(String, i64)> {
    text_of(tx, &visitor.scope, purpose, visitor.locale).await
}

pub fn router() -> OpenApiRouter<Ctx> {
    OpenApiRouter::new().routes(routes!(list_own_consents, answer_own_consent)).routes(routes!(set_own_mark))
}
