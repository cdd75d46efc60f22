//! Who opened a page, and the signatures that unlock WeCom's functions in it.

use async_trait::async_trait;
use messenger::identity::{Identity, PageSignature, Visitor};
use messenger::{Lane, Refusal, Result};

use super::WecomMessenger;
use super::errors::ours;
use crate::client::escape;
use crate::crypto::js_signature;
use crate::wire::oauth::GetUserInfo;

/// Where browsers ask who they are.
const AUTHORIZE_BASE: &str = "https://open.weixin.qq.com";

#[async_trait]
impl Identity for WecomMessenger {
    /// With an API address of its own (a simulator, a proxy), the page is expected there under the same path.
    fn authorize_url(&self, redirect: &str, state: &str) -> String {
        let base = self.api_base.as_deref().unwrap_or(AUTHORIZE_BASE).trim_end_matches('/');
        let application = self.client.application();
        format!(
            "{base}/connect/oauth2/authorize?appid={}&redirect_uri={}&response_type=code&scope=snsapi_base\
             &state={}&agentid={}#wechat_redirect",
            escape(&application.corp),
            escape(redirect),
            escape(state),
            escape(&application.agent),
        )
    }

    async fn exchange(&self, code: &str, lane: Lane) -> Result<Visitor> {
        let known = self.client.call(&GetUserInfo { code: code.to_owned() }, lane).await?;
        let filled = |id: Option<String>| id.filter(|id| !id.is_empty());
        if let Some(staff) = filled(known.userid) {
            return Ok(Visitor::Staff(staff));
        }
        if let Some(contact) = filled(known.external_userid) {
            return Ok(Visitor::Contact(contact));
        }
        match filled(known.openid) {
            Some(stranger) => Ok(Visitor::Stranger(stranger)),
            None => Err(ours(Refusal::Other, "WeCom named nobody for this code")),
        }
    }

    async fn sign_page(
        &self,
        url: &str,
        for_application: bool,
        nonce: &str,
        lane: Lane,
    ) -> Result<PageSignature> {
        let ticket = if for_application {
            self.client.app_ticket(lane).await?
        } else {
            self.client.corp_ticket(lane).await?
        };
        let timestamp = self.client.now().seconds();
        let application = self.client.application();
        Ok(PageSignature {
            company: application.corp.clone(),
            application: application.agent.clone(),
            timestamp,
            nonce: nonce.to_owned(),
            signature: js_signature(ticket.reveal(), nonce, timestamp, url),
        })
    }
}
