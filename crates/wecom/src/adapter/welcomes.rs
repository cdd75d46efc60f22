//! First messages.

use async_trait::async_trait;
use messenger::broadcasts::MessageBody;
use messenger::welcomes::Welcomes;
use messenger::{Lane, Result};

use super::{WecomMessenger, messages};
use crate::wire::welcomes::{AddGroupWelcome, DelGroupWelcome, EditGroupWelcome, SendWelcomeMsg};

#[async_trait]
impl Welcomes for WecomMessenger {
    async fn greet(&self, code: &str, body: &MessageBody, lane: Lane) -> Result<()> {
        let request = SendWelcomeMsg {
            welcome_code: code.to_owned(),
            text: messages::text(body),
            attachments: messages::attachments(body),
        };
        self.client.call(&request, lane).await?;
        Ok(())
    }

    async fn add_group_template(&self, body: &MessageBody, lane: Lane) -> Result<String> {
        let request =
            AddGroupWelcome { message: messages::group_welcome(body), agentid: None, notify: Some(1) };
        Ok(self.client.call(&request, lane).await?.template_id)
    }

    async fn edit_group_template(&self, id: &str, body: &MessageBody, lane: Lane) -> Result<()> {
        let message = messages::group_welcome(body);
        let request = EditGroupWelcome { template_id: id.to_owned(), message, agentid: None };
        self.client.call(&request, lane).await?;
        Ok(())
    }

    async fn remove_group_template(&self, id: &str, lane: Lane) -> Result<()> {
        let request = DelGroupWelcome { template_id: id.to_owned(), agentid: None };
        self.client.call(&request, lane).await?;
        Ok(())
    }
}
