//! How figures, moments and spans of time are worded; every place uses these.
//!
//! Owns the one function that words a figure. Refuses sentences: those are whole messages of `text`.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, Zoned};
use rust_decimal::Decimal;

use crate::reading::{Currency, Percent, Row, Span, Window};
use crate::text::Words;

/// What wording depends on besides the catalogue.
#[derive(Debug, Clone, Copy)]
pub struct Wording<'a> {
    /// The catalogue.
    pub words: &'a Words,
    /// The zone of clock times.
    pub zone: &'a TimeZone,
    /// The moment, corrected to the server's clock where that is known.
    pub now: Timestamp,
    /// Whether figures say what is used instead of what is left.
    pub show_used: bool,
}

impl Wording<'_> {
    /// Words a share: `71 % left`, or `29 % used` where the user wants that.
    #[must_use]
    pub fn figure(&self, left: Percent) -> String {
        let (id, share) = if self.show_used { ("figure-used", left.rest()) } else { ("figure-left", left) };
        self.words.put(id, &[("percent", share.to_string().into())])
    }

    /// Words a share without saying which: `71 %`.
    #[must_use]
    pub fn bare_figure(&self, left: Percent) -> String {
        self.words.put("figure-percent", &[("percent", self.shown(left).to_string().into())])
    }

    /// Words a share that is only about right, in whole percent, without saying which: `35`.
    #[must_use]
    pub fn about(&self, left: Percent) -> String {
        self.shown(left).whole().to_string()
    }

    /// Gives the share that is drawn: what is left, or what is used.
    #[must_use]
    pub fn shown(&self, left: Percent) -> Percent {
        if self.show_used { left.rest() } else { left }
    }

    /// Names a window by its own length: `5 hours`, `Week`.
    #[must_use]
    pub fn window(&self, window: &Window) -> String {
        if window.span == Span::Weekly {
            return self.words.say("window-week");
        }
        // A length that is no whole number of hours is rounded: first-use windows end a few milliseconds off.
        match window.length_seconds.map(|s| (s + 1800) / 3600) {
            Some(hours) if hours > 0 && hours % 24 == 0 && hours > 24 => {
                self.words.put("window-days", &[("days", (hours / 24).into())])
            }
            Some(hours) if hours > 0 => self.words.put("window-hours", &[("hours", hours.into())]),
            Some(_) | None => self.words.say("window-short"),
        }
    }

    /// Says what the big figure counts: `left of 5 hours`, `left this week`.
    #[must_use]
    pub fn unit(&self, window: &Window) -> String {
        match (window.span, self.show_used) {
            (Span::Weekly, false) => self.words.say("unit-left-week"),
            (Span::Weekly, true) => self.words.say("unit-used-week"),
            (Span::Interval, false) => self.words.put("unit-left", &[("window", self.window(window).into())]),
            (Span::Interval, true) => self.words.put("unit-used", &[("window", self.window(window).into())]),
        }
    }

    /// Names a row: its own words for those we know, the name as sent for all others.
    #[must_use]
    pub fn row(&self, row: &Row) -> String {
        match row.model.as_deref() {
            Some("general") => self.words.say("row-general"),
            Some("video") => self.words.say("row-video"),
            Some(name) => printable(name),
            None => self.words.say("row-unnamed"),
        }
    }

    /// Words a moment as short as it stays clear: `15:00`, `Mon 08:00`, `23 November 08:00`.
    #[must_use]
    pub fn clock(&self, moment: Timestamp) -> String {
        self.short(moment, ["clock-today", "clock-week", "clock-date"])
    }

    /// Words a moment for the middle of a sentence: `at 15:00`, `on Mon at 08:00`.
    #[must_use]
    pub fn at(&self, moment: Timestamp) -> String {
        self.short(moment, ["at-today", "at-week", "at-date"])
    }

    fn short(&self, moment: Timestamp, [today, week, date]: [&str; 3]) -> String {
        let (then, now) = (self.local(moment), self.local(self.now));
        let time = hours_minutes(&then);
        let days_apart = then.date().duration_since(now.date()).as_hours() / 24;
        match days_apart {
            0 => self.words.put(today, &[("time", time.into())]),
            // Within these days a weekday names one day only.
            -6..=6 => {
                let weekday = self.words.say(&format!("weekday-{}", then.weekday().to_monday_one_offset()));
                self.words.put(week, &[("weekday", weekday.into()), ("time", time.into())])
            }
            _ => self.words.put(
                date,
                &[("day", then.day().into()), ("month", self.month(&then).into()), ("time", time.into())],
            ),
        }
    }

    /// Words a moment in full: `Monday, 23 November 2026, 15:00`.
    #[must_use]
    pub fn exact(&self, moment: Timestamp) -> String {
        let then = self.local(moment);
        let weekday = self.words.say(&format!("weekday-long-{}", then.weekday().to_monday_one_offset()));
        self.words.put(
            "exact",
            &[
                ("weekday", weekday.into()),
                ("day", then.day().into()),
                ("month", self.month(&then).into()),
                // As text: Fluent would put a thousands separator into a number.
                ("year", then.year().to_string().into()),
                ("time", hours_minutes(&then).into()),
            ],
        )
    }

    /// Names a day of the week, short: `Mon`.
    #[must_use]
    pub fn weekday(&self, day: Date) -> String {
        self.words.say(&format!("weekday-{}", day.weekday().to_monday_one_offset()))
    }

    /// Words a day as short as it goes: `23 Nov`.
    #[must_use]
    pub fn short_date(&self, day: Date) -> String {
        let month = self.words.say(&format!("month-short-{}", day.month()));
        self.words.put("date-short", &[("day", day.day().into()), ("month", month.into())])
    }

    /// Words a day with its weekday: `Mon 23 Nov`.
    #[must_use]
    pub fn day(&self, day: Date) -> String {
        let values = [("weekday", self.weekday(day).into()), ("date", self.short_date(day).into())];
        self.words.put("date-weekday", &values)
    }

    /// Words a span of time by its two largest units: `1 h 30 min`, `2 d 4 h`.
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
            (d, 0, _) => put("span-days", &[("days", d.into())]),
            (d, h, _) => put("span-days-hours", &[("days", d.into()), ("hours", h.into())]),
        }
    }

    /// Words how far a moment lies ahead; minutes are rounded up, so that a countdown never ends early.
    #[must_use]
    pub fn until(&self, moment: Timestamp) -> String {
        let left = moment.duration_since(self.now);
        let rounded = if left.as_secs() % 60 > 0 { left + SignedDuration::from_secs(59) } else { left };
        self.span(rounded)
    }

    /// Words how long ago a moment was.
    #[must_use]
    pub fn since(&self, moment: Timestamp) -> String {
        self.span(self.now.duration_since(moment))
    }

    /// Words money: `$12.34`, `-¥1.25`.
    #[must_use]
    pub fn money(&self, amount: Decimal, currency: Currency) -> String {
        let sign = if amount.is_sign_negative() && !amount.is_zero() { "-" } else { "" };
        let mut shown = amount.abs();
        if shown.scale() < 2 {
            shown.rescale(2);
        }
        format!("{sign}{}{shown}", currency.sign())
    }

    fn local(&self, moment: Timestamp) -> Zoned {
        moment.to_zoned(self.zone.clone())
    }

    fn month(&self, then: &Zoned) -> String {
        self.words.say(&format!("month-{}", then.month()))
    }
}

