//! What is embedded in a new page, so that it can draw before it has asked for anything. It cannot contain a key.

use serde::Serialize;
use tidemark_core::text::Words;
use tidemark_core::view::View;

/// The first view and the labels.
#[derive(Clone, Debug, Serialize)]
pub struct Opening {
    pub view: View,
    pub texts: Texts,
}

/// The page's own labels.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Texts {
    /// BCP 47 tag.
    pub language: &'static str,
    /// Fluent source of the labels.
    pub source: &'static str,
}

impl Texts {
    /// Returns the labels in the language of these words.
    #[must_use]
    pub fn of(words: &Words) -> Self {
        Self { language: words.tongue.tag(), source: words.tongue.page() }
    }
}
