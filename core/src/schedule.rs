//! When an account is asked again, and why.
//!
//! Owns intervals, back-off and rests. Refuses timers: each tick compares the moment with the next one due.

use jiff::{SignedDuration, Timestamp};

use crate::failure::{Failure, FailureKind};

/// Why an account is asked at its next moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reason {
    /// The app has started, or the account is new.
    Start,
    /// The user's own interval.
    Interval,
    /// Someone is looking: the window is open.
    Watched,
    /// A window is near its limit and moving.
    NearLimit,
    /// A window starts anew.
    Reset,
    /// The last ask failed.
    Backoff,
    /// MiniMax named the time.
    ToldToWait,
    /// The key is refused, or nothing is behind it: asking more often changes nothing.
    Rest,
    /// The user, the network or a wake asked for it.
    Asked,
}

impl Reason {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Start,
        Self::Interval,
        Self::Watched,
        Self::NearLimit,
        Self::Reset,
        Self::Backoff,
        Self::ToldToWait,
        Self::Rest,
        Self::Asked,
    ];

    /// Gives the name used in JSON and in the store.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::Interval => "interval",
            Self::Watched => "watched",
            Self::NearLimit => "near_limit",
            Self::Reset => "reset",
            Self::Backoff => "backoff",
            Self::ToldToWait => "told_to_wait",
            Self::Rest => "rest",
            Self::Asked => "asked",
        }
    }

    /// Finds a reason by its name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.name() == name)
    }
}

/// The shortest time between two asks of one account, by whatever reason.
pub const SHORTEST: SignedDuration = SignedDuration::from_secs(1);
/// An answer that has not come after this long is lost.
const LOST_AFTER: SignedDuration = SignedDuration::from_secs(60);
const WATCHED: SignedDuration = SignedDuration::from_mins(1);
const FIRST_BACKOFF: SignedDuration = SignedDuration::from_secs(30);
const LONGEST_BACKOFF: SignedDuration = SignedDuration::from_mins(15);
const REFUSED_REST: SignedDuration = SignedDuration::from_mins(30);

/// What a successful ask tells about the next one.
#[derive(Clone, Copy, Debug)]
pub struct Outlook {
    /// The user's interval.
    pub interval: SignedDuration,
    /// Whether the window is open.
    pub watched: bool,
    /// Whether a window is near its limit and its figure has just changed.
    pub moving_near_limit: bool,
    /// The next moment at which some window starts anew.
    pub next_reset: Option<Timestamp>,
}

/// The asking of one account.
#[derive(Clone, Debug)]
pub struct Schedule {
    next_at: Timestamp,
    reason: Reason,
    failures: u32,
    asked_at: Option<Timestamp>,
    awaited: Option<u64>,
    seed: u64,
}

impl Schedule {
    /// Starts with an ask at once. The seed spreads several accounts; any number will do.
    #[must_use]
    pub const fn new(now: Timestamp, seed: u64) -> Self {
        Self { next_at: now, reason: Reason::Start, failures: 0, asked_at: None, awaited: None, seed }
    }

    /// Gives when it is asked next, and why.
    #[must_use]
    pub const fn next(&self) -> (Timestamp, Reason) {
        (self.next_at, self.reason)
    }

    /// Tells whether an answer is awaited.
    #[must_use]
    pub const fn is_awaiting(&self) -> bool {
        self.awaited.is_some()
    }

    /// Tells whether it is due: its moment has come, or the clock was set back far behind the last ask.
    #[must_use]
    pub fn is_due(&self, now: Timestamp) -> bool {
        let clock_set_back = self.asked_at.is_some_and(|asked| now + LOST_AFTER < asked);
        let lost = self.asked_at.is_some_and(|asked| now.duration_since(asked).abs() > LOST_AFTER);
        (now >= self.next_at || clock_set_back) && (self.awaited.is_none() || lost)
    }

    /// Notes that it is asked now, by this number.
    pub const fn asked(&mut self, now: Timestamp, fetch: u64) {
        self.asked_at = Some(now);
        self.awaited = Some(fetch);
    }

    /// Takes an answer's number; `false` for an answer nobody waits for any more.
    pub fn take(&mut self, fetch: u64) -> bool {
        let expected = self.awaited == Some(fetch);
        if expected {
            self.awaited = None;
        }
        expected
    }

    /// Wants it asked at once because the user clicked.
    pub fn want_now(&mut self, now: Timestamp) {
        // A click within a second of the last ask has its answer already.
        if !self.was_just_asked(now) {
            (self.next_at, self.reason) = (now, Reason::Asked);
        }
    }

