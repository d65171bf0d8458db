//! The content of the window as one comparable value, with all texts in the user's language. No field can hold a key.

use std::sync::Arc;

use serde::Serialize;

use crate::account::{AccountId, Kind, Region};
use crate::level::Level;
use crate::tray::Shape;

/// The content of the window.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "camelCase")]
pub struct View {
    /// The language of the texts, as a BCP 47 tag: `en` or `zh-CN`.
    pub language: String,
    /// Whether everything here is simulated.
    pub demo: bool,
    /// Shown above the cards, most urgent first.
    pub banners: Vec<Banner>,
    /// One card for each account, in the user's order. Empty at first run.
    pub cards: Vec<Arc<Card>>,
    /// When MiniMax was polled last: "Checked 12 s ago, changed 4 min ago". Empty before the first answer.
    pub checked: String,
    /// The same time in full. Empty before the first answer.
    pub checked_exact: String,
    /// When the next poll is: "Next check 15:00". Empty if none is planned.
    pub next: String,
    /// The reason for that time, for hover and focus: "Just after a reset". May be empty.
    pub next_why: String,
    /// Whether an answer is awaited now.
    pub checking: bool,
}

/// Something the user should know that is not about one account.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "camelCase")]
pub struct Banner {
    /// Identifies the banner: equal ids are the same banner.
    pub id: String,
    pub tone: Tone,
    /// The fact, in a few words.
    pub title: String,
    /// What to do about it, in a sentence or two.
    pub body: String,
    /// The button, if there is one.
    pub action: Option<BannerAction>,
}

/// How urgent a message is; the page chooses colours and icons by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "snake_case")]
pub enum Tone {
    /// For information.
    Info,
    /// Needs attention.
    Warning,
    /// Needs action by the user.
    Trouble,
}

/// The button of a banner, a failure, a way or a menu.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "camelCase")]
pub struct BannerAction {
    pub label: String,
    pub does: Does,
}

/// What a button on the page does.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Does {
    /// Retries the keyring: command `retry_keyring`.
    RetryKeyring,
    /// Closes the banner: command `dismiss` with the banner's id.
    Dismiss,
    /// Ends the simulation: command `leave_demo`.
    LeaveDemo,
    /// Opens the page's form to replace a key.
    ReplaceKey { account: AccountId },
    /// Polls MiniMax now: command `check_now`.
    CheckNow,
    /// Opens one of MiniMax's pages in the browser: command `open_link`.
    OpenLink { link: Link, region: Region },
    /// Copies the key of an account to the clipboard, for a limited time: command `copy_key`.
    CopyKey { account: AccountId },
    /// Sets whether Credits cover a plan: command `set_credits`.
    SetCredits { account: AccountId, on: bool },
    /// Opens the page's selection of a pay-as-you-go account that takes over from a plan.
    PairAccount {
        /// The plan account.
        account: AccountId,
    },
    /// Opens the page's screen of an account.
    OpenAccount { account: AccountId },
    /// Ends every snooze: command `end_snooze`.
    EndSnooze,
    /// Opens the page's measurement of output speed, which first says what it costs.
    MeasureSpeed { account: AccountId },
}

/// One of MiniMax's pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, serde::Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "snake_case")]
pub enum Link {
    /// Shows the plan key.
    PlanKey,
    /// Creates pay-as-you-go keys.
    ApiKey,
    /// For buying or upgrading a plan.
    Plan,
    /// For buying Credits.
    Credits,
    /// For topping up the balance.
    Balance,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "camelCase")]
