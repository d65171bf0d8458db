//! Whose turn it is where many accounts are due at one moment.
//!
//! Owns the order at a start, a wake and a jump of the clock. Refuses to let anyone wait who is waited for.

use jiff::{SignedDuration, Timestamp};

use super::Schedule;
use crate::time::SaturatingMove as _;

/// So many go at once; few accounts are no burst.
const AT_ONCE: i32 = 2;
/// Each further one goes this much later.
const BETWEEN: SignedDuration = SignedDuration::from_secs(1);

/// Hands out the turns of one moment.
#[derive(Debug, Default)]
pub struct Turns {
    pub(super) given: i32,
}

impl Turns {
    /// Tells whether an account is asked now. One that is due, but whose turn it is not, is due a little later.
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
