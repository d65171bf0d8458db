//! All texts that the user reads, in English and Simplified Chinese.
//!
//! Each sentence is one message; sentences are never assembled from parts.

mod laid;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use unic_langid::LanguageIdentifier;

use self::laid::Laid;
use crate::settings::Language;

/// A language of the catalogues.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Tongue {
    English,
    /// Simplified Chinese.
    Chinese,
}

impl Tongue {
    /// All languages.
    pub const ALL: [Self; 2] = [Self::English, Self::Chinese];

    /// The language by the user's setting, otherwise by the system's locale (`zh_CN.UTF-8`, `zh-Hans`,
    /// `de_DE`, …).
    #[must_use]
    pub fn of(wish: Language, system_locale: &str) -> Self {
        match wish {
            Language::Chinese => Self::Chinese,
            Language::Auto if system_locale.to_ascii_lowercase().starts_with("zh") => Self::Chinese,
            Language::English | Language::Auto => Self::English,
        }
    }

    /// The BCP 47 tag.
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Chinese => "zh-CN",
        }
    }

    /// The Fluent source of the page's own labels.
    #[must_use]
    pub const fn page(self) -> &'static str {
        match self {
            Self::English => include_str!("../locales/en/page.ftl"),
            Self::Chinese => include_str!("../locales/zh-CN/page.ftl"),
        }
    }

    const fn words(self) -> &'static str {
        match self {
            Self::English => include_str!("../locales/en/words.ftl"),
            Self::Chinese => include_str!("../locales/zh-CN/words.ftl"),
        }
    }
}

/// The catalogue of one language.
pub struct Words {
    pub tongue: Tongue,
    laid: Laid,
    bundle: FluentBundle<FluentResource>,
}

impl std::fmt::Debug for Words {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Words").field(&self.tongue).finish()
    }
}

/// A value for a message.
pub type Put<'a> = (&'static str, FluentValue<'a>);

impl Words {
    /// Parses the catalogue of a language.
    #[must_use]
    pub fn new(tongue: Tongue) -> Self {
        let language: LanguageIdentifier = tongue.tag().parse().unwrap_or_default();
        let mut bundle = FluentBundle::new_concurrent(vec![language]);
        // The bidi isolation marks would be visible in menus and notifications of some desktops.
        bundle.set_use_isolating(false);
        // An invalid line affects its own message only; a test finds any.
        let resource = FluentResource::try_new(tongue.words().to_owned()).unwrap_or_else(|(rest, _)| rest);
        bundle.add_resource_overriding(resource);
        Self { tongue, laid: Laid::of(tongue.words()), bundle }
    }

    /// The text of a message without values.
    #[must_use]
    pub fn say(&self, id: &str) -> String {
        self.put(id, &[])
    }

    /// The text of a message with values.
    #[must_use]
    pub fn put(&self, id: &str, values: &[Put<'_>]) -> String {
        let laid = self.laid.put(id, values);
        laid.or_else(|| self.fluent(id, values)).unwrap_or_else(|| id.to_owned())
    }

    /// Joins several things: `5 hours`, `5 hours and Week`, `5 hours, Week and Video`.
    #[must_use]
    pub fn list(&self, things: impl IntoIterator<Item = String>) -> String {
        let mut things: Vec<String> = things.into_iter().collect();
        let join = |id: &str, first: String, second: String| {
            self.put(id, &[("first", first.into()), ("second", second.into())])
        };
        let Some(last) = things.pop() else { return String::new() };
        let others = things.into_iter().reduce(|first, second| join("list-comma", first, second));
        others.map_or_else(|| last.clone(), |others| join("list-and", others, last.clone()))
    }

    fn fluent(&self, id: &str, values: &[Put<'_>]) -> Option<String> {
        let pattern = self.bundle.get_message(id).and_then(|m| m.value())?;
        let args: FluentArgs<'_> = values.iter().map(|(name, value)| (*name, value.clone())).collect();
        let mut errors = Vec::new();
        Some(self.bundle.format_pattern(pattern, Some(&args), &mut errors).into_owned())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn ids(source: &str) -> BTreeSet<&str> {
        source
            .lines()
            .filter(|l| l.starts_with(|c: char| c.is_ascii_lowercase()))
            .filter_map(|l| l.split_once(" ="))
            .map(|(id, _)| id)
            .collect()
    }

    #[test]
    fn both_languages_have_the_same_sentences() {
        let [english, chinese] = Tongue::ALL.map(|t| ids(t.words()));
        assert_eq!(english, chinese);
        let [english, chinese] = Tongue::ALL.map(|t| ids(t.page()));
        assert_eq!(english, chinese);
    }

    #[test]
    fn no_catalogue_has_a_broken_line() {
        for tongue in Tongue::ALL {
            for source in [tongue.words(), tongue.page()] {
                let parsed = FluentResource::try_new(source.to_owned());
                assert!(parsed.is_ok(), "{tongue:?}: {:?}", parsed.err().map(|e| e.1));
            }
        }
    }

    #[test]
    fn the_system_decides_the_language_unless_the_user_does() {
        assert_eq!(Tongue::of(Language::Auto, "zh_CN.UTF-8"), Tongue::Chinese);
        assert_eq!(Tongue::of(Language::Auto, "de_DE.UTF-8"), Tongue::English);
        assert_eq!(Tongue::of(Language::Chinese, "de_DE.UTF-8"), Tongue::Chinese);
        assert_eq!(Tongue::of(Language::English, "zh_CN"), Tongue::English);
    }

    #[test]
    fn several_things_are_listed_as_the_language_does() {
        let list = |tongue, things: &[&str]| Words::new(tongue).list(things.iter().map(|t| (*t).to_owned()));
        assert_eq!(list(Tongue::English, &[]), "");
        assert_eq!(list(Tongue::English, &["a"]), "a");
        assert_eq!(list(Tongue::English, &["a", "b"]), "a and b");
        assert_eq!(list(Tongue::English, &["a", "b", "c"]), "a, b and c");
        assert_eq!(list(Tongue::Chinese, &["甲", "乙", "丙"]), "甲、乙、丙");
    }

    #[test]
    fn plurals_follow_the_language() {
        let words = Words::new(Tongue::English);
        assert_eq!(words.put("window-hours", &[("hours", 1.into())]), "1 hour");
        assert_eq!(words.put("window-hours", &[("hours", 5.into())]), "5 hours");
    }
}
