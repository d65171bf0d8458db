//! Charts of given histories and of generated ones.

use std::sync::{Arc, OnceLock};

use jiff::tz::TimeZone;
use proptest::prelude::*;
use rust_decimal::Decimal;

use super::subject::About;
use super::*;
use crate::account::{Account, AccountId, Kind};
use crate::answer::Answer;
use crate::history::{Change, WindowKey};
use crate::message::Now;
use crate::reading::Percent;
use crate::settings::{Language, Settings};
use crate::simulate;
use crate::text::{Tongue, Words};
use crate::watched::{Kept, Watched};

fn at(text: &str) -> Timestamp {
    text.parse().expect("a moment")
}

fn mins(minutes: i64) -> SignedDuration {
    SignedDuration::from_mins(minutes)
}

/// Noon in London, in winter.
const NOON: &str = "2026-11-27T12:00:00Z";

fn settings(change: impl FnOnce(&mut Settings)) -> Settings {
    let mut settings = simulate::settings(&Settings::default());
    change(&mut settings);
    settings
}

/// One of the simulated accounts one hour into its day, after 31 days of history; also returns what a store
/// would have kept.
fn watch(which: usize, settings: &Settings, now: Timestamp) -> (Watched, Vec<Change>) {
    static KEPT: OnceLock<[Vec<Change>; 3]> = OnceLock::new();
    let account = settings.accounts[which].clone();
    let start = now - SignedDuration::from_hours(1);
    let since = now - SignedDuration::from_hours(31 * 24);
    let past = |which: usize| simulate::past(&settings.accounts[which], start, since, now, mins(15));
    let kept = KEPT.get_or_init(|| [past(0), past(1), past(2)])[which].clone();
    let mut watched = Watched::new(account.clone(), Kept::default(), now);
    Arc::make_mut(&mut watched.history).recall(kept.iter().cloned());
    let answer: Answer = simulate::answer(&account.id, start, now);
    let _ = watched.take(&Ok(answer), now).expect("a reading");
    (watched, kept)
}

fn subject(watched: &Watched, settings: &Settings, tongue: Tongue, now: Timestamp) -> Subject {
    let words = Words::new(tongue);
    let zone = TimeZone::get("Europe/London").expect("a zone");
    Subject::of(watched, settings, &words, &Now { at: now, zone }, None)
}

fn points(kept: &[Change], wanted: &WindowKey) -> Vec<Point> {
    let of = |change: &Change| match change {
        Change::Window { key, point } if key == wanted => Some(*point),
        Change::Window { .. } | Change::Money(_) => None,
    };
    kept.iter().filter_map(of).collect()
}

fn drawn(range: Range, settings: &Settings, tongue: Tongue) -> Chart {
    let now = at(NOON);
    let (watched, kept) = watch(0, settings, now);
    let subject = subject(&watched, settings, tongue, now);
    let key = subject.window().expect("a window").clone();
    chart(&subject, range, &points(&kept, &key), &[])
}

/// Returns all violations of the rules that hold for every chart.
fn faults(chart: &Chart, range: Range) -> Vec<String> {
    let mut faults = Vec::new();
    let mut must = |holds: bool, what: &str| {
        if !holds {
            faults.push(what.to_owned());
        }
    };
    let now = chart.now;
    must(chart.dots.windows(2).all(|pair| pair[0].at < pair[1].at), "times ascend");
    must(chart.dots.iter().all(|dot| dot.at >= chart.from && dot.at <= now), "dots lie behind now");
    must(chart.dots.iter().all(|dot| dot.value.is_finite()), "values are numbers");
    if chart.form != Form::Steps {
        let shares = chart.dots.iter().map(|dot| dot.value).chain(chart.ahead.iter().map(|s| s.value));
        must(shares.into_iter().all(|share| (0.0..=100.0).contains(&share)), "shares are shares");
    }
    must(chart.gaps.iter().all(|gap| gap.from < gap.to && gap.to <= now), "gaps lie behind now");
    let within = |gap: &Stretch| chart.dots.iter().any(|dot| dot.at > gap.from && dot.at < gap.to);
    must(!chart.gaps.iter().any(within), "nothing was read in a gap");
    must(
        chart.bands.iter().all(|b| b.from < b.to && b.from <= now && b.to <= chart.to),
        "bands begin behind now",
    );
    must(chart.ahead.iter().all(|spot| spot.at >= now), "the forecast begins now");
    must(chart.times.windows(2).all(|pair| pair[0].at < pair[1].at), "names of moments ascend");
    must((2..=12).contains(&chart.times.len()) || range == Range::Month, "few moments are named");
    must(chart.rows.len() <= table::MOST_ROWS, "the table can be read");
    must(chart.dots.len() <= 1300, "no more is drawn than can be seen");
    must(chart.dots.is_empty() != chart.empty.is_empty(), "what is empty says so");
    faults
}

