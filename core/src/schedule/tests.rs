use std::time::Duration;

use super::*;

fn start() -> Timestamp {
    "2026-11-23T04:00:00Z".parse().expect("a moment")
}

fn outlook() -> PollInputs {
    PollInputs {
        interval: SignedDuration::from_mins(5),
        watched: false,
        moving_near_limit: false,
        next_reset: None,
    }
}

#[test]
fn every_reason_is_found_by_its_own_name() {
    for reason in Reason::ALL {
        assert_eq!(Reason::named(reason.name()), Some(reason));
    }
}

#[test]
fn an_account_is_asked_at_its_interval_and_never_twice_at_once() {
    let mut schedule = Schedule::new(start(), 1);
    assert!(schedule.is_due(start()));
    schedule.asked(start(), 1);
    assert!(!schedule.is_due(start() + SignedDuration::from_secs(30)));
    assert!(schedule.accept_answer(1));
    schedule.succeeded(start(), outlook());
    assert!(!schedule.is_due(start() + SignedDuration::from_secs(299)));
    assert!(schedule.is_due(start() + SignedDuration::from_secs(331)));
}

#[test]
fn an_answer_nobody_waits_for_is_dropped() {
    let mut schedule = Schedule::new(start(), 1);
    schedule.asked(start(), 7);
    assert!(!schedule.accept_answer(6));
    schedule.on_key_replaced(start());
    assert!(!schedule.accept_answer(7));
}

/// Fails twelve times in a row and returns each wait in seconds.
fn waits(kind: FailureKind, seed: u64) -> Vec<i64> {
    let mut schedule = Schedule::new(start(), seed);
    let mut wait = || {
        schedule.failed(start(), &Failure::new(kind));
        schedule.next().0.duration_since(start()).as_secs()
    };
    (0..12).map(|_| wait()).collect()
}

#[test]
fn failures_wait_longer_each_time_and_never_longer_than_a_quarter_more_than_the_longest() {
    for (kind, longest) in
        [(FailureKind::ServerError, 900), (FailureKind::RateLimited, 900), (FailureKind::Offline, 300)]
    {
        for seed in 0..200 {
            let waits = waits(kind, seed);
            assert!((30..=38).contains(&waits[0]) && (60..=75).contains(&waits[1]), "{waits:?}");
            assert!(waits.iter().all(|w| *w <= longest * 5 / 4), "{waits:?}");
            assert!(waits[11] >= longest, "jitter only delays: {waits:?}");
        }
    }
    let spread: std::collections::BTreeSet<i64> =
        (0..200).map(|seed| waits(FailureKind::ServerError, seed)[11]).collect();
    assert!(spread.len() > 100, "two hundred clients come back at {} moments", spread.len());
}

#[test]
fn a_keyring_that_gives_no_key_is_read_again_within_75_seconds_however_often_it_failed() {
    for seed in 0..200 {
        let waits = waits(FailureKind::Keyring, seed);
        assert!((5..=6).contains(&waits[0]) && (10..=12).contains(&waits[1]), "{waits:?}");
        assert!(waits.iter().all(|wait| *wait <= 75), "{waits:?}");
    }
}

#[test]
fn failures_of_the_keyring_do_not_lengthen_the_wait_after_a_failure_of_minimax() {
    let mut schedule = Schedule::new(start(), 1);
    for _ in 0..9 {
        schedule.failed(start(), &Failure::new(FailureKind::Keyring));
    }
    schedule.failed(start(), &Failure::new(FailureKind::ServerError));
    assert!(schedule.is_due(start() + SignedDuration::from_secs(38)), "{:?}", schedule.next());
}

#[test]
fn a_changed_keyring_is_read_at_once_after_a_failure_of_the_keyring_and_after_no_other() {
    for (kind, is_read) in [(FailureKind::Keyring, true), (FailureKind::ServerError, false)] {
        let mut schedule = Schedule::new(start(), 1);
        schedule.failed(start(), &Failure::new(kind));
        let now = start() + SignedDuration::from_secs(2);
        schedule.keyring_changed(now);
        assert_eq!(schedule.is_due(now), is_read, "{kind:?}");
    }
    let mut schedule = Schedule::new(start(), 1);
    schedule.succeeded(start(), outlook());
    schedule.keyring_changed(start());
    assert!(!schedule.is_due(start() + SignedDuration::from_mins(4)));
}

#[test]
fn a_keyring_that_changed_while_it_was_read_is_read_again_if_that_failed() {
    for (kind, is_read) in [(FailureKind::Keyring, true), (FailureKind::Offline, false)] {
        let mut schedule = Schedule::new(start(), 1);
        schedule.asked(start(), 1);
        schedule.keyring_changed(start());
        assert!(!schedule.is_due(start() + SignedDuration::from_secs(2)), "one is under way");
        assert!(schedule.accept_answer(1));
        schedule.failed(start(), &Failure::new(kind));
        assert_eq!(schedule.is_due(start() + SignedDuration::from_secs(1)), is_read, "{kind:?}");
    }
}

