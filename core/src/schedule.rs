//! When an account is asked again, and why.
//!
//! Owns intervals, back-off, rests and the waits that MiniMax names. Refuses timers: each tick compares the moment
//! with the next one due.

mod turns;

use jiff::{SignedDuration, Timestamp};

use crate::failure::{Failure, FailureKind};
use crate::time::{SaturatingMove as _, scaled};

pub use turns::Turns;

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
/// An answer that has not come after this long is lost. The keyring may take a minute, MiniMax ten seconds.
const LOST_AFTER: SignedDuration = SignedDuration::from_secs(90);
const WATCHED: SignedDuration = SignedDuration::from_mins(1);
const AFTER_RESET: SignedDuration = SignedDuration::from_secs(5);
const AFTER_RESET_SPREAD: SignedDuration = SignedDuration::from_secs(15);
const FIRST_BACKOFF: SignedDuration = SignedDuration::from_secs(30);
const LONGEST_BACKOFF: SignedDuration = SignedDuration::from_mins(15);
/// Where nothing tells that the network is back, only trying finds out.
const LONGEST_OFFLINE: SignedDuration = SignedDuration::from_mins(5);
/// Reading the keyring is cheap and does not reach MiniMax. Not every keyring sends a signal when it is unlocked.
const FIRST_KEYRING_BACKOFF: SignedDuration = SignedDuration::from_secs(5);
const LONGEST_KEYRING_BACKOFF: SignedDuration = SignedDuration::from_mins(1);
const REFUSED_REST: SignedDuration = SignedDuration::from_mins(30);
/// The longest wait that is taken over from before a restart; the answer's reader cuts to a day. A longer one is
/// the work of a clock.
pub(crate) const LONGEST_PAUSE: SignedDuration = SignedDuration::from_hours(25);
/// A network that comes and goes brings no more than one ask in this time.
const BETWEEN_WAKES: SignedDuration = SignedDuration::from_secs(10);
/// Once MiniMax has answered a click in its pause with a pause, clicks ask no more often than this.
pub const BETWEEN_CLICKS: SignedDuration = SignedDuration::from_mins(1);
/// A reading counts for so many intervals.
const INTERVALS_UNTIL_STALE: i32 = 3;

/// Gives the age from which on a reading is too old to go by.
#[must_use]
pub fn stale_after(interval: SignedDuration) -> SignedDuration {
    interval.saturating_mul(INTERVALS_UNTIL_STALE)
}

/// What a successful ask tells about the next one.
#[derive(Clone, Copy, Debug)]
pub struct Outlook {
    /// The user's interval.
    pub interval: SignedDuration,
    /// Whether the window is open.
    pub watched: bool,
    /// Whether a window is near its limit and its figure has changed within the interval.
    pub moving_near_limit: bool,
    /// The next moment at which some window starts anew.
    pub next_reset: Option<Timestamp>,
}

/// What became of the user's wish to be told at once although MiniMax wants a pause.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Insistence {
    /// There is none, or it did not reach MiniMax.
    None,
    /// It is on its way.
    Asked,
    /// The key was replaced since the last request: a stored pause was that of the former key.
    NewKey,
    /// MiniMax wants its pause all the same, and has said so at this moment.
    InVain(Timestamp),
}

/// What is known of the keyring.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Keyring {
    /// It gave the key the last time.
    Read,
    /// It gave no key the last time.
    Failed,
    /// It has changed while an answer is awaited.
    Changed,
}

/// The asking of one account.
#[derive(Clone, Debug)]
pub struct Schedule {
    next_at: Timestamp,
    reason: Reason,
    failures: u32,
    asked_at: Option<Timestamp>,
    /// The latest look at the clock.
    looked_at: Option<Timestamp>,
    awaited: Option<u64>,
    /// Until when MiniMax wants not to be asked.
    told_until: Option<Timestamp>,
    /// Whether the key was refused: no wake makes it a good one.
    is_refused: bool,
    keyring: Keyring,
    /// Whether this ask waits for no other account: someone waits for it, or it has its turn.
    is_hurried: bool,
    woken_at: Option<Timestamp>,
    /// Whether the network came back while an answer was awaited.
    is_woken: bool,
    insistence: Insistence,
    seed: u64,
}

impl Schedule {
    /// Starts with an ask at once. The seed spreads several accounts; any number will do.
    #[must_use]
    pub const fn new(now: Timestamp, seed: u64) -> Self {
        Self {
            next_at: now,
            reason: Reason::Start,
            failures: 0,
            asked_at: None,
            looked_at: None,
            awaited: None,
            told_until: None,
            is_refused: false,
            keyring: Keyring::Read,
            is_hurried: false,
            woken_at: None,
            is_woken: false,
            insistence: Insistence::None,
            seed,
        }
    }

