//! The moment that a card shows.
//!
//! Owns when a card changes by itself. Refuses to let it change at any other moment: what is shown holds for a minute.

use jiff::{SignedDuration, Timestamp};

use super::Scene;
use crate::watched::Watched;

const MINUTE: i64 = 60;
/// So many cards change on the minute, the next so many a while later: a beat never has to word all of a hundred.
const TOGETHER: usize = 25;
/// How much later, in seconds: as often as the shell beats.
const LATER: i64 = 15;

/// Gives the latest moment, by the local clock, at which a card may have changed by itself.
///
/// That is a full minute of either clock, or what the account or its pair has turned at since.
pub(super) fn shown(scene: &Scene<'_>, place: usize, account: &Watched) -> Timestamp {
    let now = scene.now.at;
    let interval = scene.settings.interval();
    let phase = i64::try_from(place / TOGETHER % 4).map_or(0, |turn| turn * LATER);
    let skew = account.good.as_ref().map_or(SignedDuration::ZERO, |good| good.skew);
    let by_server = now.checked_add(skew).and_then(|at| minute(at, phase).checked_sub(skew));
    let pair = super::card::pair_of(scene, account);
    let turns = account.turns(interval).chain(pair.into_iter().flat_map(|pair| pair.turns(interval)));
    let minutes = [Some(minute(now, phase)), by_server.ok()].into_iter().flatten();
    turns.chain(minutes).filter(|at| *at <= now).max().unwrap_or(now)
}

fn minute(at: Timestamp, phase: i64) -> Timestamp {
    let begun = (at.as_second() - phase).div_euclid(MINUTE) * MINUTE + phase;
    Timestamp::from_second(begun).unwrap_or(at)
}
