//! What a greeting says, when it is too late for one, and what an answer of the platform means. Pure.

use base::Timestamp;
use base::time::SECOND;
use http::StatusCode;
use messenger::broadcasts::{Attachment, MessageBody};
use messenger::{Error, Refusal as Said};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::kernel::http::Refusal;

/// Whom a greeting is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Audience {
    /// Somebody who added an employee.
    Contact,
    /// Somebody who joined a group: a template that the group's owner selects once.
    Group,
}

impl Audience {
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Contact => "contact",
            Self::Group => "group",
        }
    }
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Contact, Self::Group].into_iter().find(|a| a.word() == word)
    }
}

/// A greeting in its five parts, in the order in which they are read (WEL-1). Parts may hold `{nickname}`, `{staff}`
/// and `{group_link}`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    pub audience: Audience,
    pub account_id: String,
    pub name: String,
    pub opening: String,
    pub offer: String,
    pub rules: String,
    pub benefit: String,
    pub action: String,
    pub link: Option<LinkCard>,
    /// The group code that is offered as a card and as `{group_link}`.
    pub invite_code_id: Option<String>,
    /// Used when a code names no greeting of its own.
    pub is_default: bool,
}

/// A link sent below the text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LinkCard {
    pub title: String,
    pub description: String,
    pub url: String,
    pub picture: String,
}

/// Bytes the platform takes.
const CONTACT_BYTES: usize = 4_000;
const GROUP_BYTES: usize = 3_000;
/// The platform's own placeholder in group templates.
const PLATFORM_NICKNAME: &str = "%NICKNAME%";

/// Something to mend in a greeting; a code of the catalogue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lint {
    NoOffer,
    NoRules,
    NoBenefit,
    NoAction,
    /// More than one thing to do at once.
    TwoActions,
    /// Does not fit one phone screen (RUL-3).
    Long,
}

impl Lint {
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::NoOffer => "welcome.lint_no_offer",
            Self::NoRules => "welcome.lint_no_rules",
            Self::NoBenefit => "welcome.lint_no_benefit",
            Self::NoAction => "welcome.lint_no_action",
            Self::TwoActions => "welcome.lint_two_actions",
            Self::Long => "welcome.lint_long",
        }
    }
}

impl Draft {
    fn parts(&self) -> [&str; 5] {
        [&self.opening, &self.offer, &self.rules, &self.benefit, &self.action]
    }

    /// The text with its variables still in it; parts stand on lines of their own.
    #[must_use]
    pub fn pattern(&self) -> String {
        let parts: Vec<&str> =
            self.parts().into_iter().map(str::trim).filter(|part| !part.is_empty()).collect();
        parts.join("\n")
    }

    /// # Errors
    /// The first thing that makes the greeting impossible.
    pub fn check(&self) -> Result<(), WelcomeRefusal> {
        if !(1..=40).contains(&self.name.trim().chars().count()) {
            return Err(WelcomeRefusal::Field { field: "name", cure: "1–40" });
        }
        if self.opening.trim().is_empty() {
            return Err(WelcomeRefusal::NoOpening);
        }
        let most = match self.audience {
            Audience::Contact => CONTACT_BYTES,
            Audience::Group => GROUP_BYTES,
        };
        // Room for what the variables become.
        let bytes = self.pattern().len() + 200;
        if bytes > most {
            return Err(WelcomeRefusal::TooLong { bytes, most });
        }
        if let Some(unknown) = unknown_variable(&self.pattern()) {
            return Err(WelcomeRefusal::UnknownVariable(unknown));
        }
        if self.pattern().contains("{group_link}") && self.invite_code_id.is_none() {
            return Err(WelcomeRefusal::NoInviteCode);
        }
        let Some(link) = &self.link else { return Ok(()) };
        if link.title.trim().is_empty() || link.title.len() > 128 {
            return Err(WelcomeRefusal::Field { field: "link.title", cure: "1–128 B" });
        }
        if link.description.len() > 512 {
            return Err(WelcomeRefusal::Field { field: "link.description", cure: "0–512 B" });
        }
        for (field, url) in [("link.url", &link.url), ("link.picture", &link.picture)] {
            let optional = field == "link.picture" && url.is_empty();
            let web = url.starts_with("https://") || url.starts_with("http://");
            if !optional && (!web || url.len() > 2_048) {
                return Err(WelcomeRefusal::Field { field, cure: "https://…" });
            }
        }
        Ok(())
    }

    /// What WEL-1, RUL-3 and RUL-4 miss in it.
    #[must_use]
    pub fn lint(&self) -> Vec<Lint> {
        let mut found = Vec::new();
        let missing = [
            (&self.offer, Lint::NoOffer),
            (&self.rules, Lint::NoRules),
            (&self.benefit, Lint::NoBenefit),
            (&self.action, Lint::NoAction),
        ];
        found.extend(missing.into_iter().filter(|(part, _)| part.trim().is_empty()).map(|(_, lint)| lint));
        let addresses =
            self.pattern().matches("://").count() + self.pattern().matches("{group_link}").count();
        if addresses + usize::from(self.link.is_some()) > 1 {
            found.push(Lint::TwoActions);
        }
        // Fifteen lines of twenty full-width characters.
        let lines: usize = self.pattern().lines().map(|line| line.chars().count().div_ceil(20).max(1)).sum();
        if lines > 15 {
            found.push(Lint::Long);
        }
        found
    }
}

