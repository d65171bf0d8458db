//! The history of windows and the values derived from it, over long simulated periods.

use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use rust_decimal::Decimal;
use tidemark_core::forecast::{self, Confidence, Forecast, Outcome};
use tidemark_core::history::{Change, History, Point, Track, WindowKey};
use tidemark_core::reading::{Balance, Currency, Percent, Plan, Quota, Reading, Row, Span, Window};
use tidemark_core::rolling::{self, Release};
use tidemark_core::week::{self, Week};

const HOUR: i64 = 60;
const DAY: i64 = 24 * HOUR;
/// A Monday at midnight, UTC.
const BEGIN: i64 = 1_795_392_000;

fn minute(minute: i64) -> Timestamp {
    Timestamp::from_second(BEGIN.saturating_add(minute.saturating_mul(60))).unwrap_or(Timestamp::MAX)
}

fn percent(left: f64) -> Percent {
    Percent::clamped(left).unwrap_or(Percent::FULL)
}

fn key(span: Span) -> WindowKey {
    WindowKey { row: Some("general".to_owned()), span }
}

/// A window of this length, in minutes, that began at minute `start`.
fn window(span: Span, start: i64, length: i64, left: f64) -> Window {
    let left = percent(left);
    Window {
        span,
        quota: if left.is_zero() { Quota::Exhausted } else { Quota::Limited { left } },
        count: None,
        boost: 1.0,
        starts_at: Some(minute(start)),
        resets_at: Some(minute(start + length)),
        length_seconds: Some(length * 60),
    }
}

/// A window of five hours that began at minute `start`.
fn short(start: i64, left: f64) -> Window {
    window(Span::Interval, start, 5 * HOUR, left)
}

fn reading(windows: Vec<Window>) -> Reading {
    let row = Row { model: Some("general".to_owned()), windows };
    Reading::Plan(Plan { rows: vec![row], ..Plan::default() })
}

/// An account that is polled repeatedly, and the store with its changes.
#[derive(Default)]
struct Life {
    history: History,
    kept: Vec<Change>,
}

impl Life {
    fn see(&mut self, at: i64, windows: Vec<Window>) {
        let changes = self.history.take(&reading(windows), minute(at));
        for change in changes {
            let same = |kept: &&mut Change| match (&**kept, &change) {
                (Change::Window { key, point }, Change::Window { key: other, point: new }) => {
                    key == other && point.at == new.at
                }
                (Change::Money(point), Change::Money(new)) => point.at == new.at,
                _ => false,
            };
            match self.kept.iter_mut().rev().take(8).find(same) {
                Some(kept) => *kept = change,
                None => self.kept.push(change),
            }
        }
    }

    /// Polls every five minutes; `left` gives the share left at a minute of a five-hour window that began at
    /// `start`.
    fn watch(&mut self, start: i64, minutes: std::ops::Range<i64>, left: impl Fn(f64) -> f64) {
        for at in minutes.step_by(5) {
            #[expect(clippy::cast_precision_loss, reason = "minutes of some days")]
            let now = at as f64;
            self.see(at, vec![short(start, left(now).ceil())]);
        }
    }

    /// The same for a rolling window: its bounds move with the clock.
    fn watch_rolling(&mut self, minutes: std::ops::Range<i64>, left: impl Fn(f64) -> f64) {
        for at in minutes.step_by(5) {
            #[expect(clippy::cast_precision_loss, reason = "minutes of some days")]
            let now = at as f64;
            self.see(at, vec![short(at, left(now).ceil())]);
        }
    }

    fn track(&self, span: Span) -> &Track {
        self.history.track(&key(span)).unwrap_or_else(|| panic!("{span:?} was never seen"))
    }

    fn points(&self) -> &[Point] {
        self.track(Span::Interval).points()
    }

    fn left(&self) -> f64 {
        self.points().last().map_or(100.0, |p| p.left.get())
    }

    fn forecast(&self, start: i64, now: i64) -> Option<Forecast> {
        forecast::of(self.track(Span::Interval), &short(start, self.left()), minute(now))
    }

    fn releases(&self, now: i64) -> Vec<Release> {
        rolling::releases(self.track(Span::Interval), &short(now, self.left()), minute(now))
    }
}

