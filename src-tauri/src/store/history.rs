//! The history: readings over time, stored by point and returned by account and by window. Which points are worth
//! storing is decided by the core's history.

use std::sync::atomic::Ordering;

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, named_params, params};
use tidemark_core::account::{Account, AccountId};
use tidemark_core::history::{Change, MoneyPoint, Point, WindowKey};
use tidemark_core::reading::{Percent, Span};

use super::{Store, StoreError};

/// The most windows per account. A plan has a handful of rows; a server that keeps sending new names must not fill the
/// disk.
const MOST_WINDOWS: u32 = 200;

impl Store {
    /// Stores the current accounts, so that the readings of one can be named after it is removed.
    ///
    /// # Errors
    ///
    /// [`StoreError`]; the former accounts then stay.
    pub fn note(&self, accounts: &[Account]) -> Result<(), StoreError> {
        self.whole(|connection| {
            connection.execute("UPDATE account SET state = 1 WHERE state = 0", [])?;
            let mut note = connection.prepare_cached(NOTE)?;
            for account in accounts {
                note.execute(params![account.id.0, account.name, account.region.name()])?;
            }
            // An answer that arrived while its account was being removed belongs to no account.
            connection
                .execute("DELETE FROM last WHERE account IN (SELECT id FROM account WHERE state <> 0)", [])?;
            Ok(())
        })
    }

    /// Stores points of an account's history; a point with the same time is replaced. Nothing is stored for an account
    /// that was removed with its history.
    ///
    /// # Errors
    ///
    /// [`StoreError`]; the former points then stay.
    pub fn keep_history(&self, account: &AccountId, changes: &[Change]) -> Result<(), StoreError> {
        if changes.is_empty() {
            return Ok(());
        }
        self.whole(|connection| {
            let Some(account) = account_to_write(connection, account)? else { return Ok(()) };
            for change in changes {
                match change {
                    Change::Window { key, point } => {
                        if !keep_point(connection, account, key, point)? {
                            self.warn_of_too_many_windows();
                        }
                    }
                    Change::Money(point) => keep_money(connection, account, point)?,
                }
            }
            Ok(())
        })
    }

    /// A plan with too many windows has them in each answer, so this is logged once.
    fn warn_of_too_many_windows(&self) {
        if !self.has_warned.swap(true, Ordering::Relaxed) {
            tracing::warn!("more windows than any plan has: what is new of them is not kept");
        }
    }

    /// Returns an account's points since a moment, oldest first, and for each window the one before it.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the database cannot be read.
    pub fn history(&self, account: &AccountId, since: Timestamp) -> Result<Vec<Change>, StoreError> {
        self.with(Vec::new(), |connection| {
            let Some(account) = account_key(connection, account)? else { return Ok(Vec::new()) };
            let mut changes: Vec<Change> =
                money(connection, account, since)?.into_iter().map(Change::Money).collect();
            for (series, key) in windows(connection, account)? {
                let points = points(connection, series, since)?;
                changes.extend(points.into_iter().map(|point| Change::Window { key: key.clone(), point }));
            }
            changes.sort_by_key(|change| match change {
                Change::Window { point, .. } => point.at,
                Change::Money(point) => point.at,
            });
            Ok(changes)
        })
    }

    /// Returns the points of one window since a moment, oldest first, with the point before it, so that a chart line
    /// starts at the edge.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the database cannot be read.
    pub fn chart(
        &self,
        account: &AccountId,
        key: &WindowKey,
        since: Timestamp,
    ) -> Result<Vec<Point>, StoreError> {
        self.with(Vec::new(), |connection| {
            let Some(account) = account_key(connection, account)? else { return Ok(Vec::new()) };
            series_key(connection, account, key)?.map_or(Ok(Vec::new()), |s| points(connection, s, since))
        })
    }

    /// Returns an account's balance since a moment, oldest first, with the point before it.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the database cannot be read.
    pub fn balances(&self, account: &AccountId, since: Timestamp) -> Result<Vec<MoneyPoint>, StoreError> {
        self.with(Vec::new(), |connection| {
            account_key(connection, account)?.map_or(Ok(Vec::new()), |a| money(connection, a, since))
        })
    }

    /// Deletes the last answer of an account, and its history if `with_history` is set.
    ///
    /// # Errors
    ///
    /// [`StoreError`]; nothing is then deleted.
    pub fn forget(&self, account: &AccountId, with_history: bool) -> Result<(), StoreError> {
        self.whole(|connection| {
            connection.execute("DELETE FROM last WHERE account = ?", [&account.0])?;
            if with_history {
                // The row stays without its name, so that an answer that arrives later does not bring the account back.
                connection.execute(FORGET, [&account.0])?;
                for delete in FORGET_POINTS {
                    connection.execute(delete, [&account.0])?;
                }
            }
            Ok(())
        })
    }
}

