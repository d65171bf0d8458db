//! How much time has really passed, so that a wrong clock does not make readings look old.
//!
//! Readings are deleted and thinned out by age, and no single clock is reliable enough for that: the machine's may be
//! months ahead, and a server may send any date. A time is trusted if both agree. From then on only the time that the
//! machine has run is added. That is less than the time that passed if the machine was off in between, which costs some
//! disk space until the clocks agree again, but nothing else.

use std::time::Instant;

use jiff::{SignedDuration, Timestamp};
use rusqlite::{OptionalExtension, params};

use super::{Store, StoreError};

/// The machine's and the server's clocks agree if they differ by less. An answer takes a while, and so does a round of
/// maintenance.
const TOLERANCE: SignedDuration = SignedDuration::from_mins(10);

/// The clocks at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clock {
    /// The machine's clock.
    pub now: Timestamp,
    /// Identifies the period since the machine was switched on.
    pub boot: String,
    /// The time since the machine was switched on, including sleep.
    pub since_boot: SignedDuration,
    /// MiniMax's clock, if an answer contained it.
    pub server: Option<Timestamp>,
}

impl Clock {
    /// Reads the machine's clocks. If the machine does not report how long it has run, the time is counted from
    /// `started`, a moment in this process.
    #[must_use]
    pub fn read(started: Instant) -> Self {
        let (boot, since_boot) = since_boot().unwrap_or_else(|| {
            let running = SignedDuration::try_from(started.elapsed()).unwrap_or(SignedDuration::MAX);
            (format!("process {}", std::process::id()), running)
        });
        Self { now: Timestamp::now(), boot, since_boot, server: None }
    }

    fn is_confirmed(&self) -> bool {
        self.server.is_some_and(|server| server.duration_since(self.now).abs() <= TOLERANCE)
    }
}

#[cfg(target_os = "linux")]
fn since_boot() -> Option<(String, SignedDuration)> {
    let boot = std::fs::read_to_string("/proc/sys/kernel/random/boot_id").ok()?;
    let uptime = std::fs::read_to_string("/proc/uptime").ok()?;
    let seconds: f64 = uptime.split_whitespace().next()?.parse().ok()?;
    Some((boot.trim().to_owned(), SignedDuration::try_from_secs_f64(seconds).ok()?))
}

#[cfg(not(target_os = "linux"))]
fn since_boot() -> Option<(String, SignedDuration)> {
    None
}

impl Store {
    /// Returns the time from which ages are counted, and stores it for the next call. It is never later than the
    /// machine's clock, and later than the last one by no more than the time that has really passed, unless both clocks
    /// agree or no time is stored yet.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the database cannot be read or written.
    pub fn trusted_time(&self, clock: &Clock) -> Result<Timestamp, StoreError> {
        let noted = self.with(None::<(i64, String, i64)>, |connection| {
            let mut noted = connection.prepare_cached("SELECT at, boot, since_boot FROM clock")?;
            let row = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get(1)?, row.get(2)?));
            Ok(noted.query_row([], row).optional()?)
        })?;
        let now = clock.now.as_millisecond();
        let since_boot = i64::try_from(clock.since_boot.as_millis()).unwrap_or_default();
        let trusted = match noted {
            Some((at, boot, before)) if !clock.is_confirmed() => {
                at.saturating_add(passed(&boot, before, clock, since_boot))
            }
            _ => now,
        };
        self.whole(|connection| {
            connection.prepare_cached(NOTE)?.execute(params![trusted, clock.boot, since_boot])?;
            Ok(())
        })?;
        Ok(Timestamp::from_millisecond(trusted.min(now)).unwrap_or(clock.now))
    }
}

/// Returns how many milliseconds have passed at least.
fn passed(boot: &str, before: i64, clock: &Clock, since_boot: i64) -> i64 {
    match boot {
        // The stored time has no boot yet: it comes from the migration.
        "" => 0,
        same if same == clock.boot => since_boot.saturating_sub(before).max(0),
        // The machine was switched off and on in between.
        _ => since_boot,
    }
}

const NOTE: &str = "INSERT INTO clock (one, at, boot, since_boot) VALUES (1, ?1, ?2, ?3)
    ON CONFLICT (one) DO UPDATE SET at = excluded.at, boot = excluded.boot, since_boot = excluded.since_boot";
