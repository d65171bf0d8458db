//! Import of settings from an export.
//!
//! All fields are checked before any is set. Accounts are never imported: an export has none, and the present
//! ones stay with their keys. Unknown fields are kept for a newer version, within limits, because they must
//! fit into a settings file.

use serde_json::{Map, Value};

use super::choices::choice;
use super::expected::SettingError;
use super::{SCHEMA, Settings};
use crate::redact::{contains_key, holds_key};
use crate::text::Words;

/// Maximum size of unknown fields, in bytes of JSON.
const UNKNOWN_BYTES: usize = 64 * 1024;

/// Maximum nesting depth of unknown fields.
const UNKNOWN_DEPTH: usize = 16;

impl Settings {
    /// These settings with the fields of an export in their place; fields that the export does not contain
    /// stay.
    ///
    /// # Errors
    ///
    /// [`SettingError`] has the first invalid field; nothing is imported then.
    pub fn with_import(&self, export: Map<String, Value>) -> Result<Self, SettingError> {
        if is_newer(&export) {
            return Err(SettingError::NewerSchema);
        }
        if export.iter().any(|(key, value)| contains_key(key) || holds_key(value)) {
            return Err(SettingError::KeyInExport);
        }
        let mut next = self.clone();
        let mut has_unknown = false;
        for (key, value) in export {
            let Some(choice) = choice(&key) else {
                if !["schema", "accounts"].contains(&key.as_str()) {
                    next.unknown.insert(key, value);
                    has_unknown = true;
                }
                continue;
            };
            let refused = || SettingError::Takes { key: choice.key, takes: choice.expected() };
            let alone = Map::from_iter([(key, value)]);
            let mut taken: Self = serde_json::from_value(Value::Object(alone)).map_err(|_| refused())?;
            choice.copy(&mut taken, &mut next);
        }
        if has_unknown && !is_bounded(&next.unknown) {
            return Err(SettingError::TooMuchUnknown);
        }
        // An account of the computer that the export is from.
        if next.set("tray_account", &next.tray_account.clone()).is_err() {
            next.tray_account.clone_from(&self.tray_account);
        }
        next.check()?;
        Ok(next)
    }

    /// The message that an import from a file changed these settings, by their labels.
    #[must_use]
    pub fn said_of_import(&self, before: &Self, file: &str, words: &Words) -> String {
        let pairs = self.entries().into_iter().zip(before.entries());
        let changed = pairs.filter(|((_, now), (_, then))| now != then).map(|((key, _), _)| key);
        let labels: Vec<String> = changed.map(|key| words.say(&format!("setting-{key}"))).collect();
        let many = labels.len().into();
        words.put("imported", &[("many", many), ("fields", words.list(labels).into()), ("file", file.into())])
    }
}

impl Settings {
    /// Whether these fields are an export: at least one of them is a setting, or they are from a newer version.
    #[must_use]
    pub fn is_export(fields: &Map<String, Value>) -> bool {
        is_newer(fields) || fields.keys().any(|key| choice(key).is_some())
    }
}

fn is_newer(export: &Map<String, Value>) -> bool {
    export.get("schema").is_some_and(|schema| schema.as_u64().is_none_or(|s| s > u64::from(SCHEMA)))
}

fn is_bounded(unknown: &Map<String, Value>) -> bool {
    let is_short = serde_json::to_string(unknown).is_ok_and(|text| text.len() <= UNKNOWN_BYTES);
    is_short && unknown.values().all(|value| depth(value) <= UNKNOWN_DEPTH)
}

