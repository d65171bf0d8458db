//! Ten days of two hundred accounts against a slow service, tick by tick as in the shell: how often each is polled,
//! that each gets its turn, and that nothing accumulates.
#![expect(clippy::expect_used, reason = "a test may panic if its setup fails")]

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use tidemark_core::account::{Account, AccountId, Kind};
use tidemark_core::alert::Memory;
use tidemark_core::answer::Answer;
use tidemark_core::failure::{Failure, FailureKind};
use tidemark_core::message::{Effect, Event, Now};
use tidemark_core::monitor::{Monitor, Start};
use tidemark_core::settings::Settings;

const ACCOUNTS: usize = 200;
const HOUR: i64 = 3_600_000;
const HEARTBEAT: i64 = 15_000;
const WINDOW: i64 = 5 * 3_600;
/// In minutes. With the shortest interval, two hundred accounts would be more than three requests a second.
const INTERVAL: u32 = 30;
const INTERVAL_MS: i64 = 1_800_000;
/// The longest that any account waits for its next request, in milliseconds: the interval, a tenth more, the slots of
/// all others, and the time of an answer.
const LONGEST_WAIT: i64 = INTERVAL_MS * 11 / 10 + 200 * 1_000 + 15_000;

/// How an account behaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Life {
    /// Used in bursts, sometimes up to the limit.
    Busy,
    Idle,
    Purse,
    /// One answer in four is HTTP 503.
    Faulty,
    /// MiniMax asks for a pause of 20 minutes at each request from 10:00 to 11:00.
    Paused,
}

fn life(number: usize) -> Life {
    [Life::Busy, Life::Idle, Life::Idle, Life::Purse, Life::Faulty, Life::Busy, Life::Idle, Life::Paused]
        [number % 8]
}

fn beginning() -> Timestamp {
    "2026-11-23T00:00:00Z".parse().expect("a moment")
}

fn answer(number: usize, fetch: u64, second: i64) -> Result<Answer, Failure> {
    let said = |body: serde_json::Value| {
        Ok(Answer { status: 200, headers: Vec::new(), body: body.to_string().into_bytes() })
    };
    match life(number) {
        Life::Purse => said(json!({ "available_amount": format!("{}.00", 1_000 - second / 3_600) })),
        Life::Faulty if fetch.is_multiple_of(4) => {
            Ok(Answer { status: 503, headers: Vec::new(), body: Vec::new() })
        }
        Life::Faulty if fetch.is_multiple_of(31) => Err(Failure::new(FailureKind::Timeout)),
        Life::Paused if second % 86_400 / 3_600 == 10 => {
            Ok(Answer { status: 429, headers: vec![("retry-after".into(), "1200".into())], body: Vec::new() })
        }
        Life::Busy => {
            // Every fourth window is used up to its limit, the others to two thirds of it.
            let most = if second / WINDOW % 4 == 0 { 110 } else { 66 };
            said(plan((second % WINDOW * most / WINDOW).min(100), second))
        }
        Life::Idle | Life::Faulty | Life::Paused => said(plan(20, second)),
    }
}

fn plan(used: i64, second: i64) -> serde_json::Value {
    let start = beginning() + SignedDuration::from_secs(second - second % WINDOW);
    let end = start + SignedDuration::from_secs(WINDOW);
    json!({
        "model_remains": [{
            "model_name": "general",
            "start_time": start.as_millisecond(), "end_time": end.as_millisecond(),
            "remains_time": (WINDOW - second % WINDOW) * 1000,
            "current_interval_remaining_percent": 100 - used,
            "current_interval_status": if used == 100 { 2 } else { 1 },
            "current_weekly_status": 3, "current_weekly_remaining_percent": 100,
        }],
        "base_resp": { "status_code": 0, "status_msg": "success" },
    })
}

#[test]
fn two_hundred_accounts_are_each_asked_for_some_hours() {
    println!("{}", live(3).check());
}

/// Run by `make soak`, optimised.
#[test]
#[ignore = "takes minutes"]
fn two_hundred_accounts_are_each_asked_for_ten_days_and_nothing_accumulates() {
    println!("{}", live(240).check());
}