fn unknown_variable(text: &str) -> Option<String> {
    let mut rest = text;
    while let Some(start) = rest.find('{') {
        let end = rest[start..].find('}').map(|end| start + end)?;
        let name = &rest[start + 1..end];
        if !matches!(name, "nickname" | "staff" | "group_link") {
            return Some(name.to_owned());
        }
        rest = &rest[end + 1..];
    }
    None
}

/// What the variables become.
#[derive(Clone, Debug, Default)]
pub struct Values {
    pub nickname: String,
    pub staff: String,
    /// Title, hook and address of the group code.
    pub invite: Option<LinkCard>,
}

/// The message as it is sent to a contact.
#[must_use]
pub fn contact_message(draft: &Draft, values: &Values) -> MessageBody {
    let link = values.invite.as_ref().map_or("", |invite| invite.url.as_str());
    let text = draft
        .pattern()
        .replace("{nickname}", &values.nickname)
        .replace("{staff}", &values.staff)
        .replace("{group_link}", link);
    // The text itself already offers the address when it holds {group_link}.
    let card = values.invite.as_ref().filter(|_| !draft.pattern().contains("{group_link}"));
    let attachments = card.into_iter().chain(draft.link.as_ref()).map(attachment).collect();
    MessageBody { text, attachments }
}

/// The template for group joiners. The platform fills in the nickname; staff and group are not known.
#[must_use]
pub fn group_template(draft: &Draft) -> MessageBody {
    let text = draft
        .pattern()
        .replace("{nickname}", PLATFORM_NICKNAME)
        .replace("{staff}", "")
        .replace("{group_link}", "");
    MessageBody { text, attachments: draft.link.iter().map(attachment).collect() }
}

fn attachment(card: &LinkCard) -> Attachment {
    Attachment::Link {
        title: card.title.clone(),
        description: card.description.clone(),
        url: card.url.clone(),
        picture_url: Some(card.picture.clone()).filter(|url| !url.is_empty()),
    }
}

/// Give up this long after the event arrived: the platform's twenty seconds began earlier.
pub const PATIENCE: i64 = 18 * SECOND;

/// Whether it is too late to try.
#[must_use]
pub const fn too_late(arrived_at: Timestamp, now: Timestamp) -> bool {
    now.0 - arrived_at.0 >= PATIENCE
}

/// What a call's answer means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    Greeted,
    /// Try again after so many milliseconds, if there is time.
    Again {
        after: i64,
        unknown: bool,
    },
    /// `reason` is a catalogue key.
    Missed {
        reason: &'static str,
    },
}

