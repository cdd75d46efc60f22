//! The set-up doctor's questions. Each asks one thing with a call that changes nothing.

use async_trait::async_trait;
use base::time::DAY;
use messenger::Lane;
use messenger::probe::{Finding, Probes, Verdict};

use super::WecomMessenger;
use crate::client::{CallError, CallResult};
use crate::wire::app_messages::{AppMessage, SendMessage};
use crate::wire::attachments::Text;
use crate::wire::contact_ways::ListContactWay;
use crate::wire::contacts::{GetFollowUserList, ListContacts};
use crate::wire::directory::{GetAgent, ListDepartments};
use crate::wire::groups::{ListGroups, OwnerFilter};
use crate::wire::mass_sends::GetGroupmsgList;
use crate::wire::tags::GetCorpTagList;
use crate::wire::token::GetCallbackIp;
use crate::wire::{Call, codes};

/// Stable words, in the order in which they make sense. They are keys of the cures in the catalogues.
pub const NAMES: &[&str] = &[
    "token",
    "trusted_ip",
    "visible_range",
    "api_permission",
    "serving_staff",
    "directory",
    "contacts",
    "groups",
    "tags",
    "contact_way",
    "mass_send",
    "app_message",
    "jssdk_ticket",
    "callback_ips",
];

const LANE: Lane = Lane::Urgent;

/// What a probe learned: a figure, and whether a zero is worth a warning.
struct Learned {
    count: Option<i64>,
    zero_warns: bool,
}

impl Learned {
    const NOTHING: Self = Self { count: None, zero_warns: false };

    fn count(n: usize) -> Self {
        Self { count: i64::try_from(n).ok(), zero_warns: false }
    }
    fn needed(n: usize) -> Self {
        Self { count: i64::try_from(n).ok(), zero_warns: true }
    }
}

#[async_trait]
impl Probes for WecomMessenger {
    fn names(&self) -> &'static [&'static str] {
        NAMES
    }

    async fn run(&self, probe: &str) -> Finding {
        let asked = asked(probe);
        if asked.is_empty() {
            return finding(probe, asked, Verdict::Skipped, 0, "there is no such probe");
        }
        if probe != "token"
            && let Err(error) = self.client.check_token().await
        {
            return Finding { verdict: Verdict::Skipped, ..failed(probe, asked, &error) };
        }
        match self.learn(probe).await {
            Ok(Some(learned)) => {
                let warns = learned.zero_warns && learned.count == Some(0);
                let verdict = if warns { Verdict::Warning } else { Verdict::Fine };
                Finding { count: learned.count, ..finding(probe, asked, verdict, 0, "ok") }
            }
            Ok(None) => finding(probe, asked, Verdict::Skipped, 0, "nobody serves customers yet"),
            // The address is its own probe; here it only means that nothing could be asked.
            Err(error) if probe != "trusted_ip" && error.code() == Some(codes::CALLER_NOT_TRUSTED) => {
                Finding { verdict: Verdict::Skipped, ..failed(probe, asked, &error) }
            }
            Err(error) => failed(probe, asked, &error),
        }
    }
}

impl WecomMessenger {
    /// `None` when there is nobody to ask about.
    async fn learn(&self, probe: &str) -> CallResult<Option<Learned>> {
        let learned = match probe {
            "token" => self.client.check_token().await.map(|()| Learned::NOTHING)?,
            "trusted_ip" => self.probe_address().await?,
            "visible_range" => self.probe_range().await?,
            "api_permission" => {
                self.client.call(&GetFollowUserList {}, LANE).await.map(|_| Learned::NOTHING)?
            }
            "serving_staff" => Learned::needed(self.serving().await?.len()),
            "directory" => {
                let list = self.client.call(&ListDepartments { id: None }, LANE).await?;
                Learned::needed(list.department.len())
            }
            "contacts" => return self.probe_contacts().await,
            "groups" => return self.probe_groups().await,
            "tags" => {
                let list = self.client.call(&GetCorpTagList::default(), LANE).await?;
                Learned::count(list.tag_group.iter().map(|g| g.tag.len()).sum())
            }
            "contact_way" => {
                let list = ListContactWay { limit: Some(100), ..ListContactWay::default() };
                Learned::count(self.client.call(&list, LANE).await?.contact_way.len())
            }
            "mass_send" => self.probe_mass_send().await?,
            "app_message" => self.probe_app_message().await?,
            "jssdk_ticket" => {
                self.client.corp_ticket(LANE).await?;
                self.client.app_ticket(LANE).await.map(|_| Learned::NOTHING)?
            }
            _ => Learned::needed(self.client.call(&GetCallbackIp {}, LANE).await?.ip_list.len()),
        };
        Ok(Some(learned))
    }

    async fn serving(&self) -> CallResult<Vec<String>> {
        Ok(self.client.call(&GetFollowUserList {}, LANE).await?.follow_user)
    }

