//! Random questions about people, asked of the product's memory and of its database: over the demo, whose people lived,
//! and over a made company of many. Not one answer may differ.

use std::collections::BTreeMap;
use std::process::Command;
use std::time::Instant;

use anyhow::{Context as _, ensure};
use serde_json::{Value, json};

use super::company::{Company, call, calm};
use super::footprint::serve;
use super::http::Line;
use super::ingest::{JSON, sign_in_with};
use super::process::{Folder, Server};
use super::{Options, conclude};
use crate::{demo, shell};

/// Differences shown in full.
const SHOWN: usize = 10;
/// How deep groups of conditions stand in one another.
const DEEPEST: u64 = 4;

pub fn run(options: &Options) -> anyhow::Result<()> {
    let program = demo::build_server(!options.dev)?;
    let (_folder, server, mut line) = lived(&program)?;
    let share = ask_many(&mut line, options.questions)?;
    conclude("agree.demo", share, "=1", "the-same-question-in-sql");
    drop(line);
    server.stop()?;
    let company = Company::make(&program, options.rows)?;
    let (server, mut line) = company.open()?;
    calm(&server)?;
    let share = ask_many(&mut line, options.questions)?;
    conclude("agree", share, "=1", "the-same-question-in-sql");
    Ok(())
}

/// A demo whose sixty days were lived, served again; nobody lives on in it.
fn lived(program: &std::path::Path) -> anyhow::Result<(Folder, Server, Line)> {
    let folder = Folder::new("lived")?;
    let data = folder.path().join("data");
    shell::read(
        Command::new(program)
            .args(["demo", "--until-filled", "--listen", "127.0.0.1:0", "--data"])
            .arg(&data),
    )?;
    let server = serve(program, &folder)?;
    let said = shell::read(Command::new(program).args(["sign-in", "--data"]).arg(&data))?;
    let cookie = sign_in_with(&server, &said)?;
    let line = Line::open(&server.address, &[JSON, &[("Cookie", cookie.as_str())]].concat())?;
    Ok((folder, server, line))
}

/// The share of questions to which memory and database said the same.
fn ask_many(line: &mut Line, questions: usize) -> anyhow::Result<f64> {
    let words = Words::of(line)?;
    let mut chance = Chance(0x5eed);
    let (mut alike, mut shown, mut named) = (0, 0, 0);
    let (mut engine_us, mut database_us) = (0.0, 0.0);
    let began = Instant::now();
    for _ in 0..questions {
        let text = words.group(&mut chance, 0);
        let purpose = chance.of(&["audience", "service", "promotion", "profiling"]);
        let asked = json!({ "text": text, "purpose": purpose });
        let said = call(line, "POST", "/api/v1/segments/check", &asked)?;
        engine_us += said["engine_us"].as_f64().unwrap_or_default();
        database_us += said["database_us"].as_f64().unwrap_or_default();
        named += usize::from(said["engine"].as_u64() > Some(0));
        if said["equal"] == true {
            alike += 1;
        } else if shown < SHOWN {
            shown += 1;
            println!("for {purpose} {text}\n  {said}");
        }
    }
    ensure!(questions > 0 && named * 4 > questions, "three quarters of the questions name nobody");
    println!(
        "agree: {alike} of {questions} alike, {named} name somebody, {:.0} s; memory {:.2} ms, database {:.1} ms a question",
        began.elapsed().as_secs_f64(),
        engine_us / 1e3 / questions as f64,
        database_us / 1e3 / questions as f64
    );
    Ok(f64::from(alike) / questions as f64)
}

/// What can be named in a question, by what it is.
struct Words {
    ids: BTreeMap<&'static str, Vec<String>>,
    /// Condition texts of the company's own fields.
    own: Vec<String>,
}

impl Words {
    fn of(line: &mut Line) -> anyhow::Result<Self> {
        let mut ids = BTreeMap::new();
        for (kind, path) in [
            ("tag", "/api/v1/tags"),
            ("group", "/api/v1/groups?limit=100"),
            ("community", "/api/v1/communities?limit=100"),
            ("code", "/api/v1/live-codes?limit=100"),
            ("staff", "/api/v1/staff?limit=100"),
            ("account", "/api/v1/accounts"),
            ("segment", "/api/v1/segments?limit=100"),
            ("list", "/api/v1/imports/lists"),
            ("link", "/api/v1/links?limit=100"),
        ] {
            let said = call(line, "GET", path, &Value::Null)?;
            let items = said["items"].as_array().with_context(|| format!("{path} lists nothing"))?;
            ids.insert(kind, items.iter().filter_map(|item| Some(item["id"].as_str()?.to_owned())).collect());
        }
        let fields = call(line, "GET", "/api/v1/people/fields", &Value::Null)?;
        let own = fields["items"].as_array().into_iter().flatten().flat_map(own).collect();
        Ok(Self { ids, own })
    }

