//! Interprets share, status, counts and bounds of one window of a row together.
//!
//! What the fields do not say stays unknown; a count that does not match the share is not shown.

use jiff::Timestamp;

use super::sent::Sent;
use crate::endpoint::Endpoint;
use crate::reading::{Count, Note, Percent, Quota, Span, Window};

/// Maximum distance between a count and the share, in percentage points: shares come in whole steps.
const AGREEMENT: f64 = 1.0;

/// `*_status`: nothing left.
const EXHAUSTED: i64 = 2;

/// Notes on an answer, in addition to its rows.
#[derive(Default)]
pub(super) struct Remarks {
    pub(super) ambiguous: bool,
    pub(super) notes: Vec<Note>,
}

impl Remarks {
    /// Adds a note unless it is already there.
    pub(super) fn note(&mut self, note: Note) {
        if !self.notes.contains(&note) {
            self.notes.push(note);
        }
    }

    fn guess(&mut self) {
        self.ambiguous = true;
        self.note(Note::DirectionGuessed);
    }
}

/// Interprets the windows of one row. `is_text` tells whether the row is the shared text quota.
pub(super) fn windows(
    interval: &Sent,
    weekly: &Sent,
    is_text: bool,
    endpoint: Endpoint,
    at: Timestamp,
    remarks: &mut Remarks,
) -> Vec<Window> {
    // A row without any known field is shown as unknown, not as a row without limits.
    let says_nothing = !interval.is_present && !weekly.is_present;
    [(Span::Interval, interval, weekly), (Span::Weekly, weekly, interval)]
        .into_iter()
        .filter(|(_, own, _)| own.is_present || says_nothing)
        .map(|(span, own, sibling)| {
            let (quota, count) = meaning(span, own, sibling, is_text, endpoint, remarks);
            let has_reset = !matches!(quota, Quota::Unlimited | Quota::NotInPlan);
            Window {
                span,
                quota,
                count,
                boost: own.boost.value.map_or(1.0, |permille| permille / 1000.0),
                starts_at: own.starts_at(at),
                resets_at: if has_reset { own.resets_at(at) } else { None },
                length_seconds: own.length_seconds(),
            }
        })
        .collect()
}

fn meaning(
    span: Span,
    own: &Sent,
    sibling: &Sent,
    is_text: bool,
    endpoint: Endpoint,
    remarks: &mut Remarks,
) -> (Quota, Option<Count>) {
    if own.is_unmetered() {
        let quota = if sibling.is_unmetered() { Quota::NotInPlan } else { Quota::Unlimited };
        return (quota, None);
    }
    if let Some(left) = own.percent.value {
        // Half of "not in the plan": a share of 100 % with no other sign of a metered window.
        let is_bare = !own.status.sent && own.total().is_none() && !own.has_times();
        if left == Percent::FULL && is_bare && sibling.is_unmetered() && !is_text {
            return (Quota::Unknown { left: Some(left) }, None);
        }
        if own.status.value == Some(EXHAUSTED) && !left.is_zero() {
            remarks.note(Note::StatusContradictsShare);
        }
        return (metered(left), agreeing_count(own, left, endpoint, remarks));
    }
    match own.status.value {
        Some(EXHAUSTED) => (Quota::Exhausted, agreeing_count(own, Percent::ZERO, endpoint, remarks)),
        _ if span == Span::Weekly && own.is_uncapped_week(sibling) => (Quota::Unlimited, None),
        _ => counted(own, endpoint, remarks),
    }
}

fn metered(left: Percent) -> Quota {
    if left.is_zero() { Quota::Exhausted } else { Quota::Limited { left } }
}

/// Interprets a count in the direction that matches the share (the rule of MiniMax's own client).
fn agreeing_count(own: &Sent, left: Percent, endpoint: Endpoint, remarks: &mut Remarks) -> Option<Count> {
    let (total, sent) = (own.total()?, own.count.value?);
    let agreeing = u64::try_from(sent).ok().filter(|count| *count <= total).and_then(|count| {
        let distance = |reading: &Count| share_left(*reading).distance(left);
        let by_path = directed(count, total, endpoint);
        let other_way = Count { used: by_path.left, left: by_path.used, total };
        let nearer = if distance(&other_way) < distance(&by_path) { other_way } else { by_path };
        (distance(&nearer) <= AGREEMENT).then_some(nearer)
    });
    if agreeing.is_none() {
        remarks.note(Note::CountLeftOut);
    }
    agreeing
}

/// Interprets a count without a share: in the direction of the path, and marked as a guess.
fn counted(own: &Sent, endpoint: Endpoint, remarks: &mut Remarks) -> (Quota, Option<Count>) {
    let unknown = (Quota::Unknown { left: None }, None);
    let (Some(total), Some(sent)) = (own.total(), own.count.value) else {
        return unknown;
    };
    let Ok(sent) = u64::try_from(sent) else {
        remarks.note(Note::CountLeftOut);
        return unknown;
    };
    remarks.guess();
    let count = directed(sent, total, endpoint);
    (metered(share_left(count)), Some(count))
}

/// Interprets a count by the path: used on the current one, left on the older one.
fn directed(count: u64, total: u64, endpoint: Endpoint) -> Count {
    match endpoint {
        // More than the total can be used, and MiniMax sends it so.
        Endpoint::TokenPlan | Endpoint::Balance => {
            Count { used: count, left: total.saturating_sub(count), total }
        }
        Endpoint::CodingPlan => {
            let left = count.min(total);
            Count { used: total - left, left, total }
        }
    }
}

/// Rounds the used share as MiniMax's console does, but never to zero left while something is left.
fn share_left(count: Count) -> Percent {
    let left = Percent::of(count.used, count.total).unwrap_or(Percent::FULL).rest();
    if left.is_zero() && count.left > 0 { Percent::LEAST } else { left }
}
