//! The task that holds the monitor: events in, effects out, carried out in order. It also holds the timer and the keys
//! in memory.
//!
//! No Tauri and no keyring here: see the traits [`Desktop`] and [`KeyStore`].

mod asked;
mod beat;
mod charts;
mod choices;
mod opening;
mod settings_file;
mod source;
mod start;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use tidemark_core::account::AccountId;
use tidemark_core::alert::{Notice, NoticeKind};
use tidemark_core::chart::Range;
use tidemark_core::failure::{Failure, FailureKind};
use tidemark_core::habits::Habits;
use tidemark_core::message::{Effect, Event, Now, Remark};
use tidemark_core::monitor::Monitor;
use tidemark_core::settings::Settings;
use tidemark_core::simulate;
use tidemark_core::tray::Tray;
use tidemark_core::view::View;
use tokio::sync::{mpsc, oneshot};
use tokio::task::AbortHandle;

use crate::accounts::Desk;
use crate::error::AppError;
use crate::keyring::KeyStore;
use crate::store::{Keeper, Store, Told, Write};
use crate::supervision::{self, Panicked};
use crate::test_hooks::{Component, TestHooks};
use crate::zone::SystemZone;

use beat::{Beat, demo_time};
use source::Keys;

pub use asked::{InUse, Speed};
pub use charts::ChartAsk;
pub use choices::Choice;
pub use opening::{Opening, Texts};
use settings_file::{FileWorker, FilesDone, SettingsRead};
pub(crate) use start::kept;
use start::monitor;

/// Longest wait between ticks. A tick compares the time with what is due; suspend and clock jumps need nothing more.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// Shortest wait between ticks: however much is due, there is time for messages in between.
const SHORTEST_BEAT: Duration = Duration::from_millis(100);
/// How long a disk that hangs may delay what waits for the store.
const KEPT_WITHIN: Duration = Duration::from_secs(3);
/// How long the controller pauses after a panic outside of all events, and how often it does so within an hour.
const RESTART_PAUSE: Duration = Duration::from_secs(5);
const RESTARTS_COUNT_FOR: Duration = Duration::from_hours(1);
const MOST_RESTARTS: u32 = 5;
/// Longest pause between ticks that panic, and how many of them in a row may panic before the controller gives up: half
/// an hour after the first, if no message comes in between.
const LONGEST_PAUSE: Duration = Duration::from_mins(15);
const MOST_FAILED_TICKS: u32 = 6;
/// Longest wait between ticks in the simulation, where time passes faster.
const DEMO_HEARTBEAT: Duration = Duration::from_secs(1);

/// A message to the controller.
#[derive(Debug)]
pub enum Message {
    /// An event for the core.
    Event(Event),
    /// The settings file has changed, whoever changed it.
    SettingsFile,
    /// File work is done.
    Files(FilesDone),
    /// The window asks for its view.
    View(oneshot::Sender<View>),
    /// The page asks for its labels.
    Texts(oneshot::Sender<Texts>),
    /// A new window asks for view and labels. Its creator does not wait in a task, so this channel is a blocking one.
    Opening(std::sync::mpsc::Sender<Opening>),
    /// The page shows or changes a setting.
    Choice(Choice),
    /// The user tests whether notifications are shown; the error is a sentence to show.
    TestNotice(oneshot::Sender<Result<(), String>>),
    /// Asks for what a speed measurement of an account needs.
    Speed(AccountId, oneshot::Sender<Speed>),
    /// The page asks for a chart.
    Chart(ChartAsk),
    /// The user starts the simulation.
    StartDemo,
    /// The user leaves the simulation.
    LeaveDemo,
    /// Deletes the history of an account that was removed.
    ForgetHistory(AccountId),
    /// Deletes the readings of an account, or of all; the account stays. The answer is a sentence to show.
    ForgetReadings(Option<AccountId>, oneshot::Sender<Result<String, AppError>>),
    /// Asks for the settings and the language in use.
    InUse(oneshot::Sender<InUse>),
}

/// What the controller shows to the user.
pub trait Desktop: Clone + Send + Sync + 'static {
    /// Updates tray icon, tooltip and menu.
    fn show_tray(&self, tray: Tray);
    /// Updates the window, if it is open.
    fn show_view(&self, view: View);
    /// Shows a notification; returns whether a notification service took it.
    fn notify(&self, notice: Notice) -> impl Future<Output = bool> + Send;
    /// Closes the notifications that are still shown.
    fn withdraw_notices(&self);
    /// Applies the settings for the desktop: theme and hotkey.
    fn take_up(&self, habits: Habits);
}

