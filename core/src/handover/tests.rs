//! The choice of a key over time, with tables and with random sequences.

use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::account::Account;
use crate::failure::Failure;
use crate::reading::{Plan, Quota, Reading, Span, Window};
use crate::watched::{Good, Kept};

const INTERVAL: SignedDuration = SignedDuration::from_mins(5);
const RESET: i64 = 10_000;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_795_000_000 + second).unwrap()
}

fn percent(left: f64) -> Percent {
    Percent::clamped(left).unwrap()
}

fn has(left: f64) -> Standing {
    Standing::HasQuota { left: Some(percent(left)) }
}

const fn unmetered() -> Standing {
    Standing::HasQuota { left: None }
}

fn spent() -> Standing {
    Standing::Spent { until: Some(at(RESET)) }
}

const SPENT_NO_RESET: Standing = Standing::Spent { until: None };

fn seen(standing: Standing, second: i64) -> Seen {
    Seen { standing, has_credits: false, has_pair: true, at: at(second) }
}

/// Makes a choice for the standing at each second and returns whose key was used each time.
fn walk(steps: &[(i64, Standing)]) -> Vec<Use> {
    let mut former = None;
    let choices = steps.iter().map(|(second, standing)| {
        let choice = choose(&seen(*standing, *second), former).unwrap();
        former = Some(choice);
        choice.takes
    });
    choices.collect()
}

#[test]
fn the_paired_key_is_used_while_the_plan_is_spent_and_the_plans_own_otherwise() {
    use Use::{Paired, Plan};
    for (what, steps, expected) in [
        ("quota", vec![(0, has(71.0)), (60, has(3.0)), (120, has(1.0))], vec![Plan, Plan, Plan]),
        (
            "spent, then the reset",
            vec![(0, has(1.0)), (60, spent()), (RESET, has(100.0))],
            vec![Plan, Paired, Plan],
        ),
        ("spent at first sight", vec![(0, spent())], vec![Paired]),
        (
            "trembling at zero",
            vec![(0, spent()), (60, has(1.0)), (120, spent()), (180, has(4.9))],
            vec![Paired; 4],
        ),
        ("a reset that leaves little", vec![(0, spent()), (RESET + 1, has(1.0))], vec![Paired, Plan]),
        (
            "more bought before the reset",
            vec![(0, spent()), (60, has(5.0)), (120, has(2.0))],
            vec![Paired, Plan, Plan],
        ),
        ("not metered any more", vec![(0, spent()), (60, unmetered())], vec![Paired, Plan]),
        (
            "back early only once",
            vec![(0, spent()), (60, has(9.0)), (120, spent()), (180, has(40.0)), (RESET, has(40.0))],
            vec![Paired, Plan, Paired, Paired, Plan],
        ),
        (
            "the next window is another one",
            vec![
                (0, spent()),
                (60, has(9.0)),
                (RESET, has(90.0)),
                (RESET + 60, spent()),
                (RESET + 90, has(6.0)),
            ],
            vec![Paired, Plan, Plan, Paired, Plan],
        ),
        ("the reset alone", vec![(0, spent()), (RESET + 60, Standing::NotKnown)], vec![Paired, Paired]),
        (
            "nothing known",
            vec![(0, Standing::NotKnown), (60, has(9.0)), (90, Standing::NotKnown)],
            vec![Plan; 3],
        ),
        (
            "a reset that is not told",
            vec![(0, SPENT_NO_RESET), (60, has(4.0)), (5 * 3600, has(4.0))],
            vec![Paired, Paired, Plan],
        ),
        (
            "the week outlasts the five hours",
            vec![(0, spent()), (60, Standing::Spent { until: Some(at(2 * RESET)) }), (RESET, has(2.0))],
            vec![Paired; 3],
        ),
        (
            "old figures just after the reset",
            vec![(0, spent()), (RESET + 1, SPENT_NO_RESET), (RESET + 31, has(99.0))],
            vec![Paired, Paired, Plan],
        ),
    ] {
        assert_eq!(walk(&steps), expected, "{what}");
    }
}

#[test]
fn a_rolling_window_gives_the_plans_key_back_with_ten_percent_each_time() {
    let spent = |second: i64| Standing::Spent { until: Some(at(second + 5 * 3600)) };
    let slid = [(0, spent(0)), (60, spent(60)), (150, spent(150))];
    let then = [(200, has(9.0)), (260, spent(260)), (300, has(9.0)), (900, has(10.0))];
    let again = [(960, spent(960)), (1000, has(4.0)), (1200, has(12.0)), (1260, has(1.0))];
    let users = walk(&[&slid[..], &then, &again].concat());
    let (early, paired) = ([Use::Plan, Use::Paired, Use::Paired, Use::Plan], [Use::Paired; 3]);
    assert_eq!(users[..3], paired);
    assert_eq!(users[3..7], early, "five percent once, and then ten");
    assert_eq!(users[7..], [Use::Paired, Use::Paired, Use::Plan, Use::Plan], "as often as they show");
}

