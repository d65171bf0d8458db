//! The bars and lines of a plan's windows.
//!
//! A rolling window has no reset time, and old figures have no forecast.

use super::Scene;
use super::card::forecast;
use crate::ahead::Ahead;
use crate::forecast::pace as even_pace;
use crate::level::{self, Level};
use crate::plan::Facts;
use crate::reading::{Count, Percent, Plan, Quota, Row, Span, Window};
use crate::view::Meter;
use crate::watched::Watched;
use crate::week::Week;
use crate::wording::Wording;

/// Maximum number of releases to name; later ones change before they occur.
const RELEASES: usize = 3;

/// One meter per window, the headline row first; other rows that the plan does not include are left out.
///
/// `told` is the window of the headline row whose forecast the card's sentence has.
pub(super) fn meters(
    scene: &Scene<'_>,
    facts: &Facts,
    account: &Watched,
    plan: &Plan,
    told: Option<Span>,
) -> Vec<Meter> {
    let headline = plan.headline_row();
    let is_headline = |row: &&Row| headline.is_some_and(|h| std::ptr::eq(h, *row));
    let first = plan.rows.iter().filter(is_headline);
    let others = plan.rows.iter().filter(|r| !is_headline(r) && !r.is_not_in_plan());
    let wording = scene.wording(account);
    let is_current = scene.is_current(account);
    first
        .map(|row| (row, None))
        .chain(others.map(|row| (row, Some(wording.row(row)))))
        .flat_map(|(row, name)| row.windows.iter().map(move |w| (row, w, name.clone())))
        .map(|(row, window, name)| {
            let is_told = name.is_none() && told == Some(window.span);
            let ahead = Ahead::of(row, &account.history, wording.now);
            let is_figure = name.is_none() && row.tightest().is_some_and(|t| std::ptr::eq(t, window));
            let seen = Seen { account, ahead, window, is_current, is_told, is_figure };
            meter(scene, facts, &wording, &seen, name)
        })
        .collect()
}

/// The next releases of a rolling window.
pub(super) fn releases(wording: &Wording<'_>, ahead: &Ahead<'_>, window: &Window) -> Vec<String> {
    let id = if wording.show_used { "release-used" } else { "release" };
    let worded = ahead.releases(window).into_iter().take(RELEASES).map(|release| {
        let values = [
            ("percent", release.share.whole().to_string().into()),
            ("clock", wording.clock(release.at).into()),
        ];
        wording.words.put(id, &values)
    });
    worded.collect()
}

/// A window and its context.
struct Seen<'a> {
    account: &'a Watched,
    ahead: Ahead<'a>,
    window: &'a Window,
    is_current: bool,
    is_told: bool,
    is_figure: bool,
}

fn meter(
    scene: &Scene<'_>,
    facts: &Facts,
    wording: &Wording<'_>,
    seen: &Seen<'_>,
    row: Option<String>,
) -> Meter {
    let (words, window) = (wording.words, seen.window);
    let ended = window.resets_at.is_some_and(|r| r <= wording.now);
    let left = window.quota.left().filter(|_| !ended);
    let value = match window.quota {
        _ if ended => words.say("figure-waiting"),
        Quota::Limited { left } | Quota::Unknown { left: Some(left) } => wording.figure(left),
        Quota::Exhausted => wording.figure(Percent::ZERO),
        Quota::Unlimited => words.say("value-no-limit"),
        Quota::NotInPlan => words.say("value-not-in-plan"),
        Quota::Unknown { left: None } => words.say("value-unknown"),
    };
    let is_metered = window.quota.metered_left().is_some() && !ended;
    let is_rolling = seen.ahead.is_rolling(window);
    let looks_ahead = is_metered && seen.is_current;
    let week = (window.span == Span::Weekly && looks_ahead).then(|| seen.ahead.week(facts.weekly_windows));
    let (note, note_hint) = note(wording, facts, window, week.flatten());
    let outlook = if looks_ahead && !seen.is_told { seen.ahead.forecast(window) } else { None };
    let of_quota = scene.settings.thresholds().of_quota(window.quota);
    Meter {
        row,
        title: wording.window(window),
        value,
        told: seen.is_figure && !ended,
        level: if ended {
            Level::Unknown
        } else {
            level::on_credits(of_quota, seen.account.account.has_credits)
        },
        bar: left.map(|l| wording.shown(l).fraction()),
        pace: pace(wording, window).filter(|_| looks_ahead && !is_rolling),
        marks: if is_metered { marks(scene, wording) } else { Vec::new() },
        note,
        note_hint,
        outlook: outlook.map(|f| forecast::line(wording, window, f, is_rolling)).unwrap_or_default(),
        releases: if looks_ahead { releases(wording, &seen.ahead, window) } else { Vec::new() },
        reset: match window.resets_at {
            _ if is_rolling => words.say("reset-rolling"),
            _ if ended => words.say("resets-soon"),
            Some(at) => words
                .put("resets-at", &[("clock", wording.clock(at).into()), ("span", wording.until(at).into())]),
            None if is_metered => words.say("reset-unknown"),
            None => String::new(),
        },
        reset_exact: window.resets_at.filter(|_| !is_rolling).map(|at| wording.exact(at)).unwrap_or_default(),
    }
}

