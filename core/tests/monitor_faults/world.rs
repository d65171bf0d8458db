//! A monitor with four accounts, the servers behind them, and the rules that are checked after each event.

use std::collections::{BTreeMap, VecDeque};

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::json;
use tidemark_core::account::{Account, AccountId};
use tidemark_core::alert::{Memory, Notice, NoticeId, SnoozeFor};
use tidemark_core::answer::Answer;
use tidemark_core::failure::{Failure, FailureKind};
use tidemark_core::message::{Effect, Event, Now, Remark};
use tidemark_core::monitor::{Monitor, Start};
use tidemark_core::settings::{Language, Settings};
use tidemark_core::tray::{MenuLine, Tray};
use tidemark_core::view::View;
use tidemark_core::watched::Kept;

use crate::server::{FIRST, Mode, PAUSE, Server};
use crate::step::Step;

const NAMES: [&str; 4] = ["Home", "Work", "Purse", "Studio"];
/// A request without an answer after this many seconds of the local clock counts as lost.
const LOST_AFTER: i64 = 90;
/// The alert memory of four accounts is shorter than this, in bytes.
const LONGEST_MEMORY: usize = 16 * 1024;
const YEAR: i64 = 366 * 86_400;
/// The local clock stays this many seconds from the first and the last possible time; `extreme_times` tests the very
/// limits.
const FROM_THE_ENDS: i64 = 5 * YEAR;

/// The pause of an account that MiniMax asked for.
#[derive(Clone, Copy, Default)]
struct Pause {
    /// The earliest end, by the local clock.
    until: Option<i64>,
    /// The end as it was stored.
    stored: Option<i64>,
    /// Whether the user requested a poll anyway.
    is_insisted: bool,
}

pub struct World {
    monitor: Monitor,
    settings: Settings,
    accounts: [Account; 4],
    servers: [Server; 4],
    memory: Memory,
    kept: BTreeMap<AccountId, Kept>,
    /// The server's time, in seconds.
    time: i64,
    /// The local clock, in seconds.
    local: i64,
    is_prompt: bool,
    is_open: bool,
    notifications: Option<bool>,
    /// The requests under way: account, number, and time by the local clock.
    under_way: VecDeque<(usize, u64, i64)>,
    /// Answers that have already come.
    answered: Vec<(usize, u64, Result<Answer, Failure>)>,
    pauses: [Pause; 4],
    asked: [u32; 4],
    pending: VecDeque<Notice>,
    log: Vec<String>,
}

impl World {
    pub fn new() -> Self {
        let accounts = NAMES.map(|name| {
            let kind = if name == "Purse" { "pay_as_you_go" } else { "token_plan" };
            let written =
                json!({ "id": format!("id-{name}"), "name": name, "kind": kind, "region": "global" });
            serde_json::from_value::<Account>(written).expect("an account")
        });
        let settings =
            Settings { accounts: accounts.to_vec(), language: Language::English, ..Settings::default() };
        let monitor = Monitor::new(start(&settings, Memory::default(), Vec::new()), &now(FIRST));
        let mut world = Self {
            monitor,
            settings,
            servers: [0, 1, 2, 3].map(|number| Server::new(number != 2)),
            accounts,
            memory: Memory::default(),
            kept: BTreeMap::new(),
            time: FIRST,
            local: FIRST,
            is_prompt: true,
            is_open: false,
            notifications: Some(true),
            under_way: VecDeque::new(),
            answered: Vec::new(),
            pauses: [Pause::default(); 4],
            asked: [0; 4],
            pending: VecDeque::new(),
            log: Vec::new(),
        };
        world.event(Event::Tick);
        world
    }

