//! Thins out old readings, and deletes them in the end.
//!
//! No consumption and no payment is lost: of several points in one step the last one stays, and the one before each
//! rise, so that consumption and payments still add up. For rolling windows the point before a rise is not kept.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};

use super::{Store, StoreError};

const SECOND: i64 = 1000;
const DAY: i64 = 24 * 60 * 60 * SECOND;

/// A step in seconds, and the age in days from which one point per step is kept.
const STEPS: [(i64, i64); 2] = [(5 * 60, 1), (60 * 60, 35)];

/// How many old points are deleted in one transaction, so that other calls get their turn.
const AT_ONCE: u32 = 5000;

impl Store {
    /// Thins out old readings and deletes those older than `days`, in many short transactions.
    ///
    /// Age counts from the newest point if that is older than `now`. `now` comes from [`Store::trusted_time`], so
    /// neither a wrong clock nor points dated by one make anything look older than it is.
    ///
    /// # Errors
    ///
    /// [`StoreError`]; what was done until then stays done, and the rest is done the next time.
    pub fn thin(&self, now: Timestamp, days: u32) -> Result<(), StoreError> {
        let newest = self.with(None, |connection| Ok(connection.query_row(NEWEST, [], |row| row.get(0))?))?;
        let Some(newest): Option<i64> = newest else { return Ok(()) };
        // Only a damaged file has points before 1970; ages are not counted back from those.
        let today = newest.min(now.as_millisecond()).max(0);
        for (step, age) in STEPS {
            let horizon = today.saturating_sub(age * DAY).div_euclid(DAY).saturating_mul(DAY);
            while self.thin_one_day(step * SECOND, horizon)? {}
        }
        let oldest = today.saturating_sub(i64::from(days) * DAY);
        while self.drop_some(oldest)? {}
        self.whole(|connection| Ok(connection.execute_batch(SWEEP)?))
    }

    /// Thins the next day that is not thinned yet; `false` if there is none.
    fn thin_one_day(&self, step: i64, horizon: i64) -> Result<bool, StoreError> {
        let mut more = false;
        self.whole(|connection| {
            let Some(from) = next_day(connection, step)?.filter(|from| *from < horizon) else {
                return Ok(());
            };
            let to = from.saturating_add(DAY);
            for key in keys(connection, "SELECT key FROM series")? {
                connection.prepare_cached(THIN_SHARES)?.execute(params![key, from, to, step])?;
            }
            for key in keys(connection, "SELECT key FROM account")? {
                connection.prepare_cached(THIN_MONEY)?.execute(params![key, from, to, step])?;
            }
            connection.prepare_cached(NOTE)?.execute([step, to])?;
            more = true;
            Ok(())
        })?;
        Ok(more)
    }

    fn drop_some(&self, oldest: i64) -> Result<bool, StoreError> {
        let mut dropped = 0;
        self.whole(|connection| {
            for delete in [DROP_SHARES, DROP_MONEY] {
                dropped += connection.prepare_cached(delete)?.execute(params![oldest, AT_ONCE])?;
            }
            Ok(())
        })?;
        Ok(dropped > 0)
    }
}

const NEWEST: &str = "SELECT max(seen) FROM (
    SELECT (SELECT until FROM share WHERE series = s.key ORDER BY at DESC LIMIT 1) AS seen FROM series s
    UNION ALL
    SELECT (SELECT until FROM money WHERE account = a.key ORDER BY at DESC LIMIT 1) AS seen FROM account a)";

const THIN_SHARES: &str = "DELETE FROM share WHERE series = ?1 AND at IN (
    SELECT at FROM (
        SELECT at, remaining, lead(at) OVER w AS next_at, lead(remaining) OVER w AS next_remaining,
            lead(rolling) OVER w AS next_rolling
        FROM share WHERE series = ?1 AND at >= ?2 AND at < ?3 WINDOW w AS (ORDER BY at))
    WHERE next_at / ?4 = at / ?4 AND (next_remaining <= remaining OR next_rolling))";

const THIN_MONEY: &str = "DELETE FROM money WHERE account = ?1 AND at IN (
    SELECT at FROM (
        SELECT at, available, lead(at) OVER w AS next_at, lead(available) OVER w AS next_available
        FROM money WHERE account = ?1 AND at >= ?2 AND at < ?3 WINDOW w AS (ORDER BY at))
    WHERE next_at / ?4 = at / ?4 AND CAST(next_available AS REAL) <= CAST(available AS REAL))";

const NOTE: &str = "INSERT INTO thinned (step, until) VALUES (?1, ?2)
    ON CONFLICT (step) DO UPDATE SET until = excluded.until";

const DROP_SHARES: &str = "DELETE FROM share WHERE (series, at) IN (
    SELECT s.key, p.at FROM series s JOIN share p ON p.series = s.key
    WHERE p.at < ?1 AND p.until < ?1 LIMIT ?2)";

const DROP_MONEY: &str = "DELETE FROM money WHERE (account, at) IN (
    SELECT a.key, p.at FROM account a JOIN money p ON p.account = a.key
    WHERE p.at < ?1 AND p.until < ?1 LIMIT ?2)";

/// Windows without points and removed accounts without history are only names.
const SWEEP: &str = "
    DELETE FROM series WHERE NOT EXISTS (SELECT 1 FROM share WHERE series = series.key);
    DELETE FROM account WHERE state = 1
        AND NOT EXISTS (SELECT 1 FROM series WHERE account = account.key)
        AND NOT EXISTS (SELECT 1 FROM money WHERE account = account.key);";

/// Returns the first day with points that is not thinned yet.
fn next_day(connection: &Connection, step: i64) -> Result<Option<i64>, StoreError> {
    let mut noted = connection.prepare_cached("SELECT until FROM thinned WHERE step = ?")?;
    let noted: Option<i64> = noted.query_row([step], |row| row.get(0)).optional()?;
    let from = noted.unwrap_or(i64::MIN);
    let mut first: Option<i64> = None;
    for (tables, query) in [
        ("SELECT key FROM series", "SELECT min(at) FROM share WHERE series = ?1 AND at >= ?2"),
        ("SELECT key FROM account", "SELECT min(at) FROM money WHERE account = ?1 AND at >= ?2"),
    ] {
        for key in keys(connection, tables)? {
            let at: Option<i64> =
                connection.prepare_cached(query)?.query_row([key, from], |row| row.get(0))?;
            first = first.into_iter().chain(at).min();
        }
    }
    Ok(first.map(|at| at.div_euclid(DAY).saturating_mul(DAY)))
}

fn keys(connection: &Connection, query: &str) -> Result<Vec<i64>, StoreError> {
    let mut statement = connection.prepare_cached(query)?;
    let keys = statement.query_map([], |row| row.get(0))?;
    Ok(keys.collect::<Result<_, _>>()?)
}
