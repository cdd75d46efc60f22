//! Messages to employees.

use async_trait::async_trait;
use messenger::staff_messages::{StaffCard, StaffMessages};
use messenger::{Lane, Result};

use super::WecomMessenger;
use crate::client::CallError;
use crate::client::limiter::{PER_STAFF, Quota};
use crate::wire::app_messages::{AppMessage, SendMessage};
use crate::wire::attachments::Text;
use crate::wire::codes;
use crate::wire::template_card::{CardTitle, Jump, TemplateCard};

/// The most receivers of one message.
const RECEIVERS: usize = 1_000;
/// Seconds within which WeCom drops the same message to the same employee; the most it allows.
const DUPLICATE_WINDOW: i64 = 4 * 3_600;
const OPENS_ADDRESS: i64 = 1;
const TASK_ID: usize = 120;

#[async_trait]
impl StaffMessages for WecomMessenger {
    async fn send_card(&self, staff: &[String], card: &StaffCard, lane: Lane) -> Result<Vec<String>> {
        let mut unreached = Vec::new();
        for (number, receivers) in staff.chunks(RECEIVERS).enumerate() {
            let message = AppMessage::TemplateCard { template_card: Box::new(template_card(card, number)) };
            unreached.extend(self.send_message(receivers, message, lane).await?);
        }
        Ok(unreached)
    }

    async fn send_text(&self, staff: &[String], text: &str, lane: Lane) -> Result<Vec<String>> {
        let mut unreached = Vec::new();
        for receivers in staff.chunks(RECEIVERS) {
            let message = AppMessage::Text { text: Text { content: text.to_owned() } };
            unreached.extend(self.send_message(receivers, message, lane).await?);
        }
        Ok(unreached)
    }
}

impl WecomMessenger {
    async fn send_message(
        &self,
        receivers: &[String],
        message: AppMessage,
        lane: Lane,
    ) -> Result<Vec<String>> {
        let request = SendMessage {
            touser: Some(receivers.join("|")),
            toparty: None,
            totag: None,
            agentid: self.agent_number()?,
            message,
            safe: None,
            enable_id_trans: None,
            enable_duplicate_check: Some(1),
            duplicate_check_interval: Some(DUPLICATE_WINDOW),
        };
        // Above its limit per employee WeCom drops messages and says they were sent.
        let key = |staff: &String| self.client.quota_key("message", staff);
        let quotas: Vec<Quota> =
            receivers.iter().map(|staff| Quota { key: key(staff), rules: PER_STAFF }).collect();
        match self.client.call_within(&request, lane, &quotas).await {
            Ok(sent) => Ok(split(&sent.invaliduser).chain(split(&sent.unlicenseduser)).collect()),
            Err(CallError::Refused { code: codes::ALL_RECEIVERS_INVALID, .. }) => Ok(receivers.to_vec()),
            // Our task ids are well formed and a card without buttons has no response code: this task was sent before.
            Err(CallError::Refused { code, .. }) if codes::CARD_TASK.contains(&code) => Ok(Vec::new()),
            Err(error) => Err(error.into()),
        }
    }
}

fn split(joined: &str) -> impl Iterator<Item = String> {
    joined.split('|').filter(|id| !id.is_empty()).map(str::to_owned)
}

fn template_card(card: &StaffCard, number: usize) -> TemplateCard {
    let open = |title: Option<&String>| Jump {
        r#type: OPENS_ADDRESS,
        title: title.cloned(),
        url: Some(card.url.clone()),
        ..Jump::default()
    };
    TemplateCard {
        card_type: "text_notice".into(),
        task_id: Some(task_id(&card.task, number)),
        main_title: Some(CardTitle { title: Some(card.title.clone()), desc: None }),
        sub_title_text: Some(card.text.clone()).filter(|t| !t.is_empty()),
        jump_list: vec![open(Some(&card.button))],
        card_action: Some(open(None)),
        ..TemplateCard::default()
    }
}

/// Letters, digits and `_-@` only; a further thousand of receivers needs an id of its own.
fn task_id(task: &str, number: usize) -> String {
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '@');
    let plain: String = task.chars().map(|c| if allowed(c) { c } else { '_' }).take(TASK_ID).collect();
    if number == 0 { plain } else { format!("{plain}@{number}") }
}
