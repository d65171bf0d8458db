//! What the core is told and what it asks for.
//!
//! Owns events and effects. Refuses keys: none of these values can hold one.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::account::{AccountId, Region};
use crate::alert::{Memory, Notice, NoticeId, SnoozeFor};
use crate::answer::Answer;
use crate::endpoint::Endpoint;
use crate::failure::Failure;
use crate::history::Change;
use crate::schedule::Reason;
use crate::settings::Settings;
use crate::text::Words;
use crate::tray::Tray;
use crate::view::View;

/// The moment at which something happens, and where the user lives.
#[derive(Clone, Debug, PartialEq)]
pub struct Now {
    /// The moment by the local clock.
    pub at: Timestamp,
    /// The zone that clock times are shown in.
    pub zone: TimeZone,
}

/// What the core is told.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// Time has passed.
    Tick,
    /// MiniMax answered, or could not be asked.
    Answered {
        /// Whose key was used.
        account: AccountId,
        /// The number of the fetch; an older one is dropped.
        fetch: u64,
        /// What came of it.
        outcome: Result<Answer, Failure>,
    },
    /// The user wants to know now.
    CheckNow,
    /// Accounts or settings changed, here or by the command line.
    SettingsChanged(Box<Settings>),
    /// The window is open (`true`) or closed.
    Window(bool),
    /// A tray host is there (`true`), or none is.
    TrayHost(bool),
    /// A notice was shown (`true`), or could not be.
    NoticeShown {
        /// Which notice.
        id: NoticeId,
        /// Whether the notification service took it.
        shown: bool,
    },
    /// A notification service has appeared.
    NotificationsBack,
    /// The user took a banner away.
    Dismissed(String),
    /// The user wants no notices for a while.
    Snooze {
        /// Of this account only; `None` for all.
        account: Option<AccountId>,
        /// How long.
        length: SnoozeFor,
    },
    /// The user wants notices again.
    EndSnooze,
    /// The user tries whether notices are shown.
    TestNotice,
    /// The user asks the keyring again.
    RetryKeyring,
    /// What the keyring said last; `None` when it answered well.
    Keyring(Option<KeyringTrouble>),
    /// The keyring has appeared, was unlocked or answers again: it may be readable now.
    KeyringChanged,
    /// The network came back, or the machine woke up.
    Woke,
    /// A remark of the shell's that the user must see, such as a settings file kept aside.
    Remark(Remark),
    /// The store of readings, which could not be written, can be written again.
    StoreWorks,
    /// The user wants the readings of an account, or of all, to be forgotten.
    ForgetReadings(Option<AccountId>),
}

/// Why the keyring gives no key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum KeyringTrouble {
    /// No keyring runs on this desktop.
    Absent,
    /// It is locked, or the user denied access.
    Locked,
    /// It does not answer in time.
    Slow,
    /// It holds no key for this account.
    NoEntry,
    /// Anything else.
    Failed,
}

/// Why a file could not be written. In English it reads on after "could not be written: ".
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum WriteProblem {
    /// The disk or the quota is full.
    #[error("there is no room on the disk; make some and try again")]
    NoRoom,
    /// The user may not write there.
    #[error("permission is denied; look at the permissions of the file and its folder")]
    NotAllowed,
    /// The whole file system is mounted for reading only.
    #[error("the disk can only be read")]
    ReadOnly,
    /// The folder does not exist, or is no folder.
    #[error("its folder does not exist")]
    NoFolder,
    /// A folder or a pipe has that name.
    #[error("the name belongs to something that is not a file")]
    NotAFile,
    /// Anything else, such as a failing disk.
    #[error("the disk reports an error")]
    Other,
}

impl WriteProblem {
    /// Says it in the user's language, as a part of a sentence.
    #[must_use]
    pub fn worded(self, words: &Words) -> String {
        words.say(match self {
            Self::NoRoom => "write-problem-no-room",
            Self::NotAllowed => "write-problem-not-allowed",
            Self::ReadOnly => "write-problem-read-only",
            Self::NoFolder => "write-problem-no-folder",
            Self::NotAFile => "write-problem-not-a-file",
            Self::Other => "write-problem-other",
        })
    }
}

/// Something that happened to the app's own files, that the user must see.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Remark {
    /// The settings file could not be read and was kept aside under this name.
    SettingsBroken {
        /// The file name it was kept under.
        kept_as: String,
    },
    /// The settings file was missing, and was restored from a copy of this name.
    SettingsRestored {
        /// The copy's file name.
        from: String,
    },
    /// Some values of the settings file do not fit; their defaults are used. None named takes the remark back.
    SettingsMended {
        /// Which: `interval_minutes`, `accounts[2].pair`.
        fields: Vec<String>,
    },
    /// The settings file is from a newer version; it is used as far as understood, and a copy is kept.
    SettingsNewer {
        /// The file name it was kept under.
        kept_as: String,
    },
    /// The store of readings is from a newer version: it is left as it is, and nothing is kept.
    StoreNewer,
    /// Something panicked, was contained and logged.
    InternalError,
    /// The store of readings could not be used.
    StoreBroken {
        /// The file name it was kept under, where it was moved.
        kept_as: Option<String>,
    },
}

/// What the core asks for.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Ask MiniMax with the key of an account, then tell [`Event::Answered`].
    Fetch {
        /// Whose key.
        account: AccountId,
        /// The number of this fetch.
        fetch: u64,
        /// Which path.
        endpoint: Endpoint,
        /// Which platform.
        region: Region,
        /// Whether the request is made even if another Tidemark, such as `status --fresh`, has stored a pause that
        /// MiniMax asked for.
        ignores_stored_pause: bool,
    },
    /// Show this in the tray.
    ShowTray(Box<Tray>),
    /// Show this in the window, if there is one.
    ShowView(Box<View>),
    /// Show a notification, then tell [`Event::NoticeShown`].
    Notify(Notice),
    /// Keep what has been told, so that a restart does not tell it again.
    KeepMemory(Memory),
    /// Keep the last answer of an account for `tidemark status` and for the next start.
    KeepOutcome {
        /// Whose.
        account: AccountId,
        /// When it came.
        at: Timestamp,
        /// The answer where it was a reading, else the failure that it was.
        outcome: Result<Answer, Failure>,
        /// When it is asked next, and why; what `tidemark doctor` shows.
        next: (Timestamp, Reason),
    },
    /// Keep these points of an account's history.
    KeepHistory {
        /// Whose.
        account: AccountId,
        /// What is new, oldest first.
        changes: Vec<Change>,
    },
    /// Forget the keys held in memory and ask the keyring again at the next fetch.
    ForgetKeys,
}
