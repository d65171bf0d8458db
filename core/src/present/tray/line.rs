//! The tooltip, and the one-line summary of an account.

use super::short;
use crate::ahead::Ahead;
use crate::present::{Scene, banners};
use crate::reading::{Percent, Reading, Row, Span, Window};
use crate::watched::Watched;
use crate::wording::{Wording, printable};

/// With more accounts the tooltip has the worst ones only.
const MOST_IN_TOOLTIP: usize = 6;

/// The tooltip: one line per account, or for the worst of many.
pub(super) fn tooltip(scene: &Scene<'_>) -> String {
    let accounts = of_accounts(scene);
    if banners::shows_internal_error(scene) {
        return format!("{accounts}\n{}", scene.words.say("tray-internal-error"));
    }
    accounts
}

fn of_accounts(scene: &Scene<'_>) -> String {
    match scene.accounts {
        [] => scene.words.say("tray-none"),
        [only] => summary(scene, only),
        many => {
            let mut by_worry: Vec<&Watched> = many.iter().collect();
            if many.len() > MOST_IN_TOOLTIP {
                by_worry.sort_by_key(|a| super::calm(scene, a));
                by_worry.truncate(MOST_IN_TOOLTIP);
            }
            let lines: Vec<String> =
                by_worry.into_iter().map(|a| named(scene, a, summary(scene, a))).collect();
            lines.join("\n")
        }
    }
}

/// Puts an account's name before its summary.
pub(super) fn named(scene: &Scene<'_>, account: &Watched, what: String) -> String {
    let name = short(&account.account.name);
    scene.words.put("tray-line", &[("account", name.into()), ("what", what.into())])
}

/// The state of an account in one line.
pub(super) fn summary(scene: &Scene<'_>, account: &Watched) -> String {
    let (words, wording) = (scene.words, scene.wording(account));
    let decided = account.deciding_failure();
    let failure = account.failure.filter(|(_, f)| account.good.is_none() || decided == Some(f.kind));
    if let Some((_, failure)) = failure {
        return words.say(&format!("failure-{}", failure.text_name()));
    }
    let Some(good) = &account.good else { return words.say("say-none-yet") };
    let what = match &good.reading {
        Reading::Balance(balance) => match balance.available {
            Some(amount) => wording.balance(amount, balance.currency),
            None => words.say("say-balance-unknown"),
        },
        Reading::Plan(_) if account.has_ended(scene.now.at) => words.say("figure-waiting"),
        Reading::Plan(plan) => {
            let line = |row| windows_line(&wording, row, &Ahead::of(row, &account.history, wording.now));
            plan.headline_row().map_or_else(|| words.say("value-unknown"), line)
        }
    };
    if scene.is_stale(account) || account.failure.is_some() {
        let as_of = words.put("as-of", &[("clock", scene.local_wording().clock(good.at).into())]);
        return words.put("tray-as-of", &[("what", what.into()), ("asof", as_of.into())]);
    }
    what
}

/// Builds `general 71 % left · resets 15:00 (1 h 30 min) · week 57 %`.
fn windows_line(wording: &Wording<'_>, row: &Row, ahead: &Ahead<'_>) -> String {
    let words = wording.words;
    let name = short(&row.model.as_deref().map_or_else(|| wording.row(row), printable));
    let interval = row.window(Span::Interval).filter(|w| w.quota.metered_left().is_some());
    let weekly = row.window(Span::Weekly).and_then(|w| w.quota.metered_left().map(|l| (w, l)));
    let line = |window: &Window, left: Percent| {
        let figure = wording.figure(left);
        match window.resets_at {
            _ if ahead.is_rolling(window) => {
                words.put("tray-window-rolling", &[("row", name.clone().into()), ("figure", figure.into())])
            }
            Some(at) => words.put(
                "tray-window",
                &[
                    ("row", name.clone().into()),
                    ("figure", figure.into()),
                    ("clock", wording.clock(at).into()),
                    ("span", wording.until(at).into()),
                ],
            ),
            None => {
                words.put("tray-window-plain", &[("row", name.clone().into()), ("figure", figure.into())])
            }
        }
    };
    match (interval.and_then(|w| w.quota.metered_left().map(|l| (w, l))), weekly) {
        (Some((window, left)), Some((_, week))) => {
            let week = words.put("tray-week", &[("percent", wording.shown(week).to_string().into())]);
            let first = line(window, left);
            words.put("tray-join", &[("first", first.into()), ("second", week.into())])
        }
        (Some((window, left)), None) | (None, Some((window, left))) => line(window, left),
        (None, None) => {
            let unlimited = row.windows.iter().any(|w| w.quota == crate::reading::Quota::Unlimited);
            let value = words.say(match () {
                () if unlimited => "value-no-limit",
                () if row.is_not_in_plan() => "value-not-in-plan",
                () => "value-unknown",
            });
            words.put("tray-window-plain", &[("row", name.into()), ("figure", value.into())])
        }
    }
}