/// The dependencies and options of a controller.
#[derive(Debug)]
pub struct Parts<D, V> {
    pub desktop: D,
    /// Access to keys, MiniMax and settings.
    pub desk: Arc<Desk<V>>,
    /// History and alert memory.
    pub store: Store,
    pub system_locale: String,
    /// Whether to start with the simulated accounts.
    pub demo: bool,
    /// What a test of the whole app asks for.
    pub test_hooks: TestHooks,
}

#[derive(Debug)]
pub struct Controller<D, V> {
    desktop: D,
    desk: Arc<Desk<V>>,
    keeper: Arc<Keeper>,
    system_locale: String,
    monitor: Monitor,
    keys: Keys,
    /// Where the results of requested test notifications go.
    testing: Vec<oneshot::Sender<Result<(), String>>>,
    /// When the simulated day began, in real time; `None` outside the simulation.
    demo_since: Option<Timestamp>,
    /// Range of the last chart.
    charted: Range,
    zone: SystemZone,
    /// What the desktop last applied.
    habits: Option<Habits>,
    /// The last request of each account.
    flights: HashMap<AccountId, AbortHandle>,
    files: FileWorker,
    /// The task that will have a missing settings file read again.
    reading_again: Option<AbortHandle>,
    test_hooks: TestHooks,
    /// How many ticks in a row panicked.
    failed_ticks: u32,
    inbox: mpsc::UnboundedReceiver<Message>,
    own: mpsc::UnboundedSender<Message>,
}

impl<D: Desktop, V: KeyStore> Controller<D, V> {
    /// Creates a controller, and the sender for its messages.
    #[must_use]
    pub fn new(parts: Parts<D, V>) -> (Self, mpsc::UnboundedSender<Message>) {
        let Parts { desktop, desk, store, system_locale, demo, test_hooks } = parts;
        let (own, inbox) = mpsc::unbounded_channel();
        let demo_since = demo.then(Timestamp::now);
        let zone = SystemZone::read();
        let now = Now { at: Timestamp::now(), zone: zone.get() };
        let monitor = monitor(&desk.paths, &store, &system_locale, demo, &test_hooks, &now);
        let tell = own.clone();
        let keeper = Keeper::with_test_hooks(store, test_hooks.clone(), move |told| {
            let event = match told {
                Told::Remark(remark) => Event::Remark(remark),
                Told::Works => Event::StoreWorks,
            };
            // Fails only when the app is ending: otherwise the controller outlives its keeper.
            let _ = tell.send(Message::Event(event));
        });
        let known = (!demo).then(|| monitor.settings().clone());
        let files = FileWorker::new(desk.paths.clone(), known);
        let controller = Self {
            desktop,
            desk,
            keeper: Arc::new(keeper),
            system_locale,
            monitor,
            keys: Keys::default(),
            testing: Vec::new(),
            demo_since,
            charted: Range::default(),
            zone,
            habits: None,
            flights: HashMap::new(),
            files,
            reading_again: None,
            test_hooks,
            failed_ticks: 0,
            inbox,
            own: own.clone(),
        };
        (controller, own)
    }

    /// Runs for the rest of the process: the controller holds a sender itself, so its inbox is never closed.
    ///
    /// # Errors
    ///
    /// [`Panicked`] after repeated panics, at every tick or outside of all events: then nothing is polled any more, and
    /// what is shown becomes outdated.
    pub async fn run(mut self) -> Result<(), Panicked> {
        self.files.start(self.own.clone());
        if self.demo_since.is_none() {
            let desk = Arc::clone(&self.desk);
            tokio::spawn(async move { desk.settle().await });
            let settings = self.monitor.settings().clone();
            let _ = supervision::catch(|| self.put_in_use(&settings));
        }
        let _ = supervision::catch(|| self.read_settings());
        let mut restarts = 0;
        loop {
            let began = Instant::now();
            if let Ok(end) = supervision::catch_async(self.handle_messages()).await {
                return end;
            }
            restarts = if began.elapsed() > RESTARTS_COUNT_FOR { 1 } else { restarts + 1 };
            if restarts > MOST_RESTARTS {
                return Err(Panicked);
            }
            tokio::time::sleep(RESTART_PAUSE).await;
        }
    }