#[test]
fn an_unchanged_share_is_one_point() {
    let mut life = Life::default();
    life.watch(0, 0..61, |_| 80.0);
    life.watch(0, 65..70, |_| 79.0);
    let seen: Vec<_> = life.points().iter().map(|p| (p.at, p.until, p.left.get())).collect();
    assert_eq!(seen, [(minute(0), minute(60), 80.0), (minute(65), minute(65), 79.0)]);
}

#[test]
fn a_gap_and_another_window_begin_a_new_point() {
    let mut life = Life::default();
    life.watch(0, 0..31, |_| 100.0);
    life.watch(0, 55..60, |_| 100.0);
    assert_eq!(life.points().len(), 2, "25 minutes were not seen");
    life.watch(3, 60..65, |_| 100.0);
    assert_eq!(life.points().len(), 2, "bounds tremble");
    life.watch(5 * HOUR, 65..70, |_| 100.0);
    assert_eq!(life.points().len(), 3, "another window is another point");
}

#[test]
fn asking_once_an_hour_leaves_no_gaps() {
    let mut life = Life::default();
    for at in 0..5 {
        life.see(at * HOUR, vec![short(0, 70.0)]);
    }
    assert_eq!(life.points().len(), 2);
}

#[test]
fn only_surely_metered_windows_are_followed() {
    let mut life = Life::default();
    let quotas = [Quota::Unlimited, Quota::NotInPlan, Quota::Unknown { left: Some(percent(40.0)) }];
    for quota in quotas {
        life.see(0, vec![Window { quota, ..short(0, 40.0) }]);
    }
    assert_eq!(life.history, History::default());
    life.see(0, vec![Window { quota: Quota::Exhausted, ..short(0, 0.0) }]);
    assert_eq!(life.points().len(), 1);
}

#[test]
fn weeks_of_asking_every_few_minutes_stay_small() {
    let mut history = History::default();
    for at in (0..12 * DAY).step_by(4) {
        let used = |length: i64| f64::from(u16::try_from(at % length * 100 / length).unwrap_or(0));
        let start = at - at % (5 * HOUR);
        let mut windows = vec![short(start, 100.0 - used(5 * HOUR))];
        // Hundredths of a percent, as MiniMax might send them one day: every reading has another share.
        let fine = f64::from(u16::try_from(at % 10_000).unwrap_or(0)) / 100.0;
        windows.push(window(Span::Weekly, at - at % (7 * DAY), 7 * DAY, 100.0 - fine));
        history.take(&reading(windows), minute(at));
        let balance = Balance {
            currency: Currency::Usd,
            available: Some(Decimal::new(10_000_000 - at, 2)),
            cash: None,
            voucher: None,
            credit: None,
            owed: None,
            alert_below: None,
            server_time: None,
        };
        history.take(&Reading::Balance(balance), minute(at));
    }
    let now = minute(12 * DAY);
    for span in [Span::Interval, Span::Weekly] {
        let points = history.track(&key(span)).map_or(&[][..], Track::points);
        assert!((200..=600).contains(&points.len()), "{span:?}: {} points", points.len());
        let reach = points.first().map_or(0, |p| now.duration_since(p.at).as_hours());
        assert!(reach >= 5 * 24, "{span:?}: remembers {reach} hours");
    }
    assert!((200..=600).contains(&history.money().len()), "{} balances", history.money().len());
}

#[test]
fn a_year_from_the_store_stays_small_too() {
    let points = (0..365 * 24).map(|hour| {
        let (at, left) = (minute(hour * HOUR), percent(f64::from(u8::try_from(hour % 100).unwrap_or(0))));
        let point = Point {
            at,
            until: at,
            left,
            starts_at: None,
            resets_at: Some(minute(hour * HOUR + 60)),
            rolling: false,
        };
        Change::Window { key: key(Span::Interval), point }
    });
    let mut history = History::default();
    history.recall(points);
    let points = history.track(&key(Span::Interval)).map_or(&[][..], Track::points);
    assert!((200..=600).contains(&points.len()), "{} points", points.len());
}