impl Store {
    /// Deletes the readings of an account that stays, or of all accounts including removed ones.
    ///
    /// # Errors
    ///
    /// [`StoreError`]; nothing is then deleted.
    pub fn forget_readings(&self, account: Option<&AccountId>) -> Result<(), StoreError> {
        self.whole(|connection| {
            match account {
                Some(account) => {
                    for delete in FORGET_POINTS {
                        connection.execute(delete, [&account.0])?;
                    }
                }
                None => connection.execute_batch(FORGET_ALL)?,
            }
            Ok(())
        })
    }
}

const NOTE: &str = "INSERT INTO account (id, name, region) VALUES (?1, ?2, ?3)
    ON CONFLICT (id) DO UPDATE SET name = excluded.name, region = excluded.region, state = 0";

const FORGET: &str = "INSERT INTO account (id, state) VALUES (?1, 2)
    ON CONFLICT (id) DO UPDATE SET name = NULL, region = NULL, state = 2";

const FORGET_ALL: &str = "DELETE FROM share; DELETE FROM series; DELETE FROM money;
    UPDATE account SET name = NULL, region = NULL, state = 2 WHERE state = 1;";

const FORGET_POINTS: [&str; 3] = [
    "DELETE FROM share WHERE series IN
        (SELECT s.key FROM series s JOIN account a ON s.account = a.key WHERE a.id = ?)",
    "DELETE FROM series WHERE account IN (SELECT key FROM account WHERE id = ?)",
    "DELETE FROM money WHERE account IN (SELECT key FROM account WHERE id = ?)",
];

const KEEP_POINT: &str = "
    INSERT INTO share (series, at, until, remaining, starts, resets, rolling)
    VALUES (:series, :at, :until, :remaining, :starts, :resets, :rolling)
    ON CONFLICT (series, at) DO UPDATE SET until = :until, remaining = :remaining,
        starts = :starts, resets = :resets, rolling = :rolling";

const KEEP_MONEY: &str = "INSERT INTO money (account, at, until, available) VALUES (?1, ?2, ?3, ?4)
    ON CONFLICT (account, at) DO UPDATE SET until = ?3, available = ?4";

const POINTS: &str = "SELECT at, until, remaining, starts, resets, rolling FROM share
    WHERE series = ?1
      AND at >= ifnull((SELECT max(at) FROM share WHERE series = ?1 AND at <= ?2), ?2)
    ORDER BY at";

const MONEY: &str = "SELECT at, until, available FROM money
    WHERE account = ?1
      AND at >= ifnull((SELECT max(at) FROM money WHERE account = ?1 AND at <= ?2), ?2)
    ORDER BY at";

fn account_key(connection: &Connection, account: &AccountId) -> Result<Option<i64>, StoreError> {
    let mut statement = connection.prepare_cached("SELECT key FROM account WHERE id = ?")?;
    Ok(statement.query_row([&account.0], |row| row.get(0)).optional()?)
}

/// Returns the account's key, creating its row if needed; `None` if the account was removed with its history.
fn account_to_write(connection: &Connection, account: &AccountId) -> Result<Option<i64>, StoreError> {
    let mut known = connection.prepare_cached("SELECT key, state FROM account WHERE id = ?")?;
    let found: Option<(i64, i64)> =
        known.query_row([&account.0], |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
    match found {
        Some((_, 2)) => Ok(None),
        Some((key, _)) => Ok(Some(key)),
        None => {
            connection.prepare_cached("INSERT INTO account (id) VALUES (?)")?.execute([&account.0])?;
            Ok(Some(connection.last_insert_rowid()))
        }
    }
}

fn series_key(connection: &Connection, account: i64, key: &WindowKey) -> Result<Option<i64>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT key FROM series WHERE account = ?1 AND span = ?2 AND (model IS NULL) = (?3 IS NULL)
            AND ifnull(model, '') = ifnull(?3, '')",
    )?;
    Ok(statement.query_row(params![account, span_number(key.span), key.row], |row| row.get(0)).optional()?)
}

fn windows(connection: &Connection, account: i64) -> Result<Vec<(i64, WindowKey)>, StoreError> {
    let mut statement = connection.prepare_cached("SELECT key, span, model FROM series WHERE account = ?")?;
    let found = statement.query_map([account], |row| {
        let span = span_of(row.get(1)?);
        Ok((row.get(0)?, WindowKey { row: row.get(2)?, span }))
    })?;
    Ok(found.collect::<Result<_, _>>()?)
}

