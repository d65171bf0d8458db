//! A monitor with a server, two clocks, a notification service, and a user who changes the settings.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use tidemark_core::account::{Account, AccountId};
use tidemark_core::alert::{Memory, Notice, NoticeId, NoticeKind, SnoozeFor};
use tidemark_core::answer::Answer;
use tidemark_core::failure::Failure;
use tidemark_core::message::{Effect, Event, Now};
use tidemark_core::monitor::{Monitor, Start};
use tidemark_core::settings::{Language, Settings};
use tidemark_core::watched::Kept;

use crate::model::{Say, is_quiet, kind, name_of};
use crate::place::{LENGTHS, MONDAY, Place, STALE, Wire};
use crate::step::{Service, Step};

const NAMES: [&str; 3] = ["Home", "Work", "Purse"];
const SWITCHES: [&str; 7] = [
    "notice_near",
    "notice_spent",
    "notice_back",
    "notice_refused",
    "notice_lapsed",
    "notice_balance",
    "notices",
];

/// What a notification says, each with the stamp of the model.
type Said = BTreeMap<(usize, Say), (u64, usize)>;

pub struct World {
    monitor: Monitor,
    settings: Settings,
    memory: Memory,
    kept: BTreeMap<AccountId, Kept>,
    places: [Place; 3],
    /// The server's time, in seconds.
    time: i64,
    /// The error of the local clock, in seconds.
    wrong: i64,
    service: Service,
    asked: Vec<(usize, u64)>,
    answers: u32,
    flight: Option<(NoticeId, Said, i64)>,
    refused: Option<(Said, i64)>,
    late_report: Option<NoticeId>,
    snooze: BTreeMap<Option<usize>, (i64, i64)>,
    log: Vec<String>,
}

impl World {
    pub fn new() -> Self {
        let accounts: Vec<Account> = NAMES
            .iter()
            .map(|name| {
                let kind = if *name == "Purse" { "pay_as_you_go" } else { "token_plan" };
                let written = serde_json::json!({
                    "id": name, "name": name, "kind": kind, "region": "global", "balance_below": "20",
                });
                serde_json::from_value(written).expect("an account")
            })
            .collect();
        let settings = Settings { accounts, language: Language::English, ..Settings::default() };
        let time = MONDAY + 4 * 3600;
        let now = now(time);
        let monitor = Monitor::new(start(&settings, Memory::default(), Vec::new()), &now);
        let mut world = Self {
            monitor,
            settings,
            memory: Memory::default(),
            kept: BTreeMap::new(),
            places: [Place::new(90), Place::new(90), Place::new(90)],
            time,
            wrong: 0,
            service: Service::Up,
            asked: Vec::new(),
            answers: 0,
            flight: None,
            refused: None,
            late_report: None,
            snooze: BTreeMap::new(),
            log: Vec::new(),
        };
        world.places.iter_mut().for_each(|place| place.open_windows(time));
        world.tell(Event::Tick);
        world.answer_all();
        world
    }

    pub fn live(&mut self, step: &Step) {
        let report = self.late_report.take();
        self.log.push(format!("{step:?}"));
        match *step {
            Step::Use(account, weekly, left) => {
                let place = &mut self.places[account];
                place.left[usize::from(weekly)].1 = left;
                place.dollars = left;
                self.check();
            }
            Step::LastMinute(account, left) => {
                let ends = (self.time - MONDAY).div_euclid(LENGTHS[0]) + 1;
                self.time = MONDAY + ends * LENGTHS[0] - 60;
                self.live(&Step::Use(account, false, left));
                self.live(&Step::Pass(2));
            }
            Step::Pass(minutes) => self.pass(minutes),
            Step::Answer(account, wire) => {
                self.places[account].wire = Some(wire);
                self.check();
            }
            Step::Restart => self.restart(),
            Step::Clock(wrong) => {
                self.wrong = wrong;
                self.tell(Event::Tick);
            }
            Step::Service(service) => self.service = service,
            Step::Switch(kind, on) => self.choose(SWITCHES[kind], if on { "on" } else { "off" }),
            Step::Thresholds(near, critical) => {
                (self.settings.near_percent, self.settings.critical_percent) = (near, critical);
                self.changed();
            }
            Step::Quiet(hours) => self.choose("quiet_hours", hours),
            Step::Allow(kinds) => self.choose("quiet_allows", kinds),
            Step::Snooze(account) => {
                let now = self.local();
                self.snooze.insert(account, (now, now + 3600));
                let account = account.map(id);
                self.tell(Event::Snooze { account, length: SnoozeFor::Hour });
            }
            Step::EndSnooze => {
                self.snooze.clear();
                self.tell(Event::EndSnooze);
            }
            Step::Test => self.tell(Event::TestNotice),
        }
        self.answer_all();
        if let Some(id) = report.filter(|_| !matches!(step, Step::Restart)) {
            self.report(id, true);
        }
    }

