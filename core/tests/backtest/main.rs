//! Compares the forecast with what happened afterwards, and with a straight line from the window's start.
//!
//! Run with `--nocapture` to see the table.

#![expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "minutes of a few days and shares of a hundred"
)]

mod days;

use std::ops::Range;

use jiff::Timestamp;
use tidemark_core::forecast::{self, Confidence, Outcome};
use tidemark_core::history::{History, WindowKey};
use tidemark_core::reading::{Percent, Plan, Quota, Reading, Row, Span, Window};

use days::{Chance, Habit};

/// Not the seeds that the constants of the forecast were chosen with.
const SEEDS: Range<u64> = 1000..1040;
/// Times of the forecasts before the window runs out, in minutes.
const AHEAD: [f64; 2] = [60.0, 120.0];
const DAYS: usize = 4;
/// The start of the first day.
const BEGIN: i64 = 1_795_000_000 / 86_400 * 86_400;

/// How windows follow each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Grid {
    /// At 0, 5, 10, 15 and 20 o'clock in some time zone.
    Clock,
    /// Each begins with the first use.
    FirstUse,
}

/// A forecast for a window.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Said {
    Nothing,
    RunsOut(f64),
    Lasts,
}

/// The forecasts for one window at one time, in minutes since the start of the days.
#[derive(Clone, Copy, Debug)]
struct Look {
    at: f64,
    ours: Said,
    confidence: Option<Confidence>,
    line: Said,
}

/// One window with its real outcome.
struct Lived {
    start: f64,
    end: f64,
    ran_out: Option<f64>,
    looks: Vec<Look>,
}

impl Lived {
    /// Forecasts are slow, so only the required ones are made.
    fn is_asked_at(&self, now: f64) -> bool {
        match self.ran_out {
            Some(ran_out) => AHEAD.iter().any(|ahead| (0.0..5.0).contains(&(ran_out - ahead - now))),
            None => self.end - now >= 60.0 && (now - self.start) % 30.0 < 5.0,
        }
    }
}

fn moment(minute: f64) -> Timestamp {
    Timestamp::from_second(BEGIN + (minute * 60.0) as i64).unwrap_or(Timestamp::MAX)
}

fn minute(at: Timestamp) -> f64 {
    (at.as_second() - BEGIN) as f64 / 60.0
}

/// Simulates some days of one user; returns the windows, and for each minute the number of windows so far and
/// the usage at its end.
fn use_up(habit: Habit, grid: Grid, chance: &mut Chance) -> (Vec<Lived>, Vec<(usize, f64)>) {
    let minutes = days::minutes(habit, DAYS, chance);
    let zone = (chance.share() * 10.0).floor() * 60.0;
    let (mut lived, mut shares): (Vec<Lived>, Vec<(usize, f64)>) = (Vec::new(), Vec::new());
    let (mut used, mut end) = (0.0, 0.0);
    for (i, wanted) in minutes.iter().enumerate() {
        let now = i as f64;
        if now >= end && (grid == Grid::Clock || *wanted > 0.0) {
            used = 0.0;
            let start = match grid {
                Grid::Clock => now - (now + zone) % 1440.0 % 300.0,
                Grid::FirstUse => now,
            };
            // The last clock window of a day has four hours.
            let is_last = grid == Grid::Clock && (start + zone) % 1440.0 >= 1200.0;
            end = start + if is_last { 240.0 } else { 300.0 };
            lived.push(Lived { start, end, ran_out: None, looks: Vec::new() });
        }
        if let Some(current) = lived.last_mut().filter(|_| used < 100.0 && used + wanted >= 100.0) {
            current.ran_out = Some(now);
        }
        used = (used + wanted).min(100.0);
        shares.push((lived.len(), used));
    }
    (lived, shares)
}

/// Polls every five minutes, and forecasts.
fn live(habit: Habit, grid: Grid, seed: u64) -> Vec<Lived> {
    let mut chance = Chance::new(seed * 31 + habit as u64 * 7 + grid as u64);
    let (mut lived, shares) = use_up(habit, grid, &mut chance);
    let mut history = History::default();
    let key = WindowKey { row: Some("general".to_owned()), span: Span::Interval };
    let phase = (chance.share() * 5.0) as usize;
    for (i, (number, used)) in shares.into_iter().enumerate().skip(phase).step_by(5) {
        let Some(current) = number.checked_sub(1).and_then(|n| lived.get_mut(n)) else { continue };
        let (now, at) = (i as f64, moment(i as f64));
        let is_over = now >= current.end;
        let left = if is_over { 100.0 } else { (100.0 - used).ceil() };
        let window = Window {
            span: Span::Interval,
            quota: Percent::clamped(left)
                .filter(|left| !left.is_zero())
                .map_or(Quota::Exhausted, |left| Quota::Limited { left }),
            count: None,
            boost: 1.0,
            starts_at: Some(moment(current.start)),
            resets_at: Some(moment(current.end)).filter(|r| *r > at),
            length_seconds: Some(((current.end - current.start) * 60.0) as i64),
        };
        let row = Row { model: key.row.clone(), windows: vec![window.clone()] };
        history.take(&Reading::Plan(Plan { rows: vec![row], ..Plan::default() }), at);
        if is_over || !current.is_asked_at(now) {
            continue;
        }
        let told = history.track(&key).and_then(|track| forecast::of(track, &window, at));
        let ours = match told.map(|f| f.outcome) {
            None => Said::Nothing,
            Some(Outcome::RunsOut { at, .. }) => Said::RunsOut(minute(at)),
            Some(Outcome::Lasts { .. }) => Said::Lasts,
        };
        let line = match now + left * (now - current.start) / (100.0 - left) {
            _ if left >= 100.0 => Said::Nothing,
            at if at < current.end => Said::RunsOut(at),
            _ => Said::Lasts,
        };
        current.looks.push(Look { at: now, ours, confidence: told.map(|f| f.confidence), line });
    }
    lived
}

