//! Cache of the cards that the window shows.
//!
//! A card is rebuilt when its account or its paired account gets an answer, a request starts or ends, the
//! pairing changes, or its minute is over. After a change of settings or language the caller has to call
//! [`Cards::reword`]: what such a change affects is not tracked.

use std::sync::Arc;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::{Scene, card, frame, moment};
use crate::message::Now;
use crate::plan::Facts;
use crate::view::{Card, View};
use crate::watched::Watched;

/// Cards by the position of their account.
#[derive(Clone, Debug, Default)]
pub struct Cards {
    zone: Option<TimeZone>,
    kept: Vec<(Option<Cause>, Arc<Card>)>,
    /// The window's content without cards, as last shown.
    frame: Option<View>,
}

/// The input of a card, besides the settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Cause {
    shown: Timestamp,
    answers: u64,
    pair_answers: u64,
    awaited: bool,
}

impl Cards {
    /// The window's content, if it differs from what was last shown.
    pub fn changed(&mut self, scene: &Scene<'_>) -> Option<View> {
        if self.zone.as_ref() != Some(&scene.now.zone) {
            self.reword();
            self.zone = Some(scene.now.zone.clone());
        }
        let frame = frame(scene);
        let mut has_changed = self.frame.as_ref() != Some(&frame) || self.kept.len() > scene.accounts.len();
        self.kept.truncate(scene.accounts.len());
        let mut facts = None;
        for (place, account) in scene.accounts.iter().enumerate() {
            let cause = Cause::of(scene, place, account);
            let kept = self.kept.get_mut(place);
            if kept.as_ref().is_some_and(|(before, _)| *before == Some(cause)) {
                continue;
            }
            let facts = facts.get_or_insert_with(|| Facts::of(scene.settings));
            let fresh = Arc::new(at(scene, cause.shown, facts, account));
            if let Some((before, card)) = kept {
                *before = Some(cause);
                has_changed |= *card != fresh;
                *card = fresh;
            } else {
                has_changed = true;
                self.kept.push((Some(cause), fresh));
            }
        }
        if !has_changed {
            return None;
        }
        let cards = self.kept.iter().map(|(_, card)| Arc::clone(card)).collect();
        let view = View { cards, ..frame.clone() };
        self.frame = Some(frame);
        Some(view)
    }

    /// Marks every card for rebuilding, because something that all depend on may have changed.
    pub fn reword(&mut self) {
        self.kept.iter_mut().for_each(|(cause, _)| *cause = None);
    }

    /// Clears the cache, so that everything is shown again.
    pub fn forget(&mut self) {
        *self = Self::default();
    }
}

/// Builds the card of the account at a position without the cache.
pub(super) fn fresh(scene: &Scene<'_>, facts: &Facts, place: usize, account: &Watched) -> Card {
    at(scene, moment::shown(scene, place, account), facts, account)
}

fn at(scene: &Scene<'_>, shown: Timestamp, facts: &Facts, account: &Watched) -> Card {
    let now = Now { at: shown, zone: scene.now.zone.clone() };
    card::card(&Scene { now: &now, undelivered: Vec::new(), ..*scene }, facts, account)
}

impl Cause {
    fn of(scene: &Scene<'_>, place: usize, account: &Watched) -> Self {
        Self {
            shown: moment::shown(scene, place, account),
            answers: account.answers,
            pair_answers: card::pair_of(scene, account).map_or(0, |pair| pair.answers),
            awaited: account.schedule.is_awaiting(),
        }
    }
}
