//! The time that a card shows. It changes once a minute only, so that what is shown stays the same in
//! between.

use jiff::{SignedDuration, Timestamp};

use super::Scene;
use crate::watched::Watched;

const MINUTE: i64 = 60;
/// Number of cards that change on the full minute; each further group is delayed by [`LATER`]. This way one
/// timer tick never rebuilds all of a hundred cards.
const TOGETHER: usize = 25;
/// In seconds: the interval of the shell's timer.
const LATER: i64 = 15;

/// The latest time, by the local clock, at which a card may have changed by itself.
///
/// This is a full minute of the local or the server's clock, or a later time at which the account or its
/// paired account changed state.
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
