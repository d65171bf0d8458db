//! When an account is polled next, and why: interval, back-off, rests, and the pauses that MiniMax asks for.
//!
//! There are no timers here: each tick compares the current time with the next due time.

mod stagger;

use jiff::{SignedDuration, Timestamp};

use crate::failure::{Failure, FailureKind};
use crate::time::{SaturatingMove as _, scaled};

pub use stagger::StaggeredStart;

/// Why an account is polled at its next time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reason {
    /// The app has started, or the account is new.
    Start,
    /// The user's interval.
    Interval,
    /// The window is open.
    Watched,
    /// A window is near its limit and its figure changes.
    NearLimit,
    /// A window resets.
    Reset,
    /// The last poll failed.
    Backoff,
    /// MiniMax asked for a pause until then.
    ToldToWait,
    /// The key is rejected, or has no plan: polling more often changes nothing.
    Rest,
    /// The user, the network or a wake-up requested it.
    Asked,
}

impl Reason {
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

    /// Returns the name used in JSON and in the store.
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

    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.name() == name)
    }
}

/// The shortest time between two polls of one account, whatever their reasons.
pub const MIN_POLL_INTERVAL: SignedDuration = SignedDuration::from_secs(1);
/// An answer that has not come after this long is lost. The keyring may take a minute, MiniMax ten seconds.
const ANSWER_TIMEOUT: SignedDuration = SignedDuration::from_secs(90);
const WATCHED: SignedDuration = SignedDuration::from_mins(1);
const AFTER_RESET: SignedDuration = SignedDuration::from_secs(5);
const AFTER_RESET_SPREAD: SignedDuration = SignedDuration::from_secs(15);
const FIRST_BACKOFF: SignedDuration = SignedDuration::from_secs(30);
const LONGEST_BACKOFF: SignedDuration = SignedDuration::from_mins(15);
/// If nothing reports that the network is back, only a poll detects it.
const LONGEST_OFFLINE: SignedDuration = SignedDuration::from_mins(5);
/// Reading the keyring is cheap and does not reach MiniMax. Not every keyring sends a signal when it is unlocked.
const FIRST_KEYRING_BACKOFF: SignedDuration = SignedDuration::from_secs(5);
const LONGEST_KEYRING_BACKOFF: SignedDuration = SignedDuration::from_mins(1);
const REFUSED_REST: SignedDuration = SignedDuration::from_mins(30);
/// The longest pause that continues after a restart. The parser of answers limits pauses to a day, so a longer one
/// comes from a wrong clock.
pub(crate) const LONGEST_PAUSE: SignedDuration = SignedDuration::from_hours(25);
/// A network that comes and goes causes at most one poll in this time.
const BETWEEN_WAKES: SignedDuration = SignedDuration::from_secs(10);
/// After MiniMax has answered a click during its pause with a pause, clicks poll no more often than this.
pub const BETWEEN_CLICKS: SignedDuration = SignedDuration::from_mins(1);
/// A reading is stale after this many intervals.
const INTERVALS_UNTIL_STALE: i32 = 3;

/// Returns the age above which a reading is stale.
#[must_use]
pub fn stale_after(interval: SignedDuration) -> SignedDuration {
    interval.saturating_mul(INTERVALS_UNTIL_STALE)
}

/// What a successful poll means for the next one.
#[derive(Clone, Copy, Debug)]
pub struct PollInputs {
    /// The user's interval.
    pub interval: SignedDuration,
    /// Whether the window is open.
    pub watched: bool,
    /// Whether a window is near its limit and its figure has changed within the interval.
    pub moving_near_limit: bool,
    /// The next reset of any window.
    pub next_reset: Option<Timestamp>,
}

/// The state of a poll that the user requests although MiniMax asked for a pause.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum PauseOverride {
    /// There is none, or it did not reach MiniMax.
    None,
    /// The user has requested it; the result is not known yet.
    Asked,
    /// The key was replaced since the last request: a stored pause is that of the former key.
    NewKey,
    /// MiniMax answered it with a pause at this time.
    Repeated(Timestamp),
}

/// The state of the keyring.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum KeyringState {
    /// It gave the key the last time.
    Read,
    /// It gave no key the last time.
    Failed,
    /// It changed while an answer was awaited.
    Changed,
}

/// The polling of one account.
#[derive(Clone, Debug)]
pub struct Schedule {
    next_at: Timestamp,
    reason: Reason,
    failures: u32,
    asked_at: Option<Timestamp>,
    /// The time at the last check of the clock.
    looked_at: Option<Timestamp>,
    awaited: Option<u64>,
    /// The end of the pause that MiniMax asked for.
    retry_after_until: Option<Timestamp>,
    /// Whether the key was rejected: no wake-up makes it valid.
    is_refused: bool,
    keyring: KeyringState,
    /// Whether this poll does not wait for other accounts: the user waits for it, or it is in its slot.
    is_hurried: bool,
    woken_at: Option<Timestamp>,
    /// Whether the network came back while an answer was awaited.
    is_woken: bool,
    pause_override: PauseOverride,
    seed: u64,
}

