//! The chart of a balance, and the spending per day.
//!
//! Amounts are exact decimals; floats are for drawing only.

use jiff::Timestamp;
use rust_decimal::Decimal;

use super::subject::{About, Subject};
use super::table::{self, slots};
use super::{Chart, DAYS, DaySpent, Dot, Form, Line, Range, Stretch, TableRow, axis, seconds};
use crate::history::MoneyPoint;
use crate::level::Level;
use crate::reading::Currency;
use crate::spend;
use crate::time::SaturatingMove as _;
use crate::wording::Wording;

/// Number of equal parts of the range in which values are thinned.
const PARTS: i64 = 300;

/// A balance at a time.
#[derive(Clone, Copy, Debug)]
struct Sight {
    at: Timestamp,
    available: Decimal,
    silent: Option<jiff::SignedDuration>,
    is_top_up: bool,
}

/// Builds the chart of a balance.
pub(super) fn chart(subject: &Subject, range: Range, kept: &[MoneyPoint]) -> Chart {
    let words = subject.words();
    let wording = subject.wording(&words);
    let now = subject.now;
    let from = now.checked_sub(range.length()).unwrap_or(now);
    let About::Money { currency, lines, remembered } = &subject.about else {
        return table::nothing(subject, &wording, from, range, words.say("chart-none"));
    };
    let points = joined(kept, remembered, now);
    let sights = sights(&points, from, now, subject.gap);
    let Some(last) = sights.last() else {
        let empty = if points.is_empty() { "chart-none" } else { "chart-none-then" };
        let days = days(&wording, &points, *currency);
        return Chart { days, ..table::nothing(subject, &wording, from, range, words.say(empty)) };
    };
    let sums = || sights.iter().map(|s| s.available);
    let lowest = sums().min().unwrap_or_default();
    let highest = sums().max().unwrap_or_default();
    let scale = axis::sums(&wording, lowest, highest, *currency);
    let top = scale.last().map_or(0.0, |mark| mark.at);
    let to = now.plus(range.margin());
    Chart {
        title: words.say("chart-balance"),
        summary: summary(&wording, &sights, last, *currency, subject),
        form: Form::Steps,
        to: seconds(to),
        times: axis::times(&wording, range, from, to),
        dots: dots(&wording, range, &sights, *currency),
        gaps: gaps(&sights),
        lines: lines
            .iter()
            .map(|line| Line { value: axis::number(*line), level: Level::Near })
            .filter(|line| line.value < top)
            .collect(),
        rows: rows(&wording, range, &sights, *currency),
        days: days(&wording, &points, *currency),
        scale,
        ..table::nothing(subject, &wording, from, range, String::new())
    }
}

fn joined(kept: &[MoneyPoint], remembered: &[MoneyPoint], now: Timestamp) -> Vec<MoneyPoint> {
    let mut points: Vec<MoneyPoint> = Vec::with_capacity(kept.len());
    for point in kept.iter().chain(remembered).filter(|p| p.at <= now) {
        match points.last_mut() {
            Some(last) if last.at == point.at => *last = *point,
            Some(last) if last.at > point.at => {}
            Some(_) | None => points.push(*point),
        }
    }
    points
}

fn sights(points: &[MoneyPoint], from: Timestamp, now: Timestamp, gap: jiff::SignedDuration) -> Vec<Sight> {
    let mut sights: Vec<Sight> = Vec::new();
    let mut before: Option<MoneyPoint> = None;
    for (i, point) in points.iter().enumerate() {
        let next = points.get(i + 1).map_or(now, |next| next.at);
        let until = point.until.min(next).min(now).max(point.at);
        let last = before.replace(MoneyPoint { until, ..*point }).filter(|before| before.until >= from);
        if until < from {
            continue;
        }
        let silence = last.map(|last| point.at.duration_since(last.until)).filter(|silence| *silence > gap);
        let is_top_up = last.is_some_and(|last| point.available > last.available);
        let sight = Sight { at: point.at.max(from), available: point.available, silent: silence, is_top_up };
        for sight in [sight, Sight { at: until, silent: None, is_top_up: false, ..sight }] {
            if sights.last().is_none_or(|last| last.at < sight.at) {
                sights.push(sight);
            }
        }
    }
    sights
}

fn dots(wording: &Wording<'_>, range: Range, sights: &[Sight], currency: Currency) -> Vec<Dot> {
    let part = range.length().as_secs() / PARTS;
    let parts = sights.chunk_by(|one, other| {
        other.silent.is_none() && !other.is_top_up && one.at.as_second() / part == other.at.as_second() / part
    });
    // Of each part the first and the last value are drawn; the first keeps a rise at its time.
    let ends = parts.flat_map(|part| [part.first(), part.last().filter(|_| part.len() > 1)]).flatten();
    ends.map(|sight| Dot {
        at: seconds(sight.at),
        value: axis::number(sight.available),
        words: wording.words.put(
            "chart-point",
            &[
                ("clock", wording.clock(sight.at).into()),
                ("figure", wording.money(sight.available, currency).into()),
            ],
        ),
    })
    .collect()
}

fn gaps(sights: &[Sight]) -> Vec<Stretch> {
    let holes = sights.windows(2).filter(|pair| pair[1].silent.is_some());
    holes.map(|pair| Stretch { from: seconds(pair[0].at), to: seconds(pair[1].at) }).collect()
}

fn rows(wording: &Wording<'_>, range: Range, sights: &[Sight], currency: Currency) -> Vec<TableRow> {
    let slots = slots(wording, range, sights, |sight| sight.at);
    let mut rows: Vec<TableRow> = slots
        .filter_map(|slot| {
            let last = slot.last()?;
            let silent = slot.iter().filter_map(|s| s.silent).max();
            let topped_up =
                slot.iter().any(|s| s.is_top_up).then_some(["chart-top-up", "chart-silent-top-up"]);
            Some(TableRow {
                time: wording.clock(last.at),
                value: wording.money(last.available, currency),
                note: table::note(wording, silent, topped_up),
            })
        })
        .collect();
    rows.reverse();
    rows.truncate(table::MOST_ROWS);
    rows
}

/// The present balance and the recorded spending.
fn summary(
    wording: &Wording<'_>,
    sights: &[Sight],
    last: &Sight,
    currency: Currency,
    subject: &Subject,
) -> String {
    let falls = sights.windows(2).map(|pair| pair[0].available.saturating_sub(pair[1].available));
    let spent = falls.filter(|fall| *fall > Decimal::ZERO).fold(Decimal::ZERO, Decimal::saturating_add);
    let amount = ("amount", wording.money(last.available, currency).into());
    let spent_words = ("spent", wording.money(spent, currency).into());
    let is_fresh = subject.now.duration_since(last.at) <= subject.gap;
    let at = ("at", wording.at(last.at).into());
    if is_fresh {
        wording.words.put("chart-balance-now", &[amount, spent_words])
    } else {
        wording.words.put("chart-balance-then", &[amount, spent_words, at])
    }
}

fn days(wording: &Wording<'_>, points: &[MoneyPoint], currency: Currency) -> Vec<DaySpent> {
    let days = spend::per_day(points, wording.zone, wording.now, DAYS);
    let most = days.iter().map(|day| axis::number(day.spent)).fold(0.0, f64::max);
    days.iter()
        .map(|day| DaySpent {
            day: wording.day(day.date),
            spent: wording.money(day.spent, currency),
            share: if most > 0.0 { axis::number(day.spent) / most } else { 0.0 },
        })
        .collect()
}
