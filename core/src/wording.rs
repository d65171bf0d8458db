//! Formats figures, times and durations; everything that shows one uses these functions. Whole sentences are
//! in `text`.

mod name;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, Zoned};
use rust_decimal::Decimal;

pub(crate) use self::name::{columns, isolated, printable, shortened};
use crate::reading::{Currency, Percent, Row, Span, Window};
use crate::text::Words;

/// In days. From this distance on, a date without its year is ambiguous.
const HALF_A_YEAR: i64 = 182;
/// In days.
const YEAR: i64 = 365;

/// The settings that the format depends on.
#[derive(Debug, Clone, Copy)]
pub struct Wording<'a> {
    pub words: &'a Words,
    /// The zone of clock times.
    pub zone: &'a TimeZone,
    /// The present moment, by the server's clock if known.
    pub now: Timestamp,
    /// Whether figures show what is used instead of what is left.
    pub show_used: bool,
}

impl Wording<'_> {
    /// A share: `71 % left`, or `29 % used` if the user prefers that.
    #[must_use]
    pub fn figure(&self, left: Percent) -> String {
        let (id, share) = if self.show_used { ("figure-used", left.rest()) } else { ("figure-left", left) };
        self.words.put(id, &[("percent", share.to_string().into())])
    }

    /// A share without "left" or "used": `71 %`.
    #[must_use]
    pub fn bare_figure(&self, left: Percent) -> String {
        self.words.put("figure-percent", &[("percent", self.shown(left).to_string().into())])
    }

    /// An approximate share in whole percent, without a unit: `35`.
    #[must_use]
    pub fn about(&self, left: Percent) -> String {
        self.shown(left).whole().to_string()
    }

    /// The share that is shown: what is left, or what is used.
    #[must_use]
    pub fn shown(&self, left: Percent) -> Percent {
        if self.show_used { left.rest() } else { left }
    }

    /// The name of a window by its length: `5 hours`, `Week`.
    #[must_use]
    pub fn window(&self, window: &Window) -> String {
        if window.span == Span::Weekly {
            return self.words.say("window-week");
        }
        match hours(window) {
            Some(hours) if hours % 24 == 0 && hours > 24 => {
                self.words.put("window-days", &[("days", (hours / 24).into())])
            }
            Some(hours) => self.words.put("window-hours", &[("hours", hours.into())]),
            None => self.words.say("window-short"),
        }
    }

    /// The name of a window inside a sentence: `5 hours`, `week`.
    #[must_use]
    pub fn window_inline(&self, window: &Window) -> String {
        match (window.span, hours(window)) {
            (Span::Weekly, _) => self.words.say("window-week-inline"),
            (Span::Interval, None) => self.words.say("window-short-inline"),
            (Span::Interval, Some(_)) => self.window(window),
        }
    }

    /// The unit of the large figure: `left of 5 hours`, `left this week`, `left of this window` if the length
    /// is unknown.
    #[must_use]
    pub fn unit(&self, window: &Window) -> String {
        match (window.span, self.show_used) {
            (Span::Weekly, false) => self.words.say("unit-left-week"),
            (Span::Weekly, true) => self.words.say("unit-used-week"),
            (Span::Interval, _) if hours(window).is_none() => {
                self.words.say(if self.show_used { "unit-used-short" } else { "unit-left-short" })
            }
            (Span::Interval, false) => self.words.put("unit-left", &[("window", self.window(window).into())]),
            (Span::Interval, true) => self.words.put("unit-used", &[("window", self.window(window).into())]),
        }
    }

    /// The name of a row: translated for known ones, otherwise as sent.
    #[must_use]
    pub fn row(&self, row: &Row) -> String {
        match row.model.as_deref() {
            Some("general") => self.words.say("row-general"),
            Some("video") => self.words.say("row-video"),
            Some(name) => printable(name),
            None => self.words.say("row-unnamed"),
        }
    }

    /// A time as short as is unambiguous: `15:00`, `Mon 08:00`, `23 November 08:00`, and with its year if it
    /// is half a year away.
    #[must_use]
    pub fn clock(&self, moment: Timestamp) -> String {
        self.short(moment, ["clock-today", "clock-week", "clock-date", "clock-year"])
    }

    /// A time inside a sentence: `at 15:00`, `on Mon at 08:00`.
    #[must_use]
    pub fn at(&self, moment: Timestamp) -> String {
        self.short(moment, ["at-today", "at-week", "at-date", "at-year"])
    }

    fn short(&self, moment: Timestamp, [today, week, date, year]: [&str; 4]) -> String {
        let (then, now) = (self.local(moment), self.local(self.now));
        let time = hours_minutes(&then);
        let days_apart = then.date().duration_since(now.date()).as_hours() / 24;
        match days_apart {
            0 => self.words.put(today, &[("time", time.into())]),
            // Within these days the weekday is unambiguous.
            -6..=6 => {
                let weekday = self.words.say(&format!("weekday-{}", then.weekday().to_monday_one_offset()));
                self.words.put(week, &[("weekday", weekday.into()), ("time", time.into())])
            }
            _ => self.words.put(
                if days_apart.abs() < HALF_A_YEAR { date } else { year },
                &[
                    ("day", then.day().into()),
                    ("month", self.month(&then).into()),
                    // As text: Fluent would add a thousands separator to a number.
                    ("year", then.year().to_string().into()),
                    ("time", time.into()),
                ],
            ),
        }
    }

    /// The full date and time: `Monday, 23 November 2026, 15:00`. With the offset if the clock shows that
    /// time twice.
    #[must_use]
    pub fn exact(&self, moment: Timestamp) -> String {
        let then = self.local(moment);
        let exact = self.in_full(&then);
        if !self.zone.to_ambiguous_timestamp(then.datetime()).is_ambiguous() {
            return exact;
        }
        let offset = then.strftime("%:z").to_string();
        self.words.put("exact-offset", &[("exact", exact.into()), ("offset", offset.into())])
    }

    fn in_full(&self, then: &Zoned) -> String {
        let weekday = self.words.say(&format!("weekday-long-{}", then.weekday().to_monday_one_offset()));
        self.words.put(
            "exact",
            &[
                ("weekday", weekday.into()),
                ("day", then.day().into()),
                ("month", self.month(then).into()),
                ("year", then.year().to_string().into()),
                ("time", hours_minutes(then).into()),
            ],
        )
    }

    /// A weekday: `Mon`.
    #[must_use]
    pub fn weekday(&self, day: Date) -> String {
        self.words.say(&format!("weekday-{}", day.weekday().to_monday_one_offset()))
    }

    /// A date without year: `23 Nov`.
    #[must_use]
    pub fn short_date(&self, day: Date) -> String {
        let month = self.words.say(&format!("month-short-{}", day.month()));
        self.words.put("date-short", &[("day", day.day().into()), ("month", month.into())])
    }

    /// A date with its weekday: `Mon 23 Nov`.
    #[must_use]
    pub fn day(&self, day: Date) -> String {
        let values = [("weekday", self.weekday(day).into()), ("date", self.short_date(day).into())];
        self.words.put("date-weekday", &values)
    }

    /// A duration in its two largest units: `1 h 30 min`, `2 d 4 h`; years alone.
    #[must_use]
    pub fn span(&self, span: SignedDuration) -> String {
        let minutes = span.as_secs().max(0) / 60;
        let (days, hours, rest) = (minutes / 1440, minutes / 60 % 24, minutes % 60);
        let put =
            |id: &str, values: &[(&'static str, fluent_bundle::FluentValue<'_>)]| self.words.put(id, values);
        match (days, hours, rest) {
            (0, 0, 0) => self.words.say("span-under-a-minute"),
            (0, 0, m) => put("span-minutes", &[("minutes", m.into())]),
            (0, h, 0) => put("span-hours", &[("hours", h.into())]),
            (0, h, m) => put("span-hours-minutes", &[("hours", h.into()), ("minutes", m.into())]),
            (d, ..) if d >= 2 * YEAR => put("span-years", &[("years", (d / YEAR).into())]),
            (d, 0, _) => put("span-days", &[("days", d.into())]),
            (d, h, _) => put("span-days-hours", &[("days", d.into()), ("hours", h.into())]),
        }
    }

    /// The time until a moment; minutes are rounded up, so that a countdown never ends early.
    #[must_use]
    pub fn until(&self, moment: Timestamp) -> String {
        let left = moment.duration_since(self.now);
        let rounded =
            if left.as_secs() % 60 > 0 { left.saturating_add(SignedDuration::from_secs(59)) } else { left };
        self.span(rounded)
    }

    /// The time since a moment.
    #[must_use]
    pub fn since(&self, moment: Timestamp) -> String {
        self.span(self.now.duration_since(moment))
    }

    /// An amount: `$1,234.50`, `-¥1.25`. The same in English and Chinese.
    #[must_use]
    pub fn money(&self, amount: Decimal, currency: Currency) -> String {
        let sign = if amount.is_sign_negative() && !amount.is_zero() { "-" } else { "" };
        let mut shown = amount.abs();
        if shown.scale() < 2 {
            shown.rescale(2);
        }
        format!("{sign}{}{}", currency.sign(), grouped(&shown.to_string()))
    }

    /// A balance: `$12.34`, or a debt: `$1.50 owed`.
    #[must_use]
    pub fn balance(&self, available: Decimal, currency: Currency) -> String {
        if available.is_sign_negative() && !available.is_zero() {
            return self.words.put("money-owed", &[("amount", self.money(available.abs(), currency).into())]);
        }
        self.money(available, currency)
    }

    /// A number with thousands separators, the same in both languages: `1,500`.
    #[must_use]
    pub fn count(&self, number: u64) -> String {
        grouped(&number.to_string())
    }

    fn local(&self, moment: Timestamp) -> Zoned {
        moment.to_zoned(self.zone.clone())
    }

    fn month(&self, then: &Zoned) -> String {
        self.words.say(&format!("month-{}", then.month()))
    }
}

