//! Which key to use now: the plan's own, or that of the pay-as-you-go account paired with it.
//!
//! Owns the choice, its hysteresis and when a choice needs a fresh reading. Refuses keys, and refuses to spend money
//! on a doubt: what is not known changes nothing.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::failure::FailureKind;
use crate::level::{self, Level, Thresholds};
use crate::reading::{Percent, Row};
use crate::watched::Watched;

/// Whose key is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Use {
    /// The plan's own.
    Plan,
    /// That of the pay-as-you-go account paired with it.
    Paired,
}

/// Why this key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// The plan has quota.
    Quota,
    /// The plan is spent.
    Spent,
    /// Credits now cover it, and they are used with the plan's key (MiniMax's FAQ).
    Credits,
    /// The plan is spent and no account is paired with it.
    NoPair,
    /// The plan shows quota before its reset, too little or too often to rely on.
    NotYetBack,
    /// Nothing trustworthy is known, so the former choice stays.
    NotKnown,
}

/// What the end of a spent window is worth.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Bound {
    /// No answer told it.
    #[default]
    Guessed,
    /// An answer told it.
    Told,
    /// It was seen to slide, as a rolling window's does: there is no single reset.
    Sliding,
}

/// Which key is used, and what the next choice has to know of this one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    /// Whose key.
    pub takes: Use,
    /// Why.
    pub reason: Reason,
    /// Since when it is whose key, by the server's clock.
    pub since: Timestamp,
    /// When the window that was spent starts anew; `None` where none was, or where that is over.
    pub over_at: Option<Timestamp>,
    /// Whether quota has brought the plan's key back before that once.
    pub returned_early: bool,
    /// What that moment is worth.
    #[serde(default)]
    pub bound: Bound,
}

/// How the plan stands, as far as the choice goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It can be used.
    HasQuota {
        /// The share that is left; `None` where it is not metered.
        left: Option<Percent>,
    },
    /// It is used up.
    Spent {
        /// When it can be used again, by the server's clock, where that is known.
        until: Option<Timestamp>,
    },
    /// Nothing trustworthy is known: no reading, an old one, or one of a window that has ended since.
    NotKnown,
    /// Its key is refused.
    Refused,
    /// No plan is behind its key.
    NoPlan,
}

/// What a choice goes by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seen {
    /// How the plan stands.
    pub standing: Standing,
    /// Whether the user says that Credits stand behind it.
    pub has_credits: bool,
    /// Whether a pay-as-you-go account is paired with it.
    pub has_pair: bool,
    /// The moment, by the server's clock.
    pub at: Timestamp,
}

/// Why there is no key to use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Useless {
    /// MiniMax refuses the plan's key.
    Refused,
    /// No plan is behind it, and no Credits.
    NoPlan,
}

/// Before the reset this much must be left to go back to the plan, in percent: less may be gone with the next request.
const BACK: f64 = 5.0;

/// What must be left of a rolling window, in percent: it returns bit by bit, and each change of keys costs that much.
const BACK_ROLLING: f64 = 10.0;

/// Bounds that move by less only tremble.
const TREMBLE: SignedDuration = SignedDuration::from_mins(2);

/// How long a spent window lasts that names no reset: the text window of MiniMax's FAQ.
const WINDOW: SignedDuration = SignedDuration::from_hours(5);

/// How long a reading serves everyone who asks for a key: tools ask several times at once.
const SHARED: SignedDuration = SignedDuration::from_secs(30);

impl Seen {
    /// Says how a plan account stands at a moment of the local clock.
    #[must_use]
    pub fn of(watched: &Watched, thresholds: Thresholds, interval: SignedDuration, now: Timestamp) -> Self {
        Self {
            standing: standing(watched, thresholds, interval, now),
            has_credits: watched.account.has_credits,
            has_pair: watched.account.pair.is_some(),
            at: watched.server_now(now),
        }
    }
}

/// Chooses the key.
///
/// Goes over to the pair once the plan is seen spent, and back once quota is seen after the reset. Quota that shows
/// before the reset brings the plan's key back only with 5 % and once: a plan that stands at 0 or 1 % would otherwise
/// change the key with every request. A rolling window has no such reset: 10 % bring the key back whenever they show.
///
/// # Errors
///
/// [`Useless`] where neither key may be given: a pair takes over from a spent plan, not from one that is gone.
pub fn choose(seen: &Seen, former: Option<Choice>) -> Result<Choice, Useless> {
    let former = former.map_or_else(|| Choice::first(seen.at), |choice| choice.at(seen.at));
    match seen.standing {
        Standing::Refused => Err(Useless::Refused),
        Standing::NoPlan if !seen.has_credits => Err(Useless::NoPlan),
        Standing::NoPlan => Ok(former.take(Use::Plan, Reason::Credits, seen.at)),
        Standing::Spent { .. } if seen.has_credits => Ok(former.take(Use::Plan, Reason::Credits, seen.at)),
        Standing::Spent { .. } if !seen.has_pair => Ok(former.take(Use::Plan, Reason::NoPair, seen.at)),
        Standing::Spent { until } => Ok(former.hand_over(until, seen.at)),
        Standing::HasQuota { left } => Ok(former.give_back(left, seen)),
        Standing::NotKnown => {
            let takes = if seen.has_pair && !seen.has_credits { former.takes } else { Use::Plan };
            Ok(former.take(takes, Reason::NotKnown, seen.at))
        }
    }
}

