//! All stored readings, page by page, oldest first: a year is never in memory as a whole, and the app can write between
//! two pages.

use jiff::Timestamp;
use rusqlite::{Connection, params};
use tidemark_core::account::{AccountId, Region};
use tidemark_core::history::{MoneyPoint, Point, WindowKey};

use super::history::{money_of, point_of, span_of};
use super::{Store, StoreError};

/// How much time one page covers, in milliseconds.
const PAGE: i64 = 24 * 60 * 60 * 1000;

/// Which readings to return.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Only these accounts; `None` for all, including removed ones.
    pub accounts: Option<Vec<AccountId>>,
    /// Only readings that were seen at this time or later.
    pub since: Option<Timestamp>,
}

/// An account with stored readings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    pub id: AccountId,
    /// Its last known name.
    pub name: Option<String>,
    /// The platform, which decides the currency.
    pub region: Option<Region>,
}

/// One figure of one account.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    pub account: AccountId,
    pub figure: Figure,
}

/// What was read.
#[derive(Clone, Debug, PartialEq)]
pub enum Figure {
    /// The remaining share of a window.
    Window {
        key: WindowKey,
        /// The share and the window's bounds.
        point: Point,
    },
    Money(MoneyPoint),
}

/// One page of readings.
#[derive(Clone, Debug, PartialEq)]
pub struct Page {
    /// Oldest first.
    pub entries: Vec<Entry>,
    /// The start of the next page, if there is one.
    pub next: Option<Timestamp>,
}

impl Entry {
    /// Returns when it was first seen.
    #[must_use]
    pub const fn at(&self) -> Timestamp {
        match &self.figure {
            Figure::Window { point, .. } => point.at,
            Figure::Money(point) => point.at,
        }
    }

    /// Returns when it was last seen unchanged.
    #[must_use]
    pub const fn until(&self) -> Timestamp {
        match &self.figure {
            Figure::Window { point, .. } => point.until,
            Figure::Money(point) => point.until,
        }
    }
}

impl Store {
    /// Returns the accounts with stored readings, with their last known names.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the database cannot be read.
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

    /// Returns the windows of these accounts, for callers that need all names before they read the pages.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the database cannot be read.
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

    /// Returns the readings from a time on, at most one day of them; `None` starts at the oldest.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the database cannot be read.
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

/// One series of figures over time.
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

    /// The query for the start of the last reading at or before a time; that reading may have been seen after it too.
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

/// Returns where to start so that no reading is left out that was still seen at `since`.
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