#[test]
fn the_time_that_minimax_names_is_kept() {
    let mut schedule = Schedule::new(start(), 3);
    let retry_after = Some(Duration::from_secs(990));
    schedule.failed(start(), &Failure { retry_after, ..Failure::new(FailureKind::RateLimited) });
    assert_eq!(schedule.next(), (start() + SignedDuration::from_secs(990), Reason::ToldToWait));
}

#[test]
fn a_refused_key_rests_for_half_an_hour() {
    let mut schedule = Schedule::new(start(), 3);
    schedule.failed(start(), &Failure::new(FailureKind::KeyRejected));
    assert!(!schedule.is_due(start() + SignedDuration::from_mins(29)));
    assert_eq!(schedule.next().1, Reason::Rest);
}

#[test]
fn a_reset_is_looked_at_within_twenty_seconds() {
    for seed in 0..50 {
        let mut schedule = Schedule::new(start(), seed);
        let reset = start() + SignedDuration::from_mins(2);
        schedule.succeeded(start(), PollInputs { next_reset: Some(reset), ..outlook() });
        let (at, reason) = schedule.next();
        assert_eq!(reason, Reason::Reset);
        assert!((5..=20).contains(&at.duration_since(reset).as_secs()));
    }
}

#[test]
fn a_click_asks_at_once_but_not_within_a_second_of_the_last_ask() {
    let mut schedule = Schedule::new(start(), 1);
    schedule.asked(start(), 1);
    schedule.accept_answer(1);
    schedule.succeeded(start(), outlook());
    schedule.poll_now(start() + SignedDuration::from_millis(500));
    assert!(!schedule.is_due(start() + SignedDuration::from_millis(600)));
    schedule.poll_now(start() + SignedDuration::from_millis(1000));
    assert!(schedule.is_due(start() + SignedDuration::from_millis(1000)));
}

#[test]
fn a_new_key_is_asked_with_soon_even_just_after_the_old_one() {
    let mut schedule = Schedule::new(start(), 1);
    schedule.asked(start(), 1);
    schedule.on_key_replaced(start() + SignedDuration::from_millis(300));
    assert!(!schedule.is_due(start() + SignedDuration::from_millis(400)));
    assert!(schedule.is_due(start() + MIN_POLL_INTERVAL));
}

/// A schedule that was polled, with a pause of this many seconds as the answer.
fn told(wait: u64) -> Schedule {
    let mut schedule = Schedule::new(start(), 3);
    schedule.asked(start(), 1);
    schedule.accept_answer(1);
    schedule.failed(start(), &told_failure(wait));
    schedule
}

fn told_failure(wait: u64) -> Failure {
    Failure { retry_after: Some(Duration::from_secs(wait)), ..Failure::new(FailureKind::RateLimited) }
}

fn secs(seconds: i64) -> SignedDuration {
    SignedDuration::from_secs(seconds)
}

#[test]
fn a_pause_is_never_shortened_by_a_shorter_one_a_fault_a_wake_or_an_open_window() {
    let until = start() + secs(990);
    for shorten in [
        (|s, at| s.failed(at, &told_failure(5))) as fn(&mut Schedule, Timestamp),
        |s, at| s.failed(at, &Failure::new(FailureKind::Offline)),
        |s, at| s.failed(at, &told_failure(0)),
        Schedule::on_wake,
        Schedule::poll_soon,
        Schedule::watched,
        |s, at| s.interval_changed(at, SignedDuration::from_mins(1)),
    ] {
        let mut schedule = told(990);
        shorten(&mut schedule, start() + secs(100));
        assert_eq!(schedule.next(), (until, Reason::ToldToWait));
        assert!(!schedule.is_due(until - secs(1)) && schedule.is_due(until));
    }
    let mut schedule = told(990);
    schedule.failed(start() + secs(100), &told_failure(2000));
    assert_eq!(schedule.next(), (start() + secs(2100), Reason::ToldToWait), "a longer one counts");
}

#[test]
fn no_pause_or_none_worth_naming_leaves_the_back_off() {
    for wait in [0, 1, 20] {
        let schedule = told(wait);
        assert_eq!(schedule.next().1, Reason::Backoff);
        assert!(schedule.next().0 >= start() + secs(30));
    }
}

