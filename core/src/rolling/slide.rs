//! Detects rolling windows: their bounds move with the clock, answer after answer.
//!
//! The same amount of evidence is needed in both directions. A window without any usage is no evidence: a
//! window that begins with its first use may be sent as beginning now until then.

use jiff::{SignedDuration, Timestamp};

use crate::reading::{Percent, Window};

/// Answers closer together than this are not compared: bounds vary slightly.
const NEAREST: SignedDuration = SignedDuration::from_secs(100);
/// Number of consecutive answers that have to agree, and the minimum time they have to cover.
const ANSWERS: u8 = 3;
const AT_LEAST: SignedDuration = SignedDuration::from_mins(8);
/// Assumed length of a window if none was sent.
const USUAL: SignedDuration = SignedDuration::from_hours(5);

/// The evidence so far.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Slide {
    last: Option<Bounds>,
    streak: Option<Streak>,
}

/// The bounds in one answer.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Bounds {
    at: Timestamp,
    starts_at: Option<Timestamp>,
    resets_at: Option<Timestamp>,
}

/// Consecutive answers with the same movement.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Streak {
    moves: Moves,
    answers: u8,
    since: Bounds,
}

/// How bounds move between two answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Moves {
    /// At the speed of the clock.
    WithClock,
    Not,
    /// Any other movement: they vary, or another window has begun.
    Otherwise,
}

impl Slide {
    /// Evaluates the bounds of an answer; returns whether the window is rolling now, given whether it was.
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
        // After so long, another window that began in between can look like a slide of the old one.
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
        // The whole streak, compared from its first answer, must agree too, with a smaller tolerance.
        let is_enough = streak.answers >= ANSWERS
            && at.duration_since(streak.since.at) >= AT_LEAST
            && streak.since.moves_to(&bounds, 7) == moves;
        if is_enough { moves == Moves::WithClock } else { was_rolling }
    }
}

impl Bounds {
    /// Compares with a later answer, with a tolerance of the time between divided by `sharpness`, at least 30
    /// seconds; all known bounds must agree.
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
