//! Last touch within its window. Pure.

use base::Timestamp;
use base::time::HOUR;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::kernel::http::Refusal;
use crate::links::Surface;

/// How long a touch may claim an order, by surface; hours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = AttributionWindows)]
pub struct Windows {
    /// Posts in groups; 1 to 168.
    pub group_post_hours: i64,
    /// Private follow-up; 1 to 336.
    pub private_hours: i64,
    /// Live sessions and Moments; 1 to 720.
    pub public_hours: i64,
}

impl Default for Windows {
    fn default() -> Self {
        Self { group_post_hours: 24, private_hours: 72, public_hours: 168 }
    }
}

impl Windows {
    /// Milliseconds after a touch on this surface, inclusive.
    #[must_use]
    pub const fn of(&self, surface: Surface) -> i64 {
        let hours = match surface {
            Surface::GroupPost => self.group_post_hours,
            Surface::Private => self.private_hours,
            Surface::Moments | Surface::Live => self.public_hours,
        };
        hours * HOUR
    }
    /// The longest of them, in milliseconds.
    #[must_use]
    pub fn longest(&self) -> i64 {
        self.group_post_hours.max(self.private_hours).max(self.public_hours) * HOUR
    }
    /// # Errors
    /// The first window that is out of bounds.
    pub fn check(&self) -> Result<(), AttributionRefusal> {
        let bounds = [
            ("group_post_hours", self.group_post_hours, 168, "1–168"),
            ("private_hours", self.private_hours, 336, "1–336"),
            ("public_hours", self.public_hours, 720, "1–720"),
        ];
        for (field, hours, most, cure) in bounds {
            if !(1..=most).contains(&hours) {
                return Err(AttributionRefusal::Window { field, cure });
            }
        }
        Ok(())
    }
}

/// Something of ours that a person opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Touch {
    pub at: Timestamp,
    pub link: String,
    pub surface: Surface,
    pub post: Option<String>,
    pub group: Option<String>,
}

/// The touches that may claim an order, latest first: the first one gets it. A touch at the very instant of the payment
/// counts; of touches at one instant the greatest link id wins, so that the outcome never depends on reading order.
#[must_use]
pub fn assign<'t>(touches: &'t [Touch], paid_at: Timestamp, windows: &Windows) -> Vec<&'t Touch> {
    let mut candidates: Vec<&Touch> = touches
        .iter()
        .filter(|touch| {
            let age = paid_at.since(touch.at);
            (0..=windows.of(touch.surface)).contains(&age)
        })
        .collect();
    candidates.sort_by(|a, b| (b.at, &b.link).cmp(&(a.at, &a.link)));
    candidates.dedup_by(|a, b| a.at == b.at && a.link == b.link);
    candidates
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AttributionRefusal {
    Window { field: &'static str, cure: &'static str },
}

impl Refusal for AttributionRefusal {
    fn code(&self) -> &'static str {
        "attribution.window"
    }
    fn status(&self) -> StatusCode {
        StatusCode::UNPROCESSABLE_ENTITY
    }
    fn args(&self) -> Value {
        let Self::Window { field, cure } = self;
        json!({ "field": field, "cure": cure })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const PAID: Timestamp = Timestamp(1_786_924_800_000);

    fn touch(hours_before: i64, link: &str, surface: Surface) -> Touch {
        Touch {
            at: PAID.minus(hours_before * HOUR),
            link: link.into(),
            surface,
            post: Some(format!("post of {link}")),
            group: None,
        }
    }

    #[test]
    fn the_last_touch_within_its_window_wins() {
        let windows = Windows::default();
        let touches = [
            touch(25, "too old for a group post", Surface::GroupPost),
            touch(24, "just in time", Surface::GroupPost),
            touch(48, "private", Surface::Private),
            touch(167, "live", Surface::Live),
            touch(-1, "after the payment", Surface::GroupPost),
        ];
        let links: Vec<&str> = assign(&touches, PAID, &windows).iter().map(|t| t.link.as_str()).collect();
        assert_eq!(links, ["just in time", "private", "live"]);
        let at_once = [touch(0, "a", Surface::GroupPost), touch(0, "b", Surface::GroupPost)];
        assert_eq!(assign(&at_once, PAID, &windows)[0].link, "b");
        assert!(assign(&[], PAID, &windows).is_empty());
    }

    #[test]
    fn windows_have_bounds() {
        assert_eq!(Windows::default().check(), Ok(()));
        assert!(Windows { group_post_hours: 0, ..Windows::default() }.check().is_err());
        assert!(Windows { public_hours: 721, ..Windows::default() }.check().is_err());
    }

    fn touches() -> impl Strategy<Value = Vec<Touch>> {
        let one = (0i64..1_000, 0usize..6, 0usize..4).prop_map(|(hours, link, surface)| {
            touch(hours - 500, &format!("link{link}"), Surface::ALL[surface])
        });
        prop::collection::vec(one, 0..20)
    }

    proptest! {
        /// Reading order never matters, and the winner is never later than the payment nor older than its window.
        #[test]
        fn the_outcome_is_a_function_of_the_set(touches in touches(), seed in any::<u64>()) {
            let windows = Windows::default();
            let first: Vec<Touch> = assign(&touches, PAID, &windows).into_iter().cloned().collect();
            let mut shuffled = touches.clone();
            let mut rng = base::Rng::seeded(seed);
            for i in (1..shuffled.len()).rev() {
                let j = usize::try_from(rng.below(i as u64 + 1)).expect("small");
                shuffled.swap(i, j);
            }
            let again: Vec<Touch> = assign(&shuffled, PAID, &windows).into_iter().cloned().collect();
            prop_assert_eq!(
                first.iter().map(|t| (t.at, t.link.clone())).collect::<Vec<_>>(),
                again.iter().map(|t| (t.at, t.link.clone())).collect::<Vec<_>>()
            );
            for touch in &first {
                prop_assert!(touch.at <= PAID && PAID.since(touch.at) <= windows.of(touch.surface));
            }
            prop_assert!(first.windows(2).all(|w| w[0].at >= w[1].at));
        }

        /// Orders are credited at most once each, so credits never exceed orders.
        #[test]
        fn credits_never_exceed_orders(touches in touches(), orders in prop::collection::vec((0i64..900, 0i64..10_000), 0..10)) {
            let windows = Windows::default();
            let total: i64 = orders.iter().map(|(_, fen)| fen).sum();
            let credited: i64 = orders
                .iter()
                .filter(|(hours, _)| !assign(&touches, PAID.minus(hours * HOUR), &windows).is_empty())
                .map(|(_, fen)| fen)
                .sum();
            prop_assert!(credited <= total);
        }
    }
}
