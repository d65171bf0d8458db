//! The one task that owns the monitor: events in, effects out.
//!
//! Owns the heartbeat, the keys held in memory and the order in which effects are carried out. Knows neither Tauri
//! nor the keyring: it is given a [`Desktop`] and a [`KeyStore`].

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

/// Compares the moment with what is due; suspend and clock jumps need nothing more.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// However much is due, there is time for messages in between.
const SHORTEST_BEAT: Duration = Duration::from_millis(100);
/// How long a disk that hangs may hold up what waits for being kept.
const KEPT_WITHIN: Duration = Duration::from_secs(3);
/// How long the controller rests after a panic outside of all events, and how often it does so within an hour.
const RESTART_PAUSE: Duration = Duration::from_secs(5);
const RESTARTS_COUNT_FOR: Duration = Duration::from_hours(1);
const MOST_RESTARTS: u32 = 5;
/// The longest that ticks which panic are apart, and how many of them it takes to give up: some three quarters of an hour.
const LONGEST_PAUSE: Duration = Duration::from_mins(15);
const MOST_FAILED_TICKS: u32 = 6;
/// The simulated day goes faster, and so does its heart.
const DEMO_HEARTBEAT: Duration = Duration::from_secs(1);

/// What the controller is told.
#[derive(Debug)]
pub enum Message {
    /// Something for the core.
    Event(Event),
    /// The settings file changed, by whomever.
    SettingsFile,
    /// Work on files is done.
    Files(FilesDone),
    /// The window wants its content.
    View(oneshot::Sender<View>),
    /// The page wants its labels.
    Texts(oneshot::Sender<Texts>),
    /// A window is made and wants both at once; whoever makes it waits in no task.
    Opening(std::sync::mpsc::Sender<Opening>),
    /// The page shows or changes a choice.
    Choice(Choice),
    /// The user tries whether notices are shown; the answer is worded where they are not.
    TestNotice(oneshot::Sender<Result<(), String>>),
    /// Someone wants to measure the speed of an account.
    Speed(AccountId, oneshot::Sender<Speed>),
    /// The page shows a history.
    Chart(ChartAsk),
    /// The user wants to look around.
    StartDemo,
    /// The user has looked around.
    LeaveDemo,
    /// The history of an account that was removed goes too.
    ForgetHistory(AccountId),
    /// The readings of an account, or of all, are to be forgotten; the account stays. The answer is worded.
    ForgetReadings(Option<AccountId>, oneshot::Sender<Result<String, AppError>>),
    /// Someone needs to know what is in use.
    InUse(oneshot::Sender<InUse>),
}

/// Where what the user sees is shown.
pub trait Desktop: Clone + Send + Sync + 'static {
    /// Shows this in the tray.
    fn show_tray(&self, tray: Tray);
    /// Shows this in the window, if it is open.
    fn show_view(&self, view: View);
    /// Shows a notification; tells whether a notification service took it.
    fn notify(&self, notice: Notice) -> impl Future<Output = bool> + Send;
    /// Takes the notifications that are still shown from the screen.
    fn withdraw_notices(&self);
    /// Takes up what the user wants of the desktop from now on.
    fn take_up(&self, habits: Habits);
}

/// What a controller is made of.
#[derive(Debug)]
pub struct Parts<D, V> {
    /// Where things are shown.
    pub desktop: D,
    /// Keys, MiniMax and settings.
    pub desk: Arc<Desk<V>>,
    /// History and memory.
    pub store: Store,
    /// The system's locale.
    pub system_locale: String,
    /// Whether to start with the simulated account.
    pub demo: bool,
    /// What a test of the whole app asks for.
    pub test_hooks: TestHooks,
}

/// The one task.
#[derive(Debug)]
pub struct Controller<D, V> {
    desktop: D,
    desk: Arc<Desk<V>>,
    keeper: Arc<Keeper>,
    system_locale: String,
    monitor: Monitor,
    keys: Keys,
    /// Who waits to hear whether a notice can be shown.
    testing: Vec<oneshot::Sender<Result<(), String>>>,
    /// When the simulated day began, in real time; `None` outside the simulation.
    demo_since: Option<Timestamp>,
    /// How far back the last chart looked.
    charted: Range,
    zone: SystemZone,
    /// What the desktop was last told to take up.
    habits: Option<Habits>,
    /// The last ask of each account.
    flights: HashMap<AccountId, AbortHandle>,
    files: FileWorker,
    /// Reads a missing settings file again.
    reading_again: Option<AbortHandle>,
    test_hooks: TestHooks,
    /// How many ticks in a row panicked.
    failed_ticks: u32,
    inbox: mpsc::UnboundedReceiver<Message>,
    own: mpsc::UnboundedSender<Message>,
}

