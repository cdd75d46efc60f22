//! What an operator does on the first day, done through the product's API: connect the company, write down what each
//! community is for, hang out the codes, choose the plans.

use std::sync::Arc;

use anyhow::{Context as _, bail};
use app::kernel::jobs::Runner;
use base::{Clock as _, Day, ScaledClock, TenantZone};
use serde::Deserialize;
use serde_json::{Value, json};
use wecom_sim::world::apps::Callback;
use wecom_sim::{Population, Poster, Sim};

use super::door::Door;
use super::orders::Shop;
use super::{babies, open_api};

/// What the first day brings into the demo.
pub struct Company {
    /// The simulated company's id.
    pub corp: String,
    /// Our account's id.
    pub account: String,
    /// The company's own field for babies' birthdays.
    pub baby: String,
    pub shop: Shop,
}

/// One community of the invented brand.
#[derive(Deserialize)]
struct Plan {
    /// The line of the simulator's company whose groups belong to it.
    line: String,
    name: String,
    kind: String,
    tier: String,
    template: String,
    /// Where the posts' links lead.
    shop: String,
    card: Value,
    hook: String,
    /// Employees who are added by the staff code.
    hosts: Vec<String>,
    ends_in_days: Option<i32>,
    #[serde(default)]
    disposal: String,
}

/// The tools of the first day.
struct Hands<'a> {
    door: &'a Door,
    sim: &'a Sim,
    runner: &'a Runner,
    clock: &'a Arc<ScaledClock>,
    corp: String,
    account: String,
}

pub async fn first_day(
    door: &Door,
    (sim, runner, clock): (&Sim, &Runner, &Arc<ScaledClock>),
    population: &mut Population,
    platform: &str,
) -> anyhow::Result<Company> {
    let (corp, account) = connect(door, sim, platform).await?;
    let hands = Hands { door, sim, runner, clock, corp, account };
    hands.settle().await?;
    let groups = hands.door.all("/api/v1/groups").await?;
    let staff = hands.door.all("/api/v1/staff").await?;
    let places = population.groups();
    let plans: Vec<Plan> = serde_json::from_str(include_str!("first_day.json"))?;
    for plan in &plans {
        let mut ids = Vec::new();
        for (key, line, chat, _) in &places {
            if *line == plan.line {
                let group = groups.iter().find(|g| g["platform_id"] == chat.as_str());
                let id = group
                    .and_then(|g| g["id"].as_str())
                    .with_context(|| format!("the group {key} is mirrored"))?;
                ids.push((*key, id.to_owned(), chat.clone()));
            }
        }
        hands.open_community(plan, &ids, &staff, population).await?;
    }
    super::tags::hang_up(door, &hands.account).await?;
    super::layers::set_up(door).await?;
    hands.settle().await?;
    open_api::connect(door, platform).await?;
    let hook = door.post("/api/v1/orders/hook/renew", &json!({})).await?;
    let url = hook["url"].as_str().context("the webhook has an address")?;
    let path =
        url.split_once("/hooks/").map(|(_, rest)| format!("/hooks/{rest}")).context("a webhook path")?;
    let secret = hook["secret"].as_str().context("the webhook has a secret")?.to_owned();
    let shop = Shop::new(door.router().clone(), Arc::clone(clock), path, secret);
    let baby = babies::define(door).await?;
    hands.bring_past_buyers().await?;
    let Hands { corp, account, .. } = hands;
    Ok(Company { corp, account, baby, shop })
}

/// Connects the company and lets both sides prove themselves.
async fn connect(door: &Door, sim: &Sim, platform: &str) -> anyhow::Result<(String, String)> {
    let (corp, app) = {
        let desk = sim.desk();
        let corp = desk.world.main_corp_id().context("the seeded company")?;
        let app =
            desk.world.corps.get(&corp).and_then(|c| c.apps.first()).context("its application")?.clone();
        (corp, app)
    };
    let draft = json!({ "name": "橙里生活（演示）", "company": corp, "application": app.agent_id.to_string(),
        "secret": app.secret, "api_base": platform });
    let made = door.post("/api/v1/accounts", &draft).await?;
    let account = made["id"].as_str().context("an account has an id")?.to_owned();
    let form = door.get(&format!("/api/v1/accounts/{account}/callback")).await?;
    let text = |field: &str| form[field].as_str().unwrap_or_default().to_owned();
    let callback = Callback { url: text("url"), token: text("token"), aes_key: text("key") };
    if let Err(why) = sim.check_callback(&corp, &callback).await {
        bail!("the callback address was not accepted: {why}");
    }
    if let Some(app) = sim.desk().world.corps.get_mut(&corp).and_then(|c| c.apps.first_mut()) {
        app.callback = callback;
    }
    door.post(&format!("/api/v1/accounts/{account}/doctor"), &json!({})).await?;
    door.post(&format!("/api/v1/accounts/{account}/sync"), &json!({})).await?;
    Ok((corp, account))
}

