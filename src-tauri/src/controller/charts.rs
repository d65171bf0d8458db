//! The history that the page shows.
//!
//! Owns the way to the store's thread and back: reading a month may take a while, and the tray must not wait for it.
//! The simulation keeps nothing, so its days before are computed there as well.

use jiff::SignedDuration;
use tidemark_core::account::AccountId;
use tidemark_core::chart::{self, Chart, Range, Subject};
use tidemark_core::history::{Change, MoneyPoint, Point, WindowKey};
use tidemark_core::simulate;
use tokio::sync::oneshot::Sender;

use super::{Controller, Desktop};
use crate::error::{AppError, Code};
use crate::store::{Store, StoreError};
use crate::vault::KeyVault;

/// What the page wants to see of a history, and where it goes.
#[derive(Debug)]
pub struct ChartAsk {
    /// Whose.
    pub account: AccountId,
    /// Which window; `None` for the tightest, and for a balance.
    pub window: Option<WindowKey>,
    /// How far back.
    pub range: Range,
    /// Where it goes; a page that has gone away needs none.
    pub reply: Sender<Result<Chart, AppError>>,
}

impl<D: Desktop, V: KeyVault> Controller<D, V> {
    /// Has the store's thread read and draw it.
    pub(super) fn chart(&self, ask: ChartAsk) {
        let ChartAsk { account, window, range, reply } = ask;
        let Some(subject) = self.monitor.chart(&account, window.as_ref(), &self.now()) else {
            let _ = reply.send(Err(AppError::new(Code::NotFound, "There is no such account.")));
            return;
        };
        let simulated = self.demo_since.zip(self.monitor.settings().account(&account).cloned());
        self.keeper.look(move |store| {
            let drawn = match simulated {
                Some((start, account)) => {
                    let since = chart::since(&subject, range);
                    let changes = simulate::past(&account, start, since, subject.now, step(range));
                    let (points, money) = parted(&subject, changes);
                    Ok(chart::chart(&subject.looked_every(step(range)), range, &points, &money))
                }
                None => read(store, &subject, range).map_err(|error| {
                    AppError::new(Code::Other, format!("The history cannot be read: {error}."))
                }),
            };
            let _ = reply.send(drawn);
        });
    }
}

fn read(store: &Store, subject: &Subject, range: Range) -> Result<Chart, StoreError> {
    let since = chart::since(subject, range);
    let points = match subject.window() {
        Some(key) => store.chart(&subject.account, key, since)?,
        None => Vec::new(),
    };
    let money = if subject.is_of_money() { store.balances(&subject.account, since)? } else { Vec::new() };
    Ok(chart::chart(subject, range, &points, &money))
}

/// Gives how often the simulated days before are looked at: often enough to be seen, seldom enough to be quick.
const fn step(range: Range) -> SignedDuration {
    SignedDuration::from_mins(match range {
        Range::Hours => 2,
        Range::Day => 5,
        Range::Week => 20,
        Range::Month => 60,
    })
}

fn parted(subject: &Subject, changes: Vec<Change>) -> (Vec<Point>, Vec<MoneyPoint>) {
    let (mut points, mut sums) = (Vec::new(), Vec::new());
    for change in changes {
        match change {
            Change::Window { key, point } if subject.window() == Some(&key) => points.push(point),
            Change::Window { .. } => {}
            Change::Money(point) => sums.push(point),
        }
    }
    (points, sums)
}