#[test]
fn a_clock_set_back_a_day_leaves_order_and_nothing_from_the_future() {
    let mut life = Life::default();
    life.watch(2 * DAY, 2 * DAY..2 * DAY + 100, |now| 2980.0 - now);
    life.watch(DAY, DAY..DAY + 10, |_| 50.0);
    assert!(life.points().iter().all(|p| p.until <= minute(DAY + 5)), "{:?}", life.points());
    life.watch(2 * DAY, 2 * DAY + 105..2 * DAY + 110, |_| 20.0);
    assert_eq!(life.points().len(), 2);
}

#[test]
fn a_clock_that_jumped_a_month_ahead_poisons_nothing() {
    let mut life = Life::default();
    life.watch(0, 0..120, |now| 100.0 - now / 3.0);
    let before = life.points().to_vec();
    life.watch(30 * DAY, 30 * DAY..30 * DAY + 30, |_| 60.0);
    assert_eq!(life.forecast(0, 120), None, "what is from the future says nothing");
    life.watch(0, 120..150, |now| 100.0 - now / 3.0);
    assert_eq!(life.points()[..before.len()], before, "what was known before is still known");
    assert!(life.points().iter().all(|p| p.until <= minute(145)));
    assert!(life.forecast(0, 150).is_some());
}

#[test]
fn a_clock_that_trembles_cuts_nothing() {
    let mut life = Life::default();
    life.watch(0, 0..31, |now| 100.0 - now);
    life.see(29, vec![short(0, 69.0)]);
    assert_eq!(life.points().len(), 7);
    assert_eq!((life.points()[6].at, life.left()), (minute(30), 69.0));
}

#[test]
fn a_burning_window_runs_out_before_its_reset() {
    let mut life = Life::default();
    life.watch(0, 0..121, |now| 100.0 - now / 2.0);
    let forecast = life.forecast(0, 120);
    let expected = Outcome::RunsOut { at: minute(200), before_reset: Some(SignedDuration::from_mins(100)) };
    assert_eq!(forecast, Some(Forecast { outcome: expected, confidence: Confidence::Good }));
}

#[test]
fn a_calm_window_lasts() {
    let mut life = Life::default();
    life.watch(0, 0..181, |now| 100.0 - now / 6.0);
    let Some(Forecast { outcome: Outcome::Lasts { left }, confidence }) = life.forecast(0, 180) else {
        panic!("{:?}", life.forecast(0, 180));
    };
    assert!((45.0..=55.0).contains(&left.get()), "{left}");
    assert!(confidence >= Confidence::Fair);
}

#[test]
fn too_little_is_not_spoken_of() {
    let mut life = Life::default();
    life.watch(-300, -300..0, |now| (-now / 3.0).max(1.0));
    life.watch(0, 0..11, |now| 100.0 - now);
    assert_eq!(life.forecast(0, 10), None, "a window that has just begun");
    let mut life = Life::default();
    life.watch(0, 110..121, |now| 150.0 - now);
    assert_eq!(life.forecast(0, 120), None, "a short look at a window that was never seen before");
    let mut life = Life::default();
    life.watch(0, 0..101, |now| 90.0 - now);
    assert_eq!(life.forecast(0, 100), None, "a window that is used up");
    let mut life = Life::default();
    life.watch(0, 0..61, |now| 100.0 - now);
    assert!(life.forecast(0, 60).is_some());
    assert_eq!(life.forecast(0, 60 + 80), None, "what was seen 80 minutes ago says nothing");
    assert_eq!(life.forecast(0, 301), None, "nor does it after the reset");
    assert_eq!(life.forecast(0, 0), None, "nor before it was seen");
}

#[test]
fn lunch_neither_ends_the_worry_at_once_nor_lets_it_stay_for_hours() {
    let mut life = Life::default();
    let work = |now: f64| 100.0 - now.min(120.0) * 0.55;
    let mut said = Vec::new();
    for at in (0..=295).step_by(5) {
        life.watch(0, at..at + 1, work);
        said.push((at, life.forecast(0, at).map(|f| f.outcome)));
    }
    let runs_out = |at: i64| {
        let found = said.iter().find(|(minute, _)| *minute == at);
        matches!(found, Some((_, Some(Outcome::RunsOut { .. }))))
    };
    assert!(runs_out(120) && runs_out(135), "{said:?}");
    assert!((180..=295).step_by(5).all(|at| !runs_out(at)), "{said:?}");
}

