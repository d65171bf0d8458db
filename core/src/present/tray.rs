//! The tray: the account it represents, its icon and its title.
//!
//! The shape always shows the account's own level, even if the chosen window has more left.

mod line;
mod menu;

use super::Scene;
use super::card::level_word;
use crate::failure::FailureKind;
use crate::level::Level;
use crate::reading::{Percent, Reading, Span};
use crate::tray::{Picture, Shape, Theme, Tray};
use crate::watched::Watched;
use crate::wording::{isolated, shortened};

/// The tray's content.
#[must_use]
pub fn tray(scene: &Scene<'_>) -> Tray {
    let shown = chosen(scene);
    Tray {
        picture: shown.map_or(EMPTY, |account| picture(scene, account)),
        theme: match scene.settings.tray_theme.as_str() {
            "light" => Theme::Light,
            "dark" => Theme::Dark,
            _ => Theme::Auto,
        },
        tooltip: line::tooltip(scene),
        title: shown.map_or_else(|| scene.words.say("tray-name"), |account| title(scene, account)),
        menu: menu::menu(scene),
    }
}

/// No account is watched yet.
const EMPTY: Picture = Picture { shape: Shape::Dashed, left: 100, used: false, digits: None };

/// The account that the user chose, if it exists, otherwise the one that most needs attention.
fn chosen<'a>(scene: &Scene<'a>) -> Option<&'a Watched> {
    let wanted = scene.accounts.iter().find(|a| a.account.id.0 == scene.settings.tray_account);
    wanted.or_else(|| scene.accounts.iter().min_by_key(|a| calm(scene, a)))
}

/// Sort key: the account that most needs attention comes first.
fn calm(scene: &Scene<'_>, account: &Watched) -> impl Ord + use<> {
    // A key without a plan, or an account not checked yet, has nothing to show next to one with figures.
    let is_read = account.good.is_some() || account.failure.is_some();
    let shows = is_read && account.deciding_failure() != Some(FailureKind::NoActivePlan);
    let left = account.headline().and_then(|(_, w)| w.quota.metered_left()).unwrap_or(Percent::FULL);
    (std::cmp::Reverse((shows, scene.level(account))), left)
}

fn picture(scene: &Scene<'_>, account: &Watched) -> Picture {
    let level = scene.level(account);
    let shape = Shape::of(level);
    // Unknown or untrusted shares are not drawn.
    let left = left(scene, account).filter(|_| level < Level::Unknown).map(Percent::whole);
    let used = scene.settings.show_used && left.is_some();
    let figure = left.filter(|_| scene.settings.tray_digits && level < Level::Spent);
    Picture {
        shape,
        left: left.unwrap_or(if level == Level::Good || level >= Level::Unknown { 100 } else { 0 }),
        used,
        // Three digits are not legible; the full ring shows 100.
        digits: figure.map(|left| if used { 100 - left } else { left }).filter(|figure| *figure < 100),
    }
}

/// The share left of the window that the user chose, otherwise of the tightest one.
fn left(scene: &Scene<'_>, account: &Watched) -> Option<Percent> {
    let span = match scene.settings.tray_window.as_str() {
        "interval" => Some(Span::Interval),
        "weekly" => Some(Span::Weekly),
        _ => None,
    };
    let row = account.plan()?.headline_row()?;
    let wanted = span.and_then(|span| row.window(span)?.quota.metered_left());
    wanted.or_else(|| row.tightest()?.quota.metered_left())
}

/// The icon in words.
fn title(scene: &Scene<'_>, account: &Watched) -> String {
    let level = scene.level(account);
    let word = scene.words.say(word(scene, account));
    let wording = scene.wording(account);
    let figure = match account.good.as_ref().map(|good| &good.reading).filter(|_| level < Level::Spent) {
        Some(Reading::Plan(_)) => left(scene, account).map(|left| wording.figure(left)),
        Some(Reading::Balance(balance)) => balance.available.map(|a| wording.balance(a, balance.currency)),
        None => None,
    };
    let what = match figure {
        Some(figure) => {
            scene.words.put("tray-title-figure", &[("level", word.into()), ("figure", figure.into())])
        }
        None => word,
    };
    let name = short(&account.account.name);
    scene.words.put("tray-title", &[("account", name.into()), ("what", what.into())])
}

/// The text id of an account's state.
fn word(scene: &Scene<'_>, account: &Watched) -> &'static str {
    match scene.level(account) {
        _ if account.deciding_failure() == Some(FailureKind::NoActivePlan) => "level-no-plan",
        _ if scene.is_on_credits(account) => "level-credits",
        level => level_word(level, account),
    }
}

/// Shortens a name for a menu line, counting wide characters twice. Isolates right-to-left names, so that
/// they do not reorder the line.
fn short(name: &str) -> String {
    const WIDEST: usize = 28;
    isolated(shortened(name, WIDEST))
}
