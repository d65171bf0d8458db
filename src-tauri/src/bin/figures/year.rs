//! The store with a year of ten accounts in it, polled every five minutes and thinned out every day. The year is made
//! up, and stored in a temporary folder.

use std::path::Path;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tidemark::store::Store;
use tidemark_core::account::AccountId;
use tidemark_core::history::{Change, History, MoneyPoint, Point, WindowKey};
use tidemark_core::reading::{Percent, Span};

use crate::paper::{Paper, milliseconds, most, timed};

const ACCOUNTS: u64 = 10;
/// How many of them are pay-as-you-go accounts.
const PAYING: u64 = 2;
const DAYS: i32 = 365;
const DAY: SignedDuration = SignedDuration::from_hours(24);
const STEP: SignedDuration = SignedDuration::from_mins(5);
const STEPS_A_DAY: i32 = 288;
/// The default of the settings.
const HISTORY_DAYS: u32 = 400;
/// The ranges of the charts in hours, and how far back a start reads.
const CHARTS: [(&str, i64); 4] = [("5 h", 5), ("24 h", 24), ("7 d", 7 * 24), ("30 d", 30 * 24)];
const START: SignedDuration = SignedDuration::from_hours(9 * 24);

/// Measures every figure of the store.
pub(crate) fn measure(paper: &mut Paper) {
    let folder = folder();
    let path = folder.join("history.sqlite");
    let began = Timestamp::from_second(1_735_689_600).expect("the first of January 2025");
    let end = began + DAY * DAYS;
    let (points, thinning) = fill(&path, began);
    let store = Store::open(&path, end).0;
    paper.figure("history: a year of ten accounts", size(&folder), "MB", Some(50.0));
    paper.figure("  readings before thinning out, in thousands", f64::from(points) / 1000.0, "", None);
    paper.figure("  thinning out one day, the slowest", milliseconds(thinning), "ms", None);
    for (name, hours) in CHARTS {
        let since = end - SignedDuration::from_hours(hours);
        let what = format!("  chart of {name}, 95 of 100");
        paper.figure(&what, milliseconds(charts(&store, since)), "ms", Some(10.0));
    }
    let start = timed(|| {
        for account in 0..ACCOUNTS {
            let changes = store.history(&id(account), end - START).expect("a history");
            let mut history = History::default();
            history.recall(changes);
        }
    });
    paper.figure("  reading back nine days of all at a start", milliseconds(start), "ms", None);
    let opening = timed(|| drop(Store::open(&path, end)));
    paper.figure("  opening it", milliseconds(opening), "ms", None);
    let whole = timed(|| assert!(store.is_whole().expect("a store"), "it is whole"));
    paper.figure("  looking it through, in the background", milliseconds(whole), "ms", None);
    let kept = (0..100).map(|n| {
        let change = share("general", Span::Interval, end + STEP * n, 5000, (end, 5));
        timed(|| store.keep_history(&id(0), &[change]).expect("it is kept"))
    });
    paper.figure("  keeping one reading, 95 of 100", milliseconds(most(kept.collect())), "ms", None);
    drop(store);
    let _ = std::fs::remove_dir_all(folder);
}

/// Stores the year day by day, as the app does; returns the number of readings and the time of the slowest thinning.
fn fill(path: &Path, began: Timestamp) -> (u32, Duration) {
    let store = Store::open(path, began).0;
    let mut people: Vec<Person> = (0..ACCOUNTS).map(|n| Person::new(n, began)).collect();
    let (mut points, mut slowest) = (0, Duration::ZERO);
    for day in 0..DAYS {
        let morning = began + DAY * day;
        for (account, person) in (0..).zip(&mut people) {
            let changes = person.day(day, morning);
            points += u32::try_from(changes.len()).expect("a day");
            store.keep_history(&id(account), &changes).expect("it is kept");
        }
        slowest = slowest.max(timed(|| store.thin(morning + DAY, HISTORY_DAYS).expect("it is thinned out")));
    }
    (points, slowest)
}

/// Simulated use of an account: from 8 to 19 h on workdays; every fourth account also at all other times.
struct Person {
    number: u64,
    chance: u64,
    interval: u64,
    interval_resets: Timestamp,
    week: u64,
    week_resets: Timestamp,
    video: u64,
    cents: i64,
}

