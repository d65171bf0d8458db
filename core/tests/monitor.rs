//! The monitor from outside: events in, effects out, over simulated time.

#![expect(clippy::expect_used, reason = "a test may panic if its setup fails")]
#![expect(clippy::unnecessary_wraps, reason = "an outcome is a result, for answers and failures alike")]

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use tidemark_core::account::{Account, AccountId, Kind, Region};
use tidemark_core::alert::{Memory, Notice};
use tidemark_core::answer::Answer;
use tidemark_core::failure::{Failure, FailureKind};
use tidemark_core::history::Change;
use tidemark_core::level::Level;
use tidemark_core::message::{Effect, Event, KeyringTrouble, Now, Remark};
use tidemark_core::monitor::{Monitor, Start};
use tidemark_core::schedule::Reason;
use tidemark_core::settings::{Language, Settings};
use tidemark_core::tray::{Shape, Tray};
use tidemark_core::view::View;
use tidemark_core::watched::Kept;

/// A monitor, its clock, and everything it has requested.
struct Stage {
    monitor: Monitor,
    now: Now,
    settings: Settings,
    asked: Vec<(AccountId, u64)>,
    notices: Vec<Notice>,
    trays: Vec<Tray>,
    memory: Memory,
    history: Vec<Change>,
}

impl Stage {
    fn with(names: &[&str]) -> Self {
        let accounts = names.iter().map(|n| account(n)).collect();
        Self::of(Settings { accounts, language: Language::English, ..Settings::default() })
    }

    fn of(settings: Settings) -> Self {
        let now = Now { at: "2026-11-23T04:00:00Z".parse().expect("a moment"), zone: TimeZone::UTC };
        let monitor = Monitor::new(start(&settings, Memory::default(), Vec::new()), &now);
        Self::around(monitor, settings, now)
    }

    fn around(monitor: Monitor, settings: Settings, now: Now) -> Self {
        let (asked, notices, trays, history) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        let memory = Memory::default();
        let mut stage = Self { monitor, now, settings, asked, notices, trays, memory, history };
        stage.tell(Event::Tick);
        stage
    }

    fn tell(&mut self, event: Event) {
        for effect in self.monitor.update(event, &self.now) {
            match effect {
                Effect::Fetch { account, fetch, .. } => self.asked.push((account, fetch)),
                Effect::Notify(notice) => self.notices.push(notice),
                Effect::ShowTray(tray) => self.trays.push(*tray),
                Effect::KeepMemory(memory) => self.memory = memory,
                Effect::KeepHistory { changes, .. } => self.history.extend(changes),
                Effect::ShowView(_) | Effect::KeepOutcome { .. } | Effect::ForgetKeys => {}
            }
        }
    }

    fn pass(&mut self, span: SignedDuration) {
        self.now.at += span;
        self.tell(Event::Tick);
    }

    /// Answers every request.
    fn answer(&mut self, outcome: &Result<Answer, Failure>) -> usize {
        let asked = std::mem::take(&mut self.asked);
        let times = asked.len();
        for (account, fetch) in asked {
            self.tell(Event::Answered { account, fetch, outcome: outcome.clone() });
        }
        times
    }

    /// Polls now, whatever the schedule, and answers.
    fn check(&mut self, outcome: &Result<Answer, Failure>) {
        self.now.at += SignedDuration::from_secs(2);
        self.tell(Event::CheckNow);
        assert!(self.answer(outcome) > 0, "Check now asks");
    }

    fn view(&self) -> View {
        self.monitor.view(&self.now)
    }

    fn tray(&self) -> &Tray {
        self.trays.last().expect("a tray was shown")
    }

    fn shown(&mut self) {
        for id in self.notices.iter().map(|n| n.id.clone()).collect::<Vec<_>>() {
            self.tell(Event::NoticeShown { id, shown: true });
        }
    }
}

