//! What the controller answers those who ask what is in use.
//!
//! Owns the shapes. Refuses keys: none is in them.

use tidemark_core::settings::Settings;
use tidemark_core::speed::Standing;
use tidemark_core::text::{Tongue, Words};

/// What a measurement of speed starts from.
#[derive(Debug)]
pub struct Speed {
    /// What is known of the account; `None` where there is none.
    pub standing: Option<Standing>,
    /// The settings in use.
    pub settings: Settings,
    /// The user's language.
    pub tongue: Tongue,
    /// Whether everything is simulated.
    pub demo: bool,
}

/// What is in use now.
#[derive(Debug)]
pub struct InUse {
    /// The settings.
    pub settings: Settings,
    /// The user's language.
    pub tongue: Tongue,
    /// Whether everything is simulated.
    pub demo: bool,
}

impl InUse {
    /// Gives the catalogue of the user's language.
    #[must_use]
    pub fn words(&self) -> Words {
        Words::new(self.tongue)
    }
}
