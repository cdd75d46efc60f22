//! The state machine under any interleaving of crashes, time-outs, late effects and answers.

use std::collections::BTreeMap;

use base::Timestamp;
use base::time::{DAY, HOUR, MINUTE, SECOND};
use proptest::prelude::*;

use super::*;

/// A platform that does what real ones do: it may answer, lose the answer, or let the effect come late.
#[derive(Default)]
struct Platform {
    /// Tasks by id: when each becomes visible, and whether it was cancelled.
    tasks: BTreeMap<String, (Timestamp, bool)>,
}

impl Platform {
    fn create(&mut self, visible_at: Timestamp) -> String {
        let id = format!("msg{}", self.tasks.len());
        self.tasks.insert(id.clone(), (visible_at, false));
        id
    }
    fn listed(&self, now: Timestamp) -> Vec<String> {
        self.tasks
            .iter()
            .filter(|(_, (at, cancelled))| *at <= now && !cancelled)
            .map(|(id, _)| id.clone())
            .collect()
    }
    fn live(&self) -> usize {
        self.tasks.values().filter(|(_, cancelled)| !cancelled).count()
    }
}

/// What chance does in one step of the world.
#[derive(Clone, Debug)]
enum Act {
    /// A submit run starts and its call ends in this way.
    Submit(Ending),
    /// A run that died earlier wakes up and tries to write what it learnt.
    Ghost,
    Reconcile,
    Sweep,
    Wait(i64),
}

#[derive(Clone, Debug)]
enum Ending {
    Answered,
    Refused,
    NotSent,
    /// The effect shows this many milliseconds later; the answer is lost.
    LostWithEffect(i64),
    LostWithoutEffect,
    /// The process dies before bytes leave, or after the effect without noting it.
    CrashBefore,
    CrashAfter(i64),
}

fn endings() -> impl Strategy<Value = Ending> {
    prop_oneof![
        2 => Just(Ending::Answered),
        1 => Just(Ending::Refused),
        1 => Just(Ending::NotSent),
        3 => (0..40 * MINUTE).prop_map(Ending::LostWithEffect),
        2 => Just(Ending::LostWithoutEffect),
        2 => Just(Ending::CrashBefore),
        3 => (0..40 * MINUTE).prop_map(Ending::CrashAfter),
    ]
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let act = prop_oneof![
        4 => endings().prop_map(Act::Submit),
        1 => Just(Act::Ghost),
        4 => Just(Act::Reconcile),
        2 => Just(Act::Sweep),
        4 => (SECOND..15 * MINUTE).prop_map(Act::Wait),
    ];
    proptest::collection::vec(act, 1..120)
}

struct World {
    now: Timestamp,
    life: Life,
    platform: Platform,
    ghosts: Vec<Event>,
    calls: usize,
}

impl World {
    fn take(&mut self, event: &Event) -> bool {
        match self.life.step(event, self.now) {
            Ok(next) => {
                self.life = next;
                true
            }
            Err(NotNow) => false,
        }
    }

    fn submit(&mut self, ending: &Ending) {
        if self.life.state == ShardState::Intent {
            self.take(&Event::EpochEnded);
            return;
        }
        if !self.take(&Event::Claim) {
            return;
        }
        let epoch = self.life.epoch;
        self.calls += 1;
        match ending {
            Ending::Answered => {
                let platform_id = self.platform.create(self.now);
                assert!(self.take(&Event::Accepted { epoch, platform_id }));
            }
            Ending::Refused => assert!(self.take(&Event::Refused { epoch })),
            Ending::NotSent => assert!(self.take(&Event::NotSent { epoch })),
            Ending::LostWithEffect(late) => {
                let platform_id = self.platform.create(self.now.plus(*late));
                assert!(self.take(&Event::Lost { epoch }));
                self.ghosts.push(Event::Accepted { epoch, platform_id });
            }
            Ending::LostWithoutEffect => assert!(self.take(&Event::Lost { epoch })),
            Ending::CrashBefore => self.ghosts.push(Event::NotSent { epoch }),
            Ending::CrashAfter(late) => {
                let platform_id = self.platform.create(self.now.plus(*late));
                self.ghosts.push(Event::Accepted { epoch, platform_id });
            }
        }
    }

    fn reconcile(&mut self) {
        if self.life.state != ShardState::Unknown || self.now < self.life.ask_at() {
            return;
        }
        match self.platform.listed(self.now).into_iter().next() {
            Some(platform_id) => assert!(self.take(&Event::Found { platform_id })),
            None => assert!(self.take(&Event::Absent)),
        }
    }

    /// As the sweep job does it: binds what a waiting shard lacks, cancels everything beyond the bound one.
    fn sweep(&mut self) {
        if !self.life.was_unknown() || self.now.since(self.life.last_unknown_at) > SWEEP_FOR {
            return;
        }
        for id in self.platform.listed(self.now) {
            if self.life.platform_id.as_ref() == Some(&id) {
                continue;
            }
            match self.life.of_stray_task() {
                Verdict::Bind => assert!(self.take(&Event::Found { platform_id: id })),
                Verdict::Cancel => self.platform.tasks.get_mut(&id).expect("listed").1 = true,
                Verdict::Leave => {}
            }
        }
    }

    fn act(&mut self, act: &Act) {
        match act {
            Act::Submit(ending) => self.submit(ending),
            Act::Ghost => {
                // The fence: a run of an older epoch never changes anything once a newer one has seen its intent.
                if let Some(event) = self.ghosts.pop()
                    && self.life.state != ShardState::Intent
                {
                    assert_eq!(self.life.step(&event, self.now), Err(NotNow));
                }
            }
            Act::Reconcile => self.reconcile(),
            Act::Sweep => self.sweep(),
            Act::Wait(ms) => self.now = self.now.plus(*ms),
        }
    }
}

