//! What can happen in a sequence, and how likely each step is.

use proptest::prelude::*;

use crate::place::Wire;

#[derive(Clone, Copy, Debug)]
pub enum Step {
    /// An account's window (weekly or not) has this percentage left, or the balance this many dollars. Then the user
    /// polls.
    Use(usize, bool, u32),
    /// The same in the last minute of the interval, which then ends.
    LastMinute(usize, u32),
    /// This many minutes pass.
    Pass(i64),
    /// An account is answered like this from now on.
    Answer(usize, Wire),
    /// The app is killed and started again.
    Restart,
    /// The local clock is this many seconds wrong from now on.
    Clock(i64),
    Service(Service),
    Switch(usize, bool),
    Thresholds(u32, u32),
    Quiet(&'static str),
    Allow(&'static str),
    Snooze(Option<usize>),
    EndSnooze,
    Test,
}

/// How the notification service behaves.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Service {
    Up,
    Down,
    /// It shows notifications, and reports that only after the next step.
    Slow,
    /// It reports nothing.
    Hung,
}

pub fn step() -> impl Strategy<Value = Step> {
    // Many steps for one window find more errors than few steps for many windows.
    let account = || prop_oneof![6 => Just(0), 2 => Just(1), 2 => Just(2_usize)];
    let figure = prop_oneof![
        2 => (0..=100_u32).boxed(),
        5 => prop::sample::select(vec![0, 0, 0, 0, 1, 4, 5, 6, 9, 10, 15, 19, 20, 22, 24, 25, 60, 100]).boxed(),
    ];
    let wire = prop::sample::select(vec![
        Wire::Full,
        Wire::Full,
        Wire::Full,
        Wire::Jitter,
        Wire::Jitter,
        Wire::NoBounds,
        Wire::Late,
        Wire::Offline,
        Wire::Refused,
        Wire::NoPlan,
    ]);
    prop_oneof![
        10 => (account(), prop::bool::weighted(0.2), figure).prop_map(|(a, weekly, left)| Step::Use(a, weekly, left)),
        2 => (account(), prop::sample::select(vec![0, 0, 4, 15, 90])).prop_map(|(a, left)| Step::LastMinute(a, left)),
        6 => prop::sample::select(vec![1, 1, 6, 6, 20, 150, 310, 1500]).prop_map(Step::Pass),
        4 => (account(), wire).prop_map(|(a, w)| Step::Answer(a, w)),
        3 => Just(Step::Restart),
        2 => prop::sample::select(vec![-86_400, 3_600, 30 * 86_400, -30 * 86_400, 0, 0]).prop_map(Step::Clock),
        3 => prop::sample::select(vec![Service::Up, Service::Up, Service::Down, Service::Slow, Service::Slow, Service::Hung])
            .prop_map(Step::Service),
        3 => (0..7_usize, any::<bool>()).prop_map(|(kind, on)| Step::Switch(kind, on)),
        1 => prop::sample::select(vec![(80, 95), (50, 90), (60, 70)]).prop_map(|(n, c)| Step::Thresholds(n, c)),
        2 => prop::sample::select(vec!["", "22:00-07:00", "04:00-05:00", "00:00-23:59"]).prop_map(Step::Quiet),
        1 => prop::sample::select(vec!["", "spent", "spent,refused,balance"]).prop_map(Step::Allow),
        2 => proptest::option::of(account()).prop_map(Step::Snooze),
        1 => Just(Step::EndSnooze),
        1 => Just(Step::Test),
    ]
}