    pub fn apply(&mut self, step: &Step) {
        self.log.push(format!("{step:?}"));
        match step.clone() {
            Step::Pass(seconds) => self.pass(seconds),
            Step::Jump(seconds) => self.set_clock(self.local.saturating_add(seconds)),
            Step::EndOfTime(last) => {
                self.set_clock(if last { Timestamp::MAX.as_second() } else { Timestamp::MIN.as_second() });
            }
            Step::ClockRight => self.set_clock(self.time),
            Step::Use(account, percent) => {
                let time = self.time;
                self.servers[account].spend(percent, time);
            }
            Step::Mode(account, mode) => self.servers[account].mode = mode,
            Step::Prompt(is_prompt) => self.is_prompt = is_prompt,
            Step::Deliver => self.deliver(),
            Step::Repeat(which) => self.repeat(which),
            Step::Woke => self.event(Event::Woke),
            Step::CheckNow => {
                self.pauses.iter_mut().for_each(|pause| pause.is_insisted = true);
                self.event(Event::CheckNow);
            }
            Step::Window(open) => {
                self.is_open = open;
                self.event(Event::Window(open));
            }
            Step::TrayHost(present) => self.event(Event::TrayHost(present)),
            Step::Remove(account) => self.remove(account),
            Step::PutBack(account) => self.put_back(account),
            Step::ReplaceKey(account) => {
                self.accounts[account].key_revision += 1;
                let replaced = self.accounts[account].clone();
                if let Some(kept) = self.settings.accounts.iter_mut().find(|kept| kept.id == replaced.id) {
                    *kept = replaced;
                    self.forget_requests(account);
                    self.change_settings();
                }
            }
            Step::Interval(minutes) => {
                self.settings.interval_minutes = minutes;
                self.change_settings();
            }
            Step::Language(chinese) => {
                self.settings.language = if chinese { Language::Chinese } else { Language::English };
                self.change_settings();
            }
            Step::Keyring(trouble) => self.event(Event::Keyring(trouble)),
            Step::RetryKeyring => self.event(Event::RetryKeyring),
            Step::StoreBroken => {
                self.event(Event::Remark(Remark::StoreBroken { kept_as: Some("history.broken".to_owned()) }));
            }
            Step::StoreWorks => self.event(Event::StoreWorks),
            Step::Snooze(account) => {
                let account = account.map(|number| self.accounts[number].id.clone());
                self.event(Event::Snooze { account, length: SnoozeFor::Hour });
            }
            Step::EndSnooze => self.event(Event::EndSnooze),
            Step::Notifications(service) => self.notifications = service,
            Step::NotificationsBack => self.event(Event::NotificationsBack),
            Step::UnknownReport => {
                self.event(Event::NoticeShown { id: NoticeId("never sent".to_owned()), shown: true });
            }
            Step::Dismiss(banner) => self.event(Event::Dismissed(banner.to_owned())),
            Step::ForgetReadings(account) => {
                let account = account.map(|number| self.accounts[number].id.clone());
                self.event(Event::ForgetReadings(account));
            }
            Step::TestNotification => self.event(Event::TestNotice),
            Step::Restart => self.restart(),
        }
        self.work_off();
        self.check();
    }

    /// Makes everything work again. Then every account is polled within the longest pause, and none shows a failure.
    pub fn recover(&mut self) {
        self.log.push("recover".to_owned());
        self.set_clock(self.time);
        self.is_prompt = true;
        self.notifications = Some(true);
        for account in 0..4 {
            self.servers[account].mode = Mode::Good;
            self.put_back(account);
        }
        while !self.under_way.is_empty() {
            self.deliver();
        }
        self.asked = [0; 4];
        for _ in 0..100 {
            self.pass(16 * 60);
        }
        assert!(self.asked.iter().all(|asked| *asked > 0), "asked {:?}\n{}", self.asked, self.story());
        let view = self.monitor.view(&now(self.local));
        let failed: Vec<_> =
            view.cards.iter().filter(|card| card.failure.is_some()).map(|card| &card.name).collect();
        assert!(failed.is_empty(), "{failed:?} show a failure that is over\n{}", self.story());
    }

    fn pass(&mut self, seconds: i64) {
        // Short spans are ticked every 15 s. For the monitor, a longer one is a suspend.
        let beat = if seconds <= 300 { 15 } else { seconds };
        let mut left = seconds;
        while left > 0 {
            let step = left.min(beat);
            left -= step;
            self.time += step;
            self.local += step;
            self.event(Event::Tick);
            self.work_off();
        }
    }

    fn set_clock(&mut self, to: i64) {
        let to =
            to.clamp(Timestamp::MIN.as_second() + FROM_THE_ENDS, Timestamp::MAX.as_second() - FROM_THE_ENDS);
        let back = self.local - to;
        if back > 0 {
            // A clock that is set back may make a pause end earlier by the same amount. Requests count as made now.
            self.pauses
                .iter_mut()
                .for_each(|pause| pause.until = pause.until.map(|until| until.saturating_sub(back)));
            self.under_way.iter_mut().for_each(|(_, _, at)| *at = (*at).min(to));
        }
        self.local = to;
        self.event(Event::Tick);
    }

