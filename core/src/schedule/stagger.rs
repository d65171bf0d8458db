//! Spreads the polls of many accounts that are due at the same time: at a start, a wake-up and a clock jump.
//!
//! An account that the user waits for is not delayed.

use jiff::{SignedDuration, Timestamp};

use super::Schedule;
use crate::time::SaturatingMove as _;

/// This many accounts are polled without delay; so few are no burst.
const AT_ONCE: i32 = 2;
/// The delay from one further account to the next.
const BETWEEN: SignedDuration = SignedDuration::from_secs(1);

/// The slots of one moment.
#[derive(Debug, Default)]
pub struct Turns {
    pub(super) given: i32,
}

impl Turns {
    /// Whether an account is polled now. If it is due but behind others, it is delayed instead.
    pub fn take(&mut self, schedule: &mut Schedule, now: Timestamp) -> bool {
        schedule.heed(now);
        if !schedule.is_due(now) {
            return false;
        }
        self.given = self.given.saturating_add(1);
        let behind = self.given - AT_ONCE;
        if behind <= 0 || schedule.is_hurried() {
            return true;
        }
        schedule.wait_until(now.plus(BETWEEN.saturating_mul(behind)));
        false
    }
}
