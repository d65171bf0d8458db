//! What the window shows, as one comparable value with every sentence already worded.
//!
//! Owns what is on the page and in which words. Refuses keys: none of these fields can hold one.

use std::sync::Arc;

use serde::Serialize;

use crate::account::{AccountId, Kind, Region};
use crate::level::Level;
use crate::tray::Shape;

/// What the window shows.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "camelCase")]
pub struct View {
    /// The language of the sentences, as a BCP 47 tag: `en` or `zh-CN`.
    pub language: String,
    /// Whether everything here is simulated.
    pub demo: bool,
    /// What stands above the cards, most urgent first.
    pub banners: Vec<Banner>,
    /// One card for each account, in the user's order. Empty at first run.
    pub cards: Vec<Arc<Card>>,
    /// When MiniMax was asked last: "Checked 12 s ago, changed 4 min ago". Empty before the first answer.
    pub checked: String,
    /// The same moment in full; empty where MiniMax was not asked yet.
    pub checked_exact: String,
    /// When it will be asked again: "Next check 15:00". Empty when nothing is planned.
    pub next: String,
    /// Why then, for hover and focus: "Just after a reset". May be empty.
    pub next_why: String,
    /// Whether an answer is awaited right now.
    pub checking: bool,
}

/// Something the user should know that is not about one account.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "camelCase")]
pub struct Banner {
    /// Names it for the page: equal ids are the same banner.
    pub id: String,
    /// How it is dressed.
    pub tone: Tone,
    /// The fact, a few words.
    pub title: String,
    /// What to do about it, a sentence or two.
    pub body: String,
    /// The button, where there is something to press.
    pub action: Option<BannerAction>,
}

/// How a banner is dressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "snake_case")]
pub enum Tone {
    /// Good to know.
    Info,
    /// Worth a look.
    Warning,
    /// Needs the user.
    Trouble,
}

/// The button of a banner.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "camelCase")]
pub struct BannerAction {
    /// What it says.
    pub label: String,
    /// What it does.
    pub does: Does,
}

/// What a button on the page does.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Does {
    /// Asks the keyring again: command `retry_keyring`.
    RetryKeyring,
    /// Takes the banner away: command `dismiss` with the banner's id.
    Dismiss,
    /// Ends the simulation: command `leave_demo`.
    LeaveDemo,
    /// Opens the page's own form to replace a key.
    ReplaceKey {
        /// Whose key.
        account: AccountId,
    },
    /// Asks MiniMax at once: command `check_now`.
    CheckNow,
    /// Opens one of MiniMax's own pages in the browser: command `open_link`.
    OpenLink {
        /// Which page.
        link: Link,
        /// On which platform.
        region: Region,
    },
    /// Puts the key of an account on the clipboard, for a while: command `copy_key`.
    CopyKey {
        /// Whose key.
        account: AccountId,
    },
    /// Notes that Credits stand behind a plan, or that they do not: command `set_credits`.
    SetCredits {
        /// Whose plan.
        account: AccountId,
        /// Whether they do.
        on: bool,
    },
    /// Opens the page's own choice of a pay-as-you-go account that takes over from a plan.
    PairAccount {
        /// Whose plan.
        account: AccountId,
    },
    /// Opens the page's own screen of an account.
    OpenAccount {
        /// Which.
        account: AccountId,
    },
    /// Lets notices be shown again: command `end_snooze`.
    EndSnooze,
    /// Opens the page's own measuring of output speed, which says first what it costs.
    MeasureSpeed {
        /// Whose key.
        account: AccountId,
    },
}

/// One of MiniMax's own pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, serde::Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "snake_case")]
pub enum Link {
    /// Where the plan key is shown.
    PlanKey,
    /// Where pay-as-you-go keys are made.
    ApiKey,
    /// Where a plan is bought or upgraded.
    Plan,
    /// Where Credits are bought.
    Credits,
    /// Where the balance is topped up.
    Balance,
}