/// Simulates this many hours.
fn live(hours: i64) -> Lived {
    let accounts: Vec<Account> = (0..ACCOUNTS)
        .map(|number| {
            let kind = if life(number) == Life::Purse { Kind::PayAsYouGo } else { Kind::TokenPlan };
            let account = json!({
                "id": format!("00000000-0000-4000-8000-{number:012}"), "name": format!("Account {number}"),
                "kind": kind.name(), "region": "global",
            });
            serde_json::from_value(account).expect("an account")
        })
        .collect();
    let numbers: HashMap<AccountId, usize> =
        accounts.iter().enumerate().map(|(number, account)| (account.id.clone(), number)).collect();
    let settings = Settings { accounts: accounts.clone(), interval_minutes: INTERVAL, ..Settings::default() };
    let clock = |real: i64| Now { at: beginning() + SignedDuration::from_millis(real), zone: TimeZone::UTC };
    let start = Start {
        settings,
        memory: Memory::default(),
        kept: Vec::new(),
        system_locale: "en".to_owned(),
        demo: false,
    };
    let mut monitor = Monitor::new(start, &clock(0));

    let mut asked: Vec<Vec<i64>> = vec![Vec::new(); ACCOUNTS];
    let mut under_way: Vec<Option<u64>> = vec![None; ACCOUNTS];
    let mut landings: BinaryHeap<Reverse<(i64, usize, u64)>> = BinaryHeap::new();
    let (mut beats, mut changes, mut longest_memory, mut most_at_once) = (0_u64, 0_usize, 0, 0);
    let mut changes_by_hour = Vec::new();
    let mut real = 0;
    while real < hours * HOUR {
        beats += 1;
        let now = clock(real);
        let mut events = vec![Event::Tick];
        while landings.peek().is_some_and(|Reverse((lands, ..))| *lands <= real) {
            let Reverse((_, number, fetch)) = landings.pop().expect("one that has landed");
            under_way[number] = None;
            events.push(Event::Answered {
                account: accounts[number].id.clone(),
                fetch,
                outcome: answer(number, fetch, real / 1000),
            });
        }
        while let Some(event) = events.pop() {
            for effect in monitor.update(event, &now) {
                match effect {
                    Effect::Fetch { account, fetch, .. } => {
                        let number = numbers[&account];
                        assert_eq!(under_way[number], None, "account {number} is asked twice at once");
                        under_way[number] = Some(fetch);
                        // A slow service: one to nine seconds.
                        let takes = 1_000 + i64::try_from(fetch * 7_919 % 8_000).expect("small");
                        landings.push(Reverse((real + takes, number, fetch)));
                        asked[number].push(real);
                    }
                    Effect::Notify(notice) => {
                        events.push(Event::NoticeShown { id: notice.id, shown: true });
                    }
                    Effect::KeepMemory(memory) => {
                        longest_memory =
                            longest_memory.max(serde_json::to_string(&memory).expect("JSON").len());
                    }
                    Effect::KeepHistory { changes: kept, .. } => changes += kept.len(),
                    _ => {}
                }
            }
        }
        most_at_once = most_at_once.max(landings.len());
        if real / HOUR > i64::try_from(changes_by_hour.len()).expect("few") {
            changes_by_hour.push(changes);
        }
        let due = monitor.next_due().map_or(HEARTBEAT, |due| {
            i64::try_from(due.duration_since(now.at).as_millis()).expect("a short wait")
        });
        let lands = landings.peek().map_or(i64::MAX, |Reverse((lands, ..))| lands - real);
        real += due.clamp(100, HEARTBEAT).min(lands).max(1);
    }

    Lived { hours, asked, changes_by_hour, beats, longest_memory, most_at_once }
}

struct Lived {
    hours: i64,
    /// When each account was polled, in milliseconds.
    asked: Vec<Vec<i64>>,
    changes_by_hour: Vec<usize>,
    beats: u64,
    longest_memory: usize,
    most_at_once: usize,
}

impl Lived {
    /// Checks the figures and returns them as text.
    fn check(&self) -> String {
        let Self { hours, asked, changes_by_hour, beats, longest_memory, most_at_once } = self;
        let changes = changes_by_hour.last().copied().unwrap_or_default();
        let total: usize = asked.iter().map(Vec::len).sum();
        let figures = format!(
            "{total} requests in {hours} hours, {beats} beats, at most {most_at_once} under way, alert memory at most \
             {longest_memory} bytes, {changes} history points"
        );
        for (number, asked) in asked.iter().enumerate() {
            let longest = asked.windows(2).map(|two| two[1] - two[0]).max().expect("requests");
            let end = hours * HOUR - asked.last().expect("a request");
            let rest = match life(number) {
                // The pause that MiniMax asks for, restarted by the last answer within the hour.
                Life::Paused => 1_200_000 + LONGEST_WAIT,
                // Back-off after successive failures: up to 15 minutes plus a quarter.
                Life::Faulty => 1_125_000 + LONGEST_WAIT,
                Life::Busy | Life::Idle | Life::Purse => LONGEST_WAIT,
            };
            assert!(longest.max(end) <= rest, "account {number} ({:?}) waited {longest} ms", life(number));
            assert!(asked.first().is_some_and(|first| *first <= LONGEST_WAIT), "account {number} began late");
            // The interval, and what brings a request forward: new windows, a near limit, failures.
            let least = hours * HOUR / INTERVAL_MS * 6 / 10;
            let most = hours * HOUR / INTERVAL_MS * 12 + 20;
            let many = i64::try_from(asked.len()).expect("fewer");
            assert!(
                (least..=most).contains(&many),
                "account {number} ({:?}) was asked {many} times",
                life(number)
            );
        }
        assert!(*most_at_once <= ACCOUNTS / 4, "{most_at_once} requests at once");
        assert!(*longest_memory <= ACCOUNTS * 1_024, "{longest_memory} bytes of alert memory");
        // No more in the last fifth of the time than in the fifth before, with a margin of a quarter.
        let fifth = changes_by_hour.len() / 5;
        if let [.., before, middle, end] =
            changes_by_hour.iter().step_by(fifth.max(1)).collect::<Vec<_>>()[..]
        {
            let (former, latter) = (middle - before, end - middle);
            assert!(*hours < 24 || latter <= former * 5 / 4, "{former} history points, then {latter}");
        }
        figures
    }
}
