//! The figures of `data/plan.json`, each with its source.
//!
//! Owns the file's form. Refuses figures without a source: a test reads every one.

use std::sync::LazyLock;

use jiff::Timestamp;
use serde::Deserialize;

use crate::account::Tier;

/// One figure and where it comes from.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Figure<T> {
    pub(super) value: T,
    #[expect(dead_code, reason = "for those who edit the file; a test demands it")]
    source: String,
}

/// How many agents a tier keeps going in peak hours.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TierFigure {
    pub(super) tier: Tier,
    pub(super) agents: u32,
    #[expect(dead_code, reason = "for those who edit the file; a test demands it")]
    source: String,
}

/// A model that plans cover.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Model {
    /// Its name, as requests write it.
    pub model: String,
    /// What it makes.
    pub makes: Makes,
    /// Which quota it draws on.
    pub quota: Quota,
    /// Whether only High-Speed plans cover it.
    pub high_speed: bool,
    /// Where this is written.
    pub source: String,
}

/// What a model makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Makes {
    /// Text
    Text,
    /// Speech
    Speech,
    /// Video
    Video,
    /// Music
    Music,
    /// Images
    Image,
}

/// Which quota a model draws on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Quota {
    /// The one that all text models share, over five hours.
    Shared,
    /// One of its own, for each day.
    Daily,
}

/// The whole file.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Figures {
    pub(super) tiers: Vec<TierFigure>,
    pub(super) peak_hours: Figure<String>,
    pub(super) peak_weekdays: Figure<Vec<i8>>,
    pub(super) peak_zone: Figure<String>,
    pub(super) weekly_windows: Figure<u32>,
    pub(super) weekly_cap_since: Figure<Timestamp>,
    pub(super) vlm_requests: Figure<u32>,
    pub(super) models: Vec<Model>,
}

/// Gives the figures; the file is read once.
pub(super) fn figures() -> &'static Figures {
    // A file that cannot be read costs its figures only; a test refuses one.
    static FIGURES: LazyLock<Figures> = LazyLock::new(|| serde_json::from_str(TEXT).unwrap_or_default());
    &FIGURES
}

const TEXT: &str = include_str!("../../data/plan.json");

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    /// Goes through every object that holds no other: each is one figure.
    fn figures_of<'a>(name: &str, value: &'a Value, found: &mut Vec<(String, &'a Value)>) {
        match value {
            Value::Object(fields) if fields.values().any(Value::is_object) => {
                fields.iter().for_each(|(key, value)| figures_of(key, value, found));
            }
            Value::Array(entries) => entries.iter().for_each(|entry| figures_of(name, entry, found)),
            other => found.push((name.to_owned(), other)),
        }
    }

    #[test]
    fn every_figure_of_the_plan_names_its_source() {
        let file: Value = serde_json::from_str(TEXT).expect("the file is JSON");
        let mut found = Vec::new();
        figures_of("plan", &file, &mut found);
        assert!(found.len() >= 4 + 6 + 11, "{} figures", found.len());
        for (name, figure) in found {
            let source = figure.get("source").and_then(Value::as_str).unwrap_or_default();
            let section = source.strip_prefix("MiniMax Token Plan FAQ, \"");
            assert!(section.is_some_and(|s| s.len() > 10), "{name} has no source: {figure}");
            assert!(figure.as_object().is_some_and(|f| f.len() > 1), "{name} has no figure");
        }
    }

    #[test]
    fn the_file_is_understood_as_a_whole() {
        let read: Figures = serde_json::from_str(TEXT).expect("the file has its form");
        assert_eq!((read.tiers.len(), read.models.len()), (4, 11));
        assert_eq!(read.peak_weekdays.value, [1, 2, 3, 4, 5]);
    }
}
