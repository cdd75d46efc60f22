//! Word lists with a reason and a cure: what advertising law and the platform's rules do not like in a post.

use std::sync::LazyLock;

use serde::Serialize;

use crate::{Hit, Matcher, TooManyWords};

/// Which rule a word touches. The console has a sentence for each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Category {
    /// "the best", "number one": advertising law, article 9.
    Absolute,
    /// "forward to unlock": the platform's rules on links.
    ShareBait,
    /// Money for praise: unfair competition.
    PaidReview,
    /// Cures and effects that nobody proved: advertising law, articles 16 to 18.
    Medical,
    /// Promised returns: article 25.
    Returns,
    /// Promised exam results: article 24.
    Education,
    /// Goods that replace mother's milk: article 20.
    InfantMilk,
    /// Urging children to make their parents buy: article 40.
    ChildUrging,
    /// Pay for recruiting: the rules against pyramid selling.
    Pyramid,
}

/// How loud the console says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// May be right in its context; the operator decides.
    Warn,
    /// No context makes it right.
    Stop,
}

/// One word of a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Rule {
    pub word: String,
    pub category: Category,
    pub severity: Severity,
    /// Key of the catalogue text that says what to write instead.
    pub cure: String,
}

/// A rule and the place that touches it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding<'a> {
    pub rule: &'a Rule,
    #[serde(flatten)]
    pub hit: Hit<'a>,
}

/// Word lists ready to be held against a text.
#[derive(Debug)]
pub struct Screen {
    rules: Vec<Rule>,
    matcher: Matcher,
    /// Phrases in which a listed word is harmless: "for the first time" claims nothing.
    harmless: Matcher,
}

/// A list that can't be used, with the line that is wrong.
#[derive(Debug)]
pub enum BadList {
    Line { number: usize, why: &'static str },
    TooLarge(TooManyWords),
}

impl std::fmt::Display for BadList {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Line { number, why } => write!(f, "line {number} of the word list: {why}"),
            Self::TooLarge(why) => why.fmt(f),
        }
    }
}

impl std::error::Error for BadList {}

impl Screen {
    /// Reads a list: one word a line with its category and severity, separated by tabs. `harmless` in the second
    /// column exempts a phrase. Lines that start with `#` are remarks.
    ///
    /// # Errors
    /// [`BadList`] names the first line that can't be read.
    pub fn parse(text: &str) -> Result<Self, BadList> {
        let mut rules = Vec::new();
        let mut harmless = Vec::new();
        for (at, line) in text.lines().enumerate() {
            if line.trim().is_empty() || line.starts_with('#') {
                continue;
            }
            let bad = |why| BadList::Line { number: at + 1, why };
            let mut columns = line.split('\t').map(str::trim);
            let word = columns.next().filter(|w| !w.is_empty()).ok_or_else(|| bad("no word"))?.to_owned();
            let category = columns.next().ok_or_else(|| bad("no category"))?;
            if category == "harmless" {
                harmless.push(word);
                continue;
            }
            let cure = format!("screening.cure.{category}");
            let category = category_named(category).ok_or_else(|| bad("unknown category"))?;
            let severity = match columns.next() {
                Some("warn") => Severity::Warn,
                Some("stop") => Severity::Stop,
                _ => return Err(bad("severity must be warn or stop")),
            };
            rules.push(Rule { word, category, severity, cure });
        }
        let matcher = Matcher::new(rules.iter().map(|r| r.word.as_str())).map_err(BadList::TooLarge)?;
        let harmless = Matcher::new(harmless).map_err(BadList::TooLarge)?;
        Ok(Self { rules, matcher, harmless })
    }

    /// Every rule the text touches, in reading order. A word inside a longer one of the same category is told once.
    #[must_use]
    pub fn find<'a>(&'a self, text: &'a str) -> Vec<Finding<'a>> {
        let harmless = self.harmless.find(text);
        let mut findings: Vec<Finding<'a>> = Vec::new();
        for hit in self.matcher.find(text) {
            let Some(rule) = self.rules.get(hit.index) else { continue };
            let within = |start: usize, end: usize| start <= hit.start && hit.end <= end;
            let told = |f: &Finding<'_>| f.rule.category == rule.category && within(f.hit.start, f.hit.end);
            if harmless.iter().any(|h| within(h.start, h.end)) || findings.iter().any(told) {
                continue;
            }
            findings.push(Finding { rule, hit });
        }
        findings
    }

    #[must_use]
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }
}

fn category_named(name: &str) -> Option<Category> {
    Some(match name {
        "absolute" => Category::Absolute,
        "share_bait" => Category::ShareBait,
        "paid_review" => Category::PaidReview,
        "medical" => Category::Medical,
        "returns" => Category::Returns,
        "education" => Category::Education,
        "infant_milk" => Category::InfantMilk,
        "child_urging" => Category::ChildUrging,
        "pyramid" => Category::Pyramid,
        _ => return None,
    })
}

/// The lists that come with the product, read once.
#[must_use]
pub fn built_in() -> &'static Screen {
    static BUILT_IN: LazyLock<Screen> = LazyLock::new(|| {
        Screen::parse(include_str!("../data/words.tsv"))
            .unwrap_or_else(|why| panic!("built-in word list: {why}"))
    });
    &BUILT_IN
}

#[cfg(test)]
mod tests {
    use super::*;

    fn categories(text: &str) -> Vec<Category> {
        built_in().find(text).iter().map(|f| f.rule.category).collect()
    }

    #[test]
    fn posts_that_break_a_rule_are_told_which() {
        for (text, category) in [
            ("全国第一的水果店", Category::Absolute),
            ("我们家最 便 宜", Category::Absolute),
            ("转发到朋友圈才能领取优惠券", Category::ShareBait),
            ("Share to unlock your coupon!", Category::ShareBait),
            ("五星好评返现3元", Category::PaidReview),
            ("七天根治", Category::Medical),
            ("保本高收益", Category::Returns),
            ("考试包过", Category::Education),
            ("媲美母乳的配方", Category::InfantMilk),
            ("小朋友快让妈妈买", Category::ChildUrging),
            ("发展下线拿提成", Category::Pyramid),
        ] {
            assert!(categories(text).contains(&category), "{text}: {:?}", categories(text));
        }
    }

    #[test]
    fn ordinary_posts_pass() {
        for text in [
            "第一次来的朋友，今天到店送一份水果",
            "最近上新了春笋，最后一天",
            "请第一时间联系群主",
            "今晚八点群里抽签，规则在群公告",
            "",
        ] {
            assert_eq!(categories(text), [], "{text}");
        }
    }

    #[test]
    fn a_longer_word_tells_its_parts() {
        let findings = built_in().find("全网最低价");
        assert_eq!(findings.len(), 1, "{findings:?}");
        assert_eq!(findings[0].hit.text, "全网最低价");
        assert_eq!(findings[0].rule.cure, "screening.cure.absolute");
    }

    #[test]
    fn a_bad_list_names_its_line() {
        for (list, said) in [
            ("# x\nword\tnothing\tstop", "line 2 of the word list: unknown category"),
            ("word\tabsolute\tloud", "line 1 of the word list: severity must be warn or stop"),
            ("word", "line 1 of the word list: no category"),
        ] {
            assert_eq!(Screen::parse(list).expect_err("a bad list").to_string(), said);
        }
    }
}
