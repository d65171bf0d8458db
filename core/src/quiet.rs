//! Quiet hours: when no notifications are shown, except for the kinds that the settings allow.

use std::fmt;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::hours::{Hours, HoursError};

/// The user's quiet hours, every day, by the clock of the user's zone.
///
/// They apply whenever that clock shows a time within them. On the day the clock is put forward, the skipped times do
/// not occur; on the day it is put back, times shown twice are quiet twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quiet(Hours);

/// No end is more than this many days away, even where a zone skips a whole day.
const DAYS: i64 = 4;

impl Quiet {
    /// Parses `22:00-07:00`; `None` for an empty text.
    ///
    /// # Errors
    ///
    /// [`HoursError`] for anything else, including a range that starts where it ends: it could mean never or always.
    pub fn parse(text: &str) -> Result<Option<Self>, HoursError> {
        if text.trim().is_empty() { Ok(None) } else { Hours::parse(text).map(|hours| Some(Self(hours))) }
    }

    #[must_use]
    pub fn is_quiet(self, at: Timestamp, zone: &TimeZone) -> bool {
        self.0.has(zone.to_datetime(at).time())
    }

    /// Returns the first moment after `at` at which it is no longer quiet; `None` if it is not quiet at `at`.
    #[must_use]
    pub fn ends_at(self, at: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
        if !self.is_quiet(at, zone) {
            return None;
        }
        self.0.edges(at, zone, DAYS).into_iter().find(|edge| !self.is_quiet(*edge, zone))
    }
}

