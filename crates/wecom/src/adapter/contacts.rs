//! Customers, each with the employees who know her.

use async_trait::async_trait;
use base::Timestamp;
use messenger::contacts::{Batch, ContactSnapshot, Contacts, FollowSnapshot};
use messenger::{Lane, Result};

use super::WecomMessenger;
use crate::wire::contacts::{
    BatchGetByUser, ContactOfUser, ExternalContact, FollowInfo, FollowUser, GetContact, Remark,
};
use crate::wire::tags::MarkTag;

/// The most that WeCom gives at once.
const PAGE: i64 = 100;
/// A user of another company's WeCom.
const BUSINESS: i64 = 2;
/// An employee's personal tag: it has no id, and is nobody else's affair.
const PERSONAL_TAG: i64 = 2;

#[async_trait]
impl Contacts for WecomMessenger {
    async fn fetch(&self, contact: &str, lane: Lane) -> Result<ContactSnapshot> {
        let mut request = GetContact { external_userid: contact.to_owned(), cursor: None };
        let first = self.client.call(&request, lane).await?;
        let (mut follows, mut next) = (first.follow_user, first.next_cursor);
        while let Some(cursor) = super::next_of(next, request.cursor.as_deref().unwrap_or_default())? {
            request.cursor = Some(cursor);
            let more = self.client.call(&request, lane).await?;
            follows.extend(more.follow_user);
            next = more.next_cursor;
        }
        Ok(snapshot(first.external_contact, follows.into_iter().map(follow).collect()))
    }

    async fn list_of(
        &self,
        staff: &[String],
        cursor: Option<&str>,
        lane: Lane,
    ) -> Result<Batch<ContactSnapshot>> {
        let request = BatchGetByUser {
            userid_list: staff.to_vec(),
            cursor: cursor.unwrap_or_default().to_owned(),
            limit: Some(PAGE),
        };
        let reply = self.client.call(&request, lane).await?;
        let next = super::next_of(Some(reply.next_cursor), &request.cursor)?;
        let one = |c: ContactOfUser| snapshot(c.external_contact, vec![follow_of_batch(c.follow_info)]);
        Ok(Batch { items: reply.external_contact_list.into_iter().map(one).collect(), next })
    }

    async fn mark_tags(
        &self,
        staff: &str,
        contact: &str,
        add: &[String],
        remove: &[String],
        lane: Lane,
    ) -> Result<()> {
        if add.is_empty() && remove.is_empty() {
            return Ok(());
        }
        let request = MarkTag {
            userid: staff.to_owned(),
            external_userid: contact.to_owned(),
            add_tag: add.to_vec(),
            remove_tag: remove.to_vec(),
        };
        self.client.call(&request, lane).await?;
        Ok(())
    }

    async fn set_remark(&self, staff: &str, contact: &str, remark: &str, lane: Lane) -> Result<()> {
        let request = Remark {
            userid: staff.to_owned(),
            external_userid: contact.to_owned(),
            remark: Some(remark.to_owned()),
            ..Remark::default()
        };
        self.client.call(&request, lane).await?;
        Ok(())
    }
}

fn snapshot(contact: ExternalContact, follows: Vec<FollowSnapshot>) -> ContactSnapshot {
    ContactSnapshot {
        id: contact.external_userid,
        name: contact.name,
        avatar: contact.avatar.filter(|a| !a.is_empty()),
        union_id: contact.unionid.filter(|u| !u.is_empty()),
        business: contact.r#type == BUSINESS,
        follows,
    }
}

fn follow(known: FollowUser) -> FollowSnapshot {
    let company_tags = known.tags.into_iter().filter(|t| t.r#type != PERSONAL_TAG).filter_map(|t| t.tag_id);
    FollowSnapshot {
        staff: known.userid,
        remark: known.remark,
        description: known.description,
        since: Timestamp::from_seconds(known.createtime),
        tags: company_tags.filter(|id| !id.is_empty()).collect(),
        state: known.state.filter(|s| !s.is_empty()),
        mobiles: known.remark_mobiles,
        way: way(known.add_way),
    }
}

fn follow_of_batch(known: FollowInfo) -> FollowSnapshot {
    FollowSnapshot {
        staff: known.userid,
        remark: known.remark,
        description: known.description,
        since: Timestamp::from_seconds(known.createtime),
        tags: known.tag_id,
        state: known.state.filter(|s| !s.is_empty()),
        mobiles: known.remark_mobiles,
        way: way(known.add_way),
    }
}

/// A word for WeCom's number of how the contact was made.
fn way(add_way: i64) -> String {
    let word = match add_way {
        0 => "unknown",
        1 => "qr",
        2 => "mobile_search",
        3 => "card",
        4 => "group",
        5 => "phone_book",
        6 => "wechat_contact",
        8 => "third_party_service",
        9 => "mail_search",
        10 => "channels",
        11 => "schedule",
        12 => "meeting",
        13 => "friend_of_wechat",
        14 => "hardware_service",
        15 => "onsite_service",
        16 => "acquisition_link",
        17 => "custom_development",
        18 => "demand_reply",
        21 => "presales",
        22 => "possible_partner",
        24 => "wechat_request",
        201 => "shared_by_colleague",
        202 => "assigned",
        other => return format!("way_{other}"),
    };
    word.to_owned()
}
