//! The core's state machine: [`Monitor::update`] takes an event and returns the effects. No I/O and no clock here.

mod outbox;

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

use crate::account::AccountId;
use crate::alert::Memory;
use crate::answer::Answer;
use crate::chart::Subject;
use crate::endpoint::Endpoint;
use crate::failure::Failure;
use crate::history::WindowKey;
use crate::level::Level;
use crate::message::{Effect, Event, KeyringTrouble, Now, Remark};
use crate::present::{self, Cards, Scene};
use crate::schedule::{self, PollInputs, StaggeredStart};
use crate::settings::Settings;
use crate::speed::{self, Standing};
use crate::text::{Tongue, Words};
use crate::tray::Tray;
use crate::view::View;
use crate::watched::{Good, Kept, Watched};

use outbox::NotificationOutbox;

/// How long the readings of an account that is missing in the settings stay in memory.
const ABSENCE_LIMIT: SignedDuration = SignedDuration::from_hours(24);
/// The number of missing accounts whose readings stay in memory; the oldest are dropped first.
const MOST_ABSENT: usize = 256;

#[derive(Debug)]
pub struct Start {
    /// The user's settings, accounts included.
    pub settings: Settings,
    /// The stored alert state. [`Memory::unknown`] if it could not be read.
    pub memory: Memory,
    /// What was stored of each account.
    pub kept: Vec<(AccountId, Kept)>,
    /// The system's locale, as `LANG` contains it.
    pub system_locale: String,
    /// Whether everything is simulated.
    pub demo: bool,
}

/// The whole state of the app, and the one function that changes it.
///
/// Cloning is cheap enough to do it before each event: large parts are shared until they change. The shell returns to
/// that clone if an update panics half-way.
#[derive(Clone, Debug)]
pub struct Monitor {
    settings: Settings,
    words: Arc<Words>,
    system_locale: String,
    demo: bool,
    watched: Vec<Watched>,
    /// The accounts that are missing in the settings, and since when. They may come back.
    absent: Vec<(Timestamp, Watched)>,
    memory: Memory,
    deliveries: NotificationOutbox,
    fetches: u64,
    window_open: bool,
    has_tray_host: bool,
    keyring: Option<KeyringTrouble>,
    remarks: Vec<Remark>,
    dismissed: Vec<String>,
    kept_memory: Memory,
    shown_tray: Option<Tray>,
    cards: Cards,
    /// Replaces the settings' interval in tests of the whole app.
    poll_interval: Option<SignedDuration>,
}

impl Monitor {
    /// Starts with what was stored. Nothing is polled before the first event.
    #[must_use]
    pub fn new(start: Start, now: &Now) -> Self {
        let Start { settings, mut memory, mut kept, system_locale, demo } = start;
        let kept_memory = memory.clone();
        memory.note_accounts(&settings.accounts, now.at);
        let mut take_kept = |id: &AccountId| {
            kept.iter().position(|(k, _)| k == id).map(|i| kept.swap_remove(i).1).unwrap_or_default()
        };
        let watched =
            settings.accounts.iter().map(|a| Watched::new(a.clone(), take_kept(&a.id), now.at)).collect();
        Self {
            words: Arc::new(Words::new(Tongue::of(settings.language, &system_locale))),
            deliveries: NotificationOutbox::default(),
            settings,
            system_locale,
            demo,
            watched,
            absent: Vec::new(),
            kept_memory,
            memory,
            fetches: 0,
            window_open: false,
            has_tray_host: true,
            keyring: None,
            remarks: Vec::new(),
            dismissed: Vec::new(),
            shown_tray: None,
            cards: Cards::default(),
            poll_interval: None,
        }
    }

    /// Polls at this interval instead of the settings'. For tests, because no setting goes below a minute.
    #[must_use]
    pub fn with_poll_interval(self, poll_interval: Option<SignedDuration>) -> Self {
        Self { poll_interval, ..self }
    }