pub struct Card {
    pub id: AccountId,
    /// The user's name for the account.
    pub name: String,
    pub kind: Kind,
    pub region: Region,
    /// The pay-as-you-go account that takes over while this plan is used up.
    pub pair: Option<AccountId>,
    /// Small labels beside the name: region, team, kind.
    pub chips: Vec<String>,
    /// The key's last four characters; `None` for a short or simulated key.
    pub last_four: Option<String>,
    /// The user's name for the team of the key.
    pub team: Option<String>,
    /// The state of the key in words: "Accepted", "Not checked yet".
    pub key_word: String,
    /// How urgent `key_word` is.
    pub key_tone: Tone,
    pub level: Level,
    /// The level in words: "Near the limit", … Empty if all is good, and if the figure or the sentence says it.
    pub level_word: String,
    /// The form of the ring.
    pub shape: Shape,
    /// How much of the ring is drawn, 0.0..=1.0.
    pub ring: f64,
    /// The big figure: "12 %", "Used up", "$12.34". `None` before the first answer and if nothing reliable is known.
    pub figure: Option<String>,
    /// What the figure counts: "left of 5 hours".
    pub figure_unit: Option<String>,
    /// What the figure means: "Good until the reset at 15:00."
    pub sentence: String,
    /// Continues the sentence: "About 35 % will be left then." `None` if there is nothing to add.
    pub outlook: Option<String>,
    /// One for each window that has a bar or a line, headline row first.
    pub meters: Vec<Meter>,
    /// Small lines at the bottom: "Video: not in this plan".
    pub quiet: Vec<String>,
    /// The failure, if there is one; the last good figures stay above it.
    pub failure: Option<CardFailure>,
    /// Present if the figures are old: "as of 14:02".
    pub stale: Option<String>,
    /// What the user can do if nothing is left.
    pub ways: Vec<Way>,
    /// Further actions for this account, for a small menu: "Measure speed…", "I have Credits".
    pub actions: Vec<BannerAction>,
    /// How many answers and failures there have been. If it changes, the history has changed.
    pub answers: u32,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "camelCase")]
pub struct Meter {
    /// The name of the row, if it is not the headline row: "Video".
    pub row: Option<String>,
    /// The name of the window: "5 hours", "Week".
    pub title: String,
    /// The figure: "71 % left", "no limit", "not known".
    pub value: String,
    /// Whether the card's big figure is that of this window, so that the meter need not show it again.
    pub told: bool,
    pub level: Level,
    /// How much of the bar is drawn, 0.0..=1.0; `None` draws no bar.
    pub bar: Option<f64>,
    /// Where an even pace would be now, 0.0..=1.0 of the bar; `None` draws no mark.
    pub pace: Option<f64>,
    /// Where the thresholds are on the bar, 0.0..=1.0, the near one first; empty without a bar.
    pub marks: Vec<f64>,
    /// Left half of the small line: "3 of 20 used", "boost ×2", "about 6.3 full windows left". May be empty.
    pub note: String,
    /// How the note is known, for hover and focus. May be empty.
    pub note_hint: String,
    /// The forecast of this window: "lasts, about 35 % left at the reset". Empty if there is none, and if the card's
    /// sentence says it.
    pub outlook: String,
    /// The coming releases of a rolling window, soonest first: "+12 % by 14:30". Empty for all others.
    pub releases: Vec<String>,
    /// Right half of the small line: "resets 15:00, in 1 h 30 min", "frees up gradually". May be empty.
    pub reset: String,
    /// The exact time of the reset for hover and focus: "Monday, 23 November 2026, 15:00". May be empty.
    pub reset_exact: String,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "camelCase")]
pub struct CardFailure {
    /// The failure's name as in `interface.md`; the page chooses an icon by it.
    pub kind: String,
    pub tone: Tone,
    /// The fact: "MiniMax refuses this key".
    pub title: String,
    /// What to do.
    pub body: String,
    /// The button, if there is one.
    pub action: Option<BannerAction>,
}

/// What the user can do if nothing is left.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "camelCase")]
pub struct Way {
    /// The name: "Wait for the reset".
    pub title: String,
    /// What it means now: "5 hours: 15:00".
    pub body: String,
    /// Shown at the right if there is no button: "1 h 30 min".
    pub aside: String,
    pub action: Option<BannerAction>,
    /// A second, less prominent button: "I have Credits".
    pub also: Option<BannerAction>,
}
