//! A day of ten accounts, tick by tick as in the shell: how often MiniMax is polled, and when.

#![expect(clippy::expect_used, reason = "a test may panic if its setup fails")]

use std::collections::{BTreeMap, BTreeSet};

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use tidemark_core::account::{Account, AccountId, Kind, Region};
use tidemark_core::alert::Memory;
use tidemark_core::answer::Answer;
use tidemark_core::failure::{Failure, FailureKind};
use tidemark_core::message::{Effect, Event, Now};
use tidemark_core::monitor::{Monitor, Start};
use tidemark_core::schedule::Reason;
use tidemark_core::settings::Settings;

const HEARTBEAT: SignedDuration = SignedDuration::from_secs(15);
const SHORTEST_BEAT: SignedDuration = SignedDuration::from_millis(100);
const WINDOW: i64 = 5 * 3600;

/// How an account behaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Life {
    /// Not used.
    Idle,
    /// Used in office hours, well below its limit.
    Office,
    /// Used day and night, each window up to its end.
    Agents,
    /// Pay-as-you-go.
    Wallet,
    /// MiniMax has a fault from 02:00 to 05:00.
    Faulty,
    /// Its network is down from 11:00 to 12:00.
    Offline,
    /// The key is rejected all day.
    Refused,
    /// MiniMax asks for a pause of half an hour at each poll from 10:00 to 16:00.
    Paused,
}

const LIVES: [Life; 10] = [
    Life::Idle,
    Life::Idle,
    Life::Office,
    Life::Office,
    Life::Agents,
    Life::Wallet,
    Life::Faulty,
    Life::Offline,
    Life::Refused,
    Life::Paused,
];

/// The seconds of the day in which the window is open.
const LOOKED_AT: std::ops::Range<i64> = 13 * 3600..14 * 3600;

fn midnight() -> Timestamp {
    "2026-11-23T00:00:00Z".parse().expect("a moment")
}

/// Returns MiniMax's answer to an account at a second of the day.
fn answer(life: Life, second: i64) -> Result<Answer, Failure> {
    let hours = |from: i64, to: i64| (from * 3600..to * 3600).contains(&second);
    match life {
        Life::Office if hours(9, 18) => Ok(plan(60 * (second % WINDOW) / WINDOW, second)),
        Life::Idle | Life::Office => Ok(plan(0, second)),
        Life::Agents => Ok(plan((130 * (second % WINDOW) / WINDOW).min(100), second)),
        Life::Wallet => Ok(said(&json!({ "available_amount": format!("{}.00", 100 - second / 3600) }))),
        Life::Faulty if hours(2, 5) => Ok(Answer { status: 503, headers: Vec::new(), body: Vec::new() }),
        Life::Offline if hours(11, 12) => Err(Failure::new(FailureKind::Offline)),
        Life::Refused => {
            Ok(said(&json!({ "base_resp": { "status_code": 1004, "status_msg": "login fail" } })))
        }
        Life::Paused if hours(10, 16) => {
            Ok(Answer { status: 429, headers: vec![("retry-after".into(), "1800".into())], body: Vec::new() })
        }
        Life::Faulty | Life::Offline | Life::Paused => Ok(plan(20, second)),
    }
}

/// A plan with windows of five hours, counted from midnight.
fn plan(used: i64, second: i64) -> Answer {
    let start = midnight() + SignedDuration::from_secs(second - second % WINDOW);
    let end = start + SignedDuration::from_secs(WINDOW);
    said(&json!({
        "model_remains": [{
            "model_name": "general",
            "start_time": start.as_millisecond(), "end_time": end.as_millisecond(),
            "remains_time": (WINDOW - second % WINDOW) * 1000,
            "current_interval_remaining_percent": 100 - used,
            "current_interval_status": if used == 100 { 2 } else { 1 },
            "current_weekly_status": 3, "current_weekly_remaining_percent": 100,
        }],
        "base_resp": { "status_code": 0, "status_msg": "success" },
    }))
}

fn said(body: &serde_json::Value) -> Answer {
    Answer { status: 200, headers: Vec::new(), body: body.to_string().into_bytes() }
}

fn account(number: usize, life: Life) -> Account {
    let kind = if life == Life::Wallet { Kind::PayAsYouGo } else { Kind::TokenPlan };
    let account = json!({
        "id": format!("00000000-0000-4000-8000-{number:012}"), "name": format!("{number} {life:?}"),
        "kind": kind.name(), "region": Region::Global.name(),
    });
    serde_json::from_value(account).expect("an account")
}

/// What was counted in a day.
struct Day {
    /// When each account was polled, in milliseconds since midnight.
    asks: BTreeMap<usize, Vec<i64>>,
    /// Every reason that was given for a next poll.
    reasons: BTreeSet<&'static str>,
    beats: u32,
}