impl Schedule {
    /// The first poll is due immediately. The seed spreads the accounts; any number will do.
    #[must_use]
    pub const fn new(now: Timestamp, seed: u64) -> Self {
        Self {
            next_at: now,
            reason: Reason::Start,
            failures: 0,
            asked_at: None,
            looked_at: None,
            awaited: None,
            retry_after_until: None,
            is_refused: false,
            keyring: KeyringState::Read,
            is_hurried: false,
            woken_at: None,
            is_woken: false,
            pause_override: PauseOverride::None,
            seed,
        }
    }

    /// Continues after a restart: a pause that MiniMax asked for still applies. Everything else starts from the
    /// beginning.
    pub fn resume(&mut self, retry_after_until: Timestamp, now: Timestamp) {
        if retry_after_until > now && retry_after_until <= now.plus(LONGEST_PAUSE) {
            self.retry_after_until = self.retry_after_until.max(Some(retry_after_until));
            self.plan(now, now, Reason::Start);
        }
    }

    /// Returns when the account is polled next, and why.
    #[must_use]
    pub const fn next(&self) -> (Timestamp, Reason) {
        (self.next_at, self.reason)
    }

    #[must_use]
    pub const fn is_awaiting(&self) -> bool {
        self.awaited.is_some()
    }

    /// Whether the poll is due: its time has come, and no answer is awaited, or the awaited one is lost.
    #[must_use]
    pub fn is_due(&self, now: Timestamp) -> bool {
        let lost = self.asked_at.is_some_and(|asked| now.duration_since(asked) > ANSWER_TIMEOUT);
        now >= self.next_at && (self.awaited.is_none() || lost)
    }

    /// Detects that the clock was set back by more than `ANSWER_TIMEOUT`. If so, plans the next poll again, because a wrong
    /// clock may have planned it weeks ahead.
    ///
    /// A request that the wrong clock dates in the future counts as made now, and the pause that was counted from it
    /// moves with the clock. A pause from before keeps its end, unless it is longer than MiniMax can ask for.
    pub fn check_clock(&mut self, now: Timestamp) {
        let is_later = |moment: &Timestamp| now.plus(ANSWER_TIMEOUT) < *moment;
        let wrong = self.looked_at.replace(now).filter(is_later);
        let asked = self.asked_at.filter(is_later);
        let Some(before) = wrong.max(asked) else { return };
        let back = before.duration_since(now);
        let longest = now.plus(LONGEST_PAUSE);
        let is_moved = |until: Timestamp| asked.is_some() || until > longest;
        self.retry_after_until =
            self.retry_after_until.map(|until| if is_moved(until) { until.minus(back) } else { until });
        (self.woken_at, self.pause_override) = (None, PauseOverride::None);
        if asked.is_some() {
            self.asked_at = Some(now);
        } else if self.awaited.is_some() {
            return;
        }
        self.plan(now, now, Reason::Asked);
    }

    /// Records a request with this number. If its answer is lost, a pause that MiniMax asked for still applies.
    pub fn asked(&mut self, now: Timestamp, fetch: u64) {
        self.asked_at = Some(now);
        self.awaited = Some(fetch);
        self.is_hurried = false;
        if self.pause_override == PauseOverride::NewKey {
            self.pause_override = PauseOverride::None;
        }
        if let Some(until) = self.retry_after_until.filter(|until| *until > now) {
            (self.next_at, self.reason) = (until, Reason::ToldToWait);
        }
    }

    /// Accepts an answer by its number; `false` if that answer is not awaited any more.
    pub fn accept_answer(&mut self, fetch: u64) -> bool {
        let expected = self.awaited == Some(fetch);
        if expected {
            self.awaited = None;
        }
        expected
    }

    /// Whether the next request is made even if another Tidemark process has stored a pause: the user insists, or the
    /// pause was that of the former key.
    #[must_use]
    pub fn ignores_stored_pause(&self, now: Timestamp) -> bool {
        self.pause_override == PauseOverride::NewKey || self.is_in_pause(now)
    }

    /// Stops waiting for the answer: it will not be delivered here.
    pub(crate) const fn stop_waiting(&mut self) {
        self.awaited = None;
    }