    async fn handle_messages(&mut self) -> Result<(), Panicked> {
        let mut now = Timestamp::now();
        loop {
            let beat = Beat::new(now, self.next_beat());
            let heard = tokio::select! {
                message = self.inbox.recv() => match message {
                    Some(message) => message,
                    None => return Ok(()),
                },
                () = tokio::time::sleep(beat.length) => Message::Event(Event::Tick),
            };
            now = Timestamp::now();
            if beat.has_leapt(now) {
                self.handle(Message::Event(Event::Woke));
            }
            self.handle(heard);
            if self.failed_ticks > MOST_FAILED_TICKS {
                return Err(Panicked);
            }
        }
    }

    /// Handles a message; if that panics, only the message is lost.
    fn handle(&mut self, message: Message) {
        // The reply channel is dropped with the message, so that a page that waits gets an error.
        let _ = supervision::catch(|| self.take(message));
    }

    /// Returns how long to wait for the next tick: until something is due, but never longer than [`HEARTBEAT`] or
    /// [`DEMO_HEARTBEAT`]. After ticks that panicked it is a growing pause instead.
    fn next_beat(&self) -> Duration {
        let (longest, speed) =
            if self.demo_since.is_some() { (DEMO_HEARTBEAT, simulate::SPEED) } else { (HEARTBEAT, 1) };
        let now = self.now().at;
        let until = self.monitor.next_due().and_then(|due| due.duration_since(now).checked_div(speed));
        let until = until.and_then(|u| Duration::try_from(u).ok()).unwrap_or(longest);
        let beat = until.clamp(SHORTEST_BEAT, longest);
        // What is due stays due after a panic; without a pause the ticks would panic in a busy loop.
        let pause = HEARTBEAT.saturating_mul(1 << self.failed_ticks.min(16)).min(LONGEST_PAUSE);
        if self.failed_ticks == 0 { beat } else { pause }
    }

    fn take(&mut self, message: Message) {
        match message {
            Message::Event(event) => self.tell(event),
            Message::SettingsFile => self.read_settings(),
            Message::Files(done) => self.files_done(done),
            Message::View(reply) => {
                // Fails only if the page is gone.
                let _ = reply.send(self.monitor.view(&self.now()));
            }
            Message::Texts(reply) => {
                let _ = reply.send(Texts::of(self.monitor.words()));
            }
            Message::Opening(reply) => {
                let texts = Texts::of(self.monitor.words());
                let _ = reply.send(Opening { view: self.monitor.view(&self.now()), texts });
            }
            Message::Choice(choice) => self.choose(choice),
            Message::TestNotice(reply) => {
                self.testing.push(reply);
                self.tell(Event::TestNotice);
            }
            Message::Speed(account, reply) => {
                let _ = reply.send(Speed {
                    standing: self.monitor.standing(&account, &self.now()),
                    settings: self.monitor.settings().clone(),
                    tongue: self.monitor.words().tongue,
                    demo: self.demo_since.is_some(),
                });
            }
            Message::InUse(reply) => {
                let _ = reply.send(InUse {
                    settings: self.monitor.settings().clone(),
                    tongue: self.monitor.words().tongue,
                    demo: self.demo_since.is_some(),
                });
            }
            Message::ForgetReadings(account, reply) => {
                let _ = reply.send(self.forget_readings(account));
            }
            Message::Chart(ask) => self.chart(ask),
            Message::StartDemo => self.change_world(true),
            Message::LeaveDemo => self.change_world(false),
            Message::ForgetHistory(account) => self.keep(Write::Forget { account, with_history: true }),
        }
    }

    /// Has the settings file read again, except in the simulation.
    fn read_settings(&self) {
        if self.demo_since.is_none() {
            self.files.read();
        }
    }

    fn files_done(&mut self, done: FilesDone) {
        match done {
            FilesDone::Read(read) => self.settings_read(read),
            FilesDone::Changed(read, answers) => {
                if let Some(read) = read {
                    self.settings_read(read);
                }
                for (done, reply) in answers {
                    self.answer(done, reply);
                }
            }
            FilesDone::Accounts(demo, monitor) => self.show_accounts(demo, *monitor),
        }
    }