/// One account.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "camelCase")]
pub struct Card {
    /// Which account.
    pub id: AccountId,
    /// The user's name for it.
    pub name: String,
    /// What its key pays with.
    pub kind: Kind,
    /// Its platform.
    pub region: Region,
    /// The pay-as-you-go account that takes over while this plan is spent.
    pub pair: Option<AccountId>,
    /// Small labels beside the name: region, team, kind.
    pub chips: Vec<String>,
    /// The key's last four characters, `None` for a short or simulated key.
    pub last_four: Option<String>,
    /// The user's name for the team behind the key.
    pub team: Option<String>,
    /// How its key stands, in words: "Accepted", "Not checked yet".
    pub key_word: String,
    /// How that is dressed.
    pub key_tone: Tone,
    /// How worried to be.
    pub level: Level,
    /// The level in one word: "Near the limit", … Empty where all is good, and where the figure or the
    /// sentence says it.
    pub level_word: String,
    /// The ring's form.
    pub shape: Shape,
    /// How much of the ring is drawn, 0.0..=1.0.
    pub ring: f64,
    /// The big figure: "12 %", "Spent", "$12.34". `None` before the first answer or with nothing trustworthy.
    pub figure: Option<String>,
    /// What the figure counts: "left of 5 hours".
    pub figure_unit: Option<String>,
    /// The sentence that says what it means: "Good until the reset at 15:00."
    pub sentence: String,
    /// What the sentence leaves open: "About 35 % will be left then." `None` with nothing to add.
    pub outlook: Option<String>,
    /// One for each window worth a bar or a line, headline row first.
    pub meters: Vec<Meter>,
    /// Quiet lines at the foot: "Video: not in this plan".
    pub quiet: Vec<String>,
    /// What went wrong, where something did; the last good figures stay above it.
    pub failure: Option<CardFailure>,
    /// Where the figures are old: "as of 14:02".
    pub stale: Option<String>,
    /// The ways on when nothing is left.
    pub ways: Vec<Way>,
    /// What else can be done with this account, for a small menu: "Measure speed…", "I have Credits".
    pub actions: Vec<BannerAction>,
    /// How many answers and failures there have been: with another number the history is another.
    pub answers: u32,
}

/// One window of one row.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "camelCase")]
pub struct Meter {
    /// Which pool, where it is not the headline row: "Video".
    pub row: Option<String>,
    /// Which window: "5 hours", "Week".
    pub title: String,
    /// The figure: "71 % left", "no limit", "not known".
    pub value: String,
    /// Whether the card's big figure is this window's, so that the meter need not show it again.
    pub told: bool,
    /// How worried to be.
    pub level: Level,
    /// How much of the bar is drawn, 0.0..=1.0; `None` draws no bar.
    pub bar: Option<f64>,
    /// Where an even pace would stand now, 0.0..=1.0 of the bar; `None` draws no mark.
    pub pace: Option<f64>,
    /// Where the thresholds stand on the bar, 0.0..=1.0, the calmer one first; empty without a bar.
    pub marks: Vec<f64>,
    /// The small line's left half: "3 of 20 used", "boost ×2", "about 6.3 full windows left". May be empty.
    pub note: String,
    /// How the note is known, for hover and focus. May be empty.
    pub note_hint: String,
    /// What comes of this window: "lasts, about 35 % left at the reset". Empty where nothing can be said, and where
    /// the card's sentence says it.
    pub outlook: String,
    /// What a rolling window gives back, soonest first: "+12 % by 14:30". Empty for all others.
    pub releases: Vec<String>,
    /// The small line's right half: "resets 15:00, in 1 h 30 min", "frees up gradually". May be empty.
    pub reset: String,
    /// The exact moment of the reset for hover and focus: "Monday, 23 November 2026, 15:00". May be empty.
    pub reset_exact: String,
}

/// What went wrong with an account.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "camelCase")]
pub struct CardFailure {
    /// Which failure, as `interface.md` names it; the page picks a sign by it.
    pub kind: String,
    /// How it is dressed.
    pub tone: Tone,
    /// The fact: "MiniMax refuses this key".
    pub title: String,
    /// What to do.
    pub body: String,
    /// The button, where there is something to press.
    pub action: Option<BannerAction>,
}

/// One way on when nothing is left.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "camelCase")]
pub struct Way {
    /// The way: "Wait for the reset".
    pub title: String,
    /// What it means now: "5 hours: 15:00".
    pub body: String,
    /// What stands at the right where there is no button: "1 h 30 min".
    pub aside: String,
    /// The button.
    pub action: Option<BannerAction>,
    /// A second, quieter button: "I have Credits".
    pub also: Option<BannerAction>,
}