#[test]
fn an_idle_window_lasts_as_it_is() {
    let mut life = Life::default();
    life.watch(0, 0..151, |_| 80.0);
    let lasts = Outcome::Lasts { left: percent(80.0) };
    assert_eq!(life.forecast(0, 150).map(|f| f.outcome), Some(lasts));
}

#[test]
fn a_week_is_looked_ahead_by_days_not_by_the_hour() {
    let mut life = Life::default();
    // Eight working hours a day, 24 percentage points a day: it runs out early on the fifth day.
    for at in (0..3 * DAY + 12 * HOUR).step_by(5) {
        let worked = at / DAY * 8 * 60 + (at % DAY - 9 * HOUR).clamp(0, 8 * HOUR);
        let left = (100.0 - f64::from(i32::try_from(worked).unwrap_or(0)) / 20.0).ceil();
        life.see(at, vec![window(Span::Weekly, 0, 7 * DAY, left)]);
    }
    let now = 3 * DAY + 12 * HOUR;
    let left = life.track(Span::Weekly).points().last().map_or(0.0, |p| p.left.get());
    let week = window(Span::Weekly, 0, 7 * DAY, left);
    let forecast = forecast::of(life.track(Span::Weekly), &week, minute(now));
    let Some(Forecast { outcome: Outcome::RunsOut { at, .. }, .. }) = forecast else {
        panic!("{forecast:?}")
    };
    let days = at.duration_since(minute(0)).as_secs_f64() / 86_400.0;
    assert!((3.9..=5.0).contains(&days), "{days}");
}

#[test]
fn the_even_pace_goes_with_the_time_that_is_left() {
    let window = short(0, 40.0);
    let pace = |at| forecast::pace(&window, minute(at)).map(Percent::get);
    assert_eq!([pace(0), pace(75), pace(300)], [Some(100.0), Some(75.0), Some(0.0)]);
    assert_eq!([pace(-1), pace(301)], [None, None]);
    let unmetered = Window { quota: Quota::Unlimited, ..short(0, 40.0) };
    assert_eq!(forecast::pace(&unmetered, minute(10)), None);
    assert_eq!(forecast::pace(&Window { resets_at: None, ..short(0, 40.0) }, minute(10)), None);
}

#[test]
fn bounds_that_go_with_the_clock_are_a_rolling_window() {
    let mut life = Life::default();
    life.watch_rolling(0..11, |_| 90.0);
    assert!(!life.track(Span::Interval).is_rolling(), "two steps could be chance");
    life.watch_rolling(15..21, |_| 90.0);
    assert!(life.track(Span::Interval).is_rolling());
    life.watch(20, 25..31, |_| 90.0);
    assert!(life.track(Span::Interval).is_rolling(), "nor is it a fixed one after two");
    life.watch(20, 35..41, |_| 90.0);
    assert!(!life.track(Span::Interval).is_rolling());
}

#[test]
fn what_is_rolling_still_is_after_a_restart() {
    let mut life = Life::default();
    life.watch_rolling(0..61, |now| 100.0 - now);
    let mut again = Life::default();
    again.history.recall(life.kept.clone());
    assert!(again.track(Span::Interval).is_rolling());
    assert_eq!(again.releases(60), life.releases(60));
    again.watch_rolling(65..66, |_| 35.0);
    assert!(again.track(Span::Interval).is_rolling());
}

