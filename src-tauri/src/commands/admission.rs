//! The page's commands for adding a key: check it, report progress, keep it or drop it.
//!
//! A key that was checked and is not kept yet is held here, until the page drops it or the window is closed. It is
//! never sent back: the page gets a description of it, and keeps it under a name.

#![expect(clippy::needless_pass_by_value, reason = "Tauri passes arguments by value")]

use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use secrecy::zeroize::Zeroizing;
use serde::Serialize;
use tauri::{AppHandle, State};
use tidemark_core::account::AccountId;
use tidemark_core::admission::{self, Behind, Found, Judged};
use tidemark_core::answer;
use tidemark_core::endpoint::Endpoint;
use tidemark_core::settings::Settings;
use tidemark_core::text::Words;
use tidemark_core::wording::Wording;
use tokio::sync::oneshot;

use super::habits::in_use;
use crate::Shell;
use crate::accounts::{Checked, KeyState, Question};
use crate::controller::Message;
use crate::desktop::window;
use crate::error::{AppError, Code};
use crate::zone;

/// The state between pasting a key and keeping it.
#[derive(Debug, Default)]
pub(crate) struct Admission(Mutex<Stage>);

#[derive(Debug, Default)]
enum Stage {
    /// No key check is in progress.
    #[default]
    Idle,
    /// A key check is in progress; dropping this cancels it.
    Checking { _asking: oneshot::Sender<()> },
    /// The key is checked and can be kept.
    Checked(Box<Checked>),
    /// The key is being stored.
    Keeping,
}

/// The answer to the page once a key is kept.
#[derive(Debug, Serialize)]
pub(crate) struct Kept {
    id: AccountId,
    sentence: String,
}

#[tauri::command]
pub(crate) async fn check_key(
    app: AppHandle,
    key: String,
    question: Question,
    shell: State<'_, Shell>,
    stage: State<'_, Admission>,
) -> Result<Found, AppError> {
    let key = Zeroizing::new(key);
    let in_use = in_use(&shell).await?;
    let words = in_use.words();
    let stopped = stage.begin();
    let tell = |asked: &[_]| window::show_steps(&app, &admission::steps(&words, asked));
    let checked = tokio::select! {
        biased;
        _ = stopped => Err(AppError::new(Code::Stopped, "")),
        checked = shell.desk.check(&question, &key, &tell) => checked,
    };
    let checked = checked.map_err(|error| error.worded(&words))?;
    let found = explain(&words, &in_use.settings, &checked);
    stage.hold(checked);
    Ok(found)
}

#[tauri::command]
pub(crate) async fn look_at_key(
    key: String,
    question: Question,
    shell: State<'_, Shell>,
) -> Result<Option<Judged>, AppError> {
    let key = Zeroizing::new(key);
    let words = in_use(&shell).await?.words();
    Ok(match shell.desk.look_at(&question, &key).await {
        Ok(look) => admission::judged(&words, Ok(look)),
        Err(error) => error.why.as_ref().and_then(|why| admission::judged(&words, Err(why))),
    })
}

#[tauri::command]
pub(crate) async fn keep_key(
    name: String,
    team: Option<String>,
    shell: State<'_, Shell>,
    stage: State<'_, Admission>,
) -> Result<Kept, AppError> {
    let words = in_use(&shell).await?.words();
    let checked = stage.take().ok_or_else(|| AppError::new(Code::Empty, "").because(admission::Sorry::NoKey));
    let checked = checked.map_err(|error| error.worded(&words))?;
    let replaced = checked.replaces.is_some();
    match shell.desk.keep(checked, &name, team.as_deref()).await {
        Ok(admitted) => {
            stage.drop_key();
            shell.tell(Message::SettingsFile);
            let unchecked = admitted.state == KeyState::Unchecked;
            let sentence = admission::kept(&words, &admitted.account.name, replaced, unchecked);
            Ok(Kept { id: admitted.account.id, sentence })
        }
        Err((checked, error)) => {
            stage.hold(checked);
            Err(error.worded(&words))
        }
    }
}

#[tauri::command]
pub(crate) fn drop_key(stage: State<'_, Admission>) {
    stage.drop_key();
}

impl Admission {
    /// Cancels a key check in progress, and drops its key.
    pub(crate) fn drop_key(&self) {
        *self.stage() = Stage::Idle;
    }

    /// Starts a key check. The returned receiver ends when the check is to be cancelled.
    fn begin(&self) -> oneshot::Receiver<()> {
        let (asking, stopped) = oneshot::channel();
        *self.stage() = Stage::Checking { _asking: asking };
        stopped
    }

    /// Holds a checked key, unless the page has dropped it meanwhile.
    fn hold(&self, checked: Checked) {
        let mut stage = self.stage();
        if !matches!(*stage, Stage::Idle) {
            *stage = Stage::Checked(Box::new(checked));
        }
    }

    fn take(&self) -> Option<Checked> {
        let mut stage = self.stage();
        match std::mem::replace(&mut *stage, Stage::Keeping) {
            Stage::Checked(checked) => Some(*checked),
            other => {
                *stage = other;
                None
            }
        }
    }

    fn stage(&self) -> MutexGuard<'_, Stage> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn explain(words: &Words, settings: &Settings, checked: &Checked) -> Found {
    let now = Timestamp::now();
    let wording = Wording { words, zone: &zone::current(), now, show_used: settings.show_used };
    let Checked { kind, region, .. } = *checked;
    let read = checked.outcome.as_ref().and_then(|outcome| outcome.as_ref().ok());
    let reading = read.and_then(|answer| answer::read(answer, Endpoint::of(kind), region, now).ok());
    let behind = match (checked.state, &reading) {
        (KeyState::Unchecked, _) => Behind::Unchecked,
        (KeyState::NoPlan, _) => Behind::NoPlan,
        (KeyState::Working, Some(reading)) => Behind::Read(reading),
        (KeyState::Working, None) => Behind::Spent,
    };
    admission::found(&wording, settings, (kind, region), behind, checked.trimmed)
}
