//! Employees within the application's visible range.

use std::collections::HashSet;

use async_trait::async_trait;
use messenger::directory::{Directory, StaffSnapshot};
use messenger::{Lane, Refusal, Result};

use super::WecomMessenger;
use super::errors::refusal;
use crate::wire::contacts::GetFollowUserList;
use crate::wire::directory::{GetAgent, GetUser, ListDepartmentIds, ListUsers, User};

/// 1 = active.
const ACTIVE: i64 = 1;

#[async_trait]
impl Directory for WecomMessenger {
    async fn list_staff(&self, lane: Lane) -> Result<Vec<StaffSnapshot>> {
        let (mut seen, mut staff) = (HashSet::new(), Vec::new());
        let mut keep = |user: User| {
            // Account names are the same in any case.
            if !user.userid.is_empty() && seen.insert(user.userid.to_lowercase()) {
                staff.push(snapshot(user));
            }
        };
        for department in self.departments(lane).await? {
            match self.client.call(&ListUsers { department_id: department }, lane).await {
                Ok(list) => list.userlist.into_iter().for_each(&mut keep),
                // A parent that is listed for the tree's sake only.
                Err(error) if error.code().map(refusal) == Some(Refusal::OutOfRange) => {}
                Err(error) => return Err(error.into()),
            }
        }
        for userid in self.directly_allowed(lane).await? {
            match self.client.call(&GetUser { userid }, lane).await {
                Ok(user) => keep(user),
                Err(error)
                    if matches!(error.code().map(refusal), Some(Refusal::OutOfRange | Refusal::NotFound)) => {
                }
                Err(error) => return Err(error.into()),
            }
        }
        Ok(staff)
    }

    async fn list_serving_staff(&self, lane: Lane) -> Result<Vec<String>> {
        Ok(self.client.call(&GetFollowUserList {}, lane).await?.follow_user)
    }
}

impl WecomMessenger {
    async fn departments(&self, lane: Lane) -> Result<Vec<i64>> {
        match self.client.call(&ListDepartmentIds { id: None }, lane).await {
            Ok(list) => Ok(list.department_id.into_iter().map(|d| d.id).collect()),
            // A range of single employees has no department.
            Err(error) if error.code().map(refusal) == Some(Refusal::OutOfRange) => Ok(Vec::new()),
            Err(error) => Err(error.into()),
        }
    }

    async fn directly_allowed(&self, lane: Lane) -> Result<Vec<String>> {
        let agentid = self.client.application().agent.clone();
        let agent = self.client.call(&GetAgent { agentid }, lane).await?;
        Ok(agent.allow_userinfos.user.into_iter().map(|u| u.userid).collect())
    }
}

fn snapshot(user: User) -> StaffSnapshot {
    StaffSnapshot {
        id: user.userid,
        name: user.name,
        departments: user.department,
        position: Some(user.position).filter(|p| !p.is_empty()),
        active: user.status == ACTIVE,
    }
}
