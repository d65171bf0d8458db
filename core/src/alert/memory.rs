use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::account_state::{AccountAlertState, EvalContext};
use super::old::Pending;
use super::snooze::Snooze;
use crate::account::{Account, AccountId};
use crate::failure::Failure;
use crate::level::Thresholds;
use crate::watched::Watched;

/// Number of days with peak hours that are kept. More are only possible after repeated clock jumps.
const MOST_PEAKS: usize = 8;

/// How long the state of an account that is missing in the settings is kept. No window is longer than 8 days.
const ABSENCE_LIMIT: SignedDuration = SignedDuration::from_hours(30 * 24);

/// Alert state of all accounts: what was notified, and so what is due. Saved across restarts.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, from = "Written")]
pub struct Memory {
    pub(super) accounts: BTreeMap<AccountId, AccountAlertState>,
    /// The local dates on which the notified peak hours end.
    pub(super) peaks: Vec<Date>,
    pub snooze: Snooze,
    /// The accounts whose alert state is not known.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    unknown: BTreeSet<AccountId>,
    /// Whether it is not known if the current peak hours were notified.
    #[serde(skip)]
    pub(super) are_peaks_unknown: bool,
    /// The accounts that are missing in the settings, and since when.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    absent: BTreeMap<AccountId, Timestamp>,
}

impl Memory {
    /// Returns the state after a start at which the stored state could not be read. Whatever the first reading of these
    /// accounts shows may have been notified before, so it is recorded without a notification.
    #[must_use]
    pub fn unknown(accounts: impl IntoIterator<Item = AccountId>) -> Self {
        Self { unknown: accounts.into_iter().collect(), are_peaks_unknown: true, ..Self::default() }
    }

    /// Updates which accounts the settings contain. The state of the others is kept for `ABSENCE_LIMIT`, because a
    /// settings file that was edited, restored or synchronised can bring them back.
    pub fn note_accounts(&mut self, accounts: &[Account], now: Timestamp) {
        let is_present = |id: &AccountId| accounts.iter().any(|account| account.id == *id);
        self.absent.retain(|id, _| !is_present(id));
        for id in self.accounts.keys().filter(|id| !is_present(id)) {
            self.absent.entry(id.clone()).or_insert(now);
        }
        let expired = |since: &Timestamp| now.duration_since(*since) > ABSENCE_LIMIT;
        let expired: Vec<_> = self.absent.extract_if(.., |_, since| expired(since)).collect();
        for (id, _) in expired {
            self.forget(&id);
        }
    }

    /// Compares the last good reading of an account with the alert state and updates the state.
    pub fn read(&mut self, watched: &Watched, thresholds: Thresholds, now: Timestamp) {
        let Some(good) = &watched.good else { return };
        let state = self.accounts.entry(watched.account.id.clone()).or_default();
        let context = EvalContext {
            account: &watched.account,
            thresholds,
            history: &watched.history,
            now: watched.server_now(now),
        };
        state.read(&good.reading, &context);
        if self.unknown.remove(&watched.account.id) {
            state.suppress(|_| true);
        }
    }

    /// Compares a failure with the alert state and updates the state.
    pub fn failed(&mut self, account: &AccountId, failure: &Failure) {
        let state = self.accounts.entry(account.clone()).or_default();
        state.failed(failure);
        // A failure says nothing about the windows, so the account stays unknown until its first reading.
        if self.unknown.contains(account) {
            state.suppress(|_| true);
        }
    }

    pub fn forget(&mut self, account: &AccountId) {
        self.accounts.remove(account);
        self.unknown.remove(account);
        self.snooze.forget(account);
    }

    /// Forgets that a key was rejected or its plan ended: the key has been replaced.
    pub fn key_replaced(&mut self, account: &AccountId) {
        if let Some(state) = self.accounts.get_mut(account) {
            state.key_replaced();
        }
    }

    pub(super) fn note_peak(&mut self, date: Date) {
        if !self.peaks.contains(&date) {
            self.peaks.push(date);
        }
        if self.peaks.len() > MOST_PEAKS {
            self.peaks.remove(0);
        }
    }
}

/// As stored by this version, or by the first one, which stored undelivered notifications.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Written {
    accounts: BTreeMap<AccountId, AccountAlertState>,
    peaks: Vec<Date>,
    snooze: Snooze,
    unknown: BTreeSet<AccountId>,
    absent: BTreeMap<AccountId, Timestamp>,
    pending: Vec<Pending>,
}

impl From<Written> for Memory {
    fn from(written: Written) -> Self {
        let Written { mut accounts, peaks, snooze, unknown, absent, pending } = written;
        for notice in pending {
            if let Some(state) = notice.account.as_ref().and_then(|account| accounts.get_mut(account)) {
                state.rearm(notice.edge());
            }
        }
        Self { accounts, peaks, snooze, unknown, are_peaks_unknown: false, absent }
    }
}
