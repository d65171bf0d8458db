//! Spreads the polls of many accounts that are due at the same time: at a start, a wake-up and a clock jump.
//!
//! An account that the user waits for is not delayed.

use jiff::{SignedDuration, Timestamp};

use super::Schedule;
use crate::time::SaturatingMove as _;

/// This many accounts are polled without delay; so few are no burst.
const MAX_AT_ONCE: i32 = 2;
/// The delay from one further account to the next.
const STAGGER: SignedDuration = SignedDuration::from_secs(1);

/// The slots of one moment.
#[derive(Debug, Default)]
pub struct StaggeredStart {
    pub(super) granted: i32,
}

impl StaggeredStart {
    /// Whether an account is polled now. If it is due but behind others, it is delayed instead.
    pub fn may_poll(&mut self, schedule: &mut Schedule, now: Timestamp) -> bool {
        schedule.check_clock(now);
        if !schedule.is_due(now) {
            return false;
        }
        self.granted = self.granted.saturating_add(1);
        let behind = self.granted - MAX_AT_ONCE;
        if behind <= 0 || schedule.is_hurried() {
            return true;
        }
        schedule.wait_until(now.plus(STAGGER.saturating_mul(behind)));
        false
    }
}
