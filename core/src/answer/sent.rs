//! The fields of a window as sent, with plausibility checks for its times. `window` interprets them together.

use jiff::{SignedDuration, Timestamp};

use super::value::{self, Scalar};
use crate::reading::Percent;

/// Maximum length of a window: a week, plus a day for clock differences.
const LONGEST: SignedDuration = SignedDuration::from_hours(8 * 24);

/// `*_status`: not metered, or not in the plan.
const UNMETERED: i64 = 3;

/// The fields of a window; their JSON names differ for the two windows.
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

/// A field: its parsed value, and whether anything but null was sent.
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

/// The fields of a window as sent.
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
    /// Parses and stores one field.
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

    /// The allowance, above zero.
    pub(super) fn total(&self) -> Option<u64> {
        self.total.value.and_then(|t| u64::try_from(t).ok()).filter(|t| *t > 0)
    }

    /// Whether the status is 3 and no other field indicates a metered window.
    pub(super) fn is_unmetered(&self) -> bool {
        self.status.value == Some(UNMETERED)
            && self.total().is_none()
            && self.percent.value.is_none_or(|left| left == Percent::FULL)
    }

    /// Whether a start, an end or a countdown was sent.
    pub(super) fn has_times(&self) -> bool {
        self.start.value.is_some() || self.end.value.is_some() || self.remains.value.is_some()
    }

    /// Whether there is no weekly cap. The oldest answers indicate that by a week with a total of 0 next to a
    /// short window with a total.
    pub(super) fn is_uncapped_week(&self, interval: &Self) -> bool {
        self.total.value == Some(0) && !self.percent.sent && !self.status.sent && interval.total().is_some()
    }

    /// The time of the reset: the end as sent, otherwise by the countdown. Either must be in the future by at
    /// most [`LONGEST`].
    pub(super) fn resets_at(&self, at: Timestamp) -> Option<Timestamp> {
        let is_near = |ahead: SignedDuration| ahead > SignedDuration::ZERO && ahead <= LONGEST;
        let counted_down = || at.checked_add(self.remains.value.filter(|r| is_near(*r))?).ok();
        self.end.value.filter(|end| is_near(end.duration_since(at))).or_else(counted_down)
    }

    /// The start of the window, if plausible.
    pub(super) fn starts_at(&self, at: Timestamp) -> Option<Timestamp> {
        let start = self.start.value?;
        let is_plausible =
            start.duration_since(at) <= LONGEST && self.end.value.is_none_or(|end| start < end);
        is_plausible.then_some(start)
    }

    /// The length, if both bounds are sent and plausible.
    pub(super) fn length_seconds(&self) -> Option<i64> {
        let length = self.end.value?.duration_since(self.start.value?);
        let seconds = (length.as_millis() + 500) / 1000;
        i64::try_from(seconds).ok().filter(|s| *s > 0 && length <= LONGEST)
    }
}

fn plausible_permille(sent: &Scalar<'_>) -> Option<f64> {
    value::number(sent).filter(|permille| *permille > 0.0 && *permille <= 10_000.0)
}
