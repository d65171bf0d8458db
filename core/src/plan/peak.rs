//! Peak hours: when MiniMax slows agents down.
//!
//! No zone names except China's: the core has no zone tables, and an offset is sufficient.

use jiff::Timestamp;
use jiff::civil::Weekday;
use jiff::tz::{Offset, TimeZone};

use super::figures::Figures;
use crate::hours::Hours;

/// The peak hours with their weekdays and zone.
#[derive(Clone, Debug, PartialEq)]
pub struct Peak {
    hours: Hours,
    weekdays: Vec<Weekday>,
    zone: Zone,
}

/// Peak hours occur at least once within this many days, even over a weekend.
const DAYS: i64 = 9;

impl Peak {
    /// Whether a time is within the peak hours; `local` is the user's zone.
    #[must_use]
    pub fn is_peak(&self, at: Timestamp, local: &TimeZone) -> bool {
        let clock = self.zone.or(local).to_datetime(at);
        let is_tail = self.hours.is_over_midnight() && clock.time() < self.hours.to();
        // Hours after midnight belong to the day on which the range began.
        let day = if is_tail { clock.date().weekday().previous() } else { clock.date().weekday() };
        self.hours.has(clock.time()) && self.weekdays.contains(&day)
    }

    /// The next time at which the peak hours begin or end; `None` if they never do.
    #[must_use]
    pub fn next_change(&self, at: Timestamp, local: &TimeZone) -> Option<Timestamp> {
        let now = self.is_peak(at, local);
        let edges = self.hours.edges(at, &self.zone.or(local), DAYS);
        edges.into_iter().find(|edge| self.is_peak(*edge, local) != now)
    }

    /// The clock times in the zone of the peak hours.
    #[must_use]
    pub const fn hours(&self) -> Hours {
        self.hours
    }

    #[must_use]
    pub const fn zone(&self) -> &Zone {
        &self.zone
    }
}

/// The zone of the peak hours.
#[derive(Clone, Debug, PartialEq)]
pub enum Zone {
    /// The user's zone.
    Local,
    /// A fixed offset.
    Fixed(Offset),
}

/// The text is not a supported zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("local, or an offset such as UTC+8 or +08:00")]
pub struct ZoneError;

impl Zone {
    /// Parses `local`, `UTC`, `UTC+8`, `UTC+05:45`, `+08:00` or `Asia/Shanghai`, which has been UTC+8 since
    /// 1991.
    ///
    /// # Errors
    ///
    /// [`ZoneError`] for anything else, and for offsets beyond those in use (UTC-12 to UTC+14).
    pub fn parse(text: &str) -> Result<Self, ZoneError> {
        let text = text.trim();
        match text {
            "local" => return Ok(Self::Local),
            "UTC" | "GMT" => return Ok(Self::Fixed(Offset::UTC)),
            "Asia/Shanghai" => return Offset::from_hours(8).map(Self::Fixed).map_err(|_| ZoneError),
            _ => {}
        }
        let offset = text.strip_prefix("UTC").or_else(|| text.strip_prefix("GMT")).unwrap_or(text);
        let (sign, size) = match (offset.strip_prefix('+'), offset.strip_prefix(['-', '−'])) {
            (Some(size), _) => (1, size),
            (None, Some(size)) => (-1, size),
            (None, None) => return Err(ZoneError),
        };
        let (hours, minutes) = size.split_once(':').unwrap_or((size, "00"));
        let number = |text: &str, digits: &[usize]| {
            let is_plain = digits.contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
            text.parse::<i32>().ok().filter(|_| is_plain).ok_or(ZoneError)
        };
        let (hours, minutes) = (number(hours, &[1, 2])?, number(minutes, &[2])?);
        let offset = sign * (hours * 60 + minutes);
        if minutes > 59 || !(-12 * 60..=14 * 60).contains(&offset) {
            return Err(ZoneError);
        }
        Offset::from_seconds(offset * 60).map(Self::Fixed).map_err(|_| ZoneError)
    }

    fn or(&self, local: &TimeZone) -> TimeZone {
        match self {
            Self::Local => local.clone(),
            Self::Fixed(offset) => TimeZone::fixed(*offset),
        }
    }
}