    fn settings_read(&mut self, read: SettingsRead) {
        if let Some(former) = self.reading_again.take() {
            former.abort();
        }
        if self.demo_since.is_some() {
            return;
        }
        match read {
            SettingsRead::Missing(wait) => {
                let own = self.own.clone();
                let reading_again = tokio::spawn(async move {
                    tokio::time::sleep(wait).await;
                    let _ = own.send(Message::SettingsFile);
                });
                self.reading_again = Some(reading_again.abort_handle());
            }
            SettingsRead::Found(settings, remark) => {
                // A valid file clears earlier remarks.
                let well = Remark::SettingsMended { fields: Vec::new() };
                self.tell(Event::Remark(remark.unwrap_or(well)));
                // Our own writes are reported as well.
                if *settings != *self.monitor.settings() {
                    self.put_in_use(&settings);
                    self.tell(Event::SettingsChanged(settings));
                }
            }
        }
    }

    /// Applies the settings to keys, proxy and store.
    fn put_in_use(&self, settings: &Settings) {
        self.keys.keep_only(&settings.accounts);
        if let Err(error) = self.desk.api.use_proxy(&settings.proxy) {
            tracing::warn!(%error, "the settings' proxy is not used");
        }
        self.keep(Write::Accounts {
            accounts: settings.accounts.clone(),
            history_days: settings.history_days,
        });
    }

    /// Prepares the simulated accounts, or the user's own again; [`FilesDone::Accounts`] follows.
    fn change_world(&self, demo: bool) {
        if demo == self.demo_since.is_some() {
            return;
        }
        let (paths, keeper, locale) =
            (self.desk.paths.clone(), Arc::clone(&self.keeper), self.system_locale.clone());
        let hooks = self.test_hooks.clone();
        let now = Now { at: Timestamp::now(), zone: self.zone.get() };
        self.files.make(demo, move || {
            if !demo {
                // Wait for pending writes: the accounts are loaded from the store next.
                keeper.wait_settled(KEPT_WITHIN);
            }
            monitor(&paths, keeper.store(), &locale, demo, &hooks, &now)
        });
    }

    fn show_accounts(&mut self, demo: bool, monitor: Monitor) {
        if demo == self.demo_since.is_some() {
            return;
        }
        self.demo_since = demo.then(Timestamp::now);
        if !demo {
            // Notifications of the simulation are about no real account.
            self.desktop.withdraw_notices();
        }
        self.monitor = monitor;
        if !demo {
            self.put_in_use(&self.monitor.settings().clone());
        }
        self.tell(Event::Window(true));
        // The file may have been changed meanwhile.
        self.read_settings();
    }

    fn tell(&mut self, event: Event) {
        self.zone.refresh();
        if matches!(event, Event::KeyringChanged) {
            self.keys.keyring_changed();
        }
        let is_tick = matches!(event, Event::Tick);
        // An answer that makes the core panic counts as a failure, so that it is not requested again immediately.
        let refused = match &event {
            Event::Answered { account, fetch, outcome: Ok(_) } => Some((account.clone(), *fetch)),
            _ => None,
        };
        if let Ok(effects) = self.update(event) {
            self.failed_ticks = if is_tick { 0 } else { self.failed_ticks };
            for effect in effects {
                // Caught separately: a window that cannot be shown must not prevent a reading from being stored.
                let _ = supervision::catch(|| self.carry_out(effect));
            }
        } else {
            self.failed_ticks = self.failed_ticks.saturating_add(u32::from(is_tick));
            if let Some((account, fetch)) = refused {
                let outcome = Err(Failure::new(FailureKind::Unreadable));
                self.tell(Event::Answered { account, fetch, outcome });
            }
        }
        let habits = Habits::of(self.monitor.settings());
        if self.habits.replace(habits) != Some(habits) {
            self.desktop.take_up(habits);
        }
    }

    /// Passes an event to the core. A panic may leave the monitor in an inconsistent state, with accounts or alert
    /// memory missing, so it is restored from a copy made before; the copy shares what is large.
    fn update(&mut self, event: Event) -> Result<Vec<Effect>, Panicked> {
        let now = self.now();
        let before = self.monitor.clone();
        let updated = supervision::catch(|| {
            if matches!(event, Event::CheckNow) {
                self.test_hooks.arm();
                self.test_hooks.panic_if_requested(Component::Controller);
            }
            if matches!(event, Event::Tick) {
                self.test_hooks.panic_if_requested(Component::Ticks);
            }
            self.monitor.update(event, &now)
        });
        if updated.is_err() {
            self.monitor = before;
        }
        updated
    }

