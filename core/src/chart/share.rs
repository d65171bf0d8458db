//! The chart of a window.
//!
//! Windows too narrow to tell apart become one column per day.

use jiff::{SignedDuration, Timestamp};

use super::subject::{About, Subject, Watch};
use super::table;
use super::trace::{Bounds, Sight, trace};
use super::{Chart, Dot, Form, Line, Range, Spot, Stretch, TableRow, axis, seconds};
use crate::forecast::Outcome;
use crate::history::Point;
use crate::present::forecast_line;
use crate::reading::Percent;
use crate::rolling;
use crate::time::SaturatingMove as _;
use crate::wording::Wording;

/// Number of equal parts of the range that keep their own extremes; about one per pixel of the window's
/// width.
const PARTS: i64 = 300;
/// Maximum number of windows that can be told apart side by side.
const MOST_WINDOWS: i64 = 48;

/// Builds the chart of a window; an empty one if nothing is metered.
pub(super) fn chart(subject: &Subject, range: Range, kept: &[Point]) -> Chart {
    let words = subject.words();
    let wording = subject.wording(&words);
    let now = subject.now;
    let from = now.checked_sub(range.length()).unwrap_or(now);
    let About::Window(watch) = &subject.about else {
        let is_unmetered = matches!(subject.about, About::Unmetered);
        let why = if is_unmetered { "chart-none-metered" } else { "chart-none" };
        return table::nothing(subject, &wording, from, range, words.say(why));
    };
    let points = joined(kept, &watch.remembered);
    let trace = trace(&points, from, now, subject.gap);
    let length = rolling::length(&watch.window);
    let is_narrow = length.is_some_and(|l| range.length().as_secs() / l.as_secs().max(1) > MOST_WINDOWS);
    let left = current(subject, watch, &points);
    let ahead = ahead(&wording, watch, left, now);
    let to = right_edge(watch, range, &ahead, now);
    let form = if is_narrow { Form::Columns } else { Form::Line };
    let (bands, resets) =
        if is_narrow { (Vec::new(), Vec::new()) } else { windows(&trace.windows, from, now, to) };
    let mut rows = table::rows(&wording, range, &trace.sights);
    rows.splice(0..0, expected(&wording, &ahead, now));
    rows.truncate(table::MOST_ROWS);
    Chart {
        choices: subject.choices.clone(),
        title: watch.label.clone(),
        summary: summary(&wording, &trace.sights, left),
        outlook: outlook(&wording, watch, now),
        empty: empty(&wording, &points, &trace.sights),
        form,
        range,
        from: seconds(from),
        to: seconds(to),
        now: seconds(now),
        scale: axis::shares(&wording),
        times: axis::times(&wording, range, from, to),
        dots: match form {
            Form::Columns => columns(&wording, &trace.sights),
            Form::Line | Form::Steps => dots(&wording, range, &trace.sights),
        },
        gaps: if is_narrow { Vec::new() } else { gaps(&trace.sights) },
        bands,
        resets,
        lines: lines(subject, &wording),
        // In the column form a forecast of some hours would be only a stroke beside a column.
        ahead: ahead.iter().filter(|_| !is_narrow).map(|(at, left)| spot(&wording, *at, *left)).collect(),
        rows,
        days: Vec::new(),
    }
}

/// Adds the points in memory that are not yet in the store.
fn joined(kept: &[Point], remembered: &[Point]) -> Vec<Point> {
    let mut points = kept.to_vec();
    for point in remembered {
        match points.last_mut() {
            Some(last) if last.at == point.at => *last = *point,
            Some(last) if last.at > point.at => {}
            Some(_) | None => points.push(*point),
        }
    }
    points
}

/// The share left now, if known.
fn current(subject: &Subject, watch: &Watch, points: &[Point]) -> Option<Percent> {
    let has_ended = watch.window.resets_at.is_some_and(|reset| reset <= subject.now);
    let seen = points.iter().rev().find(|p| p.at <= subject.now)?.until;
    let is_fresh = subject.now.duration_since(seen) <= subject.gap;
    watch.window.quota.metered_left().filter(|_| is_fresh && !has_ended)
}

