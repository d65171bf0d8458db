//! The page's commands for the desktop and for files. Only our own three folders can be opened.

use serde::Deserialize;
use tauri::{AppHandle, State};
use tidemark_core::account::AccountId;
use tidemark_core::checkup::DoctorReport;
use tidemark_core::habits::DesktopState;
use tokio::sync::oneshot;

use super::{Said, gone, on_disk};
use crate::Shell;
use crate::accounts::Desk;
use crate::controller::{InUse, Message};
use crate::desktop::{clipboard, file_dialog, integration, window};
use crate::doctor::{self, Patient};
use crate::error::AppError;
use crate::exchange;

/// One of our folders.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Folder {
    Settings,
    History,
    Log,
}

#[tauri::command]
pub(crate) async fn desktop_state(app: AppHandle, shell: State<'_, Shell>) -> Result<DesktopState, AppError> {
    Ok(integration::state(&app, &shell.desk.paths, &in_use(&shell).await?).await)
}

#[tauri::command]
pub(crate) async fn set_autostart(
    on: bool,
    app: AppHandle,
    shell: State<'_, Shell>,
) -> Result<DesktopState, AppError> {
    let in_use = in_use(&shell).await?;
    let in_use = on_disk(&shell, move |desk| {
        integration::set_autostart(on, &desk.paths, &in_use)?;
        Ok(in_use)
    })
    .await?;
    Ok(integration::state(&app, &shell.desk.paths, &in_use).await)
}

#[tauri::command]
pub(crate) async fn export_settings(app: AppHandle, shell: State<'_, Shell>) -> Result<Said, AppError> {
    let in_use = real(in_use(&shell).await?)?;
    let Some(file) = file_dialog::save(&app, &in_use.words(), exchange::NAME).await else {
        return Ok(nothing());
    };
    let write = move |_: &_| exchange::export(&file, in_use.settings, in_use.tongue);
    on_disk(&shell, write).await.map(|sentence| Said { sentence })
}

#[tauri::command]
pub(crate) async fn import_settings(app: AppHandle, shell: State<'_, Shell>) -> Result<Said, AppError> {
    let in_use = real(in_use(&shell).await?)?;
    let Some(file) = file_dialog::open(&app, &in_use.words()).await else { return Ok(nothing()) };
    let take = move |desk: &Desk<_>| exchange::import(&desk.paths, &file, in_use.tongue);
    let sentence = on_disk(&shell, take).await?;
    shell.tell(Message::SettingsFile);
    Ok(Said { sentence })
}

#[tauri::command]
pub(crate) async fn forget_history(id: Option<AccountId>, shell: State<'_, Shell>) -> Result<Said, AppError> {
    let (reply, answer) = oneshot::channel();
    shell.tell(Message::ForgetReadings(id, reply));
    answer.await.map_err(|_| gone())?.map(|sentence| Said { sentence })
}

#[tauri::command]
pub(crate) async fn open_folder(
    which: Folder,
    app: AppHandle,
    shell: State<'_, Shell>,
) -> Result<(), AppError> {
    let paths = &shell.desk.paths;
    let folder = match which {
        Folder::Settings => paths.settings.parent(),
        Folder::History => paths.store.parent(),
        Folder::Log => Some(paths.log_dir.as_path()),
    };
    window::open_folder(&app, folder.unwrap_or(&paths.log_dir), &in_use(&shell).await?.words())
}

#[tauri::command]
pub(crate) async fn doctor(shell: State<'_, Shell>) -> Result<DoctorReport, AppError> {
    let in_use = in_use(&shell).await?;
    let checkup = doctor::beside_the_app(patient(&shell, &in_use)).await;
    let words = in_use.words();
    Ok(DoctorReport { checks: checkup.findings.iter().map(|finding| finding.worded(&words)).collect() })
}

#[tauri::command]
pub(crate) async fn copy_doctor(app: AppHandle, shell: State<'_, Shell>) -> Result<(), AppError> {
    let in_use = in_use(&shell).await?;
    let lines = doctor::beside_the_app(patient(&shell, &in_use)).await.lines();
    clipboard::put(&app, lines).await
}

fn patient<'a>(shell: &'a Shell, in_use: &InUse) -> Patient<'a> {
    Patient { paths: &shell.desk.paths, hosts: (!in_use.demo).then(|| shell.desk.api.hosts()) }
}

pub(super) async fn in_use(shell: &Shell) -> Result<InUse, AppError> {
    let (reply, answer) = oneshot::channel();
    shell.tell(Message::InUse(reply));
    answer.await.map_err(|_| gone())
}

/// Fails in a simulation, which reads and writes no files.
fn real(in_use: InUse) -> Result<InUse, AppError> {
    if in_use.demo { Err(integration::simulated(&in_use.words())) } else { Ok(in_use) }
}

/// The answer if the user cancels the dialog.
const fn nothing() -> Said {
    Said { sentence: String::new() }
}
