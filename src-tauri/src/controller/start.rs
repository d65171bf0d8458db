//! What a monitor starts with: the settings, and what was stored of each account. What cannot be read is left out, so
//! that a start never fails.

use jiff::{SignedDuration, Timestamp};
use tidemark_core::account::{Account, AccountId};
use tidemark_core::alert::Memory;
use tidemark_core::message::{Event, Now};
use tidemark_core::monitor::{Monitor, Start};
use tidemark_core::simulate;
use tidemark_core::watched::Kept;

use crate::config::{self, Paths};
use crate::store::{self, Store};
use crate::test_hooks::TestHooks;

/// How far back the history is read: a week, and what a week is compared with.
const LOOKED_BACK: SignedDuration = SignedDuration::from_hours(9 * 24);

/// Interval of the simulated past readings: short enough to leave no gap, long enough to be quick.
const SIMULATED_EVERY: SignedDuration = SignedDuration::from_mins(15);

/// Builds the monitor of the user's accounts, or of the simulated ones.
pub(super) fn monitor(
    paths: &Paths,
    store: &Store,
    system_locale: &str,
    demo: bool,
    hooks: &TestHooks,
    now: &Now,
) -> Monitor {
    let loaded = if demo { config::peek(paths) } else { config::load(paths, now.at) };
    let (settings, kept, memory) = if demo {
        let settings = simulate::settings(&loaded.settings);
        let kept = settings.accounts.iter().map(|a| (a.id.clone(), simulated(a, now.at))).collect();
        (settings, kept, Memory::default())
    } else {
        // A store that cannot be written now may still be read.
        let look = if store.is_in_place() { None } else { store::look(&paths.store).ok().flatten() };
        let store = look.as_ref().unwrap_or(store);
        let accounts = &loaded.settings.accounts;
        let kept = accounts.iter().map(|a| (a.id.clone(), kept(store, &a.id, now.at))).collect();
        let memory = store.memory().ok().filter(|_| store.is_in_place());
        let memory = memory.unwrap_or_else(|| Memory::unknown(accounts.iter().map(|a| a.id.clone())));
        (loaded.settings, kept, memory)
    };
    let start = Start { settings, memory, kept, system_locale: system_locale.to_owned(), demo };
    let mut monitor = Monitor::new(start, now).with_poll_interval(hooks.poll_interval);
    if let Some(remark) = loaded.remark {
        // Its effects are dropped here; what they show follows with the first event.
        monitor.update(Event::Remark(remark), now);
    }
    monitor
}

/// Returns what would have been stored of a simulated account before its day begins.
fn simulated(account: &Account, begins: Timestamp) -> Kept {
    let since = begins.checked_sub(LOOKED_BACK).unwrap_or(begins);
    let mut kept = Kept::default();
    kept.history.recall(simulate::past(account, begins, since, begins, SIMULATED_EVERY));
    kept
}

/// Returns what was stored of an account. What cannot be read is left out, and the keeper reports it.
pub(crate) fn kept(store: &Store, account: &AccountId, now: Timestamp) -> Kept {
    let mut kept = store.last(account).unwrap_or_default();
    let since = now.checked_sub(LOOKED_BACK).unwrap_or(now);
    kept.next = store.next_ask(account).unwrap_or_default();
    kept.history.recall(store.history(account, since).unwrap_or_default());
    kept
}