    /// Wants it asked as soon as may be: a new key, a wake, a keyring that is back. The last answer does not count.
    pub fn want_soon(&mut self, now: Timestamp) {
        let earliest = self.asked_at.filter(|_| self.was_just_asked(now)).map(|asked| asked + SHORTEST);
        (self.next_at, self.reason) = (earliest.unwrap_or(now), Reason::Asked);
    }

    fn was_just_asked(&self, now: Timestamp) -> bool {
        self.asked_at.is_some_and(|asked| now.duration_since(asked).abs() < SHORTEST)
    }

    /// Forgets an awaited answer: the key was changed, so the answer would be about the old one.
    pub const fn drop_awaited(&mut self) {
        self.awaited = None;
    }

    /// Plans the next ask after a good answer.
    pub fn succeeded(&mut self, now: Timestamp, outlook: Outlook) {
        self.failures = 0;
        let (wait, reason) = match () {
            () if outlook.watched && WATCHED < outlook.interval => (WATCHED, Reason::Watched),
            () if outlook.moving_near_limit && WATCHED < outlook.interval => (WATCHED, Reason::NearLimit),
            () => (outlook.interval, Reason::Interval),
        };
        // Up to a tenth more, so that several accounts drift apart.
        (self.next_at, self.reason) = (now + wait + wait.mul_f64(0.1 * self.chance()), reason);
        // MiniMax needs a moment to open the new window; the spread keeps all users from asking in one second.
        let after_reset =
            |reset: Timestamp, chance: f64| reset + SignedDuration::from_secs_f64(5.0 + 15.0 * chance);
        if let Some(reset) = outlook.next_reset {
            let at = after_reset(reset, self.chance());
            if at < self.next_at && at > now {
                (self.next_at, self.reason) = (at, Reason::Reset);
            }
        }
    }

    /// Plans the next ask after a failure.
    pub fn failed(&mut self, now: Timestamp, failure: &Failure) {
        let doublings = self.failures.min(10);
        self.failures = self.failures.saturating_add(1);
        let (wait, reason) = match failure.kind {
            FailureKind::KeyRejected | FailureKind::KeyRejectedOrWrongRegion => (REFUSED_REST, Reason::Rest),
            FailureKind::NoActivePlan | FailureKind::EndpointMissing | FailureKind::RedirectRefused => {
                (LONGEST_BACKOFF, Reason::Rest)
            }
            FailureKind::NoData
            | FailureKind::PlanExhausted
            | FailureKind::RateLimited
            | FailureKind::ServerError
            | FailureKind::Blocked
            | FailureKind::Unreadable
            | FailureKind::Other
            | FailureKind::Offline
            | FailureKind::Timeout
            | FailureKind::Tls
            | FailureKind::Keyring => {
                ((FIRST_BACKOFF * (1 << doublings)).min(LONGEST_BACKOFF), Reason::Backoff)
            }
        };
        // Jitter only delays.
        let spread = wait + wait.mul_f64(0.25 * self.chance());
        let told = failure.retry_after.and_then(|d| SignedDuration::try_from(d).ok()).unwrap_or_default();
        (self.next_at, self.reason) =
            if told > spread { (now + told, Reason::ToldToWait) } else { (now + spread, reason) };
    }

    /// Brings the next ask forward because someone opened the window.
    pub fn watched(&mut self, now: Timestamp) {
        let soon = now + WATCHED;
        if matches!(self.reason, Reason::Interval) && soon < self.next_at {
            (self.next_at, self.reason) = (soon, Reason::Watched);
        }
    }

    /// Brings the next ask forward when the interval was shortened.
    pub fn interval_changed(&mut self, now: Timestamp, interval: SignedDuration) {
        if matches!(self.reason, Reason::Interval) {
            self.next_at = self.next_at.min(now + interval);
        }
    }