impl Person {
    const fn new(number: u64, began: Timestamp) -> Self {
        Self {
            number,
            chance: number,
            interval: 10_000,
            interval_resets: began,
            week: 10_000,
            week_resets: began,
            video: 10_000,
            cents: 50_000,
        }
    }

    fn day(&mut self, day: i32, morning: Timestamp) -> Vec<Change> {
        let is_workday = day % 7 < 5;
        let through_the_night = self.number.is_multiple_of(4);
        let mut changes = Vec::new();
        self.video = 10_000;
        for step in 0..STEPS_A_DAY {
            let at = morning + STEP * step;
            let by_day = is_workday && (8 * 12..19 * 12).contains(&step);
            let works = (by_day || through_the_night) && self.below(10) < 8;
            if self.number >= ACCOUNTS - PAYING {
                if works {
                    self.cents -= i64::try_from(self.below(9)).expect("a sum") + 1;
                    self.cents += if self.cents < 0 { 50_000 } else { 0 };
                    changes.push(Change::Money(MoneyPoint {
                        at,
                        until: at + STEP,
                        available: self.cents.into(),
                    }));
                }
                continue;
            }
            let begins_anew = at >= self.interval_resets && works;
            if begins_anew {
                (self.interval, self.interval_resets) = (10_000, at + SignedDuration::from_hours(5));
            }
            if at >= self.week_resets {
                (self.week, self.week_resets) = (10_000, at + DAY * 7);
            }
            if works && self.interval > 0 {
                let used = (self.below(4) * 100).min(self.interval);
                self.interval -= used;
                self.week = self.week.saturating_sub(used / 10);
                if used > 0 || begins_anew {
                    let bounds = (self.interval_resets, 5);
                    changes.push(share("general", Span::Interval, at, self.interval, bounds));
                    changes.push(share("general", Span::Weekly, at, self.week, (self.week_resets, 24 * 7)));
                }
                if self.below(20) == 0 {
                    self.video = self.video.saturating_sub(700);
                    changes.push(share("video", Span::Interval, at, self.video, (morning + DAY, 24)));
                }
            }
        }
        changes
    }

    /// Returns the next pseudo-random number below `number` (`SplitMix64`).
    const fn below(&mut self, number: u64) -> u64 {
        self.chance = self.chance.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.chance;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (z ^ (z >> 31)) % number
    }
}

fn share(row: &str, span: Span, at: Timestamp, left: u64, (resets, hours): (Timestamp, i64)) -> Change {
    let key = WindowKey { row: Some(row.to_owned()), span };
    let point = Point {
        at,
        until: at + STEP,
        left: Percent::of(left, 10_000).expect("a share"),
        starts_at: Some(resets - SignedDuration::from_hours(hours)),
        resets_at: Some(resets),
        rolling: false,
    };
    Change::Window { key, point }
}

/// Times 300 charts of the accounts with a plan, by the call that the page uses; returns the 95th percentile.
fn charts(store: &Store, since: Timestamp) -> Duration {
    let keys = [("general", Span::Interval), ("general", Span::Weekly), ("video", Span::Interval)];
    let mut times = Vec::new();
    for account in (0..ACCOUNTS - PAYING).cycle().take(100) {
        for (row, span) in keys {
            let key = WindowKey { row: Some(row.to_owned()), span };
            times.push(timed(|| {
                let points = store.chart(&id(account), &key, since).expect("a chart");
                assert!(!points.is_empty(), "an empty chart says nothing");
            }));
        }
    }
    most(times)
}

fn id(number: u64) -> AccountId {
    AccountId(format!("00000000-0000-4000-8000-{number:012}"))
}

/// Returns the size of all files in the folder, in MB.
fn size(folder: &Path) -> f64 {
    let files = std::fs::read_dir(folder).expect("the folder").flatten();
    let bytes: u64 = files.map(|file| file.metadata().expect("a file").len()).sum();
    f64::from(u32::try_from(bytes / 1000).expect("a size")) / 1000.0
}

fn folder() -> std::path::PathBuf {
    let folder = std::env::temp_dir().join(format!("tidemark-store-year-{}", std::process::id()));
    std::fs::create_dir(&folder).expect("a folder of our own");
    folder
}
