//! What we know of an account at one moment, in our own words.
//!
//! Owns the types of a reading. Refuses wire words: those stop at `answer`.

use std::fmt;

use jiff::Timestamp;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::account::Region;

/// A share of a quota, 0 to 100 %, kept in hundredths of a percent.
///
/// MiniMax sends whole steps today; its own client prints two decimals, so two are kept.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Percent(u16);

impl Percent {
    /// Nothing at all.
    pub const ZERO: Self = Self(0);
    /// The whole.
    pub const FULL: Self = Self(10_000);
    /// The least that is not nothing: one hundredth of a percent.
    pub const LEAST: Self = Self(1);

    /// Takes a number of percent and brings it into 0..=100; `None` for what is no number.
    #[must_use]
    pub fn clamped(percent: f64) -> Option<Self> {
        if !percent.is_finite() {
            return None;
        }
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "clamped to 0..=10000 just before"
        )]
        Some(Self((percent.clamp(0.0, 100.0) * 100.0).round() as u16))
    }

    /// Takes a part of a whole; `None` when the whole is zero. A part above the whole counts as the whole.
    #[must_use]
    pub fn of(part: u64, whole: u64) -> Option<Self> {
        if whole == 0 {
            return None;
        }
        let hundredths = (u128::from(part.min(whole)) * 10_000 + u128::from(whole) / 2) / u128::from(whole);
        u16::try_from(hundredths).ok().map(|h| Self(h.min(10_000)))
    }

    /// Gives the share in hundredths of a percent, 0 to 10 000: what [`Percent::of`] takes back exactly.
    #[must_use]
    pub const fn hundredths(self) -> u16 {
        self.0
    }

    /// Gives what is missing to the whole: used from left, left from used.
    #[must_use]
    pub const fn rest(self) -> Self {
        Self(10_000 - self.0)
    }

    /// Gives the share in percent, 0.0 to 100.0, two decimals at most.
    #[must_use]
    pub fn get(self) -> f64 {
        f64::from(self.0) / 100.0
    }

    /// Gives the nearest whole percent; 0 only for nothing at all, 100 only for the whole.
    #[must_use]
    pub const fn whole(self) -> u8 {
        let nearest = (self.0 + 50) / 100;
        #[expect(clippy::cast_possible_truncation, reason = "100 at most")]
        match (self.0, nearest) {
            (0, _) => 0,
            (_, 0) => 1,
            (10_000, _) => 100,
            (_, 100) => 99,
            (_, nearest) => nearest as u8,
        }
    }

    /// Gives the share as 0.0 to 1.0.
    #[must_use]
    pub fn fraction(self) -> f64 {
        f64::from(self.0) / 10_000.0
    }

    /// Gives the distance to another share, in percentage points.
    #[must_use]
    pub fn distance(self, other: Self) -> f64 {
        f64::from(self.0.abs_diff(other.0)) / 100.0
    }

    /// Tells whether nothing is left of it.
    #[must_use]
    pub const fn is_zero(self) -> bool {
        self.0 == 0
    }
}

impl fmt::Display for Percent {
    /// Writes no decimals that were not sent: `71`, `93.85`, never `71.00`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, hundredths) = (self.0 / 100, self.0 % 100);
        match hundredths {
            0 => write!(f, "{whole}"),
            h if h % 10 == 0 => write!(f, "{whole}.{}", h / 10),
            h => write!(f, "{whole}.{h:02}"),
        }
    }
}

impl fmt::Debug for Percent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}%")
    }
}

/// Which of a row's two windows is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "snake_case")]
pub enum Span {
    /// The short window: 5 hours for text, 24 hours for video; its length is in its bounds.
    Interval,
    /// The week.
    Weekly,
}

/// What a window allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quota {
    /// A metered window with something left of it.
    Limited {
        /// The share that is left, of the whole (boosted) allowance. Above zero.
        left: Percent,
    },
    /// A metered window with nothing left.
    Exhausted,
    /// No cap on this plan.
    Unlimited,
    /// The plan does not cover this row at all.
    NotInPlan,
    /// The answer does not say. A share may have been sent whose meaning is not certain.
    Unknown {
        /// The share that was sent, where there was one.
        left: Option<Percent>,
    },
}

impl Quota {
    /// Gives the share left of a metered (or uncertainly metered) window.
    #[must_use]
    pub const fn left(self) -> Option<Percent> {
        match self {
            Self::Limited { left } => Some(left),
            Self::Exhausted => Some(Percent::ZERO),
            Self::Unknown { left } => left,
            Self::Unlimited | Self::NotInPlan => None,
        }
    }

