//! What cures what went wrong.

/// How far back *today* looks for things that went wrong.
pub const WRONG_FOR: i64 = 2 * base::time::DAY;
/// How far back releases wait for a decision.
pub const DECIDE_WITHIN: i64 = 7 * base::time::DAY;

/// The catalogue key of the sentence that says what to do about a reason.
#[must_use]
pub fn cure_of(kind: &str, code: &str) -> &'static str {
    match (kind, code) {
        ("broadcast", "broadcasts.unknown" | "broadcasts.cannot_ask") => "today.cure.wait_or_decide",
        ("broadcast", "broadcasts.ambiguous") => "today.cure.decide",
        ("broadcast", "broadcasts.over_quota") => "today.cure.owner_task",
        ("broadcast", _) => "today.cure.check_connection",
        ("twin", _) => "today.cure.check_twin",
        ("greeting", _) => "today.cure.greet_by_hand",
        ("webhook", _) => "today.cure.check_webhook",
        ("live_code", _) => "today.cure.publish_again",
        ("data_request", _) => "today.cure.answer_request",
        ("post", "playbooks.not_approved") => "today.cure.approve_earlier",
        ("post", "playbooks.community_not_active") => "today.cure.activate_community",
        ("post", "playbooks.no_groups" | "playbooks.nobody_on_duty") => "today.cure.assign_groups",
        ("post", _) => "today.cure.plan_again",
        _ => "today.cure.retry_job",
    }
}

#[cfg(test)]
mod model_tests {
    use super::*;
    use crate::kernel::i18n::{Locale, knows};

    #[test]
    fn every_cure_has_words() {
        let kinds = ["broadcast", "twin", "greeting", "live_code", "data_request", "webhook", "post", "job"];
        let codes = [
            "broadcasts.unknown",
            "broadcasts.ambiguous",
            "broadcasts.over_quota",
            "playbooks.not_approved",
            "playbooks.community_not_active",
            "playbooks.no_groups",
            "other",
        ];
        for locale in Locale::ALL {
            for (kind, code) in kinds.iter().flat_map(|k| codes.iter().map(move |c| (k, c))) {
                assert!(knows(locale, cure_of(kind, code)), "{kind} {code}");
            }
        }
    }
}
