//! The kinds of notifications, quiet hours and snooze, with one test each.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use tidemark_core::account::{Account, AccountId};
use tidemark_core::alert::{Memory, Notice, NoticeAction, NoticeKind, SnoozeFor};
use tidemark_core::answer::Answer;
use tidemark_core::message::{Effect, Event, Now};
use tidemark_core::monitor::{Monitor, Start};
use tidemark_core::settings::{Language, Settings};

/// A monitor whose notifications are all reported as shown.
struct Stage {
    monitor: Monitor,
    now: Now,
    settings: Settings,
    asked: Vec<(AccountId, u64)>,
    notices: Vec<Notice>,
}

impl Stage {
    /// Starts with accounts by their names and kinds, on Monday, 23 November 2026, at 04:00.
    fn of(accounts: &[(&str, &str)], change: impl FnOnce(&mut Settings)) -> Self {
        let account = |(name, kind): &(&str, &str)| -> Account {
            let written = serde_json::json!({ "id": name, "name": name, "kind": kind, "region": "global" });
            serde_json::from_value(written).expect("an account")
        };
        let accounts = accounts.iter().map(account).collect();
        let mut settings = Settings { accounts, language: Language::English, ..Settings::default() };
        change(&mut settings);
        let now = Now { at: at("2026-11-23T04:00:00Z"), zone: TimeZone::UTC };
        let start = Start {
            settings: settings.clone(),
            memory: Memory::default(),
            kept: Vec::new(),
            system_locale: "en".to_owned(),
            demo: false,
        };
        let monitor = Monitor::new(start, &now);
        let mut stage = Self { monitor, now, settings, asked: Vec::new(), notices: Vec::new() };
        stage.tell(Event::Tick);
        stage
    }

    fn tell(&mut self, event: Event) {
        for effect in self.monitor.update(event, &self.now) {
            match effect {
                Effect::Fetch { account, fetch, .. } => self.asked.push((account, fetch)),
                Effect::Notify(notice) => {
                    let id = notice.id.clone();
                    self.notices.push(notice);
                    self.tell(Event::NoticeShown { id, shown: true });
                }
                _ => {}
            }
        }
    }

    fn answer(&mut self, answer: impl Fn(&str) -> Answer) {
        for (account, fetch) in std::mem::take(&mut self.asked) {
            let outcome = Ok(answer(&account.0));
            self.tell(Event::Answered { account, fetch, outcome });
        }
    }

    fn check(&mut self, answer: impl Fn(&str) -> Answer) {
        self.now.at += SignedDuration::from_secs(2);
        self.tell(Event::CheckNow);
        self.answer(answer);
    }

    fn change(&mut self, change: impl FnOnce(&mut Settings)) {
        change(&mut self.settings);
        self.tell(Event::SettingsChanged(Box::new(self.settings.clone())));
    }

    fn titles(&self) -> Vec<&str> {
        self.notices.iter().map(|notice| notice.title.as_str()).collect()
    }
}

fn at(text: &str) -> Timestamp {
    text.parse().expect("a moment")
}

/// A plan with these percentages left of an interval that ends at 09:00 and of a week that ends on Monday.
fn plan(interval: u32, week: u32) -> Answer {
    plan_until(interval, "2026-11-23T09:00:00Z", week)
}

fn plan_until(interval: u32, ends: &str, week: u32) -> Answer {
    let (ends, week_ends) = (at(ends), at("2026-11-30T00:00:00Z"));
    let status = |left| if left == 0 { 2 } else { 1 };
    json(&serde_json::json!({ "model_remains": [{
        "model_name": "general",
        "start_time": ends.as_millisecond() - 18_000_000, "end_time": ends.as_millisecond(),
        "current_interval_status": status(interval), "current_interval_remaining_percent": interval,
        "weekly_start_time": week_ends.as_millisecond() - 604_800_000, "weekly_end_time": week_ends.as_millisecond(),
        "current_weekly_status": status(week), "current_weekly_remaining_percent": week,
    }], "base_resp": { "status_code": 0 } }))
}

