//! Times at the limits of what can be represented, in answers, clocks, files and histories: nothing panics.
#![expect(clippy::expect_used, reason = "a test may panic if its setup fails")]

use std::collections::BTreeSet;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use rust_decimal::Decimal;
use serde_json::{Value, json};
use tidemark_core::account::{Account, AccountId, Kind, Region};
use tidemark_core::alert::{Memory, SnoozeFor};
use tidemark_core::answer::Answer;
use tidemark_core::chart::{Range, chart, since};
use tidemark_core::failure::{Failure, FailureKind};
use tidemark_core::history::{Change, History, MoneyPoint, Point, WindowKey};
use tidemark_core::message::{Effect, Event, Now};
use tidemark_core::monitor::{Monitor, Start};
use tidemark_core::quiet::Quiet;
use tidemark_core::reading::{Percent, Span};
use tidemark_core::report;
use tidemark_core::schedule::{PollInputs, Reason, Schedule};
use tidemark_core::settings::Settings;
use tidemark_core::spend;
use tidemark_core::watched::Kept;

const PLAN: &str = "id-plan";
const MONEY: &str = "id-money";

fn moment() -> impl Strategy<Value = Timestamp> {
    let (first, last) = (Timestamp::MIN.as_second(), Timestamp::MAX.as_second());
    let second = prop_oneof![
        2 => Just(first),
        2 => Just(last),
        2 => first..first + 800_000,
        2 => last - 800_000..=last,
        1 => first..=last,
        3 => 1_790_000_000_i64..1_800_000_000,
    ];
    second.prop_map(|second| Timestamp::from_second(second).expect("a moment"))
}

fn zone() -> impl Strategy<Value = TimeZone> {
    let names = ["UTC", "Pacific/Chatham", "America/New_York", "Australia/Lord_Howe", "Pacific/Kiritimati"];
    prop::sample::select(names.to_vec()).prop_map(|name| TimeZone::get(name).expect("a zone"))
}

/// A time or a countdown as in an answer, in milliseconds; the limits of jiff, of 64 bits and of exact numbers.
fn sent(now: Timestamp) -> impl Strategy<Value = Value> {
    let now = now.as_millisecond();
    prop_oneof![
        Just(Value::Null),
        Just(json!(i64::MAX)),
        Just(json!(i64::MIN)),
        Just(json!(1e300)),
        Just(json!(253_402_207_200_000_i64)),
        Just(json!("253402300799999")),
        moment().prop_map(|moment| json!(moment.as_millisecond())),
        (-700_000_000_i64..700_000_000).prop_map(move |ahead| json!(now.saturating_add(ahead))),
        (-700_000_000_i64..700_000_000).prop_map(|span| json!(span)),
    ]
}

fn answer(now: Timestamp) -> impl Strategy<Value = Answer> {
    let times = prop::collection::vec(sent(now), 6);
    let dates = prop_oneof![
        Just(None),
        Just(Some("Thu, 01 Jan 1970 00:00:00 GMT".to_owned())),
        Just(Some("Fri, 31 Dec 9999 23:59:59 GMT".to_owned())),
        Just(Some("Mon, 23 Nov 2026 04:00:03 GMT".to_owned())),
    ];
    (times, dates, 0..=100_u8, prop::sample::select(vec![200_u16, 200, 200, 429, 503])).prop_map(
        |(times, date, left, status)| {
            let body = json!({ "model_remains": [{
                "model_name": "general", "start_time": times[0], "end_time": times[1], "remains_time": times[2],
                "weekly_start_time": times[3], "weekly_end_time": times[4], "weekly_remains_time": times[5],
                "current_interval_status": 1, "current_interval_remaining_percent": left,
                "current_weekly_status": 1, "current_weekly_remaining_percent": 100 - left,
            }], "available_amount": format!("{left}.50"), "base_resp": { "status_code": 0 } });
            let retry = [("retry-after".to_owned(), u64::MAX.to_string())];
            let date = date.map(|date| ("date".to_owned(), date));
            Answer {
                status,
                headers: date.into_iter().chain(retry).collect(),
                body: body.to_string().into_bytes(),
            }
        },
    )
}

#[derive(Clone, Debug)]
enum Step {
    Tell(Event),
    Answer(Box<Answer>),
    Fail(FailureKind),
    Shown(bool),
}

