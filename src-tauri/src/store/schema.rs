//! The tables, version by version, and the migration of older files. A file of a newer version is not changed.
//!
//! Times are milliseconds since 1970. The most frequent query, one window of one row since a time, is one scan along
//! the primary key of `share`.

use rusqlite::{Connection, TransactionBehavior};

/// Each step migrates the schema from the version that is its index to the next one.
const STEPS: [&str; 3] = [LAST_ANSWERS, HISTORY, CLOCK];

/// The first version that has a history.
const FIRST_WITH_HISTORY: usize = 2;

const LAST_ANSWERS: &str = "
    CREATE TABLE last (
        account TEXT PRIMARY KEY NOT NULL,
        good_at TEXT, good_head TEXT, good_body BLOB,
        failed_at TEXT, failure TEXT
    ) STRICT;
    CREATE TABLE memory (one INTEGER PRIMARY KEY CHECK (one = 1), memory TEXT NOT NULL) STRICT;
";

/// `state`: 0 present, 1 removed with its history kept, 2 removed with its history. `span`: 0 interval, 1 week.
/// `remaining`: hundredths of a percent. `available`: an exact decimal. `step`: seconds.
const HISTORY: &str = "
    ALTER TABLE last ADD COLUMN next_at TEXT;
    ALTER TABLE last ADD COLUMN next_reason TEXT;
    CREATE TABLE account (
        key INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        name TEXT, region TEXT,
        state INTEGER NOT NULL DEFAULT 0
    ) STRICT;
    CREATE TABLE series (
        key INTEGER PRIMARY KEY,
        account INTEGER NOT NULL REFERENCES account,
        span INTEGER NOT NULL,
        model TEXT
    ) STRICT;
    CREATE UNIQUE INDEX series_of ON series (account, span, model IS NULL, ifnull(model, ''));
    CREATE TABLE share (
        series INTEGER NOT NULL REFERENCES series,
        at INTEGER NOT NULL, until INTEGER NOT NULL,
        remaining INTEGER NOT NULL,
        starts INTEGER, resets INTEGER,
        rolling INTEGER NOT NULL,
        PRIMARY KEY (series, at)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE money (
        account INTEGER NOT NULL REFERENCES account,
        at INTEGER NOT NULL, until INTEGER NOT NULL,
        available TEXT NOT NULL,
        PRIMARY KEY (account, at)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE thinned (step INTEGER PRIMARY KEY, until INTEGER NOT NULL) STRICT;
";

/// The last trusted time, and how long the machine had run then. The migration takes the time of the newest reading:
/// there is no sign that the clock was wrong when it was written.
const CLOCK: &str = "
    CREATE TABLE clock (
        one INTEGER PRIMARY KEY CHECK (one = 1),
        at INTEGER NOT NULL,
        boot TEXT NOT NULL,
        since_boot INTEGER NOT NULL
    ) STRICT;
    INSERT INTO clock
        SELECT 1, max(until), '', 0 FROM (SELECT until FROM share UNION ALL SELECT until FROM money)
        HAVING max(until) IS NOT NULL;
";

/// How the version of a file compares to this version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Age {
    /// To be migrated to this version.
    Older,
    Current,
    /// Not to be changed.
    Newer,
}

/// Whether a file, possibly of an older version, has a history that this version can read.
pub(super) fn has_history(connection: &Connection) -> rusqlite::Result<bool> {
    Ok((FIRST_WITH_HISTORY..=STEPS.len()).contains(&version(connection)?))
}

pub(super) fn age(connection: &Connection) -> rusqlite::Result<Age> {
    Ok(match version(connection)?.cmp(&STEPS.len()) {
        std::cmp::Ordering::Less => Age::Older,
        std::cmp::Ordering::Equal => Age::Current,
        std::cmp::Ordering::Greater => Age::Newer,
    })
}

/// Migrates the file to this version in one transaction; returns its version afterwards.
pub(super) fn migrate(connection: &mut Connection) -> rusqlite::Result<Age> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    // Another Tidemark may have migrated it while this one waited.
    let from = version(&transaction)?;
    for step in STEPS.iter().skip(from) {
        transaction.execute_batch(step)?;
    }
    if from < STEPS.len() {
        transaction.pragma_update(None, "user_version", u32::try_from(STEPS.len()).unwrap_or(u32::MAX))?;
    }
    transaction.commit()?;
    age(connection)
}

fn version(connection: &Connection) -> rusqlite::Result<usize> {
    let version: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    Ok(usize::try_from(version).unwrap_or(usize::MAX))
}