fn hours_minutes(then: &Zoned) -> String {
    format!("{:02}:{:02}", then.hour(), then.minute())
}

/// Takes the characters out of a foreign name that could break a line or turn text around, and cuts it short.
pub(crate) fn printable(name: &str) -> String {
    const LONGEST: usize = 60;
    let mut shown: String =
        name.chars().filter(|c| !crate::account::is_unprintable(*c)).take(LONGEST).collect();
    if name.chars().count() > LONGEST {
        shown.push('…');
    }
    shown
}

/// Isolates a name that is written from right to left, so that it turns only itself. All others are left alone: some
/// desktops show the marks.
pub(crate) fn isolated(name: String) -> String {
    let turns = |c: char| matches!(c, '\u{0590}'..='\u{08FF}' | '\u{FB1D}'..='\u{FDFF}' | '\u{FE70}'..='\u{FEFC}' | '\u{10800}'..='\u{10FFF}' | '\u{1E800}'..='\u{1EFFF}');
    if name.contains(turns) { format!("\u{2068}{name}\u{2069}") } else { name }
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
        check(Tongue::English, |w| {
            let amount = |text: &str| text.parse::<Decimal>().expect("an amount");
            assert_eq!(w.money(amount("12.34"), Currency::Usd), "$12.34");
            assert_eq!(w.money(amount("-1.25"), Currency::Cny), "-¥1.25");
            assert_eq!(w.money(amount("98"), Currency::Usd), "$98.00");
            assert_eq!(w.money(amount("0.005"), Currency::Usd), "$0.005");
        });
    }

    #[test]
    fn a_name_from_right_to_left_turns_only_itself() {
        assert_eq!(isolated("فريق".to_owned()), "\u{2068}فريق\u{2069}");
        for plain in ["Home", "工作室", "Büro 🏠"] {
            assert_eq!(isolated(plain.to_owned()), plain);
        }
    }

    #[test]
    fn a_name_from_outside_cannot_turn_text_around() {
        assert_eq!(printable("a\u{202E}b\nc"), "abc");
        assert_eq!(printable(&"x".repeat(100)).chars().count(), 61);
    }
}
