//! The figures of `data/plan.json`, each with its source; a test checks that every figure has one.

use std::sync::LazyLock;

use jiff::Timestamp;
use serde::Deserialize;

use crate::account::Tier;

/// A figure and its source.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Figure<T> {
    pub(super) value: T,
    #[expect(dead_code, reason = "documents the figure for editors of the file; a test requires it")]
    source: String,
}

/// How many agents run at the same time in peak hours with a tier.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TierFigure {
    pub(super) tier: Tier,
    pub(super) agents: u32,
    #[expect(dead_code, reason = "documents the figure for editors of the file; a test requires it")]
    source: String,
}

/// A model that plans include.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Model {
    /// The name as used in requests.
    pub model: String,
    /// The type of output.
    pub makes: Makes,
    pub quota: Quota,
    /// Whether only High-Speed plans include it.
    pub high_speed: bool,
    /// Where this is documented.
    pub source: String,
}

/// The type of a model's output.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Makes {
    Text,
    Speech,
    Video,
    Music,
    Image,
}

/// The quota that a model uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Quota {
    /// The shared quota of all text models, over five hours.
    Shared,
    /// A separate quota per day.
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

/// The figures; the file is parsed once.
pub(super) fn figures() -> &'static Figures {
    // If the file is invalid the figures are missing, nothing else; a test checks the file.
    static FIGURES: LazyLock<Figures> = LazyLock::new(|| serde_json::from_str(TEXT).unwrap_or_default());
    &FIGURES
}

const TEXT: &str = include_str!("../../data/plan.json");

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    /// Collects every object without an object inside: each is one figure.
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
