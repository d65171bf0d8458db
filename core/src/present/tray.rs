//! The tray: picture, tooltip, title and menu.

use jiff::Timestamp;

use super::Scene;
use super::card::level_word;
use crate::ahead::Ahead;
use crate::alert::SnoozeFor;
use crate::failure::FailureKind;
use crate::level::Level;
use crate::reading::{Percent, Reading, Row, Span, Window};
use crate::tray::{MenuAction, MenuLine, Picture, Shape, Tray};
use crate::watched::Watched;
use crate::wording::Wording;

/// With more accounts than this the menu shows one line for each and leaves the rows to the window.
const MOST_WITH_ROWS: usize = 4;
/// With more accounts than this the tooltip names the worst ones only.
const MOST_IN_TOOLTIP: usize = 6;

/// Gives what the tray shows.
#[must_use]
pub fn tray(scene: &Scene<'_>) -> Tray {
    let least_left = |a: &&Watched| std::cmp::Reverse(left(a).unwrap_or(Percent::FULL));
    // A key without a plan has nothing to show beside one with figures.
    let has_plan = |a: &&Watched| a.deciding_failure() != Some(FailureKind::NoActivePlan);
    let worst = scene.accounts.iter().rev().max_by_key(|a| (has_plan(a), scene.level(a), least_left(a)));
    let level = worst.map_or(Level::Unknown, |a| scene.level(a));
    let shown = worst.and_then(left).map_or(0, whole_percent);
    let shown = if worst.is_some_and(|a| a.plan().is_none()) && level == Level::Good { 100 } else { shown };
    Tray {
        picture: Picture { shape: Shape::of(level), left: if level >= Level::Unknown { 100 } else { shown } },
        tooltip: tooltip(scene),
        title: scene.words.say("tray-name"),
        menu: menu(scene),
    }
}

fn left(account: &Watched) -> Option<Percent> {
    account.headline().and_then(|(_, w)| w.quota.metered_left())
}

/// Rounds so that nothing left is drawn as nothing only when nothing is left.
fn whole_percent(left: Percent) -> u8 {
    let rounded = left.get().ceil().clamp(0.0, 100.0);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0..=100 by the clamp")]
    let whole = rounded as u8;
    whole
}

fn tooltip(scene: &Scene<'_>) -> String {
    match scene.accounts {
        [] => scene.words.say("tray-none"),
        [only] => summary(scene, only),
        many => {
            let mut by_worry: Vec<&Watched> = many.iter().collect();
            if many.len() > MOST_IN_TOOLTIP {
                by_worry.sort_by_key(|a| std::cmp::Reverse(scene.level(a)));
                by_worry.truncate(MOST_IN_TOOLTIP);
            }
            let lines: Vec<String> =
                by_worry.into_iter().map(|a| named(scene, a, summary(scene, a))).collect();
            lines.join("\n")
        }
    }
}

fn named(scene: &Scene<'_>, account: &Watched, what: String) -> String {
    let name = account.account.name.clone();
    scene.words.put("tray-line", &[("account", name.into()), ("what", what.into())])
}

