//! How long the core takes for an answer, a hostile body and a tick of a hundred accounts. The answers are made up.

use std::hint::black_box;
use std::time::Duration;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use tidemark_core::account::{Account, AccountId, Kind, Region};
use tidemark_core::alert::Memory;
use tidemark_core::answer::{self, Answer};
use tidemark_core::endpoint::Endpoint;
use tidemark_core::message::{Effect, Event, Now};
use tidemark_core::monitor::{Monitor, Start};
use tidemark_core::settings::Settings;

use crate::paper::{Paper, milliseconds, most, timed};

const ACCOUNTS: usize = 100;
/// The longest body that is read, in bytes.
const LONGEST: usize = 256 * 1024;

/// Measures every figure of the core.
pub(crate) fn measure(paper: &mut Paper) {
    let begins: Timestamp = "2026-11-23T04:00:00Z".parse().expect("a moment");
    paper.figure(
        "an answer of 2 rows read, 95 of 100",
        reading(&plan(2, 71, begins), begins),
        "µs",
        Some(20.0),
    );
    let (few, many) = (usual(&plan(50, 71, begins), begins), usual(&plan(500, 71, begins), begins));
    paper.figure("  500 rows against 50", many / few, "×", Some(15.0));
    let hostile = Answer { status: 200, headers: Vec::new(), body: vec![b'['; LONGEST] };
    paper.figure("  a hostile body of 256 KiB", reading(&hostile, begins) / 1000.0, "ms", Some(5.0));
    for (what, open) in
        [("a beat of 100 accounts, window closed", false), ("  and with the window open", true)]
    {
        let (beats, answers) = life(begins, open);
        paper.figure(&format!("{what}, 95 of 100"), beats, "ms", Some(1.0));
        paper.figure("  an answer among them", answers, "ms", Some(1.0));
    }
}

/// Returns the 95th percentile of the time to parse an answer, in microseconds.
fn reading(answer: &Answer, at: Timestamp) -> f64 {
    milliseconds(most(times(answer, at))) * 1000.0
}

/// Returns the median time to parse an answer, in microseconds: ratios of rare delays say nothing.
fn usual(answer: &Answer, at: Timestamp) -> f64 {
    let mut times = times(answer, at);
    times.sort_unstable();
    milliseconds(times[times.len() / 2]) * 1000.0
}

fn times(answer: &Answer, at: Timestamp) -> Vec<Duration> {
    let read = || answer::read(black_box(answer), Endpoint::TokenPlan, Region::Global, at);
    (0..200).map(|_| timed(|| drop(black_box(read())))).collect()
}

/// Simulates two hours of a hundred accounts; returns the 95th percentiles of a tick and of an answer, in milliseconds.
fn life(begins: Timestamp, window: bool) -> (f64, f64) {
    let mut now = Now { at: begins, zone: TimeZone::UTC };
    let settings = Settings { accounts: (0..ACCOUNTS).map(account).collect(), ..Settings::default() };
    let start = Start {
        settings,
        memory: Memory::default(),
        kept: Vec::new(),
        system_locale: "en".to_owned(),
        demo: false,
    };
    let mut monitor = Monitor::new(start, &now);
    monitor.update(Event::Window(window), &now);
    let (mut beats, mut answers) = (Vec::new(), Vec::new());
    for beat in 0..480 {
        let mut effects = Vec::new();
        beats.push(timed(|| effects = monitor.update(Event::Tick, &now)));
        let left = 90 - beat / 8;
        for effect in effects {
            let Effect::Fetch { account, fetch, .. } = effect else { continue };
            let outcome = Ok(plan(2, left, now.at));
            let event = Event::Answered { account, fetch, outcome };
            answers.push(timed(|| drop(monitor.update(event, &now))));
        }
        now.at += SignedDuration::from_secs(15);
    }
    (milliseconds(most(beats)), milliseconds(most(answers)))
}

fn plan(rows: usize, left: i64, at: Timestamp) -> Answer {
    let ends = at.as_millisecond() - at.as_millisecond() % 18_000_000 + 18_000_000;
    let row = |n: usize| {
        json!({
            "model_name": if n == 0 { "general".to_owned() } else { format!("row-{n}") },
            "start_time": ends - 18_000_000, "end_time": ends, "remains_time": ends - at.as_millisecond(),
            "current_interval_total_count": 0, "current_interval_usage_count": 0,
            "current_interval_status": 1, "current_interval_remaining_percent": left,
            "weekly_start_time": ends - 18_000_000, "weekly_end_time": ends + 500_000_000,
            "weekly_remains_time": ends + 500_000_000 - at.as_millisecond(),
            "current_weekly_status": 1, "current_weekly_remaining_percent": left,
        })
    };
    let rows: Vec<_> = (0..rows).map(row).collect();
    let body = json!({ "model_remains": rows, "base_resp": { "status_code": 0, "status_msg": "success" } });
    Answer { status: 200, headers: Vec::new(), body: body.to_string().into_bytes() }
}

fn account(number: usize) -> Account {
    Account {
        id: AccountId(format!("00000000-0000-4000-8000-{number:012}")),
        name: format!("Account {number}"),
        team: None,
        kind: Kind::TokenPlan,
        region: Region::Global,
        last_four: None,
        key_revision: 0,
        unchecked: false,
        pair: None,
        has_credits: false,
        tier: None,
        high_speed: false,
        balance_below: None,
        unknown: serde_json::Map::new(),
    }
}
