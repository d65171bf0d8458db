//! The pending writes: in their order, and only those that the store still needs.
//!
//! A store that fails or hangs for days must not fill the memory. Of writes that replace each other only the last one
//! is kept, and of the points of all histories only the newest [`MOST_POINTS`].

use std::collections::VecDeque;

use tidemark_core::account::AccountId;
use tidemark_core::history::Change;

use super::Write;

/// About 3 MB: a day of a hundred accounts whose figures change all the time, or months of a typical account.
pub(super) const MOST_POINTS: usize = 20_000;

/// The pending writes, oldest first.
#[derive(Debug, Default)]
pub(super) struct PendingWrites(VecDeque<Write>);

impl PendingWrites {
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn pop(&mut self) -> Option<Write> {
        self.0.pop_front()
    }

    /// Adds a write, and drops those that it makes unnecessary.
    pub(super) fn push(&mut self, write: Write) {
        match &write {
            Write::Accounts { .. } => self.0.retain(|w| !matches!(w, Write::Accounts { .. })),
            Write::Memory(_) => self.0.retain(|w| !matches!(w, Write::Memory(_))),
            Write::Outcome { account, outcome, .. } => {
                // A failure leaves the last answer in place, so that answer is still needed.
                let replaces_answer = outcome.is_ok();
                self.0.retain(|w| match w {
                    Write::Outcome { account: other, outcome: former, .. } => {
                        other != account || (!replaces_answer && former.is_ok())
                    }
                    _ => true,
                });
            }
            Write::History { account, changes } => {
                let waiting = self.0.iter_mut().find_map(|w| match w {
                    Write::History { account: other, changes } if other == account => Some(changes),
                    _ => None,
                });
                if let Some(waiting) = waiting {
                    for change in changes {
                        add(waiting, change);
                    }
                    self.drop_oldest_points();
                    return;
                }
            }
            Write::Forget { account, with_history } => self.forget(account, *with_history),
            Write::Readings(of) => self.0.retain(|w| match w {
                Write::History { account, .. } | Write::Readings(Some(account)) => {
                    of.as_ref().is_some_and(|of| of != account)
                }
                Write::Readings(None) => of.is_some(),
                _ => true,
            }),
        }
        self.0.push_back(write);
        self.drop_oldest_points();
    }

    /// Puts a write that failed back in front of all others.
    pub(super) fn put_back(&mut self, write: Write) {
        let later = std::mem::take(&mut self.0);
        self.push(write);
        for write in later {
            self.push(write);
        }
    }

    fn forget(&mut self, account: &AccountId, with_history: bool) {
        self.0.retain(|w| match w {
            Write::Outcome { account: other, .. } => other != account,
            Write::History { account: other, .. } => !with_history || other != account,
            Write::Forget { account: other, with_history: former } => {
                other != account || (*former && !with_history)
            }
            _ => true,
        });
    }

    fn drop_oldest_points(&mut self) {
        let points = |w: &Write| if let Write::History { changes, .. } = w { changes.len() } else { 0 };
        let mut too_many = self.0.iter().map(points).sum::<usize>().saturating_sub(MOST_POINTS);
        for write in &mut self.0 {
            if let Write::History { changes, .. } = write {
                let dropped = too_many.min(changes.len());
                changes.drain(..dropped);
                too_many -= dropped;
            }
        }
        self.0.retain(|w| !matches!(w, Write::History { changes, .. } if changes.is_empty()));
    }
}

/// Adds a point; a point with the same time replaces the last one, because it is the same reading, seen for longer.
fn add(waiting: &mut Vec<Change>, change: &Change) {
    let is_same_series = |other: &Change| match (other, change) {
        (Change::Window { key: one, .. }, Change::Window { key: other, .. }) => one == other,
        (Change::Money(_), Change::Money(_)) => true,
        (Change::Window { .. }, Change::Money(_)) | (Change::Money(_), Change::Window { .. }) => false,
    };
    let at = |change: &Change| match change {
        Change::Window { point, .. } => point.at,
        Change::Money(point) => point.at,
    };
    match waiting.iter_mut().rev().find(|other| is_same_series(other)) {
        Some(last) if at(last) == at(change) => *last = change.clone(),
        _ => waiting.push(change.clone()),
    }
}

#[cfg(test)]
mod tests {
    use jiff::{SignedDuration, Timestamp};
    use tidemark_core::alert::Memory;
    use tidemark_core::answer::Answer;
    use tidemark_core::failure::{Failure, FailureKind};
    use tidemark_core::history::MoneyPoint;
    use tidemark_core::schedule::Reason;

    use super::*;

    fn id(n: usize) -> AccountId {
        AccountId(format!("account-{n}"))
    }

    fn moment(n: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_secs(n)
    }

