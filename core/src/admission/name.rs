//! The proposed name of a new account.

use crate::account::Kind;
use crate::text::Words;

/// Number of names to try; after that the proposed name may be in use.
const TRIES: u32 = 1_000;

/// Proposes an unused name for an account of this kind.
#[must_use]
pub fn propose<'a>(words: &Words, kind: Kind, taken: impl IntoIterator<Item = &'a str>) -> String {
    let taken: std::collections::HashSet<&str> = taken.into_iter().collect();
    let (first, next) = match kind {
        Kind::TokenPlan => ("propose-plan", "propose-plan-next"),
        Kind::PayAsYouGo => ("propose-payg", "propose-payg-next"),
    };
    let numbered = |number: u32| words.put(next, &[("number", number.to_string().into())]);
    std::iter::once(words.say(first))
        .chain((2..TRIES).map(numbered))
        .find(|name| !taken.contains(name.as_str()))
        .unwrap_or_else(|| numbered(TRIES))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Tongue;

    #[test]
    fn the_name_that_is_proposed_is_free() {
        let words = Words::new(Tongue::English);
        let plan = |taken: &[&str]| propose(&words, Kind::TokenPlan, taken.iter().copied());
        assert_eq!(plan(&[]), "Default Team");
        assert_eq!(plan(&["Default Team"]), "Team 2");
        assert_eq!(plan(&["Team 2"]), "Default Team");
        assert_eq!(plan(&["Default Team", "Team 2"]), "Team 3");
        assert_eq!(propose(&words, Kind::PayAsYouGo, ["Pay-as-you-go"]), "Pay-as-you-go 2");
    }
}