    /// Makes everything work again and checks that the user is notified of everything that is still due.
    pub fn wind_down(&mut self) {
        for place in &mut self.places {
            place.wire = Some(Wire::Full);
        }
        self.service = Service::Up;
        self.wrong = 0;
        let quiet = [("quiet_hours", ""), ("quiet_allows", "")];
        for (key, value) in quiet.into_iter().chain(SWITCHES.map(|switch| (switch, "on"))) {
            self.choose(key, value);
        }
        self.live(&Step::EndSnooze);
        for _ in 0..3 {
            self.pass(16);
            self.check();
            self.answer_all();
        }
        assert!(
            self.flight.is_none() && self.due().is_empty(),
            "{:?} was never heard\n{}",
            self.due(),
            self.story()
        );
        assert_eq!(self.monitor.next_due().map(|due| due > now(self.local()).at), Some(true));
    }

    fn pass(&mut self, minutes: i64) {
        self.time += minutes * 60;
        self.places.iter_mut().for_each(|place| place.open_windows(self.time));
        self.tell(Event::Tick);
    }

    fn check(&mut self) {
        self.time += 2;
        self.places.iter_mut().for_each(|place| place.open_windows(self.time));
        self.tell(Event::CheckNow);
    }

    fn choose(&mut self, key: &str, value: &str) {
        self.settings.set(key, value).expect("a setting");
        self.changed();
    }

    fn changed(&mut self) {
        self.tell(Event::SettingsChanged(Box::new(self.settings.clone())));
    }

    fn restart(&mut self) {
        let memory = serde_json::to_string(&self.memory).expect("it writes");
        let memory = serde_json::from_str(&memory).expect("it reads");
        let kept = self.kept.iter().map(|(id, kept)| (id.clone(), kept.clone())).collect();
        self.monitor = Monitor::new(start(&self.settings, memory, kept), &now(self.local()));
        (self.flight, self.refused) = (None, None);
        self.asked.clear();
        self.tell(Event::Tick);
    }

    fn local(&self) -> i64 {
        self.time + self.wrong
    }

    fn answer_all(&mut self) {
        while !self.asked.is_empty() {
            let (account, fetch) = self.asked.remove(0);
            let outcome = self.answer(account);
            self.tell(Event::Answered { account: id(account), fetch, outcome });
        }
    }

    /// Answers as `wire` says, and updates the model with what was really sent.
    fn answer(&mut self, account: usize) -> Result<Answer, Failure> {
        self.answers += 1;
        let thresholds = (self.settings.near_percent, self.settings.critical_percent);
        // A few minutes, differently each time.
        let slip = (i64::from(self.answers * 7 % 20) - 10) * 60;
        self.places[account].answer(account < 2, (self.time, self.local()), slip, thresholds)
    }

    /// Passes an event to the monitor, and compares its notification with what may and must be shown.
    fn tell(&mut self, event: Event) {
        let local = self.local();
        let effects = self.monitor.update(event, &now(local));
        self.let_pass(local);
        let due = self.due();
        let mut said = None;
        for effect in effects {
            match effect {
                Effect::Fetch { account, fetch, .. } => self.asked.push((number(&account), fetch)),
                Effect::KeepMemory(memory) => self.memory = memory,
                Effect::KeepOutcome { account, at, outcome, .. } => {
                    let kept = self.kept.entry(account).or_default();
                    match outcome {
                        Ok(answer) => (kept.good, kept.failure) = (Some((at, answer)), None),
                        Err(failure) => kept.failure = Some((at, failure)),
                    }
                }
                Effect::Notify(notice) if notice.kind == NoticeKind::Test => {
                    self.log.push("  tested".to_owned());
                }
                Effect::Notify(notice) => {
                    assert!(said.replace(notice).is_none(), "several at once are one\n{}", self.story());
                }
                _ => {}
            }
        }
        match said {
            Some(notice) => self.heard(&notice, due, local),
            None => self.silence(&due, local),
        }
    }

    fn heard(&mut self, notice: &Notice, due: Said, local: i64) {
        self.log.push(format!("  \"{}\" \"{}\"", notice.title, notice.body));
        assert!(self.flight.is_none(), "one after the other\n{}", self.story());
        let said = self.meant(notice);
        let expected: Vec<_> = due.keys().copied().collect();
        assert_eq!(said, expected, "what is said, and what is true and untold\n{}", self.story());
        self.flight = Some((notice.id.clone(), due, local));
        match self.service {
            Service::Up => self.report(notice.id.clone(), true),
            Service::Down => self.report(notice.id.clone(), false),
            Service::Slow => self.late_report = Some(notice.id.clone()),
            Service::Hung => {}
        }
    }