/// Reads an answer. An unknown outcome is tried again with the same code: the platform delivers at most once per code
/// and answers "already done" when the first call had arrived.
#[must_use]
pub const fn verdict(answer: &Result<(), Error>) -> Verdict {
    match answer {
        Ok(()) | Err(Error::Refused { reason: Said::AlreadyDone, .. }) => Verdict::Greeted,
        Err(Error::Refused { reason: Said::Conflict | Said::NotReady, .. }) => {
            Verdict::Again { after: SECOND, unknown: false }
        }
        Err(Error::Unavailable(_)) => Verdict::Again { after: SECOND, unknown: false },
        Err(Error::RateLimited { after_ms }) => Verdict::Again { after: *after_ms, unknown: false },
        Err(Error::OutcomeUnknown(_)) => Verdict::Again { after: SECOND, unknown: true },
        Err(Error::Refused { reason: Said::TooLate, .. }) => {
            Verdict::Missed { reason: "welcome.code_expired" }
        }
        Err(Error::Refused { reason: Said::NoPermission | Said::OutOfRange, .. }) => {
            Verdict::Missed { reason: "welcome.no_permission" }
        }
        Err(Error::Refused { reason: Said::BadCredentials | Said::AddressNotTrusted, .. }) => {
            Verdict::Missed { reason: "welcome.not_connected" }
        }
        Err(Error::Refused { .. }) => Verdict::Missed { reason: "welcome.refused" },
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WelcomeRefusal {
    NoOpening,
    Field {
        field: &'static str,
        cure: &'static str,
    },
    TooLong {
        bytes: usize,
        most: usize,
    },
    UnknownVariable(String),
    NoInviteCode,
    /// The invite must be a group code.
    InviteNotGroups,
    /// Only greetings for groups are templates.
    NotATemplate,
    /// A live code or a group still uses it.
    InUse,
    AudienceFixed,
}

impl Refusal for WelcomeRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::NoOpening => "welcome.no_opening",
            Self::Field { .. } => "welcome.field",
            Self::TooLong { .. } => "welcome.too_long",
            Self::UnknownVariable(_) => "welcome.unknown_variable",
            Self::NoInviteCode => "welcome.no_invite_code",
            Self::InviteNotGroups => "welcome.invite_not_groups",
            Self::NotATemplate => "welcome.not_a_template",
            Self::InUse => "welcome.in_use",
            Self::AudienceFixed => "welcome.audience_fixed",
        }
    }
    fn status(&self) -> StatusCode {
        match self {
            Self::InUse => StatusCode::CONFLICT,
            _ => StatusCode::UNPROCESSABLE_ENTITY,
        }
    }
    fn args(&self) -> Value {
        match self {
            Self::Field { field, cure } => json!({ "field": field, "cure": cure }),
            Self::TooLong { bytes, most } => json!({ "bytes": bytes, "most": most }),
            Self::UnknownVariable(name) => json!({ "name": name }),
            _ => json!({}),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draft() -> Draft {
        Draft {
            audience: Audience::Contact,
            account_id: "acc_1".into(),
            name: "counter".into(),
            opening: "{nickname} hello, I am {staff}".into(),
            offer: "menus daily".into(),
            rules: "no ads, or you leave".into(),
            benefit: "a free drink".into(),
            action: "join: {group_link}".into(),
            link: None,
            invite_code_id: Some("lvc_1".into()),
            is_default: true,
        }
    }

    fn invite() -> LinkCard {
        LinkCard {
            title: "Canteen".into(),
            description: "x".into(),
            url: "https://h/m/j/s".into(),
            picture: "".into(),
        }
    }

    #[test]
    fn a_complete_greeting_has_nothing_to_mend() {
        assert_eq!(draft().check(), Ok(()));
        assert_eq!(draft().lint(), vec![]);
        let bare = Draft { offer: String::new(), rules: " ".into(), benefit: String::new(), ..draft() };
        assert_eq!(bare.lint(), vec![Lint::NoOffer, Lint::NoRules, Lint::NoBenefit]);
        let two = Draft { link: Some(invite()), ..draft() };
        assert_eq!(two.lint(), vec![Lint::TwoActions]);
        let long = Draft { offer: "字".repeat(300), ..draft() };
        assert_eq!(long.lint(), vec![Lint::Long]);
    }

    #[test]
    fn impossible_greetings_are_refused() {
        assert_eq!(Draft { opening: " ".into(), ..draft() }.check(), Err(WelcomeRefusal::NoOpening));
        let unknown = Draft { offer: "{phone}".into(), ..draft() };
        assert_eq!(unknown.check(), Err(WelcomeRefusal::UnknownVariable("phone".into())));
        let no_code = Draft { invite_code_id: None, ..draft() };
        assert_eq!(no_code.check(), Err(WelcomeRefusal::NoInviteCode));
        let long = Draft { offer: "字".repeat(1_300), ..draft() };
        assert!(matches!(long.check(), Err(WelcomeRefusal::TooLong { .. })));
        let link = LinkCard { url: "javascript:x".into(), ..invite() };
        assert!(Draft { link: Some(link), ..draft() }.check().is_err());
    }

    #[test]
    fn variables_become_values_and_the_invite_appears_once() {
        let values = Values { nickname: "Mei".into(), staff: "Lin".into(), invite: Some(invite()) };
        let body = contact_message(&draft(), &values);
        assert_eq!(
            body.text,
            "Mei hello, I am Lin\nmenus daily\nno ads, or you leave\na free drink\njoin: https://h/m/j/s"
        );
        assert!(body.attachments.is_empty());
        let card = contact_message(&Draft { action: "tap the card".into(), ..draft() }, &values);
        assert_eq!(card.attachments.len(), 1);
        let template = group_template(&draft());
        assert!(template.text.starts_with("%NICKNAME% hello"));
        assert!(!template.text.contains('{'));
    }

    #[test]
    fn answers_mean_what_the_platform_means() {
        let said = |reason| Err(Error::Refused { reason, code: 1, words: String::new() });
        assert_eq!(verdict(&Ok(())), Verdict::Greeted);
        assert_eq!(verdict(&said(Said::AlreadyDone)), Verdict::Greeted);
        assert_eq!(verdict(&said(Said::Conflict)), Verdict::Again { after: SECOND, unknown: false });
        assert_eq!(verdict(&said(Said::TooLate)), Verdict::Missed { reason: "welcome.code_expired" });
        assert_eq!(verdict(&said(Said::Other)), Verdict::Missed { reason: "welcome.refused" });
        let unknown = Err(Error::OutcomeUnknown(String::new()));
        assert_eq!(verdict(&unknown), Verdict::Again { after: SECOND, unknown: true });
        assert!(!too_late(Timestamp(0), Timestamp(17_999)));
        assert!(too_late(Timestamp(0), Timestamp(18_000)));
    }
}
