//! How the state is shown: window, tray and notices, worded by one hand.
//!
//! Owns the way from state to what the user sees. Refuses to change state.

mod banners;
mod card;
mod meters;
mod notices;
mod tray;

use crate::account::Kind;
use crate::alert::{Notice, Snooze};
use crate::level::Level;
use crate::message::{KeyringTrouble, Now, Remark};
use crate::settings::Settings;
use crate::text::Words;
use crate::view::View;
use crate::watched::Watched;
use crate::wording::Wording;

pub use notices::{notice, test_notice};
pub use tray::tray;

/// Everything that what the user sees depends on.
#[derive(Debug)]
pub struct Scene<'a> {
    /// The catalogue.
    pub words: &'a Words,
    /// The moment, by the local clock.
    pub now: &'a Now,
    /// The user's choices.
    pub settings: &'a Settings,
    /// The accounts in the user's order.
    pub accounts: &'a [Watched],
    /// Whether everything is simulated.
    pub demo: bool,
    /// Whether a tray host is there.
    pub has_tray_host: bool,
    /// What the keyring said last, where it is out of reach.
    pub keyring: Option<KeyringTrouble>,
    /// What happened to the app's own files.
    pub remarks: &'a [Remark],
    /// The banners that the user took away.
    pub dismissed: &'a [String],
    /// The notices that no service would show.
    pub undelivered: Vec<&'a Notice>,
    /// Who is silent until when.
    pub snooze: &'a Snooze,
}

impl Scene<'_> {
    /// Gives the wording for an account: by the server's clock where that is known.
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

    fn level(&self, account: &Watched) -> Level {
        account.level(self.settings.thresholds(), self.settings.interval(), self.now.at)
    }

    fn is_stale(&self, account: &Watched) -> bool {
        account.is_stale(self.settings.interval(), self.now.at)
    }
}

/// Gives the window's content.
#[must_use]
pub fn view(scene: &Scene<'_>) -> View {
    let (checked, next) = footer(scene);
    View {
        language: scene.words.tongue.tag().to_owned(),
        demo: scene.demo,
        banners: banners::banners(scene),
        cards: scene.accounts.iter().map(|a| card::card(scene, a)).collect(),
        checked,
        next,
        checking: scene.accounts.iter().any(|a| a.schedule.is_awaiting()),
    }
}

fn footer(scene: &Scene<'_>) -> (String, String) {
    let (words, wording) = (scene.words, scene.local_wording());
    let good = || scene.accounts.iter().filter_map(|a| a.good.as_ref());
    let checked_at = good().map(|g| g.at).max();
    let changed_at = good().map(|g| g.changed_at).max();
    let minutes = |moment: jiff::Timestamp| scene.now.at.duration_since(moment).as_secs() / 60;
    let checked = match (checked_at, changed_at) {
        (Some(checked), Some(changed)) => {
            let (ago, changed_ago) = (wording.since(checked), wording.since(changed));
            match (minutes(checked) > 0, minutes(changed) > minutes(checked)) {
                (false, false) => words.say("checked-now"),
                (false, true) => words.put("checked-now-changed", &[("changed", changed_ago.into())]),
                (true, false) => words.put("checked-ago", &[("span", ago.into())]),
                (true, true) => {
                    words.put("checked-changed", &[("checked", ago.into()), ("changed", changed_ago.into())])
                }
            }
        }
        _ => String::new(),
    };
    let next = match scene.accounts.iter().map(|a| a.schedule.next().0).min() {
        Some(next) if minutes(next) < 0 || next > scene.now.at + jiff::SignedDuration::from_mins(1) => {
            words.put("next-check", &[("clock", wording.clock(next).into())])
        }
        Some(_) => words.say("next-check-soon"),
        None => String::new(),
    };
    (checked, next)
}

/// Gives the small labels beside an account's name.
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
