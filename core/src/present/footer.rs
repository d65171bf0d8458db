//! The window's last line: when MiniMax was asked, and when it will be.
//!
//! Owns the reason in words. Refuses to name a moment less than a minute away.

use jiff::SignedDuration;

use super::Scene;
use crate::schedule::Reason;

/// Gives both lines of the footer.
pub(super) fn footer(scene: &Scene<'_>) -> (String, String) {
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
    (checked, next(scene))
}

/// Says when MiniMax is asked next, and why then.
fn next(scene: &Scene<'_>) -> String {
    let words = scene.words;
    let Some((at, reason)) = scene.accounts.iter().map(|a| a.schedule.next()).min_by_key(|(at, _)| *at)
    else {
        return String::new();
    };
    if reason == Reason::Watched {
        return words.say("next-check-watched");
    }
    if at <= scene.now.at + SignedDuration::from_mins(1) {
        return words.say("next-check-soon");
    }
    let id = match reason {
        Reason::NearLimit => "next-check-near",
        Reason::Reset => "next-check-reset",
        Reason::Backoff => "next-check-backoff",
        Reason::ToldToWait => "next-check-told",
        Reason::Rest => "next-check-rest",
        Reason::Start | Reason::Interval | Reason::Watched | Reason::Asked => "next-check",
    };
    words.put(id, &[("clock", scene.local_wording().clock(at).into())])
}
