//! Notifications that the user has snoozed: for which accounts and until when.
//!
//! Nothing is dropped: alerts that become due meanwhile are shown afterwards.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::account::AccountId;

/// For which accounts notifications are snoozed, and until when.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Snooze {
    all: Option<Mute>,
    accounts: BTreeMap<AccountId, Mute>,
}

/// One snooze, by the local clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Mute {
    since: Timestamp,
    until: Timestamp,
}

impl Snooze {
    /// Snoozes one account, or all.
    pub fn begin(&mut self, account: Option<AccountId>, now: Timestamp, until: Timestamp) {
        let silence = Mute { since: now, until };
        match account {
            Some(account) => drop(self.accounts.insert(account, silence)),
            None => self.all = Some(silence),
        }
    }

    /// Ends every snooze.
    pub fn end(&mut self) {
        *self = Self::default();
    }

    /// Ends the snoozes that are over. If the clock was set back, none becomes longer than it was meant to be.
    pub fn pass(&mut self, now: Timestamp) {
        self.all = self.all.and_then(|silence| silence.at(now));
        self.accounts.retain(|_, silence| {
            silence.at(now).is_some_and(|still| {
                *silence = still;
                true
            })
        });
    }

    /// Returns until when notifications of an account are snoozed; with `None`, those that concern no account.
    #[must_use]
    pub fn until(&self, account: Option<&AccountId>) -> Option<Timestamp> {
        let own = account.and_then(|account| self.accounts.get(account));
        self.all.iter().chain(own).map(|silence| silence.until).max()
    }

    /// Returns every snooze: the account, `None` for all accounts, and when it ends.
    pub fn mutes(&self) -> impl Iterator<Item = (Option<&AccountId>, Timestamp)> {
        let all = self.all.iter().map(|silence| (None, silence.until));
        all.chain(self.accounts.iter().map(|(account, silence)| (Some(account), silence.until)))
    }

    pub fn forget(&mut self, account: &AccountId) {
        self.accounts.remove(account);
    }
}

impl Mute {
    fn at(self, now: Timestamp) -> Option<Self> {
        let meant: SignedDuration = self.until.duration_since(self.since);
        let since = self.since.min(now);
        let until = self.until.min(now.checked_add(meant).unwrap_or(now));
        (until > now).then_some(Self { since, until })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().expect("a moment")
    }

    #[test]
    fn a_clock_set_back_makes_no_silence_longer() {
        let mut snooze = Snooze::default();
        snooze.begin(None, at("2026-11-23T10:00:00Z"), at("2026-11-23T11:00:00Z"));
        snooze.pass(at("2026-11-22T10:30:00Z"));
        assert_eq!(snooze.until(None), Some(at("2026-11-22T11:30:00Z")));
        snooze.pass(at("2026-11-22T11:30:00Z"));
        assert_eq!(snooze.until(None), None);
    }

    #[test]
    fn one_account_is_silent_while_the_others_speak() {
        let mut snooze = Snooze::default();
        let (home, work) = (AccountId("home".to_owned()), AccountId("work".to_owned()));
        snooze.begin(Some(home.clone()), at("2026-11-23T10:00:00Z"), at("2026-11-23T11:00:00Z"));
        snooze.pass(at("2026-11-23T10:59:00Z"));
        assert!(snooze.until(Some(&home)).is_some() && snooze.until(Some(&work)).is_none());
        snooze.end();
        assert_eq!(snooze.mutes().count(), 0);
    }
}
