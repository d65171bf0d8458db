//! The events that the core receives and the effects that it returns. None of these values can hold a key.

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

/// The time of an event, and the user's time zone.
#[derive(Clone, Debug, PartialEq)]
pub struct Now {
    /// By the local clock.
    pub at: Timestamp,
    /// The zone in which clock times are shown.
    pub zone: TimeZone,
}

/// What the core receives.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// Time has passed.
    Tick,
    /// MiniMax answered, or the request failed.
    Answered {
        /// The account whose key was used.
        account: AccountId,
        /// The number of the fetch; the answer to an older one is dropped.
        fetch: u64,
        outcome: Result<Answer, Failure>,
    },
    /// The user requests a poll now.
    CheckNow,
    /// Accounts or settings changed, in the app or by the command line.
    SettingsChanged(Box<Settings>),
    /// The window was opened (`true`) or closed.
    Window(bool),
    /// A tray host is present (`true`), or none is.
    TrayHost(bool),
    /// A notification was shown (`true`), or could not be shown.
    NoticeShown {
        id: NoticeId,
        /// Whether the notification service accepted it.
        shown: bool,
    },
    /// A notification service has appeared.
    NotificationsBack,
    /// The user closed the banner with this id.
    Dismissed(String),
    /// The user snoozes notifications.
    Snooze {
        /// Only those of this account; `None` for all.
        account: Option<AccountId>,
        length: SnoozeFor,
    },
    /// The user ends every snooze.
    EndSnooze,
    /// The user tests whether notifications are shown.
    TestNotice,
    /// The user retries the keyring.
    RetryKeyring,
    /// The last result of the keyring; `None` if it worked.
    Keyring(Option<KeyringTrouble>),
    /// The keyring has appeared, was unlocked or answers again: it may be readable now.
    KeyringChanged,
    /// The network came back, or the machine woke up.
    Woke,
    /// The shell reports something that the user must see, such as a settings file kept aside.
    Remark(Remark),
    /// The store of readings can be written again after a failure.
    StoreWorks,
    /// The user deletes the readings of an account, or of all.
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

/// Why a file could not be written. The English text continues the sentence "could not be written: ".
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum WriteProblem {
    /// The disk or the quota is full.
    #[error("there is no room on the disk; make some and try again")]
    NoRoom,
    /// The user has no permission to write there.
    #[error("permission is denied; look at the permissions of the file and its folder")]
    NotAllowed,
    /// The whole file system is mounted read-only.
    #[error("the disk can only be read")]
    ReadOnly,
    /// The folder does not exist, or is not a folder.
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
    /// Returns the reason in the user's language, as a part of a sentence.
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

/// Something that happened to the app's own files, or inside the app, that the user must see.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Remark {
    /// The settings file could not be read and was kept aside under this name.
    SettingsBroken {
        /// The file name it was kept under.
        kept_as: String,
    },
    /// The settings file was missing, and was restored from a copy with this name.
    SettingsRestored {
        /// The copy's file name.
        from: String,
    },
    /// Some values of the settings file are not valid; their defaults are used. An empty list withdraws the remark.
    SettingsMended {
        /// The fields: `interval_minutes`, `accounts[2].pair`.
        fields: Vec<String>,
    },
    /// The settings file is from a newer version. It is used as far as it is understood, and a copy is kept.
    SettingsNewer {
        /// The file name of the copy.
        kept_as: String,
    },
    /// The store of readings is from a newer version. It is left unchanged, and nothing is stored.
    StoreNewer,
    /// Something panicked; the panic was contained and logged.
    InternalError,
    /// The store of readings could not be used.
    StoreBroken {
        /// The file name it was kept under, if it was moved.
        kept_as: Option<String>,
    },
}

/// What the core requests from the shell.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Request MiniMax with the key of an account, then send [`Event::Answered`].
    Fetch {
        account: AccountId,
        /// The number of this fetch.
        fetch: u64,
        endpoint: Endpoint,
        region: Region,
        /// Whether the request is made even if another Tidemark process, such as `status --fresh`, has stored a pause
        /// that MiniMax asked for.
        ignores_stored_pause: bool,
    },
    ShowTray(Box<Tray>),
    /// Show this in the window, if it exists.
    ShowView(Box<View>),
    /// Show a notification, then send [`Event::NoticeShown`].
    Notify(Notice),
    /// Store the alert state, so that no notification is repeated after a restart.
    KeepMemory(Memory),
    /// Store the last result of an account for `tidemark status` and for the next start.
    KeepOutcome {
        account: AccountId,
        /// When the result came.
        at: Timestamp,
        /// The answer if it was a reading, else the failure that it means.
        outcome: Result<Answer, Failure>,
        /// When the account is polled next, and why; `tidemark doctor` shows it.
        next: (Timestamp, Reason),
    },
    /// Store these points of an account's history.
    KeepHistory {
        account: AccountId,
        /// What is new, oldest first.
        changes: Vec<Change>,
    },
    /// Drop the keys held in memory and ask the keyring again at the next fetch.
    ForgetKeys,
}
