//! The history charts that the page shows.
//!
//! Charts are read and drawn on the store's thread: reading a month may take a while, and the tray must not wait for
//! it. The simulation stores nothing, so its past days are computed there as well.

use jiff::{SignedDuration, Timestamp};
use tidemark_core::account::AccountId;
use tidemark_core::chart::{self, Chart, Range, Subject};
use tidemark_core::history::{Change, MoneyPoint, Point, WindowKey};
use tidemark_core::message::{Event, Remark};
use tidemark_core::simulate;
use tidemark_core::text::Words;
use tokio::sync::oneshot::Sender;

use super::{Controller, Desktop, Message};
use crate::error::{AppError, Code};
use crate::keyring::KeyStore;
use crate::store::{Store, StoreError};

/// The page's request for a chart.
#[derive(Debug)]
pub struct ChartAsk {
    pub account: AccountId,
    /// `None` for the tightest window, and for a balance.
    pub window: Option<WindowKey>,
    /// How far back; `None` for the same range as the last time.
    pub range: Option<Range>,
    pub reply: Sender<Result<Chart, AppError>>,
}

impl<D: Desktop, V: KeyStore> Controller<D, V> {
    /// Has the store's thread read and draw the chart. Nothing happens to the answer if the page is gone.
    pub(super) fn chart(&mut self, ask: ChartAsk) {
        let ChartAsk { account, window, range, reply } = ask;
        // The range is kept here, because the page is gone whenever the window is closed.
        let range = range.unwrap_or(self.charted);
        self.charted = range;
        let Some(subject) = self.monitor.chart(&account, window.as_ref(), &self.now()) else {
            let _ = reply.send(Err(AppError::new(Code::NotFound, "There is no such account.")));
            return;
        };
        let simulated = self.demo_since.zip(self.monitor.settings().account(&account).cloned());
        let (tongue, own) = (self.monitor.words().tongue, self.own.clone());
        self.keeper.look(move |store| {
            let drawn = match simulated {
                Some((start, account)) => {
                    let since = chart::since(&subject, range);
                    let changes = simulate::past(&account, start, since, subject.now, step(range));
                    let (points, money) = parted(&subject, changes);
                    Ok(chart::chart(&subject.looked_every(step(range)), range, &points, &money))
                }
                None => kept(store, &subject, range, |remark| {
                    let _ = own.send(Message::Event(Event::Remark(remark)));
                })
                .ok_or_else(|| AppError::new(Code::Other, chart::unreadable(&Words::new(tongue)))),
            };
            let _ = reply.send(drawn);
        });
    }
}

/// Draws the stored history; `None` if it cannot be read now, or if it is empty only because the store is not in its
/// place. A damaged store is set aside immediately, so that new readings can be stored.
fn kept(store: &Store, subject: &Subject, range: Range, tell: impl Fn(Remark)) -> Option<Chart> {
    let drawn = read(store, subject, range).or_else(|error| {
        tracing::warn!(%error, "the history cannot be charted");
        if !error.is_damage() {
            return Err(error);
        }
        store.open_again(Timestamp::now()).into_iter().for_each(tell);
        read(store, subject, range)
    });
    drawn.ok().filter(|chart| chart.empty.is_empty() || store.is_in_place())
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

/// Returns the interval of the simulated past readings: short enough to look right, long enough to be quick.
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
