//! The tray menu: the accounts with their figures, then the actions. Limited so that it fits on a screen.

use jiff::Timestamp;

use super::line::{named, summary};
use super::{short, word};
use crate::account::AccountId;
use crate::ahead::Ahead;
use crate::alert::SnoozeFor;
use crate::level::Level;
use crate::present::{Scene, banners};
use crate::reading::{Percent, Plan, Row, Window};
use crate::tray::{MenuAction, MenuLine};
use crate::watched::Watched;
use crate::wording::Wording;

/// With more accounts each has one line only, without its rows.
const MOST_WITH_ROWS: usize = 4;
/// Maximum number of figures per account.
const MOST_ROWS: usize = 6;
/// With more accounts the worst come first and the rest are in a submenu. Also the maximum of lines before
/// it.
const MOST_LINES: usize = 8;
/// Minimum of lines before the submenu, even if all accounts are good; the tightest ones.
const FEWEST_LINES: usize = 3;
/// Maximum number of accounts in the submenu.
const MOST_CALM: usize = 30;

/// The menu from top to bottom.
pub(super) fn menu(scene: &Scene<'_>) -> Vec<MenuLine> {
    let words = scene.words;
    let mut lines = accounts(scene);
    if banners::shows_internal_error(scene) {
        lines.push(MenuLine::Figure { text: words.say("tray-internal-error"), account: None });
    }
    lines.push(MenuLine::Separator);
    let action = |text: &str, action| MenuLine::Action { text: words.say(text), action };
    lines.extend([
        action("menu-check-now", MenuAction::CheckNow),
        MenuLine::Submenu { text: words.say("menu-snooze"), lines: snooze(scene) },
        action("menu-open", MenuAction::Open),
        action("menu-settings", MenuAction::Settings),
        action("menu-quit", MenuAction::Quit),
    ]);
    lines
}

fn accounts(scene: &Scene<'_>) -> Vec<MenuLine> {
    let one_line = |account: &Watched| figure(account, named(scene, account, summary(scene, account)));
    match scene.accounts {
        [] => vec![MenuLine::Figure { text: scene.words.say("tray-none"), account: None }],
        few if few.len() <= MOST_WITH_ROWS => few.iter().flat_map(|a| with_rows(scene, a)).collect(),
        some if some.len() <= MOST_LINES => some.iter().map(one_line).collect(),
        many => {
            let mut by_worry: Vec<&Watched> = many.iter().collect();
            by_worry.sort_by_key(|a| super::calm(scene, a));
            let worried = by_worry.iter().take_while(|a| scene.level(a) != Level::Good).count();
            let (first, rest) = by_worry.split_at(worried.clamp(FEWEST_LINES, MOST_LINES));
            let count = |count: usize| [("count", count.into())];
            let mut calm: Vec<_> = rest.iter().take(MOST_CALM).map(|a| one_line(a)).collect();
            if let Some(more) = rest.len().checked_sub(MOST_CALM + 1) {
                let text = scene.words.put("tray-menu-more", &count(more + 1));
                calm.push(MenuLine::Figure { text, account: None });
            }
            let text = scene.words.put("tray-menu-accounts", &count(rest.len()));
            let submenu = MenuLine::Submenu { text, lines: calm };
            first.iter().map(|a| one_line(a)).chain([submenu]).collect()
        }
    }
}

fn figure(account: &Watched, text: String) -> MenuLine {
    MenuLine::Figure { text, account: Some(account.account.id.clone()) }
}

fn with_rows(scene: &Scene<'_>, account: &Watched) -> Vec<MenuLine> {
    let is_current = scene.is_current(account) && !account.has_ended(scene.now.at);
    let Some(plan) = account.plan().filter(|_| is_current) else {
        return vec![figure(account, named(scene, account, summary(scene, account)))];
    };
    let title = named(scene, account, scene.words.say(word(scene, account)));
    let below = rows(scene, account, plan).into_iter().map(|text| format!("    {text}"));
    std::iter::once(title).chain(below).map(|text| figure(account, text)).collect()
}

/// The figures of a plan: all of them, or the headline row's and the tightest of many.
fn rows(scene: &Scene<'_>, account: &Watched, plan: &Plan) -> Vec<String> {
    let wording = scene.wording(account);
    let headline = plan.headline_row();
    let is_headline = |row: &Row| headline.is_some_and(|h| std::ptr::eq(h, row));
    let windows = plan.rows.iter().flat_map(|row| row.windows.iter().map(move |w| (row, w)));
    let mut metered: Vec<_> =
        windows.filter_map(|(row, window)| Some((row, window, window.quota.metered_left()?))).collect();
    let more = metered.len().saturating_sub(MOST_ROWS);
    if more > 0 {
        metered.sort_by_key(|(row, _, left)| (!is_headline(row), *left));
        metered.truncate(MOST_ROWS);
    }
    let line = |(row, window, left): (&Row, &Window, Percent)| {
        let rolls = Ahead::of(row, &account.history, wording.now).is_rolling(window);
        let resets_at = window.resets_at.filter(|_| !rolls);
        worded(&wording, row, (window, resets_at), left, is_headline(row))
    };
    let rest = (more > 0).then(|| scene.words.put("tray-menu-more", &[("count", more.into())]));
    metered.into_iter().map(line).chain(rest).collect()
}

fn worded(
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
            &[("row", short(&wording.row(row)).into()), ("window", title.into()), ("figure", figure.into())],
        ),
    }
}

fn snooze(scene: &Scene<'_>) -> Vec<MenuLine> {
    let words = scene.words;
    let action = |text: &str, action| MenuLine::Action { text: words.say(text), action };
    let mut lines = Vec::new();
    // An account that is missing in the settings keeps its snooze, but is not shown.
    let is_shown = |id: &AccountId| scene.accounts.iter().any(|a| a.account.id == *id);
    let mutes = scene.snooze.mutes().filter(|(account, _)| account.is_none_or(is_shown));
    if let Some(until) = mutes.map(|(_, until)| until).max() {
        let clock = scene.local_wording().clock(until);
        let text = words.put("menu-snooze-until", &[("clock", clock.into())]);
        lines.extend([
            MenuLine::Figure { text, account: None },
            action("menu-snooze-end", MenuAction::EndSnooze),
        ]);
        lines.push(MenuLine::Separator);
    }
    lines.push(action("menu-snooze-hour", MenuAction::Snooze(SnoozeFor::Hour)));
    lines.push(action("menu-snooze-reset", MenuAction::Snooze(SnoozeFor::UntilReset)));
    lines
}
