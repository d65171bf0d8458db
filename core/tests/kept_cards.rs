//! The cached window content must equal the content built without the cache.

#![expect(clippy::expect_used, reason = "a test whose setup fails has failed")]

use jiff::tz::{TimeZone, offset};
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use serde_json::json;
use tidemark_core::account::{Account, AccountId, Kind, Region};
use tidemark_core::alert::{Memory, SnoozeFor};
use tidemark_core::answer::Answer;
use tidemark_core::failure::{Failure, FailureKind};
use tidemark_core::message::{Effect, Event, KeyringTrouble, Now};
use tidemark_core::monitor::{Monitor, Start};
use tidemark_core::settings::{Language, Settings};
use tidemark_core::view::View;

/// More than the number of cards that change together on the full minute.
const ACCOUNTS: usize = 28;

#[derive(Clone, Debug)]
enum Step {
    Pass(i64),
    Answer { account: usize, left: i64, week: i64, skew: i64 },
    Fail { account: usize, kind: FailureKind },
    CheckNow,
    ShowUsed,
    Speak,
    Pair(usize),
    Credits(usize),
    Leave,
    Travel,
    Snooze,
    Reopen,
    Keyring,
    Same,
}

fn step() -> impl Strategy<Value = Step> {
    let of_few = prop_oneof![0..3_usize, 25..ACCOUNTS];
    let kinds = prop_oneof![
        Just(FailureKind::Offline),
        Just(FailureKind::KeyRejected),
        Just(FailureKind::NoActivePlan),
        Just(FailureKind::PlanExhausted),
        Just(FailureKind::RateLimited),
    ];
    prop_oneof![
        6 => prop_oneof![1..59_i64, 60..7200_i64, -300..0_i64, Just(18_000_i64)].prop_map(Step::Pass),
        6 => (of_few.clone(), 0..=100_i64, 0..=100_i64, prop_oneof![Just(0_i64), Just(-1234_i64), Just(5017_i64)])
            .prop_map(|(account, left, week, skew)| Step::Answer { account, left, week, skew }),
        2 => (of_few.clone(), kinds).prop_map(|(account, kind)| Step::Fail { account, kind }),
        1 => Just(Step::CheckNow),
        1 => Just(Step::ShowUsed),
        1 => Just(Step::Speak),
        1 => of_few.clone().prop_map(Step::Pair),
        1 => of_few.prop_map(Step::Credits),
        1 => Just(Step::Leave),
        1 => Just(Step::Travel),
        1 => Just(Step::Snooze),
        1 => Just(Step::Reopen),
        1 => Just(Step::Keyring),
        1 => Just(Step::Same),
    ]
}

fn account(number: usize) -> Account {
    // Every third account is pay-as-you-go, so that plans have an account to pair with.
    let kind = if number % 3 == 2 { Kind::PayAsYouGo } else { Kind::TokenPlan };
    Account {
        id: AccountId(format!("id-{number}")),
        name: format!("Account {number}"),
        team: None,
        kind,
        region: Region::Global,
        last_four: None,
        key_revision: 0,
        unchecked: false,
        pair: None,
        has_credits: false,
        tier: None,
        high_speed: false,
        balance_below: None,
        unknown: serde_json::Map::new(),
    }
}

fn answer(kind: Kind, left: i64, week: i64, skew: i64, at: Timestamp) -> Answer {
    let server = at.as_millisecond() + skew * 1000;
    // Not on a full minute: MiniMax's windows need not be.
    let ends = server - server % 18_000_000 + 18_017_000;
    let status = |left| if left == 0 { 2 } else { 1 };
    let body = match kind {
        Kind::TokenPlan => json!({
            "model_remains": [{
                "model_name": "general", "start_time": ends - 18_000_000, "end_time": ends,
                "remains_time": ends - server,
                "current_interval_status": status(left), "current_interval_remaining_percent": left,
                "weekly_start_time": ends - 504_800_000, "weekly_end_time": ends + 100_000_000,
                "weekly_remains_time": ends + 100_000_000 - server,
                "current_weekly_status": status(week), "current_weekly_remaining_percent": week,
            }],
            "base_resp": { "status_code": 0, "status_msg": "success" },
        }),
        Kind::PayAsYouGo => json!({
            "available_amount": left.to_string(), "cash_balance": left.to_string(), "voucher_balance": "0.00",
            "credit_balance": "0.00", "owed_amount": "0.00", "balance_alert_switch": true,
            "balance_alert_threshold": "5.00", "base_resp": { "status_code": 0, "status_msg": "success" },
        }),
    };
    let date = Timestamp::from_millisecond(server).expect("a moment").strftime("%a, %d %b %Y %H:%M:%S GMT");
    let headers = vec![("date".to_owned(), date.to_string())];
    Answer { status: 200, headers, body: body.to_string().into_bytes() }
}

struct Stage {
    monitor: Monitor,
    now: Now,
    asked: std::collections::HashMap<AccountId, u64>,
    shown: Option<View>,
}