impl<D: Desktop, V: KeyStore> Controller<D, V> {
    /// Makes a controller and the way to reach it.
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
            // The controller outlives what it keeps, but for the end of the app.
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

    /// Runs until everyone who could tell it something is gone.
    ///
    /// # Errors
    ///
    /// [`Panicked`] where it panics again and again, at every tick or outside of all events: then nothing is watched
    /// any more, and what is shown grows old.
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

    /// Handles a message; where that panics, only the message is lost.
    fn handle(&mut self, message: Message) {
        // The reply channel of a page's question is dropped with it, so that the page gets an error.
        let _ = supervision::catch(|| self.take(message));
    }

    /// Gives how long to wait for the next beat: until something is due, but never longer than a heartbeat.
    fn next_beat(&self) -> Duration {
        let (longest, speed) =
            if self.demo_since.is_some() { (DEMO_HEARTBEAT, simulate::SPEED) } else { (HEARTBEAT, 1) };
        let now = self.now().at;
        let until = self.monitor.next_due().and_then(|due| due.duration_since(now).checked_div(speed));
        let until = until.and_then(|u| Duration::try_from(u).ok()).unwrap_or(longest);
        let beat = until.clamp(SHORTEST_BEAT, longest);
        // What is due stays due after a panic; without a pause it would panic without end.
        let pause = HEARTBEAT.saturating_mul(1 << self.failed_ticks.min(16)).min(LONGEST_PAUSE);
        if self.failed_ticks == 0 { beat } else { pause }
    }

    fn take(&mut self, message: Message) {
        match message {
            Message::Event(event) => self.tell(event),
            Message::SettingsFile => self.read_settings(),
            Message::Files(done) => self.files_done(done),
            Message::View(reply) => {
                // A page that has gone away needs no answer.
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

    /// Reads the settings file again, outside the simulation.
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
                // What was said of a file that is in order again is taken back.
                let well = Remark::SettingsMended { fields: Vec::new() };
                self.tell(Event::Remark(remark.unwrap_or(well)));
                // Our own writing is reported as well.
                if *settings != *self.monitor.settings() {
                    self.put_in_use(&settings);
                    self.tell(Event::SettingsChanged(settings));
                }
            }
        }
    }

    /// Lets keys, proxy and store follow the settings.
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

    /// Makes the simulated accounts ready, or the user's own again; [`FilesDone::Accounts`] follows.
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
                // What was read before the simulation may still be on its way into the store.
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
            // What was said of the simulation is true of nothing.
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
        // An answer that cannot be taken counts as a failure, so that it is not asked for again at once.
        let refused = match &event {
            Event::Answered { account, fetch, outcome: Ok(_) } => Some((account.clone(), *fetch)),
            _ => None,
        };
        if let Ok(effects) = self.update(event) {
            self.failed_ticks = if is_tick { 0 } else { self.failed_ticks };
            for effect in effects {
                // Each for itself: a window that cannot be shown must not keep a reading from being written.
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

    /// Has the core take an event. A panic may leave the monitor half-way between two states, with accounts or what
    /// was told missing, so it goes on from a copy of before; the copy shares what is large.
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
                // The core waits for this one only; two at once for one account would be one too many.
                if let Some(former) = self.flights.insert(id, flight.abort_handle()) {
                    former.abort();
                }
            }
            Effect::ShowTray(tray) => self.desktop.show_tray(*tray),
            Effect::ShowView(view) => self.desktop.show_view(*view),
            Effect::Notify(notice) => {
                let (own, desktop) = (self.own.clone(), self.desktop.clone());
                let keeper = Arc::clone(&self.keeper);
                // Whoever tries whether notices are shown waits for this one.
                let is_test = notice.kind == NoticeKind::Test;
                let testing = if is_test { std::mem::take(&mut self.testing) } else { Vec::new() };
                let sorry = self.monitor.words().say("notice-test-failed");
                let hooks = self.test_hooks.clone();
                tokio::spawn(async move {
                    let id = notice.id.clone();
                    // Kept before it is shown; a disk that hangs is no reason to be silent.
                    let _ = tokio::time::timeout(KEPT_WITHIN, keeper.settled()).await;
                    let shown = supervision::catch_async(async {
                        hooks.panic_if_requested(Component::Notifications);
                        desktop.notify(notice).await
                    });
                    // Not shown, it is tried again later.
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

    /// Keeps something, outside the simulation.
    fn keep(&self, write: Write) {
        if self.demo_since.is_none() {
            self.keeper.keep(write);
        }
    }

    fn send(&self, event: Event) {
        // The controller holds the other end itself.
        let _ = self.own.send(Message::Event(event));
    }
}

/// Gives the pause that MiniMax asked for when another Tidemark, such as `status --fresh`, asked about the account last;
/// `None` where there is none, or the store does not answer in time.
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
