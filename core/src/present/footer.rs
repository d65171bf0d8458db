//! The window's last line: time of the last and of the next check, and the reason for the latter.
//!
//! A check less than a minute away is announced without its time.

use jiff::SignedDuration;

use super::Scene;
use crate::schedule::Reason;
use crate::time::SaturatingMove as _;

/// The texts of the footer.
pub(super) struct Footer {
    /// When MiniMax was last checked.
    pub(super) checked: String,
    /// The same as a full date and time.
    pub(super) checked_exact: String,
    /// The time of the next check.
    pub(super) next: String,
    /// The reason for that time.
    pub(super) next_why: String,
}

/// Builds the footer.
pub(super) fn footer(scene: &Scene<'_>) -> Footer {
    let (words, wording) = (scene.words, scene.local_wording());
    let good = || scene.accounts.iter().filter_map(|a| a.good.as_ref());
    let checked_at = good().map(|g| g.at).max();
    let changed_at = good().map(|g| g.changed_at).max();
    let minutes = |moment: jiff::Timestamp| scene.now.at.duration_since(moment).as_secs() / 60;
    let checked = match (checked_at, changed_at) {
        (Some(checked), Some(changed)) => {
            let (ago, changed_ago) = (wording.since(checked), wording.since(changed));
            match (minutes(checked) > 0, minutes(changed) > minutes(checked)) {
                (false, false) => words.say("checked-now"),
                (false, true) => words.put("checked-now-changed", &[("changed", changed_ago.into())]),
                (true, false) => words.put("checked-ago", &[("span", ago.into())]),
                (true, true) => {
                    words.put("checked-changed", &[("checked", ago.into()), ("changed", changed_ago.into())])
                }
            }
        }
        _ => String::new(),
    };
    let checked_exact = checked_at.map(|at| wording.exact(at)).unwrap_or_default();
    let (next, next_why) = next(scene);
    Footer { checked, checked_exact, next, next_why }
}

/// The time of the next check and its reason.
fn next(scene: &Scene<'_>) -> (String, String) {
    let words = scene.words;
    let Some((at, reason)) = scene.accounts.iter().map(|a| a.schedule.next()).min_by_key(|(at, _)| *at)
    else {
        return (String::new(), String::new());
    };
    let why = match reason {
        Reason::Watched => words.say("why-watched"),
        Reason::NearLimit => words.say("why-near"),
        Reason::Reset => words.say("why-reset"),
        Reason::Backoff => words.say("why-backoff"),
        Reason::ToldToWait => words.say("why-told"),
        Reason::Rest => words.say("why-rest"),
        Reason::Start | Reason::Interval | Reason::Asked => String::new(),
    };
    let next = if reason == Reason::Watched {
        words.say("next-check-watched")
    } else if at <= scene.now.at.plus(SignedDuration::from_mins(1)) {
        words.say("next-check-soon")
    } else {
        let id = if reason == Reason::Backoff { "next-check-backoff" } else { "next-check" };
        words.put(id, &[("clock", scene.local_wording().clock(at).into())])
    };
    (next, why)
}
