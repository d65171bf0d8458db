//! Measures when a window shows its page. The first paint alone does not count: a window counts as shown once it looks
//! as it did at rest in an earlier opening.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use e2e::Session;
use e2e::onlooker::Onlooker;

/// The compared part of a window: heading, figure and row of the first account, without the scrollbar.
const WIDTH: u16 = 360;
const HEIGHT: u16 = 240;

/// A window that does not change for this long is at rest.
const REST: Duration = Duration::from_millis(700);

/// Interval between two captures: the precision of a first paint.
const BETWEEN_LOOKS: Duration = Duration::from_millis(4);

/// Colour channels that differ by less than this count as equal; the engine's blending is not bit-exact.
const SAME: u8 = 8;

/// Share of the drawn pixels that has to match: a countdown may have changed meanwhile.
const MOST: f64 = 0.95;

/// Captures windows of a display.
#[derive(Debug)]
pub struct Eye(Onlooker);

/// What a window looks like at rest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sight(Vec<u8>);

impl Eye {
    pub fn on(session: &Session) -> Self {
        Self(Onlooker::on(session.display()))
    }

    /// Waits until a window of this class is at rest, and returns what it looks like.
    pub async fn at_rest(&self, class: &str) -> Sight {
        let began = Instant::now();
        let (mut last, mut since) = (None, Instant::now());
        loop {
            let now = self.0.window(class).and_then(|window| self.look(window));
            if now.is_none() || now != last {
                (last, since) = (now, Instant::now());
            } else if since.elapsed() > REST
                && let Some(sight) = last.take_if(|sight| sight.ink() > 200)
            {
                return sight;
            }
            assert!(began.elapsed() < e2e::LIMIT, "{class} comes to no rest");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Waits until a window of this class looks like this. Captures seldom and compares only changed pictures, to leave
    /// the processor to the measured program.
    pub async fn sees(&self, class: &str, wanted: &Sight) {
        let began = Instant::now();
        let (mut window, mut last) = (None, None);
        loop {
            window = window.or_else(|| self.0.window(class));
            let now = window.and_then(|window| self.look(window));
            if now != last && now.as_ref().is_some_and(|now| wanted.is_in(now)) {
                return;
            }
            last = now;
            assert!(began.elapsed() < e2e::LIMIT, "{class} does not look as it did");
            tokio::time::sleep(BETWEEN_LOOKS).await;
        }
    }

    fn look(&self, window: u32) -> Option<Sight> {
        self.0.pixels(window, WIDTH, HEIGHT).map(Sight)
    }
}

impl Sight {
    fn pixels(&self) -> impl Iterator<Item = u32> {
        self.0.chunks_exact(4).map(|p| u32::from_le_bytes([p[0], p[1], p[2], 0]))
    }

    /// Number of pixels that differ from the background.
    fn ink(&self) -> usize {
        let ground = self.ground();
        self.pixels().filter(|pixel| *pixel != ground).count()
    }

    /// Whether what is drawn here is drawn in the other one too.
    fn is_in(&self, other: &Self) -> bool {
        let ground = self.ground();
        let pairs = || self.pixels().zip(other.pixels()).filter(|(own, _)| *own != ground);
        let same = pairs().filter(|(own, others)| is_same(*own, *others)).count();
        #[expect(clippy::cast_precision_loss, reason = "pixels of a small picture")]
        let share = same as f64 / pairs().count() as f64;
        share >= MOST
    }

    fn ground(&self) -> u32 {
        let mut counts: HashMap<u32, usize> = HashMap::new();
        self.pixels().for_each(|pixel| *counts.entry(pixel).or_default() += 1);
        counts.into_iter().max_by_key(|(_, count)| *count).map_or(0, |(pixel, _)| pixel)
    }
}

fn is_same(one: u32, other: u32) -> bool {
    one.to_le_bytes().into_iter().zip(other.to_le_bytes()).all(|(a, b)| a.abs_diff(b) < SAME)
}
