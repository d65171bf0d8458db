//! The labelled positions on both axes. Times are full hours only.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use rust_decimal::Decimal;

use super::{Mark, Range, seconds};
use crate::reading::Currency;
use crate::time::SaturatingMove as _;
use crate::wording::Wording;

/// Labels for full hours, midnights or Mondays between two times.
pub(super) fn times(wording: &Wording<'_>, range: Range, from: Timestamp, to: Timestamp) -> Vec<Mark> {
    let day_of = |at: Timestamp| wording.zone.to_datetime(at).date();
    let step = match range {
        Range::Hours if to.duration_since(from).as_hours() < 6 => 1,
        Range::Hours => 2,
        Range::Day => 6,
        Range::Week | Range::Month => 24,
    };
    // A label at an edge would be cut off.
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

/// Labels for both ends and the middle: `0 %`, `50 %`, `100 %`.
pub(super) fn shares(wording: &Wording<'_>) -> Vec<Mark> {
    let mark = |percent: u8| Mark {
        at: f64::from(percent),
        words: wording.words.put("figure-percent", &[("percent", percent.into())]),
    };
    [0, 50, 100].map(mark).to_vec()
}

/// Labels in steps of 1, 2 or 5 times a power of ten that include the lowest and the highest amount, and
/// zero.
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
        // 1, 2, 5, 10: times 2, 2.5 and 2.
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

/// An amount as a float, for drawing.
pub(super) fn number(sum: Decimal) -> f64 {
    use rust_decimal::prelude::ToPrimitive;
    sum.to_f64().unwrap_or_default()
}

fn moment(zone: &TimeZone, day: Date, hour: i8) -> Option<Timestamp> {
    if hour == 0 {
        // If the clock goes forward at midnight, the day begins later.
        let begins = day.to_zoned(zone.clone()).ok()?;
        return (begins.date() == day).then(|| begins.timestamp());
    }
    let wanted = day.at(hour, 0, 0, 0);
    let at = zone.to_timestamp(wanted).ok()?;
    // An hour that the clock skips gets no label.
    (zone.to_datetime(at) == wanted).then_some(at)
}

fn words(wording: &Wording<'_>, range: Range, day: Date, hour: i8) -> String {
    match range {
        Range::Month => wording.short_date(day),
        Range::Hours | Range::Day if hour != 0 => format!("{hour:02}:00"),
        Range::Hours | Range::Day | Range::Week => wording.weekday(day),
    }
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;
    use crate::text::{Tongue, Words};

    #[test]
    fn full_hours_and_days_are_named_where_the_clock_shows_them() {
        let words = Words::new(Tongue::English);
        for (name, change) in [
            ("America/New_York", "2026-03-08"),
            ("America/New_York", "2026-11-01"),
            ("Europe/London", "2026-03-29"),
            ("Europe/London", "2026-10-25"),
            ("Australia/Lord_Howe", "2026-10-04"),
            ("Australia/Lord_Howe", "2026-04-05"),
            ("Pacific/Chatham", "2026-09-27"),
            ("Pacific/Chatham", "2026-04-05"),
            ("Asia/Kathmandu", "2026-11-23"),
            ("Africa/Cairo", "2026-04-24"),
        ] {
            let zone = TimeZone::get(name).expect("a zone");
            let day: Date = change.parse().expect("a day");
            let end = day.at(20, 30, 0, 0).to_zoned(zone.clone()).expect("an evening").timestamp();
            let wording = Wording { words: &words, zone: &zone, now: end, show_used: false };
            for range in Range::ALL {
                let begin = end - range.length();
                let marks = times(&wording, range, begin, end);
                assert!(marks.windows(2).all(|pair| pair[0].at < pair[1].at), "{name} {change}: {marks:?}");
                for mark in &marks {
                    #[expect(clippy::cast_possible_truncation, reason = "a full minute")]
                    let at = Timestamp::from_second(mark.at as i64).expect("a moment").to_zoned(zone.clone());
                    let is_start = at.start_of_day().expect("a start") == at;
                    let expected = match range {
                        Range::Month => wording.short_date(at.date()),
                        Range::Hours | Range::Day if !is_start => format!("{:02}:00", at.hour()),
                        Range::Hours | Range::Day | Range::Week => wording.weekday(at.date()),
                    };
                    assert_eq!((&mark.words, at.minute()), (&expected, 0), "{name} {change} {range:?}");
                }
            }
            let week = times(&wording, Range::Week, end - SignedDuration::from_hours(7 * 24), end);
            let today = wording.weekday(day);
            assert!(week.iter().any(|mark| mark.words == today), "{name} {change}: the day has its name");
        }
    }
}
