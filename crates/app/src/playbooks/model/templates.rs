//! Templates as data: `playbooks/templates.json`, compiled in. Texts are Chinese because they are sample content for members,
//! not words of the interface; an operator edits them in the calendar.
//!
//! An item: `key` unique in its template · `days` 1 = Monday … 7 · `minute` of the local day · `kind` activity, content,
//! popularity, service · `way` broadcast, owner_task, or one that isn't available yet (`moments`, `private`) · `role`
//! who taps · `series` the column's name · `texts` taken in turn day by day · `link` whether a tracked link follows ·
//! `kpi` what it is judged by.

use std::sync::LazyLock;

use base::Day;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Kind, Way};

/// A week of posts, ready to be put to work.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Template {
    /// `PB-01`.
    pub key: String,
    pub name: String,
    /// Kinds of community it is made for.
    pub kinds: Vec<String>,
    pub source: String,
    pub items: Vec<Item>,
}

/// One recurring item of a template.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Item {
    pub key: String,
    /// 1 = Monday … 7 = Sunday.
    pub days: Vec<u8>,
    pub minute: u16,
    pub kind: Kind,
    /// A word of [`Way`], or of a way that this version can't do.
    pub way: String,
    pub role: String,
    /// The column's name.
    pub series: String,
    pub title: String,
    pub kpi: String,
    pub link: bool,
    pub texts: Vec<String>,
}

impl Item {
    /// How it reaches the groups; `None` when this version can't do it.
    #[must_use]
    pub fn available_way(&self) -> Option<Way> {
        Way::named(&self.way)
    }
    /// The text of a day: the item's texts in turn.
    #[must_use]
    pub fn text_of(&self, day: Day) -> &str {
        let turn = usize::try_from(day.days_since(Day(20_260_105)).rem_euclid(10_000)).unwrap_or(0);
        self.texts.get(turn % self.texts.len().max(1)).map_or("", String::as_str)
    }
}

/// The templates that come with the product.
#[must_use]
pub fn all() -> &'static [Template] {
    static ALL: LazyLock<Vec<Template>> =
        LazyLock::new(|| serde_json::from_str(include_str!("../templates.json")).unwrap_or_default());
    &ALL
}

#[must_use]
pub fn named(key: &str) -> Option<&'static Template> {
    all().iter().find(|t| t.key == key)
}

#[cfg(test)]
mod template_tests {
    use std::collections::BTreeMap;

    use super::super::mix_of;
    use super::*;

    #[test]
    fn pb_01_is_the_week_it_claims_to_be() {
        let template = named("PB-01").expect("the file parses");
        let mut kinds = Vec::new();
        for weekday in 1..=7 {
            let day: Vec<&Item> = template
                .items
                .iter()
                .filter(|i| i.days.contains(&weekday) && i.available_way().is_some())
                .collect();
            assert!(day.len() <= 5, "day {weekday}");
            assert_eq!(day.iter().filter(|i| i.available_way() == Some(Way::Broadcast)).count(), 1);
            kinds.extend(day.iter().map(|i| i.kind));
        }
        let mix = mix_of(kinds);
        assert_eq!((mix.activity, mix.content, mix.popularity, mix.total), (68, 25, 7, 28));
        let most = (1..=7u8).map(|d| template.items.iter().filter(|i| i.days.contains(&d)).count()).max();
        assert_eq!(most, Some(5));
        let unavailable: Vec<&str> =
            template.items.iter().filter(|i| i.available_way().is_none()).map(|i| i.key.as_str()).collect();
        assert_eq!(unavailable, ["breakfast"]);
    }

    #[test]
    fn items_keep_their_distance_and_their_tongue() {
        let mut touched: Vec<&String> = Vec::new();
        for template in all() {
            let mut by_day: BTreeMap<u8, Vec<u16>> = BTreeMap::new();
            for item in &template.items {
                let texts = item.texts.iter().chain([&item.title]);
                touched.extend(texts.filter(|t| !screening::built_in().find(t).is_empty()));
                for day in item.days.iter().filter(|_| item.available_way().is_some()) {
                    by_day.entry(*day).or_default().push(item.minute);
                }
            }
            for minutes in by_day.values_mut() {
                minutes.sort_unstable();
                assert!(minutes.windows(2).all(|w| w[1] - w[0] >= 30));
            }
        }
        assert!(touched.is_empty(), "{touched:#?}");
    }

    #[test]
    fn texts_take_turns() {
        let item = &named("PB-01").expect("the file parses").items[0];
        let days = [Day(2026_08_17), Day(2026_08_18), Day(2026_08_19), Day(2026_08_20)];
        let texts: Vec<&str> = days.iter().map(|d| item.text_of(*d)).collect();
        assert_eq!(texts[0], texts[3]);
        assert_ne!(texts[0], texts[1]);
    }
}
