//! What tells a rolling window from a fixed one: its bounds move with the clock, answer after answer.
//!
//! Owns the evidence and how much of it is needed, in both directions. Refuses evidence from a window of which nothing
//! is used: a window that begins with the first use may be sent as beginning now until then.

use jiff::{SignedDuration, Timestamp};

use crate::reading::{Percent, Window};

/// Answers nearer than this to each other say nothing: bounds tremble.
const NEAREST: SignedDuration = SignedDuration::from_secs(100);
/// How many answers in a row have to agree, over at least so long.
const ANSWERS: u8 = 3;
const AT_LEAST: SignedDuration = SignedDuration::from_mins(8);
/// The length of a window that does not say so.
const USUAL: SignedDuration = SignedDuration::from_hours(5);

/// The evidence so far.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Slide {
    last: Option<Bounds>,
    streak: Option<Streak>,
}

/// The bounds of one answer.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Bounds {
    at: Timestamp,
    starts_at: Option<Timestamp>,
    resets_at: Option<Timestamp>,
}

/// Answers in a row that say the same.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Streak {
    moves: Moves,
    answers: u8,
    since: Bounds,
}

/// How bounds move between two answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Moves {
    /// As fast as the clock.
    WithClock,
    /// Not at all.
    Not,
    /// Otherwise: they tremble, or another window has begun.
    Otherwise,
}

impl Slide {
    /// Sees the bounds of an answer; tells whether the window is a rolling one now, given whether it was.
    pub(crate) fn see(&mut self, window: &Window, left: Percent, at: Timestamp, was_rolling: bool) -> bool {
        let bounds = Bounds { at, starts_at: window.starts_at, resets_at: window.resets_at };
        let Some(last) = self.last.filter(|last| last.at <= at) else {
            (self.last, self.streak) = (Some(bounds), None);
            return was_rolling;
        };
        let passed = at.duration_since(last.at);
        if passed < NEAREST {
            return was_rolling;
        }
        self.last = Some(bounds);
        let length = window.length_seconds.map_or(USUAL, SignedDuration::from_secs);
        let mut moves = last.moves_to(&bounds, 4);
        // After so long, another window that began meanwhile can look as if the old one had slid.
        if passed.saturating_mul(4) > length
            || (moves == Moves::WithClock && left == Percent::FULL && !was_rolling)
        {
            moves = Moves::Otherwise;
        }
        if moves == Moves::Otherwise {
            self.streak = None;
            return was_rolling;
        }
        let streak = match self.streak {
            Some(streak) if streak.moves == moves => {
                Streak { answers: streak.answers.saturating_add(1), ..streak }
            }
            Some(_) | None => Streak { moves, answers: 1, since: last },
        };
        self.streak = Some(streak);
        // Seen from its beginning the whole streak must say the same, and more sharply.
        let is_enough = streak.answers >= ANSWERS
            && at.duration_since(streak.since.at) >= AT_LEAST
            && streak.since.moves_to(&bounds, 7) == moves;
        if is_enough { moves == Moves::WithClock } else { was_rolling }
    }
}

impl Bounds {
    /// Compares with a later answer, to one part in `sharpness` of the time between; every known bound must agree.
    fn moves_to(&self, later: &Self, sharpness: i32) -> Moves {
        let passed = later.at.duration_since(self.at);
        let tolerance = passed.checked_div(sharpness).unwrap_or_default().max(SignedDuration::from_secs(30));
        let pairs = [(self.starts_at, later.starts_at), (self.resets_at, later.resets_at)];
        let moves = pairs.into_iter().filter_map(|(before, after)| {
            let moved = after?.duration_since(before?);
            Some(if moved.saturating_sub(passed).abs() <= tolerance {
                Moves::WithClock
            } else if moved.abs() <= tolerance {
                Moves::Not
            } else {
                Moves::Otherwise
            })
        });
        moves
            .reduce(|one, other| if one == other { one } else { Moves::Otherwise })
            .unwrap_or(Moves::Otherwise)
    }
}
