//! The present pace of a window and how it continues.
//!
//! The model: the present pace continues for a while and then changes over to the mean of the last hours.
//! After a short observation there is no pace. The constants were chosen with the backtest; all are fractions
//! of the window's length.

use jiff::{SignedDuration, Timestamp};

use super::Confidence;
use crate::history::{Track, seconds_between};
use crate::rolling::Ledger;

/// Usage of this age has a quarter of the weight of usage now, for the present pace: 9 minutes of five hours.
const NOW_FADES: f64 = 0.03;
/// The same for the mean: two and a half hours of five.
const MEAN_FADES: f64 = 0.5;
/// The time after which half of the present pace has changed over to the mean: 15 minutes of five hours.
const GOES_ON: f64 = 0.05;
/// Maximum age of usage that counts: fifteen hours of five.
const OLDEST: f64 = 3.0;
/// A longer pause counts for the mean as this long, 24 minutes of five hours: lunch is once a day.
const LONGEST_PAUSE: f64 = 0.08;
/// Usage before a pause this long does not count: two and a half hours of five.
const END: f64 = 0.5;
/// Once a pause that still continues is longer than `PAUSE`, the mean is reduced, by a factor of e for each
/// `CREDIT`.
const PAUSE: f64 = 0.15;
const CREDIT: f64 = 0.2;
/// Minimum time of observation: 15 minutes of five hours.
const SHORTEST_LOOK: f64 = 0.05;
/// Minimum number of observed decreases. With fewer, an observation of `IDLE_LOOK` is needed.
const LEAST_FALLS: u32 = 3;
const IDLE_LOOK: f64 = 0.3;
/// A day and a night are one rhythm: in longer windows the present pace has no meaning.
const LONGEST_RHYTHM: SignedDuration = SignedDuration::from_hours(36);

/// A pace and the amount of data behind it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Pace {
    /// In percentage points per window length.
    now: f64,
    mean: f64,
    length: f64,
    falls: u32,
    looked: f64,
}

impl Pace {
    /// The pace of a fixed window, from this one and the windows before it.
    pub(crate) fn of_fixed(track: &Track, length: SignedDuration) -> Option<Self> {
        let (first, last) = (track.points().first()?, track.points().last()?);
        let mut sum = Sum::new(last.until, length);
        for stretch in track.stretches() {
            if !sum.add(stretch.from, stretch.to, stretch.used.unwrap_or(0.0)) {
                break;
            }
        }
        sum.pace(first.at)
    }

    /// The pace of a rolling window.
    pub(super) fn of_rolling(ledger: &Ledger, seen: Timestamp, length: SignedDuration) -> Option<Self> {
        let mut sum = Sum::new(seen, length);
        let mut until = seen;
        for (from, to, used) in ledger.uses().rev() {
            // Between two uses is a pause; uses may overlap.
            let to = to.min(until);
            if to < until && !sum.add(to, until, 0.0) {
                break;
            }
            sum.add(from.min(to), to, used);
            until = from.min(to);
        }
        if ledger.since() < until {
            sum.add(ledger.since(), until, 0.0);
        }
        sum.pace(ledger.since())
    }

    /// The expected usage in this many seconds, in percentage points.
    pub(super) fn used_after(&self, seconds: f64) -> f64 {
        let time = seconds.max(0.0) / self.length;
        self.mean * time + (self.now - self.mean) * GOES_ON * time / (time + GOES_ON)
    }

    /// The time in seconds until `share` percentage points are used; infinite if nothing is used.
    pub(super) fn needs(&self, share: f64) -> f64 {
        // Solves `used_after(time) = share`, a quadratic equation, in the form without cancellation.
        let linear = self.now * GOES_ON - share;
        let root = (linear * linear + 4.0 * self.mean * share * GOES_ON).sqrt();
        let time = if linear < 0.0 {
            (root - linear) / (2.0 * self.mean)
        } else {
            2.0 * share * GOES_ON / (root + linear)
        };
        if time.is_nan() { f64::INFINITY } else { time * self.length }
    }