    /// Requests a poll now because the user clicked. During a pause of MiniMax a click still polls, because the user
    /// may know better; after MiniMax has answered a click with another pause, clicks poll at most once per
    /// [`BETWEEN_CLICKS`].
    pub fn poll_now(&mut self, now: Timestamp) {
        // A click within a second of the last poll gets the result of that poll.
        if self.was_just_asked(now) {
            return;
        }
        if self.is_in_pause(now) {
            match self.pause_override {
                PauseOverride::Repeated(at) if now.duration_since(at).abs() < BETWEEN_CLICKS => return,
                PauseOverride::None
                | PauseOverride::Asked
                | PauseOverride::NewKey
                | PauseOverride::Repeated(_) => {
                    self.pause_override = PauseOverride::Asked;
                }
            }
        }
        (self.next_at, self.reason, self.is_hurried) = (now, Reason::Asked, true);
    }

    /// Plans a poll as soon as possible, for example because the keyring is available again. Unlike for a click, a poll
    /// of the last second does not replace it.
    pub fn poll_soon(&mut self, now: Timestamp) {
        let earliest =
            self.asked_at.filter(|_| self.was_just_asked(now)).map(|asked| asked.plus(MIN_POLL_INTERVAL));
        self.plan(now, earliest.unwrap_or(now), Reason::Asked);
    }

    /// Plans a poll soon because the machine woke up, the clock jumped or the network came back. A rejected key keeps
    /// resting.
    pub fn on_wake(&mut self, now: Timestamp) {
        if self.is_refused && self.next_at > now {
            return;
        }
        // Failures without a network say nothing about the next poll.
        let has_failed = std::mem::take(&mut self.failures) > 0;
        let since = |at: Option<Timestamp>| at.map(|at| now.duration_since(at)).filter(|s| !s.is_negative());
        let since_wake = since(self.woken_at).filter(|since| *since < BETWEEN_WAKES);
        match since_wake {
            // Already polled: the same wake-up was reported in another way before.
            _ if !has_failed && self.was_just_asked(now) => {}
            // A request is under way; its result decides.
            _ if self.awaited.is_some() && since(self.asked_at).is_some_and(|s| s <= ANSWER_TIMEOUT) => {
                self.is_woken = true;
            }
            Some(since) if has_failed => {
                self.plan(
                    now,
                    now.plus(BETWEEN_WAKES.saturating_sub(since)).min(self.next_at),
                    Reason::Asked,
                );
            }
            Some(_) => {}
            None => {
                self.woken_at = Some(now);
                self.poll_soon(now);
            }
        }
    }

    /// Plans a poll now if the last one failed because of the keyring, or when the one under way fails because of it.
    pub fn keyring_changed(&mut self, now: Timestamp) {
        if self.awaited.is_some() {
            self.keyring = KeyringState::Changed;
        } else if self.keyring == KeyringState::Failed {
            self.poll_soon(now);
        }
    }

    /// Starts over with another key: nothing known about the old one applies, and its answer is not awaited.
    pub fn on_key_replaced(&mut self, now: Timestamp) {
        (self.awaited, self.retry_after_until) = (None, None);
        (self.failures, self.is_refused, self.keyring) = (0, false, KeyringState::Read);
        self.pause_override = PauseOverride::NewKey;
        self.poll_soon(now);
    }

    /// Delays the poll to its slot after other accounts. It is not delayed a second time.
    pub(crate) fn wait_until(&mut self, turn: Timestamp) {
        (self.next_at, self.is_hurried) = (self.next_at.max(turn), true);
    }

    /// Whether this poll does not wait for other accounts.
    pub(crate) const fn is_hurried(&self) -> bool {
        self.is_hurried
    }

    /// Plans the next poll after a good answer.
    pub fn succeeded(&mut self, now: Timestamp, outlook: PollInputs) {
        (self.failures, self.is_refused, self.is_woken) = (0, false, false);
        self.keyring = KeyringState::Read;
        (self.retry_after_until, self.pause_override) = (None, PauseOverride::None);
        let (wait, reason) = match () {
            () if outlook.watched && WATCHED < outlook.interval => (WATCHED, Reason::Watched),
            () if outlook.moving_near_limit && WATCHED < outlook.interval => (WATCHED, Reason::NearLimit),
            () => (outlook.interval, Reason::Interval),
        };
        // Up to a tenth more, so that several accounts drift apart.
        let spread = scaled(wait, 0.1 * self.jitter());
        (self.next_at, self.reason) = (now.plus(wait.saturating_add(spread)), reason);
        // MiniMax needs a moment to open the new window; the spread prevents that all users poll in one second.
        if let Some(reset) = outlook.next_reset {
            let at = reset.plus(AFTER_RESET.saturating_add(scaled(AFTER_RESET_SPREAD, self.jitter())));
            if at < self.next_at && at > now {
                (self.next_at, self.reason) = (at, Reason::Reset);
            }
        }
    }

