//! From the file's bytes to settings, field by field.
//!
//! Owns how much of a damaged file is used. A single wrong value costs itself; a wrong account costs itself and a
//! copy of the file; what is no settings file at all is given up.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use serde_json::{Map, Value};
use tidemark_core::account::Account;
use tidemark_core::settings::Settings;

/// No settings file is longer, in bytes.
const LIMIT: u64 = 4 * 1024 * 1024;

/// What a settings file is.
#[derive(Debug)]
pub(super) enum Parsed {
    /// There is none.
    Missing,
    /// Every account was understood; values out of their bounds are mended.
    Fine(Settings),
    /// Some account was not understood.
    Partly(Settings),
    /// It is none: cut off, empty, of another kind, or a folder in its place.
    Broken,
    /// It may be one, but cannot be read now.
    Unreadable,
}

impl Parsed {
    /// Gives what was understood.
    pub(super) fn into_settings(self) -> Settings {
        match self {
            Self::Fine(settings) | Self::Partly(settings) => settings,
            Self::Missing | Self::Broken | Self::Unreadable => Settings::default(),
        }
    }
}

pub(super) fn read(path: &Path) -> Parsed {
    match std::fs::metadata(path) {
        Err(e) if e.kind() == io::ErrorKind::NotFound => match path.symlink_metadata() {
            // A link that leads nowhere.
            Ok(_) => Parsed::Broken,
            Err(_) => Parsed::Missing,
        },
        Err(_) => Parsed::Unreadable,
        // Only a plain file is opened: a pipe would never end.
        Ok(metadata) if !metadata.is_file() || metadata.len() > LIMIT => Parsed::Broken,
        Ok(_) => {
            let mut text = Vec::new();
            match File::open(path).and_then(|file| file.take(LIMIT).read_to_end(&mut text)) {
                Ok(_) => parse(&text),
                Err(_) => Parsed::Unreadable,
            }
        }
    }
}

fn parse(text: &[u8]) -> Parsed {
    let text = text.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(text);
    let Ok(Value::Object(mut fields)) = serde_json::from_slice(text) else { return Parsed::Broken };
    let accounts = match fields.remove("accounts") {
        None => Vec::new(),
        Some(Value::Array(accounts)) => accounts,
        Some(_) => return Parsed::Broken,
    };
    let mut settings = fields_of(fields);
    let count = accounts.len();
    settings.accounts =
        accounts.into_iter().filter_map(|a| serde_json::from_value::<Account>(a).ok()).collect();
    let mended = settings.mend();
    if !mended.is_empty() {
        tracing::warn!(?mended, "settings out of their bounds were brought back to their defaults");
    }
    if settings.accounts.len() == count { Parsed::Fine(settings) } else { Parsed::Partly(settings) }
}

/// Takes every field that is of its kind; one that is not keeps its default.
fn fields_of(fields: Map<String, Value>) -> Settings {
    let fits = |(name, value): (String, Value)| {
        let alone = Map::from_iter([(name.clone(), value.clone())]);
        if serde_json::from_value::<Settings>(Value::Object(alone)).is_ok() {
            Some((name, value))
        } else {
            tracing::warn!(name, "a setting is not of its kind and was brought back to its default");
            None
        }
    };
    let fitting: Map<String, Value> = fields.into_iter().filter_map(fits).collect();
    serde_json::from_value(Value::Object(fitting)).unwrap_or_default()
}
