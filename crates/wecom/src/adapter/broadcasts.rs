//! Company broadcasts. One task has one sender and an explicit, complete target set: WeCom's own filters are never
//! used, because they would be evaluated out of our sight.

use async_trait::async_trait;
use base::Timestamp;
use messenger::broadcasts::{
    BroadcastDraft, BroadcastReceipt, Broadcasts, ListedBroadcast, SenderState, TargetReport, TargetState,
    Targets,
};
use messenger::{Error, Lane, Result};

use super::{WecomMessenger, messages};
use crate::client::limiter::{Quota, REMINDERS};
use crate::wire::mass_sends::{
    AddMsgTemplate, CancelGroupmsgSend, GetGroupmsgList, GetGroupmsgSendResult, GetGroupmsgTask, Groupmsg,
    GroupmsgTask, RemindGroupmsgSend, SendResult,
};

/// More would silently be taken as 50.
const LIST_PAGE: i64 = 100;
const PAGE: i64 = 1_000;
/// Made by the company, which is what an API-made task is.
const OF_COMPANY: i64 = 0;
const TASK_SENT: i64 = 2;

#[async_trait]
impl Broadcasts for WecomMessenger {
    async fn create(&self, draft: &BroadcastDraft, lane: Lane) -> Result<BroadcastReceipt> {
        let (chat_type, contacts, groups) = match &draft.targets {
            Targets::Groups(groups) => ("group", Vec::new(), groups.clone()),
            Targets::Contacts(contacts) => ("single", contacts.clone(), Vec::new()),
        };
        let request = AddMsgTemplate {
            chat_type: Some(chat_type.to_owned()),
            external_userid: contacts,
            chat_id_list: groups,
            sender: Some(draft.sender.clone()),
            text: messages::text(&draft.body),
            attachments: messages::attachments(&draft.body),
            ..AddMsgTemplate::default()
        };
        let made = self.client.call(&request, lane).await?;
        if made.msgid.is_empty() {
            return Err(Error::OutcomeUnknown("add_msg_template said yes without an id".into()));
        }
        Ok(BroadcastReceipt { id: made.msgid, rejected: made.fail_list })
    }

    async fn list(
        &self,
        of_groups: bool,
        from: Timestamp,
        to: Timestamp,
        lane: Lane,
    ) -> Result<Vec<ListedBroadcast>> {
        let mut request = GetGroupmsgList {
            chat_type: if of_groups { "group" } else { "single" }.to_owned(),
            start_time: from.seconds(),
            end_time: to.seconds(),
            filter_type: Some(OF_COMPANY),
            limit: Some(LIST_PAGE),
            ..GetGroupmsgList::default()
        };
        let mut listed = Vec::new();
        loop {
            let reply = self.client.call(&request, lane).await?;
            listed.extend(reply.group_msg_list.into_iter().map(listed_of));
            match super::next_of(Some(reply.next_cursor), &request.cursor)? {
                Some(cursor) => request.cursor = cursor,
                None => return Ok(listed),
            }
        }
    }

    async fn senders(&self, id: &str, lane: Lane) -> Result<Vec<SenderState>> {
        let mut request = GetGroupmsgTask { msgid: id.to_owned(), limit: Some(PAGE), cursor: String::new() };
        let mut senders = Vec::new();
        loop {
            let reply = self.client.call(&request, lane).await?;
            senders.extend(reply.task_list.into_iter().map(sender_of));
            match super::next_of(Some(reply.next_cursor), &request.cursor)? {
                Some(cursor) => request.cursor = cursor,
                None => return Ok(senders),
            }
        }
    }

    async fn results(&self, id: &str, staff: &str, lane: Lane) -> Result<Vec<TargetReport>> {
        let mut request = GetGroupmsgSendResult {
            msgid: id.to_owned(),
            userid: staff.to_owned(),
            limit: Some(PAGE),
            cursor: String::new(),
        };
        let mut reports = Vec::new();
        loop {
            let reply = self.client.call(&request, lane).await?;
            reports.extend(reply.send_list.into_iter().filter_map(report_of));
            match super::next_of(Some(reply.next_cursor), &request.cursor)? {
                Some(cursor) => request.cursor = cursor,
                None => return Ok(reports),
            }
        }
    }

    async fn remind(&self, id: &str, lane: Lane) -> Result<()> {
        let reminders = Quota { key: self.client.quota_key("remind", id), rules: REMINDERS };
        self.client.call_within(&RemindGroupmsgSend { msgid: id.to_owned() }, lane, &[reminders]).await?;
        Ok(())
    }

    async fn cancel(&self, id: &str, lane: Lane) -> Result<()> {
        self.client.call(&CancelGroupmsgSend { msgid: id.to_owned() }, lane).await?;
        Ok(())
    }
}

fn listed_of(task: Groupmsg) -> ListedBroadcast {
    ListedBroadcast {
        id: task.msgid,
        created_at: Timestamp::from_seconds(task.create_time),
        text: task.text.map(|t| t.content).unwrap_or_default(),
        made_by_api: task.creator.is_none_or(|c| c.is_empty()),
    }
}

fn sender_of(task: GroupmsgTask) -> SenderState {
    let sent_at = (task.status == TASK_SENT).then(|| Timestamp::from_seconds(task.send_time));
    SenderState { staff: task.userid, sent_at }
}

fn report_of(result: SendResult) -> Option<TargetReport> {
    let state = match result.status {
        1 => TargetState::Sent,
        2 => TargetState::NotReachable,
        3 => TargetState::OverQuota,
        _ => TargetState::Unsent,
    };
    let sent_at = (state == TargetState::Sent).then(|| Timestamp::from_seconds(result.send_time));
    let target = result.chat_id.or(result.external_userid).filter(|id| !id.is_empty())?;
    Some(TargetReport { target, state, sent_at })
}
