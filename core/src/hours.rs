//! A daily range of clock times, such as `22:00-07:00`, possibly over midnight.
//!
//! On days of 23 and 25 hours the local wall clock decides: a time that it skips does not occur that day, one that it
//! shows twice occurs twice.

use std::fmt;

use jiff::civil::{DateTime, Time};
use jiff::tz::{AmbiguousOffset, TimeZone};
use jiff::{Span, Timestamp};

/// From one clock time until just before another; over midnight if the second is the earlier one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hours {
    from: Time,
    to: Time,
}

/// Why a text is not a range of clock times.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HoursError {
    /// It is not two times with a dash between.
    #[error("two times such as 22:00-07:00")]
    Form,
    /// Both times are equal, which could mean never or always.
    #[error("two different times such as 22:00-07:00")]
    Same,
}

impl Hours {
    /// Parses `22:00-07:00`. Blanks around the parts, a long dash and `7:00` are accepted too.
    ///
    /// # Errors
    ///
    /// [`HoursError`] describes what is accepted.
    pub fn parse(text: &str) -> Result<Self, HoursError> {
        let (from, to) = text.split_once(['-', '–', '—']).ok_or(HoursError::Form)?;
        let (from, to) = (clock(from)?, clock(to)?);
        if from == to { Err(HoursError::Same) } else { Ok(Self { from, to }) }
    }

    #[must_use]
    pub const fn from(self) -> Time {
        self.from
    }

    #[must_use]
    pub const fn to(self) -> Time {
        self.to
    }

    #[must_use]
    pub fn is_over_midnight(self) -> bool {
        self.to < self.from
    }

    /// Whether a time of the wall clock is within the range.
    #[must_use]
    pub fn has(self, time: Time) -> bool {
        if self.is_over_midnight() {
            time >= self.from || time < self.to
        } else {
            (self.from..self.to).contains(&time)
        }
    }

    /// Returns the moments after `at`, in order, at which the clock of `zone` may enter or leave the range, for `days`
    /// days: each start and end, including those shown twice, and each jump of the clock.
    #[must_use]
    pub(crate) fn edges(self, at: Timestamp, zone: &TimeZone, days: i64) -> Vec<Timestamp> {
        let today = zone.to_datetime(at).date();
        let dates = (0..=days).filter_map(|n| today.checked_add(Span::new().days(n)).ok());
        let times = dates.flat_map(|date| [self.from, self.to].map(|time| date.to_datetime(time)));
        let mut edges: Vec<Timestamp> = times.flat_map(|time| moments(zone, time)).collect();
        if let Some(last) = edges.iter().max().copied() {
            edges.extend(zone.following(at).map(|jump| jump.timestamp()).take_while(|jump| *jump <= last));
        }
        edges.retain(|edge| *edge > at);
        edges.sort_unstable();
        edges
    }
}

impl fmt::Display for Hours {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { from, to } = self;
        write!(f, "{:02}:{:02}-{:02}:{:02}", from.hour(), from.minute(), to.hour(), to.minute())
    }
}

fn clock(text: &str) -> Result<Time, HoursError> {
    let (hour, minute) = text.trim().split_once(':').ok_or(HoursError::Form)?;
    let number = |text: &str, digits: std::ops::RangeInclusive<usize>| {
        let is_plain = digits.contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
        text.parse::<i8>().ok().filter(|_| is_plain).ok_or(HoursError::Form)
    };
    Time::new(number(hour, 1..=2)?, number(minute, 2..=2)?, 0, 0).map_err(|_| HoursError::Form)
}

/// Returns the moments at which the clock of a zone shows a time: usually one, none if it is skipped, two if the clock
/// is put back over it.
fn moments(zone: &TimeZone, time: DateTime) -> Vec<Timestamp> {
    let ambiguous = zone.to_ambiguous_timestamp(time);
    match ambiguous.offset() {
        AmbiguousOffset::Unambiguous { .. } => ambiguous.unambiguous().into_iter().collect(),
        AmbiguousOffset::Gap { .. } => Vec::new(),
        AmbiguousOffset::Fold { .. } => {
            [ambiguous.earlier(), ambiguous.later()].into_iter().flatten().collect()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_is_two_different_times_and_is_written_in_one_way() {
        for (text, written) in [
            ("22:00-07:00", "22:00-07:00"),
            (" 9:05 – 17:30 ", "09:05-17:30"),
            ("00:00-23:59", "00:00-23:59"),
        ] {
            assert_eq!(Hours::parse(text).map(|h| h.to_string()).as_deref(), Ok(written), "{text}");
        }
        for text in [
            "",
            "22:00",
            "22-07",
            "22:00-",
            "24:00-07:00",
            "22:60-07:00",
            "+2:00-07:00",
            "22:0-07:00",
            "22:00:00-07:00",
            "-1:00-07:00",
            "a:bc-07:00",
            "22:00-07:00-08:00",
            "２２:00-07:00",
        ] {
            assert_eq!(Hours::parse(text), Err(HoursError::Form), "{text}");
        }
        assert_eq!(Hours::parse("07:00-7:00"), Err(HoursError::Same));
    }

    #[test]
    fn a_range_has_its_beginning_and_not_its_end() {
        let has = |range: &str, time: &str| {
            Hours::parse(range).expect("a range").has(time.parse().expect("a time"))
        };
        assert!(has("22:00-07:00", "22:00") && has("22:00-07:00", "00:00") && has("22:00-07:00", "06:59:59"));
        assert!(!has("22:00-07:00", "07:00") && !has("22:00-07:00", "21:59:59"));
        assert!(has("13:00-14:00", "13:00") && !has("13:00-14:00", "14:00") && !has("13:00-14:00", "02:00"));
    }
}
