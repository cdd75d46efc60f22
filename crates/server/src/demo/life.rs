//! The loop that moves the clock from one due thing to the next and lets everyone act: people, platform, product.

use std::collections::HashMap;
use std::sync::Arc;

use anyhow::Context as _;
use app::kernel::jobs::Runner;
use base::{Clock as _, ScaledClock, Timestamp};
use http::Method;
use serde_json::{Value, json};
use wecom_sim::population::Opener;
use wecom_sim::{Act, Intent, Population, Sim};

use super::operator::Operator;
use super::orders::Shop;
use super::phone::Phones;

/// Everyone who lives in the demo.
pub struct Town {
    pub sim: Sim,
    pub population: Population,
    pub phones: Phones,
    pub shop: Shop,
    pub operator: Operator,
    pub runner: Runner,
    pub clock: Arc<ScaledClock>,
    /// The simulated company.
    pub corp: String,
    /// Our own account's id, as it appears in the addresses of sidebar pages.
    pub account: String,
    /// What the town could not carry out, by kind: shown once at the end instead of stopping the story.
    pub troubles: HashMap<&'static str, u64>,
}

impl Town {
    /// The shown instant.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// When anything happens next.
    async fn next_due(&self) -> anyhow::Result<Option<Timestamp>> {
        let job = self.runner.next_due().await.map_err(|e| anyhow::anyhow!("{e}"))?;
        Ok([job, self.sim.next_due(), self.population.next_due(), self.operator.next_due()]
            .into_iter()
            .flatten()
            .min())
    }

    /// Lives until `end` as fast as the machine can; `told` hears the shown instant now and then.
    pub async fn live_until(
        &mut self,
        end: Timestamp,
        mut told: impl FnMut(Timestamp),
    ) -> anyhow::Result<()> {
        let mut stood = 0;
        while let Some(due) = self.next_due().await?.filter(|due| *due <= end) {
            let before = self.clock.now();
            self.clock.set(due);
            let happened = self.turn(true).await?;
            // Something is due but not to be had, for example a job whose twin holds a lease: step over it.
            stood = if happened == 0 && due <= before { stood + 1 } else { 0 };
            if stood > 0 {
                self.clock.set(before.plus(1_000));
            }
            told(self.clock.now());
        }
        self.clock.set(end);
        self.turn(true).await?;
        Ok(())
    }

    /// Lets everything happen that is due now. `with_jobs` is false while a runner works on its own.
    pub async fn turn(&mut self, with_jobs: bool) -> anyhow::Result<usize> {
        let mut all = 0;
        loop {
            let intents = self.sim.live(&mut self.population);
            let mut happened = intents.len();
            for intent in intents {
                self.carry_out(intent).await;
            }
            happened += self.sim.deliver_due().await;
            happened += self.operator.look(self.clock.now()).await?;
            if with_jobs {
                happened += self.runner.drain().await.map_err(|e| anyhow::anyhow!("{e}"))?;
            }
            if happened == 0 {
                return Ok(all);
            }
            all += happened;
        }
    }

    /// Lets the product and the platform come to rest for so many milliseconds while people hold still.
    pub async fn rest(&mut self, millis: i64) -> anyhow::Result<()> {
        let end = self.clock.now().plus(millis);
        loop {
            let jobs = self.runner.drain().await.map_err(|e| anyhow::anyhow!("{e}"))?;
            if jobs + self.sim.deliver_due().await > 0 {
                continue;
            }
            let job = self.runner.next_due().await.map_err(|e| anyhow::anyhow!("{e}"))?;
            match [job, self.sim.next_due()].into_iter().flatten().min() {
                Some(due) if due <= end => self.clock.set(due.max(self.clock.now().plus(1))),
                _ => return Ok(()),
            }
        }
    }

    /// When people or callbacks are due next, for the pace of live time.
    pub fn people_due(&self) -> Option<Timestamp> {
        [self.sim.next_due(), self.population.next_due()].into_iter().flatten().min()
    }

    async fn carry_out(&mut self, intent: Intent) {
        let (what, done) = match intent {
            Intent::OpenLink { url, who, opener, .. } => ("link", self.open_link(&url, &who, opener).await),
            Intent::OpenCard { staff, url, .. } => ("card", self.open_card(&staff, &url).await),
            Intent::PlaceOrder { at, order_ref, external_userid, amount_fen, items, .. } => {
                self.shop.remember(&order_ref, at);
                let order = json!({ "order_no": order_ref, "external_id": external_userid, "status": "paid",
                    "amount_fen": amount_fen, "paid_fen": amount_fen, "paid_at": at.0, "items": goods(&items) });
                ("order", self.shop.send(order).await)
            }
            Intent::Refund { at, order_ref, external_userid, amount_fen } => {
                let order = json!({ "order_no": order_ref, "external_id": external_userid, "status": "refunded",
                    "amount_fen": amount_fen, "paid_fen": amount_fen, "refunded_fen": amount_fen,
                    "paid_at": self.shop.paid_at(&order_ref, at), "refunded_at": at.0 });
                ("refund", self.shop.send(order).await)
            }
        };
        if let Err(e) = done {
            *self.troubles.entry(what).or_default() += 1;
            tracing::warn!(what, error = %format!("{e:#}"), "the town could not do it");
        }
    }