#[test]
fn credits_and_a_missing_pair_keep_the_plans_key() {
    let former = choose(&seen(spent(), 0), None).unwrap();
    assert_eq!(former.takes, Use::Paired);
    for standing in [spent(), Standing::NoPlan] {
        let covered = Seen { has_credits: true, ..seen(standing, 60) };
        let choice = choose(&covered, Some(former)).unwrap();
        assert_eq!((choice.takes, choice.reason), (Use::Plan, Reason::Credits), "{standing:?}");
    }
    for standing in [spent(), Standing::NotKnown, has(1.0)] {
        let alone = Seen { has_pair: false, ..seen(standing, 60) };
        let choice = choose(&alone, Some(former)).unwrap();
        assert_eq!(choice.takes, Use::Plan, "{standing:?}");
    }
    let alone = Seen { has_pair: false, ..seen(spent(), 60) };
    assert_eq!(choose(&alone, None).map(|c| c.reason), Ok(Reason::NoPair));
}

#[test]
fn a_refused_key_and_a_missing_plan_give_no_key() {
    let former = choose(&seen(spent(), 0), None).ok();
    assert_eq!(choose(&seen(Standing::Refused, 60), former), Err(Useless::Refused));
    assert_eq!(choose(&seen(Standing::NoPlan, 60), former), Err(Useless::NoPlan));
    let covered = Seen { has_credits: true, ..seen(Standing::Refused, 60) };
    assert_eq!(choose(&covered, former), Err(Useless::Refused));
}

#[test]
fn a_choice_tells_since_when_it_stands_and_outlives_a_restart() {
    let first = choose(&seen(spent(), 10), None).unwrap();
    let later = choose(&seen(spent(), 70), Some(first)).unwrap();
    assert_eq!((first.since, later.since), (at(10), at(10)));
    let kept = serde_json::to_string(&later).unwrap();
    assert_eq!(serde_json::from_str::<Choice>(&kept).unwrap(), later);
    assert_eq!(choose(&seen(has(90.0), RESET), Some(later)).map(|c| c.since), Ok(at(RESET)));
}

fn account() -> Account {
    serde_json::from_value(json!({
        "id": "a", "name": "Default Team", "kind": "token_plan", "region": "global", "pair": "b",
    }))
    .unwrap()
}

/// A plan that was read at `second`, with one window that ends at `reset`.
fn read(quota: Quota, second: i64, reset: i64) -> Watched {
    let window = Window {
        span: Span::Interval,
        quota,
        count: None,
        boost: 1.0,
        starts_at: None,
        resets_at: Some(at(reset)),
        length_seconds: None,
    };
    let rows = vec![Row { model: Some("general".to_owned()), windows: vec![window] }];
    let reading = Reading::Plan(Plan { rows, ..Plan::default() });
    let mut watched = Watched::new(account(), Kept::default(), at(0));
    watched.good = Some(Good { at: at(second), changed_at: at(second), reading, skew: SignedDuration::ZERO });
    watched
}

fn failed(watched: Watched, kind: FailureKind, second: i64) -> Watched {
    Watched { failure: Some((at(second), Failure::new(kind))), ..watched }
}

#[test]
fn what_was_read_says_how_the_plan_stands() {
    let thresholds = Thresholds { near: percent(80.0), critical: percent(95.0) };
    let limited = Quota::Limited { left: percent(12.0) };
    let standing = |watched: &Watched, second| Seen::of(watched, thresholds, INTERVAL, at(second)).standing;
    for (watched, second, expected) in [
        (read(limited, 0, RESET), 60, has(12.0)),
        (read(Quota::Exhausted, 0, RESET), 60, spent()),
        (read(Quota::Unlimited, 0, RESET), 60, unmetered()),
        (read(Quota::NotInPlan, 0, RESET), 60, Standing::NoPlan),
        (read(Quota::Unknown { left: None }, 0, RESET), 60, Standing::NotKnown),
        (read(limited, 0, RESET), 901, Standing::NotKnown),
        (read(Quota::Exhausted, 0, 60), 61, Standing::NotKnown),
        (Watched::new(account(), Kept::default(), at(0)), 0, Standing::NotKnown),
        (failed(read(limited, 0, RESET), FailureKind::Offline, 50), 60, has(12.0)),
        (failed(read(limited, 0, RESET), FailureKind::Keyring, 50), 60, Standing::NotKnown),
        (failed(read(limited, 0, RESET), FailureKind::KeyRejected, 50), 60, Standing::Refused),
        (failed(read(limited, 0, RESET), FailureKind::NoActivePlan, 50), 60, Standing::NoPlan),
        (failed(read(limited, 0, RESET), FailureKind::PlanExhausted, 50), 60, SPENT_NO_RESET),
    ] {
        assert_eq!(standing(&watched, second), expected, "{watched:?}");
    }
}