#[test]
fn during_a_pause_one_click_asks_and_hammering_does_not() {
    let mut schedule = told(990);
    let mut asks = 0;
    for tenth in 20..1200 {
        let now = start() + SignedDuration::from_millis(tenth * 100);
        schedule.poll_now(now);
        if schedule.is_due(now) {
            asks += 1;
            schedule.asked(now, 2);
            schedule.accept_answer(2);
            schedule.failed(now, &told_failure(900));
        }
    }
    assert_eq!(asks, 2, "two minutes of clicking, ten times a second");
    assert_eq!(schedule.next().1, Reason::ToldToWait);
}

#[test]
fn a_click_in_a_pause_that_did_not_reach_minimax_may_be_repeated() {
    let mut schedule = told(990);
    for second in [2, 4, 6] {
        let now = start() + secs(second);
        schedule.poll_now(now);
        assert!(schedule.is_due(now));
        schedule.asked(now, 2);
        schedule.accept_answer(2);
        schedule.failed(now, &Failure::new(FailureKind::Offline));
        assert_eq!(schedule.next(), (start() + secs(990), Reason::ToldToWait));
    }
}

#[test]
fn a_good_answer_or_another_key_ends_the_pause() {
    let at = start() + secs(100);
    let mut schedule = told(990);
    schedule.succeeded(at, outlook());
    assert_eq!(schedule.next().1, Reason::Interval);
    let mut schedule = told(990);
    schedule.on_key_replaced(at);
    assert!(schedule.is_due(at));
}

#[test]
fn a_pause_holds_over_a_restart_and_over_a_wake_after_it() {
    let later = start() + secs(600);
    let unheeded = (start(), Reason::Start);
    for (until, expected) in [
        (later, (later, Reason::ToldToWait)),
        (start() - secs(1), unheeded),
        // Stored by a clock that was a month ahead.
        (start() + SignedDuration::from_hours(720), unheeded),
    ] {
        let mut schedule = Schedule::new(start(), 1);
        schedule.resume(until, start());
        assert_eq!(schedule.next(), expected, "{until}");
    }
    let mut schedule = Schedule::new(start(), 1);
    schedule.resume(later, start());
    schedule.resume(start() + secs(300), start());
    schedule.on_wake(start() + secs(5));
    assert!(!schedule.is_due(later - secs(1)), "neither a shorter one nor a wake ends it");
}

#[test]
fn a_wake_asks_at_once_and_a_flapping_network_every_ten_seconds() {
    let mut schedule = Schedule::new(start(), 1);
    schedule.asked(start(), 1);
    schedule.accept_answer(1);
    schedule.succeeded(start(), outlook());
    let (mut asks, mut fetch, mut first) = (0, 1, None);
    for second in 100..160 {
        let now = start() + secs(second);
        schedule.on_wake(now);
        if schedule.is_due(now) {
            (asks, fetch) = (asks + 1, fetch + 1);
            first.get_or_insert(second);
            schedule.asked(now, fetch);
            schedule.accept_answer(fetch);
            schedule.failed(now, &Failure::new(FailureKind::Offline));
        }
    }
    assert_eq!(first, Some(100), "the first at once");
    assert!((6..=7).contains(&asks), "{asks} in a minute");
}

#[test]
fn a_wake_that_is_told_of_three_times_asks_once_unless_that_ask_fails() {
    for (fails, expected) in [(false, 1), (true, 2)] {
        let mut schedule = Schedule::new(start(), 1);
        schedule.asked(start(), 1);
        schedule.accept_answer(1);
        schedule.succeeded(start(), outlook());
        let mut asks = 0;
        for second in 100..125 {
            let now = start() + secs(second);
            if [100, 101, 104].contains(&second) {
                schedule.on_wake(now);
            }
            if schedule.is_due(now) {
                asks += 1;
                schedule.asked(now, 2);
                schedule.accept_answer(2);
                if fails && asks == 1 {
                    schedule.failed(now, &Failure::new(FailureKind::Offline));
                } else {
                    schedule.succeeded(now, outlook());
                }
            }
        }
        assert_eq!(asks, expected);
    }
}

#[test]
fn a_network_that_comes_back_while_an_answer_is_awaited_shortens_the_back_off() {
    let mut schedule = Schedule::new(start(), 1);
    schedule.asked(start(), 1);
    schedule.on_wake(start() + secs(5));
    assert!(!schedule.is_due(start() + secs(5)), "never two at once");
    schedule.accept_answer(1);
    schedule.failed(start() + secs(9), &Failure::new(FailureKind::Timeout));
    assert!(schedule.is_due(start() + secs(19)));
}

#[test]
fn a_wake_does_not_ask_with_a_refused_key_but_a_click_does() {
    let mut schedule = Schedule::new(start(), 1);
    schedule.failed(start(), &Failure::new(FailureKind::KeyRejected));
    let at = start() + secs(60);
    schedule.on_wake(at);
    assert!(!schedule.is_due(at));
    schedule.poll_now(at);
    assert!(schedule.is_due(at));
    let mut portal = Schedule::new(start(), 1);
    portal.failed(start(), &Failure::new(FailureKind::RedirectRefused));
    portal.on_wake(at);
    assert!(portal.is_due(at), "a network that wanted a log-in may have had it");
}