/// The forecast as a line from now on.
fn ahead(
    wording: &Wording<'_>,
    watch: &Watch,
    left: Option<Percent>,
    now: Timestamp,
) -> Vec<(Timestamp, Percent)> {
    let (Some(forecast), Some(left)) = (watch.forecast, left) else { return Vec::new() };
    let length = rolling::length(&watch.window).and_then(|length| wording.now.checked_add(length).ok());
    let end = match forecast.outcome {
        Outcome::RunsOut { at, .. } => Some((at, Percent::ZERO)),
        Outcome::Lasts { left } => {
            watch.window.resets_at.filter(|_| !watch.is_rolling).or(length).map(|at| (at, left))
        }
    };
    end.filter(|(at, _)| *at > now).map_or_else(Vec::new, |end| vec![(now, left), end])
}

/// Reserves space for the forecast and the reset, within the limits of the range.
fn right_edge(watch: &Watch, range: Range, ahead: &[(Timestamp, Percent)], now: Timestamp) -> Timestamp {
    let reset = watch.window.resets_at.filter(|_| !watch.is_rolling);
    let wanted = ahead.last().map(|(at, _)| *at).into_iter().chain(reset).max();
    let wanted = wanted.map_or(SignedDuration::ZERO, |at| at.duration_since(now));
    let room = wanted.max(range.margin()).min(range.longest_outlook());
    now.plus(room)
}

/// Every second window, the present one among them, and the times where windows start and end.
fn windows(windows: &[Bounds], from: Timestamp, now: Timestamp, to: Timestamp) -> (Vec<Stretch>, Vec<f64>) {
    // Only the present window may extend into the future.
    let ends = |bounds: &Bounds, is_last: bool| if is_last { bounds.to } else { bounds.to.min(now) };
    let count = windows.len();
    let seen: Vec<Bounds> = windows
        .iter()
        .enumerate()
        .map(|(i, bounds)| Bounds { from: bounds.from, to: ends(bounds, i + 1 == count) })
        .filter(|bounds| bounds.from < to && bounds.to > from && bounds.from <= now)
        .collect();
    let bands = seen
        .iter()
        .rev()
        .step_by(2)
        .map(|b| Stretch { from: seconds(b.from.max(from)), to: seconds(b.to.min(to)) });
    let mut bands: Vec<Stretch> = bands.filter(|band| band.from < band.to).collect();
    bands.reverse();
    let mut resets: Vec<Timestamp> = seen.iter().flat_map(|b| [b.from, b.to]).collect();
    resets.retain(|at| *at > from && *at < to);
    resets.sort_unstable();
    resets.dedup_by(|later, earlier| later.duration_since(*earlier) < SignedDuration::from_mins(5));
    (bands, resets.into_iter().map(seconds).collect())
}

/// The recorded values, reduced to the extremes of each part if there are many.
fn dots(wording: &Wording<'_>, range: Range, sights: &[Sight]) -> Vec<Dot> {
    let dot = |sight: &Sight| Dot {
        at: seconds(sight.at),
        value: wording.shown(sight.left).get(),
        words: if sight.read { worded(wording, sight) } else { String::new() },
    };
    let many = usize::try_from(PARTS).unwrap_or(usize::MAX);
    if sights.len() <= many {
        return sights.iter().map(dot).collect();
    }
    let part = range.length().as_secs() / PARTS;
    let parts = sights.chunk_by(|one, other| {
        other.silent.is_none() && one.at.as_second() / part == other.at.as_second() / part
    });
    parts.flat_map(extremes).map(dot).collect()
}

/// The first, lowest, highest and last value of a part, in order of time.
fn extremes(part: &[Sight]) -> Vec<&Sight> {
    let least = part.iter().min_by_key(|s| s.left);
    let most = part.iter().max_by_key(|s| s.left);
    let mut kept: Vec<&Sight> = [part.first(), least, most, part.last()].into_iter().flatten().collect();
    kept.sort_unstable_by_key(|sight| sight.at);
    kept.dedup_by_key(|sight| sight.at);
    kept
}

