//! The chart as a table: one row per slot of the range, with the tightest value in it.
//!
//! A gap or a new window is never left out: the next row's note reports it.

use jiff::{SignedDuration, Timestamp};

use super::trace::Sight;
use super::{Chart, Form, Range, Subject, TableRow, axis, seconds};
use crate::wording::Wording;

/// Maximum number of rows; more are not readable.
pub(super) const MOST_ROWS: usize = 60;

/// Up to this number of readings, each has its own row.
const FEW: usize = 24;

/// A chart without data, with a message that says why.
pub(super) fn nothing(
    subject: &Subject,
    wording: &Wording<'_>,
    from: Timestamp,
    range: Range,
    empty: String,
) -> Chart {
    let now = subject.now;
    Chart {
        choices: subject.choices.clone(),
        title: String::new(),
        summary: String::new(),
        outlook: String::new(),
        empty,
        form: Form::Line,
        range,
        from: seconds(from),
        to: seconds(now),
        now: seconds(now),
        scale: Vec::new(),
        times: axis::times(wording, range, from, now),
        dots: Vec::new(),
        gaps: Vec::new(),
        bands: Vec::new(),
        resets: Vec::new(),
        lines: Vec::new(),
        ahead: Vec::new(),
        rows: Vec::new(),
        days: Vec::new(),
    }
}

/// The rows, newest first.
pub(super) fn rows(wording: &Wording<'_>, range: Range, sights: &[Sight]) -> Vec<TableRow> {
    let mut rows: Vec<TableRow> = slots(wording, range, sights, |sight| sight.at)
        .filter_map(|slot| {
            let tightest = slot.iter().filter(|s| s.read).min_by_key(|s| s.left);
            let silent = slot.iter().filter_map(|s| s.silent).max();
            let begins = slot.iter().any(|s| s.begins);
            tightest.map(|sight| TableRow {
                time: wording.clock(sight.at),
                value: wording.figure(sight.left),
                note: note(
                    wording,
                    silent,
                    begins.then_some(["chart-new-window", "chart-silent-new-window"]),
                ),
            })
        })
        .collect();
    rows.reverse();
    rows.truncate(MOST_ROWS);
    rows
}

/// The note on what happened before a row. `event` has two texts: for the event alone, and for the event
/// after a gap.
pub(super) fn note(
    wording: &Wording<'_>,
    silent: Option<SignedDuration>,
    event: Option<[&str; 2]>,
) -> String {
    let Some(silent) = silent else {
        return event.map_or_else(String::new, |[alone, _]| wording.words.say(alone));
    };
    let both = event.map_or("chart-silent", |[_, after_silence]| after_silence);
    wording.words.put(both, &[("span", wording.span(silent).into())])
}

/// Splits ordered values into slots: one value each if there are few, otherwise local days or equal periods.
pub(super) fn slots<'a, T>(
    wording: &Wording<'_>,
    range: Range,
    seen: &'a [T],
    at: impl Fn(&T) -> Timestamp,
) -> impl Iterator<Item = &'a [T]> {
    let length = range.slot().as_secs();
    let is_little = seen.len() <= FEW;
    let slot = move |one: &T| match range {
        Range::Month => {
            let day = wording.zone.to_datetime(at(one)).date();
            i64::from(day.year()) * 400 + i64::from(day.day_of_year())
        }
        Range::Hours | Range::Day | Range::Week => at(one).as_second().div_euclid(length),
    };
    seen.chunk_by(move |one, other| !is_little && slot(one) == slot(other))
}
