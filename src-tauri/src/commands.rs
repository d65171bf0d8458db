//! The page's commands, each at most a few lines. None of them returns a key.

#![expect(clippy::needless_pass_by_value, reason = "Tauri passes arguments by value")]

pub(crate) mod admission;
pub(crate) mod habits;

use std::sync::Arc;

use serde::Serialize;
use tauri::{AppHandle, State, WebviewWindow};
use tidemark_core::account::{AccountId, Region};
use tidemark_core::alert::SnoozeFor;
use tidemark_core::chart::{Chart, Range};
use tidemark_core::endpoint;
use tidemark_core::form::{FieldView, Section};
use tidemark_core::history::WindowKey;
use tidemark_core::message::Event;
use tidemark_core::reading::Span;
use tidemark_core::speed::{self, Standing};
use tidemark_core::text::Words;
use tidemark_core::view::{Link, View};
use tokio::sync::oneshot;

use crate::Shell;
use crate::accounts::Desk;
use crate::controller::{ChartAsk, Choice, Message, Speed, Texts};
use crate::desktop::{clipboard, window};
use crate::error::{AppError, Code};
use crate::keyring::SystemKeyring;

/// One sentence for the page to show.
#[derive(Debug, Serialize)]
pub struct Said {
    sentence: String,
}

#[tauri::command]
pub(crate) async fn view(app: AppHandle, shell: State<'_, Shell>) -> Result<View, AppError> {
    let (reply, answer) = oneshot::channel();
    shell.tell(Message::View(reply));
    let view = answer.await.map_err(|_| gone())?;
    window::loaded(&app);
    Ok(view)
}

#[tauri::command]
pub(crate) async fn texts(shell: State<'_, Shell>) -> Result<Texts, AppError> {
    let (reply, answer) = oneshot::channel();
    shell.tell(Message::Texts(reply));
    answer.await.map_err(|_| gone())
}

#[tauri::command]
pub(crate) async fn rename_account(
    id: AccountId,
    name: String,
    shell: State<'_, Shell>,
) -> Result<(), AppError> {
    worded(&shell, on_disk(&shell, move |desk| desk.rename(&id, &name)).await).await?;
    shell.tell(Message::SettingsFile);
    Ok(())
}

#[tauri::command]
pub(crate) async fn move_account(
    id: AccountId,
    before: Option<AccountId>,
    shell: State<'_, Shell>,
) -> Result<(), AppError> {
    worded(&shell, on_disk(&shell, move |desk| desk.move_account(&id, before.as_ref())).await).await?;
    shell.tell(Message::SettingsFile);
    Ok(())
}

#[tauri::command]
pub(crate) async fn remove_account(
    id: AccountId,
    with_history: bool,
    shell: State<'_, Shell>,
) -> Result<(), AppError> {
    worded(&shell, shell.desk.remove(&id).await).await?;
    shell.tell(Message::SettingsFile);
    if with_history {
        shell.tell(Message::ForgetHistory(id));
    }
    Ok(())
}

#[tauri::command]
pub(crate) async fn settings(shell: State<'_, Shell>) -> Result<Vec<Section>, AppError> {
    let (reply, answer) = oneshot::channel();
    shell.tell(Message::Choice(Choice::Show(reply)));
    answer.await.map_err(|_| gone())
}

#[tauri::command]
pub(crate) async fn set_setting(
    key: String,
    value: String,
    shell: State<'_, Shell>,
) -> Result<Vec<Section>, AppError> {
    let (reply, answer) = oneshot::channel();
    shell.tell(Message::Choice(Choice::Set(key, value, reply)));
    answer.await.map_err(|_| gone())?
}

#[tauri::command]
pub(crate) async fn account_settings(
    id: AccountId,
    shell: State<'_, Shell>,
) -> Result<Vec<FieldView>, AppError> {
    let (reply, answer) = oneshot::channel();
    shell.tell(Message::Choice(Choice::ShowAccount(id, reply)));
    answer.await.map_err(|_| gone())?
}

#[tauri::command]
pub(crate) async fn set_account(
    id: AccountId,
    field: String,
    value: String,
    shell: State<'_, Shell>,
) -> Result<(), AppError> {
    let (reply, answer) = oneshot::channel();
    shell.tell(Message::Choice(Choice::SetAccount(id, field, value, reply)));
    answer.await.map_err(|_| gone())?
}

#[tauri::command]
pub(crate) async fn pair_account(
    id: AccountId,
    with: Option<AccountId>,
    shell: State<'_, Shell>,
) -> Result<(), AppError> {
    worded(&shell, on_disk(&shell, move |desk| desk.pair(&id, with.as_ref())).await).await?;
    shell.tell(Message::SettingsFile);
    Ok(())
}

#[tauri::command]
pub(crate) async fn copy_key(app: AppHandle, id: AccountId, shell: State<'_, Shell>) -> Result<(), AppError> {
    let key = shell.desk.key(&id).await?;
    clipboard::copy_secret(&app, key).await
}