fn step() -> impl Strategy<Value = (Timestamp, TimeZone, Step)> {
    (moment(), zone()).prop_flat_map(|(at, zone)| {
        let event = prop::sample::select(vec![
            Event::Tick,
            Event::CheckNow,
            Event::Woke,
            Event::Window(true),
            Event::Window(false),
            Event::Snooze { account: None, length: SnoozeFor::Hour },
            Event::Snooze { account: Some(AccountId(PLAN.to_owned())), length: SnoozeFor::UntilReset },
            Event::TestNotice,
            Event::RetryKeyring,
            Event::NotificationsBack,
            Event::SettingsChanged(Box::new(settings("", 60))),
            Event::SettingsChanged(Box::new(settings("21:30-06:15", 1))),
        ]);
        let kinds = [FailureKind::Offline, FailureKind::KeyRejected, FailureKind::Keyring];
        let step = prop_oneof![
            3 => event.prop_map(Step::Tell),
            4 => answer(at).prop_map(|answer| Step::Answer(Box::new(answer))),
            1 => prop::sample::select(kinds.to_vec()).prop_map(Step::Fail),
            1 => any::<bool>().prop_map(Step::Shown),
        ];
        (Just(at), Just(zone), step)
    })
}

fn account(id: &str, kind: Kind) -> Account {
    Account {
        id: AccountId(id.to_owned()),
        name: id.to_owned(),
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

fn settings(quiet_hours: &str, interval_minutes: u16) -> Settings {
    Settings {
        accounts: vec![account(PLAN, Kind::TokenPlan), account(MONEY, Kind::PayAsYouGo)],
        quiet_hours: quiet_hours.to_owned(),
        peak_zone: "local".to_owned(),
        interval_minutes: interval_minutes.into(),
        ..Settings::default()
    }
}

fn key() -> WindowKey {
    WindowKey { row: Some("general".to_owned()), span: Span::Interval }
}

fn points(moments: BTreeSet<Timestamp>, bounds: &[Timestamp]) -> (Vec<Point>, Vec<MoneyPoint>) {
    let moments: Vec<Timestamp> = moments.into_iter().collect();
    let untils = moments.iter().skip(1).chain(moments.last());
    let spans: Vec<(Timestamp, Timestamp)> = moments.iter().copied().zip(untils.copied()).collect();
    let points = spans.iter().enumerate().map(|(n, (at, until))| Point {
        at: *at,
        until: *until,
        left: Percent::clamped(f64::from(u32::try_from(n % 11).expect("small")) * 10.0).expect("a share"),
        starts_at: bounds.first().copied(),
        resets_at: bounds.last().copied(),
        rolling: n % 3 == 0,
    });
    let money = spans.iter().enumerate().map(|(n, (at, until))| MoneyPoint {
        at: *at,
        until: *until,
        available: if n % 2 == 0 { Decimal::MAX } else { Decimal::MIN },
    });
    (points.collect(), money.collect())
}

fn draw(monitor: &Monitor, now: &Now, points: &[Point], money: &[MoneyPoint]) {
    for id in [PLAN, MONEY] {
        let subject = monitor.chart(&AccountId(id.to_owned()), None, now).expect("an account");
        for range in Range::ALL {
            assert!(since(&subject, range) <= subject.now);
            let drawn = chart(&subject, range, points, money);
            assert!(drawn.from.is_finite() && drawn.to.is_finite() && drawn.from <= drawn.to, "{drawn:?}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_monitor_takes_any_moment(
        kept in prop::collection::btree_set(moment(), 0..6),
        bounds in prop::collection::vec(moment(), 2),
        kept_next in moment(),
        kept_at in moment(),
        steps in prop::collection::vec(step(), 1..14),
    ) {
        let (points, money) = points(kept, &bounds);
        let mut history = History::default();
        let windows = points.iter().map(|point| Change::Window { key: key(), point: *point });
        history.recall(windows.chain(money.iter().map(|point| Change::Money(*point))));
        let failure = Failure { retry_after: Some(std::time::Duration::MAX), ..Failure::new(FailureKind::RateLimited) };
        let of_account = |id: &str| (AccountId(id.to_owned()), Kept {
            good: None,
            failure: Some((kept_at, failure)),
            history: history.clone(),
            next: Some((kept_next, Reason::ToldToWait)),
        });
        let start = Start {
            settings: settings("22:00-07:00", 5),
            memory: Memory::default(),
            kept: vec![of_account(PLAN), of_account(MONEY)],
            system_locale: "en".to_owned(),
            demo: false,
        };
        let mut now = Now { at: steps[0].0, zone: steps[0].1.clone() };
        let mut monitor = Monitor::new(start, &now);
        let (mut fetches, mut notices) = (Vec::new(), Vec::new());
        for (at, zone, step) in steps {
            now = Now { at, zone };
            let mut events = vec![Event::CheckNow];
            match step {
                Step::Tell(event) => events.push(event),
                Step::Answer(answer) => for (account, fetch) in std::mem::take(&mut fetches) {
                    events.push(Event::Answered { account, fetch, outcome: Ok((*answer).clone()) });
                },
                Step::Fail(kind) => for (account, fetch) in std::mem::take(&mut fetches) {
                    events.push(Event::Answered { account, fetch, outcome: Err(Failure::new(kind)) });
                },
                Step::Shown(shown) => for id in std::mem::take(&mut notices) {
                    events.push(Event::NoticeShown { id, shown });
                },
            }
            for event in events {
                for effect in monitor.update(event, &now) {
                    match effect {
                        Effect::Fetch { account, fetch, .. } => fetches.push((account, fetch)),
                        Effect::Notify(notice) => notices.push(notice.id),
                        _ => {}
                    }
                }
            }
            let _ = monitor.next_due();
            prop_assert_eq!(monitor.view(&now).cards.len(), 2);
        }
        draw(&monitor, &now, &points, &money);
    }

    #[test]
    fn a_schedule_takes_any_moment(seed: u64, moments in prop::collection::vec(moment(), 12), interval in -5_i64..i64::MAX) {
        let interval = SignedDuration::from_secs(interval);
        let mut schedule = Schedule::new(moments[0], seed);
        for (n, at) in moments.iter().copied().enumerate() {
            let other = moments[(n + 1) % moments.len()];
            schedule.resume(other, at);
            schedule.check_clock(at);
            schedule.on_wake(at);
            schedule.poll_now(at);
            schedule.watched(at);
            schedule.interval_changed(at, interval);
            schedule.asked(at, 1);
            prop_assert!(schedule.accept_answer(1));
            let outlook = PollInputs {
                interval,
                watched: n % 2 == 0,
                moving_near_limit: n % 3 == 0,
                next_reset: Some(other),
            };
            schedule.succeeded(at, outlook);
            prop_assert!(schedule.next().0 >= at || interval.is_negative(), "an ask in the past");
            let failure = Failure { retry_after: Some(std::time::Duration::MAX), ..Failure::new(FailureKind::RateLimited) };
            schedule.asked(at, 2);
            schedule.failed(at, &failure);
            schedule.poll_soon(at);
            schedule.on_key_replaced(at);
            let _ = schedule.is_due(other);
        }
    }

    #[test]
    fn hours_and_days_take_any_moment(at in moment(), zone in zone(), moments in prop::collection::btree_set(moment(), 0..8), days: u16) {
        for range in ["22:00-07:00", "00:00-23:59", "02:15-02:45"] {
            let quiet = Quiet::parse(range).expect("hours").expect("not empty");
            if let Some(end) = quiet.ends_at(at, &zone) {
                prop_assert!(end > at && !quiet.is_quiet(end, &zone));
            }
        }
        let (_, money) = points(moments, &[at]);
        let spent = spend::per_day(&money, &zone, at, days);
        prop_assert!(spent.len() <= usize::from(days.max(1)));
        let _ = spend::of(&money, &zone, at);
    }

    #[test]
    fn a_report_takes_any_moment((read_at, answer) in moment().prop_flat_map(|at| (Just(at), answer(at))), at in moment(), zone in zone()) {
        let plan = account(PLAN, Kind::TokenPlan);
        let reading = tidemark_core::watched::read(&answer, &plan, read_at);
        let explanation = report::explain(&reading, at);
        prop_assert!(!report::plain_lines(&explanation, &zone).is_empty());
        if let Ok(reading) = reading {
            let thresholds = Settings::default().thresholds();
            let (history, age) = (History::default(), SignedDuration::MAX);
            let status = report::account_status(&plan, Some((&read_at, &reading)), None, &history, thresholds, age, at);
            let report = report::StatusReport { schema: 1, at, accounts: vec![status] };
            prop_assert!(!report::plain_status(&report, &zone).is_empty());
        }
    }
}