/// Simulates this many hours. `leap` returns how far the clock is ahead of real time, by second.
fn live(hours: i64, leap: impl Fn(i64) -> SignedDuration) -> Day {
    let accounts: Vec<Account> = LIVES.iter().enumerate().map(|(n, life)| account(n, *life)).collect();
    let number = |id: &AccountId| accounts.iter().position(|a| a.id == *id).expect("an account of the day");
    let settings = Settings { accounts: accounts.clone(), ..Settings::default() };
    // Real time in milliseconds; the wall clock may show another time.
    let mut real = 0;
    let clock = |real: i64| Now {
        at: midnight() + SignedDuration::from_millis(real) + leap(real / 1000),
        zone: TimeZone::UTC,
    };
    let start = Start {
        settings,
        memory: Memory::default(),
        kept: Vec::new(),
        system_locale: "en".to_owned(),
        demo: false,
    };
    let mut monitor = Monitor::new(start, &clock(0));
    let mut day = Day { asks: BTreeMap::new(), reasons: BTreeSet::new(), beats: 0 };
    // When an answer comes, the account, and the number of its request.
    let mut flights: Vec<(i64, usize, u64)> = Vec::new();
    let (mut is_open, mut wall) = (false, clock(0).at);
    while real < hours * 3_600_000 {
        day.beats += 1;
        let now = clock(real);
        let mut events = vec![Event::Tick];
        let passed = now.at.duration_since(wall);
        if passed < SignedDuration::from_secs(-30) || passed > SignedDuration::from_secs(45) {
            events.push(Event::Woke);
        }
        wall = now.at;
        if LOOKED_AT.contains(&(real / 1000)) != is_open {
            is_open = !is_open;
            events.push(Event::Window(is_open));
        }
        let (landed, aloft) = flights.into_iter().partition(|(lands, ..)| *lands <= real);
        flights = aloft;
        events.extend(landed.into_iter().map(|(_, number, fetch)| Event::Answered {
            account: accounts[number].id.clone(),
            fetch,
            outcome: answer(LIVES[number], real / 1000),
        }));
        while let Some(event) = events.pop() {
            for effect in monitor.update(event, &now) {
                match effect {
                    Effect::Fetch { account, fetch, .. } => {
                        let number = number(&account);
                        let twice = flights.iter().any(|(_, aloft, _)| *aloft == number);
                        assert!(!twice, "{} is asked twice at once", accounts[number].name);
                        // From 0.2 to 3 seconds, sometimes up to ten.
                        let slow = if fetch % 97 == 0 { 7_000 } else { 0 };
                        let takes = 200 + i64::try_from(fetch * 7919 % 2800).expect("small") + slow;
                        flights.push((real + takes, number, fetch));
                        day.asks.entry(number).or_default().push(real);
                    }
                    Effect::Notify(notice) => {
                        events.push(Event::NoticeShown { id: notice.id, shown: true });
                    }
                    Effect::KeepOutcome { next, .. } => drop(day.reasons.insert(next.1.name())),
                    _ => {}
                }
            }
        }
        let due = monitor.next_due().map_or(HEARTBEAT, |due| due.duration_since(now.at));
        let beat = due.clamp(SHORTEST_BEAT, HEARTBEAT);
        let lands = flights.iter().map(|(lands, ..)| lands - real).min().unwrap_or(i64::MAX);
        real += i64::try_from(beat.as_millis()).expect("a beat").min(lands).max(1);
    }
    day
}

impl Day {
    fn of(&self, life: Life) -> impl Iterator<Item = &Vec<i64>> {
        self.asks.iter().filter(move |(n, _)| LIVES[**n] == life).map(|(_, asks)| asks)
    }

    fn total(&self) -> usize {
        self.asks.values().map(Vec::len).sum()
    }

    /// Returns the most polls of all accounts together in any second.
    fn busiest_second(&self) -> usize {
        let mut seconds: BTreeMap<i64, usize> = BTreeMap::new();
        for at in self.asks.values().flatten() {
            *seconds.entry(at / 1000).or_default() += 1;
        }
        seconds.values().copied().max().unwrap_or(0)
    }
}

