//! Which key to use now: the plan's own, or that of the pay-as-you-go account paired with it.
//!
//! Contains the choice, its hysteresis, and when a choice needs a fresh reading. What is not known changes nothing, so
//! that no money is spent on an uncertain reading.

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
    /// The plan's own key.
    Plan,
    /// The key of the pay-as-you-go account paired with the plan.
    Paired,
}

/// Why this key is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// The plan has quota.
    Quota,
    /// The plan is used up.
    Spent,
    /// Credits cover the plan now. They are used with the plan's key (MiniMax's FAQ).
    Credits,
    /// The plan is used up and no account is paired with it.
    NoPair,
    /// The plan shows quota before its reset, but too little or too often to rely on.
    NotYetBack,
    /// Nothing reliable is known, so the former choice stays.
    NotKnown,
}

/// How reliable the end of a spent window is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Bound {
    /// No answer contained it.
    #[default]
    Guessed,
    /// An answer contained it.
    Told,
    /// It was seen to move with the clock, as a rolling window's end does: there is no single reset.
    Sliding,
}

/// Which key is used, and what the next choice needs to know about this one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    pub takes: Use,
    pub reason: Reason,
    /// Since when this key is used, by the server's clock.
    pub since: Timestamp,
    /// When the spent window resets; `None` if none was spent, or its reset has passed.
    pub over_at: Option<Timestamp>,
    /// Whether quota has switched back to the plan's key once before `over_at`.
    pub returned_early: bool,
    /// How reliable `over_at` is.
    #[serde(default)]
    pub bound: Bound,
}

/// The state of the plan, as far as the choice needs it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// The plan can be used.
    HasQuota {
        /// The share that is left; `None` if it is not metered.
        left: Option<Percent>,
    },
    /// The plan is used up.
    Spent {
        /// When it can be used again, by the server's clock, if known.
        until: Option<Timestamp>,
    },
    /// Nothing reliable is known: no reading, a stale one, or one of a window that has ended since.
    NotKnown,
    /// MiniMax rejects its key.
    Refused,
    /// Its key has no plan.
    NoPlan,
}

/// The input of a choice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seen {
    pub standing: Standing,
    /// Whether the user says that Credits cover the plan.
    pub has_credits: bool,
    /// Whether a pay-as-you-go account is paired with the plan.
    pub has_pair: bool,
    /// The current time, by the server's clock.
    pub at: Timestamp,
}

/// Why there is no key to use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Useless {
    /// MiniMax rejects the plan's key.
    Refused,
    /// The key has no plan and no Credits.
    NoPlan,
}

/// What must be left to go back to the plan before the reset, in percent: less may be used up by the next request.
const BACK: f64 = 5.0;

/// What must be left of a rolling window, in percent: it frees quota in small steps, and with this limit at least that
/// much is used between two changes of keys.
const BACK_ROLLING: f64 = 10.0;

/// If the end moves by less, the difference is noise.
const TREMBLE: SignedDuration = SignedDuration::from_mins(2);

/// The assumed length of a spent window without a reset: the text window of MiniMax's FAQ.
const WINDOW: SignedDuration = SignedDuration::from_hours(5);

/// How long a reading is shared by all callers that need a key: tools request it several times in a row.
const SHARED: SignedDuration = SignedDuration::from_secs(30);

impl Seen {
    /// Describes a plan account at a time of the local clock.
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
/// Switches to the paired account when the plan is used up, and back when quota shows after the reset. Quota that shows
/// before the reset switches back only with 5 % left, and only once: a plan that varies between 0 and 1 % would
/// otherwise change the key with every request. A rolling window has no such reset: 10 % left switch back each time
/// they show.
///
/// # Errors
///
/// [`Useless`] if neither key may be used: a paired account takes over from a plan that is used up, not from a plan
/// that has ended.
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

/// Whether a choice needs a request to MiniMax first.
///
/// `asked_at` is when the last request for a choice was made, `app_asks` whether the running app polls by itself every
/// `interval`. A result of the last 30 s, good or bad, is shared by all callers, and a pause that MiniMax asked for is
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
    // The app polls rarely after a rejected key or a missing plan. Here the user waits for a key, so poll again.
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

    /// Forgets a window that has ended, unless its end still has to switch back to the plan's key.
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
        // A plan that covers nothing counts as no plan, as in `status`.
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

/// Returns when the window of the last reading ended, by the local clock; `None` if it has not.
fn ended_at(watched: &Watched, now: Timestamp) -> Option<Timestamp> {
    let good = watched.good.as_ref()?;
    let (_, window) = watched.headline()?;
    window.resets_at?.checked_sub(good.skew).ok().filter(|ended| *ended <= now)
}

#[cfg(test)]
mod tests;
