//! A window's fields as they were sent.
//!
//! Owns which of them are there, what could be read of each, and which moments are plausible. Refuses to say
//! what they mean together.

use jiff::{SignedDuration, Timestamp};

use super::value::{self, Scalar};
use crate::reading::Percent;

/// No window is longer than a week; a day more allows for clocks.
const LONGEST: SignedDuration = SignedDuration::from_hours(8 * 24);

/// `*_status`: not metered, or not in the plan.
const UNMETERED: i64 = 3;

/// The fields a window has, whatever they are called for each of the two.
#[derive(Clone, Copy)]
pub(super) enum WireField {
    Start,
    End,
    Remains,
    Total,
    Count,
    Percent,
    Status,
    Boost,
}

/// A field: what could be read of it, and whether anything but null was sent.
pub(super) struct Field<T> {
    pub(super) value: Option<T>,
    pub(super) sent: bool,
}

impl<T> Default for Field<T> {
    fn default() -> Self {
        Self { value: None, sent: false }
    }
}

impl<T> Field<T> {
    fn take(&mut self, sent: &Scalar<'_>, read: impl FnOnce(&Scalar<'_>) -> Option<T>) {
        self.sent |= !sent.is_null();
        if self.value.is_none() {
            self.value = read(sent);
        }
    }
}

/// A window's fields as sent.
#[derive(Default)]
pub(super) struct Sent {
    pub(super) is_present: bool,
    start: Field<Timestamp>,
    end: Field<Timestamp>,
    remains: Field<SignedDuration>,
    pub(super) total: Field<i64>,
    pub(super) count: Field<i64>,
    pub(super) percent: Field<Percent>,
    pub(super) status: Field<i64>,
    pub(super) boost: Field<f64>,
}

impl Sent {
    /// Takes one field as it was sent.
    pub(super) fn take(&mut self, field: WireField, sent: &Scalar<'_>) {
        self.is_present = true;
        match field {
            WireField::Start => self.start.take(sent, value::moment),
            WireField::End => self.end.take(sent, value::moment),
            WireField::Remains => self.remains.take(sent, value::countdown),
            WireField::Total => self.total.take(sent, value::integer),
            WireField::Count => self.count.take(sent, value::integer),
            WireField::Percent => self.percent.take(sent, value::percent),
            WireField::Status => self.status.take(sent, value::integer),
            WireField::Boost => self.boost.take(sent, plausible_permille),
        }
    }

    /// Gives the allowance, above zero.
    pub(super) fn total(&self) -> Option<u64> {
        self.total.value.and_then(|t| u64::try_from(t).ok()).filter(|t| *t > 0)
    }

    /// Tells whether status 3 is there and nothing beside it speaks of a metered window.
    pub(super) fn is_unmetered(&self) -> bool {
        self.status.value == Some(UNMETERED)
            && self.total().is_none()
            && self.percent.value.is_none_or(|left| left == Percent::FULL)
    }

    /// Tells whether anything says when it is.
    pub(super) fn has_times(&self) -> bool {
        self.start.value.is_some() || self.end.value.is_some() || self.remains.value.is_some()
    }

    /// Tells whether there is no weekly cap: the oldest answers said so by a week of nothing beside a real short window.
    pub(super) fn is_uncapped_week(&self, interval: &Self) -> bool {
        self.total.value == Some(0) && !self.percent.sent && !self.status.sent && interval.total().is_some()
    }

    /// Gives the moment of the reset: the end as sent, else that of the countdown. Either must be ahead, and by no more
    /// than a window can be long.
    pub(super) fn resets_at(&self, at: Timestamp) -> Option<Timestamp> {
        let is_near = |ahead: SignedDuration| ahead > SignedDuration::ZERO && ahead <= LONGEST;
        let counted_down = || at.checked_add(self.remains.value.filter(|r| is_near(*r))?).ok();
        self.end.value.filter(|end| is_near(end.duration_since(at))).or_else(counted_down)
    }

    /// Gives the moment it began.
    pub(super) fn starts_at(&self, at: Timestamp) -> Option<Timestamp> {
        let start = self.start.value?;
        let is_plausible =
            start.duration_since(at) <= LONGEST && self.end.value.is_none_or(|end| start < end);
        is_plausible.then_some(start)
    }

    /// Gives its length, where both bounds are plausible.
    pub(super) fn length_seconds(&self) -> Option<i64> {
        let length = self.end.value?.duration_since(self.start.value?);
        let seconds = (length.as_millis() + 500) / 1000;
        i64::try_from(seconds).ok().filter(|s| *s > 0 && length <= LONGEST)
    }
}

fn plausible_permille(sent: &Scalar<'_>) -> Option<f64> {
    value::number(sent).filter(|permille| *permille > 0.0 && *permille <= 10_000.0)
}