#[test]
fn every_range_of_a_busy_month_is_drawn_in_order_and_few_words() {
    for which in 0..3 {
        for range in Range::ALL {
            let settings = settings(|_| {});
            let (watched, kept) = watch(which, &settings, at(NOON));
            let subject = subject(&watched, &settings, Tongue::English, at(NOON));
            let money: Vec<MoneyPoint> = kept
                .iter()
                .filter_map(|change| match change {
                    Change::Money(point) => Some(*point),
                    Change::Window { .. } => None,
                })
                .collect();
            let points = subject.window().map(|key| points(&kept, key)).unwrap_or_default();
            let chart = chart(&subject, range, &points, &money);
            assert_eq!(faults(&chart, range), Vec::<String>::new(), "{which} {range:?}");
            assert!(!chart.dots.is_empty() && !chart.summary.is_empty(), "{which} {range:?}");
        }
    }
}

#[test]
fn a_chart_says_what_is_left_now_the_tightest_moment_and_what_comes() {
    let chart = drawn(Range::Day, &settings(|_| {}), Tongue::English);
    assert_eq!(chart.title, "5 hours");
    assert_eq!(chart.summary, "18 % left now. Lowest: 0 % at 08:30.");
    assert!(chart.outlook.starts_with("runs out about "), "{}", chart.outlook);
    let labels: Vec<&str> = chart.choices.iter().map(|c| c.label.as_str()).collect();
    assert_eq!(labels, ["5 hours", "Week"]);
    assert!(
        chart.rows[0].note == "expected" && chart.rows[0].value == "about 0 % left",
        "{:?}",
        chart.rows[0]
    );
    assert!(chart.rows.iter().any(|row| row.note == "new window"));
    assert_eq!(chart.dots.last().map(|dot| dot.words.as_str()), Some("12:00: 18 % left"));
    let chinese = drawn(Range::Day, &settings(|_| {}), Tongue::Chinese);
    assert_eq!(chinese.summary, "现在剩余 18%。最低：08:30 0%。");
}

#[test]
fn the_users_wish_turns_values_thresholds_and_words_round() {
    let left = drawn(Range::Day, &settings(|_| {}), Tongue::English);
    let used = drawn(Range::Day, &settings(|s| s.show_used = true), Tongue::English);
    assert!(used.summary.starts_with("82 % used now. Highest: 100 %"), "{}", used.summary);
    for (left, used) in left.dots.iter().zip(&used.dots) {
        assert!((left.value + used.value - 100.0).abs() < 1e-9);
    }
    assert_eq!(left.lines.iter().map(|l| l.value).collect::<Vec<_>>(), [20.0, 5.0]);
    assert_eq!(used.lines.iter().map(|l| l.value).collect::<Vec<_>>(), [80.0, 95.0]);
}

#[test]
fn thirty_days_of_short_windows_become_a_column_for_each_day() {
    let chart = drawn(Range::Month, &settings(|_| {}), Tongue::English);
    assert_eq!(chart.form, Form::Columns);
    assert!((30..=31).contains(&chart.dots.len()), "{}", chart.dots.len());
    assert!(chart.bands.is_empty() && chart.resets.is_empty());
    let week = drawn(Range::Week, &settings(|_| {}), Tongue::English);
    assert_eq!(week.form, Form::Line);
    assert!((28..=36).contains(&week.resets.len()), "{}", week.resets.len());
}

/// A point of a five-hour window from 10:00, or of the one before it.
fn point(time: &str, until: &str, left: f64) -> Point {
    let (at, until) = (at(&format!("2026-11-27T{time}:00Z")), at(&format!("2026-11-27T{until}:00Z")));
    let begun = "2026-11-27T10:00:00Z".parse::<Timestamp>().expect("a moment");
    let starts_at = if at >= begun { begun } else { begun - SignedDuration::from_hours(5) };
    let resets_at = Some(starts_at + SignedDuration::from_hours(5));
    let left = Percent::clamped(left).expect("a share");
    Point { at, until, left, starts_at: Some(starts_at), resets_at, rolling: false }
}