    fn remove(&mut self, account: usize) {
        let id = self.accounts[account].id.clone();
        self.settings.accounts.retain(|kept| kept.id != id);
        self.forget_requests(account);
        self.kept.remove(&id);
        self.change_settings();
    }

    fn put_back(&mut self, account: usize) {
        let id = self.accounts[account].id.clone();
        self.settings.accounts.retain(|kept| kept.id != id);
        self.settings.accounts.push(self.accounts[account].clone());
        self.change_settings();
    }

    fn forget_requests(&mut self, account: usize) {
        self.under_way.retain(|(of, ..)| *of != account);
        self.pauses[account] = Pause::default();
    }

    fn change_settings(&mut self) {
        self.event(Event::SettingsChanged(Box::new(self.settings.clone())));
    }

    fn restart(&mut self) {
        let memory = serde_json::to_string(&self.memory).expect("the memory is written");
        let memory = serde_json::from_str(&memory).expect("the memory is read");
        let kept = self.kept.iter().map(|(id, kept)| (id.clone(), kept.clone())).collect();
        self.under_way.clear();
        // The numbers of requests start again.
        self.answered.clear();
        self.pending.clear();
        for pause in &mut self.pauses {
            // A pause longer than MiniMax can ask for comes from a wrong clock.
            pause.until = pause.stored.filter(|until| until.saturating_sub(self.local) <= 25 * 3_600);
            pause.is_insisted = false;
        }
        self.monitor = Monitor::new(start(&self.settings, memory, kept), &now(self.local));
        self.is_open = false;
        self.event(Event::Tick);
    }

    /// Answers requests and reports notifications, as far as the services work.
    fn work_off(&mut self) {
        for _ in 0..200 {
            if self.is_prompt && !self.under_way.is_empty() {
                self.deliver();
            } else if let Some(shown) = self.notifications
                && let Some(notice) = self.pending.pop_front()
            {
                if shown {
                    self.log.push(format!("  notified: {}", notice.title));
                }
                self.event(Event::NoticeShown { id: notice.id, shown });
            } else {
                return;
            }
        }
        panic!("requests and notifications without an end\n{}", self.story());
    }

    fn deliver(&mut self) {
        let Some((account, fetch, _)) = self.under_way.pop_front() else { return };
        let outcome = self.servers[account].answer(self.time);
        self.answered.push((account, fetch, outcome.clone()));
        match self.servers[account].mode {
            Mode::Pause => {
                let until = self.local.saturating_add(PAUSE);
                let pause = &mut self.pauses[account];
                pause.until = pause.until.max(Some(until));
                pause.stored = pause.until;
            }
            Mode::Good | Mode::EndOfTime | Mode::OldDate => self.pauses[account] = Pause::default(),
            _ if self.pauses[account].until.is_some_and(|until| until <= self.local) => {
                self.pauses[account] = Pause::default();
            }
            _ => {}
        }
        self.event(Event::Answered { account: self.accounts[account].id.clone(), fetch, outcome });
    }

    fn repeat(&mut self, which: usize) {
        let late = self.answered.len().checked_sub(which + 1).and_then(|at| self.answered.get(at)).cloned();
        let (account, fetch, outcome) = late.unwrap_or((0, u64::MAX, Err(Failure::new(FailureKind::Other))));
        let before = self.monitor.next_due();
        self.event(Event::Answered { account: self.accounts[account].id.clone(), fetch, outcome });
        if self.under_way.iter().all(|(_, number, _)| *number != fetch) {
            let after = self.monitor.next_due();
            assert!(
                before.is_none() || after >= before || after.is_none(),
                "a repeated answer is no news\n{}",
                self.story()
            );
        }
    }

    fn event(&mut self, event: Event) {
        let at = now(self.local);
        for effect in self.monitor.update(event, &at) {
            match effect {
                Effect::Fetch { account, fetch, .. } => self.fetch(&account, fetch),
                Effect::KeepMemory(memory) => self.memory = memory,
                Effect::KeepOutcome { account, at, outcome, next } => {
                    let kept = self.kept.entry(account).or_default();
                    kept.next = Some(next);
                    match outcome {
                        Ok(answer) => (kept.good, kept.failure) = (Some((at, answer)), None),
                        Err(failure) => kept.failure = Some((at, failure)),
                    }
                }
                Effect::Notify(notice) => self.pending.push_back(notice),
                Effect::ShowTray(tray) => self.check_tray(&tray),
                Effect::ShowView(view) => {
                    assert!(self.is_open, "a view without a window\n{}", self.story());
                    self.check_view(&view);
                }
                Effect::KeepHistory { .. } | Effect::ForgetKeys => {}
            }
        }
    }