    fn now(&self) -> Now {
        let real = Timestamp::now();
        let at = self.demo_since.map_or(real, |since| demo_time(since, real));
        Now { at, zone: self.zone.get() }
    }

    fn carry_out(&mut self, effect: Effect) {
        match effect {
            Effect::Fetch { account, fetch, endpoint, region, ignores_stored_pause } => {
                if let Some(since) = self.demo_since {
                    let outcome = Ok(simulate::answer(&account, since, self.now().at));
                    self.send(Event::Answered { account, fetch, outcome });
                    return;
                }
                let (own, desk) = (self.own.clone(), Arc::clone(&self.desk));
                let (keys, id) = (self.keys.clone(), account.clone());
                let keeper = (!ignores_stored_pause).then(|| Arc::clone(&self.keeper));
                let flight = tokio::spawn(async move {
                    let asked = supervision::catch_async(async {
                        if let Some(keeper) = keeper
                            && let Some(pause) = stored_pause(&keeper, &account).await
                        {
                            return Err(pause);
                        }
                        keys.ask(&desk, &account, region, endpoint, &own).await
                    });
                    let outcome = asked.await.unwrap_or(Err(Failure::new(FailureKind::Other)));
                    let _ = own.send(Message::Event(Event::Answered { account, fetch, outcome }));
                });
                // The core waits for this request only; there must not be two at a time for one account.
                if let Some(former) = self.flights.insert(id, flight.abort_handle()) {
                    former.abort();
                }
            }
            Effect::ShowTray(tray) => self.desktop.show_tray(*tray),
            Effect::ShowView(view) => self.desktop.show_view(*view),
            Effect::Notify(notice) => {
                let (own, desktop) = (self.own.clone(), self.desktop.clone());
                let keeper = Arc::clone(&self.keeper);
                // The requests for a test notification wait for this one.
                let is_test = notice.kind == NoticeKind::Test;
                let testing = if is_test { std::mem::take(&mut self.testing) } else { Vec::new() };
                let sorry = self.monitor.words().say("notice-test-failed");
                let hooks = self.test_hooks.clone();
                tokio::spawn(async move {
                    let id = notice.id.clone();
                    // Waits until the alert memory is stored; a disk that hangs must not suppress the notification.
                    let _ = tokio::time::timeout(KEPT_WITHIN, keeper.settled()).await;
                    let shown = supervision::catch_async(async {
                        hooks.panic_if_requested(Component::Notifications);
                        desktop.notify(notice).await
                    });
                    // If it was not shown, it is tried again later.
                    let shown = shown.await.unwrap_or(false);
                    for reply in testing {
                        let _ = reply.send(if shown { Ok(()) } else { Err(sorry.clone()) });
                    }
                    let _ = own.send(Message::Event(Event::NoticeShown { id, shown }));
                });
            }
            Effect::KeepMemory(memory) => self.keep(Write::Memory(memory)),
            Effect::KeepOutcome { account, at, outcome, next } => {
                self.keep(Write::Outcome { account, at, outcome, next });
            }
            Effect::KeepHistory { account, changes } => self.keep(Write::History { account, changes }),
            Effect::ForgetKeys => self.keys.forget(),
        }
    }

    /// Stores something, except in the simulation.
    fn keep(&self, write: Write) {
        if self.demo_since.is_none() {
            self.keeper.keep(write);
        }
    }

    fn send(&self, event: Event) {
        // Cannot fail: the controller holds the receiver itself.
        let _ = self.own.send(Message::Event(event));
    }
}

/// Returns the pause that MiniMax asked for when another Tidemark process, such as `status --fresh`, last made a
/// request for the account; `None` if there is none, or if the store does not answer in time.
async fn stored_pause(keeper: &Keeper, account: &AccountId) -> Option<Failure> {
    let (reply, stored) = oneshot::channel();
    let account = account.clone();
    keeper.look(move |store| {
        let _ = reply.send(store.last(&account));
    });
    let kept = tokio::time::timeout(KEPT_WITHIN, stored).await.ok()?.ok()?.ok()?;
    let now = Timestamp::now();
    kept.pause_until(now)?;
    kept.failure.map(|(at, failure)| failure.remaining(at, now))
}