#[test]
fn a_flat_stretch_is_no_hole_and_silence_is_one() {
    let points =
        [point("07:30", "09:00", 60.0), point("09:05", "09:05", 58.0), point("09:50", "09:50", 20.0)];
    let trace = trace::trace(&points, at("2026-11-27T07:00:00Z"), at(NOON), mins(20));
    let silent: Vec<_> = trace.sights.iter().filter_map(|s| s.silent).collect();
    assert_eq!(silent, [mins(45)]);
    assert_eq!(trace.sights.len(), 4);
}

#[test]
fn a_reset_between_two_readings_is_drawn_where_it_was() {
    let points = [point("09:55", "09:57", 20.0), point("10:03", "10:03", 99.0)];
    let trace = trace::trace(&points, at("2026-11-27T07:00:00Z"), at(NOON), mins(20));
    let seen: Vec<(String, f64, bool)> =
        trace.sights.iter().map(|s| (s.at.to_string(), s.left.get(), s.read)).collect();
    let expected = [
        ("2026-11-27T09:55:00Z", 20.0, true),
        ("2026-11-27T09:57:00Z", 20.0, true),
        ("2026-11-27T10:00:00Z", 20.0, false),
        ("2026-11-27T10:00:01Z", 100.0, false),
        ("2026-11-27T10:03:00Z", 99.0, true),
    ];
    assert_eq!(seen, expected.map(|(at, left, read)| (at.to_owned(), left, read)));
    assert_eq!(trace.windows.len(), 2);
}

#[test]
fn what_a_clock_that_ran_ahead_left_behind_is_not_drawn() {
    let points = [point("11:00", "13:30", 60.0), point("14:00", "14:30", 10.0)];
    let trace = trace::trace(&points, at("2026-11-27T07:00:00Z"), at(NOON), mins(20));
    assert_eq!(trace.sights.last().map(|s| (s.at, s.left.get())), Some((at(NOON), 60.0)));
}

#[test]
fn without_a_reading_it_says_that_it_begins_with_the_next_one() {
    let settings = settings(|_| {});
    for (which, english) in
        [(0, "The history begins with the next reading."), (2, "The history begins with the next reading.")]
    {
        let watched = Watched::new(settings.accounts[which].clone(), Kept::default(), at(NOON));
        let subject = subject(&watched, &settings, Tongue::English, at(NOON));
        let chart = chart(&subject, Range::Day, &[], &[]);
        assert_eq!((chart.empty.as_str(), chart.dots.len()), (english, 0));
        assert_eq!(faults(&chart, Range::Day), Vec::<String>::new());
    }
}

#[test]
fn a_stretch_without_readings_says_so_where_there_were_some_before() {
    let settings = settings(|_| {});
    let (watched, _) = watch(0, &settings, at(NOON));
    let mut subject = subject(&watched, &settings, Tongue::English, at(NOON));
    subject.now = at("2026-11-29T12:00:00Z");
    let chart = chart(&subject, Range::Hours, &[point("09:00", "09:30", 60.0)], &[]);
    assert_eq!(chart.empty, "Nothing was read in this time.");
}

#[test]
fn a_balance_is_told_with_its_days_and_its_top_ups() {
    let settings = settings(|_| {});
    let wallet = &settings.accounts[2];
    assert_eq!(wallet.kind, Kind::PayAsYouGo);
    let watched = Watched::new(wallet.clone(), Kept::default(), at(NOON));
    let subject = subject(&watched, &settings, Tongue::English, at(NOON));
    let money = |at: &str, cents: i64| {
        let at: Timestamp = format!("2026-11-{at}:00Z").parse().expect("a moment");
        MoneyPoint { at, until: at, available: Decimal::new(cents, 2) }
    };
    let kept =
        [money("25T10:00", 500), money("25T10:05", 420), money("27T11:50", 2420), money("27T11:55", 2400)];
    let chart = chart(&subject, Range::Week, &[], &kept);
    assert_eq!(chart.summary, "$24.00 now. Spent in this time: $1.00.");
    assert_eq!(chart.form, Form::Steps);
    let scale: Vec<&str> = chart.scale.iter().map(|mark| mark.words.as_str()).collect();
    assert_eq!(scale, ["$0", "$10", "$20", "$30"]);
    assert_eq!(chart.gaps.len(), 1);
    let spent: Vec<(&str, &str)> = chart.days.iter().map(|d| (d.day.as_str(), d.spent.as_str())).collect();
    assert_eq!(spent, [("Wed 25 Nov", "$0.80"), ("Thu 26 Nov", "$0.00"), ("Fri 27 Nov", "$0.20")]);
    assert!(chart.rows[1].note.starts_with("nothing was read for 2 d"), "{:?}", chart.rows);
    assert_eq!(faults(&chart, Range::Week), Vec::<String>::new());
}

