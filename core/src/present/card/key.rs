//! The state of an account's key.
//!
//! A key counts as accepted only after an answer from MiniMax.

use crate::failure::{FailureKind, Verdict};
use crate::present::Scene;
use crate::view::Tone;
use crate::watched::Watched;

/// The state of the key as text, and its tone.
pub(super) fn key(scene: &Scene<'_>, account: &Watched) -> (String, Tone) {
    let verdict = account.failure.and_then(|(_, f)| f.kind.verdict());
    let failed = account.failure.map(|(_, f)| f.kind);
    let (id, tone) = match verdict {
        _ if scene.demo => ("key-simulated", Tone::Info),
        Some(Verdict::Refused) => ("key-refused", Tone::Trouble),
        Some(Verdict::OutOfReach) => ("key-unreadable", Tone::Trouble),
        Some(Verdict::NoPlan) => ("key-no-plan", Tone::Info),
        Some(Verdict::Spent) => ("key-accepted", Tone::Info),
        None if account.good.is_some() || failed == Some(FailureKind::NoData) => ("key-accepted", Tone::Info),
        None => ("key-unchecked", Tone::Warning),
    };
    (scene.words.say(id), tone)
}