/// The errors over many windows.
#[derive(Default)]
struct Score {
    errors: Vec<f64>,
    asked: usize,
    silent: usize,
    missed: usize,
}

impl Score {
    /// The error of "lasts" is that of running out at the reset.
    fn add(&mut self, said: Said, ran_out: f64, resets: f64) {
        self.asked += 1;
        match said {
            Said::Nothing => self.silent += 1,
            Said::RunsOut(at) => self.errors.push((at - ran_out).abs()),
            Said::Lasts => {
                self.missed += 1;
                self.errors.push((resets - ran_out).abs());
            }
        }
    }

    fn mean(&self) -> f64 {
        self.errors.iter().sum::<f64>() / self.errors.len() as f64
    }

    fn median(&self) -> f64 {
        let mut errors = self.errors.clone();
        errors.sort_by(f64::total_cmp);
        errors.get(errors.len() / 2).copied().unwrap_or(f64::NAN)
    }

    fn share(&self, part: usize) -> f64 {
        100.0 * part as f64 / self.asked.max(1) as f64
    }
}

/// The scores of the forecast, of the line where the forecast is not silent, and of the forecast by
/// confidence.
#[derive(Default)]
struct Table {
    ours: Score,
    line: Score,
    by_confidence: [Score; 3],
}

fn score(lived: &[Lived], ahead: f64) -> Table {
    let mut table = Table::default();
    for window in lived {
        let Some(ran_out) = window.ran_out else { continue };
        let asked = |l: &&Look| (0.0..5.0).contains(&(ran_out - ahead - l.at));
        let Some(look) = window.looks.iter().find(asked) else { continue };
        table.ours.add(look.ours, ran_out, window.end);
        if look.ours != Said::Nothing {
            table.line.add(look.line, ran_out, window.end);
        }
        if let Some(confidence) = look.confidence {
            table.by_confidence[confidence as usize].add(look.ours, ran_out, window.end);
        }
    }
    table
}

/// The percentage of false "runs out", for the forecast and for the line, of all looks at windows that
/// lasted; those are made at least an hour before the end.
fn false_alarms(lived: &[Lived]) -> (f64, f64) {
    let looks: Vec<&Look> = lived.iter().filter(|w| w.ran_out.is_none()).flat_map(|w| &w.looks).collect();
    let share = |said: &dyn Fn(&Look) -> Said| {
        let alarms = looks.iter().filter(|l| matches!(said(l), Said::RunsOut(_))).count();
        100.0 * alarms as f64 / looks.len() as f64
    };
    (share(&|l| l.ours), share(&|l| l.line))
}

#[test]
fn the_forecast_beats_the_straight_line_from_the_windows_start() {
    println!(
        "minutes of error        |         | forecast             | straight line        | mean by confidence"
    );
    println!(
        "habit           ahead n | silent  | median  mean  missed | median  mean  missed | low  fair  good"
    );
    let (mut ours_all, mut line_all, mut all) = (0.0, 0.0, <[Score; 3]>::default());
    for habit in Habit::ALL {
        let lived: Vec<Lived> = [Grid::Clock, Grid::FirstUse]
            .into_iter()
            .flat_map(|grid| (SEEDS).flat_map(move |seed| live(habit, grid, seed)))
            .collect();
        for ahead in AHEAD {
            let Table { ours, line, by_confidence } = score(&lived, ahead);
            let [low, fair, good] = by_confidence.each_ref().map(Score::mean);
            println!(
                "{habit:<15} {ahead:>4} {:>4} | {:>4.0} % | {:>6.0} {:>5.0} {:>5.0} % | {:>6.0} {:>5.0} {:>5.0} % | {low:>4.0} {fair:>4.0} {good:>4.0}",
                ours.asked,
                ours.share(ours.silent),
                ours.median(),
                ours.mean(),
                ours.share(ours.missed),
                line.median(),
                line.mean(),
                line.share(line.missed),
            );
            assert!(ours.asked > 100, "{habit}: too few windows ran out to say anything");
            assert!(
                ours.mean() < line.mean(),
                "{habit}, {ahead} minutes ahead: worse than the straight line"
            );
            assert!(
                ours.missed <= line.missed,
                "{habit}, {ahead} minutes ahead: says too often that it lasts"
            );
            assert!(ours.share(ours.silent) < 15.0, "{habit}, {ahead} minutes ahead: silent too often");
            all.iter_mut().zip(by_confidence).for_each(|(all, own)| all.errors.extend(own.errors));
            ours_all += ours.mean();
            line_all += line.mean();
        }
        let (ours, line) = false_alarms(&lived);
        println!(
            "{habit:<15} lasts     | said to run out: forecast {ours:.0} %, straight line {line:.0} % of looks"
        );
        assert!(ours < line + 3.0, "{habit}: cries wolf");
    }
    assert!(ours_all < line_all * 0.93, "hardly better than the straight line: {ours_all} to {line_all}");
    let [low, fair, good] = all.each_ref().map(Score::mean);
    println!("all, by confidence: low {low:.0}, fair {fair:.0}, good {good:.0}");
    assert!(good < fair && fair < low, "confidence says nothing");
}
