//! The delivery of notices: once each, tried again until a notification service takes it.
//!
//! Owns tries and waits. Refuses to decide what is worth telling: `alert` does.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use crate::alert::{Memory, Notice, NoticeId};

const FIRST_WAIT: SignedDuration = SignedDuration::from_secs(30);
const LONGEST_WAIT: SignedDuration = SignedDuration::from_mins(15);
/// A delivery that nobody reported on after this long is tried again.
const LOST_AFTER: SignedDuration = SignedDuration::from_mins(5);
/// More than this many undelivered notices would only be a heap; the oldest go.
const MOST_PENDING: usize = 10;

/// The tries of every pending notice.
#[derive(Debug, Default)]
pub struct Deliveries {
    tries: BTreeMap<NoticeId, Try>,
}

#[derive(Debug, Clone, Copy)]
struct Try {
    failed: u32,
    next_at: Timestamp,
}

impl Deliveries {
    /// Goes on with what was pending before a restart.
    pub fn of(memory: &Memory, now: Timestamp) -> Self {
        let tries = memory.pending.iter().map(|n| (n.id.clone(), Try { failed: 0, next_at: now })).collect();
        Self { tries }
    }

    /// Takes a new notice; it replaces an undelivered one of the same account, whose news is old.
    pub fn add(&mut self, memory: &mut Memory, notice: Notice, now: Timestamp) {
        memory.pending.retain(|n| n.account != notice.account);
        self.tries.insert(notice.id.clone(), Try { failed: 0, next_at: now });
        memory.pending.push(notice);
        if memory.pending.len() > MOST_PENDING {
            memory.pending.remove(0);
        }
        self.tries.retain(|id, _| memory.pending.iter().any(|n| n.id == *id));
    }

    /// Gives the notices whose moment has come, and notes that they are under way.
    pub fn due<'a>(&'a mut self, memory: &'a Memory, now: Timestamp) -> impl Iterator<Item = Notice> + 'a {
        memory.pending.iter().filter_map(move |notice| {
            let attempt = self.tries.get_mut(&notice.id).filter(|t| t.next_at <= now)?;
            attempt.next_at = now + LOST_AFTER;
            Some(notice.clone())
        })
    }

    /// Gives when the next delivery is due.
    pub fn next_due(&self, memory: &Memory) -> Option<Timestamp> {
        memory.pending.iter().filter_map(|n| self.tries.get(&n.id)).map(|t| t.next_at).min()
    }

    /// Notes how a delivery went.
    pub fn done(&mut self, memory: &mut Memory, id: &NoticeId, shown: bool, now: Timestamp) {
        if shown {
            self.tries.remove(id);
            memory.pending.retain(|n| n.id != *id);
        } else if let Some(attempt) = self.tries.get_mut(id) {
            let wait = (FIRST_WAIT * (1 << attempt.failed.min(10))).min(LONGEST_WAIT);
            attempt.failed += 1;
            attempt.next_at = now + wait;
        }
    }

    /// Tries again at once what was refused: a notification service has appeared.
    pub fn hurry(&mut self, now: Timestamp) {
        for attempt in self.tries.values_mut().filter(|t| t.failed > 0) {
            attempt.next_at = attempt.next_at.min(now);
        }
    }

    /// Takes a notice away that the user has read in the window.
    pub fn dismiss(&mut self, memory: &mut Memory, banner: &str) {
        if let Some(id) = banner.strip_prefix("notice:") {
            self.done(memory, &NoticeId(id.to_owned()), true, Timestamp::UNIX_EPOCH);
        }
    }

    /// Gives the notices that a service has refused at least once.
    pub fn undelivered<'a>(&self, memory: &'a Memory) -> Vec<&'a Notice> {
        let refused = |n: &&Notice| self.tries.get(&n.id).is_some_and(|t| t.failed > 0);
        memory.pending.iter().filter(refused).collect()
    }
}