    /// Processes an event and returns all effects that follow from it.
    pub fn update(&mut self, event: Event, now: &Now) -> Vec<Effect> {
        let mut effects = Vec::new();
        match event {
            Event::Tick => {}
            Event::Answered { account, fetch, outcome } => {
                self.answered(&account, fetch, outcome, now, &mut effects);
            }
            Event::CheckNow => self.watched.iter_mut().for_each(|w| w.schedule.poll_now(now.at)),
            Event::Woke => self.watched.iter_mut().for_each(|w| w.schedule.on_wake(now.at)),
            Event::SettingsChanged(settings) => self.change_settings(*settings, now.at),
            Event::Window(open) => self.window(open, now.at),
            Event::TrayHost(present) => {
                self.has_tray_host = present;
                // A new host has not received the tray yet.
                self.shown_tray = None;
            }
            Event::NoticeShown { id, shown } => {
                let thresholds = self.settings.thresholds();
                self.deliveries.done(&mut self.memory, &id, shown, thresholds, now.at);
            }
            Event::Dismissed(banner) => {
                let is_notice =
                    self.deliveries.dismiss(&mut self.memory, &banner, self.settings.thresholds());
                if !is_notice && !self.dismissed.contains(&banner) {
                    self.dismissed.push(banner);
                }
            }
            Event::Snooze { account, length } => self.snooze(account, length, now),
            Event::EndSnooze => self.memory.snooze.end(),
            Event::TestNotice => self.test_notice(now, &mut effects),
            Event::RetryKeyring => {
                effects.push(Effect::ForgetKeys);
                self.watched.iter_mut().for_each(|w| w.schedule.poll_soon(now.at));
            }
            Event::Keyring(trouble) => self.keyring = trouble,
            Event::KeyringChanged => {
                for watched in &mut self.watched {
                    watched.schedule.keyring_changed(now.at);
                }
            }
            Event::Remark(remark) => {
                // The newest remark of each kind replaces the older ones.
                self.remarks.retain(|r| std::mem::discriminant(r) != std::mem::discriminant(&remark));
                self.remarks.push(remark);
            }
            Event::StoreWorks => {
                let passing = Remark::StoreBroken { kept_as: None };
                self.remarks.retain(|r| *r != passing && *r != Remark::StoreNewer);
                // The next failure shows the banner again.
                self.dismissed.retain(|banner| banner != "store");
            }
            Event::ForgetReadings(account) => {
                let meant = |w: &&mut Watched| account.as_ref().is_none_or(|id| w.account.id == *id);
                self.watched.iter_mut().filter(meant).for_each(|w| w.history = Arc::default());
            }
            Event::NotificationsBack => self.deliveries.retry_now(),
        }
        self.settle(now, &mut effects);
        effects
    }

    /// Returns the window's content as of now.
    #[must_use]
    pub fn view(&self, now: &Now) -> View {
        present::view(&self.scene(now))
    }

    /// Returns the settings in use: those of the file, or of the simulation.
    #[must_use]
    pub const fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Returns the catalogue in use.
    #[must_use]
    pub fn words(&self) -> &Words {
        &self.words
    }

    /// Returns what is known about an account before its speed is measured.
    #[must_use]
    pub fn standing(&self, account: &AccountId, now: &Now) -> Option<Standing> {
        let watched = self.watched.iter().find(|w| w.account.id == *account)?;
        Some(speed::standing(watched, &self.settings, now.at))
    }

    /// Returns the data for a chart of an account; with no window named, of the tightest one.
    #[must_use]
    pub fn chart(&self, account: &AccountId, window: Option<&WindowKey>, now: &Now) -> Option<Subject> {
        let watched = self.watched.iter().find(|w| w.account.id == *account)?;
        Some(Subject::of(watched, &self.settings, &self.words, now, window))
    }

    /// Returns the next time at which something is due, so that the shell can schedule its tick.
    #[must_use]
    pub fn next_due(&self) -> Option<Timestamp> {
        let asks = self.watched.iter().filter(|w| !w.schedule.is_awaiting()).map(|w| w.schedule.next().0);
        asks.chain(self.deliveries.next_due()).min()
    }

    fn answered(
        &mut self,
        account: &AccountId,
        fetch: u64,
        outcome: Result<Answer, Failure>,
        now: &Now,
        effects: &mut Vec<Effect>,
    ) {
        let (interval, thresholds) = (self.interval(), self.settings.thresholds());
        let window_open = self.window_open;
        let Some(watched) = self.watched.iter_mut().find(|w| w.account.id == *account) else { return };
        if !watched.schedule.accept_answer(fetch) {
            return;
        }
        let judged = watched.take(&outcome, now.at);
        match &judged {
            Ok(_) => {
                let level = watched.level(thresholds, interval, now.at);
                // MiniMax sends whole percents, so a figure that changes slowly is the same in two successive readings.
                let is_moving = |good: &Good| now.at.duration_since(good.changed_at) <= interval;
                let is_moving = watched.good.as_ref().is_some_and(is_moving);
                let outlook = PollInputs {
                    interval,
                    watched: window_open,
                    moving_near_limit: is_moving && matches!(level, Level::Near | Level::Critical),
                    next_reset: watched.next_reset(now.at),
                };
                watched.schedule.succeeded(now.at, outlook);
                self.memory.read(watched, thresholds, now.at);
            }
            Err(failure) => {
                watched.schedule.failed(now.at, failure);
                self.memory.failed(account, failure);
            }
        }
        let next = watched.schedule.next();
        let outcome = match judged {
            Ok(changes) => {
                if !changes.is_empty() {
                    effects.push(Effect::KeepHistory { account: account.clone(), changes });
                }
                outcome
            }
            Err(failure) => Err(failure),
        };
        effects.push(Effect::KeepOutcome { account: account.clone(), at: now.at, outcome, next });
    }