/// The tightest value of each day.
fn columns(wording: &Wording<'_>, sights: &[Sight]) -> Vec<Dot> {
    let day = |sight: &Sight| wording.zone.to_datetime(sight.at).date();
    sights
        .chunk_by(|one, other| day(one) == day(other))
        .filter_map(|day| day.iter().filter(|s| s.read).min_by_key(|s| s.left))
        .map(|sight| {
            let date = wording.zone.to_datetime(sight.at).date();
            let noon = wording.zone.to_timestamp(date.at(12, 0, 0, 0)).unwrap_or(sight.at);
            let at = noon.min(wording.now);
            Dot { at: seconds(at), value: wording.shown(sight.left).get(), words: worded(wording, sight) }
        })
        .collect()
}

fn gaps(sights: &[Sight]) -> Vec<Stretch> {
    let holes = sights.windows(2).filter(|pair| pair[1].silent.is_some());
    holes.map(|pair| Stretch { from: seconds(pair[0].at), to: seconds(pair[1].at) }).collect()
}

fn lines(subject: &Subject, wording: &Wording<'_>) -> Vec<Line> {
    use crate::level::Level;
    let thresholds = subject.thresholds;
    [(thresholds.near, Level::Near), (thresholds.critical, Level::Critical)]
        .map(|(used, level)| Line { value: wording.shown(used.rest()).get(), level })
        .to_vec()
}

fn spot(wording: &Wording<'_>, at: Timestamp, left: Percent) -> Spot {
    Spot { at: seconds(at), value: wording.shown(left).get() }
}

fn worded(wording: &Wording<'_>, sight: &Sight) -> String {
    let values = [("clock", wording.clock(sight.at).into()), ("figure", wording.figure(sight.left).into())];
    wording.words.put("chart-point", &values)
}

/// The share left now and the tightest value.
fn summary(wording: &Wording<'_>, sights: &[Sight], left: Option<Percent>) -> String {
    let Some(last) = sights.iter().rev().find(|s| s.read) else { return String::new() };
    let tightest = sights.iter().filter(|s| s.read).min_by_key(|s| s.left).unwrap_or(last);
    let is_tightest = tightest.left >= left.unwrap_or(last.left);
    let figure = ("figure", wording.figure(left.unwrap_or(last.left)).into());
    let percent = ("percent", wording.shown(tightest.left).to_string().into());
    let at = ("at", wording.at(tightest.at).into());
    let words = wording.words;
    match (left.is_some(), is_tightest, wording.show_used) {
        (true, true, _) => words.put("chart-now", &[figure]),
        (true, false, false) => words.put("chart-now-lowest", &[figure, percent, at]),
        (true, false, true) => words.put("chart-now-highest", &[figure, percent, at]),
        (false, _, _) => words.put("chart-then", &[figure, ("at", wording.at(last.at).into())]),
    }
}

fn outlook(wording: &Wording<'_>, watch: &Watch, now: Timestamp) -> String {
    let has_ended = watch.window.resets_at.is_some_and(|reset| reset <= now);
    let forecast = watch.forecast.filter(|_| !has_ended);
    forecast.map(|f| forecast_line(wording, &watch.window, f, watch.is_rolling)).unwrap_or_default()
}

fn empty(wording: &Wording<'_>, points: &[Point], sights: &[Sight]) -> String {
    match () {
        () if !sights.is_empty() => String::new(),
        () if points.iter().any(|p| p.at <= wording.now) => wording.words.say("chart-none-then"),
        () => wording.words.say("chart-none"),
    }
}

/// The table row of the forecast.
fn expected(wording: &Wording<'_>, ahead: &[(Timestamp, Percent)], now: Timestamp) -> Option<TableRow> {
    let (at, left) = ahead.last().filter(|(at, _)| *at > now)?;
    let about = ("percent", wording.about(*left).into());
    let value = if wording.show_used { "chart-about-used" } else { "chart-about-left" };
    Some(TableRow {
        time: wording.clock(*at),
        value: wording.words.put(value, &[about]),
        note: wording.words.say("chart-expected"),
    })
}
