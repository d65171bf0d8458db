//! What a page begins with, so that it draws before it has asked for anything.
//!
//! Owns the shape that the page finds in itself. Refuses keys: neither a view nor labels can hold one.

use serde::Serialize;
use tidemark_core::text::Words;
use tidemark_core::view::View;

/// The first view and the labels.
#[derive(Clone, Debug, Serialize)]
pub struct Opening {
    /// What the window shows.
    pub view: View,
    /// The page's own labels.
    pub texts: Texts,
}

/// The page's own labels.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Texts {
    /// The language, as a BCP 47 tag.
    pub language: &'static str,
    /// Their Fluent source.
    pub source: &'static str,
}

impl Texts {
    /// Gives the labels in the language of these words.
    #[must_use]
    pub fn of(words: &Words) -> Self {
        Self { language: words.tongue.tag(), source: words.tongue.page() }
    }
}