fn start(settings: &Settings, memory: Memory, kept: Vec<(AccountId, Kept)>) -> Start {
    Start { settings: settings.clone(), memory, kept, system_locale: "en".to_owned(), demo: false }
}

fn account(name: &str) -> Account {
    Account {
        id: AccountId(format!("id-{name}")),
        name: name.to_owned(),
        team: None,
        kind: Kind::TokenPlan,
        region: Region::Global,
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

/// An answer with this percentage left of a 5-hour window that ends at 09:00, and 60 % of a week.
fn left(percent: u32) -> Result<Answer, Failure> {
    left_until(percent, "2026-11-23T09:00:00Z")
}

fn left_until(percent: u32, ends: &str) -> Result<Answer, Failure> {
    let ends: Timestamp = ends.parse().expect("a moment");
    let begins = ends - SignedDuration::from_hours(5);
    let body = serde_json::json!({
        "model_remains": [{
            "model_name": "general", "current_interval_status": if percent == 0 { 2 } else { 1 },
            "start_time": begins.as_millisecond(), "end_time": ends.as_millisecond(),
            "current_interval_remaining_percent": percent,
            "current_weekly_status": 1, "current_weekly_remaining_percent": 60,
            "weekly_start_time": 1_795_392_000_000_i64, "weekly_end_time": 1_795_996_800_000_i64,
        }],
        "base_resp": { "status_code": 0, "status_msg": "success" },
    });
    Ok(Answer { status: 200, headers: Vec::new(), body: body.to_string().into_bytes() })
}

fn code(code: i64) -> Result<Answer, Failure> {
    let body = serde_json::json!({ "base_resp": { "status_code": code, "status_msg": "" } });
    Ok(Answer { status: 200, headers: Vec::new(), body: body.to_string().into_bytes() })
}

fn offline() -> Result<Answer, Failure> {
    Err(Failure::new(FailureKind::Offline))
}

#[test]
fn a_good_answer_is_on_the_card_in_the_tooltip_and_in_the_menu() {
    let mut stage = Stage::with(&["Home"]);
    assert_eq!(stage.answer(&left(71)), 1);
    let card = &stage.view().cards[0];
    assert_eq!((card.level, card.shape), (Level::Good, Shape::Full));
    assert_eq!(card.figure.as_deref(), Some("60 %"), "the tighter window is the headline");
    assert_eq!(card.figure_unit.as_deref(), Some("left this week"));
    let values: Vec<_> = card.meters.iter().map(|m| (m.title.as_str(), m.value.as_str())).collect();
    assert_eq!(values, [("5 hours", "71 % left"), ("Week", "60 % left")]);
    assert_eq!(stage.tray().tooltip, "general 71 % left · resets 09:00 (5 h) · week 60 %");
    let menu = format!("{:?}", stage.tray().menu);
    assert!(menu.contains("5 hours: 71 % left · resets 09:00"), "{menu}");
}

#[test]
fn what_has_not_changed_is_not_shown_again() {
    let mut stage = Stage::with(&["Home"]);
    stage.answer(&left(71));
    let shown = stage.trays.len();
    for _ in 0..3 {
        stage.pass(SignedDuration::from_secs(15));
    }
    assert!(stage.trays.len() <= shown + 1, "only the countdown may have moved");
}

#[test]
fn a_passing_fault_keeps_the_last_figures_and_says_from_when_they_are() {
    let mut stage = Stage::with(&["Home"]);
    stage.answer(&left(71));
    stage.check(&offline());
    let card = &stage.view().cards[0];
    assert_eq!(card.level, Level::Good, "one fault is no reason to cry");
    assert_eq!(card.meters[0].value, "71 % left");
    assert_eq!(card.stale.as_deref(), Some("as of 04:00"));
    assert_eq!(card.failure.as_ref().map(|f| f.kind.as_str()), Some("offline"));
    for _ in 0..70 {
        stage.pass(SignedDuration::from_secs(15));
        stage.answer(&offline());
    }
    assert_eq!(stage.view().cards[0].level, Level::Unknown, "after three intervals nobody knows");
    assert_eq!(stage.tray().picture.shape, Shape::Dashed);
    stage.check(&left(70));
    assert_eq!(stage.view().cards[0].failure, None);
    assert_eq!(stage.view().cards[0].level, Level::Good);
}

#[test]
fn each_failure_is_said_differently() {
    let mut titles = std::collections::BTreeSet::new();
    let html = |status| Ok(Answer { status, headers: Vec::new(), body: b"<html>no</html>".to_vec() });
    let cases = [offline(), code(2049), code(1004), code(2062), code(1002), code(1024), html(403), html(200)];
    for outcome in &cases {
        let mut stage = Stage::with(&["Home"]);
        stage.answer(outcome);
        let view = stage.view();
        let failure = view.cards[0].failure.as_ref().expect("a failure");
        assert!(!failure.body.is_empty());
        titles.insert(failure.title.clone());
    }
    assert_eq!(titles.len(), cases.len(), "{titles:?}");
}

#[test]
fn a_refused_key_is_trouble_and_offers_to_replace_it() {
    let mut stage = Stage::with(&["Home"]);
    stage.answer(&left(71));
    stage.check(&code(2049));
    let card = &stage.view().cards[0];
    assert_eq!((card.level, card.shape), (Level::Trouble, Shape::Keyed));
    assert!(card.failure.as_ref().is_some_and(|f| f.action.is_some()));
    assert_eq!(card.meters[0].value, "71 % left", "the last good figures stay");
    assert_eq!(stage.notices.len(), 1);
    assert_eq!(stage.notices[0].title, "Home: MiniMax refuses the key");
    // A replaced key is polled without delay.
    let mut settings = stage.settings.clone();
    settings.accounts[0].key_revision = 1;
    stage.now.at += SignedDuration::from_secs(2);
    stage.tell(Event::SettingsChanged(Box::new(settings)));
    assert_eq!(stage.answer(&left(71)), 1);
    assert_eq!(stage.view().cards[0].level, Level::Good);
}

#[test]
fn a_key_without_a_plan_is_no_alarm_and_shows_no_old_figures() {
    let mut stage = Stage::with(&["Home"]);
    stage.answer(&code(2062));
    assert!(stage.notices.is_empty());
    let card = &stage.view().cards[0];
    assert_eq!((card.level, card.level_word.as_str()), (Level::Unknown, "No plan"));
    assert!(card.meters.is_empty());
    assert_eq!(card.failure.as_ref().map(|f| f.kind.as_str()), Some("no_active_plan"));
}

#[test]
fn a_day_from_good_to_spent_and_back_shows_one_notice_each() {
    let mut stage = Stage::with(&["Home"]);
    stage.answer(&left(71));
    for percent in [20, 19, 5, 4, 0, 0] {
        stage.check(&left(percent));
        stage.shown();
    }
    let card = &stage.view().cards[0];
    assert_eq!(card.figure.as_deref(), Some("Used up"));
    assert!(card.sentence.contains("Back at 09:00"), "{}", card.sentence);
    assert_eq!(card.ways.len(), 4);
    stage.pass(SignedDuration::from_mins(299));
    stage.answer(&left(0));
    stage.pass(SignedDuration::from_mins(2));
    assert_eq!(stage.view().cards[0].sentence, "The window has ended; waiting for a new reading.");
    stage.check(&left_until(100, "2026-11-23T14:00:00Z"));
    stage.shown();
    let mut titles: Vec<_> = stage.notices.iter().map(|n| n.title.as_str()).collect();
    titles.dedup();
    assert_eq!(
        titles,
        [
            "Home: 20 % left (5 hours)",
            "Home: 5 % left (5 hours)",
            "Home: 5 hours used up",
            "Home: 5 hours available again",
        ]
    );
    assert_eq!(stage.notices.len(), 4);
}

#[test]
fn a_notice_that_nobody_shows_waits_in_the_window_and_is_tried_again() {
    let mut stage = Stage::with(&["Home"]);
    stage.answer(&left(71));
    stage.check(&left(10));
    let last = |stage: &Stage| stage.notices.last().expect("a notice").id.clone();
    stage.tell(Event::NoticeShown { id: last(&stage), shown: false });
    let banners: Vec<_> = stage.view().banners.into_iter().map(|b| b.id).collect();
    assert_eq!(banners, ["notices", "notice:id-Home"]);
    stage.pass(SignedDuration::from_secs(31));
    assert_eq!(stage.notices.len(), 2, "it is tried again");
    stage.tell(Event::NoticeShown { id: last(&stage), shown: false });
    stage.tell(Event::NotificationsBack);
    assert_eq!(stage.notices.len(), 3, "and at once when a service appears");
    stage.tell(Event::NoticeShown { id: last(&stage), shown: true });
    assert!(stage.view().banners.is_empty());
}

#[test]
fn a_restart_owes_what_was_not_shown_and_tells_nothing_twice() {
    let mut stage = Stage::with(&["Home"]);
    stage.answer(&left(71));
    stage.check(&left(10));
    let again = |memory: &Memory, now: &Now| {
        let settings = Settings { accounts: vec![account("Home")], ..Settings::default() };
        let mut monitor = Monitor::new(start(&settings, memory.clone(), Vec::new()), now);
        let mut effects = monitor.update(Event::Tick, now);
        let asked = effects.iter().find_map(|effect| match effect {
            Effect::Fetch { account, fetch, .. } => Some((account.clone(), *fetch)),
            _ => None,
        });
        let (account, fetch) = asked.expect("it asks at once");
        effects.extend(monitor.update(Event::Answered { account, fetch, outcome: left(10) }, now));
        effects.into_iter().filter(|e| matches!(e, Effect::Notify(_))).count()
    };
    assert_eq!(again(&stage.memory, &stage.now), 1);
    stage.shown();
    assert_eq!(again(&stage.memory, &stage.now), 0);
}

#[test]
fn an_account_missing_in_the_settings_for_a_while_keeps_its_readings_and_its_notifications() {
    let mut stage = Stage::with(&["Home"]);
    stage.answer(&left(71));
    stage.check(&left(0));
    stage.shown();
    assert_eq!(stage.notices.len(), 1);
    let with = stage.settings.clone();
    let without = Settings { accounts: Vec::new(), ..with.clone() };
    for away in [SignedDuration::from_secs(1), SignedDuration::from_mins(45)] {
        // A request under way when the account is removed is made again.
        stage.now.at += SignedDuration::from_secs(2);
        stage.tell(Event::CheckNow);
        stage.tell(Event::SettingsChanged(Box::new(without.clone())));
        stage.answer(&left(0));
        stage.pass(away);
        assert!(stage.view().cards.is_empty());
        stage.tell(Event::SettingsChanged(Box::new(with.clone())));
        assert_eq!(stage.view().cards[0].meters[0].value, "0 % left", "known at once");
        assert_eq!(stage.answer(&left(0)), 1);
        assert_eq!(stage.notices.len(), 1, "shown before: {:?}", stage.notices);
    }
    // The same over restarts, one of them without an account.
    let mut memory = stage.memory.clone();
    for settings in [&without, &with] {
        let monitor = Monitor::new(start(settings, memory.clone(), Vec::new()), &stage.now);
        stage = Stage { monitor, memory, ..stage };
        stage.tell(Event::Tick);
        stage.answer(&left(0));
        memory = stage.memory.clone();
    }
    assert_eq!(stage.notices.len(), 1, "shown before: {:?}", stage.notices);
}

#[test]
fn an_account_missing_for_months_is_forgotten() {
    let mut stage = Stage::with(&["Home"]);
    stage.answer(&left(71));
    stage.check(&left(0));
    stage.shown();
    let without = Settings { accounts: Vec::new(), ..stage.settings.clone() };
    stage.tell(Event::SettingsChanged(Box::new(without.clone())));
    assert_ne!(stage.memory, Memory::default());
    for _ in 0..2 {
        stage.now.at += SignedDuration::from_hours(24 * 31);
        stage.tell(Event::SettingsChanged(Box::new(without.clone())));
    }
    assert_eq!(stage.memory, Memory::default());
}

#[test]
fn the_keyring_out_of_reach_is_one_banner_with_a_way_out() {
    let mut stage = Stage::with(&["Home", "Work"]);
    stage.tell(Event::Keyring(Some(KeyringTrouble::Locked)));
    stage.answer(&Err(Failure::new(FailureKind::Keyring)));
    let view = stage.view();
    assert_eq!(view.banners.len(), 1);
    assert_eq!(view.banners[0].id, "keyring");
    assert!(view.banners[0].action.is_some());
    assert!(view.cards.iter().all(|c| c.level == Level::Trouble));
}

#[test]
fn one_remark_said_twice_is_one_banner() {
    let mut stage = Stage::with(&["Home"]);
    let remark = || Remark::SettingsNewer { kept_as: "settings.newer.json".to_owned() };
    stage.tell(Event::Remark(remark()));
    stage.tell(Event::Remark(remark()));
    stage.tell(Event::Remark(Remark::SettingsBroken { kept_as: "settings.broken.json".to_owned() }));
    let banners: Vec<_> = stage.view().banners.into_iter().map(|b| b.id).collect();
    assert_eq!(banners, ["settings"]);
}

#[test]
fn settings_that_were_mended_are_named_until_the_file_fits_again() {
    let mut stage = Stage::with(&["Home"]);
    let mended = |fields: &[&str]| {
        Event::Remark(Remark::SettingsMended { fields: fields.iter().map(ToString::to_string).collect() })
    };
    stage.tell(mended(&["quiet_hours", "accounts[1].tier"]));
    let banner = stage.view().banners.remove(0);
    assert!(banner.body.contains("quiet_hours and accounts[1].tier"), "{banner:?}");
    stage.tell(Event::Dismissed(banner.id));
    assert!(stage.view().banners.is_empty());
    stage.tell(mended(&["proxy"]));
    assert!(stage.view().banners[0].body.contains("proxy"), "another fault is another banner");
    stage.tell(mended(&[]));
    assert!(stage.view().banners.is_empty());
}

#[test]
fn a_wrong_local_clock_is_corrected_and_said() {
    let mut stage = Stage::with(&["Home"]);
    let ends: Timestamp = "2026-11-23T07:00:00Z".parse().expect("a moment");
    // The server's clock shows 06:00, the local clock 04:00.
    let body = serde_json::json!({ "model_remains": [{
        "model_name": "general", "start_time": ends.as_millisecond() - 18_000_000, "end_time": ends.as_millisecond(),
        "remains_time": 3_600_000, "current_interval_status": 1, "current_interval_remaining_percent": 50,
    }], "base_resp": { "status_code": 0 } });
    stage.answer(&Ok(dated("Mon, 23 Nov 2026 06:00:00 GMT", &body)));
    let view = stage.view();
    assert_eq!(view.cards[0].meters[0].reset, "resets 07:00, in 1 h");
    assert_eq!(view.banners.iter().map(|b| b.id.as_str()).collect::<Vec<_>>(), ["clock"]);
}

#[test]
fn a_local_clock_that_is_months_wrong_moves_no_reset() {
    for (ends, date) in [
        ("2026-09-23T07:00:00Z", "Wed, 23 Sep 2026 06:00:00 GMT"),
        ("2027-02-23T07:00:00Z", "Tue, 23 Feb 2027 06:00:00 GMT"),
    ] {
        let mut stage = Stage::with(&["Home"]);
        let ends: Timestamp = ends.parse().expect("a moment");
        let body = serde_json::json!({ "model_remains": [{
            "model_name": "general", "start_time": ends.as_millisecond() - 18_000_000,
            "end_time": ends.as_millisecond(), "remains_time": 3_600_000,
            "current_interval_status": 1, "current_interval_remaining_percent": 50,
        }], "base_resp": { "status_code": 0 } });
        stage.answer(&Ok(dated(date, &body)));
        let card = stage.view().cards.remove(0);
        assert_eq!(card.meters[0].reset, "resets 07:00, in 1 h");
        assert_eq!(card.level, Level::Good);
    }
}

#[test]
fn a_reset_further_ahead_than_a_window_can_be_is_not_known_and_accuses_no_clock() {
    let mut stage = Stage::with(&["Home"]);
    let ends: Timestamp = "2035-11-28T09:00:00Z".parse().expect("a moment");
    let body = serde_json::json!({ "model_remains": [{
        "model_name": "general", "end_time": ends.as_millisecond(),
        "current_interval_status": 1, "current_interval_remaining_percent": 50,
    }], "base_resp": { "status_code": 0 } });
    stage.answer(&Ok(dated("Mon, 23 Nov 2026 04:00:03 GMT", &body)));
    let view = stage.view();
    assert_eq!(view.banners, [], "the clock agrees with the Date header");
    assert_eq!(view.cards[0].meters[0].reset, "reset time not known");
    assert_eq!(view.cards[0].sentence, "Good.");
}

#[test]
fn a_balance_is_kept_at_the_servers_time_while_the_local_clock_is_wrong() {
    let payg = Account { kind: Kind::PayAsYouGo, ..account("Money") };
    let mut stage = Stage::of(Settings { accounts: vec![payg], ..Settings::default() });
    let body = serde_json::json!({ "available_amount": "12.50", "base_resp": { "status_code": 0 } });
    // The local clock shows 23 November and is 40 days ahead.
    stage.answer(&Ok(dated("Wed, 14 Oct 2026 04:00:00 GMT", &body)));
    let server: Timestamp = "2026-10-14T04:00:00Z".parse().expect("a moment");
    let [Change::Money(point)] = &stage.history[..] else { panic!("one balance: {:?}", stage.history) };
    assert_eq!(point.at, server);
    assert_eq!(stage.view().banners.iter().map(|b| b.id.as_str()).collect::<Vec<_>>(), ["clock"]);
}

#[test]
fn a_poll_interval_of_a_test_replaces_that_of_the_settings() {
    let Stage { now, settings, .. } = Stage::with(&["Home"]);
    let monitor = Monitor::new(start(&settings, Memory::default(), Vec::new()), &now);
    let monitor = monitor.with_poll_interval(Some(SignedDuration::from_secs(1)));
    let mut stage = Stage::around(monitor, settings, now);
    stage.answer(&left(71));
    stage.pass(SignedDuration::from_secs(2));
    assert_eq!(stage.answer(&left(70)), 1);
    let settings = Settings { interval_minutes: 60, ..stage.monitor.settings().clone() };
    stage.tell(Event::SettingsChanged(Box::new(settings)));
    stage.pass(SignedDuration::from_secs(2));
    assert_eq!(stage.answer(&left(69)), 1, "no setting changes it");
}

#[test]
fn where_the_memory_is_unknown_a_first_reading_shows_no_notification() {
    let Stage { now, settings, .. } = Stage::with(&["Home"]);
    let unknown = Memory::unknown(settings.accounts.iter().map(|a| a.id.clone()));
    let mut stage = Stage::around(
        Monitor::new(start(&settings, unknown, Vec::new()), &now),
        settings.clone(),
        now.clone(),
    );
    stage.answer(&Err(Failure::new(FailureKind::KeyRejected)));
    stage.check(&left(0));
    assert_eq!(stage.notices, [], "all of it may have been shown before");
    let kept = serde_json::to_string(&stage.memory).expect("it is written");
    stage.check(&left(60));
    stage.check(&left_until(60, "2026-11-23T14:00:00Z"));
    stage.check(&left_until(0, "2026-11-23T14:00:00Z"));
    assert_eq!(stage.notices.len(), 1, "what happens from then on is: {:?}", stage.notices);

    // Another start, with the memory that was stored after the silent reading.
    let memory = serde_json::from_str(&kept).expect("it is read");
    let mut stage = Stage::around(Monitor::new(start(&settings, memory, Vec::new()), &now), settings, now);
    stage.answer(&left(0));
    assert_eq!(stage.notices, []);
}

#[test]
fn an_internal_error_is_shown_in_window_and_tray_until_it_is_dismissed() {
    let mut stage = Stage::with(&["Home"]);
    stage.answer(&left(71));
    let quiet = stage.tray().clone();
    stage.tell(Event::Remark(Remark::InternalError));
    let tray = stage.tray();
    assert_eq!(tray.tooltip, format!("{}\nInternal error: see the window", quiet.tooltip));
    assert!(format!("{:?}", tray.menu).contains("Internal error: see the window"), "{:?}", tray.menu);
    let banner = stage.view().banners.remove(0);
    assert_eq!(
        (banner.id.as_str(), banner.title.as_str()),
        ("internal_error", "Tidemark had an internal error")
    );
    stage.tell(Event::Dismissed(banner.id));
    assert_eq!(stage.view().banners, []);
    assert_eq!(stage.tray(), &quiet);
    stage.tell(Event::Remark(Remark::InternalError));
    assert_eq!(stage.view().banners, [], "the user is told once");
}

/// An answer with the date at which it was given.
fn dated(date: &str, body: &serde_json::Value) -> Answer {
    let headers = vec![("date".to_owned(), date.to_owned())];
    Answer { status: 200, headers, body: body.to_string().into_bytes() }
}

#[test]
fn chinese_is_chosen_at_run_time() {
    let mut stage = Stage::with(&["Home"]);
    stage.answer(&left(71));
    let settings = Settings { language: Language::Chinese, ..stage.settings.clone() };
    stage.tell(Event::SettingsChanged(Box::new(settings)));
    let view = stage.view();
    assert_eq!(view.language, "zh-CN");
    assert_eq!(view.cards[0].meters[0].value, "剩余 71%");
}

#[test]
fn no_sentence_is_missing_from_the_catalogue_in_any_state() {
    for language in [Language::English, Language::Chinese] {
        let html = Ok(Answer { status: 403, headers: Vec::new(), body: b"<html>".to_vec() });
        for outcome in
            [left(71), left(10), left(3), left(0), offline(), code(2049), code(2062), code(1024), html]
        {
            let accounts = ["A", "B"].map(account).to_vec();
            let mut stage = Stage::of(Settings { accounts, language, ..Settings::default() });
            stage.answer(&outcome);
            stage.tell(Event::TrayHost(false));
            let view = serde_json::to_string(&stage.view()).expect("it writes");
            let seen = format!("{view} {:?} {:?}", stage.tray(), stage.notices);
            for mark in
                ["say-", "failure-", "banner-", "notice-", "figure-", "way-", "do-", "level-", "tray-"]
            {
                assert!(!seen.contains(&format!("\"{mark}")), "{mark} in {seen}");
            }
        }
    }
}

#[test]
fn nothing_is_due_in_the_past_once_it_was_told() {
    let mut stage = Stage::with(&["Home", "Work"]);
    for percent in [71, 10, 0] {
        stage.check(&left(percent));
        assert!(stage.monitor.next_due().is_none_or(|due| due > stage.now.at), "a beat would follow a beat");
    }
    // The undelivered notification of a removed account is removed too.
    let mut settings = stage.settings.clone();
    settings.accounts.remove(0);
    stage.tell(Event::SettingsChanged(Box::new(settings)));
    for _ in 0..100 {
        stage.pass(SignedDuration::from_mins(1));
        stage.answer(&left(0));
        assert!(stage.monitor.next_due().is_none_or(|due| due > stage.now.at));
    }
}

#[test]
fn a_hundred_accounts_are_watched_without_trouble() {
    let names: Vec<String> = (0..100).map(|n| format!("Account {n}")).collect();
    let mut stage = Stage::with(&names.iter().map(String::as_str).collect::<Vec<_>>());
    let mut asked = 0;
    for _ in 0..10 {
        asked += stage.answer(&left(71));
        stage.pass(SignedDuration::from_secs(15));
    }
    assert_eq!(asked, 100, "each once, in turns");
    assert_eq!(stage.view().cards.len(), 100);
    // No key has two requests under way.
    stage.now.at += SignedDuration::from_secs(2);
    stage.tell(Event::CheckNow);
    stage.tell(Event::CheckNow);
    assert_eq!(stage.asked.len(), 100);
}

#[test]
fn a_store_that_fails_is_told_until_it_works_and_told_again_the_next_time() {
    let mut stage = Stage::with(&["Home"]);
    let shown = |stage: &Stage| {
        let banners = stage.monitor.view(&stage.now).banners;
        banners.iter().filter(|b| b.id == "store").map(|b| b.title.clone()).collect::<Vec<_>>()
    };
    let fails = Event::Remark(Remark::StoreBroken { kept_as: None });
    stage.tell(fails.clone());
    assert_eq!(shown(&stage).len(), 1);
    stage.tell(Event::Dismissed("store".to_owned()));
    assert_eq!(shown(&stage).len(), 0, "the user has seen it");
    stage.tell(Event::StoreWorks);
    stage.tell(fails);
    assert_eq!(shown(&stage).len(), 1, "it fails once more");
    stage.tell(Event::StoreWorks);
    assert_eq!(shown(&stage).len(), 0);
    stage.tell(Event::Remark(Remark::StoreBroken { kept_as: Some("history.broken.sqlite".to_owned()) }));
    stage.tell(Event::StoreWorks);
    assert_eq!(shown(&stage).len(), 1, "what was moved aside stays said");
}

#[test]
fn a_restart_asks_at_once_except_in_a_pause_that_minimax_asked_for() {
    let now = Now { at: "2026-11-23T04:00:00Z".parse().expect("a moment"), zone: TimeZone::UTC };
    let ago = |seconds: i64| now.at - SignedDuration::from_secs(seconds);
    let paused = |seconds: u64| Failure {
        retry_after: Some(std::time::Duration::from_secs(seconds)),
        ..Failure::new(FailureKind::RateLimited)
    };
    let refused = Failure::new(FailureKind::KeyRejected);
    let told = |seconds: i64| Some((now.at + SignedDuration::from_secs(seconds), Reason::ToldToWait));
    let rest = Some((now.at + SignedDuration::from_secs(900), Reason::Rest));
    for (failure, next, unchecked, asks) in [
        (Some((ago(60), paused(600))), None, false, 0),
        (Some((ago(60), Failure::new(FailureKind::Offline))), told(540), false, 0),
        (Some((ago(60), paused(30))), None, false, 1),
        (Some((ago(60), paused(600))), None, true, 1),
        (Some((ago(60), refused)), rest, false, 1),
        (None, told(540), false, 1),
    ] {
        let account = Account { unchecked, ..account("Home") };
        let kept = Kept { failure, next, ..Kept::default() };
        let settings = Settings { accounts: vec![account.clone()], ..Settings::default() };
        let start = start(&settings, Memory::default(), vec![(account.id, kept)]);
        let effects = Monitor::new(start, &now).update(Event::Tick, &now);
        let asked = effects.iter().filter(|e| matches!(e, Effect::Fetch { .. })).count();
        assert_eq!(asked, asks, "{failure:?} {next:?} {unchecked}");
    }
}
