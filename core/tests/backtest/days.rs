//! Simulated working days: usage of a plan, minute by minute.

use std::fmt;

/// A usage pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Habit {
    /// All day at about one pace.
    Steady,
    /// Bursts with pauses of any length.
    Bursts,
    /// Busy, with a long break at noon.
    Lunch,
    /// Little usage by day, and an agent from evening to morning.
    Overnight,
}

impl Habit {
    pub const ALL: [Self; 4] = [Self::Steady, Self::Bursts, Self::Lunch, Self::Overnight];
}

impl fmt::Display for Habit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Steady => "steady",
            Self::Bursts => "bursts",
            Self::Lunch => "lunch break",
            Self::Overnight => "agent overnight",
        })
    }
}

/// Reproducible pseudo-random numbers (splitmix64).
pub struct Chance(u64);

impl Chance {
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// 0.0 to 1.0.
    pub fn share(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) >> 40) as f64 / (1_u64 << 24) as f64
    }

    pub fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.share()
    }

    /// Many short durations, a few long ones.
    fn about(&mut self, mean: f64) -> f64 {
        -mean * (1.0 - self.share() * 0.999).ln()
    }
}

/// The usage of a window in each minute of some days that begin at midnight, in percentage points.
pub fn minutes(habit: Habit, days: usize, chance: &mut Chance) -> Vec<f64> {
    // The number of working minutes until a window is used up.
    let pace = 100.0 / chance.between(120.0, 330.0);
    let mut used = vec![0.0; days * 24 * 60];
    for day in 0..days {
        let at = |hour: f64| hour * 60.0 + (day * 24 * 60) as f64;
        let mut work = |from: f64, to: f64, pace: f64, busy: f64, pause: f64| {
            let mut minute = at(from);
            while minute < at(to) {
                let end = (minute + chance.about(busy).max(2.0)).min(at(to));
                let own = pace * chance.between(0.5, 1.5);
                while minute < end {
                    if let Some(used) = used.get_mut(minute as usize) {
                        *used = own * chance.between(0.3, 1.7);
                    }
                    minute += 1.0;
                }
                minute += chance.about(pause);
            }
        };
        match habit {
            Habit::Steady => work(8.5, 18.0, pace, 60.0, 1.0),
            Habit::Bursts => work(8.5, 19.0, pace * 1.8, 22.0, 18.0),
            Habit::Lunch => {
                let noon = 12.0 + day as f64 * 0.37 % 1.0;
                work(8.5, noon, pace * 1.2, 45.0, 5.0);
                work(noon + 0.75 + day as f64 * 0.19 % 0.5, 18.5, pace * 1.2, 45.0, 5.0);
            }
            Habit::Overnight => {
                work(9.0, 18.0, pace * 0.35, 15.0, 30.0);
                work(21.0, 24.0, pace, 40.0, 3.0);
                work(0.0, 6.5, pace, 40.0, 3.0);
            }
        }
    }
    used
}
