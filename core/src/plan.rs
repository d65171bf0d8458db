//! Facts about MiniMax's plans, with sources, and the user's own values in their place.
//!
//! `data/plan.json` is the only file to edit when MiniMax changes a figure. The tier comes from the user,
//! because no answer names it.

mod figures;
mod peak;

use jiff::Timestamp;

use crate::account::Tier;
use crate::settings::Settings;

pub use figures::{Makes, Model, Quota};
pub use peak::{Peak, Zone, ZoneError};

use figures::figures;

/// Facts about plans: MiniMax's figures, replaced by the user's where set.
#[derive(Clone, Debug, PartialEq)]
pub struct Facts {
    /// How many short windows a week holds (FAQ: the weekly quota is 10 times the 5-hour quota).
    pub weekly_windows: f64,
    /// How many requests one image-understanding call costs (FAQ: 3 of the text model's).
    pub vlm_requests: u32,
    /// When MiniMax slows agents down; `None` if the user switched that off.
    pub peak: Option<Peak>,
    /// A plan bought before this time has no weekly limit (FAQ).
    pub weekly_cap_since: Timestamp,
}

impl Facts {
    /// The facts under these settings. An invalid setting counts as not set.
    #[must_use]
    pub fn of(settings: &Settings) -> Self {
        let ours = figures();
        let or_own = |wish: u32, own: u32| if wish == 0 { own } else { wish };
        Self {
            weekly_windows: f64::from(or_own(settings.weekly_windows, ours.weekly_windows.value)),
            vlm_requests: or_own(settings.vlm_requests, ours.vlm_requests.value),
            peak: peak::chosen(&settings.peak_hours, &settings.peak_zone, ours),
            weekly_cap_since: ours.weekly_cap_since.value,
        }
    }

    /// About how many agents run at the same time in peak hours with this tier (FAQ); 0 if unknown.
    #[must_use]
    pub fn agents(&self, tier: Tier) -> u32 {
        figures().tiers.iter().find(|of| of.tier == tier).map_or(0, |of| of.agents)
    }
}

/// The models that plans include, in the FAQ's order.
#[must_use]
pub fn models() -> &'static [Model] {
    &figures().models
}

/// The text model of a plan, the first in the FAQ, where the newest comes first: `MiniMax-M2.7`, or its
/// High-Speed variant.
#[must_use]
pub fn text_model(high_speed: bool) -> Option<&'static Model> {
    models().iter().find(|model| model.makes == Makes::Text && model.high_speed == high_speed)
}

/// MiniMax's peak hours and their zone in the format of the settings: `15:00-17:30`, `UTC+8`.
#[must_use]
pub fn own_peak() -> (&'static str, &'static str) {
    (&figures().peak_hours.value, &figures().peak_zone.value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_the_users_word_the_faq_holds() {
        let facts = Facts::of(&Settings::default());
        assert!((facts.weekly_windows - 10.0).abs() < f64::EPSILON);
        assert_eq!(facts.vlm_requests, 3);
        assert_eq!(
            [Tier::Starter, Tier::Plus, Tier::Max, Tier::Ultra].map(|tier| facts.agents(tier)),
            [1, 1, 2, 4]
        );
        assert_eq!(facts.weekly_cap_since.to_string(), "2026-03-22T16:00:00Z");
        assert!(facts.peak.is_some());
    }

    #[test]
    fn the_user_has_the_last_word() {
        let facts = Facts::of(&Settings {
            weekly_windows: 7,
            vlm_requests: 5,
            peak_hours: "off".to_owned(),
            ..Settings::default()
        });
        assert!((facts.weekly_windows - 7.0).abs() < f64::EPSILON);
        assert_eq!((facts.vlm_requests, facts.peak), (5, None));
    }

    #[test]
    fn both_kinds_of_plans_have_their_text_model() {
        assert_eq!(text_model(false).map(|m| &*m.model), Some("MiniMax-M2.7"));
        assert_eq!(text_model(true).map(|m| &*m.model), Some("MiniMax-M2.7-highspeed"));
        assert!(models().iter().any(|m| m.model == "image-01" && m.quota == Quota::Daily));
    }
}