    /// A condition, or several joined.
    fn group(&self, chance: &mut Chance, depth: u64) -> String {
        if chance.below(DEEPEST + 1) <= depth {
            let not = if chance.below(5) == 0 { "not " } else { "" };
            return format!("{not}{}", self.condition(chance));
        }
        let parts: Vec<String> = (0..2 + chance.below(3)).map(|_| self.group(chance, depth + 1)).collect();
        format!("{} {{ {} }}", chance.of(&["all", "all", "any", "none"]), parts.join("; "))
    }

    fn condition(&self, chance: &mut Chance) -> String {
        let named = |kind: &'static str, chance: &mut Chance| {
            let ids = self.ids.get(kind).filter(|ids| !ids.is_empty())?;
            ids.get(chance.below(ids.len() as u64) as usize).map(|id| format!("\"{id}\""))
        };
        loop {
            let condition = match chance.below(16) {
                0 | 1 => named("tag", chance).map(|tag| format!("tag {tag}")),
                2 => named("tag", chance).map(|tag| format!("tagged {tag} {}", window(chance))),
                3 => {
                    let some: Option<Vec<String>> = (0..3).map(|_| named("tag", chance)).collect();
                    some.map(|some| format!("tag {} of ({})", chance.of(&["any", "all"]), some.join(", ")))
                }
                4 => {
                    let kind =
                        chance.of(&["group", "community", "code", "staff", "account", "segment", "list"]);
                    named(kind, chance).map(|id| format!("{kind} {id}"))
                }
                5 => named("link", chance).map(|id| format!("clicked {id} {}", window(chance))),
                6 => named("group", chance)
                    .map(|id| format!("{} {id} {}", chance.of(&["joined", "left"]), window(chance))),
                7 => {
                    Some(format!("community kind {}", chance.of(&["traffic", "content", "core", "general"])))
                }
                8 => Some(format!(
                    "consent {} {}",
                    chance.of(&["promotion", "profiling", "identify_clicks"]),
                    chance.of(&["granted", "withdrawn", "unasked"])
                )),
                9 => Some(layer(chance)),
                10 if !self.own.is_empty() => {
                    self.own.get(chance.below(self.own.len() as u64) as usize).cloned()
                }
                10 | 11 => Some(format!("spent {} {}", money(chance), window(chance))),
                12 => Some(format!("last bought {} days ago", amount(chance, 90))),
                13 => Some(format!("date \"first_seen\" in {} days", 1 + chance.below(90))),
                _ => {
                    let act =
                        chance.of(&["bought", "opened", "clicked", "joined", "left", "event \"greeted\""]);
                    let often = if chance.below(2) == 0 { String::new() } else { amount(chance, 4) + " " };
                    Some(format!("{act} {often}{}", window(chance)))
                }
            };
            if let Some(condition) = condition {
                return condition;
            }
        }
    }
}

/// What can be asked of one of the company's own fields.
fn own(field: &Value) -> Vec<String> {
    let (Some(id), Some(form)) = (field["id"].as_str(), field["form"].as_str()) else { return Vec::new() };
    let named = format!("\"own\" @{id}");
    let mut all = vec![format!("field {named} known")];
    match form {
        "date" => all.extend([
            format!("age {named} 6..12 months"),
            format!("birthday {named} in next 30 days"),
            format!("date {named} in 365 days"),
        ]),
        "birth_month" => all.push(format!("age {named} 1..3 years")),
        "number" => all.push(format!("number {named} >= 2")),
        "yes_no" => all.push(format!("field {named} yes")),
        "choice" | "choices" => {
            let choices = field["choices"].as_array().into_iter().flatten().filter_map(Value::as_str);
            all.extend(choices.map(|choice| format!("field {named} is {}", json!(choice))));
        }
        _ => {}
    }
    all
}

fn window(chance: &mut Chance) -> String {
    match chance.below(5) {
        0 => "ever".to_owned(),
        1 => {
            let near = 1 + chance.below(40);
            format!("{near}..{} days ago", near + chance.below(40))
        }
        _ => format!("in {} days", 1 + chance.below(90)),
    }
}

/// `>= 2`, `= 0`, `1..3`.
fn amount(chance: &mut Chance, most: u64) -> String {
    let low = chance.below(most);
    match chance.below(4) {
        0 => format!("= {low}"),
        1 => format!("{low}..{}", low + chance.below(most)),
        2 => format!("<= {low}"),
        _ => format!(">= {low}"),
    }
}

fn money(chance: &mut Chance) -> String {
    format!("{} {}.{:02}", chance.of(&[">=", "<="]), chance.below(400), chance.below(100))
}

fn layer(chance: &mut Chance) -> String {
    match chance.below(3) {
        0 => format!("rfm r {} f {}", amount(chance, 6), amount(chance, 6)),
        1 => format!("number \"groups\" {}", amount(chance, 3)),
        _ => format!("member kind {}", chance.of(&["customer", "koc"])),
    }
}

/// The same draws every time: Knuth's multiplier, the upper half of the bits.
struct Chance(u64);

impl Chance {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound.max(1)
    }

    fn of<'a>(&mut self, all: &[&'a str]) -> &'a str {
        all.get(self.below(all.len() as u64) as usize).copied().unwrap_or_default()
    }
}
