//! Tables and properties of the guard rails.

use proptest::prelude::*;

use super::*;

const MONDAY: Day = Day(2026_08_17);

fn context(posts: Vec<Occupied>) -> Context {
    let zone = TenantZone::shanghai();
    Context {
        now: zone.at(MONDAY, 7 * 60),
        zone,
        posts,
        cap: 5,
        warn: 3,
        bounds: Bounds { min: 50, max: 80 },
        quota: BTreeMap::new(),
    }
}

fn occupied(n: usize, minute: u16, kind: Kind, way: Way) -> Occupied {
    Occupied { id: format!("pst_{n}"), slot: Slot { day: MONDAY, minute }, kind, way }
}

fn tasks(minutes: &[u16]) -> Vec<Occupied> {
    minutes.iter().enumerate().map(|(n, m)| occupied(n, *m, Kind::Activity, Way::OwnerTask)).collect()
}

fn candidate(minute: u16, way: Way) -> Candidate<'static> {
    let slot = Slot { day: MONDAY, minute };
    Candidate { id: "", slot, kind: Kind::Activity, way, title: "今日菜单", body: "点这里下单" }
}

fn codes(findings: &[Finding]) -> Vec<&'static str> {
    findings.iter().map(|f| f.code).collect()
}

#[test]
fn each_rail_says_its_name() {
    let five = tasks(&[540, 600, 660, 720, 780]);
    let full = BTreeMap::from([(MONDAY, Quota { used: 31, limit: 31 })]);
    let broadcast = vec![occupied(0, 660, Kind::Activity, Way::Broadcast)];
    let table: [(u16, Way, Context, &[&str]); 8] = [
        (600, Way::OwnerTask, context(vec![]), &[]),
        (420, Way::OwnerTask, context(vec![]), &["playbooks.in_the_past", "playbooks.quiet_hours"]),
        (1_320, Way::OwnerTask, context(vec![]), &["playbooks.quiet_hours"]),
        (900, Way::OwnerTask, context(five), &["playbooks.cap_reached"]),
        (689, Way::OwnerTask, context(broadcast.clone()), &["playbooks.too_close"]),
        (690, Way::OwnerTask, context(broadcast.clone()), &[]),
        (720, Way::Broadcast, context(broadcast), &["playbooks.second_broadcast"]),
        (720, Way::Broadcast, Context { quota: full, ..context(vec![]) }, &["playbooks.quota_used_up"]),
    ];
    for (minute, way, context, want) in table {
        let check = check_post(&candidate(minute, way), &context);
        assert_eq!(codes(&check.refusals), want, "{minute} {way:?}");
        assert_eq!(check.nearest.is_some(), !want.is_empty());
    }
}

#[test]
fn the_nearest_slot_is_the_one_a_person_would_take() {
    let check = check_post(&candidate(675, Way::OwnerTask), &context(tasks(&[660])));
    assert_eq!(check.nearest, Some(Slot { day: MONDAY, minute: 690 }));
    let full = context(tasks(&[540, 600, 660, 720, 780]));
    let check = check_post(&candidate(660, Way::OwnerTask), &full);
    assert_eq!(check.nearest, Some(Slot { day: MONDAY.plus_days(1), minute: 660 }));
}

#[test]
fn a_post_that_is_moved_does_not_stand_in_its_own_way() {
    let context = context(tasks(&[540, 600, 660, 720, 780]));
    let moved = Candidate { id: "pst_2", ..candidate(675, Way::OwnerTask) };
    assert_eq!(codes(&check_post(&moved, &context).refusals), [""; 0]);
}

#[test]
fn many_posts_and_a_lopsided_mix_are_warned_of() {
    let mut posts = tasks(&[540, 600, 660, 720]);
    posts[0].kind = Kind::Content;
    let check = check_post(&candidate(900, Way::OwnerTask), &context(posts));
    assert_eq!(codes(&check.warnings), ["playbooks.many_posts"]);
    let all_activity = check_post(&candidate(900, Way::OwnerTask), &context(tasks(&[540, 600, 660, 720])));
    assert_eq!(codes(&all_activity.warnings), ["playbooks.many_posts", "playbooks.mix_high"]);
    assert_eq!(all_activity.warnings[1].args, json!({ "activity": 100, "min": 50, "max": 80 }));
}

#[test]
fn forbidden_words_stop_and_doubtful_ones_warn() {
    let body = "全国第一的套餐，最新鲜";
    let check = check_post(&Candidate { body, ..candidate(600, Way::OwnerTask) }, &context(vec![]));
    assert_eq!(codes(&check.refusals), ["playbooks.forbidden_word"]);
    assert_eq!(codes(&check.warnings), ["playbooks.doubtful_word"]);
    assert_eq!(check.nearest, None, "another time doesn't cure a word");
}

#[test]
fn the_parts_of_a_mix_add_up() {
    let kinds = [(Kind::Activity, 19), (Kind::Content, 7), (Kind::Popularity, 2), (Kind::Service, 4)];
    let mix = mix_of(kinds.into_iter().flat_map(|(k, n)| std::iter::repeat_n(k, n)));
    assert_eq!(mix, Mix { activity: 68, content: 25, popularity: 7, total: 28 });
    assert_eq!(mix_of([]), Mix::default());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever stands in the calendar, the slot that is offered is a good one, and filling day after day with what is
    /// offered breaks no cap.
    #[test]
    fn what_is_offered_holds(wanted in proptest::collection::vec((0u16..1_440, any::<bool>()), 1..25)) {
        let mut calendar = context(Vec::new());
        for (n, (minute, broadcast)) in wanted.into_iter().enumerate() {
            let way = if broadcast { Way::Broadcast } else { Way::OwnerTask };
            let mut post = candidate(minute, way);
            let check = check_post(&post, &calendar);
            if let Some(slot) = check.nearest {
                post.slot = slot;
                prop_assert_eq!(codes(&check_post(&post, &calendar).refusals), [""; 0]);
            } else if !check.refusals.is_empty() {
                continue;
            }
            calendar.posts.push(Occupied { id: format!("pst_{n}"), slot: post.slot, kind: post.kind, way });
        }
        let mut days: BTreeMap<Day, Vec<&Occupied>> = BTreeMap::new();
        for post in &calendar.posts {
            days.entry(post.slot.day).or_default().push(post);
        }
        for posts in days.values_mut() {
            posts.sort_by_key(|p| p.slot);
            prop_assert!(posts.len() <= 5);
            prop_assert!(posts.iter().filter(|p| p.way == Way::Broadcast).count() <= 1);
            prop_assert!(posts.windows(2).all(|w| w[1].slot.minute - w[0].slot.minute >= 30));
        }
    }
}
