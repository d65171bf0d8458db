//! Whether an account can be measured now. Old figures, and those of a window that has ended, do not count.

use jiff::Timestamp;

use crate::account::Account;
use crate::level::{Level, blocked_until};
use crate::settings::Settings;
use crate::watched::Watched;

/// The state of an account before a measurement.
#[derive(Clone, Debug, PartialEq)]
pub struct Standing {
    pub account: Account,
    /// Whether the last reading is recent enough to say that nothing is left.
    pub is_spent: bool,
    /// When a used-up plan can be used again, by the server's clock, if known.
    pub back_at: Option<Timestamp>,
    /// The end of the wait time that MiniMax asked for.
    pub pause_until: Option<Timestamp>,
}

/// The state of an account before a measurement, from its last reading.
#[must_use]
pub fn standing(watched: &Watched, settings: &Settings, now: Timestamp) -> Standing {
    let level = watched.level(settings.thresholds(), settings.interval(), now);
    // After a failure the level may remain, but it is not reliable.
    let is_spent = level == Level::Spent && watched.failure.is_none();
    let row = watched.plan().and_then(|plan| plan.headline_row());
    Standing {
        account: watched.account.clone(),
        is_spent,
        back_at: row.and_then(blocked_until),
        pause_until: watched.pause_until(now),
    }
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;
    use crate::answer::Answer;
    use crate::failure::{Failure, FailureKind};
    use crate::simulate;
    use crate::watched::Kept;

    /// A plan whose five hours end in 90 minutes, with this share left.
    fn plan(left: u8, now: Timestamp) -> Answer {
        let (start, end) = (now - SignedDuration::from_mins(210), now + SignedDuration::from_mins(90));
        let body = serde_json::json!({ "model_remains": [{
            "model_name": "general",
            "start_time": start.as_millisecond(), "end_time": end.as_millisecond(),
            "remains_time": 90 * 60 * 1000,
            "current_interval_remaining_percent": left,
            "current_interval_status": if left == 0 { 2 } else { 1 },
        }], "base_resp": { "status_code": 0, "status_msg": "success" } });
        Answer { status: 200, headers: Vec::new(), body: body.to_string().into_bytes() }
    }

    #[test]
    fn only_a_young_reading_of_the_running_window_says_that_a_plan_is_spent() {
        let now: Timestamp = "2026-11-23T04:00:00Z".parse().expect("a moment");
        let settings = simulate::settings(&Settings::default());
        let account = settings.accounts.first().expect("an account").clone();
        let minutes = SignedDuration::from_mins;
        let failure = Some((now, Failure::new(FailureKind::Offline)));
        let cases = [
            (plan(0, now), None, minutes(0), true),
            (plan(0, now), None, minutes(14), true),
            (plan(0, now), None, minutes(16), false),
            (plan(0, now), None, minutes(91), false),
            (plan(0, now), failure, minutes(1), false),
            (plan(3, now), None, minutes(0), false),
        ];
        for (answer, failure, later, spent) in cases {
            let kept = Kept { good: Some((now, answer)), failure, ..Kept::default() };
            let watched = Watched::new(account.clone(), kept, now);
            let standing = standing(&watched, &settings, now + later);
            assert_eq!(standing.is_spent, spent, "{later:#} {failure:?}");
            assert_eq!(standing.back_at, spent.then(|| now + minutes(90)).or(standing.back_at));
        }
        let none = Watched::new(account, Kept::default(), now);
        assert!(!standing(&none, &settings, now).is_spent);
    }
}
