//! Converts the state to what the user sees: window, tray and notifications. Does not change state.

mod banners;
mod card;
mod cards;
mod footer;
mod meters;
mod moment;
mod notices;
mod tray;

use std::sync::Arc;

use crate::account::Kind;
use crate::alert::{Notice, Snooze};
use crate::level::{self, Level};
use crate::message::{KeyringTrouble, Now, Remark};
use crate::plan::Facts;
use crate::settings::Settings;
use crate::text::Words;
use crate::view::View;
use crate::watched::Watched;
use crate::wording::Wording;

pub(crate) use card::forecast::line as forecast_line;
pub use cards::Cards;
pub use notices::{notice, test_notice};
pub use tray::tray;

/// All inputs of what the user sees.
#[derive(Debug)]
pub struct Scene<'a> {
    pub words: &'a Words,
    /// The present moment, by the local clock.
    pub now: &'a Now,
    pub settings: &'a Settings,
    /// The accounts in the user's order.
    pub accounts: &'a [Watched],
    /// Whether everything is simulated.
    pub demo: bool,
    /// Whether a tray host is running.
    pub has_tray_host: bool,
    /// The keyring's problem, if it is out of reach.
    pub keyring: Option<KeyringTrouble>,
    /// Events about the app's own files.
    pub remarks: &'a [Remark],
    /// The ids of the dismissed banners.
    pub dismissed: &'a [String],
    /// The notifications that no service displayed.
    pub undelivered: Vec<&'a Notice>,
    /// The active snoozes.
    pub snooze: &'a Snooze,
}

impl Scene<'_> {
    /// The wording for an account: by the server's clock if known.
    fn wording(&self, account: &Watched) -> Wording<'_> {
        Wording { now: account.server_now(self.now.at), ..self.local_wording() }
    }

    fn local_wording(&self) -> Wording<'_> {
        Wording {
            words: self.words,
            zone: &self.now.zone,
            now: self.now.at,
            show_used: self.settings.show_used,
        }
    }

    /// The level that is shown: a used-up plan with Credits is no alarm.
    fn level(&self, account: &Watched) -> Level {
        let has_credits = account.account.kind == Kind::TokenPlan && account.account.has_credits;
        level::on_credits(self.own_level(account), has_credits)
    }

    /// The level by the account's own figures.
    fn own_level(&self, account: &Watched) -> Level {
        account.level(self.settings.thresholds(), self.settings.interval(), self.now.at)
    }

    /// Whether Credits, as set by the user, take over for a used-up plan.
    fn is_on_credits(&self, account: &Watched) -> bool {
        self.own_level(account) == Level::Spent && self.level(account) != Level::Spent
    }

    /// Whether the figures are current: no failure since, and not old.
    fn is_current(&self, account: &Watched) -> bool {
        account.failure.is_none() && !self.is_stale(account)
    }

    fn is_stale(&self, account: &Watched) -> bool {
        account.is_stale(self.settings.interval(), self.now.at)
    }
}

/// The window's content, built without the cache.
#[must_use]
pub fn view(scene: &Scene<'_>) -> View {
    let facts = Facts::of(scene.settings);
    let cards = scene.accounts.iter().enumerate();
    let cards = cards.map(|(place, account)| Arc::new(cards::fresh(scene, &facts, place, account))).collect();
    View { cards, ..frame(scene) }
}

/// The window's content without cards.
fn frame(scene: &Scene<'_>) -> View {
    let footer = footer::footer(scene);
    View {
        language: scene.words.tongue.tag().to_owned(),
        demo: scene.demo,
        banners: banners::banners(scene),
        cards: Vec::new(),
        checked: footer.checked,
        checked_exact: footer.checked_exact,
        next: footer.next,
        next_why: footer.next_why,
        checking: scene.accounts.iter().any(|a| a.schedule.is_awaiting()),
    }
}

/// The small labels next to an account's name.
fn chips(scene: &Scene<'_>, account: &Watched) -> Vec<String> {
    let region = match account.account.region {
        crate::account::Region::Global => "chip-global",
        crate::account::Region::China => "chip-china",
    };
    let mut chips = vec![scene.words.say(region)];
    chips.extend(account.account.team.clone());
    if account.account.kind == Kind::PayAsYouGo {
        chips.push(scene.words.say("chip-payg"));
    }
    if scene.demo {
        chips.push(scene.words.say("chip-demo"));
    }
    chips
}