    fn window(&mut self, open: bool, now: Timestamp) {
        self.window_open = open;
        self.cards.forget();
        if open {
            for watched in &mut self.watched {
                watched.schedule.watched(now);
            }
        }
    }

    fn change_settings(&mut self, settings: Settings, now: Timestamp) {
        self.cards.reword();
        let mut before = std::mem::take(&mut self.watched);
        for account in &settings.accounts {
            let is_same = |w: &Watched| w.account.id == account.id;
            let known = before.iter().position(is_same).map(|i| before.swap_remove(i));
            let known = known.or_else(|| {
                let place = self.absent.iter().position(|(_, w)| is_same(w))?;
                Some(self.absent.swap_remove(place).1)
            });
            let watched = self.adopt(known, account, now);
            self.watched.push(watched);
        }
        for mut gone in before {
            gone.schedule.stop_waiting();
            self.absent.push((now, gone));
        }
        self.absent.retain(|(since, _)| now.duration_since(*since) <= ABSENCE_LIMIT);
        let surplus = self.absent.len().saturating_sub(MOST_ABSENT);
        self.absent.drain(..surplus);
        self.memory.note_accounts(&settings.accounts, now);
        let interval = self.poll_interval.unwrap_or_else(|| settings.interval());
        for watched in &mut self.watched {
            watched.schedule.interval_changed(now, interval);
        }
        let tongue = Tongue::of(settings.language, &self.system_locale);
        if tongue != self.words.tongue {
            self.words = Arc::new(Words::new(tongue));
        }
        self.settings = settings;
    }

    /// Continues with a known account, or resets it if its key or platform changed.
    fn adopt(
        &mut self,
        known: Option<Watched>,
        account: &crate::account::Account,
        now: Timestamp,
    ) -> Watched {
        match known {
            Some(mut watched) => {
                let other_key = watched.account.key_revision != account.key_revision;
                let other_place =
                    (watched.account.region, watched.account.kind) != (account.region, account.kind);
                watched.account = account.clone();
                if other_key || other_place {
                    self.memory.key_replaced(&account.id);
                    watched.failure = None;
                    if other_place {
                        // The old alert state is about other windows.
                        self.memory.forget(&account.id);
                        watched.good = None;
                    }
                    watched.schedule.on_key_replaced(now);
                }
                watched
            }
            None => Watched::new(account.clone(), Kept::default(), now),
        }
    }

    /// Starts due polls, delivers due notifications, shows what has changed.
    fn settle(&mut self, now: &Now, effects: &mut Vec<Effect>) {
        let mut stagger = StaggeredStart::default();
        for watched in &mut self.watched {
            if stagger.may_poll(&mut watched.schedule, now.at) {
                self.fetches += 1;
                let ignores_stored_pause = watched.schedule.ignores_stored_pause(now.at);
                watched.schedule.asked(now.at, self.fetches);
                effects.push(Effect::Fetch {
                    account: watched.account.id.clone(),
                    fetch: self.fetches,
                    endpoint: Endpoint::of(watched.account.kind),
                    region: watched.account.region,
                    ignores_stored_pause,
                });
            }
        }
        self.memory.snooze.pass(now.at);
        self.memory.suppress(&self.watched, &self.settings, now);
        // Stored before a notification is shown: after a crash between the two it is still due, and not lost.
        if self.memory != self.kept_memory {
            self.kept_memory = self.memory.clone();
            effects.push(Effect::KeepMemory(self.memory.clone()));
        }
        self.deliver(now, effects);
        let tray = present::tray(&self.scene(now));
        if self.shown_tray.as_ref() != Some(&tray) {
            self.shown_tray = Some(tray.clone());
            effects.push(Effect::ShowTray(Box::new(tray)));
        }
        if self.window_open {
            let mut cards = std::mem::take(&mut self.cards);
            let changed = cards.changed(&self.scene(now));
            self.cards = cards;
            effects.extend(changed.map(|view| Effect::ShowView(Box::new(view))));
        }
    }

    fn interval(&self) -> SignedDuration {
        self.poll_interval.unwrap_or_else(|| self.settings.interval())
    }

    fn scene<'a>(&'a self, now: &'a Now) -> Scene<'a> {
        Scene {
            words: &self.words,
            now,
            settings: &self.settings,
            accounts: &self.watched,
            demo: self.demo,
            has_tray_host: self.has_tray_host,
            keyring: self.keyring,
            remarks: &self.remarks,
            dismissed: &self.dismissed,
            undelivered: self.deliveries.undelivered(),
            snooze: &self.memory.snooze,
        }
    }
}

/// Returns the age above which a reading is stale.
#[must_use]
pub fn stale_after(settings: &Settings) -> SignedDuration {
    schedule::stale_after(settings.interval())
}
