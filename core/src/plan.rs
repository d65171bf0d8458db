//! What MiniMax promises of its plans: figures with their sources, and what the user has put in their place.
//!
//! Owns `data/plan.json`, the one file to edit when MiniMax changes a figure. Refuses to guess what an account has
//! bought: no answer names the tier, so the user does.

mod figures;
mod peak;

use jiff::Timestamp;

use crate::account::Tier;
use crate::settings::Settings;

pub use figures::{Makes, Model, Quota};
pub use peak::{Peak, Zone, ZoneError};

use figures::figures;

/// What holds for plans: MiniMax's figures, with the user's where the settings name others.
#[derive(Clone, Debug, PartialEq)]
pub struct Facts {
    /// How many short windows a week holds (FAQ: the weekly quota is 10 times the 5-hour quota).
    pub weekly_windows: f64,
    /// How many requests one image-understanding call costs (FAQ: 3 of the text model's).
    pub vlm_requests: u32,
    /// When MiniMax slows agents down; `None` where the user has switched that off.
    pub peak: Option<Peak>,
    /// A plan bought before this moment has no weekly limit (FAQ).
    pub weekly_cap_since: Timestamp,
}

impl Facts {
    /// Gives what holds under these settings. A setting that cannot be understood counts as not made.
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

    /// Gives about how many agents a tier keeps going at once in peak hours (FAQ); 0 where that is not known.
    #[must_use]
    pub fn agents(&self, tier: Tier) -> u32 {
        figures().tiers.iter().find(|of| of.tier == tier).map_or(0, |of| of.agents)
    }
}

/// Gives the models that plans cover, in the FAQ's order.
#[must_use]
pub fn models() -> &'static [Model] {
    &figures().models
}

/// Gives the text model of a plan, the newest first in the FAQ: `MiniMax-M2.7`, or its High-Speed form.
#[must_use]
pub fn text_model(high_speed: bool) -> Option<&'static Model> {
    models().iter().find(|model| model.makes == Makes::Text && model.high_speed == high_speed)
}

/// Gives MiniMax's own peak hours and their zone as the settings write them: `15:00-17:30`, `UTC+8`.
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
