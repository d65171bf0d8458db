//! `tidemark history`: the readings stored on this machine, oldest first, including those of removed accounts.
//!
//! The readings are streamed, so that a year is never in memory as a whole. No store is created if none exists.

mod sheet;

use std::io::{self, BufWriter, Write};

use clap::Args;
use jiff::{SignedDuration, Timestamp};
use tidemark_core::account::AccountId;
use tidemark_core::settings::Settings;

use super::{Problem, load_settings, moment, now};
use crate::Machine;
use crate::store::{self, Filter, Known, Store, StoreError};

use sheet::{Names, Sheet};

#[derive(Debug, Args)]
pub(super) struct HistoryArgs {
    /// Only this account; a removed one by its last name.
    #[arg(long, value_name = "NAME")]
    account: Option<String>,
    /// Only what was still seen at this time or later: 2026-11-22T10:00:00Z, 2026-11-22, or how long ago, as in 2h or 7d.
    #[arg(long, value_name = "TIME", value_parser = since)]
    since: Option<Timestamp>,
    /// Print comma-separated values, with a header and times in UTC.
    #[arg(long, conflicts_with = "json")]
    csv: bool,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// Why the output is incomplete.
#[derive(Debug, thiserror::Error)]
enum Stopped {
    #[error("{0}")]
    Store(#[from] StoreError),
    #[error("{0}")]
    Output(#[from] io::Error),
}

pub(super) fn run(machine: &Machine, args: &HistoryArgs) -> Result<u8, Problem> {
    let settings = load_settings(machine);
    let store = store::look(&machine.paths.store).map_err(unreadable)?.unwrap_or_else(Store::nowhere);
    let known = store.known().map_err(unreadable)?;
    let accounts = args.account.as_deref().map(|name| named(name, &settings, &known)).transpose()?;
    let filter = Filter { accounts, since: args.since };
    let names = Names::new(&settings, known);
    let sheet = match () {
        () if args.json => Sheet::Json,
        () if args.csv => Sheet::Csv,
        () => Sheet::plain(&names, &store.windows(&filter).map_err(unreadable)?),
    };
    match stream(&store, &filter, &names, &sheet) {
        Ok(()) => Ok(0),
        // A reader that closes the pipe, such as `head`, has what it wanted.
        Err(Stopped::Output(error)) if error.kind() == io::ErrorKind::BrokenPipe => Ok(0),
        Err(Stopped::Output(error)) => {
            Err(Problem::other(format!("The readings could not be written: {error}.")))
        }
        Err(Stopped::Store(error)) => Err(unreadable(error)),
    }
}

fn stream(store: &Store, filter: &Filter, names: &Names, sheet: &Sheet) -> Result<(), Stopped> {
    let mut out = BufWriter::new(io::stdout().lock());
    let (mut from, mut many) = (None, 0_usize);
    loop {
        let page = store.page(filter, from)?;
        for entry in &page.entries {
            if many == 0 {
                sheet.begin(&mut out, now())?;
            }
            sheet.line(&mut out, names, entry, many == 0)?;
            many += 1;
        }
        match page.next {
            Some(next) => from = Some(next),
            None => break,
        }
    }
    if many == 0 {
        sheet.nothing(&mut out, now())?;
    } else {
        sheet.end(&mut out)?;
    }
    Ok(out.flush()?)
}

fn unreadable(error: impl std::fmt::Display) -> Problem {
    Problem::other(format!("The history cannot be read: {error}."))
}

/// Returns the accounts with this name, and the removed accounts that had it last.
fn named(name: &str, settings: &Settings, known: &[Known]) -> Result<Vec<AccountId>, Problem> {
    let mut ids: Vec<AccountId> = settings.named(name).map(|a| a.id.clone()).into_iter().collect();
    let is_gone = |known: &&Known| settings.account(&known.id).is_none();
    let had_it = |known: &&Known| known.name.as_deref() == Some(name.trim()) || known.id.0 == name.trim();
    ids.extend(known.iter().filter(is_gone).filter(had_it).map(|known| known.id.clone()));
    if ids.is_empty() {
        return Err(Problem::wrong_use(format!(
            "There is no account {name:?}, and nothing is kept of one. `tidemark account list` shows them all."
        )));
    }
    Ok(ids)
}

/// Parses a time, or how long ago it was.
fn since(text: &str) -> Result<Timestamp, String> {
    let ago = || {
        let text = text.trim();
        let unit = text.chars().next_back()?;
        let hours = match unit {
            'm' => 0,
            'h' => 1,
            'd' => 24,
            'w' => 24 * 7,
            _ => return None,
        };
        let many: i32 = text.strip_suffix(unit)?.parse().ok().filter(|n| *n >= 0)?;
        let ago = match hours {
            0 => SignedDuration::from_mins(i64::from(many)),
            hours => SignedDuration::from_hours(i64::from(many) * hours),
        };
        now().checked_sub(ago).ok()
    };
    ago().map_or_else(|| moment(text).map_err(|e| format!("{e}, or how long ago, as in 2h or 7d")), Ok)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_given_as_everywhere_or_as_how_long_ago() {
        let ago = |text| {
            // Called first, because the clock may move to the next second between the two calls.
            let at = since(text).unwrap();
            now().duration_since(at).as_secs()
        };
        assert!((7200..7210).contains(&ago("2h")));
        assert!((7 * 86_400..7 * 86_400 + 10).contains(&ago("7d")));
        assert!((1800..1810).contains(&ago("30m")));
        assert!((14 * 86_400..14 * 86_400 + 10).contains(&ago("2w")));
        assert_eq!(since("2026-11-22"), moment("2026-11-22"));
        assert_eq!(since("1764000000"), moment("1764000000"));
        for wrong in ["", "h", "-2h", "2y", "yesterday", "999999999999h", "2147483647w", "２h"] {
            assert!(since(wrong).is_err(), "{wrong}");
        }
    }
}