    /// Gives the share left if the window is surely metered; what levels and headlines go by.
    #[must_use]
    pub const fn metered_left(self) -> Option<Percent> {
        match self {
            Self::Limited { left } => Some(left),
            Self::Exhausted => Some(Percent::ZERO),
            Self::Unknown { .. } | Self::Unlimited | Self::NotInPlan => None,
        }
    }
}

/// How many requests or pieces a window allows and how many of them are used.
///
/// Present only where the numbers are consistent with the share.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Count {
    /// Requests or pieces used; may exceed `total`, as MiniMax sends it.
    pub used: u64,
    /// Requests or pieces left.
    pub left: u64,
    /// The allowance, above zero.
    pub total: u64,
}

/// One window of one row.
#[derive(Clone, Debug, PartialEq)]
pub struct Window {
    /// Which of the two it is.
    pub span: Span,
    /// What it allows.
    pub quota: Quota,
    /// Requests or pieces, where sent and consistent.
    pub count: Option<Count>,
    /// Allowance multiplier, 1.0 where none was sent. The share already includes it.
    pub boost: f64,
    /// When it began, where the answer says.
    pub starts_at: Option<Timestamp>,
    /// When it starts anew, where that is known and lies ahead.
    pub resets_at: Option<Timestamp>,
    /// Its length in seconds, from its bounds, where both are plausible.
    pub length_seconds: Option<i64>,
}

/// One pool of the plan.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// The name as sent; `None` where the answer names none.
    pub model: Option<String>,
    /// The windows the answer carries, interval first.
    pub windows: Vec<Window>,
}

impl Row {
    /// Gives one of its windows.
    #[must_use]
    pub fn window(&self, span: Span) -> Option<&Window> {
        self.windows.iter().find(|w| w.span == span)
    }

    /// Tells whether a name stands for text generation: `general`, or a `MiniMax-M…` of the older answers.
    #[must_use]
    pub fn is_text_name(name: &str) -> bool {
        name == GENERAL || is_text_model(name)
    }

    /// Tells whether the plan does not cover this row.
    #[must_use]
    pub fn is_not_in_plan(&self) -> bool {
        !self.windows.is_empty() && self.windows.iter().all(|w| w.quota == Quota::NotInPlan)
    }

    /// Gives its tightest metered window: the least left, the later reset among equals.
    #[must_use]
    pub fn tightest(&self) -> Option<&Window> {
        self.windows
            .iter()
            .filter(|w| w.quota.metered_left().is_some())
            .min_by_key(|w| (w.quota.metered_left(), std::cmp::Reverse(w.resets_at)))
    }
}

/// What a plan key's answer means.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Plan {
    /// The rows in the order they were sent.
    pub rows: Vec<Row>,
    /// Whether some figure rests on a guess: a count without a share, or one row sent twice.
    pub ambiguous: bool,
    /// What a careful reader should know about the answer.
    pub notes: Vec<Note>,
    /// The server's clock at the moment of the answer, by its `Date` header. No bounds of a window say it: those have
    /// been wrong by themselves.
    pub server_time: Option<Timestamp>,
}

impl Plan {
    /// Gives the row that stands for the account: `general`, else the tightest `MiniMax-M…`, else the first usable one.
    #[must_use]
    pub fn headline_row(&self) -> Option<&Row> {
        let named = |name: &str| self.rows.iter().find(|r| r.model.as_deref() == Some(name));
        let text_models = || {
            self.rows
                .iter()
                .filter(|r| r.model.as_deref().is_some_and(is_text_model) && r.tightest().is_some())
                .min_by_key(|r| r.tightest().and_then(|w| w.quota.metered_left()))
        };
        let first_usable = || {
            self.rows
                .iter()
                .find(|r| r.tightest().is_some())
                .or_else(|| self.rows.iter().find(|r| !r.is_not_in_plan()))
        };
        named(GENERAL).or_else(text_models).or_else(first_usable)
    }
}

/// The row of text and everything that shares its quota.
const GENERAL: &str = "general";

fn is_text_model(name: &str) -> bool {
    const PREFIX: &str = "minimax-m";
    name.get(..PREFIX.len()).is_some_and(|head| head.eq_ignore_ascii_case(PREFIX))
}

