//! Parses the settings file, field by field.
//!
//! A wrong value is dropped alone, in a setting or in an account. An account without its id, name, kind or region is
//! dropped as a whole. A file that is not a settings file is not used at all.

use std::io;
use std::path::Path;

use serde_json::{Map, Value};
use tidemark_core::account::{Account, AccountId};
use tidemark_core::settings::Settings;

use super::files;

/// The maximum size of a settings file, in bytes.
pub(super) const LIMIT: u64 = 4 * 1024 * 1024;

/// The result of reading a settings file.
#[derive(Debug)]
pub(super) enum Parsed {
    /// There is no file.
    Missing,
    /// It is a settings file.
    Understood(Box<Understood>),
    /// It is not a settings file: truncated, empty, of another format, or a folder.
    Broken,
    /// It may be a settings file, but cannot be read now.
    Unreadable,
}

/// What was understood of a settings file.
#[derive(Debug)]
pub(super) struct Understood {
    /// The settings; values that are not valid have their defaults.
    pub(super) settings: Settings,
    /// The fields that are not valid, such as `interval_minutes`, `accounts[2].pair`.
    pub(super) mended: Vec<String>,
    /// The accounts that were not understood; `None` if not even the id was.
    pub(super) lost: Vec<Option<AccountId>>,
}

pub(super) fn read(path: &Path) -> Parsed {
    match files::read_small(path, LIMIT) {
        Ok(text) => parse(&text).map_or(Parsed::Broken, |read| Parsed::Understood(Box::new(read))),
        Err(e) if e.kind() == io::ErrorKind::NotFound => match path.symlink_metadata() {
            // A link to a missing file.
            Ok(_) => Parsed::Broken,
            Err(_) => Parsed::Missing,
        },
        // A pipe, a folder, or longer than any settings file.
        Err(_) if path.metadata().is_ok_and(|m| !m.is_file() || m.len() > LIMIT) => Parsed::Broken,
        Err(_) => Parsed::Unreadable,
    }
}

pub(super) fn parse(text: &[u8]) -> Option<Understood> {
    if text.len() as u64 > LIMIT {
        return None;
    }
    let text = text.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(text);
    let Ok(Value::Object(mut fields)) = serde_json::from_slice(text) else { return None };
    let accounts = match fields.remove("accounts") {
        None => Vec::new(),
        Some(Value::Array(accounts)) => accounts,
        Some(_) => return None,
    };
    let (mut settings, mut mended) = fields_of(fields);
    let mut lost = Vec::new();
    for value in accounts {
        match account_of(value) {
            Ok((account, wrong)) => {
                settings.accounts.push(account);
                // By number: `tidemark doctor` prints these for reports, which must not contain names.
                let number = settings.accounts.len();
                mended.extend(wrong.into_iter().map(|field| format!("accounts[{number}].{field}")));
            }
            Err(id) => lost.push(id),
        }
    }
    mended.extend(settings.mend().into_iter().map(ToOwned::to_owned));
    Some(Understood { settings, mended, lost })
}

/// Parses every field with a valid value; also returns the names of those that keep their defaults.
fn fields_of(fields: Map<String, Value>) -> (Settings, Vec<String>) {
    let is_fit = |name: &String, value: &Value| {
        let alone = Map::from_iter([(name.clone(), value.clone())]);
        serde_json::from_value::<Settings>(Value::Object(alone)).is_ok()
    };
    let (fitting, wrong): (Map<String, Value>, Map<String, Value>) =
        fields.into_iter().partition(|(name, value)| is_fit(name, value));
    let settings = serde_json::from_value(Value::Object(fitting)).unwrap_or_default();
    (settings, wrong.into_iter().map(|(name, _)| name).collect())
}

/// Parses an account without its invalid fields, and returns their names; on failure returns the id if there is one.
fn account_of(value: Value) -> Result<(Account, Vec<String>), Option<AccountId>> {
    if let Ok(account) = serde_json::from_value(value.clone()) {
        return Ok((account, Vec::new()));
    }
    let id = value.get("id").and_then(Value::as_str).map(|id| AccountId(id.to_owned()));
    let Value::Object(fields) = value else { return Err(id) };
    let needed = ["id", "name", "kind", "region"];
    let (mut kept, others): (Map<String, Value>, Map<String, Value>) =
        fields.into_iter().partition(|(name, _)| needed.contains(&name.as_str()));
    let mut wrong = Vec::new();
    for (name, value) in others {
        kept.insert(name.clone(), value);
        if serde_json::from_value::<Account>(Value::Object(kept.clone())).is_err() {
            kept.remove(&name);
            wrong.push(name);
        }
    }
    serde_json::from_value(Value::Object(kept)).map(|account| (account, wrong)).map_err(|_| id)
}
