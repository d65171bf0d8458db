//! Delivers notifications: groups them, applies quiet hours and snooze, and retries until a notification service
//! accepts them.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use super::Monitor;
use crate::account::AccountId;
use crate::alert::{AlertKey, Memory, Notice, NoticeId, PendingAlert, SnoozeFor};
use crate::level::Thresholds;
use crate::message::{Effect, Now};
use crate::present;
use crate::settings::Settings;
use crate::time::SaturatingMove as _;

const FIRST_WAIT: SignedDuration = SignedDuration::from_secs(30);
const LONGEST_WAIT: SignedDuration = SignedDuration::from_mins(15);
/// A delivery without a report after this long is retried.
const LOST_AFTER: SignedDuration = SignedDuration::from_mins(5);
/// While answers of other accounts are awaited, a notification waits for them so that one can cover all accounts; at
/// most this long.
const GATHER: SignedDuration = SignedDuration::from_secs(15);
const HOUR: SignedDuration = SignedDuration::from_hours(1);

#[derive(Clone, Debug, Default)]
pub struct NotificationOutbox {
    /// The notification that a service is showing now.
    flight: Option<InFlight>,
    /// How many deliveries in a row have failed.
    failed: u32,
    retry_at: Option<Timestamp>,
    gathering: Option<Timestamp>,
    /// The alerts of the last failed delivery. Anything new is tried without waiting for `retry_at`.
    refused: Vec<AlertKey>,
    /// The notifications that the window shows instead, one for each account.
    undelivered: BTreeMap<NoticeId, (Notice, Vec<AlertKey>)>,
    /// Number of deliveries; part of each id.
    tries: u64,
    next_due: Option<Timestamp>,
}

#[derive(Clone, Debug)]
struct InFlight {
    id: NoticeId,
    keys: Vec<AlertKey>,
    since: Timestamp,
}

impl NotificationOutbox {
    /// Returns when something may be due, as of the last event.
    pub const fn next_due(&self) -> Option<Timestamp> {
        self.next_due
    }

    /// Returns the notifications that could not be shown.
    pub fn undelivered(&self) -> Vec<&Notice> {
        self.undelivered.values().map(|(notice, _)| notice).collect()
    }

    /// Records the result of a delivery.
    pub fn done(
        &mut self,
        memory: &mut Memory,
        id: &NoticeId,
        shown: bool,
        thresholds: Thresholds,
        now: Timestamp,
    ) {
        let Some(flight) = self.flight.take_if(|flight| flight.id == *id) else { return };
        if shown {
            memory.mark_notified(&flight.keys, thresholds);
            self.reset_backoff();
        } else {
            let wait = FIRST_WAIT.saturating_mul(1 << self.failed.min(10)).min(LONGEST_WAIT);
            self.failed = self.failed.saturating_add(1);
            self.retry_at = Some(now.plus(wait));
            self.refused = flight.keys;
        }
    }

    /// Retries failed deliveries now: a notification service has appeared.
    pub fn retry_now(&mut self) {
        self.retry_at = None;
    }

    /// Removes a notification that the user has read in the window; `false` if the banner is not a notification.
    pub fn dismiss(&mut self, memory: &mut Memory, banner: &str, thresholds: Thresholds) -> bool {
        let Some(id) = banner.strip_prefix("notice:") else { return false };
        if let Some((_, keys)) = self.undelivered.remove(&NoticeId(id.to_owned())) {
            memory.mark_notified(&keys, thresholds);
        }
        true
    }

    fn reset_backoff(&mut self) {
        (self.failed, self.retry_at) = (0, None);
        self.refused.clear();
    }

    /// Whether to deliver these alerts now. `may_grow`: more may follow within seconds.
    fn is_time(&mut self, pending: &[PendingAlert], may_grow: bool, now: Timestamp) -> bool {
        // If the clock was set back, no wait may become longer than it was meant to be.
        self.retry_at = self.retry_at.map(|at| at.min(now.plus(LONGEST_WAIT)));
        self.gathering = self.gathering.map(|since| since.min(now));
        if let Some(flight) = &mut self.flight {
            flight.since = flight.since.min(now);
        }
        self.flight.take_if(|flight| now.duration_since(flight.since) >= LOST_AFTER);
        if pending.is_empty() {
            self.gathering = None;
            if self.flight.is_none() {
                self.reset_backoff();
            }
            return false;
        }
        let is_new = pending.iter().any(|pending| !self.refused.contains(&pending.key));
        if self.flight.is_some() || (!is_new && self.retry_at.is_some_and(|at| at > now)) {
            return false;
        }
        let since = *self.gathering.get_or_insert(now);
        !may_grow || now.duration_since(since) >= GATHER
    }