    /// Plans the next poll after a failure.
    pub fn failed(&mut self, now: Timestamp, failure: &Failure) {
        let keyring =
            if failure.kind == FailureKind::Keyring { KeyringState::Failed } else { KeyringState::Read };
        let before = std::mem::replace(&mut self.keyring, keyring);
        // Failures of the keyring do not count for MiniMax's back-off, nor the other way round.
        if before != keyring {
            self.failures = 0;
        }
        let doublings = self.failures.min(10);
        self.failures = self.failures.saturating_add(1);
        self.is_refused = failure.kind.is_refusal();
        let doubled = |first: SignedDuration, longest: SignedDuration| {
            first.saturating_mul(1 << doublings).min(longest)
        };
        let backoff = |longest: SignedDuration| doubled(FIRST_BACKOFF, longest);
        let (wait, reason) = match failure.kind {
            FailureKind::KeyRejected | FailureKind::KeyRejectedOrWrongRegion => (REFUSED_REST, Reason::Rest),
            FailureKind::NoActivePlan | FailureKind::EndpointMissing | FailureKind::RedirectRefused => {
                (LONGEST_BACKOFF, Reason::Rest)
            }
            FailureKind::Offline | FailureKind::Timeout => (backoff(LONGEST_OFFLINE), Reason::Backoff),
            FailureKind::NoData
            | FailureKind::PlanExhausted
            | FailureKind::RateLimited
            | FailureKind::ServerError
            | FailureKind::Blocked
            | FailureKind::Unreadable
            | FailureKind::Other
            | FailureKind::Tls => (backoff(LONGEST_BACKOFF), Reason::Backoff),
            FailureKind::Keyring => {
                (doubled(FIRST_KEYRING_BACKOFF, LONGEST_KEYRING_BACKOFF), Reason::Backoff)
            }
        };
        let retry_after =
            failure.retry_after.and_then(|d| SignedDuration::try_from(d).ok()).unwrap_or_default();
        if self.pause_override == PauseOverride::Asked {
            self.pause_override =
                if retry_after.is_zero() { PauseOverride::None } else { PauseOverride::Repeated(now) };
        }
        // A newer answer may lengthen a pause, never shorten it.
        self.retry_after_until =
            self.retry_after_until.max(now.checked_add(retry_after).ok().filter(|_| !retry_after.is_zero()));
        // Jitter only delays.
        let spread = wait.saturating_add(scaled(wait, 0.25 * self.jitter()));
        // The request was sent before the network was back, so its failure says little.
        let is_outdated = std::mem::take(&mut self.is_woken) && reason == Reason::Backoff;
        let spread = if is_outdated { spread.min(BETWEEN_WAKES) } else { spread };
        self.plan(now, now.plus(spread), reason);
        // The key may have been read before the change.
        if before == KeyringState::Changed {
            self.keyring_changed(now);
        }
    }

    /// Brings the next poll forward because the window was opened.
    pub fn watched(&mut self, now: Timestamp) {
        let soon = now.plus(WATCHED);
        if matches!(self.reason, Reason::Interval) && soon < self.next_at {
            (self.next_at, self.reason) = (soon, Reason::Watched);
        }
    }

    /// Brings the next poll forward if the interval was shortened.
    pub fn interval_changed(&mut self, now: Timestamp, interval: SignedDuration) {
        if matches!(self.reason, Reason::Interval) {
            self.next_at = self.next_at.min(now.plus(interval));
        }
    }

    /// Plans the next poll, but not before the end of MiniMax's pause.
    fn plan(&mut self, now: Timestamp, at: Timestamp, reason: Reason) {
        self.is_hurried = false;
        (self.next_at, self.reason) = match self.retry_after_until.filter(|until| *until > now && *until > at)
        {
            Some(until) => (until, Reason::ToldToWait),
            None => (at, reason),
        };
    }

    fn is_in_pause(&self, now: Timestamp) -> bool {
        self.retry_after_until.is_some_and(|until| until > now)
    }

    fn was_just_asked(&self, now: Timestamp) -> bool {
        self.asked_at.is_some_and(|asked| now.duration_since(asked).abs() < MIN_POLL_INTERVAL)
    }

    /// Returns the next pseudo-random number (`splitmix64`), 0.0..=1.0. Not for secrets: it only spreads load.
    fn jitter(&mut self) -> f64 {
        self.seed = self.seed.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.seed;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        f64::from(u32::try_from((z ^ (z >> 31)) >> 32).unwrap_or_default()) / f64::from(u32::MAX)
    }
}

#[cfg(test)]
mod tests;