    /// The confidence in an outcome that needs this fraction of the time left; 1.0 is exactly at the reset.
    pub(super) fn confidence(&self, needs: f64) -> Confidence {
        let (low, high) = (self.now.min(self.mean), self.now.max(self.mean));
        let is_close = (0.87..1.15).contains(&needs);
        let is_idle = self.falls < LEAST_FALLS && self.looked >= IDLE_LOOK && needs > 2.0;
        if self.falls >= 8 && self.looked >= 0.2 && high <= low * 2.0 && !is_close {
            Confidence::Good
        } else if is_idle || (self.falls >= 5 && self.looked >= 0.1 && high <= low * 4.0) {
            Confidence::Fair
        } else {
            Confidence::Low
        }
    }
}

/// Sums of usage and time, both weighted by age. Ages are fractions of the window's length.
struct Sum {
    seen: Timestamp,
    length: SignedDuration,
    length_seconds: f64,
    now: Faded,
    mean: Faded,
    falls: u32,
    looked: f64,
    /// The pause that is being added up, and the latest one, which may still continue.
    pause: f64,
    last_pause: Option<f64>,
}

#[derive(Default)]
struct Faded {
    used: f64,
    time: f64,
}

impl Sum {
    fn new(seen: Timestamp, length: SignedDuration) -> Self {
        let (now, mean) = (Faded::default(), Faded::default());
        let length_seconds = length.as_secs_f64();
        Self { seen, length, length_seconds, now, mean, falls: 0, looked: 0.0, pause: 0.0, last_pause: None }
    }

    /// Adds an earlier stretch; `false` if nothing before it counts.
    fn add(&mut self, from: Timestamp, to: Timestamp, used: f64) -> bool {
        let (from, to) = (self.age(from), self.age(to));
        if to > OLDEST {
            return false;
        }
        let lasted = from - to;
        self.looked += lasted;
        let now = area(to, from, NOW_FADES);
        self.now.time += now;
        if used <= 0.0 {
            self.pause += lasted;
            return self.pause < END;
        }
        self.falls += 1;
        self.now.used += used * if lasted > 0.0 { now / lasted } else { weight(to, NOW_FADES) };
        let mean = weight(f64::midpoint(from, to), MEAN_FADES);
        self.mean.used += used * mean;
        self.mean.time += lasted * mean + self.take_pause(to);
        true
    }

    /// Ends a pause whose later end has the age `end`; returns its weighted length. The latest one, which may
    /// still continue, counts in full.
    fn take_pause(&mut self, end: f64) -> f64 {
        let pause = std::mem::take(&mut self.pause);
        match self.last_pause {
            None => {
                self.last_pause = Some(pause);
                pause
            }
            Some(_) => pause.min(LONGEST_PAUSE) * weight(end + pause, MEAN_FADES),
        }
    }

    fn pace(mut self, first_seen: Timestamp) -> Option<Pace> {
        if self.falls == 0 {
            self.mean.time += self.take_pause(0.0);
        }
        let watched = self.age(first_seen);
        let is_idle = self.looked.min(watched) >= IDLE_LOOK;
        if watched < SHORTEST_LOOK || self.mean.time <= 0.0 || (self.falls < LEAST_FALLS && !is_idle) {
            return None;
        }
        let mut mean = self.mean.used / self.mean.time;
        let pause = self.last_pause.unwrap_or(0.0);
        if pause > PAUSE {
            mean *= ((PAUSE - pause) / CREDIT).exp();
        }
        let has_rhythm = self.length <= LONGEST_RHYTHM && self.now.time > 0.0;
        let now = if has_rhythm { self.now.used / self.now.time } else { mean };
        let (falls, looked) = (self.falls, self.looked);
        Some(Pace { now, mean, length: self.length_seconds, falls, looked })
    }

    /// The age of a time as a fraction of the window's length.
    fn age(&self, at: Timestamp) -> f64 {
        seconds_between(at, self.seen).max(0.0) / self.length_seconds
    }
}

/// The weight by age: 1 now, 1/4 after `fades`.
fn weight(age: f64, fades: f64) -> f64 {
    let root = fades / (fades + age);
    root * root
}

/// The integral of [`weight`] from one age to a higher one.
fn area(from: f64, to: f64, fades: f64) -> f64 {
    fades / (1.0 + from / fades) - fades / (1.0 + to / fades)
}
