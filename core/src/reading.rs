//! The parsed meaning of an answer.
//!
//! MiniMax's field names and codes do not occur here; see `answer`.

use std::fmt;

use jiff::Timestamp;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::account::Region;

/// A share of a quota, 0 to 100 %, stored in hundredths of a percent.
///
/// MiniMax sends whole steps today; its own client prints two decimals, so two are kept.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Percent(u16);

impl Percent {
    /// 0 %.
    pub const ZERO: Self = Self(0);
    /// 100 %.
    pub const FULL: Self = Self(10_000);
    /// The smallest share above zero: one hundredth of a percent.
    pub const LEAST: Self = Self(1);

    /// Clamps a number of percent to 0..=100; `None` if it is not finite.
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

    /// A part of a whole; `None` if the whole is zero. A part above the whole counts as 100 %.
    #[must_use]
    pub fn of(part: u64, whole: u64) -> Option<Self> {
        if whole == 0 {
            return None;
        }
        let hundredths = (u128::from(part.min(whole)) * 10_000 + u128::from(whole) / 2) / u128::from(whole);
        u16::try_from(hundredths).ok().map(|h| Self(h.min(10_000)))
    }

    /// The share in hundredths of a percent, 0 to 10 000; [`Percent::of`] converts it back exactly.
    #[must_use]
    pub const fn hundredths(self) -> u16 {
        self.0
    }

    /// 100 % minus this share: used from left, left from used.
    #[must_use]
    pub const fn rest(self) -> Self {
        Self(10_000 - self.0)
    }

    /// The share in percent, 0.0 to 100.0, with at most two decimals.
    #[must_use]
    pub fn get(self) -> f64 {
        f64::from(self.0) / 100.0
    }

    /// The nearest whole percent; 0 only for exactly 0 %, 100 only for exactly 100 %.
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

    /// The share as 0.0 to 1.0.
    #[must_use]
    pub fn fraction(self) -> f64 {
        f64::from(self.0) / 10_000.0
    }

    /// The distance to another share, in percentage points.
    #[must_use]
    pub fn distance(self, other: Self) -> f64 {
        f64::from(self.0.abs_diff(other.0)) / 100.0
    }

    #[must_use]
    pub const fn is_zero(self) -> bool {
        self.0 == 0
    }
}

impl fmt::Display for Percent {
    /// Prints no decimals that were not sent: `71`, `93.85`, never `71.00`.
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

/// One of the two windows of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "snake_case")]
pub enum Span {
    /// The short window: 5 hours for text, 24 hours for video; its bounds give the length.
    Interval,
    Weekly,
}

/// What a window allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quota {
    /// A metered window with something left.
    Limited {
        /// The share left of the whole (boosted) allowance. Above zero.
        left: Percent,
    },
    /// A metered window with nothing left.
    Exhausted,
    /// The plan has no cap for this window.
    Unlimited,
    /// The plan does not include this row.
    NotInPlan,
    /// The answer does not say. It may contain a share whose meaning is uncertain.
    Unknown {
        /// The share that was sent, if any.
        left: Option<Percent>,
    },
}

impl Quota {
    /// The share left of a metered (or possibly metered) window.
    #[must_use]
    pub const fn left(self) -> Option<Percent> {
        match self {
            Self::Limited { left } => Some(left),
            Self::Exhausted => Some(Percent::ZERO),
            Self::Unknown { left } => left,
            Self::Unlimited | Self::NotInPlan => None,
        }
    }

    /// The share left if the window is certainly metered; the basis of levels and headlines.
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
/// Present only if the numbers are consistent with the share.
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
    pub span: Span,
    pub quota: Quota,
    /// Requests or pieces, if sent and consistent.
    pub count: Option<Count>,
    /// Allowance multiplier, 1.0 if none was sent. The share already includes it.
    pub boost: f64,
    /// Start of the window, if sent.
    pub starts_at: Option<Timestamp>,
    /// Reset of the window, if known and in the future.
    pub resets_at: Option<Timestamp>,
    /// Its length in seconds, from its bounds if both are plausible.
    pub length_seconds: Option<i64>,
}

/// One quota pool of the plan.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// The name as sent; `None` if the answer has none.
    pub model: Option<String>,
    /// The windows in the answer, the short one first.
    pub windows: Vec<Window>,
}