impl Hands<'_> {
    /// Runs jobs and callbacks until nothing is due within the next minutes.
    async fn settle(&self) -> anyhow::Result<()> {
        let end = self.clock.now().plus(5 * base::time::MINUTE);
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

    async fn open_community(
        &self,
        plan: &Plan,
        groups: &[(&str, String, String)],
        staff: &[Value],
        population: &mut Population,
    ) -> anyhow::Result<()> {
        let today = TenantZone::shanghai().day_of(self.clock.now());
        let ends_on = plan.ends_in_days.map(|days| i64::from(today.plus_days(days).0));
        let made = json!({ "name": plan.name, "kind": plan.kind, "tier": plan.tier, "ends_on": ends_on,
            "disposal": plan.disposal });
        let id = id_of(&self.door.post("/api/v1/communities", &made).await?)?;
        self.door.patch(&format!("/api/v1/communities/{id}"), &plan.card).await?;
        let ids: Vec<&String> = groups.iter().map(|(_, id, _)| id).collect();
        self.door.post(&format!("/api/v1/communities/{id}/groups"), &json!({ "groups": ids })).await?;
        self.door.post(&format!("/api/v1/communities/{id}/activate"), &json!({})).await?;
        for (key, group, chat) in groups {
            self.hang_codes(plan, &id, (key, group, chat), staff, population).await?;
        }
        self.choose_plan(plan, &id, today).await
    }

    /// A group code for the store's poster, and a staff code whose greeting leads to it.
    async fn hang_codes(
        &self,
        plan: &Plan,
        community: &str,
        (key, group, chat): (&str, &String, &str),
        staff: &[Value],
        population: &mut Population,
    ) -> anyhow::Result<()> {
        let code = |title: String, target: &str, targets: Vec<&str>, channel: &str, welcome: Option<&str>| {
            json!({ "account_id": self.account, "title": title, "hook": plan.hook, "organiser": plan.name,
                "channel": channel, "target": target, "target_ids": targets, "community_id": community,
                "welcome_id": welcome, "overflow_name": "" })
        };
        let join = code(format!("{key} 入群码"), "groups", vec![group.as_str()], "store_poster", None);
        let join = self.door.post("/api/v1/live-codes", &join).await?;
        let join_id = id_of(&join)?;
        let greeting = json!({ "audience": "contact", "account_id": self.account, "name": format!("{key} 欢迎语"),
            "opening": format!("{{nickname}}，你好，我是{}的{{staff}}。", plan.name),
            "offer": plan.card["which_solution"], "rules": "群里不发广告和无关链接，违者先提醒、再移出。",
            "benefit": format!("{}。", plan.hook), "action": "点下面的卡片进群：", "invite_code_id": join_id });
        let welcome = id_of(&self.door.post("/api/v1/welcome/greetings", &greeting).await?)?;
        let hosts: Vec<&str> = plan
            .hosts
            .iter()
            .filter_map(|host| staff.iter().find(|s| s["platform_id"] == host.as_str()))
            .filter_map(|s| s["id"].as_str())
            .collect();
        let add = code(format!("{key} 导购码"), "staff", hosts, "payment_result", Some(&welcome));
        let add = self.door.post("/api/v1/live-codes", &add).await?;
        for made in [&join, &add] {
            let id = id_of(made)?;
            self.door.post(&format!("/api/v1/live-codes/{id}/publish"), &json!({})).await?;
        }
        self.settle().await?;
        let state = |made: &Value| made["state"].as_str().unwrap_or_default().to_owned();
        let (join_way, contact_way) = self.platform_codes(&state(&join), &state(&add))?;
        population.poster(Poster { code: contact_way, place: chat.to_owned(), weight: 0.7 });
        population.poster(Poster { code: join_way, place: chat.to_owned(), weight: 0.3 });
        Ok(())
    }

    /// The platform's ids of the two codes, which the posters carry.
    fn platform_codes(&self, join: &str, add: &str) -> anyhow::Result<(String, String)> {
        let desk = self.sim.desk();
        let corp = desk.world.corps.get(&self.corp).context("the company")?;
        let join_way = corp.join_ways.values().find(|w| w.state == join).context("the join code is live")?;
        let contact_way =
            corp.contact_ways.values().find(|w| w.state == add).context("the staff code is live")?;
        Ok((join_way.config_id.clone(), contact_way.config_id.clone()))
    }

    async fn choose_plan(&self, plan: &Plan, community: &str, today: Day) -> anyhow::Result<()> {
        let chosen = json!({ "community_id": community, "template": plan.template, "from_day": today.plus_days(1).0,
            "link_target": plan.shop, "approve": true });
        self.door.post("/api/v1/playbooks/plans", &chosen).await?;
        self.settle().await
    }
}

const BUYERS: &str = include_str!("past_buyers.csv");

impl Hands<'_> {
    /// A table of past buyers comes in, and a list of people goes out for the first review.
    async fn bring_past_buyers(&self) -> anyhow::Result<()> {
        let file = "/api/v1/imports?kind=people&file_name=%E9%97%A8%E5%BA%97%E4%BC%9A%E5%91%98%E8%A1%A8.csv";
        let table = babies::with_birthdays(BUYERS, TenantZone::shanghai().day_of(self.clock.now()));
        let made = self.door.post_text(file, table).await?;
        let path = format!("/api/v1/imports/{}", id_of(&made)?);
        let mut mapping = made["mapping"].clone();
        mapping["account_id"] = json!(self.account);
        mapping["tag_group"] = json!("门店会员");
        self.door.put(&format!("{path}/mapping"), &mapping).await?;
        self.door.post(&format!("{path}/check"), &json!({})).await?;
        self.settle().await?;
        self.door.post(&format!("{path}/run"), &json!({ "policy": "good_rows" })).await?;
        let wish = json!({ "what": "people", "format": "xlsx", "reason": "开业前核对老客名单" });
        self.settle().await?;
        self.door.post("/api/v1/exports", &wish).await?;
        self.settle().await
    }
}

fn id_of(made: &Value) -> anyhow::Result<String> {
    made["id"].as_str().map(str::to_owned).with_context(|| format!("an id in {made}"))
}