impl fmt::Display for Quiet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;

    fn zone(name: &str) -> TimeZone {
        TimeZone::get(name).expect("a zone")
    }

    fn quiet(text: &str) -> Quiet {
        Quiet::parse(text).expect("hours").expect("not empty")
    }

    fn at(text: &str) -> Timestamp {
        text.parse().expect("a moment")
    }

    fn ends(range: &str, moment: &str, name: &str) -> Option<String> {
        quiet(range).ends_at(at(moment), &zone(name)).map(|end| end.to_string())
    }

    #[test]
    fn no_text_means_no_quiet_hours_and_a_range_of_nothing_is_refused() {
        assert_eq!(Quiet::parse("  "), Ok(None));
        assert_eq!(Quiet::parse("22:00-22:00"), Err(HoursError::Same));
        assert_eq!(Quiet::parse("at night"), Err(HoursError::Form));
    }

    #[test]
    fn a_night_ends_in_the_morning_by_the_users_clock() {
        // 23:30 and 06:59 in Nepal, which is 5:45 ahead.
        assert_eq!(
            ends("22:00-07:00", "2026-11-22T17:45:00Z", "Asia/Kathmandu").as_deref(),
            Some("2026-11-23T01:15:00Z")
        );
        assert_eq!(
            ends("22:00-07:00", "2026-11-23T01:14:00Z", "Asia/Kathmandu").as_deref(),
            Some("2026-11-23T01:15:00Z")
        );
        assert_eq!(ends("22:00-07:00", "2026-11-23T01:15:00Z", "Asia/Kathmandu"), None);
        assert_eq!(
            ends("12:00-13:00", "2026-11-23T06:20:00Z", "Asia/Kathmandu").as_deref(),
            Some("2026-11-23T07:15:00Z")
        );
    }

    #[test]
    fn the_night_the_clock_is_put_forward_is_an_hour_shorter() {
        // New York skips 02:00 to 03:00 at 07:00 UTC.
        let from_23 = |range: &str| ends(range, "2026-03-08T04:00:00Z", "America/New_York");
        assert_eq!(from_23("22:00-07:00").as_deref(), Some("2026-03-08T11:00:00Z"));
        assert_eq!(from_23("22:00-02:30").as_deref(), Some("2026-03-08T07:00:00Z"), "the end is skipped");
        let skipped = quiet("02:15-02:45");
        let day = (0..24 * 60).map(|m| at("2026-03-08T05:00:00Z") + SignedDuration::from_mins(m));
        assert!(day.into_iter().all(|m| !skipped.is_quiet(m, &zone("America/New_York"))), "it does not come");
        assert!(quiet("02:30-07:00").is_quiet(at("2026-03-08T07:00:00Z"), &zone("America/New_York")));
    }

    #[test]
    fn hours_that_begin_at_a_skipped_time_begin_when_the_clock_goes_on() {
        for (name, range, gap, end) in [
            ("America/New_York", "02:30-07:00", "2026-03-08T07:00:00Z", "2026-03-08T11:00:00Z"),
            ("Europe/London", "01:15-06:00", "2026-03-29T01:00:00Z", "2026-03-29T05:00:00Z"),
            ("Australia/Lord_Howe", "02:15-06:00", "2026-10-03T15:30:00Z", "2026-10-03T19:00:00Z"),
            ("Pacific/Chatham", "03:00-06:00", "2026-09-26T14:00:00Z", "2026-09-26T16:15:00Z"),
            ("Africa/Cairo", "00:00-06:00", "2026-04-23T22:00:00Z", "2026-04-24T03:00:00Z"),
        ] {
            let before = at(gap) - SignedDuration::from_secs(1);
            assert!(!quiet(range).is_quiet(before, &zone(name)), "{name}: not yet");
            assert_eq!(ends(range, gap, name).as_deref(), Some(end), "{name}");
        }
    }

    #[test]
    fn the_night_the_clock_is_put_back_is_an_hour_longer() {
        // New York shows 01:00 to 02:00 twice, from 05:00 and from 06:00 UTC.
        let new_york = |range: &str, moment: &str| ends(range, moment, "America/New_York");
        assert_eq!(new_york("22:00-07:00", "2026-11-01T03:00:00Z").as_deref(), Some("2026-11-01T12:00:00Z"));
        assert_eq!(new_york("22:00-01:30", "2026-11-01T03:00:00Z").as_deref(), Some("2026-11-01T05:30:00Z"));
        assert_eq!(new_york("22:00-01:30", "2026-11-01T05:45:00Z"), None);
        assert_eq!(
            new_york("22:00-01:30", "2026-11-01T06:10:00Z").as_deref(),
            Some("2026-11-01T06:30:00Z"),
            "the clock shows 01:10 again"
        );
        assert_eq!(
            new_york("01:30-07:00", "2026-11-01T05:40:00Z").as_deref(),
            Some("2026-11-01T06:00:00Z"),
            "the clock goes back out of the range"
        );
    }

    #[test]
    fn the_end_is_always_the_first_moment_that_is_not_quiet() {
        let changes = [
            ("America/New_York", "2026-03-07T12:00:00Z"),
            ("America/New_York", "2026-10-31T12:00:00Z"),
            // Half an hour forward on 4 October, back on 5 April.
            ("Australia/Lord_Howe", "2026-10-03T00:00:00Z"),
            ("Australia/Lord_Howe", "2026-04-04T00:00:00Z"),
            ("Asia/Kathmandu", "2026-11-22T00:00:00Z"),
            ("Europe/London", "2026-03-28T12:00:00Z"),
            ("Europe/London", "2026-10-24T12:00:00Z"),
            // From 02:45 to 03:45 on 27 September, and back from 03:45 on 5 April.
            ("Pacific/Chatham", "2026-09-26T00:00:00Z"),
            ("Pacific/Chatham", "2026-04-04T00:00:00Z"),
            // From midnight to 01:00.
            ("Africa/Cairo", "2026-04-23T00:00:00Z"),
            // Left out 30 December 2011 altogether.
            ("Pacific/Apia", "2011-12-29T20:00:00Z"),
        ];
        let ranges = [
            "22:00-07:00",
            "01:30-01:45",
            "01:45-02:15",
            "02:10-02:20",
            "02:15-02:05",
            "12:00-11:55",
            "00:30-06:00",
            "03:15-05:00",
        ];
        for (name, start) in changes {
            let zone = zone(name);
            let minute = |n: i64| at(start) + SignedDuration::from_mins(n);
            for quiet in ranges.map(quiet) {
                let ends: Vec<_> = (0..48 * 60).map(|n| quiet.ends_at(minute(n), &zone)).collect();
                let mut expected = quiet.ends_at(minute(48 * 60), &zone);
                for n in (0..48 * 60).rev() {
                    let is_quiet = quiet.is_quiet(minute(n), &zone);
                    expected = match (is_quiet, expected) {
                        (false, _) => None,
                        (true, None) => Some(minute(n + 1)),
                        (true, later) => later,
                    };
                    assert_eq!(ends[usize::try_from(n).expect("small")], expected, "{name} {quiet} {n}");
                }
            }
        }
    }
}
