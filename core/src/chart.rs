//! The history of one window, or of one balance: what is drawn of it, and the same in words and rows.
//!
//! Owns what a chart shows, as one comparable value. Refuses pixels and colours, and anything later than now that is
//! not marked as looking ahead.

mod axis;
mod money;
mod share;
mod subject;
mod table;
#[cfg(test)]
mod tests;
mod trace;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

pub use self::subject::Subject;
use crate::history::{MoneyPoint, Point};
use crate::level::Level;
use crate::reading::Span;
use crate::text::Words;

/// So many days of spending are told.
const DAYS: u16 = 7;

/// How far back a chart looks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "snake_case")]
pub enum Range {
    /// Five hours.
    Hours,
    /// Twenty-four hours.
    #[default]
    Day,
    /// Seven days.
    Week,
    /// Thirty days.
    Month,
}

impl Range {
    /// All of them, the shortest first.
    pub const ALL: [Self; 4] = [Self::Hours, Self::Day, Self::Week, Self::Month];

    /// Gives its length.
    #[must_use]
    pub const fn length(self) -> SignedDuration {
        SignedDuration::from_hours(match self {
            Self::Hours => 5,
            Self::Day => 24,
            Self::Week => 7 * 24,
            Self::Month => 30 * 24,
        })
    }

    /// Gives the least room after the present moment: a twenty-fifth.
    const fn margin(self) -> SignedDuration {
        SignedDuration::from_secs(self.length().as_secs() / 25)
    }

    /// Gives the most room for what lies ahead: two fifths.
    const fn longest_outlook(self) -> SignedDuration {
        SignedDuration::from_secs(self.length().as_secs() * 2 / 5)
    }

    /// Gives how much of it one row of the table stands for.
    const fn slot(self) -> SignedDuration {
        SignedDuration::from_mins(match self {
            Self::Hours => 10,
            Self::Day => 30,
            Self::Week => 4 * 60,
            Self::Month => 24 * 60,
        })
    }
}

/// The history of one window, or of one balance.
///
/// Moments are seconds since 1970. Shares are in percent, 0.0..=100.0, left or used as the user wishes.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "camelCase")]
pub struct Chart {
    /// The windows to choose from; fewer than two leave no choice.
    pub choices: Vec<WindowChoice>,
    /// What the chart is of: "5 hours, % left", "Balance".
    pub title: String,
    /// What it says: "71 % left now; lowest 12 % on Fri at 15:00".
    pub summary: String,
    /// What comes of the window: "lasts, about 35 % left at the reset". May be empty.
    pub outlook: String,
    /// What to say in its place where there is nothing to draw; empty where there is.
    pub empty: String,
    /// How its values are drawn.
    pub form: Form,
    /// How far back it looks.
    pub range: Range,
    /// The left edge.
    pub from: f64,
    /// The right edge, at or after now.
    pub to: f64,
    /// The moment, by the server's clock.
    pub now: f64,
    /// The scale of its values, upwards; the first and the last are its ends.
    pub scale: Vec<Mark>,
    /// The moments named below it.
    pub times: Vec<Mark>,
    /// The values, oldest first; none is later than now.
    pub dots: Vec<Dot>,
    /// The stretches of which nothing is known; no line leads through them.
    pub gaps: Vec<Stretch>,
    /// Every second window, the present one among them.
    pub bands: Vec<Stretch>,
    /// When windows started anew, and when the present one will.
    pub resets: Vec<f64>,
    /// The lines from which on a value is a worry.
    pub lines: Vec<Line>,
    /// The forecast, from now on; empty where nothing can be said.
    pub ahead: Vec<Spot>,
    /// The same as a table, newest first.
    pub rows: Vec<TableRow>,
    /// What was spent on each day, oldest first; empty for a window.
    pub days: Vec<DaySpent>,
}

/// How values are drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "snake_case")]
pub enum Form {
    /// As a line from each to the next.
    Line,
    /// As steps: a value holds until the next.
    Steps,
    /// As a column for each day: its tightest moment, where windows are too short to be told apart.
    Columns,
}

/// A window that can be charted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "camelCase")]
pub struct WindowChoice {
    /// The row's name as sent; goes back as it came.
    pub row: Option<String>,
    /// Which of its windows.
    pub window: Span,
    /// What it is called: "5 hours", "Video: 24 hours".
    pub label: String,
    /// Whether this chart is of it.
    pub chosen: bool,
}

/// A place on an axis that is named.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
pub struct Mark {
    /// Where.
    pub at: f64,
    /// Its name: "15:00", "Mon", "50 %", "$20".
    pub words: String,
}

/// A value that was read.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
pub struct Dot {
    /// When.
    pub at: f64,
    /// The share or the sum.
    pub value: f64,
    /// Both in words: "Mon 14:05: 71 % left". Empty where nothing was read: the line turns there at a reset.
    pub words: String,
}

/// A place of the forecast.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
pub struct Spot {
    /// When.
    pub at: f64,
    /// The share.
    pub value: f64,
}

/// A stretch of time.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
pub struct Stretch {
    /// Where it begins.
    pub from: f64,
    /// Where it ends.
    pub to: f64,
}

/// A line across the chart.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
pub struct Line {
    /// At which value.
    pub value: f64,
    /// What lies beyond it.
    pub level: Level,
}

/// One row of the table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
pub struct TableRow {
    /// When.
    pub time: String,
    /// What was read, or what is expected.
    pub value: String,
    /// What happened before it: "new window", "nothing was read for 3 h". May be empty.
    pub note: String,
}

/// What was spent on one day.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
pub struct DaySpent {
    /// Which day: "Mon 23 November".
    pub day: String,
    /// How much.
    pub spent: String,
    /// How much beside the day on which most was spent, 0.0..=1.0.
    pub share: f64,
}

/// Gives the earliest moment of which a chart of this range needs to know.
#[must_use]
pub fn since(subject: &Subject, range: Range) -> Timestamp {
    let days = SignedDuration::from_hours(24 * i64::from(DAYS + 1));
    let back = if subject.is_of_money() { range.length().max(days) } else { range.length() };
    subject.now.checked_sub(back).unwrap_or(subject.now)
}

/// Makes the chart of a subject from what was kept of it, oldest first, and of what is still in memory.
#[must_use]
pub fn chart(subject: &Subject, range: Range, kept: &[Point], money: &[MoneyPoint]) -> Chart {
    if subject.is_of_money() {
        money::chart(subject, range, money)
    } else {
        share::chart(subject, range, kept)
    }
}

/// Says why a history that is there cannot be shown, and what to do.
#[must_use]
pub fn unreadable(words: &Words) -> String {
    words.say("chart-unreadable")
}

/// Gives the seconds since 1970 of a moment.
fn seconds(at: Timestamp) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "seconds of some centuries, and their thousandths")]
    let milliseconds = at.as_millisecond() as f64;
    milliseconds / 1000.0
}