/// The peak hours from the settings: MiniMax's own if empty, none for `off`.
pub(super) fn chosen(hours: &str, zone: &str, own: &Figures) -> Option<Peak> {
    if hours.trim() == "off" {
        return None;
    }
    let own_hours = || Hours::parse(&own.peak_hours.value);
    let own_zone = || Zone::parse(&own.peak_zone.value);
    let weekdays = own.peak_weekdays.value.iter().copied();
    Some(Peak {
        hours: Hours::parse(hours).or_else(|_| own_hours()).ok()?,
        zone: Zone::parse(zone).or_else(|_| own_zone()).ok()?,
        weekdays: weekdays.filter_map(|day| Weekday::from_monday_one_offset(day).ok()).collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::Facts;
    use crate::settings::Settings;

    fn peak(hours: &str, zone: &str) -> Peak {
        let settings =
            Settings { peak_hours: hours.to_owned(), peak_zone: zone.to_owned(), ..Settings::default() };
        Facts::of(&settings).peak.expect("there are some")
    }

    fn at(text: &str) -> Timestamp {
        text.parse().expect("a moment")
    }

    fn next(peak: &Peak, moment: &str, local: &TimeZone) -> String {
        peak.next_change(at(moment), local).expect("a change").to_string()
    }

    #[test]
    fn minimaxs_peak_hours_are_weekdays_by_china_time() {
        let (peak, local) = (peak("", ""), TimeZone::UTC);
        // Monday, 23 November 2026; 15:00 in China is 07:00 UTC.
        assert!(!peak.is_peak(at("2026-11-23T06:59:59Z"), &local));
        assert!(peak.is_peak(at("2026-11-23T07:00:00Z"), &local));
        assert!(!peak.is_peak(at("2026-11-23T09:30:00Z"), &local));
        assert!(!peak.is_peak(at("2026-11-22T08:00:00Z"), &local), "a Sunday");
        assert_eq!(next(&peak, "2026-11-23T06:00:00Z", &local), "2026-11-23T07:00:00Z");
        assert_eq!(next(&peak, "2026-11-23T08:00:00Z", &local), "2026-11-23T09:30:00Z");
        assert_eq!(next(&peak, "2026-11-27T09:30:00Z", &local), "2026-11-30T07:00:00Z", "over the weekend");
    }

    #[test]
    fn the_weekday_is_the_one_in_the_zone_of_the_peak_hours() {
        let (peak, local) = (peak("06:00-08:00", "+08:00"), TimeZone::UTC);
        // Sunday 23:00 in London is Monday 07:00 in China, Friday 23:00 is Saturday.
        assert!(peak.is_peak(at("2026-11-22T23:00:00Z"), &local));
        assert!(!peak.is_peak(at("2026-11-27T23:00:00Z"), &local));
    }

    #[test]
    fn the_users_own_zone_keeps_its_clock_over_a_change_of_summer_time() {
        let (peak, local) =
            (peak("15:00-17:30", "local"), TimeZone::get("America/New_York").expect("a zone"));
        assert_eq!(next(&peak, "2026-03-06T23:00:00Z", &local), "2026-03-09T19:00:00Z");
        assert_eq!(next(&peak, "2026-10-30T23:00:00Z", &local), "2026-11-02T20:00:00Z");
    }

    #[test]
    fn the_next_change_is_the_first_minute_that_differs_in_every_zone() {
        for (name, begin) in [
            ("America/New_York", "2026-03-08T00:00:00Z"),
            ("America/New_York", "2026-11-01T00:00:00Z"),
            ("Europe/London", "2026-03-29T00:00:00Z"),
            ("Australia/Lord_Howe", "2026-10-03T12:00:00Z"),
            ("Pacific/Chatham", "2026-09-26T12:00:00Z"),
            ("Asia/Kathmandu", "2026-11-22T00:00:00Z"),
        ] {
            let local = TimeZone::get(name).expect("a zone");
            for hours in ["02:15-02:45", "22:00-03:15", "00:00-01:30"] {
                let peak = peak(hours, "local");
                let minute = |n: i64| at(begin) + jiff::SignedDuration::from_mins(n);
                let mut expected = peak.next_change(minute(36 * 60), &local);
                for n in (0..36 * 60).rev() {
                    if peak.is_peak(minute(n), &local) != peak.is_peak(minute(n + 1), &local) {
                        expected = Some(minute(n + 1));
                    }
                    if n % 7 == 0 {
                        assert_eq!(peak.next_change(minute(n), &local), expected, "{name} {hours} {n}");
                    }
                }
            }
        }
    }

    #[test]
    fn a_night_belongs_to_the_day_on_which_it_began() {
        let (peak, local) = (peak("22:00-02:00", "UTC"), TimeZone::UTC);
        assert!(peak.is_peak(at("2026-11-28T01:00:00Z"), &local), "the night after Friday");
        assert!(!peak.is_peak(at("2026-11-28T23:00:00Z"), &local), "Saturday");
        assert!(!peak.is_peak(at("2026-11-23T01:00:00Z"), &local), "the night after Sunday");
        assert_eq!(next(&peak, "2026-11-28T01:00:00Z", &local), "2026-11-28T02:00:00Z");
        assert_eq!(next(&peak, "2026-11-28T02:00:00Z", &local), "2026-11-30T22:00:00Z");
    }

    #[test]
    fn a_zone_is_written_as_an_offset() {
        let offset = |text| match Zone::parse(text) {
            Ok(Zone::Fixed(offset)) => Some(offset.seconds() / 60),
            Ok(Zone::Local) | Err(ZoneError) => None,
        };
        for (text, minutes) in [
            ("UTC", 0),
            ("UTC+8", 480),
            ("UTC+08:00", 480),
            ("+08:00", 480),
            ("-3:30", -210),
            ("GMT-3", -180),
            ("UTC+5:45", 345),
            ("Asia/Shanghai", 480),
            ("UTC+14", 840),
            ("UTC-12", -720),
        ] {
            assert_eq!(offset(text), Some(minutes), "{text}");
        }
        for text in ["", "8", "UTC8", "UTC+15", "UTC-12:01", "+8:60", "+8:5", "+", "Europe/Berlin", "+-8"] {
            assert_eq!(Zone::parse(text), Err(ZoneError), "{text}");
        }
        assert_eq!(Zone::parse("local"), Ok(Zone::Local));
    }

    #[test]
    fn a_text_that_is_no_range_or_zone_leaves_minimaxs_own() {
        assert_eq!(peak("at noon", "Mars"), peak("", ""));
    }
}
