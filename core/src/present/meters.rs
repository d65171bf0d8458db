//! The bars and lines of a plan's windows.

use jiff::Timestamp;

use super::Scene;
use crate::reading::{Count, Plan, Quota, Row, Span, Window};
use crate::view::Meter;
use crate::watched::Watched;
use crate::wording::Wording;

/// Gives one meter for each window worth one, the headline row first.
pub(super) fn meters(scene: &Scene<'_>, account: &Watched, plan: &Plan) -> Vec<Meter> {
    let headline = plan.headline_row();
    let is_headline = |row: &&Row| headline.is_some_and(|h| std::ptr::eq(h, *row));
    let first = plan.rows.iter().filter(is_headline);
    let others = plan.rows.iter().filter(|r| !is_headline(r) && !r.is_not_in_plan());
    let wording = scene.wording(account);
    first
        .map(|row| (row, None))
        .chain(others.map(|row| (row, Some(wording.row(row)))))
        .flat_map(|(row, name)| row.windows.iter().map(move |w| (w, name.clone())))
        .map(|(window, name)| meter(scene, &wording, window, name))
        .collect()
}

fn meter(scene: &Scene<'_>, wording: &Wording<'_>, window: &Window, row: Option<String>) -> Meter {
    let words = wording.words;
    let ended = window.resets_at.is_some_and(|r| r <= wording.now);
    let left = window.quota.left().filter(|_| !ended);
    let value = match window.quota {
        _ if ended => words.say("figure-waiting"),
        Quota::Limited { left } | Quota::Unknown { left: Some(left) } => wording.figure(left),
        Quota::Exhausted => wording.figure(crate::reading::Percent::ZERO),
        Quota::Unlimited => words.say("value-no-limit"),
        Quota::NotInPlan => words.say("value-not-in-plan"),
        Quota::Unknown { left: None } => words.say("value-unknown"),
    };
    let is_metered = window.quota.metered_left().is_some();
    Meter {
        row,
        title: wording.window(window),
        value,
        level: if ended {
            crate::level::Level::Unknown
        } else {
            scene.settings.thresholds().of_quota(window.quota)
        },
        bar: left.map(|l| wording.shown(l).fraction()),
        pace: pace(wording, window).filter(|_| is_metered && !ended),
        marks: if is_metered && !ended { marks(scene, wording) } else { Vec::new() },
        note: note(wording, window),
        note_hint: String::new(),
        outlook: String::new(),
        releases: Vec::new(),
        reset: match window.resets_at {
            _ if ended => words.say("resets-soon"),
            Some(at) => words
                .put("resets-at", &[("clock", wording.clock(at).into()), ("span", wording.until(at).into())]),
            None if is_metered => words.say("reset-unknown"),
            None => String::new(),
        },
        reset_exact: window.resets_at.map(|at| wording.exact(at)).unwrap_or_default(),
    }
}

/// Gives where an even pace would stand now: the share of time that is left, or gone.
fn pace(wording: &Wording<'_>, window: &Window) -> Option<f64> {
    let (starts, resets): (Timestamp, Timestamp) = (window.starts_at?, window.resets_at?);
    let length = resets.duration_since(starts).as_secs_f64();
    let left = resets.duration_since(wording.now).as_secs_f64();
    let share = (length > 0.0).then(|| (left / length).clamp(0.0, 1.0))?;
    Some(if wording.show_used { 1.0 - share } else { share })
}

/// Gives where the thresholds stand on the bar.
fn marks(scene: &Scene<'_>, wording: &Wording<'_>) -> Vec<f64> {
    let thresholds = scene.settings.thresholds();
    [thresholds.near, thresholds.critical].map(|used| wording.shown(used.rest()).fraction()).to_vec()
}

fn note(wording: &Wording<'_>, window: &Window) -> String {
    let words = wording.words;
    let count = window.count.map(|Count { used, left, total }| {
        let (id, value) = if wording.show_used { ("count-used", used) } else { ("count-left", left) };
        let name = if wording.show_used { "used" } else { "left" };
        words.put(id, &[(name, value.to_string().into()), ("total", total.to_string().into())])
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
