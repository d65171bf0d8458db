//! A monitor with accounts and scripted answers.

use std::sync::Arc;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use tidemark_core::account::{Account, AccountId, Kind, Region};
use tidemark_core::alert::{Memory, Notice};
use tidemark_core::answer::Answer;
use tidemark_core::message::{Effect, Event, Now};
use tidemark_core::monitor::{Monitor, Start};
use tidemark_core::settings::{Language, Settings};
use tidemark_core::tray::Tray;
use tidemark_core::view::{Card, View};

/// A Monday, 12:00 in China and 04:00 UTC.
pub(crate) const NOON: &str = "2026-11-23T04:00:00Z";

pub(crate) fn at(text: &str) -> Timestamp {
    text.parse().expect("a moment")
}

pub(crate) fn account(name: &str, kind: Kind) -> Account {
    Account {
        id: AccountId(format!("id-{name}")),
        name: name.to_owned(),
        team: None,
        kind,
        region: Region::China,
        last_four: Some("wxyz".to_owned()),
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

pub(crate) fn plan() -> Account {
    account("Home", Kind::TokenPlan)
}

pub(crate) fn wallet() -> Account {
    account("Wallet", Kind::PayAsYouGo)
}

/// An answer with these shares left of a 5-hour window until 09:00 UTC, and of a week until Thursday.
pub(crate) fn left(interval: u32, week: u32) -> Value {
    let (ends, week_ends) = (at("2026-11-23T09:00:00Z"), at("2026-11-26T00:00:00Z"));
    let status = |percent| if percent == 0 { 2 } else { 1 };
    json!({
        "model_remains": [{
            "model_name": "general",
            "start_time": (ends - SignedDuration::from_hours(5)).as_millisecond(),
            "end_time": ends.as_millisecond(),
            "current_interval_status": status(interval), "current_interval_remaining_percent": interval,
            "weekly_start_time": (week_ends - SignedDuration::from_hours(168)).as_millisecond(),
            "weekly_end_time": week_ends.as_millisecond(),
            "current_weekly_status": status(week), "current_weekly_remaining_percent": week,
        }],
        "base_resp": { "status_code": 0, "status_msg": "success" },
    })
}

pub(crate) fn money(amount: &str, owed: &str) -> Value {
    json!({
        "available_amount": amount, "cash_balance": amount, "voucher_balance": "0.00", "credit_balance": "0.00",
        "owed_amount": owed, "balance_alert_switch": true, "balance_alert_threshold": "5.00",
        "base_resp": { "status_code": 0, "status_msg": "success" },
    })
}

/// A monitor of some accounts, each with one answer.
pub(crate) struct Stage {
    pub(crate) monitor: Monitor,
    pub(crate) now: Now,
    /// The tray's last content.
    pub(crate) tray: Option<Tray>,
    /// The notifications, oldest first.
    pub(crate) notices: Vec<Notice>,
}

impl Stage {
    pub(crate) fn of(settings: Settings, answers: &[Value]) -> Self {
        Self::at(NOON, settings, answers)
    }

    pub(crate) fn at(moment: &str, settings: Settings, answers: &[Value]) -> Self {
        let ids: Vec<AccountId> = settings.accounts.iter().map(|a| a.id.clone()).collect();
        let (mut stage, asked) = Self::begun(moment, settings);
        for (account, fetch) in asked {
            let of = ids.iter().position(|id| *id == account).expect("an account");
            let body = answers[of].to_string().into_bytes();
            let outcome = Ok(Answer { status: 200, headers: Vec::new(), body });
            stage.tell(Event::Answered { account, fetch, outcome });
        }
        stage
    }

    /// Starts without any answer; also returns the pending requests.
    pub(crate) fn begun(moment: &str, settings: Settings) -> (Self, Vec<(AccountId, u64)>) {
        let now = Now { at: at(moment), zone: TimeZone::UTC };
        let start = Start {
            settings,
            memory: Memory::default(),
            kept: Vec::new(),
            system_locale: "en".to_owned(),
            demo: false,
        };
        let mut stage = Self { monitor: Monitor::new(start, &now), now, tray: None, notices: Vec::new() };
        let asked = stage.tell(Event::Tick);
        (stage, asked)
    }

    pub(crate) fn tell(&mut self, event: Event) -> Vec<(AccountId, u64)> {
        let mut asked = Vec::new();
        for effect in self.monitor.update(event, &self.now) {
            match effect {
                Effect::Fetch { account, fetch, .. } => asked.push((account, fetch)),
                Effect::ShowTray(tray) => self.tray = Some(*tray),
                Effect::Notify(notice) => self.notices.push(notice),
                _ => {}
            }
        }
        asked
    }

    pub(crate) fn view(&self) -> View {
        self.monitor.view(&self.now)
    }

    pub(crate) fn card(&self) -> Card {
        Arc::unwrap_or_clone(self.view().cards.swap_remove(0))
    }
}

pub(crate) fn settings(accounts: Vec<Account>) -> Settings {
    Settings { accounts, language: Language::English, peak_hours: "off".to_owned(), ..Settings::default() }
}

impl Stage {
    /// Continues in steps of five minutes, with the answer for each time.
    pub(crate) fn live(&mut self, steps: u32, answer: impl Fn(Timestamp) -> Value) {
        for _ in 0..steps {
            self.now.at += SignedDuration::from_mins(5);
            let mut asked = self.tell(Event::CheckNow);
            asked.dedup();
            for (account, fetch) in asked {
                let body = answer(self.now.at).to_string().into_bytes();
                let outcome = Ok(Answer { status: 200, headers: Vec::new(), body });
                self.tell(Event::Answered { account, fetch, outcome });
            }
        }
    }
}

/// The share left of the window until 09:00 if this many percent per hour are used since its start at 04:00.
pub(crate) fn steady(per_hour: f64) -> impl Fn(Timestamp) -> Value {
    move |now| {
        let hours = now.duration_since(at(NOON)).as_secs_f64() / 3600.0;
        let left_now = (100.0 - hours * per_hour).clamp(0.0, 100.0).ceil();
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0..=100")]
        left(left_now as u32, 90)
    }
}

/// An answer of a rolling window: its 5 hours always end 5 hours from now.
pub(crate) fn sliding(now: Timestamp, left: u32) -> Value {
    let length = SignedDuration::from_hours(5);
    json!({
        "model_remains": [{
            "model_name": "general",
            "start_time": now.as_millisecond(), "end_time": (now + length).as_millisecond(),
            "remains_time": length.as_secs() * 1000,
            "current_interval_status": if left == 0 { 2 } else { 1 }, "current_interval_remaining_percent": left,
            "current_weekly_status": 3, "current_weekly_remaining_percent": 100,
        }],
        "base_resp": { "status_code": 0, "status_msg": "success" },
    })
}
