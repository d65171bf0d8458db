//! Everything that is kept of what was read, page by page, oldest first.
//!
//! Owns how a year is walked through without holding it in memory, or holding up the app that writes meanwhile.

use jiff::Timestamp;
use rusqlite::{Connection, params};
use tidemark_core::account::{AccountId, Region};
use tidemark_core::history::{MoneyPoint, Point, WindowKey};

use super::history::{money_of, point_of, span_of};
use super::{Store, StoreError};

/// How much time one page covers, in milliseconds.
const PAGE: i64 = 24 * 60 * 60 * 1000;

/// Which readings are wanted.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Of these accounts only; `None` for all, those that were removed among them.
    pub accounts: Option<Vec<AccountId>>,
    /// Seen at this moment or later.
    pub since: Option<Timestamp>,
}

/// An account that something is kept of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    /// Its id.
    pub id: AccountId,
    /// Its last known name.
    pub name: Option<String>,
    /// The platform, which decides the currency.
    pub region: Option<Region>,
}

/// One figure of one account, and when it was seen.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// Whose.
    pub account: AccountId,
    /// What was read.
    pub figure: Figure,
}

/// What was read.
#[derive(Clone, Debug, PartialEq)]
pub enum Figure {
    /// What was left of a window.
    Window {
        /// Which window.
        key: WindowKey,
        /// The share and its bounds.
        point: Point,
    },
    /// A balance.
    Money(MoneyPoint),
}

/// Some readings, and where those after them begin.
#[derive(Clone, Debug, PartialEq)]
pub struct Page {
    /// Oldest first.
    pub entries: Vec<Entry>,
    /// Where the next page begins, where there is one.
    pub next: Option<Timestamp>,
}

impl Entry {
    /// Gives when it was first seen.
    #[must_use]
    pub const fn at(&self) -> Timestamp {
        match &self.figure {
            Figure::Window { point, .. } => point.at,
            Figure::Money(point) => point.at,
        }
    }

    /// Gives when it was last seen unchanged.
    #[must_use]
    pub const fn until(&self) -> Timestamp {
        match &self.figure {
            Figure::Window { point, .. } => point.until,
            Figure::Money(point) => point.until,
        }
    }
}

impl Store {
    /// Gives the accounts that something is kept of, by their last known names.
    ///
    /// # Errors
    ///
    /// [`StoreError`] where the store cannot be read.
    pub fn known(&self) -> Result<Vec<Known>, StoreError> {
        self.with(Vec::new(), |connection| {
            let mut statement = connection.prepare(KNOWN)?;
            let known = statement.query_map([], |row| {
                let region: Option<String> = row.get(2)?;
                let region = region.and_then(|name| Region::ALL.into_iter().find(|r| r.name() == name));
                Ok(Known { id: AccountId(row.get(0)?), name: row.get(1)?, region })
            })?;
            Ok(known.collect::<Result<_, _>>()?)
        })
    }

    /// Gives the windows of these accounts, for whoever needs to know before reading on what names will come.
    ///
    /// # Errors
    ///
    /// [`StoreError`] where the store cannot be read.
    pub fn windows(&self, filter: &Filter) -> Result<Vec<WindowKey>, StoreError> {
        self.with(Vec::new(), |connection| {
            Ok(tracks(connection, filter)?
                .into_iter()
                .filter_map(|track| match track.of {
                    Of::Window(key) => Some(key),
                    Of::Money => None,
                })
                .collect())
        })
    }

    /// Gives the readings from a moment on, at most a day of them; `None` begins at the oldest.
    ///
    /// # Errors
    ///
    /// [`StoreError`] where the store cannot be read.
    pub fn page(&self, filter: &Filter, from: Option<Timestamp>) -> Result<Page, StoreError> {
        self.with(Page { entries: Vec::new(), next: None }, |connection| {
            let tracks = tracks(connection, filter)?;
            let since = filter.since.map_or(i64::MIN, Timestamp::as_millisecond);
            let from = match from {
                Some(from) => from.as_millisecond(),
                None => begin(connection, &tracks, since)?,
            };
            let Some(start) = first_from(connection, &tracks, from)? else {
                return Ok(Page { entries: Vec::new(), next: None });
            };
            let end = start.saturating_add(PAGE);
            let mut entries = Vec::new();
            for track in &tracks {
                track.read(connection, start, end, since, &mut entries)?;
            }
            entries.sort_by_key(Entry::at);
            let next = first_from(connection, &tracks, end)?;
            Ok(Page { entries, next: next.and_then(|at| Timestamp::from_millisecond(at).ok()) })
        })
    }
}