fn balance(amount: &str) -> Answer {
    json(&serde_json::json!({ "available_amount": amount, "base_resp": { "status_code": 0 } }))
}

fn json(body: &serde_json::Value) -> Answer {
    Answer { status: 200, headers: Vec::new(), body: body.to_string().into_bytes() }
}

const PLANS: [(&str, &str); 2] = [("Home", "token_plan"), ("Work", "token_plan")];

#[test]
fn what_happens_to_several_accounts_in_one_heartbeat_is_one_notice() {
    let mut stage = Stage::of(&PLANS, |_| ());
    stage.answer(|_| plan(71, 60));
    stage.check(|name| if name == "Home" { plan(12, 60) } else { plan(0, 60) });
    assert_eq!(stage.titles(), ["Work: 5 hours used up"]);
    let notice = &stage.notices[0];
    assert!(notice.body.ends_with("Also: Home: 12 % left (5 hours)."), "{notice:#?}");
    assert_eq!(notice.account, None, "a click opens the window as such");
    let buttons: Vec<_> = notice.buttons.iter().map(|button| button.does).collect();
    assert_eq!(buttons, [NoticeAction::Open, NoticeAction::Snooze]);
}

#[test]
fn a_notice_waits_for_the_other_accounts_but_not_for_ever() {
    let mut stage = Stage::of(&PLANS, |_| ());
    stage.answer(|_| plan(71, 60));
    stage.now.at += SignedDuration::from_secs(2);
    stage.tell(Event::CheckNow);
    let (account, fetch) = stage.asked.remove(0);
    stage.tell(Event::Answered { account, fetch, outcome: Ok(plan(0, 60)) });
    assert!(stage.notices.is_empty(), "the other answer may come any moment");
    stage.now.at += SignedDuration::from_secs(15);
    stage.tell(Event::Tick);
    assert_eq!(stage.titles(), ["Home: 5 hours used up"]);
}

#[test]
fn a_snooze_until_the_reset_ends_with_it_and_tells_what_is_still_true() {
    let mut stage = Stage::of(&PLANS[..1], |_| ());
    stage.answer(|_| plan(71, 80));
    let (account, length) = (Some(AccountId("Home".to_owned())), SnoozeFor::UntilReset);
    stage.tell(Event::Snooze { account, length });
    stage.check(|_| plan(12, 80));
    stage.now.at = at("2026-11-23T08:59:00Z");
    stage.tell(Event::Tick);
    stage.answer(|_| plan(0, 18));
    assert!(stage.notices.is_empty());
    stage.now.at = at("2026-11-23T09:00:30Z");
    stage.tell(Event::Tick);
    stage.answer(|_| plan_until(100, "2026-11-23T14:00:00Z", 18));
    assert_eq!(stage.titles(), ["Home: 18 % left (week)"]);
}

#[test]
fn a_snooze_until_the_reset_means_the_next_one_where_the_week_is_tighter_too() {
    let mut stage = Stage::of(&PLANS[..1], |_| ());
    stage.answer(|_| plan(71, 40));
    stage.tell(Event::Snooze { account: None, length: SnoozeFor::UntilReset });
    stage.check(|_| plan(12, 40));
    assert!(stage.notices.is_empty());
    stage.now.at = at("2026-11-23T09:00:30Z");
    stage.tell(Event::Tick);
    stage.answer(|_| plan_until(100, "2026-11-23T14:00:00Z", 18));
    assert_eq!(stage.titles(), ["Home: 18 % left (week)"]);
}

#[test]
fn a_test_notice_is_heard_at_any_time() {
    let quiet = |settings: &mut Settings| {
        settings.quiet_hours = "00:00-23:59".to_owned();
        settings.notices = false;
    };
    let mut stage = Stage::of(&PLANS[..1], quiet);
    stage.tell(Event::Snooze { account: None, length: SnoozeFor::Hour });
    stage.tell(Event::TestNotice);
    assert_eq!(stage.notices.iter().map(|notice| notice.kind).collect::<Vec<_>>(), [NoticeKind::Test]);
}