#[test]
fn after_a_wake_the_back_off_begins_anew() {
    let mut schedule = Schedule::new(start(), 1);
    for _ in 0..8 {
        schedule.failed(start(), &Failure::new(FailureKind::Offline));
    }
    schedule.on_wake(start());
    schedule.failed(start(), &Failure::new(FailureKind::Offline));
    assert!(schedule.next().0 <= start() + secs(38));
}

/// Simulates ten minutes second by second and counts the polls.
fn asks_in_ten_minutes(schedule: &mut Schedule, from: Timestamp) -> u32 {
    let mut asks = 0;
    for second in 0..600 {
        let now = from + secs(second);
        if StaggeredStart::default().may_poll(schedule, now) {
            asks += 1;
            schedule.asked(now, u64::from(asks) + 100);
            schedule.accept_answer(u64::from(asks) + 100);
            schedule.succeeded(now, outlook());
        }
    }
    asks
}

#[test]
fn a_clock_that_jumps_neither_stalls_nor_storms() {
    for hours in [-24, -1, 1, 24, 30 * 24, 366 * 24] {
        let mut schedule = Schedule::new(start(), 1);
        schedule.asked(start(), 1);
        schedule.accept_answer(1);
        schedule.succeeded(start(), outlook());
        let there = start() + SignedDuration::from_hours(hours);
        let asks = asks_in_ten_minutes(&mut schedule, there);
        assert!((2..=3).contains(&asks), "{hours} h: {asks} asks there");
        let asks = asks_in_ten_minutes(&mut schedule, start() + secs(900));
        assert!((2..=3).contains(&asks), "{hours} h: {asks} asks back again");
    }
}

#[test]
fn a_pause_is_waited_out_by_a_clock_that_was_set_back() {
    let mut schedule = told(300);
    let yesterday = start() - SignedDuration::from_hours(24) + secs(100);
    assert!(!StaggeredStart::default().may_poll(&mut schedule, yesterday));
    assert_eq!(schedule.next(), (yesterday + secs(300), Reason::ToldToWait));
    assert!(StaggeredStart::default().may_poll(&mut schedule, yesterday + secs(300)));
}

#[test]
fn an_ask_that_was_planned_by_a_wrong_clock_is_planned_again() {
    let mut schedule = told(300);
    // Forty days ahead the pause is over, and the slots of two other accounts delay this poll.
    let wrong = start() + SignedDuration::from_hours(40 * 24);
    let mut stagger = StaggeredStart { granted: 2 };
    assert!(!stagger.may_poll(&mut schedule, wrong));
    assert!(schedule.next().0 > wrong);
    assert!(!StaggeredStart::default().may_poll(&mut schedule, start() + secs(60)));
    assert_eq!(schedule.next(), (start() + secs(300), Reason::ToldToWait));
    assert!(StaggeredStart::default().may_poll(&mut schedule, start() + secs(300)));
}

#[test]
fn a_clock_set_back_while_an_answer_is_awaited_does_not_ask_twice() {
    let mut schedule = Schedule::new(start(), 1);
    schedule.asked(start(), 1);
    let yesterday = start() - SignedDuration::from_hours(24);
    assert!(!StaggeredStart::default().may_poll(&mut schedule, yesterday));
    assert!(schedule.accept_answer(1), "the answer is still taken");
}

#[test]
fn an_answer_that_never_comes_is_given_up_after_a_minute_and_a_half() {
    let mut schedule = Schedule::new(start(), 1);
    schedule.asked(start(), 1);
    assert!(!schedule.is_due(start() + secs(90)));
    assert!(schedule.is_due(start() + secs(91)));
}

#[test]
fn ten_accounts_that_are_due_at_once_take_turns_unless_the_user_waits() {
    let due = || (0..10).map(|seed| Schedule::new(start(), seed)).collect::<Vec<_>>();
    let asked_in = |schedules: &mut [Schedule], second: i64| {
        let (mut stagger, now) = (StaggeredStart::default(), start() + secs(second));
        let taken = schedules.iter_mut().filter_map(|s| stagger.may_poll(s, now).then(|| s.asked(now, 1)));
        taken.count()
    };
    let mut schedules = due();
    let asked: Vec<usize> = (0..9).map(|second| asked_in(&mut schedules, second)).collect();
    assert_eq!(asked, [2, 1, 1, 1, 1, 1, 1, 1, 1]);
    let mut schedules = due();
    for schedule in &mut schedules {
        schedule.poll_now(start());
    }
    assert_eq!(asked_in(&mut schedules, 0), 10);
}
