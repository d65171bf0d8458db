//! Samples of the running app, and how much each figure may grow.

use std::fmt;
use std::fs;
use std::time::Duration;

use e2e::{MiniMax, Session};

/// The app at one moment.
#[derive(Clone, Copy, Debug)]
pub struct Sample {
    at: Duration,
    /// Memory that the app shares with no other process, in KiB.
    anonymous: u64,
    descriptors: u64,
    threads: u64,
    match_rules: u64,
    /// The log and its predecessor, in bytes.
    log: u64,
    requests: u64,
    notifications: u64,
    windows: u64,
}

impl Sample {
    pub const HEADER: &str =
        "    time   anon KiB   fds  threads  match rules  log bytes  requests  notifications  windows";

    pub async fn take(session: &Session, minimax: &MiniMax, pid: u32, at: Duration, windows: usize) -> Self {
        let count = |folder: &str| {
            let entries = fs::read_dir(format!("/proc/{pid}/{folder}")).expect("the running app in /proc");
            entries.count() as u64
        };
        let rollup = fs::read_to_string(format!("/proc/{pid}/smaps_rollup")).expect("the memory of the app");
        let logs = session.home().join(".local/state/tidemark");
        let sizes = fs::read_dir(logs).expect("the folder of the log").filter_map(|entry| {
            let entry = entry.ok()?;
            let is_log = entry.file_name().to_string_lossy().contains(".log");
            if is_log { entry.metadata().ok() } else { None }
        });
        Self {
            at,
            anonymous: number(&rollup, "Anonymous:"),
            descriptors: count("fd"),
            threads: count("task"),
            match_rules: session.match_rules(pid).await as u64,
            log: sizes.map(|metadata| metadata.len()).sum(),
            requests: minimax.asked().len() as u64,
            notifications: session.notices().len() as u64,
            windows: windows as u64,
        }
    }
}

impl fmt::Display for Sample {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.at.as_secs();
        write!(
            f,
            "{:>4}m{:02}s {:>10} {:>5} {:>8} {:>12} {:>10} {:>9} {:>14} {:>8}",
            seconds / 60,
            seconds % 60,
            self.anonymous,
            self.descriptors,
            self.threads,
            self.match_rules,
            self.log,
            self.requests,
            self.notifications,
            self.windows
        )
    }
}

/// Whether one figure keeps its bound.
pub struct Verdict {
    text: String,
    pub holds: bool,
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}  {}", if self.holds { "ok  " } else { "FAIL" }, self.text)
    }
}

fn end_of(samples: &[Sample]) -> &Sample {
    samples.last().expect("samples")
}

/// Compares the last third with the middle third; the first third is the warm-up.
pub fn judge(samples: &[Sample], length: Duration) -> Vec<Verdict> {
    let third = samples.len() / 3;
    let (middle, last) = (&samples[third..2 * third], &samples[2 * third..]);
    let most = |of: &[Sample], figure: fn(&Sample) -> u64| of.iter().map(figure).max().unwrap_or(0);
    let grows = |name: &str, figure: fn(&Sample) -> u64, room: u64| {
        let (before, after) = (most(middle, figure), most(last, figure));
        Verdict {
            text: format!(
                "{name}: at most {before} in the middle third, {after} in the last; may grow by {room}"
            ),
            holds: after <= before + room,
        }
    };
    let windows = end_of(last).windows.saturating_sub(middle.first().expect("samples").windows);
    let minutes = length.as_secs() / 60 + 1;
    let (first, end) = (samples.first().expect("samples"), end_of(samples));
    let log = end.log.saturating_sub(first.log);
    // Three accounts, one request each per second, minus the pauses after failures; a busy machine sends fewer.
    let (requests, expected) = (end.requests, length.as_secs());
    vec![
        grows("anonymous memory, KiB", |s| s.anonymous, 3 * 1024),
        // wry leaves one behind for each window: see `ARCHITECTURE.md`, "Workarounds".
        grows("descriptors", |s| s.descriptors, 2 + windows),
        grows("threads", |s| s.threads, 2),
        grows("D-Bus match rules", |s| s.match_rules, 0),
        Verdict {
            text: format!("log: {log} bytes more than at the first look; may be {LOG_A_MINUTE} a minute"),
            holds: log <= LOG_A_MINUTE * minutes && end.log <= LOG_LIMIT,
        },
        Verdict {
            text: format!("requests: {requests}, at least {expected} are expected at this interval"),
            holds: requests >= expected,
        },
        Verdict {
            text: format!("notifications: {}, at least {minutes} are expected", end.notifications),
            holds: end.notifications >= minutes.min(5),
        },
    ]
}

/// How much the log may grow while something fails in every round, in bytes per minute.
const LOG_A_MINUTE: u64 = 16 * 1024;
/// The log is rotated at 1 MiB, and one older file is kept.
const LOG_LIMIT: u64 = 2 * 1024 * 1024 + 64 * 1024;

fn number(text: &str, name: &str) -> u64 {
    let line = text.lines().find_map(|line| line.strip_prefix(name));
    line.and_then(|rest| rest.split_whitespace().next()?.parse().ok()).unwrap_or_default()
}
