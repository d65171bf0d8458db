//! `tidemark settings`: reads and changes the settings.

use std::fs::File;
use std::io::{self, ErrorKind};
use std::path::PathBuf;

use clap::Subcommand;
use jiff::Timestamp;
use tidemark_core::settings::{SettingError, Settings};

use super::{Problem, is_stream, load_settings, print};
use crate::config::{self, SaveError, files};
use crate::{Machine, exchange};

#[derive(Debug, Subcommand)]
pub(super) enum SettingsCommand {
    /// Show every setting and its value.
    List,
    /// Show one setting.
    Get {
        /// Its name.
        key: String,
    },
    /// Change one setting.
    Set {
        /// Its name.
        key: String,
        /// Its new value.
        value: String,
    },
    /// Write all settings, without accounts and keys.
    Export {
        /// Where to; standard output when it is `-` or missing.
        file: Option<PathBuf>,
    },
    /// Take settings from an export; accounts and keys stay as they are.
    Import {
        /// Where from; standard input when it is `-`.
        file: PathBuf,
    },
}

pub(super) fn run(machine: &Machine, command: SettingsCommand) -> Result<u8, Problem> {
    let current = || load_settings(machine);
    match command {
        SettingsCommand::List => {
            let settings = current();
            let lines = settings.entries().into_iter().map(|(key, value)| format!("{key} = {value}\n"));
            print(&lines.collect::<String>())?;
        }
        SettingsCommand::Get { key } => {
            let value = current().get(&key).ok_or(SettingError::NoSuchKey(key))?;
            print(&value)?;
        }
        SettingsCommand::Set { key, value } => change(machine, |settings| Ok(settings.set(&key, &value)?))?,
        SettingsCommand::Export { file } => export(current(), file.as_ref())?,
        SettingsCommand::Import { file } => import(machine, &file)?,
    }
    Ok(0)
}

fn change(
    machine: &Machine,
    change: impl FnOnce(&mut Settings) -> Result<(), Problem>,
) -> Result<(), Problem> {
    config::update(&machine.paths, Timestamp::now(), change).map(drop)
}

fn export(settings: Settings, file: Option<&PathBuf>) -> Result<(), Problem> {
    let text = exchange::text(settings).map_err(|e| Problem::other(e.to_string()))?;
    match file.filter(|f| !is_stream(Some(f))) {
        None => print(&text)?,
        Some(path) => exchange::write(path, &(text + "\n")).map_err(|error| {
            let problem = files::problem(&error);
            Problem::other(format!("{} could not be written: {problem}.", path.display()))
        })?,
    }
    Ok(())
}

fn import(machine: &Machine, file: &PathBuf) -> Result<(), Problem> {
    let read = if is_stream(Some(file)) {
        exchange::read_limited(io::stdin().lock())
    } else {
        File::open(file).and_then(exchange::read_limited)
    };
    let text = read.map_err(|e| match e.kind() {
        ErrorKind::FileTooLarge => Problem::wrong_use("This is more than settings can be: 1 MiB."),
        ErrorKind::InvalidData => not_an_export(),
        _ => Problem::other(format!("{} could not be read: {e}.", file.display())),
    })?;
    let taken = exchange::parse(&text).ok_or_else(not_an_export)?;
    change(machine, |settings| {
        *settings = settings.with_import(taken)?;
        Ok(())
    })
}

/// The parser's own message is left out because it quotes the input.
fn not_an_export() -> Problem {
    Problem::wrong_use(
        "This is no export of Tidemark's settings. Name a file that `tidemark settings export` has written.",
    )
}

impl From<SettingError> for Problem {
    fn from(error: SettingError) -> Self {
        Self::wrong_use(format!("{error}."))
    }
}

impl From<SaveError> for Problem {
    fn from(error: SaveError) -> Self {
        crate::error::AppError::from(error).into()
    }
}