/// Tells whether a choice needs MiniMax to be asked first.
///
/// `asked_at` is when it was last asked for the sake of a choice, `app_asks` whether the running app asks by itself
/// every `interval`. What came within the last 30 s, good or bad, serves everyone, and a wait that MiniMax demands is
/// kept.
#[must_use]
pub fn must_ask(
    watched: &Watched,
    asked_at: Option<Timestamp>,
    app_asks: bool,
    interval: SignedDuration,
    now: Timestamp,
) -> bool {
    let read_at = watched.good.as_ref().map(|good| good.at).max(watched.failure.map(|(at, _)| at));
    if watched.pause_until(now).is_some() {
        return false;
    }
    let within = |at: Option<Timestamp>, limit: SignedDuration| {
        at.is_some_and(|at| (SignedDuration::ZERO..limit).contains(&now.duration_since(at)))
    };
    if let Some(ended_at) = ended_at(watched, now) {
        return !within(read_at.max(asked_at).filter(|last| *last >= ended_at), SHARED);
    }
    if within(read_at, SHARED) || within(asked_at, SHARED) {
        return false;
    }
    // A refusal or a missing plan rests for long in the app; here it costs the user a key.
    let is_barred = matches!(
        watched.deciding_failure(),
        Some(
            FailureKind::KeyRejected
                | FailureKind::KeyRejectedOrWrongRegion
                | FailureKind::NoActivePlan
                | FailureKind::Keyring
        )
    );
    !app_asks || is_barred || !within(read_at, interval)
}

impl Choice {
    const fn first(at: Timestamp) -> Self {
        Self {
            takes: Use::Plan,
            reason: Reason::NotKnown,
            since: at,
            over_at: None,
            returned_early: false,
            bound: Bound::Guessed,
        }
    }

    /// Forgets a window that is over, unless its end still has to bring the plan's key back.
    fn at(self, at: Timestamp) -> Self {
        let is_over = self.takes == Use::Plan && self.over_at.is_some_and(|over| over <= at);
        if is_over { self.of_no_window() } else { self }
    }

    const fn of_no_window(self) -> Self {
        Self { over_at: None, returned_early: false, bound: Bound::Guessed, ..self }
    }

    fn take(self, takes: Use, reason: Reason, at: Timestamp) -> Self {
        let since = if takes == self.takes { self.since } else { at };
        Self { takes, reason, since, ..self }
    }

    fn hand_over(self, until: Option<Timestamp>, at: Timestamp) -> Self {
        let taken = self.take(Use::Paired, Reason::Spent, at);
        match (until, self.over_at) {
            (None, known) => Self { over_at: known.or_else(|| at.checked_add(WINDOW).ok()), ..taken },
            (Some(until), Some(known)) if known > at => match self.bound {
                Bound::Guessed => Self { over_at: Some(until), bound: Bound::Told, ..taken },
                Bound::Told | Bound::Sliding if until.duration_since(known) > TREMBLE => {
                    Self { over_at: Some(until), bound: Bound::Sliding, ..taken }
                }
                Bound::Told | Bound::Sliding => taken,
            },
            (Some(until), _) => Self { over_at: Some(until), bound: Bound::Told, ..taken.of_no_window() },
        }
    }

    fn give_back(self, left: Option<Percent>, seen: &Seen) -> Self {
        let may_stay = self.takes == Use::Paired && seen.has_pair && !seen.has_credits;
        if !may_stay {
            return self.take(Use::Plan, Reason::Quota, seen.at);
        }
        let is_over = self.over_at.is_none_or(|over| over <= seen.at);
        if is_over {
            return self.of_no_window().take(Use::Plan, Reason::Quota, seen.at);
        }
        if self.bound == Bound::Sliding && left.is_none_or(|left| left.get() >= BACK_ROLLING) {
            return self.take(Use::Plan, Reason::Quota, seen.at);
        }
        let is_enough = left.is_none_or(|left| left.get() >= BACK);
        if is_enough && !self.returned_early {
            return Self { returned_early: true, ..self.take(Use::Plan, Reason::Quota, seen.at) };
        }
        self.take(Use::Paired, Reason::NotYetBack, seen.at)
    }
}

fn standing(watched: &Watched, thresholds: Thresholds, interval: SignedDuration, now: Timestamp) -> Standing {
    match watched.deciding_failure() {
        Some(kind) if kind.is_refusal() => return Standing::Refused,
        Some(FailureKind::NoActivePlan) => return Standing::NoPlan,
        _ => {}
    }
    match watched.level(thresholds, interval, now) {
        // A plan that covers nothing is none, as in `status`.
        Level::Good if covers_nothing(watched) => Standing::NoPlan,
        Level::Good | Level::Near | Level::Critical => {
            let left = watched.headline().and_then(|(_, window)| window.quota.metered_left());
            Standing::HasQuota { left }
        }
        Level::Spent => {
            let row = watched.plan().and_then(|plan| plan.headline_row());
            Standing::Spent { until: row.and_then(level::blocked_until) }
        }
        Level::Unknown | Level::Trouble => Standing::NotKnown,
    }
}

fn covers_nothing(watched: &Watched) -> bool {
    watched.plan().is_some_and(|plan| !plan.rows.is_empty() && plan.rows.iter().all(Row::is_not_in_plan))
}

/// Gives the moment of the local clock at which the window read last ended, where that has come.
fn ended_at(watched: &Watched, now: Timestamp) -> Option<Timestamp> {
    let good = watched.good.as_ref()?;
    let (_, window) = watched.headline()?;
    window.resets_at?.checked_sub(good.skew).ok().filter(|ended| *ended <= now)
}

#[cfg(test)]
mod tests;