    fn silence(&self, due: &Said, local: i64) {
        let under_way = self.flight.is_some();
        let was_refused = |(said, at): &(Said, i64)| {
            due.iter().all(|(say, stamp)| said.get(say) == Some(stamp)) && local < at + STALE
        };
        let waits = !self.asked.is_empty() || under_way || self.refused.as_ref().is_some_and(was_refused);
        assert!(due.is_empty() || waits, "{due:?} is not told\n{}", self.story());
    }

    fn report(&mut self, id: NoticeId, shown: bool) {
        if let Some((_, said, _)) = self.flight.take_if(|flight| flight.0 == id) {
            if shown {
                let thresholds = (self.settings.near_percent, self.settings.critical_percent);
                for ((account, say), stamp) in said {
                    self.places[account].said(say, stamp, thresholds);
                }
                self.refused = None;
            } else {
                self.refused = Some((said, self.local()));
            }
        }
        self.tell(Event::NoticeShown { id, shown });
    }

    /// Updates the model as time passes.
    fn let_pass(&mut self, local: i64) {
        self.snooze.retain(|_, (since, until)| {
            let meant = *until - *since;
            *since = local.min(*since);
            *until = (*until).min(local + meant);
            *until > local
        });
        if let Some(flight) = &mut self.flight {
            flight.2 = flight.2.min(local);
        }
        self.flight.take_if(|flight| local - flight.2 >= 300);
        if let Some(refused) = &mut self.refused {
            refused.1 = refused.1.min(local);
        }
        let settings = self.settings.clone();
        for place in &mut self.places {
            place.unwanted(|say| !settings.tells(kind(say)));
        }
    }

    /// Returns what may and must be notified now.
    fn due(&self) -> Said {
        let local = self.local();
        let mut due = Said::new();
        for (account, place) in self.places.iter().enumerate() {
            if self.snooze.contains_key(&None) || self.snooze.contains_key(&Some(account)) {
                continue;
            }
            due.extend(
                place.due(local, account == 2).into_iter().map(|(say, stamp)| ((account, say), stamp)),
            );
        }
        let is_quiet = is_quiet(&self.settings.quiet_hours, local);
        due.retain(|(_, say), _| {
            let named = self.settings.quiet_allows.split(',').any(|name| name == name_of(*say));
            self.settings.tells(kind(*say)) && (!is_quiet || named)
        });
        due
    }

    /// Parses the text of a notification, as a user reads it.
    fn meant(&self, notice: &Notice) -> Vec<(usize, Say)> {
        let body = format!(" {}", notice.body);
        let others = body.split(" Also: ").skip(1).flat_map(|others| others.split("; "));
        let mut first = None;
        let statements = std::iter::once(notice.title.as_str()).chain(others);
        let mut said: Vec<_> = statements
            .map(|text| {
                let named = NAMES.iter().position(|name| text.starts_with(&format!("{name}: ")));
                let account = named.or(first).expect("an account");
                first = first.or(Some(account));
                (account, self.say(account, text))
            })
            .collect();
        said.sort_unstable();
        said
    }

    fn say(&self, account: usize, text: &str) -> Say {
        let weekly = text.contains("eek");
        match () {
            () if text.contains("refuses the key") => Say::Refused,
            () if text.contains("no active plan") => Say::Lapsed,
            () if text.contains("balance is used up") => Say::Money(3),
            () if text.contains('$') => Say::Money(1),
            () if text.contains("available again") => Say::Back(weekly),
            () if text.contains("used up") => Say::Worse(weekly, 3),
            () => {
                let figure = text.split(" % left").next().and_then(|t| t.split(' ').next_back());
                let shown: u32 = figure.and_then(|f| f.parse().ok()).unwrap_or_else(|| panic!("{text}"));
                let (left, rung) = self.places[account].meters[usize::from(weekly)].read_last();
                assert_eq!(shown, left, "{text}\n{}", self.story());
                Say::Worse(weekly, rung)
            }
        }
    }

    fn story(&self) -> String {
        self.log.join("\n")
    }
}

fn id(account: usize) -> AccountId {
    AccountId(NAMES[account].to_owned())
}

fn number(id: &AccountId) -> usize {
    NAMES.iter().position(|name| *name == id.0).expect("an account")
}

fn now(seconds: i64) -> Now {
    Now { at: Timestamp::UNIX_EPOCH + SignedDuration::from_secs(seconds), zone: TimeZone::UTC }
}

fn start(settings: &Settings, memory: Memory, kept: Vec<(AccountId, Kept)>) -> Start {
    Start { settings: settings.clone(), memory, kept, system_locale: "en".to_owned(), demo: false }
}