#[test]
fn a_language_is_the_users() {
    let chart = drawn(Range::Week, &settings(|s| s.language = Language::Chinese), Tongue::Chinese);
    assert_eq!(chart.times[0].words, "周六");
    assert_eq!(chart.scale[1].words, "50%");
}

/// The chart directly after one answer of one account.
fn charted(body: &str, change: impl FnOnce(&mut Settings)) -> Chart {
    let (settings, now) = (settings(change), at(NOON));
    let mut watched = Watched::new(settings.accounts[0].clone(), Kept::default(), now);
    let answer =
        Answer { body: body.as_bytes().to_vec(), ..simulate::answer(&settings.accounts[0].id, now, now) };
    let _ = watched.take(&Ok(answer), now).expect("a reading");
    chart(&subject(&watched, &settings, Tongue::English, now), Range::Day, &[], &[])
}

fn answer_with(row: &str) -> String {
    format!(
        r#"{{"model_remains":[{{"model_name":"general",{row}}}],"base_resp":{{"status_code":0,"status_msg":"success"}}}}"#
    )
}

#[test]
fn what_is_nearly_nothing_or_nearly_all_is_never_said_to_be_it() {
    for (left, used) in [("0.4", "99.6"), ("99.6", "0.4")] {
        let body = answer_with(&format!(
            r#""current_interval_status":1,"current_interval_remaining_percent":{left}"#
        ));
        for (show_used, figure) in [(false, format!("{left} % left")), (true, format!("{used} % used"))] {
            let chart = charted(&body, |s| s.show_used = show_used);
            assert_eq!(chart.summary, format!("{figure} now."));
            assert_eq!(chart.dots.last().map(|dot| dot.words.clone()), Some(format!("12:00: {figure}")));
            assert_eq!(chart.rows.first().map(|row| row.value.clone()), Some(figure));
        }
    }
}

