//! What can happen to the monitor, and how likely each event is.

use proptest::prelude::*;
use tidemark_core::message::KeyringTrouble;

use crate::server::Mode;

#[derive(Clone, Debug)]
pub enum Step {
    /// This many seconds pass, with a tick at least every 15 s if they are at most 300, else one tick.
    Pass(i64),
    /// The local clock jumps by this many seconds.
    Jump(i64),
    /// The local clock is set close to the first or the last year that can be represented; `extreme_times` tests the
    /// very limits.
    EndOfTime(bool),
    /// The local clock is correct again.
    ClockRight,
    /// An account uses this percentage of its windows, or this many dollars.
    Use(usize, i64),
    /// MiniMax answers an account like this from now on.
    Mode(usize, Mode),
    /// Requests are answered immediately (`true`), or only by `Deliver`.
    Prompt(bool),
    /// The oldest request under way is answered.
    Deliver,
    /// An earlier answer comes once more, or an answer to a number that was never used.
    Repeat(usize),
    Woke,
    CheckNow,
    Window(bool),
    TrayHost(bool),
    /// An account is removed from the settings.
    Remove(usize),
    /// A removed account is put back with its id.
    PutBack(usize),
    ReplaceKey(usize),
    Interval(u32),
    Language(bool),
    Keyring(Option<KeyringTrouble>),
    RetryKeyring,
    StoreBroken,
    StoreWorks,
    Snooze(Option<usize>),
    EndSnooze,
    /// The notification service accepts notifications (`Some(true)`), rejects them, or does not answer.
    Notifications(Option<bool>),
    /// The notification service has restarted.
    NotificationsBack,
    /// A report about a notification that was never sent.
    UnknownReport,
    Dismiss(&'static str),
    ForgetReadings(Option<usize>),
    TestNotification,
    Restart,
}

pub fn step() -> impl Strategy<Value = Step> {
    let account = || 0..4_usize;
    let some_account = || proptest::option::of(0..4_usize);
    let mode = prop::sample::select(Mode::ALL.to_vec());
    let trouble = prop::sample::select(vec![
        KeyringTrouble::Absent,
        KeyringTrouble::Locked,
        KeyringTrouble::Slow,
        KeyringTrouble::NoEntry,
        KeyringTrouble::Failed,
    ]);
    let seconds = vec![1, 5, 15, 70, 95, 301, 1_000, 4_000, 6 * 3_600, 26 * 3_600, 9 * 86_400];
    let jumps =
        vec![-86_400, -3_600, -100, -60, 60, 100, 3_600, 86_400, 40 * 86_400, -40 * 86_400, 400 * 86_400];
    let first = prop_oneof![
        14 => prop::sample::select(seconds).prop_map(Step::Pass),
        4 => prop::sample::select(jumps).prop_map(Step::Jump),
        1 => any::<bool>().prop_map(Step::EndOfTime),
        2 => Just(Step::ClockRight),
        8 => (account(), prop::sample::select(vec![1, 5, 20, 60, 100])).prop_map(|(a, n)| Step::Use(a, n)),
        8 => (account(), mode).prop_map(|(a, mode)| Step::Mode(a, mode)),
        3 => prop::bool::weighted(0.6).prop_map(Step::Prompt),
        4 => Just(Step::Deliver),
        3 => (0..20_usize).prop_map(Step::Repeat),
        3 => Just(Step::Woke),
        4 => Just(Step::CheckNow),
    ];
    let second = prop_oneof![
        2 => any::<bool>().prop_map(Step::Window),
        1 => any::<bool>().prop_map(Step::TrayHost),
        2 => account().prop_map(Step::Remove),
        2 => account().prop_map(Step::PutBack),
        2 => account().prop_map(Step::ReplaceKey),
        1 => prop::sample::select(vec![1, 5, 60]).prop_map(Step::Interval),
        1 => any::<bool>().prop_map(Step::Language),
        1 => proptest::option::of(trouble).prop_map(Step::Keyring),
        1 => Just(Step::RetryKeyring),
        1 => Just(Step::StoreBroken),
        1 => Just(Step::StoreWorks),
        1 => some_account().prop_map(Step::Snooze),
        1 => Just(Step::EndSnooze),
        2 => proptest::option::of(any::<bool>()).prop_map(Step::Notifications),
        1 => Just(Step::NotificationsBack),
        1 => Just(Step::UnknownReport),
        1 => prop::sample::select(vec!["store", "keyring", "settings", "nothing"]).prop_map(Step::Dismiss),
        1 => some_account().prop_map(Step::ForgetReadings),
        1 => Just(Step::TestNotification),
        2 => Just(Step::Restart),
    ];
    prop_oneof![50 => first, 25 => second]
}
