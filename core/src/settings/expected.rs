//! Why a setting is rejected, and what it takes instead: plain English for the command line, the user's
//! language for the window.

use std::fmt;

use crate::text::Words;

/// Why a setting is rejected.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SettingError {
    /// There is no such key.
    #[error("there is no setting {0:?}; `tidemark settings list` shows them all")]
    NoSuchKey(String),
    /// An account has no such field.
    #[error("an account has no {0:?}; it has credits, tier, high_speed, balance_below and team")]
    NoSuchField(String),
    /// The export is from a newer version.
    #[error("this export is from a newer Tidemark; update Tidemark to import it")]
    NewerSchema,
    /// The export has more unknown fields than are kept.
    #[error(
        "this export holds more that this Tidemark does not know than it keeps (64 KiB, 16 levels deep); take that out of it"
    )]
    TooMuchUnknown,
    /// The export contains something that looks like an API key.
    #[error(
        "this file holds something that looks like an API key; take it out of the file, and replace the key if others can read the file"
    )]
    KeyInExport,
    /// There is no such account.
    #[error("there is no such account; `tidemark account list` shows them all")]
    NoSuchAccount,
    /// The value is invalid.
    #[error("{key} takes {takes}")]
    Takes { key: &'static str, takes: Expected },
}

/// What a setting takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expected {
    Language,
    Theme,
    /// A key combination, or nothing.
    Shortcut,
    Switch,
    /// A whole number within bounds.
    Whole {
        least: u32,
        most: u32,
    },
    /// A whole number within bounds, or 0 for MiniMax's own.
    WholeOrOwn {
        least: u32,
        most: u32,
    },
    /// A percentage below the critical threshold.
    BelowCritical(u32),
    /// A percentage above the near threshold.
    AboveNear(u32),
    /// The address of a proxy.
    Proxy,
    /// A range of clock times, or nothing.
    Hours,
    /// Names of kinds of notifications, or nothing.
    Kinds,
    /// A range of clock times, `off`, or nothing for MiniMax's own.
    PeakHours,
    /// A zone, or nothing for MiniMax's own.
    Zone,
    /// One of a few names.
    OneOf(&'static [&'static str]),
    /// One of the accounts, or nothing.
    Account,
    Tier,
    Amount,
    /// A printable name, or `none`.
    Team,
    /// Any value, but only for a plan account.
    PlanAccount,
    /// Any value, but only for a pay-as-you-go account.
    PaygAccount,
}

impl fmt::Display for Expected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plain = match self {
            Self::Whole { least, most } => return write!(f, "a whole number from {least} to {most}"),
            Self::WholeOrOwn { least, most } => {
                return write!(f, "a whole number from {least} to {most}, or 0 for MiniMax's own figure");
            }
            Self::BelowCritical(critical) => {
                return write!(f, "1 to 98 percent used, less than critical_percent ({critical})");
            }
            Self::AboveNear(near) => {
                return write!(f, "2 to 99 percent used, more than near_percent ({near})");
            }
            Self::OneOf(names) => {
                let (last, others) = names.split_last().unwrap_or((&"", &[]));
                return write!(f, "{} or {last}", others.join(", "));
            }
            Self::Account => "nothing for the tightest, or the name of an account",
            Self::Language => "auto, en or zh-CN",
            Self::Theme => "system, light or dark",
            Self::Shortcut => {
                "nothing, F1 to F12, or Ctrl, Alt or Super with a letter, a digit, Space or F1 to F12, such as Ctrl+Alt+M"
            }
            Self::Switch => "true or false",
            Self::Proxy => {
                "nothing, or an address such as http://proxy.example:8080 (http://, https:// or socks5://)"
            }
            Self::Hours => "nothing, or two different times such as 22:00-07:00",
            Self::Kinds => {
                "nothing, or names with commas between: near, spent, back, refused, lapsed, balance, runs_out, unused, peak"
            }
            Self::PeakHours => "nothing for MiniMax's own, off, or two different times such as 15:00-17:30",
            Self::Zone => "nothing for MiniMax's own, local, or an offset such as UTC+8",
            Self::Tier => "starter, plus, max, ultra or none",
            Self::Amount => "an amount above 0 such as 12.50, or none",
            Self::Team => "a name of at most 80 characters, or none",
            Self::PlanAccount => "a plan account; this is a pay-as-you-go account",
            Self::PaygAccount => "a pay-as-you-go account; this is a plan account",
        };
        f.write_str(plain)
    }
}

