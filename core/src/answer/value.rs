//! Single values.
//!
//! Owns what counts as a number, a share, a moment, an amount. Refuses booleans, blanks and words as numbers.

use std::borrow::Cow;

use jiff::{SignedDuration, Timestamp};
use rust_decimal::Decimal;

use super::json::Part;
use crate::reading::Percent;

/// Numbers below this are seconds, not milliseconds: as milliseconds it is September 2001.
const FIRST_MILLISECOND: f64 = 1e12;

/// A single value as it was sent.
#[derive(Default)]
pub(super) enum Scalar<'a> {
    /// Null, or nothing at all.
    #[default]
    Null,
    Bool(bool),
    Integer(i128),
    Float(f64),
    Text(Cow<'a, str>),
    /// A list or an object, where neither belongs.
    Nested,
}

impl<'de> Part<'de> for Scalar<'de> {
    fn null() -> Self {
        Self::Null
    }

    fn stranger() -> Self {
        Self::Nested
    }

    fn scalar(scalar: Self) -> Self {
        scalar
    }
}

impl Scalar<'_> {
    /// Tells whether nothing was sent.
    pub(super) fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }
}

/// A field's name without underscores and in lower case, so that `model_name` and `modelName` are one.
pub(super) struct Folded {
    bytes: [u8; Self::LIMIT],
    length: usize,
}

impl Folded {
    /// Longer than every name we know.
    const LIMIT: usize = 40;

    /// Folds a name; one that is too long to be known becomes the empty name.
    pub(super) fn of(name: &str) -> Self {
        let mut folded = Self { bytes: [0; Self::LIMIT], length: 0 };
        for byte in name.bytes().filter(|b| !matches!(b, b'_' | b'-')) {
            let Some(slot) = folded.bytes.get_mut(folded.length) else {
                folded.length = 0;
                break;
            };
            *slot = byte.to_ascii_lowercase();
            folded.length += 1;
        }
        folded
    }

    /// Gives the folded name.
    pub(super) fn as_str(&self) -> &str {
        self.bytes.get(..self.length).and_then(|b| std::str::from_utf8(b).ok()).unwrap_or_default()
    }
}

/// Reads a finite number, from a number or from text that is one.
pub(super) fn number(sent: &Scalar<'_>) -> Option<f64> {
    match sent {
        #[expect(clippy::cast_precision_loss, reason = "shares, times and boosts are far below 2^53")]
        Scalar::Integer(number) => Some(*number as f64),
        Scalar::Float(number) => Some(*number).filter(|n| n.is_finite()),
        Scalar::Text(text) => number_in(text),
        Scalar::Null | Scalar::Bool(_) | Scalar::Nested => None,
    }
}

/// Reads a whole number, from a number or from text that is one.
pub(super) fn integer(sent: &Scalar<'_>) -> Option<i64> {
    let exact = match sent {
        Scalar::Integer(number) => i64::try_from(*number).ok(),
        Scalar::Text(text) => text.trim().parse().ok(),
        Scalar::Null | Scalar::Bool(_) | Scalar::Float(_) | Scalar::Nested => None,
    };
    exact.or_else(|| number(sent).filter(|n| n.fract() == 0.0).and_then(truncated))
}

/// Reads a share of 0 to 100 %, with or without its sign; beyond the bounds it is the nearer bound.
pub(super) fn percent(sent: &Scalar<'_>) -> Option<Percent> {
    let number = match sent {
        Scalar::Text(text) => {
            let text = text.trim();
            number_in(text.strip_suffix(['%', '％']).unwrap_or(text))
        }
        other => number(other),
    };
    number.and_then(Percent::clamped)
}

/// Reads a moment, from milliseconds or seconds since 1970; zero and less mean "not reported".
pub(super) fn moment(sent: &Scalar<'_>) -> Option<Timestamp> {
    let number = number(sent).filter(|n| *n > 0.0)?;
    let milliseconds = if number < FIRST_MILLISECOND { number * 1000.0 } else { number };
    truncated(milliseconds.round()).and_then(|ms| Timestamp::from_millisecond(ms).ok())
}

/// Reads a span of milliseconds; zero and less mean "not reported".
pub(super) fn countdown(sent: &Scalar<'_>) -> Option<SignedDuration> {
    number(sent).and_then(truncated).filter(|ms| *ms > 0).map(SignedDuration::from_millis)
}

/// Reads an amount of money exactly as it was sent, thousands separators aside.
pub(super) fn amount(sent: &Scalar<'_>) -> Option<Decimal> {
    let text = match sent {
        Scalar::Integer(number) => number.to_string(),
        // The shortest text that is this number: what was sent, up to zeros at its end.
        Scalar::Float(number) => number.to_string(),
        Scalar::Text(text) => ungrouped(text.trim())?,
        Scalar::Null | Scalar::Bool(_) | Scalar::Nested => return None,
    };
    let is_plain = text.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'-' | b'+'));
    let amount = if is_plain { text.parse().ok() } else { Decimal::from_scientific(&text).ok() };
    amount.map(|mut amount: Decimal| {
        if amount.is_zero() {
            amount.set_sign_positive(true);
        }
        amount
    })
}

/// Reads a switch that is on: `true`, 1, or text that says so.
pub(super) fn is_on(sent: &Scalar<'_>) -> bool {
    match sent {
        Scalar::Bool(on) => *on,
        Scalar::Text(text) if text.trim().eq_ignore_ascii_case("true") => true,
        other => integer(other) == Some(1),
    }
}

fn number_in(text: &str) -> Option<f64> {
    let text = text.trim();
    // `parse` takes "inf", "nan" and their like for numbers.
    let may_be = text.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'-' | b'+' | b'e' | b'E'));
    if may_be { text.parse().ok().filter(|n: &f64| n.is_finite()) } else { None }
}

/// Beyond 2^53 whole numbers are not exact any more, and nothing real is that large.
fn truncated(number: f64) -> Option<i64> {
    #[expect(clippy::cast_possible_truncation, reason = "the bounds are checked first")]
    (number.abs() < 9e15).then_some(number as i64)
}

/// Takes thousands separators out, but only where they separate thousands: `1,5` may be one and a half.
fn ungrouped(text: &str) -> Option<String> {
    if text.is_empty() || text.contains('_') {
        return None;
    }
    let (whole, fraction) = text.split_at(text.find('.').unwrap_or(text.len()));
    if !whole.contains(',') {
        return (!fraction.contains(',')).then(|| text.to_owned());
    }
    let mut groups = whole.split(',');
    let first = groups.next()?.trim_start_matches(['-', '+']);
    let is_grouped = (1..=3).contains(&first.len())
        && groups.all(|group| group.len() == 3 && group.bytes().all(|b| b.is_ascii_digit()));
    (is_grouped && !fraction.contains(',')).then(|| text.replace(',', ""))
}
