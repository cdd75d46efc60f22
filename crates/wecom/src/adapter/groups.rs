//! Customer groups and WeCom's daily counters.

use async_trait::async_trait;
use base::{Day, TenantZone, Timestamp};
use messenger::contacts::Batch;
use messenger::groups::{DayCounters, GroupSnapshot, Groups, JoinScene, MemberSnapshot};
use messenger::{Lane, Refusal, Result};

use super::WecomMessenger;
use super::errors::{ours, says_bad_id};
use crate::wire::groups::{
    DayStatistic, GetGroup, GroupChat, GroupStatisticByDay, ListGroups, Member, OwnerFilter,
};

const PAGE: i64 = 1_000;
/// An employee among the members.
const STAFF: i64 = 1;

#[async_trait]
impl Groups for WecomMessenger {
    async fn list_of(&self, owners: &[String], cursor: Option<&str>, lane: Lane) -> Result<Batch<String>> {
        let request = ListGroups {
            status_filter: 0,
            owner_filter: Some(OwnerFilter { userid_list: owners.to_vec() }),
            cursor: cursor.unwrap_or_default().to_owned(),
            limit: PAGE,
        };
        let reply = self.client.call(&request, lane).await?;
        let next = super::next_of(Some(reply.next_cursor), &request.cursor)?;
        Ok(Batch { items: reply.group_chat_list.into_iter().map(|g| g.chat_id).collect(), next })
    }

    async fn fetch(&self, group: &str, lane: Lane) -> Result<GroupSnapshot> {
        let request = GetGroup { chat_id: group.to_owned(), need_name: 1 };
        match self.client.call(&request, lane).await {
            Ok(detail) => Ok(snapshot(detail.group_chat)),
            Err(error) if says_bad_id(&error) => Err(ours(Refusal::NotFound, "there is no such group")),
            Err(error) => Err(error.into()),
        }
    }

    async fn counters(&self, owner: &str, from: Day, to: Day, lane: Lane) -> Result<Vec<DayCounters>> {
        // WeCom cuts its days in Shanghai, wherever the company is.
        let zone = TenantZone::shanghai();
        let request = GroupStatisticByDay {
            day_begin_time: zone.start_of(from).seconds(),
            day_end_time: Some(zone.start_of(to).seconds()),
            owner_filter: OwnerFilter { userid_list: vec![owner.to_owned()] },
        };
        let reply = self.client.call(&request, lane).await?;
        Ok(reply.items.iter().map(|item| counters(&zone, item)).collect())
    }
}

fn snapshot(chat: GroupChat) -> GroupSnapshot {
    GroupSnapshot {
        id: chat.chat_id,
        name: chat.name,
        notice: chat.notice,
        owner: chat.owner,
        admins: chat.admin_list.into_iter().map(|a| a.userid).collect(),
        created_at: Timestamp::from_seconds(chat.create_time),
        member_version: chat.member_version.filter(|v| !v.is_empty()),
        members: chat.member_list.into_iter().map(member).collect(),
    }
}

fn member(member: Member) -> MemberSnapshot {
    MemberSnapshot {
        id: member.userid,
        is_staff: member.r#type == STAFF,
        union_id: member.unionid.filter(|u| !u.is_empty()),
        joined_at: Timestamp::from_seconds(member.join_time),
        scene: match member.join_scene {
            2 => JoinScene::InviteLink,
            3 => JoinScene::Code,
            _ => JoinScene::Invited,
        },
        inviter: member.invitor.map(|i| i.userid).filter(|id| !id.is_empty()),
        group_nickname: member.group_nickname,
        name: member.name,
        state: member.state.filter(|s| !s.is_empty()),
    }
}

fn counters(zone: &TenantZone, item: &DayStatistic) -> DayCounters {
    DayCounters {
        day: zone.day_of(Timestamp::from_seconds(item.stat_time)),
        new_groups: item.data.new_chat_cnt,
        groups: item.data.chat_total,
        groups_with_messages: item.data.chat_has_msg,
        new_members: item.data.new_member_cnt,
        members: item.data.member_total,
        speakers: item.data.member_has_msg,
        messages: item.data.msg_total,
    }
}
