//! The JSON and the plain text of `explain` and `status`, for scripts, status bars and terminals.
//!
//! The field names and their order are a stable interface. The text is always English and never repeats the server's
//! text.

mod explanation;
mod plain;
mod status;
#[cfg(test)]
mod tests;
mod words;

use jiff::{SignedDuration, Timestamp};
use rust_decimal::Decimal;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

pub use explanation::explain;
pub use plain::{plain_lines, plain_status, state_words};
pub use status::{account_status, exit_code};

use crate::account::{AccountId, Kind, Region};
use crate::failure::FailureKind;
pub use crate::forecast::Confidence;
use crate::reading::Percent;

/// The version of the JSON; increased when a field changes its meaning or is removed.
pub const SCHEMA: u32 = 1;

/// The meaning of one answer: `tidemark explain --json`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Explanation {
    /// [`SCHEMA`].
    pub schema: u32,
    /// The time of the answer.
    pub at: Timestamp,
    /// The kind of result.
    pub outcome: Outcome,
    /// Why there is no reading.
    pub failure: Option<FailureReport>,
    /// The rows of a plan, in the order they were sent.
    pub rows: Vec<RowReport>,
    /// The balance of a pay-as-you-go key.
    pub balance: Option<BalanceReport>,
    /// Whether a figure is based on a guess.
    pub ambiguous: bool,
    /// Oddities of the answer, as sentences.
    pub notes: Vec<String>,
}

/// The state of all checked accounts: `tidemark status --json`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StatusReport {
    /// [`SCHEMA`].
    pub schema: u32,
    /// The time of the report.
    pub at: Timestamp,
    /// One entry per account, in the user's order.
    pub accounts: Vec<AccountStatus>,
}

/// The state of one account.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AccountStatus {
    /// Its name in the keyring.
    pub id: AccountId,
    /// The user's name for it.
    pub name: String,
    /// The user's name for its team.
    pub team: Option<String>,
    /// The kind of its key.
    pub kind: Kind,
    /// The platform of its key.
    pub region: Region,
    /// The state in one word.
    pub state: AccountState,
    /// The time of the reading, or of the failure if that decides the state and no figures are shown.
    pub read_at: Option<Timestamp>,
    /// Whether the figures are too old, or a failure came after them.
    pub stale: bool,
    /// When the headline row can be used again.
    pub blocked_until: Option<Timestamp>,
    /// The tightest metered window of the headline row.
    pub headline: Option<Headline>,
    /// The kind of result.
    pub outcome: Outcome,
    /// The last failure, if no reading came after it.
    pub failure: Option<FailureReport>,
    /// The rows of a plan.
    pub rows: Vec<RowReport>,
    /// The balance of a pay-as-you-go key.
    pub balance: Option<BalanceReport>,
    /// When the plan runs out at the present pace.
    pub forecast: Option<ForecastReport>,
    /// How far MiniMax's clock was ahead of the local one at the reading; zero if they agree.
    #[serde(skip)]
    pub clock_skew: SignedDuration,
}

/// The kind of result.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Rows of a plan.
    Quota,
    Balance,
    /// Neither.
    Failure,
}

/// The state of an account in one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AccountState {
    /// Enough is left.
    Good,
    /// A threshold is exceeded.
    Near,
    /// Nothing is left.
    Exhausted,
    /// The key is valid but has no plan.
    NoPlan,
    /// MiniMax rejects the key.
    Refused,
    /// The figures are too old, or a failure came after them.
    Stale,
    /// Nothing reliable is known.
    Unknown,
}

/// One quota pool of a plan.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RowReport {
    /// The name as sent.
    pub model: Option<String>,
    /// The readable name.
    pub title: String,
    /// The windows in the answer, the short one first.
    pub windows: Vec<WindowReport>,
}

/// One window of a row.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WindowReport {
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
    /// Allowance multiplier, already included in the shares.
    pub boost: f64,
    pub starts_at: Option<Timestamp>,
    pub resets_at: Option<Timestamp>,
    pub length_seconds: Option<i64>,
    /// Whether it is a rolling window according to the history. Not part of the JSON; used by the plain text.
    #[serde(skip)]
    pub rolling: bool,
}

/// The name of a window.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SpanName {
    /// The short window.
    Interval,
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
    /// Not included in the plan.
    NotInPlan,
    /// The answer does not say.
    Unknown,
}

/// The balance of a pay-as-you-go key, as decimal strings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BalanceReport {
    /// `USD` or `CNY`.
    pub currency: String,
    /// The spendable sum.
    pub available: Option<Decimal>,
    /// Paid-in money.
    pub cash: Option<Decimal>,
    pub voucher: Option<Decimal>,
    pub credit: Option<Decimal>,
    /// The debt.
    pub owed: Option<Decimal>,
    /// The warning line set at MiniMax, if switched on.
    pub alert_below: Option<Decimal>,
    /// Whether the balance is below MiniMax's warning line (in `status` also the user's), or not above zero.
    pub low: bool,
}

/// Why there is no reading.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FailureReport {
    pub kind: FailureKind,
    /// MiniMax's own code.
    pub code: Option<i64>,
    /// The wait time that MiniMax asked for.
    pub retry_after_seconds: Option<u64>,
    /// What happened and what to do; never the server's text.
    pub message: String,
}

/// The tightest metered window of the headline row.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Headline {
    /// The row's name as sent.
    pub model: Option<String>,
    pub span: SpanName,
    /// The share left.
    pub remaining_percent: Share,
}

/// When a plan runs out at the present pace.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ForecastReport {
    /// `None` if it lasts until the reset.
    pub runs_out_at: Option<Timestamp>,
    pub confidence: Confidence,
}

/// A share of 0 to 100 % as a JSON number: an integer if whole, otherwise with at most two decimals.
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