    /// Any other refusal proves that the address was let through.
    async fn probe_address(&self) -> CallResult<Learned> {
        let agentid = self.client.application().agent.clone();
        match self.client.call(&GetAgent { agentid }, LANE).await {
            Err(CallError::Refused { code, .. }) if code != codes::CALLER_NOT_TRUSTED => Ok(Learned::NOTHING),
            other => other.map(|_| Learned::NOTHING),
        }
    }

    async fn probe_range(&self) -> CallResult<Learned> {
        let agentid = self.client.application().agent.clone();
        let agent = self.client.call(&GetAgent { agentid }, LANE).await?;
        let entries = agent.allow_userinfos.user.len()
            + agent.allow_partys.partyid.len()
            + agent.allow_tags.tagid.len();
        Ok(Learned::needed(entries))
    }

    async fn probe_contacts(&self) -> CallResult<Option<Learned>> {
        let Some(userid) = self.serving().await?.into_iter().next() else { return Ok(None) };
        match self.client.call(&ListContacts { userid }, LANE).await {
            Ok(list) => Ok(Some(Learned::count(list.external_userid.len()))),
            Err(error) if error.code() == Some(codes::NO_RELATION) => Ok(Some(Learned::count(0))),
            Err(error) => Err(error),
        }
    }

    async fn probe_groups(&self) -> CallResult<Option<Learned>> {
        let mut owners = self.serving().await?;
        if owners.is_empty() {
            return Ok(None);
        }
        owners.truncate(100);
        let list = ListGroups {
            owner_filter: Some(OwnerFilter { userid_list: owners }),
            limit: 1_000,
            ..ListGroups::default()
        };
        Ok(Some(Learned::count(self.client.call(&list, LANE).await?.group_chat_list.len())))
    }

    async fn probe_mass_send(&self) -> CallResult<Learned> {
        let now = self.client.now();
        let list = GetGroupmsgList {
            chat_type: "group".into(),
            start_time: now.minus(DAY).seconds(),
            end_time: now.seconds(),
            limit: Some(100),
            ..GetGroupmsgList::default()
        };
        Ok(Learned::count(self.client.call(&list, LANE).await?.group_msg_list.len()))
    }

    /// A message to nobody: the refusal for want of a receiver comes after all rights were checked.
    async fn probe_app_message(&self) -> CallResult<Learned> {
        let agent = self.client.application().agent.trim().parse();
        let agentid = agent.map_err(|_| CallError::Refused {
            code: codes::BAD_AGENT,
            words: "the AgentId must be a number".into(),
        })?;
        let request = SendMessage {
            touser: Some(String::new()),
            toparty: None,
            totag: None,
            agentid,
            message: AppMessage::Text { text: Text { content: "-".into() } },
            safe: None,
            enable_id_trans: None,
            enable_duplicate_check: None,
            duplicate_check_interval: None,
        };
        match self.client.call(&request, LANE).await {
            Err(CallError::Refused {
                code:
                    codes::ALL_RECEIVERS_INVALID
                    | codes::RECEIVERS_EMPTY
                    | codes::BAD_USERID
                    | codes::BAD_PARAMETER
                    | codes::BAD_ARGUMENTS
                    | codes::EMPTY_PARAMETER,
                ..
            }) => Ok(Learned::NOTHING),
            other => other.map(|_| Learned::NOTHING),
        }
    }
}

/// The call behind a probe, as WeCom names it; empty for an unknown probe.
fn asked(probe: &str) -> &'static str {
    match probe {
        "token" => crate::wire::token::GetToken::PATH,
        "trusted_ip" | "visible_range" => GetAgent::PATH,
        "api_permission" | "serving_staff" => GetFollowUserList::PATH,
        "directory" => ListDepartments::PATH,
        "contacts" => ListContacts::PATH,
        "groups" => ListGroups::PATH,
        "tags" => GetCorpTagList::PATH,
        "contact_way" => ListContactWay::PATH,
        "mass_send" => GetGroupmsgList::PATH,
        "app_message" => SendMessage::PATH,
        "jssdk_ticket" => crate::wire::token::GetTicket::PATH,
        "callback_ips" => GetCallbackIp::PATH,
        _ => "",
    }
}

fn finding(probe: &str, asked: &str, verdict: Verdict, code: i64, words: &str) -> Finding {
    let (probe, asked, words) = (probe.to_owned(), asked.to_owned(), words.to_owned());
    Finding { probe, asked, verdict, code, words, count: None }
}

fn failed(probe: &str, asked: &str, error: &CallError) -> Finding {
    match error {
        CallError::Refused { code, words } => finding(probe, asked, Verdict::Broken, *code, words),
        CallError::RateLimited { .. } => finding(probe, asked, Verdict::Warning, 0, &error.to_string()),
        CallError::Unavailable(why) | CallError::Unknown(why) => {
            finding(probe, asked, Verdict::Broken, 0, why)
        }
    }
}
