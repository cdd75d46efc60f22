//! Contact ways of employees and join ways of groups.

use async_trait::async_trait;
use base::Timestamp;
use messenger::entry_codes::{EntryCode, EntryCodes, EntryDraft, EntryTarget};
use messenger::{Error, Lane, Refusal, Result};

use super::WecomMessenger;
use super::errors::{ours, says_no_such_code};
use crate::wire::contact_ways::{
    AddContactWay, DelContactWay, GetContactWay, ListContactWay, UpdateContactWay,
};
use crate::wire::join_ways::{AddJoinWay, DelJoinWay, GetJoinWay, UpdateJoinWay};

const QR_PICTURE: i64 = 2;
/// The kind with any number of employees: a code made for one could never be widened.
const SEVERAL: i64 = 2;
const PAGE: i64 = 1_000;
/// A join way's picture has to be read after it was made; this often before we give up.
const READS: usize = 3;

#[async_trait]
impl EntryCodes for WecomMessenger {
    async fn create(&self, draft: &EntryDraft, lane: Lane) -> Result<EntryCode> {
        match &draft.target {
            EntryTarget::Staff { staff, skip_verify } => {
                let request = AddContactWay {
                    r#type: SEVERAL,
                    scene: QR_PICTURE,
                    remark: Some(draft.remark.clone()),
                    skip_verify: Some(*skip_verify),
                    state: Some(draft.state.clone()),
                    user: staff.clone(),
                    ..AddContactWay::default()
                };
                let made = self.client.call(&request, lane).await?;
                Ok(EntryCode { id: made.config_id, qr_url: made.qr_code.unwrap_or_default() })
            }
            EntryTarget::Groups { .. } => {
                let made = self.client.call(&join_way(draft), lane).await?;
                let qr_url = self.join_picture(&made.config_id, lane).await?;
                Ok(EntryCode { id: made.config_id, qr_url })
            }
        }
    }

    async fn update(&self, id: &str, draft: &EntryDraft, lane: Lane) -> Result<()> {
        match &draft.target {
            EntryTarget::Staff { staff, skip_verify } => {
                let request = UpdateContactWay {
                    config_id: id.to_owned(),
                    remark: Some(draft.remark.clone()),
                    skip_verify: Some(*skip_verify),
                    state: Some(draft.state.clone()),
                    user: staff.clone(),
                    ..UpdateContactWay::default()
                };
                self.client.call(&request, lane).await?;
            }
            EntryTarget::Groups { .. } => {
                let request = UpdateJoinWay { config_id: id.to_owned(), way: join_way(draft) };
                self.client.call(&request, lane).await?;
            }
        }
        Ok(())
    }

    async fn remove(&self, id: &str, of_groups: bool, lane: Lane) -> Result<()> {
        let config_id = id.to_owned();
        let outcome = if of_groups {
            self.client.call(&DelJoinWay { config_id }, lane).await
        } else {
            self.client.call(&DelContactWay { config_id }, lane).await
        };
        match outcome {
            Ok(_) => Ok(()),
            Err(error) if says_no_such_code(&error) => {
                Err(ours(Refusal::NotFound, "there is no such code any more"))
            }
            Err(error) => Err(error.into()),
        }
    }

    async fn fetch(&self, id: &str, of_groups: bool, lane: Lane) -> Result<Option<EntryDraft>> {
        let found =
            if of_groups { self.fetch_join_way(id, lane).await } else { self.fetch_way(id, lane).await };
        match found {
            Ok(draft) => Ok(Some(draft)),
            Err(error) if says_no_such_code(&error) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    async fn list_staff_codes(&self, since: Timestamp, lane: Lane) -> Result<Vec<String>> {
        let mut request = ListContactWay {
            start_time: Some(since.seconds()),
            end_time: Some(self.client.now().seconds().max(since.seconds()) + 1),
            cursor: String::new(),
            limit: Some(PAGE),
        };
        let mut ids = Vec::new();
        loop {
            let reply = self.client.call(&request, lane).await?;
            ids.extend(reply.contact_way.into_iter().map(|w| w.config_id));
            match super::next_of(Some(reply.next_cursor), &request.cursor)? {
                Some(cursor) => request.cursor = cursor,
                None => return Ok(ids),
            }
        }
    }
}

impl WecomMessenger {
    async fn fetch_way(&self, id: &str, lane: Lane) -> crate::client::CallResult<EntryDraft> {
        let way = self.client.call(&GetContactWay { config_id: id.to_owned() }, lane).await?.contact_way;
        let target = EntryTarget::Staff { staff: way.user, skip_verify: way.skip_verify };
        Ok(EntryDraft { state: way.state, remark: way.remark, target })
    }

    async fn fetch_join_way(&self, id: &str, lane: Lane) -> crate::client::CallResult<EntryDraft> {
        let way = self.client.call(&GetJoinWay { config_id: id.to_owned() }, lane).await?.join_way;
        let overflow_name = match way.auto_create_room {
            0 => None,
            _ => Some(way.room_base_name.unwrap_or_default()),
        };
        let target = EntryTarget::Groups { groups: way.chat_id_list, overflow_name };
        Ok(EntryDraft { state: way.state, remark: way.remark, target })
    }

    async fn join_picture(&self, id: &str, lane: Lane) -> Result<String> {
        let mut why = String::new();
        for _ in 0..READS {
            match self.client.call(&GetJoinWay { config_id: id.to_owned() }, lane).await {
                Ok(reply) => return Ok(reply.join_way.qr_code),
                Err(error) => why = error.to_string(),
            }
        }
        // The code exists; making it again would leave this one behind.
        Err(Error::OutcomeUnknown(format!("join code {id} was made, its picture can't be read: {why}")))
    }
}

fn join_way(draft: &EntryDraft) -> AddJoinWay {
    let (groups, overflow_name) = match &draft.target {
        EntryTarget::Groups { groups, overflow_name } => (groups.clone(), overflow_name.clone()),
        EntryTarget::Staff { .. } => (Vec::new(), None),
    };
    AddJoinWay {
        scene: QR_PICTURE,
        remark: Some(draft.remark.clone()),
        auto_create_room: Some(i64::from(overflow_name.is_some())),
        room_base_name: overflow_name,
        room_base_id: None,
        chat_id_list: groups,
        state: Some(draft.state.clone()),
    }
}