/// Nesting depth of arrays and objects; the recursion is bounded by the JSON parser's limit.
fn depth(value: &Value) -> usize {
    match value {
        Value::Array(values) => 1 + values.iter().map(depth).max().unwrap_or(0),
        Value::Object(fields) => 1 + fields.values().map(depth).max().unwrap_or(0),
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn export(value: Value) -> Map<String, Value> {
        serde_json::from_value(value).expect("an object")
    }

    fn mine() -> Settings {
        serde_json::from_value(serde_json::json!({
            "interval_minutes": 9, "proxy": "http://me:secret@proxy.example", "moon": "full",
            "accounts": [{ "id": "1", "name": "Home", "kind": "token_plan", "region": "global" }],
        }))
        .expect("settings")
    }

    #[test]
    fn an_export_replaces_what_it_names_and_leaves_accounts_and_the_rest() {
        let taken = export(serde_json::json!({
            "schema": 1, "near_percent": 50, "critical_percent": 60, "quiet_hours": "22:00-07:00", "sun": 1,
            "accounts": [],
        }));
        let next = mine().with_import(taken).expect("it fits");
        assert_eq!((next.near_percent, next.critical_percent, next.interval_minutes), (50, 60, 9));
        assert_eq!((next.accounts.len(), next.proxy.as_str()), (1, "http://me:secret@proxy.example"));
        assert_eq!((&next.unknown["moon"], &next.unknown["sun"]), (&"full".into(), &1.into()));
        let whole = serde_json::to_value(Settings { accounts: Vec::new(), ..next.clone() }).expect("JSON");
        let again = mine().with_import(export(whole)).expect("what was exported is taken");
        assert_eq!(again, next);
    }

    #[test]
    fn an_export_with_one_wrong_field_is_refused_by_its_name() {
        for (key, value) in [
            ("interval_minutes", serde_json::json!("often")),
            ("interval_minutes", serde_json::json!(600)),
            ("critical_percent", serde_json::json!(70)),
            ("notices", serde_json::json!("on")),
            ("language", serde_json::json!("fr")),
            ("quiet_hours", serde_json::json!("22:00-22:00")),
            ("quiet_allows", serde_json::json!(["spent"])),
            ("peak_zone", serde_json::json!("Mars")),
            ("proxy", serde_json::json!(null)),
            ("history_days", serde_json::json!(-1)),
        ] {
            let taken = export(serde_json::json!({ "schema": 1, "show_used": true, key: value }));
            let refused = mine().with_import(taken).map_err(|e| e.to_string());
            assert!(refused.as_ref().is_err_and(|said| said.starts_with(key)), "{key}: {refused:?}");
        }
        for schema in [serde_json::json!(2), serde_json::json!("new"), serde_json::json!(-1)] {
            let taken = export(serde_json::json!({ "schema": schema }));
            assert_eq!(mine().with_import(taken), Err(SettingError::NewerSchema));
        }
    }
    #[test]
    fn an_export_with_a_key_anywhere_is_refused() {
        let key = "sk-cp-test-0123456789abcdef";
        for held in [
            serde_json::json!({ "near_percent": 50, "key": key }),
            serde_json::json!({ "near_percent": 50, "sun": { "rays": ["a", key] } }),
            serde_json::json!({ "near_percent": 50, "accounts": [{ "name": key }] }),
            serde_json::json!({ "near_percent": 50, key: 1 }),
        ] {
            assert_eq!(mine().with_import(export(held)), Err(SettingError::KeyInExport));
        }
    }

    #[test]
    fn an_account_of_another_computer_is_not_imported_for_the_tray() {
        let mut own = mine();
        own.set("tray_account", "1").expect("an account");
        for (imported, expected) in [("elsewhere", "1"), ("1", "1"), ("", "")] {
            let taken = export(serde_json::json!({ "tray_account": imported, "near_percent": 50 }));
            let next = own.with_import(taken).expect("the rest fits");
            assert_eq!((next.tray_account.as_str(), next.near_percent), (expected, 50));
        }
    }

    #[test]
    fn what_has_no_setting_is_no_export() {
        for (fields, is_export) in [
            (serde_json::json!({}), false),
            (serde_json::json!({ "settings": { "near_percent": 50 } }), false),
            (serde_json::json!({ "schema": 1, "accounts": [] }), false),
            (serde_json::json!({ "near_percent": 50 }), true),
        ] {
            assert_eq!(Settings::is_export(&export(fields)), is_export);
        }
    }

    #[test]
    fn unknown_fields_are_kept_up_to_a_length_and_a_depth() {
        let nested =
            |levels: usize| (0..levels).fold(serde_json::json!(0), |inner, _| serde_json::json!([inner]));
        let with = |value: Value| mine().with_import(export(serde_json::json!({ "sun": value })));
        assert_eq!(
            with(nested(UNKNOWN_DEPTH)).map(|next| next.unknown["sun"].clone()),
            Ok(nested(UNKNOWN_DEPTH))
        );
        assert_eq!(with(nested(UNKNOWN_DEPTH + 1)), Err(SettingError::TooMuchUnknown));
        assert_eq!(with(vec![0; 20_000].into()).map(|_| ()), Ok(()), "40 KB");
        assert_eq!(with("x".repeat(UNKNOWN_BYTES).into()), Err(SettingError::TooMuchUnknown));
        let full = with("x".repeat(UNKNOWN_BYTES - 100).into()).expect("it fits");
        let more = export(serde_json::json!({ "moons": "x".repeat(200) }));
        assert_eq!(full.with_import(more), Err(SettingError::TooMuchUnknown), "what is here already counts");
        let plain = export(serde_json::json!({ "theme": "dark" }));
        assert!(full.with_import(plain).is_ok());
    }
}
