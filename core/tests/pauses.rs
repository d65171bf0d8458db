//! Until when MiniMax asks not to be polled, from the stored failure and the stored schedule: one answer for all
//! callers.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tidemark_core::account::{Account, AccountId, Kind, Region};
use tidemark_core::failure::{Failure, FailureKind};
use tidemark_core::handover::must_ask;
use tidemark_core::schedule::Reason;
use tidemark_core::settings::Settings;
use tidemark_core::speed::standing;
use tidemark_core::watched::{Kept, Watched};

fn account() -> Account {
    serde_json::from_value(serde_json::json!({
        "id": AccountId("1".to_owned()), "name": "Studio", "kind": Kind::TokenPlan, "region": Region::Global,
    }))
    .unwrap()
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_795_000_000 + second).unwrap()
}

fn paused(kind: FailureKind, seconds: Option<u64>) -> Failure {
    Failure { retry_after: seconds.map(Duration::from_secs), ..Failure::new(kind) }
}

#[test]
fn a_pause_is_known_from_the_last_failure_or_the_apps_plan_by_everyone() {
    let limited = FailureKind::RateLimited;
    let day = 24 * 3600;
    for (failure, next, until) in [
        (None, None, None),
        (Some((0, paused(limited, None))), None, None),
        (Some((0, paused(limited, Some(600)))), None, Some(600)),
        (Some((0, paused(FailureKind::ServerError, Some(600)))), None, Some(600)),
        (Some((-600, paused(limited, Some(600)))), None, None),
        (Some((0, paused(limited, Some(day)))), None, Some(24 * 3600)),
        // Longer than MiniMax can ask for: the clock was set back since.
        (Some((3 * 24 * 3600, paused(limited, Some(600)))), None, None),
        (Some((0, paused(FailureKind::Offline, None))), Some((900, Reason::ToldToWait)), Some(900)),
        (Some((0, paused(limited, Some(600)))), Some((900, Reason::ToldToWait)), Some(900)),
        (Some((0, paused(FailureKind::Offline, None))), Some((900, Reason::Backoff)), None),
        // A good answer has come since.
        (None, Some((900, Reason::ToldToWait)), None),
    ] {
        let kept = Kept {
            failure: failure.map(|(second, failure)| (at(second), failure)),
            next: next.map(|(second, reason)| (at(second), reason)),
            ..Kept::default()
        };
        let watched = Watched::new(account(), kept, at(0));
        let until = until.map(at);
        assert_eq!(watched.pause_until(at(0)), until, "{failure:?} {next:?}");
        assert_eq!(standing(&watched, &Settings::default(), at(0)).pause_until, until, "speed");
        if until.is_some() {
            assert!(!must_ask(&watched, None, false, SignedDuration::from_mins(5), at(0)), "{failure:?}");
        }
    }
}

#[test]
fn a_failure_within_a_pause_neither_ends_nor_shortens_it() {
    let within = |failure: Failure, until: Option<i64>| {
        let failure = failure.within_pause(until.map(at), at(0));
        (failure.retry_after.map(|wait| wait.as_secs()), failure.is_repeated_pause)
    };
    let limited = FailureKind::RateLimited;
    assert_eq!(within(paused(limited, Some(60)), None), (Some(60), false), "the first pause");
    assert_eq!(within(paused(limited, Some(60)), Some(600)), (Some(600), true), "not shortened");
    assert_eq!(within(paused(limited, Some(900)), Some(600)), (Some(900), true), "lengthened");
    assert_eq!(within(paused(FailureKind::Timeout, None), Some(600)), (Some(600), false), "not ended");
    assert_eq!(within(paused(FailureKind::Timeout, None), Some(-1)), (None, false), "it is over");
    let old = paused(limited, Some(600)).remaining(at(0), at(200));
    assert_eq!(old.retry_after, Some(Duration::from_secs(400)));
    assert_eq!(paused(limited, Some(600)).remaining(at(0), at(9999)).retry_after, Some(Duration::ZERO));
}