    fn fetch(&mut self, id: &AccountId, fetch: u64) {
        let account = self.accounts.iter().position(|account| account.id == *id).expect("a known account");
        assert!(
            self.settings.account(id).is_some(),
            "{id:?} is asked though it is removed\n{}",
            self.story()
        );
        let local = self.local;
        let lost = |at: i64| local.saturating_sub(at) > LOST_AFTER;
        self.under_way.retain(|(of, _, at)| *of != account || !lost(*at));
        let twice = self.under_way.iter().any(|(of, ..)| *of == account);
        assert!(!twice, "{} is asked twice at once\n{}", NAMES[account], self.story());
        let Pause { until, is_insisted, .. } = self.pauses[account];
        assert!(
            is_insisted || until.is_none_or(|until| local >= until),
            "{} is asked {:?} s before its pause is over\n{}",
            NAMES[account],
            until.map(|until| until - local),
            self.story()
        );
        self.pauses[account].is_insisted = false;
        self.asked[account] += 1;
        self.under_way.push_back((account, fetch, local));
    }

    fn check(&self) {
        let at = now(self.local);
        let view = self.monitor.view(&at);
        self.check_view(&view);
        let memory = serde_json::to_string(&self.memory).expect("the memory is written");
        assert!(memory.len() < LONGEST_MEMORY, "{} bytes: {memory}\n{}", memory.len(), self.story());
        let waits = self.settings.accounts.len() > self.under_way.len();
        assert!(!waits || self.monitor.next_due().is_some(), "nothing is due any more\n{}", self.story());
    }

    fn check_view(&self, view: &View) {
        let shown: Vec<&AccountId> = view.cards.iter().map(|card| &card.id).collect();
        let known: Vec<&AccountId> = self.settings.accounts.iter().map(|account| &account.id).collect();
        assert_eq!(shown, known, "the cards are the accounts in their order\n{}", self.story());
        for card in &view.cards {
            assert!((0.0..=1.0).contains(&card.ring), "{card:?}");
            assert!(
                (!card.sentence.is_empty() || card.failure.is_some()) && !card.key_word.is_empty(),
                "{card:?}\n{}",
                self.story()
            );
            let bars = card.meters.iter().filter_map(|meter| meter.bar);
            assert!(
                bars.chain(card.meters.iter().flat_map(|m| m.marks.clone()))
                    .all(|bar| (0.0..=1.0).contains(&bar)),
                "{card:?}"
            );
        }
        let mut ids: Vec<&str> = view.banners.iter().map(|banner| banner.id.as_str()).collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), view.banners.len(), "each banner once\n{}", self.story());
        self.check_words(&serde_json::to_string(view).expect("a view is written"));
    }

    fn check_tray(&self, tray: &Tray) {
        assert!(
            tray.picture.left <= 100 && tray.picture.digits.is_none_or(|digits| digits <= 99),
            "{tray:?}"
        );
        assert!(!tray.tooltip.is_empty() && !tray.title.is_empty() && !tray.menu.is_empty(), "{tray:?}");
        self.check_words(&format!("{tray:?}"));
        for line in &tray.menu {
            if let MenuLine::Figure { account: Some(id), .. } = line {
                assert!(
                    self.settings.account(id).is_some(),
                    "{id:?} is in the menu, but gone\n{}",
                    self.story()
                );
            }
        }
    }

    /// No text has an unfilled placeholder or a missing message.
    fn check_words(&self, text: &str) {
        assert!(!text.contains("{$") && !text.contains("{ $"), "{text}\n{}", self.story());
    }

    fn story(&self) -> String {
        self.log.join("\n")
    }
}

fn now(second: i64) -> Now {
    let at = Timestamp::from_second(second).expect("a moment");
    Now { at, zone: TimeZone::fixed(jiff::tz::Offset::from_seconds(34_200).expect("an offset")) }
}

fn start(settings: &Settings, memory: Memory, kept: Vec<(AccountId, Kept)>) -> Start {
    Start { settings: settings.clone(), memory, kept, system_locale: "en".to_owned(), demo: false }
}