fn world() -> World {
    World {
        now: Timestamp(1_000_000_000),
        life: Life::planned(),
        platform: Platform::default(),
        ghosts: Vec::new(),
        calls: 0,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    /// I1: whatever happened, once the faults stop the sweep leaves at most one live task, and the one that is bound.
    /// I3: no shard stays unknown longer than twice the settle time and two minutes.
    #[test]
    fn no_interleaving_leaves_two_live_tasks(acts in acts()) {
        let mut world = world();
        for act in &acts {
            world.act(act);
        }
        // Faults stop; the platform answers; runs, reconciles and sweeps go on once a minute for two days.
        let calm = world.now;
        let mut unknown_for = 0;
        for _ in 0..(2 * DAY / MINUTE - 60) {
            if world.life.state == ShardState::Intent {
                world.act(&Act::Submit(Ending::Answered));
            }
            world.act(&Act::Reconcile);
            world.act(&Act::Sweep);
            if world.life.state == ShardState::Planned {
                world.act(&Act::Submit(Ending::Answered));
            }
            unknown_for = if world.life.state == ShardState::Unknown { unknown_for + 1 } else { 0 };
            prop_assert!(unknown_for * MINUTE <= 2 * SETTLE + 2 * MINUTE);
            world.now = world.now.plus(MINUTE);
        }
        prop_assert!(world.now > calm.plus(HOUR));
        prop_assert!(world.platform.live() <= 1, "{:?}", world.platform.tasks);
        if let Some(bound) = &world.life.platform_id {
            prop_assert_eq!(world.platform.tasks.get(bound).map(|t| t.1), Some(false));
        }
        prop_assert!(matches!(world.life.state, ShardState::Accepted | ShardState::Refused));
    }

    /// I2 for one shard: after every step it is in a named state with exactly the marks that state needs.
    #[test]
    fn marks_agree_with_the_state_at_every_instant(acts in acts()) {
        let mut world = world();
        for act in &acts {
            world.act(act);
            let life = &world.life;
            prop_assert_eq!(life.state == ShardState::Accepted, life.platform_id.is_some());
            prop_assert_eq!(life.state == ShardState::Unknown, life.unknown_since > Timestamp(0));
            prop_assert!(life.absent_at == Timestamp(0) || life.state == ShardState::Unknown);
            prop_assert!(life.epoch >= i64::from(life.first_intent_at > Timestamp(0)));
            prop_assert_eq!(usize::try_from(life.epoch).ok(), Some(world.calls));
        }
    }
}

#[test]
fn the_settle_time_counts_from_the_doubt_and_survives_more_crashes() {
    let start = Timestamp(1_000_000);
    let life = Life::planned().step(&Event::Claim, start).expect("planned");
    let doubt = life.step(&Event::EpochEnded, start.plus(HOUR)).expect("intent");
    assert_eq!(doubt.unknown_since, start.plus(HOUR));
    assert_eq!(doubt.step(&Event::EpochEnded, start.plus(2 * HOUR)), Err(NotNow));
    assert_eq!(doubt.step(&Event::Absent, start.plus(HOUR + SETTLE - 1)), Err(NotNow));
    let once = doubt.step(&Event::Absent, start.plus(HOUR + SETTLE)).expect("settled");
    assert_eq!(once.state, ShardState::Unknown);
    assert_eq!(once.step(&Event::Absent, start.plus(HOUR + 2 * SETTLE - 1)), Err(NotNow));
    let twice = once.step(&Event::Absent, start.plus(HOUR + 2 * SETTLE)).expect("settled again");
    assert_eq!(twice.state, ShardState::Planned);
}

#[test]
fn tasks_are_told_apart_by_sender_and_targets() {
    let unsent = |staff: &str| SenderState { staff: staff.to_owned(), sent_at: None };
    let sent = |staff: &str| SenderState { staff: staff.to_owned(), sent_at: Some(Timestamp(5)) };
    let report = |target: &str| TargetReport {
        target: target.to_owned(),
        state: messenger::broadcasts::TargetState::Sent,
        sent_at: None,
    };
    let ours = ["g1", "g2"];
    assert_eq!(fit("ann", &ours, &[unsent("ann")], &[]), Fit::Open);
    assert_eq!(fit("ann", &ours, &[sent("ann")], &[report("g2"), report("g1")]), Fit::Exact);
    assert_eq!(fit("ann", &ours, &[sent("ann")], &[report("g1")]), Fit::Other);
    assert_eq!(fit("ann", &ours, &[sent("ann")], &[report("g1"), report("g3")]), Fit::Other);
    assert_eq!(fit("ann", &ours, &[unsent("bob")], &[]), Fit::Other);
    assert_eq!(fit("ann", &ours, &[unsent("ann"), unsent("bob")], &[]), Fit::Other);
}

#[test]
fn texts_are_compared_as_platforms_keep_them() {
    assert_eq!(text_digest(" a\r\n b  c "), text_digest("a b c"));
    assert_ne!(text_digest("ab c"), text_digest("a b c"));
    assert_eq!(targets_digest(["b", "a", "b"]), targets_digest(["a", "b"]));
}

#[test]
fn results_are_asked_ever_more_seldom_until_the_end() {
    let accepted = Timestamp(0);
    let end = Timestamp(4 * HOUR);
    let mut now = accepted;
    let mut asked = Vec::new();
    for polls in 0..9 {
        now = next_poll(accepted, polls, end, now);
        asked.push(now.0 / MINUTE);
    }
    assert_eq!(asked, [1, 5, 15, 30, 60, 120, 180, 240, 300]);
}