/// The position of an even pace on the bar: the share of time that is left, or gone.
fn pace(wording: &Wording<'_>, window: &Window) -> Option<f64> {
    even_pace(window, wording.now).map(|left| wording.shown(left).fraction())
}

/// The positions of the thresholds on the bar.
fn marks(scene: &Scene<'_>, wording: &Wording<'_>) -> Vec<f64> {
    let thresholds = scene.settings.thresholds();
    [thresholds.near, thresholds.critical].map(|used| wording.shown(used.rest()).fraction()).to_vec()
}

/// The note of a window, and a hint about its source.
fn note(wording: &Wording<'_>, facts: &Facts, window: &Window, week: Option<Week>) -> (String, String) {
    let words = wording.words;
    let own = own_note(wording, window);
    let Some(week) = week else { return (own, String::new()) };
    let counted = if week.windows_left < 1.0 {
        words.say("week-windows-few")
    } else {
        let values = [
            ("windows", tenths(week.windows_left).into()),
            ("many", tenths(week.windows_left).parse::<f64>().unwrap_or_default().into()),
        ];
        words.put("week-windows", &values)
    };
    let hint = if week.measured {
        words.say("week-windows-measured")
    } else {
        words.put("week-windows-by-faq", &[("windows", tenths(facts.weekly_windows).into())])
    };
    let note = if own.is_empty() {
        counted
    } else {
        words.put("note-and-week", &[("note", own.into()), ("week", counted.into())])
    };
    (note, hint)
}

/// A number with one decimal, left out if it is 0.
fn tenths(number: f64) -> String {
    format!("{}", (number * 10.0).round() / 10.0)
}

fn own_note(wording: &Wording<'_>, window: &Window) -> String {
    let words = wording.words;
    let count = window.count.map(|Count { used, left, total }| {
        let (id, value) = if wording.show_used { ("count-used", used) } else { ("count-left", left) };
        let name = if wording.show_used { "used" } else { "left" };
        words.put(id, &[(name, wording.count(value).into()), ("total", wording.count(total).into())])
    });
    let factor = (window.boost - 1.0).abs() > f64::EPSILON;
    let factor = factor.then(|| format!("{}", (window.boost * 100.0).round() / 100.0));
    match (window.quota, count, factor) {
        (Quota::Unlimited, _, _) if window.span == Span::Weekly => words.say("note-no-weekly-cap"),
        (Quota::Unlimited | Quota::NotInPlan, _, _) => String::new(),
        (Quota::Unknown { left: Some(_) }, _, _) => words.say("note-uncertain"),
        (_, Some(count), Some(factor)) => {
            words.put("count-and-boost", &[("count", count.into()), ("factor", factor.into())])
        }
        (_, Some(count), None) => count,
        (_, None, Some(factor)) => words.put("boost", &[("factor", factor.into())]),
        (_, None, None) => String::new(),
    }
}