#[tauri::command]
pub(crate) fn check_now(shell: State<'_, Shell>) {
    shell.tell(Message::Event(Event::CheckNow));
}

#[tauri::command]
pub(crate) fn snooze(length: SnoozeFor, account: Option<AccountId>, shell: State<'_, Shell>) {
    shell.tell(Message::Event(Event::Snooze { account, length }));
}

#[tauri::command]
pub(crate) fn end_snooze(shell: State<'_, Shell>) {
    shell.tell(Message::Event(Event::EndSnooze));
}

#[tauri::command]
pub(crate) async fn test_notice(shell: State<'_, Shell>) -> Result<(), AppError> {
    let (reply, answer) = oneshot::channel();
    shell.tell(Message::TestNotice(reply));
    answer.await.map_err(|_| gone())?.map_err(|sorry| AppError::new(Code::Other, sorry))
}

#[tauri::command]
pub(crate) fn dismiss(id: String, shell: State<'_, Shell>) {
    shell.tell(Message::Event(Event::Dismissed(id)));
}

#[tauri::command]
pub(crate) fn retry_keyring(shell: State<'_, Shell>) {
    shell.tell(Message::Event(Event::RetryKeyring));
}

#[tauri::command]
pub(crate) fn start_demo(shell: State<'_, Shell>) {
    shell.tell(Message::StartDemo);
}

#[tauri::command]
pub(crate) fn leave_demo(shell: State<'_, Shell>) {
    shell.demo_left.notify_one();
    shell.tell(Message::LeaveDemo);
}

#[tauri::command]
pub(crate) async fn chart(
    id: AccountId,
    row: Option<String>,
    window: Option<Span>,
    range: Option<Range>,
    shell: State<'_, Shell>,
) -> Result<Chart, AppError> {
    let (reply, answer) = oneshot::channel();
    let window = window.map(|span| WindowKey { row, span });
    shell.tell(Message::Chart(ChartAsk { account: id, window, range, reply }));
    answer.await.map_err(|_| gone())?
}

#[tauri::command]
pub(crate) async fn speed_cost(id: AccountId, shell: State<'_, Shell>) -> Result<Said, AppError> {
    let (standing, speed) = speed_of(id, &shell).await?;
    let account = &standing.account;
    let sentence = speed::cost(&Words::new(speed.tongue), account.kind, speed::usual_model(account));
    Ok(Said { sentence })
}

#[tauri::command]
pub(crate) async fn measure_speed(id: AccountId, shell: State<'_, Shell>) -> Result<Said, AppError> {
    let (standing, speed) = speed_of(id, &shell).await?;
    let (words, model) = (Words::new(speed.tongue), speed::usual_model(&standing.account));
    let busy = |_| AppError::new(Code::Other, speed::busy(&words));
    let _alone = shell.measuring.try_lock().map_err(busy)?;
    let measured = shell.desk.measure(standing, model, &speed.settings, &words).await?;
    Ok(Said { sentence: speed::result(&words, &measured, model) })
}

#[tauri::command]
pub(crate) async fn open_link(app: AppHandle, link: Link, region: Region) -> Result<(), AppError> {
    window::open_page(&app, endpoint::page(link, region))
}

#[tauri::command]
pub(crate) fn close_window(window: WebviewWindow) {
    window::close(&window);
}

#[tauri::command]
pub(crate) fn fit(window: WebviewWindow, height: f64) {
    window::fit(&window, height);
}

/// Asks the controller for the account to measure and for the settings in use.
async fn speed_of(id: AccountId, shell: &Shell) -> Result<(Standing, Speed), AppError> {
    let (reply, answer) = oneshot::channel();
    shell.tell(Message::Speed(id, reply));
    let mut speed = answer.await.map_err(|_| gone())?;
    match speed.standing.take() {
        Some(_) if speed.demo => Err(AppError::new(Code::Other, speed::simulated(&Words::new(speed.tongue)))),
        Some(standing) => Ok((standing, speed)),
        None => Err(AppError::new(Code::NotFound, "There is no such account.")),
    }
}

/// Runs file work on a blocking thread, so that waiting for a lock or a slow disk delays nothing else.
async fn on_disk<T: Send + 'static>(
    shell: &Shell,
    work: impl FnOnce(&Desk<SystemKeyring>) -> Result<T, AppError> + Send + 'static,
) -> Result<T, AppError> {
    let desk = Arc::clone(&shell.desk);
    tokio::task::spawn_blocking(move || work(&desk)).await.map_err(|_| gone())?
}

/// Translates an error into the user's language, if the core has a text for it.
async fn worded<T>(shell: &Shell, done: Result<T, AppError>) -> Result<T, AppError> {
    let Err(error) = done else { return done };
    match habits::in_use(shell).await {
        Ok(in_use) => Err(error.worded(&in_use.words())),
        Err(_) => Err(error),
    }
}

/// The error if the controller gave no answer: the app is ending, or handling the message panicked. The page has its
/// own text for an error without one.
fn gone() -> AppError {
    AppError::new(Code::Other, "")
}