    /// Goes on after a restart: a pause that MiniMax asked for still holds. Anything else begins anew.
    pub fn resume(&mut self, told_until: Timestamp, now: Timestamp) {
        if told_until > now && told_until <= now.plus(LONGEST_PAUSE) {
            self.told_until = self.told_until.max(Some(told_until));
            self.plan(now, now, Reason::Start);
        }
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

    /// Tells whether it is due: its moment has come, and no answer is under way.
    #[must_use]
    pub fn is_due(&self, now: Timestamp) -> bool {
        let lost = self.asked_at.is_some_and(|asked| now.duration_since(asked) > LOST_AFTER);
        now >= self.next_at && (self.awaited.is_none() || lost)
    }

    /// Compares the clock with the latest look at it. If it was set back, the next request is planned again, because a
    /// wrong clock may have planned it weeks ahead.
    ///
    /// A request that was made at a later time by the wrong clock counts as made now, and the pause that was counted from
    /// it moves with the clock. A pause from before keeps its end, unless it is longer than MiniMax can ask for.
    pub fn heed(&mut self, now: Timestamp) {
        let is_later = |moment: &Timestamp| now.plus(LOST_AFTER) < *moment;
        let wrong = self.looked_at.replace(now).filter(is_later);
        let asked = self.asked_at.filter(is_later);
        let Some(before) = wrong.max(asked) else { return };
        let back = before.duration_since(now);
        let longest = now.plus(LONGEST_PAUSE);
        let is_moved = |until: Timestamp| asked.is_some() || until > longest;
        self.told_until =
            self.told_until.map(|until| if is_moved(until) { until.minus(back) } else { until });
        (self.woken_at, self.insistence) = (None, Insistence::None);
        if asked.is_some() {
            self.asked_at = Some(now);
        } else if self.awaited.is_some() {
            return;
        }
        self.plan(now, now, Reason::Asked);
    }

    /// Notes that it is asked now, by this number. If the answer is lost, a pause that MiniMax asked for still holds.
    pub fn asked(&mut self, now: Timestamp, fetch: u64) {
        self.asked_at = Some(now);
        self.awaited = Some(fetch);
        self.is_hurried = false;
        if self.insistence == Insistence::NewKey {
            self.insistence = Insistence::None;
        }
        if let Some(until) = self.told_until.filter(|until| *until > now) {
            (self.next_at, self.reason) = (until, Reason::ToldToWait);
        }
    }

    /// Takes an answer's number; `false` for an answer nobody waits for any more.
    pub fn take(&mut self, fetch: u64) -> bool {
        let expected = self.awaited == Some(fetch);
        if expected {
            self.awaited = None;
        }
        expected
    }

    /// Tells whether the next request is made even if another Tidemark has stored a pause: the user insists, or the pause was
    /// that of the former key.
    #[must_use]
    pub fn ignores_stored_pause(&self, now: Timestamp) -> bool {
        self.insistence == Insistence::NewKey || self.is_told_to_wait(now)
    }

    /// Stops waiting for the answer under way: it will not be given here.
    pub(crate) const fn stop_waiting(&mut self) {
        self.awaited = None;
    }

    /// Wants it asked at once because the user clicked. While MiniMax wants a pause, a click asks all the same, for the
    /// user may know better; but once MiniMax has repeated itself, hammering does not.
    pub fn want_now(&mut self, now: Timestamp) {
        // A click within a second of the last ask has its answer already.
        if self.was_just_asked(now) {
            return;
        }
        if self.is_told_to_wait(now) {
            match self.insistence {
                Insistence::InVain(at) if now.duration_since(at).abs() < BETWEEN_CLICKS => return,
                Insistence::None | Insistence::Asked | Insistence::NewKey | Insistence::InVain(_) => {
                    self.insistence = Insistence::Asked;
                }
            }
        }
        (self.next_at, self.reason, self.is_hurried) = (now, Reason::Asked, true);
    }

    /// Wants it asked as soon as may be: the keyring is back. The last answer does not count.
    pub fn want_soon(&mut self, now: Timestamp) {
        let earliest = self.asked_at.filter(|_| self.was_just_asked(now)).map(|asked| asked.plus(SHORTEST));
        self.plan(now, earliest.unwrap_or(now), Reason::Asked);
    }

    /// Wants it asked soon because the machine woke up, the clock jumped or the network came back. A refused key goes
    /// on resting.
    pub fn woke(&mut self, now: Timestamp) {
        if self.is_refused && self.next_at > now {
            return;
        }
        // What failed without a network says nothing about what comes now.
        let has_failed = std::mem::take(&mut self.failures) > 0;
        let since = |at: Option<Timestamp>| at.map(|at| now.duration_since(at)).filter(|s| !s.is_negative());
        let since_wake = since(self.woken_at).filter(|since| *since < BETWEEN_WAKES);
        match since_wake {
            // Asked for already, before the wake was told of in one more way.
            _ if !has_failed && self.was_just_asked(now) => {}
            // The answer under way decides.
            _ if self.awaited.is_some() && since(self.asked_at).is_some_and(|s| s <= LOST_AFTER) => {
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
                self.want_soon(now);
            }
        }
    }

    /// Plans an attempt at once if the last one failed because of the keyring, or the one under way fails because of it.
    pub fn keyring_changed(&mut self, now: Timestamp) {
        if self.awaited.is_some() {
            self.keyring = Keyring::Changed;
        } else if self.keyring == Keyring::Failed {
            self.want_soon(now);
        }
    }

    /// Begins anew with another key: nothing that was said about the old one holds, nor is its answer awaited.
    pub fn renew(&mut self, now: Timestamp) {
        (self.awaited, self.told_until) = (None, None);
        (self.failures, self.is_refused, self.keyring) = (0, false, Keyring::Read);
        self.insistence = Insistence::NewKey;
        self.want_soon(now);
    }

    /// Lets others go first, once.
    pub(crate) fn wait_until(&mut self, turn: Timestamp) {
        (self.next_at, self.is_hurried) = (self.next_at.max(turn), true);
    }

    /// Tells whether this ask waits for no other account.
    pub(crate) const fn is_hurried(&self) -> bool {
        self.is_hurried
    }

    /// Plans the next ask after a good answer.
    pub fn succeeded(&mut self, now: Timestamp, outlook: Outlook) {
        (self.failures, self.is_refused, self.is_woken) = (0, false, false);
        self.keyring = Keyring::Read;
        (self.told_until, self.insistence) = (None, Insistence::None);
        let (wait, reason) = match () {
            () if outlook.watched && WATCHED < outlook.interval => (WATCHED, Reason::Watched),
            () if outlook.moving_near_limit && WATCHED < outlook.interval => (WATCHED, Reason::NearLimit),
            () => (outlook.interval, Reason::Interval),
        };
        // Up to a tenth more, so that several accounts drift apart.
        let spread = scaled(wait, 0.1 * self.chance());
        (self.next_at, self.reason) = (now.plus(wait.saturating_add(spread)), reason);
        // MiniMax needs a moment to open the new window; the spread keeps all users from asking in one second.
        if let Some(reset) = outlook.next_reset {
            let at = reset.plus(AFTER_RESET.saturating_add(scaled(AFTER_RESET_SPREAD, self.chance())));
            if at < self.next_at && at > now {
                (self.next_at, self.reason) = (at, Reason::Reset);
            }
        }
    }

    /// Plans the next ask after a failure.
    pub fn failed(&mut self, now: Timestamp, failure: &Failure) {
        let keyring = if failure.kind == FailureKind::Keyring { Keyring::Failed } else { Keyring::Read };
        let before = std::mem::replace(&mut self.keyring, keyring);
        // A keyring that was locked says nothing about MiniMax, nor the other way round.
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
        let told = failure.retry_after.and_then(|d| SignedDuration::try_from(d).ok()).unwrap_or_default();
        if self.insistence == Insistence::Asked {
            self.insistence = if told.is_zero() { Insistence::None } else { Insistence::InVain(now) };
        }
        // A newer word may lengthen a pause, never shorten it.
        self.told_until = self.told_until.max(now.checked_add(told).ok().filter(|_| !told.is_zero()));
        // Jitter only delays.
        let spread = wait.saturating_add(scaled(wait, 0.25 * self.chance()));
        // Sent before the network was back, so it says little.
        let is_outdated = std::mem::take(&mut self.is_woken) && reason == Reason::Backoff;
        let spread = if is_outdated { spread.min(BETWEEN_WAKES) } else { spread };
        self.plan(now, now.plus(spread), reason);
        // The key may have been read before the change.
        if before == Keyring::Changed {
            self.keyring_changed(now);
        }
    }

    /// Brings the next ask forward because someone opened the window.
    pub fn watched(&mut self, now: Timestamp) {
        let soon = now.plus(WATCHED);
        if matches!(self.reason, Reason::Interval) && soon < self.next_at {
            (self.next_at, self.reason) = (soon, Reason::Watched);
        }
    }

    /// Brings the next ask forward when the interval was shortened.
    pub fn interval_changed(&mut self, now: Timestamp, interval: SignedDuration) {
        if matches!(self.reason, Reason::Interval) {
            self.next_at = self.next_at.min(now.plus(interval));
        }
    }

    /// Plans the next ask, but never earlier than MiniMax wants it.
    fn plan(&mut self, now: Timestamp, at: Timestamp, reason: Reason) {
        self.is_hurried = false;
        (self.next_at, self.reason) = match self.told_until.filter(|told| *told > now && *told > at) {
            Some(told) => (told, Reason::ToldToWait),
            None => (at, reason),
        };
    }

    fn is_told_to_wait(&self, now: Timestamp) -> bool {
        self.told_until.is_some_and(|told| told > now)
    }

    fn was_just_asked(&self, now: Timestamp) -> bool {
        self.asked_at.is_some_and(|asked| now.duration_since(asked).abs() < SHORTEST)
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
mod tests;