/// The length of a window in hours, rounded: windows that begin with the first use end a few milliseconds
/// off.
fn hours(window: &Window) -> Option<i64> {
    window.length_seconds.map(|s| (s + 1800) / 3600).filter(|hours| *hours > 0)
}

/// Adds thousands separators before the decimal point.
fn grouped(number: &str) -> String {
    let (whole, rest) = number.split_once('.').map_or((number, None), |(whole, rest)| (whole, Some(rest)));
    let mut shown = String::with_capacity(number.len() + number.len() / 3);
    for (place, digit) in whole.chars().enumerate() {
        if place > 0 && (whole.len() - place) % 3 == 0 {
            shown.push(',');
        }
        shown.push(digit);
    }
    if let Some(rest) = rest {
        shown.push('.');
        shown.push_str(rest);
    }
    shown
}

fn hours_minutes(then: &Zoned) -> String {
    format!("{:02}:{:02}", then.hour(), then.minute())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Tongue;

    fn check(tongue: Tongue, test: impl Fn(&Wording<'_>)) {
        let words = Words::new(tongue);
        let zone = TimeZone::fixed(jiff::tz::offset(8));
        let now = "2026-11-23T04:00:00Z".parse().expect("a moment");
        test(&Wording { words: &words, zone: &zone, now, show_used: false });
    }

    fn at(text: &str) -> Timestamp {
        text.parse().expect("a moment")
    }

    #[test]
    fn a_moment_is_worded_as_short_as_it_stays_clear() {
        check(Tongue::English, |w| {
            assert_eq!(w.clock(at("2026-11-23T07:00:00Z")), "15:00");
            assert_eq!(w.clock(at("2026-11-27T00:00:00Z")), "Fri 08:00");
            assert_eq!(w.clock(at("2026-12-23T00:00:00Z")), "23 December 08:00");
            assert_eq!(w.exact(at("2026-11-23T07:00:00Z")), "Monday, 23 November 2026, 15:00");
        });
        check(Tongue::Chinese, |w| {
            assert_eq!(w.clock(at("2026-11-27T00:00:00Z")), "周五 08:00");
            assert_eq!(w.exact(at("2026-11-23T07:00:00Z")), "2026年11月23日 星期一 15:00");
        });
    }

    #[test]
    fn a_countdown_names_two_units_and_never_ends_early() {
        check(Tongue::English, |w| {
            assert_eq!(w.until(at("2026-11-23T05:30:00Z")), "1 h 30 min");
            assert_eq!(w.until(at("2026-11-23T04:00:30Z")), "1 min");
            assert_eq!(w.until(at("2026-11-25T08:10:00Z")), "2 d 4 h");
            assert_eq!(w.until(at("2026-11-23T03:00:00Z")), "less than a minute");
        });
    }

    #[test]
    fn money_keeps_its_decimals_and_its_sign() {
        let amount = |text: &str| text.parse::<Decimal>().expect("an amount");
        for tongue in Tongue::ALL {
            check(tongue, |w| {
                assert_eq!(w.money(amount("12.34"), Currency::Usd), "$12.34");
                assert_eq!(w.money(amount("-1.25"), Currency::Cny), "-¥1.25");
                assert_eq!(w.money(amount("98"), Currency::Usd), "$98.00");
                assert_eq!(w.money(amount("0.005"), Currency::Usd), "$0.005");
                assert_eq!(w.money(amount("-1234567.8"), Currency::Cny), "-¥1,234,567.80");
                assert_eq!(w.money(amount("999.99"), Currency::Cny), "¥999.99");
                assert_eq!(w.money(amount("-0.00"), Currency::Usd), "$0.00");
                assert_eq!((w.count(1500), w.count(15)), ("1,500".to_owned(), "15".to_owned()));
            });
        }
        check(Tongue::English, |w| assert_eq!(w.balance(amount("-1.5"), Currency::Usd), "$1.50 owed"));
        check(Tongue::Chinese, |w| assert_eq!(w.balance(amount("-1.5"), Currency::Cny), "欠费 ¥1.50"));
    }

    #[test]
    fn a_moment_years_away_has_its_year() {
        check(Tongue::English, |w| {
            let far = at("2035-11-28T01:00:00Z");
            assert_eq!(w.clock(far), "28 November 2035 09:00");
            assert_eq!(w.at(far), "on 28 November 2035 at 09:00");
            assert_eq!(w.until(far), "9 years");
            assert_eq!(w.clock(at("2027-03-01T01:00:00Z")), "1 March 09:00");
        });
        check(Tongue::Chinese, |w| {
            let far = at("2035-11-28T01:00:00Z");
            assert_eq!((w.clock(far).as_str(), w.until(far).as_str()), ("2035年11月28日 09:00", "9 年"));
        });
    }

    /// A reset as seen at a time in a zone: the clock time, how far it is, and the full date and time.
    fn reset(zone: &str, now: &str, reset: &str) -> [String; 3] {
        let words = Words::new(Tongue::English);
        let zone = TimeZone::get(zone).expect("a zone");
        let w = Wording { words: &words, zone: &zone, now: at(now), show_used: false };
        [w.clock(at(reset)), w.until(at(reset)), w.exact(at(reset))]
    }

    #[test]
    fn a_countdown_over_midnight_names_the_day() {
        assert_eq!(
            reset("Asia/Shanghai", "2026-11-23T15:10:00Z", "2026-11-23T17:30:00Z"),
            ["Tue 01:30", "2 h 20 min", "Tuesday, 24 November 2026, 01:30"]
        );
        assert_eq!(
            reset("America/New_York", "2026-12-31T22:00:00Z", "2027-01-01T05:00:00Z"),
            ["Fri 00:00", "7 h", "Friday, 1 January 2027, 00:00"],
            "over a year's end, too"
        );
    }

    #[test]
    fn a_countdown_over_a_change_of_the_clock_counts_the_hours_that_pass() {
        assert_eq!(
            reset("Europe/Berlin", "2026-03-28T23:30:00Z", "2026-03-29T04:00:00Z"),
            ["06:00", "4 h 30 min", "Sunday, 29 March 2026, 06:00"],
            "from 00:30 the clock skips an hour"
        );
        assert_eq!(
            reset("Europe/Berlin", "2026-10-24T21:30:00Z", "2026-10-25T05:00:00Z"),
            ["Sun 06:00", "7 h 30 min", "Sunday, 25 October 2026, 06:00"],
            "from 23:30 the clock shows an hour twice"
        );
        assert_eq!(
            reset("America/New_York", "2026-11-01T03:30:00Z", "2026-11-01T08:00:00Z"),
            ["Sun 03:00", "4 h 30 min", "Sunday, 1 November 2026, 03:00"]
        );
    }

    #[test]
    fn a_time_that_the_clock_shows_twice_says_which_of_both() {
        let first = reset("Europe/Berlin", "2026-10-24T20:00:00Z", "2026-10-25T00:30:00Z");
        let second = reset("Europe/Berlin", "2026-10-24T20:00:00Z", "2026-10-25T01:30:00Z");
        assert_eq!(first[2], "Sunday, 25 October 2026, 02:30 (UTC+02:00)");
        assert_eq!(second[2], "Sunday, 25 October 2026, 02:30 (UTC+01:00)");
    }
}