#[test]
fn no_fixed_window_is_taken_for_a_rolling_one() {
    // An idle account whose window is sent as beginning now, until the first use.
    let mut idle = Life::default();
    idle.watch_rolling(0..121, |_| 100.0);
    assert!(!idle.track(Span::Interval).is_rolling(), "idle");
    idle.watch(120, 125..180, |_| 97.0);
    assert!(!idle.track(Span::Interval).is_rolling(), "in use");
    // Clock windows, the last of the day four hours long, with several poll intervals.
    for step in [1, 5, 20, 60] {
        let mut clock = Life::default();
        for at in (0..3 * DAY).step_by(step) {
            let start = at - at % DAY % (5 * HOUR);
            let length = if (at % DAY) >= 20 * HOUR { 4 * HOUR } else { 5 * HOUR };
            clock.see(at, vec![window(Span::Interval, start, length, 60.0)]);
            assert!(!clock.track(Span::Interval).is_rolling(), "by the clock, every {step} minutes, at {at}");
        }
    }
    // A daily window, polled once a day at about the same time.
    let mut daily = Life::default();
    for day in 0..9 {
        daily.see(day * DAY + 600 + day % 3, vec![window(Span::Interval, day * DAY, DAY, 60.0)]);
        assert!(!daily.track(Span::Interval).is_rolling(), "daily");
    }
    // Bounds that vary by up to two minutes.
    let mut trembling = Life::default();
    for at in 0..600 {
        let start = [0, 2, -1, 1, -2, 2, 0][usize::try_from(at * 5 % 7).unwrap_or(0)];
        trembling.see(at, vec![short(start + at / 300 * 300, 60.0)]);
        assert!(!trembling.track(Span::Interval).is_rolling(), "trembling, at {at}");
    }
}

#[test]
fn what_was_used_returns_after_the_length_of_the_window() {
    let mut life = Life::default();
    // Twelve percentage points at one time, eight an hour later.
    life.watch_rolling(0..31, |_| 99.0);
    life.watch_rolling(35..91, |_| 87.0);
    life.watch_rolling(95..151, |_| 79.0);
    let seen: Vec<_> = life.releases(150).iter().map(|r| (r.at, r.share.get())).collect();
    assert_eq!(seen.first().map(|r| r.1), Some(1.0), "what was used before anybody looked comes first");
    assert_eq!(seen[1..], [(minute(35 + 300), 13.0), (minute(95 + 300), 21.0)]);
}

#[test]
fn what_has_returned_is_not_promised_again_and_what_is_used_meanwhile_is_counted() {
    let mut life = Life::default();
    // Ten percentage points an hour without end: after five hours as much is released as is used, and the
    // share stays.
    let left = |now: f64| 100.0 - (now / 6.0).min(50.0);
    life.watch_rolling(0..15 * HOUR, left);
    let now = 15 * HOUR - 5;
    let releases = life.releases(now);
    assert!((2..=4).contains(&releases.len()), "{releases:?}");
    let last = releases.last().map_or(0.0, |r| r.share.get());
    assert!((49.0..=51.0).contains(&last), "all that is used returns: {releases:?}");
    let half = releases.iter().rfind(|r| r.at <= minute(now + 180)).map_or(0.0, |r| r.share.get());
    assert!((10.0..=32.0).contains(&half), "evenly: {releases:?}");
    let forecast = life.forecast(now, now);
    assert!(matches!(forecast.map(|f| f.outcome), Some(Outcome::Lasts { .. })), "{forecast:?}");
}

#[test]
fn a_rolling_window_runs_out_where_more_is_used_than_returns() {
    let mut life = Life::default();
    life.watch_rolling(0..121, |now| 100.0 - now * 0.6);
    let forecast = life.forecast(120, 120);
    let Some(Forecast { outcome: Outcome::RunsOut { at, before_reset: None }, .. }) = forecast else {
        panic!("{forecast:?}");
    };
    assert!((160..=175).contains(&(at.duration_since(minute(0)).as_mins())), "{at}");
    life.watch_rolling(125..181, |_| 28.0);
    let releases = life.releases(180);
    assert!(releases.iter().all(|r| r.at >= minute(300) && r.share <= percent(72.0)), "{releases:?}");
}

#[test]
fn the_week_is_counted_in_windows_as_both_moved_together() {
    let mut life = Life::default();
    let faq = 10.0;
    // 1.6 percentage points of the week for ten of a short window: 6.25 windows a week.
    for at in (0..2 * DAY).step_by(5) {
        let start = at - at % (5 * HOUR);
        let used_in = |minutes: i64| f64::from(i32::try_from(minutes).unwrap_or(0)) * 0.21;
        let weekly = window(Span::Weekly, 0, 7 * DAY, (100.0 - used_in(at) * 0.16).ceil());
        life.see(at, vec![short(start, (100.0 - used_in(at - start)).ceil()), weekly]);
        let week =
            week::windows_left(life.track(Span::Interval), life.track(Span::Weekly), percent(80.0), faq);
        if at < 5 * HOUR {
            assert_eq!(week, Week { windows_left: 8.0, measured: false });
        }
    }
    let week = week::windows_left(life.track(Span::Interval), life.track(Span::Weekly), percent(80.0), faq);
    assert!(week.measured);
    assert!((week.windows_left - 5.0).abs() < 0.4, "{week:?}");
}