    /// A member, an employee or a machine opens a link; a member answers the consent page if it is shown.
    async fn open_link(&mut self, url: &str, who: &str, opener: Opener) -> anyhow::Result<()> {
        if opener == Opener::Crawler {
            return self.phones.crawl(url).await;
        }
        let arrival = self.phones.open(who, url).await?;
        let Some(code) = arrival.url.split("/m/l/").nth(1) else { return Ok(()) };
        let code = code.split(['?', '#']).next().unwrap_or_default().to_owned();
        let page =
            self.phones.ask(who, Method::GET, &format!("/api/member/v1/links/{code}"), None).await?.json();
        // Nine of ten agree; the same person always answers the same.
        let granted = who.bytes().map(u32::from).sum::<u32>() % 10 != 0;
        let answer = json!({ "granted": granted, "text_version": page["text_version"] });
        let path = format!("/api/member/v1/links/{code}/answer");
        let reply = self.phones.ask(who, Method::POST, &path, Some(&answer)).await?;
        anyhow::ensure!(reply.status.is_success(), "the consent page answered {}", reply.status);
        Ok(())
    }

    /// An employee opens a card, sees her tasks in the sidebar and sends those of the card's chat.
    async fn open_card(&mut self, staff: &str, url: &str) -> anyhow::Result<()> {
        let sidebar = self.sidebar(staff).await?;
        let now = self.clock.now().0;
        for task in sidebar["tasks"].as_array().into_iter().flatten() {
            let id = task["id"].as_str().context("a task has an id")?;
            let due = task["due_at"].as_i64().unwrap_or(i64::MAX) <= now;
            if task["state"] == "waiting" && (url.contains(id) || due) {
                self.send_task(staff, id, task).await?;
            }
        }
        Ok(())
    }

    async fn sidebar(&mut self, staff: &str) -> anyhow::Result<Value> {
        let path = "/api/member/v1/sidebar";
        let reply = self.phones.ask(staff, Method::GET, path, None).await?;
        if reply.status.is_success() {
            return Ok(reply.json());
        }
        let start = format!("{}/api/member/v1/sidebar/start?account={}", self.phones.product(), self.account);
        let arrival = self.phones.open(staff, &start).await?;
        let code =
            arrival.url.split("code=").nth(1).and_then(|rest| rest.split('&').next()).context("a code")?;
        let session = json!({ "account": self.account, "code": code });
        let opened =
            self.phones.ask(staff, Method::POST, "/api/member/v1/sidebar/session", Some(&session)).await?;
        anyhow::ensure!(opened.status.is_success(), "the sidebar let {staff} in with {}", opened.status);
        Ok(self.phones.ask(staff, Method::GET, path, None).await?.json())
    }

    async fn send_task(&mut self, staff: &str, id: &str, task: &Value) -> anyhow::Result<()> {
        if task["kind"] == "invitation" {
            return self.invite(staff, id, task).await;
        }
        let text = task["body"].as_str().unwrap_or_default();
        let act = Act::SendChatMessage {
            userid: staff.to_owned(),
            chat_id: task["chat"].as_str().unwrap_or_default().to_owned(),
            content: json!({ "msgtype": "text", "text": { "content": text } }),
        };
        self.sim.act(&self.corp, &act).map_err(|why| anyhow::anyhow!("{staff} could not send: {why}"))?;
        let path = format!("/api/member/v1/sidebar/tasks/{id}/sent");
        let reply = self.phones.ask(staff, Method::POST, &path, None).await?;
        anyhow::ensure!(reply.status.is_success(), "the task's end was answered with {}", reply.status);
        Ok(())
    }
}

impl Town {
    /// The employee writes to the contact; every second one comes, by herself.
    async fn invite(&mut self, staff: &str, id: &str, task: &Value) -> anyhow::Result<()> {
        let path = format!("/api/member/v1/sidebar/tasks/{id}/sent");
        let reply = self.phones.ask(staff, Method::POST, &path, None).await?;
        anyhow::ensure!(reply.status.is_success(), "the invitation's end was answered with {}", reply.status);
        let text = |field: &str| task[field].as_str().unwrap_or_default().to_owned();
        let person = text("contact");
        if person.bytes().map(u32::from).sum::<u32>() % 2 == 0 {
            // She may have been invited before, or the group may be full by now: then nothing comes of it.
            let _ = self.sim.act(&self.corp, &Act::JoinByLink { chat_id: text("chat"), person });
        }
        Ok(())
    }
}

fn goods(names: &[String]) -> Vec<Value> {
    names.iter().map(|name| json!({ "name": name, "quantity": 1 })).collect()
}