/// A remark on an answer that could be read, but not without a thought.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Note {
    /// A count was sent without a share; its direction follows the path it came by.
    DirectionGuessed,
    /// A count that fits neither direction, or lies outside its total, was left out.
    CountLeftOut,
    /// One row was sent more than once; the tighter one is shown.
    RowSentTwice,
    /// The status says used up while a share is left; the share is shown.
    StatusContradictsShare,
    /// Something in the list of rows was no row and was left out.
    RowLeftOut,
}

/// The money an account can hold; the platform decides which.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Currency {
    /// US dollars, on the global platform.
    Usd,
    /// Chinese yuan, on the China platform.
    Cny,
}

impl Currency {
    /// Gives the currency of a platform.
    #[must_use]
    pub const fn of(region: Region) -> Self {
        match region {
            Region::Global => Self::Usd,
            Region::China => Self::Cny,
        }
    }

    /// Gives the ISO 4217 code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Usd => "USD",
            Self::Cny => "CNY",
        }
    }

    /// Gives the sign put before an amount.
    #[must_use]
    pub const fn sign(self) -> &'static str {
        match self {
            Self::Usd => "$",
            Self::Cny => "¥",
        }
    }
}

/// The money behind a pay-as-you-go key. Exact decimals, in `currency`; may be negative.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Balance {
    /// The platform's currency; the answer names none.
    pub currency: Currency,
    /// The spendable sum. Not the sum of the parts: MiniMax says so itself.
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
    /// The server's clock at the moment of the answer, by its `Date` header.
    pub server_time: Option<Timestamp>,
}

impl Balance {
    /// Tells whether the balance is at or under zero, or under the account's own warning line.
    #[must_use]
    pub fn is_low(&self) -> bool {
        self.available.is_some_and(|a| self.is_empty() || self.alert_below.is_some_and(|line| a < line))
    }

    /// Tells whether another reading has the same amounts.
    #[must_use]
    pub fn has_same_amounts(&self, other: &Self) -> bool {
        Self { server_time: other.server_time, ..self.clone() } == *other
    }

    /// Tells whether nothing can be spent any more.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.available.is_some_and(|a| a <= Decimal::ZERO)
    }
}

/// What an answer that is no failure means.
#[derive(Clone, Debug, PartialEq)]
pub enum Reading {
    /// Of a plan key.
    Plan(Plan),
    /// Of a pay-as-you-go key.
    Balance(Balance),
}

impl Reading {
    /// Gives the server's clock at the moment of the answer; `None` where it did not send it.
    #[must_use]
    pub const fn server_time(&self) -> Option<Timestamp> {
        match self {
            Self::Plan(plan) => plan.server_time,
            Self::Balance(balance) => balance.server_time,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percentage_shows_no_decimals_that_were_not_sent() {
        assert_eq!(Percent::clamped(71.0).map(|p| p.to_string()).as_deref(), Some("71"));
        assert_eq!(Percent::clamped(93.85).map(|p| p.to_string()).as_deref(), Some("93.85"));
        assert_eq!(Percent::clamped(99.8).map(|p| p.to_string()).as_deref(), Some("99.8"));
        assert_eq!(Percent::clamped(0.07).map(|p| p.to_string()).as_deref(), Some("0.07"));
    }

    #[test]
    fn a_percentage_comes_back_from_its_hundredths() {
        for hundredths in 0..=10_000 {
            let percent = Percent::of(hundredths, 10_000).expect("a share");
            assert_eq!(u64::from(percent.hundredths()), hundredths);
        }
    }

    #[test]
    fn a_whole_percentage_is_nothing_or_everything_only_where_that_is_so() {
        for hundredths in 0..=10_000_u64 {
            let percent = Percent::of(hundredths, 10_000).expect("a share");
            assert_eq!(percent.whole() == 0, hundredths == 0, "{percent}");
            assert_eq!(percent.whole() == 100, hundredths == 10_000, "{percent}");
            assert!((f64::from(percent.whole()) - percent.get()).abs() < 1.0, "{percent}");
            assert_eq!(percent.to_string() == "0", hundredths == 0);
            assert_eq!(percent.to_string() == "100", hundredths == 10_000);
        }
    }

    #[test]
    fn a_percentage_never_leaves_its_bounds() {
        assert_eq!(Percent::clamped(145.0), Some(Percent::FULL));
        assert_eq!(Percent::clamped(-3.0), Some(Percent::ZERO));
        assert_eq!(Percent::clamped(f64::NAN), None);
        assert_eq!(Percent::of(1550, 1500), Some(Percent::FULL));
        assert_eq!(Percent::of(1, 0), None);
        assert_eq!(Percent::of(u64::MAX, u64::MAX), Some(Percent::FULL));
    }
}
