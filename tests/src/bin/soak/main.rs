//! Runs Tidemark for a while at an interval of one second, with windows opened and closed, clicks, notifications and
//! failures, and fails when memory, descriptors, threads, D-Bus match rules or the log grow.
#![expect(clippy::expect_used, reason = "a figure that cannot be measured ends the run")]

mod gauge;
mod load;

use std::process::ExitCode;
use std::time::{Duration, Instant};

use e2e::{MiniMax, Session, until_within};
use gauge::{Sample, judge};
use load::Load;

/// Default duration.
const MINUTES: f64 = 15.0;
/// How many windows are opened and closed in that time; a shorter run opens fewer.
const WINDOWS: f64 = 50.0;
/// Number of rows in the table.
const SAMPLES: u32 = 20;

#[tokio::main]
#[expect(clippy::print_stdout, clippy::print_stderr, reason = "a command-line tool prints")]
async fn main() -> ExitCode {
    let given: Vec<String> = std::env::args().skip(1).collect();
    let minutes = match given.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => Some(MINUTES),
        ["--minutes", minutes] => {
            minutes.parse().ok().filter(|minutes| (0.2..=24.0 * 60.0).contains(minutes))
        }
        _ => None,
    };
    let Some(minutes) = minutes else {
        eprintln!("usage: TIDEMARK_BIN=… soak [--minutes NUMBER]");
        return ExitCode::from(2);
    };
    let length = Duration::from_secs_f64(minutes * 60.0);
    let windows = (WINDOWS * minutes / MINUTES).clamp(3.0, 1_000.0);

    let mut minimax = MiniMax::start().await;
    let mut session = Session::start().await;
    session.ask(&minimax);
    session.set("TIDEMARK_TEST", "interval_seconds=1");
    load::add_accounts(&session, &minimax).await;
    let mut app = session.launch(&["--hidden"]);
    let item = session.tray().await;
    until_within(Duration::from_mins(1), "requests to three accounts, each second", async || {
        let asked = minimax.asked().len();
        if asked > 9 { Ok(()) } else { Err(format!("{asked} requests")) }
    })
    .await;

    println!("{}", Sample::HEADER);
    let began = Instant::now();
    let mut load = Load::new(length.div_f64(windows));
    let mut samples: Vec<Sample> = Vec::new();
    while began.elapsed() < length {
        let until_next = length * (u32::try_from(samples.len()).expect("few") + 1) / SAMPLES;
        while began.elapsed() < until_next {
            load.step(&mut session, &mut minimax, &item).await;
            assert!(app.runs(), "the app ended: {}", session.printed());
        }
        load.calm(&session, &minimax).await;
        let sample = Sample::take(&session, &minimax, app.pid(), began.elapsed(), load.windows()).await;
        println!("{sample}");
        samples.push(sample);
    }
    item.quit().await;
    let ended = app.ended().await;

    println!("\n{} windows, {} clicks, {}", load.windows(), load.clicks(), load.failures());
    let mut failed = false;
    for verdict in judge(&samples, length) {
        println!("{verdict}");
        failed |= !verdict.holds;
    }
    if !ended.success() {
        println!("Quit ended with {ended}");
        failed = true;
    }
    if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}