/// Random readings in any order of time.
fn readings() -> impl Strategy<Value = Vec<(i64, i64, i64, u8, u8)>> {
    let step = prop_oneof![8 => 0..12_i64, 1 => -3000..3000_i64, 1 => -60_000..60_000_i64];
    let start = prop_oneof![4 => -300..300_i64, 1 => -100_000..100_000_i64];
    let length = prop_oneof![4 => Just(300_i64), 1 => Just(10_080_i64), 1 => 0..20_000_i64];
    prop::collection::vec((step, start, length, 0..=100_u8, 0..6_u8), 1..250)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn whatever_comes_points_stay_in_order_and_a_restart_changes_nothing(readings in readings()) {
        let mut life = Life::default();
        let mut now = 0_i64;
        for (step, start, length, left, kind) in readings {
            now += step;
            // Kinds: bounds as they come, bounds that move with the clock, or missing bounds.
            let begins = if kind < 3 { now } else { now + start };
            let mut one = window(Span::Interval, begins, length, f64::from(left));
            if kind == 4 {
                one.starts_at = None;
            }
            if kind == 5 {
                (one.resets_at, one.length_seconds) = (None, None);
            }
            life.see(now, vec![one.clone()]);
            let track = life.track(Span::Interval);
            let points = track.points();
            prop_assert!(points.iter().all(|p| p.at <= p.until));
            prop_assert!(points.windows(2).all(|p| p[0].until <= p[1].at && p[0].at < p[1].at));
            prop_assert!(points.last().is_some_and(|p| p.until.duration_since(minute(now)) <= SignedDuration::from_mins(2)));
            let mut again = History::default();
            again.recall(points.iter().map(|point| Change::Window { key: key(Span::Interval), point: *point }));
            let recalled = again.track(&key(Span::Interval)).expect("it was kept");
            prop_assert_eq!(recalled.points(), points);
            let forecast = forecast::of(track, &one, minute(now));
            prop_assert_eq!(forecast::of(recalled, &one, minute(now)), forecast);
            if let Some(Outcome::RunsOut { at, before_reset }) = forecast.map(|f| f.outcome) {
                prop_assert!(at >= minute(now));
                prop_assert!(before_reset.is_none_or(|b| !b.is_negative()));
            }
            let releases = rolling::releases(track, &one, minute(now));
            prop_assert!(releases.len() <= 4);
            prop_assert!(releases.windows(2).all(|r| r[0].at < r[1].at && r[0].share < r[1].share));
            prop_assert!(releases.iter().all(|r| r.at >= minute(now) && r.share <= percent(f64::from(left)).rest()));
            let week = week::windows_left(track, track, percent(f64::from(left)), 10.0);
            prop_assert!(week.windows_left.is_finite() && week.windows_left >= 0.0);
        }
    }

    #[test]
    fn the_end_of_time_is_no_trouble(at in any::<i64>(), left in 0..=100_u8, steps in 1..20_i64) {
        let mut history = History::default();
        let length = SignedDuration::from_hours(5);
        for step in 0..steps {
            let at = Timestamp::from_second(at.clamp(-377_705_023_201, 253_402_207_200).saturating_add(step * 300))
                .unwrap_or(Timestamp::MAX);
            let one = Window {
                starts_at: Some(at),
                resets_at: at.checked_add(length).ok(),
                ..short(0, f64::from(left) - f64::from(i32::try_from(step).unwrap_or(0)))
            };
            history.take(&reading(vec![one.clone()]), at);
            let track = history.track(&key(Span::Interval)).expect("it was taken");
            let _ = (forecast::of(track, &one, at), forecast::pace(&one, at), rolling::releases(track, &one, at));
        }
    }
}
