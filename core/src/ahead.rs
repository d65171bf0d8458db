//! The outlook of a row: its windows together with their history.
//!
//! All of it assumes a current reading; the caller checks that.

use jiff::Timestamp;

use crate::forecast::{self, Forecast, Outcome};
use crate::history::{History, Track, WindowKey};
use crate::level;
use crate::reading::{Quota, Row, Span, Window};
use crate::rolling::{self, Release};
use crate::week::{self, Week};

/// A row together with its history.
#[derive(Clone, Copy, Debug)]
pub struct Ahead<'a> {
    row: &'a Row,
    history: &'a History,
    now: Timestamp,
}

impl<'a> Ahead<'a> {
    /// `now` is by the server's clock.
    #[must_use]
    pub const fn of(row: &'a Row, history: &'a History, now: Timestamp) -> Self {
        Self { row, history, now }
    }

    /// Whether a window is a rolling one, which has no single reset.
    #[must_use]
    pub fn is_rolling(&self, window: &Window) -> bool {
        self.track(window.span).is_some_and(Track::is_rolling)
    }

    /// Returns the forecast of a window that has quota left; `None` with too little data.
    #[must_use]
    pub fn forecast(&self, window: &Window) -> Option<Forecast> {
        let has_ended = window.resets_at.is_some_and(|r| r <= self.now);
        let Quota::Limited { .. } = window.quota else { return None };
        let track = self.track(window.span).filter(|_| !has_ended)?;
        forecast::of(track, window, self.now)
    }

    /// Returns the coming releases of a rolling window, soonest first.
    #[must_use]
    pub fn releases(&self, window: &Window) -> Vec<Release> {
        let track = self.track(window.span).filter(|_| window.quota.metered_left().is_some());
        track.map_or_else(Vec::new, |track| rolling::releases(track, window, self.now))
    }

    /// Returns the window that decides how long the row lasts, with its forecast.
    ///
    /// That is the first window to run out. If none does, it is the short window, or the week if only that is metered:
    /// a week that lasts says nothing about today.
    #[must_use]
    pub fn leading(&self) -> Option<(&'a Window, Forecast)> {
        let metered = || self.row.windows.iter().filter(|w| w.quota.metered_left().is_some());
        if metered().any(|w| w.quota == Quota::Exhausted) {
            return None;
        }
        let forecasts: Vec<_> = metered().filter_map(|w| Some((w, self.forecast(w)?))).collect();
        let runs_out = forecasts.iter().filter_map(|(w, f)| match f.outcome {
            Outcome::RunsOut { at, .. } => Some((at, *w, *f)),
            Outcome::Lasts { .. } => None,
        });
        let first = runs_out.min_by_key(|(at, ..)| *at).map(|(_, w, f)| (w, f));
        let shortest = metered().min_by_key(|w| w.span)?.span;
        first.or_else(|| forecasts.into_iter().find(|(w, _)| w.span == shortest))
    }

    /// Returns when a spent row can be used again: the latest reset of its exhausted windows, with the first release in
    /// place of the reset for rolling ones. `None` if that is not known.
    #[must_use]
    pub fn back_at(&self) -> Option<Timestamp> {
        let exhausted = || self.row.windows.iter().filter(|w| w.quota == Quota::Exhausted);
        if !exhausted().any(|w| self.is_rolling(w)) {
            return level::blocked_until(self.row);
        }
        exhausted()
            .map(|w| if self.is_rolling(w) { self.releases(w).first().map(|r| r.at) } else { w.resets_at })
            .collect::<Option<Vec<_>>>()?
            .into_iter()
            .max()
    }

    /// Returns the exhausted window that blocks the row longest.
    #[must_use]
    pub fn blocking(&self) -> Option<&'a Window> {
        self.row.windows.iter().filter(|w| w.quota == Quota::Exhausted).max_by_key(|w| (w.resets_at, w.span))
    }

    /// Counts the short windows that the week still holds; `None` if one of the two is not metered, or the week is used
    /// up.
    ///
    /// `by_faq` is how many a whole week holds according to MiniMax's FAQ, which gives it for text only.
    #[must_use]
    pub fn week(&self, by_faq: f64) -> Option<Week> {
        let weekly = self.row.window(Span::Weekly)?.quota.metered_left().filter(|l| !l.is_zero())?;
        self.row.window(Span::Interval)?.quota.metered_left()?;
        let empty = Track::default();
        let track = |span| self.track(span).unwrap_or(&empty);
        let week = week::windows_left(track(Span::Interval), track(Span::Weekly), weekly, by_faq);
        let is_text = self.row.model.as_deref().is_none_or(Row::is_text_name);
        (week.measured || is_text).then_some(week)
    }

    fn track(&self, span: Span) -> Option<&'a Track> {
        self.history.track(&WindowKey { row: self.row.model.clone(), span })
    }
}
