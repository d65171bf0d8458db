//! Spending of a pay-as-you-go account: per day, on average, and how many days the balance lasts.
//!
//! All amounts are exact decimals.

use std::collections::BTreeMap;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use crate::history::MoneyPoint;

/// Maximum number of full days for an average.
const DAYS_OF_AVERAGE: u16 = 7;
/// With fewer full days there is no forecast.
const LEAST_DAYS: usize = 3;
/// Maximum forecast in days.
const MOST_DAYS_LEFT: u32 = 365;

/// Spending of one day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DaySpend {
    /// In the user's zone.
    pub date: Date,
    /// Never negative, in the platform's currency.
    pub spent: Decimal,
}

/// Present spending.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spend {
    /// Today so far.
    pub today: Decimal,
    /// Average of up to seven full days before today, rounded to hundredths; `None` without a full day.
    pub per_day: Option<Decimal>,
    /// How many full days the balance lasts at that average; `None` with fewer than three full days, without
    /// spending, or beyond a year.
    pub days_left: Option<u32>,
}

/// The spending of each of the last `days` days including today, oldest first, from the first recorded day
/// on.
///
/// A rising balance is a top-up, not spending. What was spent in a gap counts for the day of the next
/// reading. Days are those of the zone and may have 23, 24 or 25 hours; points must be in order.
#[must_use]
pub fn per_day(points: &[MoneyPoint], zone: &TimeZone, now: Timestamp, days: u16) -> Vec<DaySpend> {
    let known = points.partition_point(|p| p.at <= now);
    let points = points.get(..known).unwrap_or(points);
    let day_of = |at: Timestamp| zone.to_datetime(at).date();
    let today = day_of(now);
    let Some(first) = points.first().map(|p| day_of(p.at)) else { return Vec::new() };
    let Ok(begin) = today.checked_sub(i32::from(days.max(1) - 1).days()) else { return Vec::new() };
    let begin = begin.max(first);
    let mut spent: BTreeMap<Date, Decimal> = begin
        .series(1.day())
        .take_while(|day| *day <= today)
        .take(usize::from(days))
        .map(|day| (day, Decimal::ZERO))
        .collect();
    for pair in points.windows(2).rev() {
        let day = day_of(pair[1].at);
        if day < begin {
            break;
        }
        let fall = pair[0].available.saturating_sub(pair[1].available);
        if fall > Decimal::ZERO
            && let Some(sum) = spent.get_mut(&day)
        {
            *sum = sum.saturating_add(fall);
        }
    }
    spent.into_iter().map(|(date, spent)| DaySpend { date, spent }).collect()
}