    /// Gives the next of a row of chances, 0.0..1.0. Not for secrets: it only spreads load.
    fn chance(&mut self) -> f64 {
        self.seed = self.seed.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.seed;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        f64::from(u32::try_from((z ^ (z >> 31)) >> 32).unwrap_or_default()) / f64::from(u32::MAX)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn start() -> Timestamp {
        "2026-11-23T04:00:00Z".parse().expect("a moment")
    }

    fn outlook() -> Outlook {
        Outlook {
            interval: SignedDuration::from_mins(5),
            watched: false,
            moving_near_limit: false,
            next_reset: None,
        }
    }

    #[test]
    fn every_reason_is_found_by_its_own_name() {
        for reason in Reason::ALL {
            assert_eq!(Reason::named(reason.name()), Some(reason));
        }
    }

    #[test]
    fn an_account_is_asked_at_its_interval_and_never_twice_at_once() {
        let mut schedule = Schedule::new(start(), 1);
        assert!(schedule.is_due(start()));
        schedule.asked(start(), 1);
        assert!(!schedule.is_due(start() + SignedDuration::from_secs(30)));
        assert!(schedule.take(1));
        schedule.succeeded(start(), outlook());
        assert!(!schedule.is_due(start() + SignedDuration::from_secs(299)));
        assert!(schedule.is_due(start() + SignedDuration::from_secs(331)));
    }

    #[test]
    fn an_answer_nobody_waits_for_is_dropped() {
        let mut schedule = Schedule::new(start(), 1);
        schedule.asked(start(), 7);
        assert!(!schedule.take(6));
        schedule.drop_awaited();
        assert!(!schedule.take(7));
    }

    #[test]
    fn failures_wait_longer_each_time_and_never_longer_than_a_quarter_more_than_the_longest() {
        let mut schedule = Schedule::new(start(), 3);
        let mut waits = Vec::new();
        for _ in 0..12 {
            schedule.failed(start(), &Failure::new(FailureKind::Offline));
            waits.push(schedule.next().0.duration_since(start()).as_secs());
        }
        assert!((30..=38).contains(&waits[0]), "{waits:?}");
        assert!((60..=75).contains(&waits[1]), "{waits:?}");
        assert!(waits.iter().all(|w| *w <= 1125), "{waits:?}");
        assert!(waits[11] >= 900);
    }

    #[test]
    fn the_time_that_minimax_names_is_kept() {
        let mut schedule = Schedule::new(start(), 3);
        let retry_after = Some(Duration::from_secs(990));
        schedule.failed(start(), &Failure { retry_after, ..Failure::new(FailureKind::RateLimited) });
        assert_eq!(schedule.next(), (start() + SignedDuration::from_secs(990), Reason::ToldToWait));
    }

    #[test]
    fn a_refused_key_rests_for_half_an_hour() {
        let mut schedule = Schedule::new(start(), 3);
        schedule.failed(start(), &Failure::new(FailureKind::KeyRejected));
        assert!(!schedule.is_due(start() + SignedDuration::from_mins(29)));
        assert_eq!(schedule.next().1, Reason::Rest);
    }

    #[test]
    fn a_reset_is_looked_at_within_twenty_seconds() {
        for seed in 0..50 {
            let mut schedule = Schedule::new(start(), seed);
            let reset = start() + SignedDuration::from_mins(2);
            schedule.succeeded(start(), Outlook { next_reset: Some(reset), ..outlook() });
            let (at, reason) = schedule.next();
            assert_eq!(reason, Reason::Reset);
            assert!((5..=20).contains(&at.duration_since(reset).as_secs()));
        }
    }

    #[test]
    fn a_click_asks_at_once_but_not_within_a_second_of_the_last_ask() {
        let mut schedule = Schedule::new(start(), 1);
        schedule.asked(start(), 1);
        schedule.take(1);
        schedule.succeeded(start(), outlook());
        schedule.want_now(start() + SignedDuration::from_millis(500));
        assert!(!schedule.is_due(start() + SignedDuration::from_millis(600)));
        schedule.want_now(start() + SignedDuration::from_millis(1000));
        assert!(schedule.is_due(start() + SignedDuration::from_millis(1000)));
    }

    #[test]
    fn a_new_key_is_asked_with_soon_even_just_after_the_old_one() {
        let mut schedule = Schedule::new(start(), 1);
        schedule.asked(start(), 1);
        schedule.drop_awaited();
        schedule.want_soon(start() + SignedDuration::from_millis(300));
        assert!(!schedule.is_due(start() + SignedDuration::from_millis(400)));
        assert!(schedule.is_due(start() + SHORTEST));
    }

    #[test]
    fn a_clock_set_back_neither_stalls_nor_storms() {
        let mut schedule = Schedule::new(start(), 1);
        schedule.asked(start(), 1);
        schedule.take(1);
        schedule.succeeded(start(), outlook());
        let yesterday = start() - SignedDuration::from_hours(24);
        assert!(schedule.is_due(yesterday));
        schedule.asked(yesterday, 2);
        schedule.take(2);
        schedule.succeeded(yesterday, outlook());
        assert!(!schedule.is_due(yesterday + SignedDuration::from_mins(1)));
    }
}
