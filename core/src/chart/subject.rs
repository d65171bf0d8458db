//! The input of a chart except the stored history: what the controller has and the store's thread does not.
//!
//! The history is read separately because that may take a while.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use rust_decimal::Decimal;

use super::WindowChoice;
use crate::account::{AccountId, Kind};
use crate::ahead::Ahead;
use crate::forecast::Forecast;
use crate::history::{GAP, MoneyPoint, Point, Track, WindowKey, gap_at};
use crate::level::Thresholds;
use crate::message::Now;
use crate::reading::{Currency, Reading, Row, Window};
use crate::settings::Settings;
use crate::text::{Tongue, Words};
use crate::watched::Watched;
use crate::wording::Wording;

/// The subject of a chart and the settings for its texts.
#[derive(Clone, Debug)]
pub struct Subject {
    pub account: AccountId,
    /// The present moment, by the server's clock.
    pub now: Timestamp,
    /// The longest time without a reading that is not shown as a gap.
    pub gap: SignedDuration,
    pub(super) about: About,
    pub(super) choices: Vec<WindowChoice>,
    pub(super) thresholds: Thresholds,
    tongue: Tongue,
    zone: TimeZone,
    show_used: bool,
}

/// A window, a balance, or nothing that can be charted.
#[derive(Clone, Debug)]
pub(super) enum About {
    Window(Box<Watch>),
    Money {
        currency: Currency,
        lines: Vec<Decimal>,
        remembered: Vec<MoneyPoint>,
    },
    /// A plan without any limit.
    Unmetered,
    Nothing,
}

/// A window and its present state.
#[derive(Clone, Debug)]
pub(super) struct Watch {
    pub(super) key: WindowKey,
    pub(super) window: Window,
    pub(super) label: String,
    pub(super) forecast: Option<Forecast>,
    pub(super) is_rolling: bool,
    /// The points in memory, some of which may not be in the store yet.
    pub(super) remembered: Vec<Point>,
}

impl Subject {
    /// The subject for the requested window, otherwise the tightest window of the headline row; for a
    /// pay-as-you-go account its balance.
    #[must_use]
    pub fn of(
        watched: &Watched,
        settings: &Settings,
        words: &Words,
        now: &Now,
        key: Option<&WindowKey>,
    ) -> Self {
        let at = watched.server_now(now.at);
        let mut subject = Self {
            account: watched.account.id.clone(),
            now: at,
            gap: GAP.max(gap_at(settings.interval())),
            about: About::Nothing,
            choices: Vec::new(),
            thresholds: settings.thresholds(),
            tongue: words.tongue,
            zone: now.zone.clone(),
            show_used: settings.show_used,
        };
        if watched.account.kind == Kind::PayAsYouGo {
            subject.about = money(watched);
            return subject;
        }
        let wording = Wording { words, zone: &now.zone, now: at, show_used: settings.show_used };
        let windows = windows(watched);
        let is =
            |row: &Row, window: &Window, key: &WindowKey| row.model == key.row && window.span == key.span;
        let headline = watched.headline().map(|(row, w)| WindowKey { row: row.model.clone(), span: w.span });
        let chosen = [key, headline.as_ref()]
            .into_iter()
            .flatten()
            .find_map(|key| windows.iter().find(|(row, window)| is(row, window, key)))
            .or(windows.first());
        let Some((chosen_row, chosen)) = chosen else {
            let is_read = watched.plan().is_some_and(|plan| !plan.rows.is_empty());
            subject.about = if is_read { About::Unmetered } else { About::Nothing };
            return subject;
        };
        let label = |row: &Row, window: &Window| label(&wording, watched, row, window);
        subject.choices = windows
            .iter()
            .map(|(row, window)| WindowChoice {
                row: row.model.clone(),
                window: window.span,
                label: label(row, window),
                chosen: std::ptr::eq(*window, *chosen),
            })
            .collect();
        subject.about =
            About::Window(Box::new(watch(watched, chosen_row, chosen, label(chosen_row, chosen), at)));
        subject
    }

    /// The charted window; `None` for a balance, and if nothing is metered.
    #[must_use]
    pub fn window(&self) -> Option<&WindowKey> {
        match &self.about {
            About::Window(watch) => Some(&watch.key),
            About::Money { .. } | About::Unmetered | About::Nothing => None,
        }
    }

    /// Whether the subject is a balance.
    #[must_use]
    pub const fn is_of_money(&self) -> bool {
        matches!(self.about, About::Money { .. })
    }

    /// Raises the gap threshold to match the poll interval found in the stored history.
    #[must_use]
    pub fn looked_every(self, step: SignedDuration) -> Self {
        Self { gap: self.gap.max(gap_at(step)), ..self }
    }

    /// The catalogue for the texts.
    pub(super) fn words(&self) -> Words {
        Words::new(self.tongue)
    }

    pub(super) fn wording<'a>(&'a self, words: &'a Words) -> Wording<'a> {
        Wording { words, zone: &self.zone, now: self.now, show_used: self.show_used }
    }
}

fn money(watched: &Watched) -> About {
    let balance = match watched.good.as_ref().map(|good| &good.reading) {
        Some(Reading::Balance(balance)) => Some(balance),
        Some(Reading::Plan(_)) | None => None,
    };
    let line = [balance.and_then(|b| b.alert_below), watched.account.balance_below];
    About::Money {
        currency: Currency::of(watched.account.region),
        lines: line.into_iter().flatten().max().into_iter().collect(),
        remembered: watched.history.money().to_vec(),
    }
}

/// The metered windows, those of the headline row first.
fn windows(watched: &Watched) -> Vec<(&Row, &Window)> {
    let Some(plan) = watched.plan() else { return Vec::new() };
    let headline = plan.headline_row();
    let is_headline = |row: &&Row| headline.is_some_and(|h| std::ptr::eq(h, *row));
    let rows = plan.rows.iter().filter(is_headline).chain(plan.rows.iter().filter(|r| !is_headline(r)));
    rows.flat_map(|row| row.windows.iter().map(move |window| (row, window)))
        .filter(|(_, window)| window.quota.metered_left().is_some())
        .collect()
}

fn label(wording: &Wording<'_>, watched: &Watched, row: &Row, window: &Window) -> String {
    let is_headline = watched.headline().is_some_and(|(headline, _)| std::ptr::eq(headline, row));
    let name = wording.window(window);
    if is_headline {
        return name;
    }
    wording.words.put("chart-window-of", &[("row", wording.row(row).into()), ("window", name.into())])
}

fn watch(watched: &Watched, row: &Row, window: &Window, label: String, now: Timestamp) -> Watch {
    let key = WindowKey { row: row.model.clone(), span: window.span };
    let ahead = Ahead::of(row, &watched.history, now);
    Watch {
        forecast: ahead.forecast(window).filter(|_| watched.failure.is_none()),
        is_rolling: ahead.is_rolling(window),
        remembered: watched.history.track(&key).map(Track::points).unwrap_or_default().to_vec(),
        window: window.clone(),
        label,
        key,
    }
}
