//! Which notifications the user wants, and when.

use super::Settings;
use crate::alert::NoticeKind;
use crate::quiet::Quiet;

/// All kinds with a switch, in the order of the settings.
pub const KINDS: [NoticeKind; 9] = [
    NoticeKind::Near,
    NoticeKind::Spent,
    NoticeKind::Back,
    NoticeKind::Refused,
    NoticeKind::Lapsed,
    NoticeKind::Balance,
    NoticeKind::RunsOut,
    NoticeKind::Unused,
    NoticeKind::Peak,
];

impl Settings {
    /// Whether notifications of a kind are enabled. A test notification always is, because the user has just
    /// requested it.
    #[must_use]
    pub const fn tells(&self, kind: NoticeKind) -> bool {
        let of_kind = match kind {
            NoticeKind::Near => self.notice_near,
            NoticeKind::Spent => self.notice_spent,
            NoticeKind::Back => self.notice_back,
            NoticeKind::Refused => self.notice_refused,
            NoticeKind::Lapsed => self.notice_lapsed,
            NoticeKind::Balance => self.notice_balance,
            NoticeKind::RunsOut => self.notice_runs_out,
            NoticeKind::Unused => self.notice_unused,
            NoticeKind::Peak => self.notice_peak,
            NoticeKind::Test => return true,
        };
        self.notices && of_kind
    }

    /// The quiet hours, if any.
    #[must_use]
    pub fn quiet(&self) -> Option<Quiet> {
        // Validated when set and when read.
        Quiet::parse(&self.quiet_hours).ok().flatten()
    }

    /// Whether notifications of a kind are shown in quiet hours too. A test notification is.
    #[must_use]
    pub fn speaks_in_quiet(&self, kind: NoticeKind) -> bool {
        kind == NoticeKind::Test || kinds(&self.quiet_allows).is_some_and(|allowed| allowed.contains(&kind))
    }
}

/// The name of a kind in the settings; the key of its switch is `notice_` and this.
#[must_use]
pub const fn name_of(kind: NoticeKind) -> &'static str {
    match kind {
        NoticeKind::Near => "near",
        NoticeKind::Spent => "spent",
        NoticeKind::Back => "back",
        NoticeKind::Refused => "refused",
        NoticeKind::Lapsed => "lapsed",
        NoticeKind::Balance => "balance",
        NoticeKind::RunsOut => "runs_out",
        NoticeKind::Unused => "unused",
        NoticeKind::Peak => "peak",
        NoticeKind::Test => "test",
    }
}

/// Parses comma-separated names; `None` if one of them is no kind.
pub(super) fn kinds(text: &str) -> Option<Vec<NoticeKind>> {
    let names = text.split(',').map(str::trim).filter(|name| !name.is_empty());
    names.map(|name| KINDS.into_iter().find(|kind| name_of(*kind) == name)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_follows_its_own_switch_and_all_follow_the_one_for_all() {
        let fresh = Settings::default();
        let off_at_first = [NoticeKind::RunsOut, NoticeKind::Unused, NoticeKind::Peak];
        for kind in KINDS {
            assert_eq!(fresh.tells(kind), !off_at_first.contains(&kind), "{kind:?}");
            let mut settings = fresh.clone();
            settings.set(&format!("notice_{}", name_of(kind)), "off").expect("there is a switch");
            assert!(!settings.tells(kind), "{kind:?}");
            settings.set(&format!("notice_{}", name_of(kind)), "on").expect("there is a switch");
            assert!(settings.tells(kind), "{kind:?}");
            settings.notices = false;
            assert!(!settings.tells(kind), "{kind:?}");
        }
        assert!(Settings { notices: false, ..fresh }.tells(NoticeKind::Test));
    }

    #[test]
    fn only_the_kinds_that_the_user_names_speak_in_quiet_hours() {
        let settings = Settings { quiet_allows: "spent, refused".to_owned(), ..Settings::default() };
        let speaking: Vec<_> = KINDS.into_iter().filter(|kind| settings.speaks_in_quiet(*kind)).collect();
        assert_eq!(speaking, [NoticeKind::Spent, NoticeKind::Refused]);
        assert!(KINDS.into_iter().all(|kind| !Settings::default().speaks_in_quiet(kind)));
        assert!(settings.quiet().is_none());
    }

    #[test]
    fn a_kind_has_the_same_name_everywhere() {
        for kind in KINDS {
            assert_eq!(serde_json::to_value(kind).expect("it writes"), name_of(kind));
        }
    }
}