    fn answer(account: usize, n: i64, bytes: usize) -> Write {
        let outcome = Ok(Answer { status: 200, headers: Vec::new(), body: vec![b'x'; bytes] });
        Write::Outcome { account: id(account), at: moment(n), outcome, next: (moment(n), Reason::Interval) }
    }

    fn failure(account: usize, n: i64) -> Write {
        let outcome = Err(Failure::new(FailureKind::Offline));
        Write::Outcome { account: id(account), at: moment(n), outcome, next: (moment(n), Reason::Backoff) }
    }

    fn sums(account: usize, from: i64, many: i64) -> Write {
        let point = |n| Change::Money(MoneyPoint { at: moment(n), until: moment(n), available: n.into() });
        Write::History { account: id(account), changes: (from..from + many).map(point).collect() }
    }

    fn pushed(writes: impl IntoIterator<Item = Write>) -> PendingWrites {
        let mut pending = PendingWrites::default();
        writes.into_iter().for_each(|write| pending.push(write));
        pending
    }

    fn bytes(pending: &PendingWrites) -> usize {
        let body = |w: &Write| match w {
            Write::Outcome { outcome: Ok(answer), .. } => answer.body.len(),
            _ => 0,
        };
        pending.0.iter().map(body).sum()
    }

    fn points(pending: &PendingWrites) -> usize {
        pending.0.iter().map(|w| if let Write::History { changes, .. } = w { changes.len() } else { 0 }).sum()
    }

    #[test]
    fn of_an_account_only_the_last_answer_and_a_later_failure_wait() {
        let mut pending = PendingWrites::default();
        for n in 0..60 {
            for account in 0..2 {
                pending.push(answer(account, n, 250_000));
                pending.push(failure(account, n));
                pending.push(failure(account, n));
            }
        }
        assert_eq!(bytes(&pending), 2 * 250_000);
        assert_eq!(pending.0.len(), 4, "an answer and a failure of each");
        pending.push(answer(0, 61, 10));
        assert_eq!((bytes(&pending), pending.0.len()), (250_010, 3));
    }

    #[test]
    fn a_point_that_is_seen_longer_takes_no_more_room_and_the_newest_points_are_kept() {
        let mut pending = pushed([sums(0, 0, 10)]);
        for _ in 0..1000 {
            pending.push(sums(0, 9, 1));
        }
        assert_eq!((pending.0.len(), points(&pending)), (1, 10));
        let many = i64::try_from(MOST_POINTS).unwrap();
        for n in 0..3 * many / 100 {
            pending.push(sums(1, n * 100, 100));
        }
        assert_eq!(points(&pending), MOST_POINTS);
        let Some(Write::History { account, changes }) = pending.pop() else { panic!("points wait") };
        let Some(Change::Money(last)) = changes.last() else { panic!("sums") };
        assert_eq!((account, last.at), (id(1), moment(3 * many - 1)));
    }

    #[test]
    fn what_is_forgotten_does_not_wait_and_what_comes_after_it_does() {
        let mut pending = pushed([sums(0, 0, 5), sums(1, 0, 5), answer(0, 0, 10)]);
        pending.push(Write::Readings(Some(id(0))));
        pending.push(sums(0, 10, 2));
        assert_eq!(points(&pending), 7);
        let kinds: Vec<bool> = pending.0.iter().map(|w| matches!(w, Write::Readings(_))).collect();
        assert_eq!(kinds, [false, false, true, false], "the new points come after the deletion");
        pending.push(Write::Forget { account: id(0), with_history: true });
        assert_eq!((points(&pending), bytes(&pending)), (5, 0));
        for _ in 0..100 {
            pending.push(Write::Forget { account: id(0), with_history: false });
            pending.push(Write::Forget { account: id(1), with_history: false });
        }
        let forgets = pending.0.iter().filter(|w| matches!(w, Write::Forget { .. })).count();
        assert_eq!(forgets, 3);
        pending.push(Write::Readings(None));
        pending.push(Write::Readings(None));
        assert_eq!(points(&pending), 0);
    }

    #[test]
    fn a_write_that_failed_comes_first_again_unless_a_newer_one_replaces_it() {
        let mut pending = pushed([sums(0, 0, 1), Write::Memory(Memory::default()), answer(0, 1, 10)]);
        let failed = pending.pop().unwrap();
        pending.push(sums(0, 1, 1));
        pending.put_back(failed);
        let Some(Write::History { changes, .. }) = pending.0.front() else { panic!("history comes first") };
        assert_eq!(changes.len(), 2);
        assert_eq!(pending.0.len(), 3);

        let mut pending = pushed([answer(0, 1, 10)]);
        let failed = pending.pop().unwrap();
        pending.push(answer(0, 2, 20));
        pending.put_back(failed);
        assert_eq!((pending.0.len(), bytes(&pending)), (1, 20));
    }
}
