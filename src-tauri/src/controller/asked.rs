//! What the controller answers to the question what is in use. None of it contains a key.

use tidemark_core::settings::Settings;
use tidemark_core::speed::Standing;
use tidemark_core::text::{Tongue, Words};

/// What a speed measurement needs.
#[derive(Debug)]
pub struct Speed {
    /// The account and what is known about it; `None` if there is no such account.
    pub standing: Option<Standing>,
    pub settings: Settings,
    /// The user's language.
    pub tongue: Tongue,
    /// Whether everything is simulated.
    pub demo: bool,
}

/// The settings and the language in use.
#[derive(Debug)]
pub struct InUse {
    pub settings: Settings,
    /// The user's language.
    pub tongue: Tongue,
    /// Whether everything is simulated.
    pub demo: bool,
}

impl InUse {
    /// Returns the texts in the user's language.
    #[must_use]
    pub fn words(&self) -> Words {
        Words::new(self.tongue)
    }
}
