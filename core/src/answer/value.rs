//! Parses single values: numbers, shares, times and amounts. Booleans, blank and other text are no numbers.

use std::borrow::Cow;

use jiff::{SignedDuration, Timestamp};
use rust_decimal::Decimal;

use super::json::Part;
use crate::reading::Percent;

/// Numbers below this are seconds, not milliseconds: as milliseconds it is September 2001.
const FIRST_MILLISECOND: f64 = 1e12;

/// A single value as sent.
#[derive(Default)]
pub(super) enum Scalar<'a> {
    /// Null or absent.
    #[default]
    Null,
    Bool(bool),
    Integer(i128),
    Float(f64),
    Text(Cow<'a, str>),
    /// A list or an object, which is not expected.
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
    /// Whether the value is null or absent.
    pub(super) fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }
}

/// A field name without `_` and `-` and in lower case, so that `model_name` and `modelName` are equal.
pub(super) struct Folded {
    bytes: [u8; Self::LIMIT],
    length: usize,
}

impl Folded {
    /// Longer than every known name.
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

    pub(super) fn as_str(&self) -> &str {
        self.bytes.get(..self.length).and_then(|b| std::str::from_utf8(b).ok()).unwrap_or_default()
    }
}

/// Parses a finite number, from a number or a string.
pub(super) fn number(sent: &Scalar<'_>) -> Option<f64> {
    match sent {
        #[expect(clippy::cast_precision_loss, reason = "shares, times and boosts are far below 2^53")]
        Scalar::Integer(number) => Some(*number as f64),
        Scalar::Float(number) => Some(*number).filter(|n| n.is_finite()),
        Scalar::Text(text) => number_in(text),
        Scalar::Null | Scalar::Bool(_) | Scalar::Nested => None,
    }
}

/// Parses a whole number, from a number or a string.
pub(super) fn integer(sent: &Scalar<'_>) -> Option<i64> {
    let exact = match sent {
        Scalar::Integer(number) => i64::try_from(*number).ok(),
        Scalar::Text(text) => text.trim().parse().ok(),
        Scalar::Null | Scalar::Bool(_) | Scalar::Float(_) | Scalar::Nested => None,
    };
    exact.or_else(|| number(sent).filter(|n| n.fract() == 0.0).and_then(truncated))
}

/// Parses a share in percent, with or without a percent sign, clamped to 0..=100.
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

/// Parses a time in milliseconds or seconds since 1970; zero and less mean "not reported".
pub(super) fn moment(sent: &Scalar<'_>) -> Option<Timestamp> {
    let number = number(sent).filter(|n| *n > 0.0)?;
    let milliseconds = if number < FIRST_MILLISECOND { number * 1000.0 } else { number };
    truncated(milliseconds.round()).and_then(|ms| Timestamp::from_millisecond(ms).ok())
}

/// Parses a duration in milliseconds; zero and less mean "not reported".
pub(super) fn countdown(sent: &Scalar<'_>) -> Option<SignedDuration> {
    number(sent).and_then(truncated).filter(|ms| *ms > 0).map(SignedDuration::from_millis)
}

/// Parses an amount of money exactly as sent, except for thousands separators.
pub(super) fn amount(sent: &Scalar<'_>) -> Option<Decimal> {
    let text = match sent {
        Scalar::Integer(number) => number.to_string(),
        // The shortest text for this number: what was sent, apart from trailing zeros.
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

/// Whether a switch is on: `true`, 1, or text with either.
pub(super) fn is_on(sent: &Scalar<'_>) -> bool {
    match sent {
        Scalar::Bool(on) => *on,
        Scalar::Text(text) if text.trim().eq_ignore_ascii_case("true") => true,
        other => integer(other) == Some(1),
    }
}

fn number_in(text: &str) -> Option<f64> {
    let text = text.trim();
    // `parse` also accepts "inf", "nan" and similar.
    let may_be = text.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'-' | b'+' | b'e' | b'E'));
    if may_be { text.parse().ok().filter(|n: &f64| n.is_finite()) } else { None }
}

/// `None` near and beyond 2^53: integers are not exact there, and no real value is that large.
fn truncated(number: f64) -> Option<i64> {
    #[expect(clippy::cast_possible_truncation, reason = "the bounds are checked first")]
    (number.abs() < 9e15).then_some(number as i64)
}

/// Removes thousands separators, but only if they separate thousands: `1,5` may mean one and a half.
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