const KNOWN: &str = "SELECT id, name, region FROM account a WHERE state < 2
    AND (EXISTS (SELECT 1 FROM series WHERE account = a.key) OR EXISTS (SELECT 1 FROM money WHERE account = a.key))";

const TRACKS: &str = "
    SELECT a.id, s.key, s.span, s.model FROM account a JOIN series s ON s.account = a.key
    UNION ALL
    SELECT a.id, a.key, NULL, NULL FROM account a";

/// One row of figures over time.
struct Track {
    account: AccountId,
    key: i64,
    of: Of,
}

enum Of {
    Window(WindowKey),
    Money,
}

fn tracks(connection: &Connection, filter: &Filter) -> Result<Vec<Track>, StoreError> {
    let mut statement = connection.prepare_cached(TRACKS)?;
    let found = statement.query_map([], |row| {
        let span: Option<i64> = row.get(2)?;
        let row_name: Option<String> = row.get(3)?;
        let of = span.map_or(Of::Money, |s| Of::Window(WindowKey { row: row_name, span: span_of(s) }));
        Ok(Track { account: AccountId(row.get(0)?), key: row.get(1)?, of })
    })?;
    let wanted = |track: &Track| filter.accounts.as_ref().is_none_or(|ids| ids.contains(&track.account));
    let found: Vec<Track> = found.collect::<Result<_, _>>()?;
    Ok(found.into_iter().filter(wanted).collect())
}

impl Track {
    const fn first(&self) -> &'static str {
        match self.of {
            Of::Window(_) => "SELECT min(at) FROM share WHERE series = ?1 AND at >= ?2",
            Of::Money => "SELECT min(at) FROM money WHERE account = ?1 AND at >= ?2",
        }
    }

    /// What was seen last before a moment was first seen then, and may have been seen after it.
    const fn before(&self) -> &'static str {
        match self.of {
            Of::Window(_) => "SELECT max(at) FROM share WHERE series = ?1 AND at <= ?2",
            Of::Money => "SELECT max(at) FROM money WHERE account = ?1 AND at <= ?2",
        }
    }

    const fn rows(&self) -> &'static str {
        match self.of {
            Of::Window(_) => {
                "SELECT at, until, remaining, starts, resets, rolling FROM share
                 WHERE series = ?1 AND at >= ?2 AND at < ?3 AND until >= ?4 ORDER BY at"
            }
            Of::Money => {
                "SELECT at, until, available FROM money
                 WHERE account = ?1 AND at >= ?2 AND at < ?3 AND until >= ?4 ORDER BY at"
            }
        }
    }

    fn read(
        &self,
        connection: &Connection,
        start: i64,
        end: i64,
        since: i64,
        entries: &mut Vec<Entry>,
    ) -> Result<(), StoreError> {
        let mut statement = connection.prepare_cached(self.rows())?;
        let mut rows = statement.query(params![self.key, start, end, since])?;
        while let Some(row) = rows.next()? {
            let figure = match &self.of {
                Of::Window(key) => point_of(row, 0)?.map(|point| Figure::Window { key: key.clone(), point }),
                Of::Money => money_of(row, 0)?.map(Figure::Money),
            };
            entries.extend(figure.map(|figure| Entry { account: self.account.clone(), figure }));
        }
        Ok(())
    }
}

/// Gives where to begin so that nothing is left out that was still seen at `since`.
fn begin(connection: &Connection, tracks: &[Track], since: i64) -> Result<i64, StoreError> {
    let mut begin = since;
    for track in tracks {
        let at: Option<i64> = connection
            .prepare_cached(track.before())?
            .query_row(params![track.key, since], |row| row.get(0))?;
        begin = begin.min(at.unwrap_or(since));
    }
    Ok(begin)
}

fn first_from(connection: &Connection, tracks: &[Track], from: i64) -> Result<Option<i64>, StoreError> {
    let mut first: Option<i64> = None;
    for track in tracks {
        let at: Option<i64> = connection
            .prepare_cached(track.first())?
            .query_row(params![track.key, from], |row| row.get(0))?;
        first = first.into_iter().chain(at).min();
    }
    Ok(first)
}
