//! Passing customers and groups on.

use async_trait::async_trait;
use base::Timestamp;
use messenger::contacts::Batch;
use messenger::handovers::{ContactMove, Giver, Handovers, LeftBehind, MoveRefusal, MoveState, Route, Taken};
use messenger::{Lane, Result};

use super::WecomMessenger;
use crate::wire::codes as c;
use crate::wire::transfers::{
    GetUnassignedList, OnjobTransferGroups, ResignedTransferCustomer, ResignedTransferResult,
    TransferCustomer, TransferGroups, TransferResult,
};

const PAGE: i64 = 1_000;

#[async_trait]
impl Handovers for WecomMessenger {
    async fn move_contacts(
        &self,
        route: Route<'_>,
        contacts: &[String],
        note: &str,
        lane: Lane,
    ) -> Result<Vec<Taken>> {
        let (handover_userid, takeover_userid) = (route.from.to_owned(), route.to.to_owned());
        let external_userid = contacts.to_vec();
        let reply = match route.giver {
            Giver::OnJob => {
                let transfer_success_msg = note.to_owned();
                let request = TransferCustomer {
                    handover_userid,
                    takeover_userid,
                    external_userid,
                    transfer_success_msg,
                };
                self.client.call(&request, lane).await?
            }
            Giver::Resigned => {
                let request = ResignedTransferCustomer { handover_userid, takeover_userid, external_userid };
                self.client.call(&request, lane).await?
            }
        };
        Ok(reply.customer.into_iter().map(|one| taken(one.external_userid, one.errcode)).collect())
    }

    async fn contact_moves(
        &self,
        route: Route<'_>,
        cursor: Option<&str>,
        lane: Lane,
    ) -> Result<Batch<ContactMove>> {
        let (handover_userid, takeover_userid) = (route.from.to_owned(), route.to.to_owned());
        let cursor = cursor.unwrap_or_default().to_owned();
        let reply = match route.giver {
            Giver::OnJob => {
                let request = TransferResult { handover_userid, takeover_userid, cursor: cursor.clone() };
                self.client.call(&request, lane).await?
            }
            Giver::Resigned => {
                let request =
                    ResignedTransferResult { handover_userid, takeover_userid, cursor: cursor.clone() };
                self.client.call(&request, lane).await?
            }
        };
        let next = super::next_of(Some(reply.next_cursor), &cursor)?;
        let one = |t: crate::wire::transfers::CustomerTransfer| ContactMove {
            contact: t.external_userid,
            state: match t.status {
                1 => MoveState::Done,
                2 => MoveState::Waiting,
                3 => MoveState::RefusedByContact,
                4 => MoveState::TakerFull,
                _ => MoveState::Unknown,
            },
            at: Timestamp::from_seconds(t.takeover_time),
        };
        Ok(Batch { items: reply.customer.into_iter().map(one).collect(), next })
    }

    async fn left_behind(&self, cursor: Option<&str>, lane: Lane) -> Result<Batch<LeftBehind>> {
        let request = GetUnassignedList { cursor: cursor.unwrap_or_default().to_owned(), page_size: PAGE };
        let reply = self.client.call(&request, lane).await?;
        let next =
            if reply.is_last { None } else { super::next_of(Some(reply.next_cursor), &request.cursor)? };
        let one = |u: crate::wire::transfers::Unassigned| LeftBehind {
            staff: u.handover_userid,
            contact: u.external_userid,
            since: Timestamp::from_seconds(u.dimission_time),
        };
        Ok(Batch { items: reply.info.into_iter().map(one).collect(), next })
    }

    async fn move_groups(&self, route: Route<'_>, groups: &[String], lane: Lane) -> Result<Vec<Taken>> {
        let (chat_id_list, new_owner) = (groups.to_vec(), route.to.to_owned());
        let reply = match route.giver {
            Giver::OnJob => self.client.call(&OnjobTransferGroups { chat_id_list, new_owner }, lane).await?,
            Giver::Resigned => self.client.call(&TransferGroups { chat_id_list, new_owner }, lane).await?,
        };
        let code = |group: &String| {
            reply.failed_chat_list.iter().find(|f| f.chat_id == *group).map_or(c::OK, |f| f.errcode)
        };
        Ok(groups.iter().map(|group| taken(group.clone(), code(group))).collect())
    }
}

fn taken(id: String, code: i64) -> Taken {
    Taken { id, refused: (code != c::OK).then(|| refusal(code)), code }
}

/// What a code of these calls means for one customer or group.
const fn refusal(code: i64) -> MoveRefusal {
    match code {
        c::NOT_THE_FOLLOWER => MoveRefusal::NotTheirs,
        c::IN_TRANSFER | c::TRANSFERRING | 90505..=90506 => MoveRefusal::InTransfer,
        c::MOVED_TOO_OFTEN => MoveRefusal::TooOften,
        c::TAKER_FULL => MoveRefusal::TakerFull,
        c::TAKER_NOT_REAL | c::TAKER_BANNED | c::STAFF_NOT_REAL => MoveRefusal::TakerUnable,
        c::SAME_PERSON | c::OWNER_UNCHANGED => MoveRefusal::SamePerson,
        c::GIVER_NOT_RESIGNED | c::OWNER_NOT_RESIGNED => MoveRefusal::NotResigned,
        c::OWNER_RESIGNED => MoveRefusal::IsResigned,
        c::TICKET_STALE => MoveRefusal::Inactive,
        c::BAD_EXTERNAL_USER | c::NO_RELATION | c::BAD_CHAT | c::GROUP_DISMISSED | c::GROUP_UNKNOWN => {
            MoveRefusal::Gone
        }
        c::NOT_CUSTOMER_GROUP => MoveRefusal::NotCustomerGroup,
        c::GROUP_FULL => MoveRefusal::GroupFull,
        c::RATE_LIMIT => MoveRefusal::DailyLimit,
        _ => MoveRefusal::Other,
    }
}
