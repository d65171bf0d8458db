//! The history chart of one window or one balance: data to draw, and the same as text and table rows.
//!
//! A [`Chart`] has no pixels and no colours, and nothing later than now except in fields that are a forecast.

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

/// Number of days whose spending is listed.
const DAYS: u16 = 7;

/// How far back a chart shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "snake_case")]
pub enum Range {
    /// 5 hours.
    Hours,
    /// 24 hours.
    #[default]
    Day,
    /// 7 days.
    Week,
    /// 30 days.
    Month,
}

impl Range {
    /// All ranges, the shortest first.
    pub const ALL: [Self; 4] = [Self::Hours, Self::Day, Self::Week, Self::Month];

    #[must_use]
    pub const fn length(self) -> SignedDuration {
        SignedDuration::from_hours(match self {
            Self::Hours => 5,
            Self::Day => 24,
            Self::Week => 7 * 24,
            Self::Month => 30 * 24,
        })
    }

    /// Minimum space right of the present moment: 1/25 of the range.
    const fn margin(self) -> SignedDuration {
        SignedDuration::from_secs(self.length().as_secs() / 25)
    }

    /// Maximum space for the forecast: 2/5 of the range.
    const fn longest_outlook(self) -> SignedDuration {
        SignedDuration::from_secs(self.length().as_secs() * 2 / 5)
    }

    /// The time span of one table row.
    const fn slot(self) -> SignedDuration {
        SignedDuration::from_mins(match self {
            Self::Hours => 10,
            Self::Day => 30,
            Self::Week => 4 * 60,
            Self::Month => 24 * 60,
        })
    }
}

/// The history of one window or one balance.
///
/// Times are seconds since 1970. Shares are in percent, 0.0..=100.0, left or used as the user chose.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "camelCase")]
pub struct Chart {
    /// The selectable windows; with fewer than two there is no choice.
    pub choices: Vec<WindowChoice>,
    /// The subject: "5 hours, % left", "Balance".
    pub title: String,
    /// The chart in words: "71 % left now; lowest 12 % on Fri at 15:00".
    pub summary: String,
    /// The forecast: "lasts, about 35 % left at the reset". May be empty.
    pub outlook: String,
    /// Message in place of the chart if there is nothing to draw; otherwise empty.
    pub empty: String,
    pub form: Form,
    pub range: Range,
    /// The left edge.
    pub from: f64,
    /// The right edge, at or after now.
    pub to: f64,
    /// The present moment, by the server's clock.
    pub now: f64,
    /// Axis marks of the values, ascending; the first and the last are the ends of the axis.
    pub scale: Vec<Mark>,
    /// Axis marks of the time.
    pub times: Vec<Mark>,
    /// The values, oldest first; none is later than now.
    pub dots: Vec<Dot>,
    /// Periods without data; no line is drawn through them.
    pub gaps: Vec<Stretch>,
    /// Every second window, including the present one, for shading.
    pub bands: Vec<Stretch>,
    /// Starts and resets of windows, including the next reset.
    pub resets: Vec<f64>,
    /// Warning thresholds.
    pub lines: Vec<Line>,
    /// The forecast, from now on; empty if there is none.
    pub ahead: Vec<Spot>,
    /// The chart as a table, newest row first.
    pub rows: Vec<TableRow>,
    /// Spending per day, oldest first; empty for a window.
    pub days: Vec<DaySpent>,
}

/// How values are drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "snake_case")]
pub enum Form {
    /// A line from each value to the next.
    Line,
    /// Steps: a value holds until the next.
    Steps,
    /// One column per day with its tightest value, for windows too short to tell apart.
    Columns,
}

/// A window that can be charted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "camelCase")]
pub struct WindowChoice {
    /// The row's name as sent; the page sends it back unchanged.
    pub row: Option<String>,
    pub window: Span,
    /// The label: "5 hours", "Video: 24 hours".
    pub label: String,
    /// Whether the chart shows this window.
    pub chosen: bool,
}

/// A labelled position on an axis.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
pub struct Mark {
    pub at: f64,
    /// The label: "15:00", "Mon", "50 %", "$20".
    pub words: String,
}

/// A recorded value.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
pub struct Dot {
    pub at: f64,
    /// The share or the balance.
    pub value: f64,
    /// Time and value as text: "Mon 14:05: 71 % left". Empty if no reading was made: the line turns there at
    /// a reset.
    pub words: String,
}

/// A point of the forecast.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
pub struct Spot {
    pub at: f64,
    /// The share.
    pub value: f64,
}

/// A period.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
pub struct Stretch {
    pub from: f64,
    pub to: f64,
}

/// A horizontal threshold line.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
pub struct Line {
    pub value: f64,
    /// The level that begins at this value.
    pub level: Level,
}

/// One row of the table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
pub struct TableRow {
    pub time: String,
    /// The recorded or expected value.
    pub value: String,
    /// What happened before it: "new window", "nothing was read for 3 h". May be empty.
    pub note: String,
}

/// Spending of one day.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
pub struct DaySpent {
    /// "Mon 23 Nov".
    pub day: String,
    pub spent: String,
    /// Relative to the day with the highest spending, 0.0..=1.0.
    pub share: f64,
}

/// The earliest time that a chart of this range needs data for.
#[must_use]
pub fn since(subject: &Subject, range: Range) -> Timestamp {
    let days = SignedDuration::from_hours(24 * i64::from(DAYS + 1));
    let back = if subject.is_of_money() { range.length().max(days) } else { range.length() };
    subject.now.checked_sub(back).unwrap_or(subject.now)
}

/// Builds the chart from the stored history, oldest first; the subject has what is still in memory only.
#[must_use]
pub fn chart(subject: &Subject, range: Range, kept: &[Point], money: &[MoneyPoint]) -> Chart {
    if subject.is_of_money() {
        money::chart(subject, range, money)
    } else {
        share::chart(subject, range, kept)
    }
}

/// The message if the history exists but cannot be read, and what to do.
#[must_use]
pub fn unreadable(words: &Words) -> String {
    words.say("chart-unreadable")
}

/// Converts a timestamp to seconds since 1970.
fn seconds(at: Timestamp) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "milliseconds of a few centuries are below 2^53")]
    let milliseconds = at.as_millisecond() as f64;
    milliseconds / 1000.0
}