#[test]
fn minimax_is_asked_where_nobody_did_lately_and_its_waits_are_kept() {
    let limited = Quota::Limited { left: percent(12.0) };
    let fresh = || read(limited, 0, RESET);
    let asks = |watched: &Watched, asked: Option<i64>, app_asks, second| {
        must_ask(watched, asked.map(at), app_asks, INTERVAL, at(second))
    };
    assert!(asks(&Watched::new(account(), Kept::default(), at(0)), None, true, 0), "never asked");
    assert!(!asks(&fresh(), None, false, 29) && asks(&fresh(), None, false, 30), "shared for half a minute");
    assert!(!asks(&fresh(), None, true, 299) && asks(&fresh(), None, true, 300), "the app's interval");
    assert!(asks(&fresh(), None, true, -1), "a reading from the future");
    assert!(!asks(&Watched::new(account(), Kept::default(), at(0)), Some(0), false, 29), "asked in vain");
    let refused = failed(fresh(), FailureKind::KeyRejected, 10);
    assert!(
        !asks(&refused, None, true, 39) && asks(&refused, None, true, 40),
        "a refusal is looked at again"
    );
    let over = read(Quota::Exhausted, 95, 100);
    assert!(!asks(&over, None, true, 99) && asks(&over, None, true, 100), "the window has ended since");
    assert!(
        asks(&over, Some(99), true, 101) && !asks(&over, Some(100), true, 101),
        "but was asked after that"
    );
    let told_to_wait = Failure {
        retry_after: Some(std::time::Duration::from_mins(10)),
        ..Failure::new(FailureKind::RateLimited)
    };
    let waiting = Watched { failure: Some((at(0), told_to_wait)), ..fresh() };
    assert!(!asks(&waiting, None, false, 599) && asks(&waiting, None, false, 600), "MiniMax wants a wait");
}

fn any_standing() -> impl Strategy<Value = Standing> {
    prop_oneof![
        3 => (1_u16..=200).prop_map(|half| has(f64::from(half) / 2.0)),
        3 => (1_u16..=3).prop_map(|left| has(f64::from(left))),
        1 => Just(unmetered()),
        1 => Just(Standing::NotKnown),
        1 => Just(Standing::Refused),
        1 => Just(Standing::NoPlan),
        3 => Just(SPENT_NO_RESET),
    ]
}

proptest! {
    /// Windows of an hour, aligned to the clock, with random standings.
    #[test]
    fn within_one_window_the_key_comes_back_once_and_no_money_is_spent_on_a_doubt(
        steps in prop::collection::vec((1_i64..900, any_standing(), any::<bool>(), 0_u8..10, 0_u8..10), 1..120)
    ) {
        let mut clock = 0;
        let mut former: Option<Choice> = None;
        let mut early_in_window = (0, 0);
        for (passed, standing, tells_reset, pair, credits) in steps {
            clock += passed;
            let window = clock.div_euclid(3600);
            let until = Some(at((window + 1) * 3600));
            let standing = match standing {
                Standing::Spent { .. } if tells_reset => Standing::Spent { until },
                Standing::Spent { .. } if former.is_none_or(|f| f.over_at.is_none()) => {
                    Standing::Spent { until }
                }
                other => other,
            };
            let seen = Seen { standing, has_credits: credits == 0, has_pair: pair > 0, at: at(clock) };
            let before = former;
            let Ok(choice) = choose(&seen, former) else {
                prop_assert!(matches!(standing, Standing::Refused | Standing::NoPlan));
                continue;
            };
            former = Some(choice);
            let was_paired = before.is_some_and(|b| b.takes == Use::Paired);
            if choice.takes == Use::Paired {
                prop_assert!(seen.has_pair && !seen.has_credits);
                prop_assert!(was_paired || matches!(standing, Standing::Spent { .. }), "no money on a doubt");
            }
            if matches!(standing, Standing::HasQuota { .. }) && !was_paired {
                prop_assert_eq!(choice.takes, Use::Plan, "the plan has quota");
            }
            if let Standing::Spent { .. } = standing && seen.has_pair && !seen.has_credits {
                prop_assert_eq!(choice.takes, Use::Paired, "the plan is spent");
            }
            let brought_back = was_paired
                && choice.takes == Use::Plan
                && choice.reason == Reason::Quota
                && seen.has_pair
                && !seen.has_credits;
            let is_early = before.and_then(|b| b.over_at).is_some_and(|over| at(clock) < over);
            if brought_back && is_early {
                early_in_window = if early_in_window.0 == window { (window, early_in_window.1 + 1) } else { (window, 1) };
                prop_assert!(early_in_window.1 <= 1, "twice in window {}", window);
            }
        }
    }
}