#[test]
fn peak_hours_are_told_once_a_day_and_only_to_those_who_want_it() {
    let mut stage = Stage::of(&PLANS[..1], |_| ());
    stage.answer(|_| plan(71, 60));
    stage.now.at = at("2026-11-23T07:01:00Z");
    stage.tell(Event::Tick);
    stage.answer(|_| plan(71, 60));
    stage.change(|settings| settings.notice_peak = true);
    assert!(stage.notices.is_empty(), "they had begun before");
    stage.now.at = at("2026-11-24T06:59:00Z");
    stage.tell(Event::Tick);
    stage.answer(|_| plan_until(71, "2026-11-24T09:00:00Z", 60));
    assert!(stage.notices.is_empty());
    for minute in 0..150 {
        stage.now.at = at("2026-11-24T07:00:00Z") + SignedDuration::from_mins(minute);
        stage.tell(Event::Tick);
        stage.answer(|_| plan_until(71, "2026-11-24T09:00:00Z", 60));
    }
    assert_eq!(stage.titles(), ["Peak hours have begun"]);
    assert!(stage.notices[0].body.contains("09:30"), "{:#?}", stage.notices);
    // A clock set back a day and forward again repeats no notification.
    for moment in ["2026-11-23T08:00:00Z", "2026-11-24T08:00:00Z"] {
        stage.now.at = at(moment);
        stage.tell(Event::Tick);
        stage.answer(|_| plan(71, 60));
    }
    assert_eq!(stage.notices.len(), 1);
}

#[test]
fn much_of_a_week_that_will_be_lost_is_told_once_in_its_last_day() {
    let mut stage = Stage::of(&PLANS[..1], |settings| settings.notice_unused = true);
    stage.answer(|_| plan(71, 55));
    stage.now.at = at("2026-11-28T22:00:00Z");
    stage.tell(Event::Tick);
    stage.answer(|_| plan_until(71, "2026-11-29T01:00:00Z", 55));
    assert!(stage.notices.is_empty(), "there is more than a day left");
    for hour in [2, 6, 10] {
        stage.now.at = at("2026-11-29T00:00:00Z") + SignedDuration::from_hours(hour);
        stage.tell(Event::Tick);
        let ends = (stage.now.at + SignedDuration::from_hours(3)).to_string();
        stage.answer(|_| plan_until(71, &ends, 54));
    }
    assert_eq!(stage.titles(), ["Home: much is unused (week)"]);
    assert_eq!(stage.notices[0].body, "54 % left. Resets Mon 00:00, in 22 h; what is left then is gone.");
}

#[test]
fn a_balance_under_the_users_own_line_is_told_and_so_is_an_empty_one() {
    let line = |settings: &mut Settings| settings.accounts[0].balance_below = "20".parse().ok();
    let mut stage = Stage::of(&[("Purse", "pay_as_you_go")], line);
    stage.answer(|_| balance("25.00"));
    for amount in ["20.00", "19.99", "12.00", "0.00", "30.00", "19.00"] {
        stage.check(|_| balance(amount));
    }
    let titles = ["Purse: $19.99 left", "Purse: the balance is used up", "Purse: $19.00 left"];
    assert_eq!(stage.titles(), titles);
}

#[test]
fn a_rolling_window_is_back_when_its_figure_rises_and_not_when_its_bounds_move() {
    let mut stage = Stage::of(&PLANS[..1], |_| ());
    stage.answer(|_| plan(71, 60));
    // The week does not move. The interval keeps its length and always ends five hours ahead.
    let mut slide = |left: u32, minutes: i64| {
        stage.now.at += SignedDuration::from_mins(minutes);
        stage.tell(Event::Tick);
        let ends = (stage.now.at + SignedDuration::from_hours(5)).to_string();
        stage.answer(|_| plan_until(left, &ends, 60));
        stage.notices.len()
    };
    let told: Vec<_> = [30, 10, 0, 0, 3, 4, 6, 30].map(|left| slide(left, 6)).to_vec();
    assert_eq!(told, [0, 1, 2, 2, 2, 2, 3, 3]);
    assert_eq!(stage.titles()[2], "Home: 5 hours available again");
}