impl SettingError {
    /// The text in the user's language, with the field's label in the window.
    #[must_use]
    pub fn worded(&self, words: &Words) -> String {
        let (key, takes) = match self {
            Self::NoSuchKey(name) | Self::NoSuchField(name) => {
                return words.put("refused-no-such-setting", &[("name", name.as_str().into())]);
            }
            Self::NoSuchAccount => return words.say("refused-no-such-account"),
            Self::NewerSchema => return words.say("refused-newer-export"),
            Self::TooMuchUnknown => return words.say("refused-unknown-export"),
            Self::KeyInExport => return words.say("refused-key-in-export"),
            Self::Takes { key, takes } => (key, takes),
        };
        let label = words.say(&format!("setting-{key}"));
        let bounds = |id: &str, least: u32, most: u32| {
            let values = [("label", label.as_str().into()), ("least", least.into()), ("most", most.into())];
            words.put(id, &values)
        };
        let id = match takes {
            Expected::Whole { least, most } => return bounds("refused-whole", *least, *most),
            Expected::WholeOrOwn { least, most } => return bounds("refused-whole-or-own", *least, *most),
            Expected::BelowCritical(critical) => return bounds("refused-below-critical", 1, *critical),
            Expected::AboveNear(near) => return bounds("refused-above-near", *near, 99),
            Expected::Language => "refused-language",
            Expected::Theme => "refused-theme",
            Expected::Shortcut => "refused-shortcut",
            Expected::Switch => "refused-switch",
            Expected::Proxy => "refused-proxy",
            Expected::Hours => "refused-hours",
            Expected::Kinds => "refused-kinds",
            Expected::PeakHours => "refused-peak-hours",
            Expected::Zone => "refused-zone",
            Expected::OneOf(_) => "refused-one-of",
            Expected::Account => "refused-account",
            Expected::Tier => "refused-tier",
            Expected::Amount => "refused-amount",
            Expected::Team => "refused-team",
            Expected::PlanAccount => "refused-plan-account",
            Expected::PaygAccount => "refused-payg-account",
        };
        words.put(id, &[("label", label.into())])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Tongue;

    #[test]
    fn every_refusal_is_worded_in_both_languages_with_the_label_of_its_field() {
        let cases = [
            ("interval_minutes", Expected::Whole { least: 1, most: 60 }),
            ("weekly_windows", Expected::WholeOrOwn { least: 1, most: 100 }),
            ("near_percent", Expected::BelowCritical(95)),
            ("critical_percent", Expected::AboveNear(80)),
            ("language", Expected::Language),
            ("theme", Expected::Theme),
            ("global_shortcut", Expected::Shortcut),
            ("notices", Expected::Switch),
            ("proxy", Expected::Proxy),
            ("quiet_hours", Expected::Hours),
            ("quiet_allows", Expected::Kinds),
            ("peak_hours", Expected::PeakHours),
            ("peak_zone", Expected::Zone),
            ("tray_theme", Expected::OneOf(&["auto", "light"])),
            ("tray_account", Expected::Account),
            ("tier", Expected::Tier),
            ("balance_below", Expected::Amount),
            ("team", Expected::Team),
            ("credits", Expected::PlanAccount),
            ("balance_below", Expected::PaygAccount),
        ];
        for tongue in Tongue::ALL {
            let words = Words::new(tongue);
            for (key, takes) in cases {
                let said = SettingError::Takes { key, takes }.worded(&words);
                let label = words.say(&format!("setting-{key}"));
                assert!(said.starts_with(&label) && said.len() > label.len() + 8, "{said}");
                assert!(
                    !said.contains("refused-") && !said.contains("setting-") && !said.contains('{'),
                    "{said}"
                );
            }
            for error in [
                SettingError::NoSuchKey("moon".to_owned()),
                SettingError::NoSuchField("moon".to_owned()),
                SettingError::NoSuchAccount,
                SettingError::NewerSchema,
                SettingError::TooMuchUnknown,
                SettingError::KeyInExport,
            ] {
                assert!(!error.worded(&words).contains("refused-"), "{error:?}");
            }
        }
    }
}