impl Row {
    #[must_use]
    pub fn window(&self, span: Span) -> Option<&Window> {
        self.windows.iter().find(|w| w.span == span)
    }

    /// Whether a name means text generation: `general`, or a `MiniMax-M…` of the older answers.
    #[must_use]
    pub fn is_text_name(name: &str) -> bool {
        name == GENERAL || is_text_model(name)
    }

    /// Whether the plan does not include this row.
    #[must_use]
    pub fn is_not_in_plan(&self) -> bool {
        !self.windows.is_empty() && self.windows.iter().all(|w| w.quota == Quota::NotInPlan)
    }

    /// The tightest metered window: the one with the least left and, among equals, the later reset.
    #[must_use]
    pub fn tightest(&self) -> Option<&Window> {
        self.windows
            .iter()
            .filter(|w| w.quota.metered_left().is_some())
            .min_by_key(|w| (w.quota.metered_left(), std::cmp::Reverse(w.resets_at)))
    }
}

/// The meaning of a plan key's answer.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Plan {
    /// In the order they were sent.
    pub rows: Vec<Row>,
    /// Whether a figure is based on a guess: a count without a share, or one row sent twice.
    pub ambiguous: bool,
    /// Oddities of the answer.
    pub notes: Vec<Note>,
    /// The server's time when it answered, from the `Date` header. Window bounds are not used for it: they
    /// have been wrong independently of the clock.
    pub server_time: Option<Timestamp>,
}

impl Plan {
    /// The row that represents the account: `general`, otherwise the tightest `MiniMax-M…`, otherwise the
    /// first usable one.
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

/// An oddity of an answer that could still be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Note {
    /// A count was sent without a share; its direction is that of the path.
    DirectionGuessed,
    /// A count that fits neither direction, or is outside its total, was left out.
    CountLeftOut,
    /// One row was sent more than once; the tighter one is shown.
    RowSentTwice,
    /// The status says used up while a share is left; the share is shown.
    StatusContradictsShare,
    /// An entry in the list of rows was no row and was left out.
    RowLeftOut,
}

/// The currency of an account, determined by its platform.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Currency {
    /// US dollars, on the global platform.
    Usd,
    /// Chinese yuan, on the China platform.
    Cny,
}

impl Currency {
    #[must_use]
    pub const fn of(region: Region) -> Self {
        match region {
            Region::Global => Self::Usd,
            Region::China => Self::Cny,
        }
    }

    /// The ISO 4217 code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Usd => "USD",
            Self::Cny => "CNY",
        }
    }

    /// The sign before an amount.
    #[must_use]
    pub const fn sign(self) -> &'static str {
        match self {
            Self::Usd => "$",
            Self::Cny => "¥",
        }
    }
}

/// The balance of a pay-as-you-go key. Exact decimals, in `currency`; may be negative.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Balance {
    /// The platform's currency; the answer has none.
    pub currency: Currency,
    /// The spendable sum. Not the sum of the parts, according to MiniMax.
    pub available: Option<Decimal>,
    /// Paid-in money.
    pub cash: Option<Decimal>,
    pub voucher: Option<Decimal>,
    pub credit: Option<Decimal>,
    /// The debt.
    pub owed: Option<Decimal>,
    /// The warning line set at MiniMax, if switched on.
    pub alert_below: Option<Decimal>,
    /// The server's time when it answered, from the `Date` header.
    pub server_time: Option<Timestamp>,
}

impl Balance {
    /// Whether the balance is at or below zero, or below the account's warning line.
    #[must_use]
    pub fn is_low(&self) -> bool {
        self.available.is_some_and(|a| self.is_empty() || self.alert_below.is_some_and(|line| a < line))
    }

    /// Whether another reading has the same amounts.
    #[must_use]
    pub fn has_same_amounts(&self, other: &Self) -> bool {
        Self { server_time: other.server_time, ..self.clone() } == *other
    }

    /// Whether nothing can be spent.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.available.is_some_and(|a| a <= Decimal::ZERO)
    }
}

/// The meaning of an answer that is not a failure.
#[derive(Clone, Debug, PartialEq)]
pub enum Reading {
    /// Of a plan key.
    Plan(Plan),
    /// Of a pay-as-you-go key.
    Balance(Balance),
}

impl Reading {
    /// The server's time when it answered; `None` if it was not sent.
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