impl Stage {
    fn begin() -> Self {
        let now = Now { at: "2026-11-23T05:58:30Z".parse().expect("a moment"), zone: TimeZone::UTC };
        let settings = Settings {
            accounts: (0..ACCOUNTS).map(account).collect(),
            language: Language::English,
            ..Settings::default()
        };
        let start = Start {
            settings,
            memory: Memory::default(),
            kept: Vec::new(),
            system_locale: "en".to_owned(),
            demo: false,
        };
        let monitor = Monitor::new(start, &now);
        let mut stage = Self { monitor, now, asked: std::collections::HashMap::new(), shown: None };
        stage.tell(Event::Window(true));
        stage
    }

    /// Passes an event to the monitor and records the effects.
    fn tell(&mut self, event: Event) {
        let opens = event == Event::Window(true);
        for effect in self.monitor.update(event, &self.now) {
            match effect {
                Effect::Fetch { account, fetch, .. } => drop(self.asked.insert(account, fetch)),
                Effect::ShowView(view) => {
                    assert!(opens || self.shown.as_ref() != Some(&*view), "the same view is sent twice");
                    self.shown = Some(*view);
                }
                _ => {}
            }
        }
    }

    fn told(&mut self, account: usize, outcome: impl FnOnce(Kind, Timestamp) -> Result<Answer, Failure>) {
        let Some(of) = self.monitor.settings().accounts.get(account).cloned() else { return };
        let Some(fetch) = self.asked.remove(&of.id) else { return };
        let outcome = outcome(of.kind, self.now.at);
        self.tell(Event::Answered { account: of.id, fetch, outcome });
    }

    fn choose(&mut self, change: impl FnOnce(&mut Settings)) {
        let mut settings = self.monitor.settings().clone();
        change(&mut settings);
        self.tell(Event::SettingsChanged(Box::new(settings)));
    }

    fn take(&mut self, step: &Step) {
        match *step {
            Step::Pass(seconds) => {
                self.now.at += SignedDuration::from_secs(seconds);
                self.tell(Event::Tick);
            }
            Step::Answer { account, left, week, skew } => {
                self.told(account, |kind, at| Ok(answer(kind, left, week, skew, at)));
            }
            Step::Fail { account, kind } => self.told(account, |_, _| Err(Failure::new(kind))),
            Step::CheckNow => self.tell(Event::CheckNow),
            Step::ShowUsed => self.choose(|s| s.show_used = !s.show_used),
            Step::Speak => self.choose(|s| {
                let is_english = s.language == Language::English;
                s.language = if is_english { Language::Chinese } else { Language::English };
            }),
            Step::Pair(place) => self.choose(|s| {
                let payg = s.accounts.iter().find(|a| a.kind == Kind::PayAsYouGo).map(|a| a.id.clone());
                if let Some(plan) = s.accounts.get_mut(place).filter(|a| a.kind == Kind::TokenPlan) {
                    plan.pair = if plan.pair.is_none() { payg } else { None };
                }
            }),
            Step::Credits(place) => self.choose(|s| {
                if let Some(plan) = s.accounts.get_mut(place) {
                    plan.has_credits = !plan.has_credits;
                }
            }),
            Step::Leave => self.choose(|s| drop(s.accounts.remove(0))),
            Step::Travel => {
                let hours = if self.now.zone == TimeZone::UTC { 8 } else { 0 };
                self.now.zone = if hours == 0 { TimeZone::UTC } else { TimeZone::fixed(offset(hours)) };
                self.tell(Event::Tick);
            }
            Step::Snooze => self.tell(Event::Snooze { account: None, length: SnoozeFor::Hour }),
            Step::Reopen => {
                self.tell(Event::Window(false));
                self.tell(Event::Window(true));
            }
            Step::Keyring => self.tell(Event::Keyring(Some(KeyringTrouble::Locked))),
            Step::Same => self.choose(|_| {}),
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn what_is_kept_is_what_would_be_worded_anew(steps in prop::collection::vec(step(), 1..60)) {
        let mut stage = Stage::begin();
        for step in &steps {
            stage.take(step);
            prop_assert_eq!(stage.shown.as_ref(), Some(&stage.monitor.view(&stage.now)), "after {:?}", step);
        }
    }
}

#[test]
fn within_a_minute_nothing_is_sent_to_the_window() {
    let mut stage = Stage::begin();
    for account in 0..3 {
        stage.told(account, |kind, at| Ok(answer(kind, 71, 57, 0, at)));
    }
    stage.now.at = "2026-11-23T06:01:00Z".parse().expect("a moment");
    stage.tell(Event::Tick);
    let shown = stage.shown.take();
    assert!(shown.is_some());
    for _ in 0..10 {
        stage.now.at += SignedDuration::from_secs(1);
        stage.tell(Event::Tick);
        assert_eq!(stage.shown, None, "at {}", stage.now.at);
    }
}
