//! What lies ahead of a row: its windows seen together with what was read of them over time.
//!
//! Owns which window's forecast speaks for the row, and when a spent row has room again. Refuses words, and old
//! readings: whoever asks has a reading of now.

use jiff::Timestamp;

use crate::forecast::{self, Forecast, Outcome};
use crate::history::{History, Track, WindowKey};
use crate::level;
use crate::reading::{Quota, Row, Span, Window};
use crate::rolling::{self, Release};
use crate::week::{self, Week};

/// A row together with what was read of it over time.
#[derive(Clone, Copy, Debug)]
pub struct Ahead<'a> {
    row: &'a Row,
    history: &'a History,
    now: Timestamp,
}

impl<'a> Ahead<'a> {
    /// Looks ahead from a moment of the server's clock.
    #[must_use]
    pub const fn of(row: &'a Row, history: &'a History, now: Timestamp) -> Self {
        Self { row, history, now }
    }

    /// Tells whether a window is a rolling one, which has no single reset.
    #[must_use]
    pub fn is_rolling(&self, window: &Window) -> bool {
        self.track(window.span).is_some_and(Track::is_rolling)
    }

    /// Gives what comes of a window that has something left; `None` with too little data.
    #[must_use]
    pub fn forecast(&self, window: &Window) -> Option<Forecast> {
        let has_ended = window.resets_at.is_some_and(|r| r <= self.now);
        let Quota::Limited { .. } = window.quota else { return None };
        let track = self.track(window.span).filter(|_| !has_ended)?;
        forecast::of(track, window, self.now)
    }

    /// Gives the coming releases of a rolling window, soonest first.
    #[must_use]
    pub fn releases(&self, window: &Window) -> Vec<Release> {
        let track = self.track(window.span).filter(|_| window.quota.metered_left().is_some());
        track.map_or_else(Vec::new, |track| rolling::releases(track, window, self.now))
    }

    /// Gives the window that decides how long the row lasts, with its forecast.
    ///
    /// That is the first to run out. Where none does, it is the short window, or the week where only that is metered:
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

    /// Gives when a spent row has room again: the latest reset of its exhausted windows, or the first release where
    /// only rolling ones are exhausted. `None` where that is not known.
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

    /// Gives the window that keeps the row blocked longest.
    #[must_use]
    pub fn blocking(&self) -> Option<&'a Window> {
        self.row.windows.iter().filter(|w| w.quota == Quota::Exhausted).max_by_key(|w| (w.resets_at, w.span))
    }

    /// Counts the short windows that the week still holds; `None` where one of both is not metered, or empty.
    ///
    /// `by_faq` is how many a whole week holds by MiniMax's FAQ, which says so of text only.
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