#[test]
fn a_plan_without_any_limit_says_so_instead_of_promising_a_history() {
    let body = answer_with(r#""current_interval_status":3,"current_weekly_status":3"#);
    assert_eq!(charted(&body, |_| {}).empty, "Nothing to draw: this plan has no limit here.");
}

#[test]
fn the_table_says_holes_and_new_windows_also_where_they_fall_together() {
    let settings = settings(|_| {});
    let (watched, _) = watch(0, &settings, at(NOON));
    let mut subject = subject(&watched, &settings, Tongue::English, at(NOON));
    let About::Window(watch) = &mut subject.about else { panic!("a window") };
    watch.remembered.clear();
    subject.gap = mins(20);
    let kept = [
        point("07:30", "08:00", 60.0),
        point("08:50", "08:55", 50.0),
        point("09:10", "09:58", 40.0),
        point("10:03", "10:10", 99.0),
        point("11:50", "12:00", 30.0),
    ];
    let chart = chart(&subject, Range::Hours, &kept, &[]);
    let notes: Vec<&str> =
        chart.rows.iter().rev().map(|row| row.note.as_str()).filter(|n| !n.is_empty()).collect();
    assert_eq!(notes[..3], ["nothing was read for 50 min", "new window", "nothing was read for 1 h 40 min"]);
    let both = chart_of(&subject, &[point("09:10", "09:20", 40.0), point("11:50", "12:00", 30.0)]);
    assert!(
        both.rows.iter().any(|row| row.note == "nothing was read for 2 h 30 min; new window"),
        "{:?}",
        both.rows
    );
    assert_eq!(chart.gaps.len(), 2);
    assert_eq!(faults(&chart, Range::Hours), Vec::<String>::new());
}

fn chart_of(subject: &Subject, kept: &[Point]) -> Chart {
    chart(subject, Range::Hours, kept, &[])
}

#[test]
fn the_forecast_begins_at_the_last_reading_and_the_lines_stand_at_the_resets() {
    let chart = drawn(Range::Day, &settings(|_| {}), Tongue::English);
    let (first, last) = (chart.ahead[0], chart.dots.last().expect("a dot"));
    assert!(
        (first.at - chart.now).abs() < 1.0 && (first.value - last.value).abs() < 1e-9,
        "{first:?} {last:?}"
    );
    assert!(chart.ahead[1].at > chart.now);
    let apart: Vec<f64> = chart.resets.windows(2).map(|pair| (pair[1] - pair[0]) / 60.0).collect();
    assert!(apart.len() >= 3 && apart.iter().all(|minutes| (minutes - 300.0).abs() < 1.0), "{apart:?}");
    let begun: Vec<&Stretch> = chart.bands.iter().filter(|band| band.from > chart.from).collect();
    assert!(begun.iter().all(|band| chart.resets.contains(&band.from)), "a shade begins at a reset");
}

#[test]
fn an_hour_that_the_clocks_leave_out_or_repeat_is_named_once_at_most() {
    let settings = settings(|_| {});
    let (watched, _) = watch(0, &settings, at(NOON));
    for (now, spans) in [("2026-03-29T03:30:00Z", "left out"), ("2026-10-25T03:30:00Z", "repeated")] {
        for range in Range::ALL {
            let mut subject = subject(&watched, &settings, Tongue::English, at(NOON));
            subject.now = at(now);
            let drawn = chart(&subject, range, &[], &[]);
            let names: Vec<&str> = drawn.times.iter().map(|mark| mark.words.as_str()).collect();
            assert!(
                drawn.times.windows(2).all(|pair| pair[0].at < pair[1].at),
                "{spans} {range:?} {names:?}"
            );
            if range == Range::Hours {
                assert!(!(spans == "left out" && names.contains(&"01:00")), "{names:?}");
                assert!(names.windows(2).all(|pair| pair[0] != pair[1]), "{names:?}");
            }
        }
    }
}

#[test]
fn a_clock_that_went_back_leaves_an_order_and_no_line_backwards() {
    let kept = [point("08:00", "09:30", 70.0), point("09:00", "09:10", 65.0), point("09:40", "09:50", 60.0)];
    let trace = trace::trace(&kept, at("2026-11-27T07:00:00Z"), at(NOON), mins(60));
    assert!(trace.sights.windows(2).all(|pair| pair[0].at < pair[1].at));
    assert_eq!(trace.sights.last().map(|sight| sight.left.get()), Some(60.0));
}

prop_compose! {
    fn any_point()(at in -50_000i64..3_000_000, lasts in -100i64..90_000, left in 0u16..=10_000, start in -20_000i64..20_000, length in -10i64..700_000, rolling: bool, bounded: bool) -> Point {
        let now = NOON.parse::<Timestamp>().expect("a moment");
        let at = now - SignedDuration::from_secs(at);
        let starts_at = at - SignedDuration::from_secs(start);
        Point {
            at,
            until: at + SignedDuration::from_secs(lasts),
            left: Percent::of(left.into(), 10_000).expect("a share"),
            starts_at: bounded.then_some(starts_at),
            resets_at: bounded.then_some(starts_at + SignedDuration::from_secs(length)),
            rolling,
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]
    #[test]
    fn whatever_was_kept_a_chart_is_in_order_and_ends_now(
        mut kept in proptest::collection::vec(any_point(), 0..200),
        sums in proptest::collection::vec((-50_000i64..3_000_000, -500i64..900_000), 0..100),
        sorted: bool,
        range in proptest::sample::select(Range::ALL.to_vec()),
        which in 0usize..3,
    ) {
        if sorted {
            kept.sort_by_key(|p| p.at);
        }
        let now = at(NOON);
        let mut money: Vec<MoneyPoint> = sums
            .iter()
            .map(|(ago, cents)| {
                let at = now - SignedDuration::from_secs(*ago);
                MoneyPoint { at, until: at, available: Decimal::new(*cents, 2) }
            })
            .collect();
        if sorted {
            money.sort_by_key(|p| p.at);
        }
        let settings = settings(|_| {});
        let account: Account = settings.accounts[which].clone();
        let start = now - SignedDuration::from_hours(1);
        let mut watched = Watched::new(account, Kept::default(), now);
        let id: AccountId = watched.account.id.clone();
        let _ = watched.take(&Ok(simulate::answer(&id, start, now)), now).expect("a reading");
        let subject = subject(&watched, &settings, Tongue::English, now);
        let chart = chart(&subject, range, &kept, &money);
        prop_assert_eq!(faults(&chart, range), Vec::<String>::new());
    }
}
