//! The JSON that scripts and status bars rely on, and the plain text beside it.
//!
//! Owns field names, their order and the English words of `explain` and `status`; the names are promised and do
//! not change. Refuses to be translated, and to repeat a word of the server's.

mod explanation;
mod plain;
mod status;
#[cfg(test)]
mod tests;
mod words;

use jiff::Timestamp;
use rust_decimal::Decimal;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

pub use explanation::explain;
pub use plain::{plain_lines, plain_status, state_words};
pub use status::{account_status, exit_code};

use crate::account::{AccountId, Kind, Region};
use crate::failure::FailureKind;
pub use crate::forecast::Confidence;
use crate::reading::Percent;

/// The number of this form of the JSON; it goes up when a field changes its meaning or goes.
pub const SCHEMA: u32 = 1;

/// What one answer means: `tidemark explain --json`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Explanation {
    /// [`SCHEMA`].
    pub schema: u32,
    /// The moment the answer was read at.
    pub at: Timestamp,
    /// What kind of meaning it has.
    pub outcome: Outcome,
    /// Why there is no reading.
    pub failure: Option<FailureReport>,
    /// The rows of a plan, in the order they were sent.
    pub rows: Vec<RowReport>,
    /// The money behind a pay-as-you-go key.
    pub balance: Option<BalanceReport>,
    /// Whether some figure rests on a guess.
    pub ambiguous: bool,
    /// What a careful reader should know, as sentences.
    pub notes: Vec<String>,
}

/// What all asked accounts have: `tidemark status --json`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StatusReport {
    /// [`SCHEMA`].
    pub schema: u32,
    /// The moment of the report.
    pub at: Timestamp,
    /// One entry for each account, in the user's order.
    pub accounts: Vec<AccountStatus>,
}

/// What one account has.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AccountStatus {
    /// Its name in the keyring.
    pub id: AccountId,
    /// The user's name for it.
    pub name: String,
    /// The user's name for the team behind it.
    pub team: Option<String>,
    /// What its key pays with.
    pub kind: Kind,
    /// The platform it belongs to.
    pub region: Region,
    /// How it stands, in one word.
    pub state: AccountState,
    /// When what is shown was read.
    pub read_at: Option<Timestamp>,
    /// Whether what is shown is older than it should be.
    pub stale: bool,
    /// When the headline row can be used again.
    pub blocked_until: Option<Timestamp>,
    /// The tightest metered window of the headline row.
    pub headline: Option<Headline>,
    /// What kind of meaning is shown.
    pub outcome: Outcome,
    /// What went wrong last, where nothing went right since.
    pub failure: Option<FailureReport>,
    /// The rows of a plan.
    pub rows: Vec<RowReport>,
    /// The money behind a pay-as-you-go key.
    pub balance: Option<BalanceReport>,
    /// When the plan runs out at the present pace.
    pub forecast: Option<ForecastReport>,
}

/// What kind of meaning an answer has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Rows of a plan.
    Quota,
    /// Money.
    Balance,
    /// None of them.
    Failure,
}

/// How an account stands, in one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AccountState {
    /// Enough is left.
    Good,
    /// A threshold is passed.
    Near,
    /// Nothing is left.
    Exhausted,
    /// The key is good, no plan is behind it.
    NoPlan,
    /// The key is refused.
    Refused,
    /// What is shown is older than it should be.
    Stale,
    /// Nothing trustworthy is known.
    Unknown,
}

/// One pool of a plan.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RowReport {
    /// The name as sent.
    pub model: Option<String>,
    /// What people call it.
    pub title: String,
    /// The windows the answer carries, interval first.
    pub windows: Vec<WindowReport>,
}

/// One window of a row.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WindowReport {
    /// Which of the two it is.
    pub span: SpanName,
    /// What it allows.
    pub state: WindowState,
    /// The share used.
    pub used_percent: Option<Share>,
    /// The share left.
    pub remaining_percent: Option<Share>,
    /// Requests or pieces used.
    pub used: Option<u64>,
    /// Requests or pieces left.
    pub remaining: Option<u64>,
    /// Requests or pieces allowed.
    pub total: Option<u64>,
    /// Allowance multiplier, already part of the shares.
    pub boost: f64,
    /// When it began.
    pub starts_at: Option<Timestamp>,
    /// When it starts anew.
    pub resets_at: Option<Timestamp>,
    /// Its length.
    pub length_seconds: Option<i64>,
    /// Whether it is a rolling window, as far as history tells. Not part of the promised JSON: plain text goes by it.
    #[serde(skip)]
    pub rolling: bool,
}

/// The name of a window.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SpanName {
    /// The short one.
    Interval,
    /// The week.
    Weekly,
}

/// What a window allows, in one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WindowState {
    /// Metered, something is left.
    Limited,
    /// Metered, nothing is left.
    Exhausted,
    /// Not metered.
    Unlimited,
    /// Not covered by the plan.
    NotInPlan,
    /// The answer does not say.
    Unknown,
}

/// The money behind a pay-as-you-go key, as decimal strings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BalanceReport {
    /// `USD` or `CNY`.
    pub currency: String,
    /// What can be spent.
    pub available: Option<Decimal>,
    /// Paid-in money.
    pub cash: Option<Decimal>,
    /// Vouchers.
    pub voucher: Option<Decimal>,
    /// Credit.
    pub credit: Option<Decimal>,
    /// What is owed.
    pub owed: Option<Decimal>,
    /// The account's own warning line, where it is switched on.
    pub alert_below: Option<Decimal>,
    /// Whether the warning line, or zero, is passed.
    pub low: bool,
}

/// Why there is no reading.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FailureReport {
    /// What kind it is.
    pub kind: FailureKind,
    /// MiniMax's own code.
    pub code: Option<i64>,
    /// How long MiniMax asks us to wait.
    pub retry_after_seconds: Option<u64>,
    /// What happened and what to do, in our own words.
    pub message: String,
}

/// The tightest metered window of the headline row.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Headline {
    /// The row's name as sent.
    pub model: Option<String>,
    /// Which of its windows.
    pub span: SpanName,
    /// The share left.
    pub remaining_percent: Share,
}

/// When a plan runs out at the present pace.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ForecastReport {
    /// The moment; `None` where it lasts until the reset.
    pub runs_out_at: Option<Timestamp>,
    /// How much that is worth.
    pub confidence: Confidence,
}

/// A share of 0 to 100 % as a JSON number: an integer where it is whole, else with two decimals at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Share(pub Percent);

impl Serialize for Share {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let percent = self.0.get();
        if percent.fract() == 0.0 {
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "a whole number of 0 to 100"
            )]
            serializer.serialize_u8(percent as u8)
        } else {
            serializer.serialize_f64(percent)
        }
    }
}

impl<'de> Deserialize<'de> for Share {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let percent = f64::deserialize(deserializer)?;
        Percent::clamped(percent).map(Self).ok_or_else(|| serde::de::Error::custom("not a percentage"))
    }
}