/// Stores a point; `false` if its window would be one too many.
fn keep_point(
    connection: &Connection,
    account: i64,
    key: &WindowKey,
    point: &Point,
) -> Result<bool, StoreError> {
    let known = series_key(connection, account, key)?;
    let Some(series) = known.map_or_else(|| new_series(connection, account, key), |s| Ok(Some(s)))? else {
        return Ok(false);
    };
    connection.prepare_cached(KEEP_POINT)?.execute(named_params! {
        ":series": series,
        ":at": point.at.as_millisecond(),
        ":until": point.until.max(point.at).as_millisecond(),
        ":remaining": point.left.hundredths(),
        ":starts": point.starts_at.map(Timestamp::as_millisecond),
        ":resets": point.resets_at.map(Timestamp::as_millisecond),
        ":rolling": point.rolling,
    })?;
    Ok(true)
}

/// Creates a new window of an account; `None` if it has too many already.
fn new_series(connection: &Connection, account: i64, key: &WindowKey) -> Result<Option<i64>, StoreError> {
    let mut count = connection.prepare_cached("SELECT count(*) FROM series WHERE account = ?")?;
    let many: u32 = count.query_row([account], |row| row.get(0))?;
    if many >= MOST_WINDOWS {
        return Ok(None);
    }
    connection
        .prepare_cached("INSERT INTO series (account, span, model) VALUES (?1, ?2, ?3)")?
        .execute(params![account, span_number(key.span), key.row])?;
    Ok(Some(connection.last_insert_rowid()))
}

fn keep_money(connection: &Connection, account: i64, point: &MoneyPoint) -> Result<(), StoreError> {
    let until = point.until.max(point.at).as_millisecond();
    let available = point.available.to_string();
    connection.prepare_cached(KEEP_MONEY)?.execute(params![
        account,
        point.at.as_millisecond(),
        until,
        available
    ])?;
    Ok(())
}

fn points(connection: &Connection, series: i64, since: Timestamp) -> Result<Vec<Point>, StoreError> {
    let mut statement = connection.prepare_cached(POINTS)?;
    let found = statement.query_map([series, since.as_millisecond()], |row| point_of(row, 0))?;
    Ok(found.filter_map(Result::transpose).collect::<Result<_, _>>()?)
}

fn money(connection: &Connection, account: i64, since: Timestamp) -> Result<Vec<MoneyPoint>, StoreError> {
    let mut statement = connection.prepare_cached(MONEY)?;
    let found = statement.query_map([account, since.as_millisecond()], |row| money_of(row, 0))?;
    Ok(found.filter_map(Result::transpose).collect::<Result<_, _>>()?)
}

/// Reads a point from six columns; `None` for values that no version of Tidemark writes.
pub(super) fn point_of(row: &Row<'_>, first: usize) -> rusqlite::Result<Option<Point>> {
    let (at, until): (i64, i64) = (row.get(first)?, row.get(first + 1)?);
    let remaining: i64 = row.get(first + 2)?;
    let (starts, resets): (Option<i64>, Option<i64>) = (row.get(first + 3)?, row.get(first + 4)?);
    let rolling = row.get(first + 5)?;
    Ok((|| {
        Some(Point {
            at: moment(at)?,
            until: moment(until)?,
            left: Percent::of(u64::try_from(remaining).ok().filter(|r| *r <= 10_000)?, 10_000)?,
            starts_at: starts.and_then(moment),
            resets_at: resets.and_then(moment),
            rolling,
        })
    })())
}

/// Reads a balance from three columns; `None` for values that no version of Tidemark writes.
pub(super) fn money_of(row: &Row<'_>, first: usize) -> rusqlite::Result<Option<MoneyPoint>> {
    let (at, until): (i64, i64) = (row.get(first)?, row.get(first + 1)?);
    let available: String = row.get(first + 2)?;
    Ok((|| Some(MoneyPoint { at: moment(at)?, until: moment(until)?, available: available.parse().ok()? }))())
}

pub(super) const fn span_of(number: i64) -> Span {
    if number == 0 { Span::Interval } else { Span::Weekly }
}

const fn span_number(span: Span) -> i64 {
    match span {
        Span::Interval => 0,
        Span::Weekly => 1,
    }
}

fn moment(milliseconds: i64) -> Option<Timestamp> {
    Timestamp::from_millisecond(milliseconds).ok()
}