/// The present spending; `None` if there is no recorded balance.
#[must_use]
pub fn of(points: &[MoneyPoint], zone: &TimeZone, now: Timestamp) -> Option<Spend> {
    let days = per_day(points, zone, now, DAYS_OF_AVERAGE + 1);
    let (today, before) = days.split_last()?;
    // The first day is recorded only in part, unless more than a week of days is known.
    let full =
        if before.len() < usize::from(DAYS_OF_AVERAGE) { before.get(1..).unwrap_or(&[]) } else { before };
    let sum = full.iter().fold(Decimal::ZERO, |sum, day| sum.saturating_add(day.spent));
    let average = sum.checked_div(Decimal::from(full.len()));
    let available = points.iter().rev().find(|p| p.at <= now).map(|p| p.available);
    let days_left = average.filter(|a| *a > Decimal::ZERO && full.len() >= LEAST_DAYS).and_then(|average| {
        let days = available?.max(Decimal::ZERO).checked_div(average)?.floor().to_u32()?;
        Some(days).filter(|days| *days <= MOST_DAYS_LEFT)
    });
    Some(Spend { today: today.spent, per_day: average.map(|a| a.round_dp(2)), days_left })
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;

    fn point(at: &str, available: &str) -> MoneyPoint {
        let at = at.parse().expect("a moment");
        MoneyPoint { at, until: at, available: available.parse().expect("a sum") }
    }

    fn days(points: &[MoneyPoint], zone: &TimeZone, now: &str, days: u16) -> Vec<(String, String)> {
        per_day(points, zone, now.parse().expect("a moment"), days)
            .into_iter()
            .map(|d| (d.date.to_string(), d.spent.to_string()))
            .collect()
    }

    fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
        expected.iter().map(|(date, spent)| ((*date).to_owned(), (*spent).to_owned())).collect()
    }

    #[test]
    fn a_day_holds_what_fell_on_it_and_no_top_up() {
        let points = [
            point("2026-11-20T08:00:00Z", "10.00"),
            point("2026-11-20T09:00:00Z", "9.90"),
            point("2026-11-20T10:00:00Z", "9.70"),
            point("2026-11-21T09:00:00Z", "9.65"),
            point("2026-11-21T10:00:00Z", "59.65"),
            point("2026-11-21T11:00:00Z", "59.55"),
            point("2026-11-23T09:00:00Z", "-0.45"),
        ];
        let expected =
            [("2026-11-20", "0.30"), ("2026-11-21", "0.15"), ("2026-11-22", "0"), ("2026-11-23", "60.00")];
        assert_eq!(days(&points, &TimeZone::UTC, "2026-11-23T12:00:00Z", 30), pairs(&expected));
        assert_eq!(days(&points, &TimeZone::UTC, "2026-11-23T12:00:00Z", 2), pairs(&expected[2..]));
        assert_eq!(
            days(&points, &TimeZone::UTC, "2026-11-21T10:30:00Z", 1),
            pairs(&[("2026-11-21", "0.05")])
        );
    }

    #[test]
    fn days_of_23_and_25_hours_are_days_like_others() {
        for (name, change, cents) in [
            ("Europe/London", "2026-03-29", 92),
            ("Europe/London", "2026-10-25", 100),
            ("America/New_York", "2026-03-08", 92),
            ("America/New_York", "2026-11-01", 100),
            // Half an hour forward and back.
            ("Australia/Lord_Howe", "2026-10-04", 94),
            ("Australia/Lord_Howe", "2026-04-05", 98),
            // Offset by a quarter of an hour.
            ("Pacific/Chatham", "2026-09-27", 92),
            ("Pacific/Chatham", "2026-04-05", 100),
            ("Asia/Kathmandu", "2026-03-29", 96),
            // The clock goes forward at midnight.
            ("Africa/Cairo", "2026-04-24", 92),
        ] {
            let zone = TimeZone::get(name).expect("a zone");
            let day: Date = change.parse().expect("a day");
            let begin = day.to_zoned(zone.clone()).expect("its start").timestamp();
            let begin = begin - SignedDuration::from_hours(36);
            // One cent per quarter of an hour over four days.
            let points: Vec<MoneyPoint> = (0..4 * 96)
                .map(|i| {
                    let at = begin + SignedDuration::from_mins(15) * i;
                    MoneyPoint { at, until: at, available: Decimal::new(100_000 - i64::from(i), 2) }
                })
                .collect();
            let days = per_day(&points, &zone, points[points.len() - 1].at, 10);
            let spent = days.iter().find(|d| d.date == day).expect("the day").spent;
            assert_eq!(spent, Decimal::new(cents, 2), "{name} {change}");
            let all: Decimal = days.iter().map(|d| d.spent).sum();
            assert_eq!(all, Decimal::new(4 * 96 - 1, 2), "nothing is lost between two days");
        }
    }

    #[test]
    fn the_average_leaves_out_today_and_the_day_on_which_watching_began() {
        let mut points = Vec::new();
        for (day, available) in [(14, "50"), (15, "48"), (16, "47"), (17, "43"), (18, "42.5")] {
            points.push(point(&format!("2026-11-{day}T12:00:00Z"), available));
        }
        let now = "2026-11-18T13:00:00Z".parse().expect("a moment");
        let spend = of(&points, &TimeZone::UTC, now).expect("a balance was read");
        assert_eq!(spend.today, Decimal::new(5, 1));
        assert_eq!(spend.per_day, Some(Decimal::new(233, 2)));
        assert_eq!(spend.days_left, Some(18));
        let early = of(&points[..1], &TimeZone::UTC, now).expect("a balance was read");
        assert_eq!(early.days_left, None);
        assert_eq!(of(&[], &TimeZone::UTC, now), None);
    }

    #[test]
    fn a_balance_from_the_future_is_not_spending() {
        let points = [point("2026-11-20T08:00:00Z", "10.00"), point("2026-12-20T08:00:00Z", "1.00")];
        let now = "2026-11-20T09:00:00Z".parse().expect("a moment");
        let spend = of(&points, &TimeZone::UTC, now).expect("a balance was read");
        assert_eq!((spend.today, spend.per_day, spend.days_left), (Decimal::ZERO, None, None));
    }
}