    fn plan_next(&mut self, owes: bool, memory: &Memory, quiet_ends: Option<Timestamp>, now: Timestamp) {
        let waits = [
            self.flight.as_ref().map(|flight| flight.since.plus(LOST_AFTER)),
            self.retry_at.filter(|_| owes),
            self.gathering.map(|since| since.plus(GATHER)),
            quiet_ends,
        ];
        let mutes = memory.snooze.mutes().map(|(_, until)| until);
        self.next_due = waits.into_iter().flatten().chain(mutes).filter(|at| *at > now).min();
    }
}

impl Monitor {
    /// Delivers the due alerts that may be shown now.
    pub(super) fn deliver(&mut self, now: &Now, effects: &mut Vec<Effect>) {
        let pending = self.memory.pending(&self.watched, &self.settings, now);
        let (pending, quiet_ends) = is_deliverable(pending, &self.memory, &self.settings, now);
        let may_grow = self.watched.iter().any(|w| w.schedule.is_awaiting());
        if self.deliveries.is_time(&pending, may_grow, now.at) {
            self.deliveries.tries += 1;
            let id =
                |kind: &str| NoticeId(format!("{kind}/{}/{}", now.at.as_second(), self.deliveries.tries));
            if let Some(notice) = present::notice(&self.scene(now), &pending, id) {
                let keys = pending.iter().map(|pending| pending.key.clone()).collect();
                self.deliveries.gathering = None;
                self.deliveries.flight = Some(InFlight { id: notice.id.clone(), keys, since: now.at });
                effects.push(Effect::Notify(notice));
            }
        }
        self.deliveries.plan_next(!pending.is_empty(), &self.memory, quiet_ends, now.at);
        self.deliveries.undelivered = self.undelivered(&pending, now);
    }

    /// Shows a test notification now. It is never retried, because the user wants to see it now.
    pub(super) fn test_notice(&mut self, now: &Now, effects: &mut Vec<Effect>) {
        self.deliveries.tries += 1;
        let id = NoticeId(format!("test/{}/{}", now.at.as_second(), self.deliveries.tries));
        effects.push(Effect::Notify(present::test_notice(&self.scene(now), id)));
    }

    pub(super) fn snooze(&mut self, account: Option<AccountId>, length: SnoozeFor, now: &Now) {
        let of =
            self.watched.iter().filter(|w| account.as_ref().is_none_or(|account| w.account.id == *account));
        let reset = of
            .filter_map(|w| Some((w.plan()?.headline_row()?, w.good.as_ref()?.skew)))
            // The earliest one: a user who snoozes until the reset of the short window does not mean the week.
            .flat_map(|(row, skew)| {
                let limited = row.windows.iter().filter(|w| w.quota.metered_left().is_some());
                limited.filter_map(move |w| w.resets_at?.checked_sub(skew).ok())
            })
            .filter(|reset| *reset > now.at)
            .min();
        let until = match length {
            // Without a known reset, one hour is used: its end is certain.
            SnoozeFor::Hour => now.at.plus(HOUR),
            SnoozeFor::UntilReset => reset.unwrap_or(now.at.plus(HOUR)),
        };
        self.memory.snooze.begin(account, now.at, until);
    }

    /// Makes the notifications that could not be shown, one for each account.
    fn undelivered(
        &self,
        pending: &[PendingAlert],
        now: &Now,
    ) -> BTreeMap<NoticeId, (Notice, Vec<AlertKey>)> {
        let mut undelivered = BTreeMap::new();
        if self.deliveries.failed == 0 {
            return undelivered;
        }
        for first in pending {
            // The id depends on the account only, so the window shows the same banner for as long as an alert of it is
            // due.
            let name = first.account.as_ref().map_or_else(|| "all".to_owned(), |account| account.0.clone());
            let id = NoticeId(name);
            if undelivered.contains_key(&id) {
                continue;
            }
            let own: Vec<PendingAlert> =
                pending.iter().filter(|pending| pending.account == first.account).cloned().collect();
            if let Some(notice) = present::notice(&self.scene(now), &own, |_| id.clone()) {
                undelivered.insert(id, (notice, own.into_iter().map(|pending| pending.key).collect()));
            }
        }
        undelivered
    }
}

/// Removes alerts that the user does not want to see now. Also returns when quiet hours end, if they hold back some.
fn is_deliverable(
    pending: Vec<PendingAlert>,
    memory: &Memory,
    settings: &Settings,
    now: &Now,
) -> (Vec<PendingAlert>, Option<Timestamp>) {
    let quiet_ends = settings.quiet().and_then(|quiet| quiet.ends_at(now.at, &now.zone));
    let mut held = false;
    let is_deliverable = pending.into_iter().filter(|pending| {
        let is_hushed = quiet_ends.is_some() && !settings.speaks_in_quiet(pending.event.kind());
        held |= is_hushed;
        !is_hushed && memory.snooze.until(pending.account.as_ref()).is_none()
    });
    let is_deliverable = is_deliverable.collect();
    (is_deliverable, quiet_ends.filter(|_| held))
}