#[test]
fn a_day_of_ten_accounts_is_asked_about_as_often_as_it_should_be() {
    let day = live(24, |_| SignedDuration::ZERO);
    for (number, asks) in &day.asks {
        println!("{:>8} requests: {:?}", asks.len(), LIVES[*number]);
    }
    println!(
        "{:>8} requests in all, {} beats, busiest second {}",
        day.total(),
        day.beats,
        day.busiest_second()
    );

    // Every five minutes with up to a tenth of delay, and every minute in the hour in which the window is open.
    let steady = 250..=288 + 48;
    for life in [Life::Idle, Life::Office, Life::Wallet, Life::Faulty, Life::Offline] {
        assert!(day.of(life).all(|asks| steady.contains(&asks.len())), "{life:?}");
    }
    // Near its limit and moving for about an hour of each window.
    let agents: usize = day.of(Life::Agents).map(Vec::len).sum();
    assert!((400..=640).contains(&agents), "{agents}");
    let refused: usize = day.of(Life::Refused).map(Vec::len).sum();
    assert!((38..=48).contains(&refused), "a refused key is asked with every half hour: {refused}");
    assert!((250 * 7..=288 * 10 * 13 / 10).contains(&day.total()), "{}", day.total());
    assert!(day.busiest_second() <= 3, "no burst: {}", day.busiest_second());

    // A pause is kept to the second.
    for asks in day.of(Life::Paused) {
        let in_pause = asks.windows(2).filter(|two| (10 * 3600..16 * 3600).contains(&(two[0] / 1000)));
        let pauses: Vec<i64> = in_pause.map(|two| (two[1] - two[0]) / 1000).collect();
        assert!(pauses.len() > 10 && pauses.iter().all(|pause| *pause >= 1800), "{pauses:?}");
    }
    // A network that is back is detected within 6 min 15 s, although nothing reports it.
    for asks in day.of(Life::Offline) {
        let back = asks.iter().find(|at| **at >= 12 * 3_600_000).expect("an ask after twelve");
        assert!(back - 12 * 3_600_000 <= 375_000, "{back}");
    }
    // Each new window is read within twenty seconds plus the time of an answer.
    for asks in day.of(Life::Agents).chain(day.of(Life::Idle)) {
        for reset in (WINDOW..86_400).step_by(5 * 3600) {
            let after = asks.iter().any(|at| (5..=25).contains(&(at / 1000 - reset)));
            assert!(after, "nothing between 5 and 25 s after {reset}");
        }
    }
    let expected = [
        Reason::Backoff,
        Reason::Interval,
        Reason::NearLimit,
        Reason::Reset,
        Reason::Rest,
        Reason::ToldToWait,
        Reason::Watched,
    ];
    assert_eq!(day.reasons, expected.map(Reason::name).into());
}

#[test]
fn a_day_on_which_the_clock_leaps_is_asked_about_as_often_as_any_other() {
    let quiet = live(8, |_| SignedDuration::ZERO).total();
    for (name, hours) in [("a day back", -24), ("an hour forward", 1), ("a month forward", 30 * 24)] {
        // From 02:00 to 06:00 the clock is wrong; then it is corrected.
        let leap = |second: i64| {
            if (2 * 3600..6 * 3600).contains(&second) {
                SignedDuration::from_hours(hours)
            } else {
                SignedDuration::ZERO
            }
        };
        let day = live(8, leap);
        println!(
            "{:>8} requests with the clock {name}, busiest second {}",
            day.total(),
            day.busiest_second()
        );
        assert!(day.busiest_second() <= 4, "{name}: no burst");
        for (number, asks) in &day.asks {
            let longest = asks.windows(2).map(|two| two[1] - two[0]).max().unwrap_or(i64::MAX) / 1000;
            let most = match LIVES[*number] {
                Life::Refused | Life::Paused => 2 * 2250,
                Life::Faulty => 1125 + 30,
                _ => 375 + 30,
            };
            assert!(longest <= most, "{name}: {:?} was not asked for {longest} s", LIVES[*number]);
        }
        // With a wrong clock there may be somewhat more polls, but no burst.
        assert!(day.total() < quiet * 5 / 4, "{name}: {} against {quiet}", day.total());
    }
}

#[test]
fn a_night_of_sleep_costs_one_ask_per_account() {
    let accounts: Vec<Account> = (0..10).map(|n| account(n, Life::Idle)).collect();
    let settings = Settings { accounts, ..Settings::default() };
    let mut now = Now { at: midnight(), zone: TimeZone::UTC };
    let start = Start {
        settings,
        memory: Memory::default(),
        kept: Vec::new(),
        system_locale: "en".to_owned(),
        demo: false,
    };
    let mut monitor = Monitor::new(start, &now);
    let mut asks_within = |now: &mut Now, seconds: i64, wakes: &[i64]| {
        let mut asks = Vec::new();
        for second in 0..seconds {
            let mut events = vec![Event::Tick];
            events.extend(wakes.contains(&second).then_some(Event::Woke));
            while let Some(event) = events.pop() {
                for effect in monitor.update(event, now) {
                    if let Effect::Fetch { account, fetch, .. } = effect {
                        asks.push(second);
                        let outcome = Ok(plan(10, now.at.duration_since(midnight()).as_secs()));
                        events.push(Event::Answered { account, fetch, outcome });
                    }
                }
            }
            now.at += SignedDuration::from_secs(1);
        }
        asks
    };
    assert_eq!(asks_within(&mut now, 60, &[]).len(), 10, "each once at the start");
    now.at += SignedDuration::from_hours(8);
    // The clock jump, the login manager and the network report it one after the other.
    let asks = asks_within(&mut now, 60, &[0, 1, 4]);
    assert_eq!(asks, [0, 0, 1, 2, 3, 4, 5, 6, 7, 8], "one each, not all at once");
}