/// Says in one line what an account's state is.
fn summary(scene: &Scene<'_>, account: &Watched) -> String {
    let (words, wording) = (scene.words, scene.wording(account));
    let decided = account.deciding_failure();
    let failure = account.failure.filter(|(_, f)| account.good.is_none() || decided == Some(f.kind));
    if let Some((_, failure)) = failure {
        return words.say(&format!("failure-{}", failure.kind.name()));
    }
    let Some(good) = &account.good else { return words.say("say-none-yet") };
    let what = match &good.reading {
        Reading::Balance(balance) => match balance.available {
            Some(amount) => wording.money(amount, balance.currency),
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

/// Says `general 71 % left · resets 15:00 (1 h 30 min) · week 57 %`.
fn windows_line(wording: &Wording<'_>, row: &Row, ahead: &Ahead<'_>) -> String {
    let words = wording.words;
    let name = row.model.clone().unwrap_or_else(|| wording.row(row));
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
            let value = words.say(if unlimited { "value-no-limit" } else { "value-unknown" });
            words.put("tray-window-plain", &[("row", name.into()), ("figure", value.into())])
        }
    }
}

fn menu(scene: &Scene<'_>) -> Vec<MenuLine> {
    let words = scene.words;
    let mut lines = Vec::new();
    for account in scene.accounts {
        lines.extend(account_lines(scene, account));
    }
    if scene.accounts.is_empty() {
        lines.push(MenuLine::Figure { text: words.say("tray-none") });
    }
    lines.push(MenuLine::Separator);
    let action = |text: &str, action| MenuLine::Action { text: words.say(text), action };
    lines.extend([
        action("menu-check-now", MenuAction::CheckNow),
        MenuLine::Submenu { text: words.say("menu-snooze"), lines: snooze_lines(scene) },
        action("menu-open", MenuAction::Open),
        action("menu-quit", MenuAction::Quit),
    ]);
    lines
}

fn snooze_lines(scene: &Scene<'_>) -> Vec<MenuLine> {
    let words = scene.words;
    let action = |text: &str, action| MenuLine::Action { text: words.say(text), action };
    let mut lines = Vec::new();
    if let Some(until) = scene.snooze.silences().map(|(_, until)| until).max() {
        let clock = scene.local_wording().clock(until);
        let text = words.put("menu-snooze-until", &[("clock", clock.into())]);
        lines.extend([MenuLine::Figure { text }, action("menu-snooze-end", MenuAction::EndSnooze)]);
        lines.push(MenuLine::Separator);
    }
    lines.push(action("menu-snooze-hour", MenuAction::Snooze(SnoozeFor::Hour)));
    lines.push(action("menu-snooze-reset", MenuAction::Snooze(SnoozeFor::UntilReset)));
    lines
}

fn account_lines(scene: &Scene<'_>, account: &Watched) -> Vec<MenuLine> {
    let wording = scene.wording(account);
    let figure = |text: String| MenuLine::Figure { text };
    let is_current =
        account.failure.is_none() && !scene.is_stale(account) && !account.has_ended(scene.now.at);
    let rows = account.plan().filter(|_| is_current && scene.accounts.len() <= MOST_WITH_ROWS);
    let Some(plan) = rows else { return vec![figure(named(scene, account, summary(scene, account)))] };
    let headline = plan.headline_row();
    let word = if scene.is_on_credits(account) { "level-credits" } else { level_word(scene.level(account)) };
    let title = named(scene, account, scene.words.say(word));
    let windows = plan.rows.iter().flat_map(|row| row.windows.iter().map(move |w| (row, w)));
    let windows = windows.filter_map(|(row, window)| {
        let left = window.quota.metered_left()?;
        let is_headline = headline.is_some_and(|h| std::ptr::eq(h, row));
        let rolls = Ahead::of(row, &account.history, wording.now).is_rolling(window);
        let resets_at = window.resets_at.filter(|_| !rolls);
        Some(figure(format!("    {}", menu_window(&wording, row, (window, resets_at), left, is_headline))))
    });
    std::iter::once(figure(title)).chain(windows).collect()
}

fn menu_window(
    wording: &Wording<'_>,
    row: &Row,
    (window, resets_at): (&Window, Option<Timestamp>),
    left: Percent,
    is_headline: bool,
) -> String {
    let words = wording.words;
    let title = wording.window(window);
    let figure = wording.figure(left);
    match (is_headline, resets_at) {
        (true, Some(at)) => words.put(
            "tray-menu-window",
            &[("window", title.into()), ("figure", figure.into()), ("clock", wording.clock(at).into())],
        ),
        (true, None) => {
            words.put("tray-menu-window-plain", &[("window", title.into()), ("figure", figure.into())])
        }
        (false, _) => words.put(
            "tray-menu-row-window",
            &[("row", wording.row(row).into()), ("window", title.into()), ("figure", figure.into())],
        ),
    }
}
