//! The few places on both axes that are named.
//!
//! Owns how many there are, so that they stay quiet. Refuses moments between full hours.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use rust_decimal::Decimal;

use super::{Mark, Range, seconds};
use crate::reading::Currency;
use crate::time::SaturatingMove as _;
use crate::wording::Wording;

/// Names full hours, midnights or Mondays from one moment to another.
pub(super) fn times(wording: &Wording<'_>, range: Range, from: Timestamp, to: Timestamp) -> Vec<Mark> {
    let day_of = |at: Timestamp| wording.zone.to_datetime(at).date();
    let step = match range {
        Range::Hours if to.duration_since(from).as_hours() < 6 => 1,
        Range::Hours => 2,
        Range::Day => 6,
        Range::Week | Range::Month => 24,
    };
    // What stands at an edge would be cut.
    let edge = to.duration_since(from).checked_div(20).unwrap_or_default();
    let (first, last) = (from.plus(edge), to.minus(edge));
    let days = day_of(from).series(1.day()).take_while(|day| *day <= day_of(to)).take(60);
    days.filter(|day| range != Range::Month || day.weekday() == jiff::civil::Weekday::Monday)
        .flat_map(|day| (0..24).step_by(step).map(move |hour| (day, hour)))
        .filter_map(|(day, hour)| Some((day, hour, moment(wording.zone, day, hour)?)))
        .filter(|(.., at)| (first..=last).contains(at))
        .map(|(day, hour, at)| Mark { at: seconds(at), words: words(wording, range, day, hour) })
        .collect()
}

/// Names the ends and the middle of the whole: `0 %`, `50 %`, `100 %`.
pub(super) fn shares(wording: &Wording<'_>) -> Vec<Mark> {
    let mark = |percent: u8| Mark {
        at: f64::from(percent),
        words: wording.words.put("figure-percent", &[("percent", percent.into())]),
    };
    [0, 50, 100].map(mark).to_vec()
}

/// Names steps of 1, 2 or 5 of some power of ten that hold the lowest and the highest sum, and zero.
pub(super) fn sums(
    wording: &Wording<'_>,
    lowest: Decimal,
    highest: Decimal,
    currency: Currency,
) -> Vec<Mark> {
    let (lowest, highest) = (lowest.min(Decimal::ZERO), highest.max(Decimal::ZERO));
    let room = highest.saturating_sub(lowest).max(Decimal::new(1, 2));
    let mut step = Decimal::new(1, 2);
    for factor in [2, 5, 10].iter().cycle().take(60) {
        if step.saturating_mul(Decimal::from(4)) >= room {
            break;
        }
        // 1, 2, 5, 10: twice, two and a half times, twice.
        step = match factor {
            5 => step.saturating_mul(Decimal::new(25, 1)),
            _ => step.saturating_mul(Decimal::TWO),
        };
    }
    let steps = |sum: Decimal| sum.checked_div(step).unwrap_or_default();
    let (mut at, last) = (steps(lowest).floor(), steps(highest).ceil().max(Decimal::ONE));
    let mut marks = Vec::new();
    while at <= last && marks.len() < 12 {
        let sum = at.saturating_mul(step).normalize();
        let words = wording.money(sum, currency);
        let words = words.strip_suffix(".00").map_or_else(|| words.clone(), ToOwned::to_owned);
        marks.push(Mark { at: number(sum), words });
        at = at.saturating_add(Decimal::ONE);
    }
    marks
}

/// Gives a sum as it is drawn.
pub(super) fn number(sum: Decimal) -> f64 {
    use rust_decimal::prelude::ToPrimitive;
    sum.to_f64().unwrap_or_default()
}

fn moment(zone: &TimeZone, day: Date, hour: i8) -> Option<Timestamp> {
    let wanted = day.at(hour, 0, 0, 0);
    let at = zone.to_timestamp(wanted).ok()?;
    // An hour that the clocks leave out has no place of its own.
    (zone.to_datetime(at) == wanted).then_some(at)
}

fn words(wording: &Wording<'_>, range: Range, day: Date, hour: i8) -> String {
    match range {
        Range::Month => wording.short_date(day),
        Range::Hours | Range::Day if hour != 0 => format!("{hour:02}:00"),
        Range::Hours | Range::Day | Range::Week => wording.weekday(day),
    }
}
