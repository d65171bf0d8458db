//! The simulated accounts of the demo: a plausible working day of answers, as a pure function of time.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::account::{Account, AccountId, Kind, Region, Tier};
use crate::answer::Answer;
use crate::history::{Change, History, WindowKey};
use crate::settings::Settings;
use crate::time::SaturatingMove as _;
use crate::watched;

/// The simulated day is this many times faster than real time: one second is one minute.
pub const SPEED: i32 = 60;

/// The day begins on the third day of the simulated week, eleven windows after the week's start.
const WEEK_BEFORE: SignedDuration = SignedDuration::from_hours(55);
/// Relative usage of the windows before the day, including nights and a weekend. The last eleven, in which
/// this week began, have the sum 3.6.
const BUSY: [f64; 24] = [
    0.0, 0.4, 0.6, 0.2, 0.0, 0.0, 0.5, 0.4, 0.1, 0.0, 0.0, 0.2, 0.1, 0.0, 0.6, 0.5, 0.1, 0.0, 0.0, 0.8, 0.6,
    0.0, 0.0, 1.0,
];
/// The cost of a window at full pace, and the amount of a top-up, in cents.
const PER_WINDOW: f64 = 150.0;
const TOP_UP: i64 = 1500;

const TEAM: &str = "demo-team";
const STUDIO: &str = "demo-studio";
const WALLET: &str = "demo-wallet";
const SIDE: &str = "demo-side";
const WINDOW: SignedDuration = SignedDuration::from_hours(5);
const WEEK: SignedDuration = SignedDuration::from_hours(7 * 24);
/// The day begins this far into a window, so that something happens soon.
const HEAD_START: SignedDuration = SignedDuration::from_mins(100);

/// The demo's settings: the user's own, with simulated accounts in place of the user's.
#[must_use]
pub fn settings(own: &Settings) -> Settings {
    Settings {
        accounts: vec![
            Account {
                pair: Some(AccountId(WALLET.to_owned())),
                tier: Some(Tier::Max),
                ..account(TEAM, "Default Team", Kind::TokenPlan, Region::Global)
            },
            account(STUDIO, "Studio", Kind::TokenPlan, Region::China),
            account(WALLET, "Wallet", Kind::PayAsYouGo, Region::Global),
            Account {
                tier: Some(Tier::Plus),
                ..account(SIDE, "Side project", Kind::TokenPlan, Region::Global)
            },
        ],
        interval_minutes: 5,
        ..own.clone()
    }
}

/// MiniMax's answer for a simulated account at a time of the day that began at `start`, or before it.
#[must_use]
pub fn answer(account: &AccountId, start: Timestamp, at: Timestamp) -> Answer {
    let day = at.duration_since(start).saturating_add(HEAD_START);
    match account.0.as_str() {
        TEAM => team(at, day),
        STUDIO => studio(at, day),
        SIDE => side(at, day),
        _ => wallet(day),
    }
}

/// The stored history of a simulated account from `since` to `now`, with a poll every `step`.
#[must_use]
pub fn past(
    account: &Account,
    start: Timestamp,
    since: Timestamp,
    now: Timestamp,
    step: SignedDuration,
) -> Vec<Change> {
    let mut history = History::default();
    let mut kept: BTreeMap<(Timestamp, Option<WindowKey>), Change> = BTreeMap::new();
    let mut at = since;
    while at <= now {
        if let Ok(reading) = watched::read(&answer(&account.id, start, at), account, at) {
            for change in history.follow(&reading, at) {
                let name = match &change {
                    Change::Window { key, point } => (point.at, Some(key.clone())),
                    Change::Money(point) => (point.at, None),
                };
                kept.insert(name, change);
            }
        }
        let Ok(next) = at.checked_add(step.max(SignedDuration::from_mins(1))) else { break };
        at = next;
    }
    kept.into_values().collect()
}

/// A busy plan that goes through every level in each window.
fn team(at: Timestamp, day: SignedDuration) -> Answer {
    let (began, share) = window(at, day);
    // Usage comes in bursts, with a pause in the middle of the window.
    let used = curve(
        share,
        &[(0.0, 0.0), (0.3, 48.0), (0.4, 55.0), (0.5, 79.0), (0.6, 90.0), (0.7, 96.0), (0.82, 100.0)],
    );
    let used = used * busy(index(day));
    let week_used = week_used(day, used);
    let mut row = general(at, began, used);
    add_week(&mut row, at, day, week_used.min(100.0));
    let mut video = general(at, began, 100.0 / 3.0);
    video["model_name"] = "video".into();
    for key in ["current_interval_status", "current_weekly_status"] {
        video[key] = 3.into();
    }
    for key in ["current_interval_remaining_percent", "current_weekly_remaining_percent"] {
        video[key] = 100.into();
    }
    rows(&[row, video])
}

/// A calm plan on the China platform without a weekly cap; for a while its server returns an error.
fn studio(at: Timestamp, day: SignedDuration) -> Answer {
    let (began, share) = window(at, day);
    if (0.62..0.75).contains(&share) && has_faults(index(day)) {
        return Answer { status: 503, headers: Vec::new(), body: b"<html>503</html>".to_vec() };
    }
    let used = curve(share, &[(0.0, 0.0), (0.25, 12.0), (0.5, 31.0), (1.0, 58.0)]) * busy(index(day));
    let mut row = general(at, began, used);
    row["interval_boost_permille"] = 1500.into();
    row["current_weekly_status"] = 3.into();
    row["current_weekly_remaining_percent"] = 100.into();
    rows(&[row])
}

/// A small plan that comes near its limit late in each window, and lasts.
fn side(at: Timestamp, day: SignedDuration) -> Answer {
    let (began, share) = window(at, day);
    let used = curve(share, &[(0.0, 0.0), (0.3, 34.0), (0.55, 68.0), (0.8, 82.0), (1.0, 91.0)]);
    let used = used * busy(index(day));
    let mut row = general(at, began, used);
    add_week(&mut row, at, day, (week_used(day, used) * 0.8).min(100.0));
    rows(&[row])
}

/// A falling balance; for a while the key is rejected, as if it had been replaced on the web.
fn wallet(day: SignedDuration) -> Answer {
    let minutes = day.as_secs() / 60;
    if (270..300).contains(&minutes.rem_euclid(300)) && has_faults(index(day)) {
        return ok(&json!({ "base_resp": { "status_code": 1004, "status_msg": "login fail" } }));
    }
    let cents = if minutes >= 0 { 1234 - (minutes % 600) } else { 1234 + spent_since(day) % TOP_UP };
    let amount = format!("{}.{:02}", cents / 100, cents % 100);
    ok(&json!({
        "available_amount": amount, "cash_balance": amount, "voucher_balance": "0.00",
        "credit_balance": "0.00", "owed_amount": "0.00",
        "balance_alert_switch": true, "balance_alert_threshold": "8.00",
        "base_resp": { "status_code": 0, "status_msg": "success" },
    }))
}

/// The number of a window; the day begins in window 0.
const fn index(day: SignedDuration) -> i64 {
    day.as_secs().div_euclid(WINDOW.as_secs())
}

/// The relative usage of a window, 0.0..=1.0 of full pace.
fn busy(index: i64) -> f64 {
    let place = usize::try_from(index.rem_euclid(24)).unwrap_or_default();
    if index >= 0 { 1.0 } else { BUSY.get(place).copied().unwrap_or_default() }
}

/// Whether the simulated faults occur in a window: in each of the day, and rarely before it.
const fn has_faults(index: i64) -> bool {
    index >= 0 || index.rem_euclid(9) == 4
}

/// Usage of the week in percent; a window at full pace is a tenth of it.
fn week_used(day: SignedDuration, used: f64) -> f64 {
    let now = index(day);
    if now >= 0 {
        #[expect(clippy::cast_precision_loss, reason = "a number below thirty")]
        let windows_before = (now % 30) as f64;
        return 36.0 + (windows_before * 100.0 + used) / 10.0;
    }
    let into = day.saturating_add(WEEK_BEFORE).as_secs().rem_euclid(WEEK.as_secs());
    let first = index(day.saturating_sub(SignedDuration::from_secs(into)));
    let before: f64 = (first..now).map(|index| busy(index) * 10.0).sum();
    before + used / 10.0
}

/// The cents that the wallet spends between a time before the day and its start.
fn spent_since(day: SignedDuration) -> i64 {
    let now = index(day);
    #[expect(clippy::cast_precision_loss, reason = "seconds of five hours")]
    let rest = 1.0 - day.as_secs().rem_euclid(WINDOW.as_secs()) as f64 / WINDOW.as_secs() as f64;
    let whole: f64 = (now + 1..0).map(busy).sum();
    #[expect(clippy::cast_possible_truncation, reason = "a few thousand")]
    let cents = ((whole + rest * busy(now)) * PER_WINDOW).round() as i64;
    cents
}

/// The start of the current window, and the fraction of it that has passed, 0.0..1.0.
fn window(at: Timestamp, day: SignedDuration) -> (Timestamp, f64) {
    let into = SignedDuration::from_millis_i128(day.as_millis().rem_euclid(WINDOW.as_millis()));
    (at.minus(into), into.as_secs_f64() / WINDOW.as_secs_f64())
}

fn general(at: Timestamp, began: Timestamp, used: f64) -> Value {
    let ends = began.plus(WINDOW);
    json!({
        "model_name": "general",
        "start_time": began.as_millisecond(), "end_time": ends.as_millisecond(),
        "remains_time": ends.as_millisecond() - at.as_millisecond(),
        "current_interval_total_count": 0, "current_interval_usage_count": 0,
        "current_weekly_total_count": 0, "current_weekly_usage_count": 0,
        "current_interval_status": if used >= 100.0 { 2 } else { 1 },
        "current_interval_remaining_percent": whole_left(used),
    })
}

fn add_week(row: &mut Value, at: Timestamp, day: SignedDuration, used: f64) {
    let into = day.saturating_add(WEEK_BEFORE);
    let into = SignedDuration::from_millis_i128(into.as_millis().rem_euclid(WEEK.as_millis()));
    let began = at.minus(into);
    let ends = began.plus(WEEK);
    row["weekly_start_time"] = began.as_millisecond().into();
    row["weekly_end_time"] = ends.as_millisecond().into();
    row["weekly_remains_time"] = (ends.as_millisecond() - at.as_millisecond()).into();
    row["current_weekly_status"] = if used >= 100.0 { 2 } else { 1 }.into();
    row["current_weekly_remaining_percent"] = whole_left(used).into();
}

/// MiniMax sends whole steps.
fn whole_left(used: f64) -> i64 {
    #[expect(clippy::cast_possible_truncation, reason = "0..=100")]
    let left = (100.0 - used).ceil().clamp(0.0, 100.0) as i64;
    left
}

/// Linear interpolation between points with rising x.
fn curve(x: f64, points: &[(f64, f64)]) -> f64 {
    let after = points.iter().position(|(px, _)| *px > x);
    match after {
        Some(0) => points.first().map_or(0.0, |p| p.1),
        Some(i) => {
            let ((x0, y0), (x1, y1)) = (points[i - 1], points[i]);
            y0 + (y1 - y0) * (x - x0) / (x1 - x0)
        }
        None => points.last().map_or(0.0, |p| p.1),
    }
}

fn rows(rows: &[Value]) -> Answer {
    ok(&json!({ "model_remains": rows, "base_resp": { "status_code": 0, "status_msg": "success" } }))
}

fn ok(body: &Value) -> Answer {
    let headers = vec![("content-type".to_owned(), "application/json".to_owned())];
    Answer { status: 200, headers, body: body.to_string().into_bytes() }
}

fn account(id: &str, name: &str, kind: Kind, region: Region) -> Account {
    Account {
        id: AccountId(id.to_owned()),
        name: name.to_owned(),
        team: None,
        kind,
        region,
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

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use jiff::tz::TimeZone;

    use super::*;
    use crate::alert::Memory;
    use crate::history::GAP;
    use crate::level::Level;
    use crate::message::{Effect, Event, Now};
    use crate::monitor::{Monitor, Start};
    use crate::reading::Span;
    use crate::view::View;

    /// Runs the simulated day tick by tick; returns every level seen in the window and every notification.
    fn live(hours: i64) -> (BTreeSet<Level>, Vec<String>) {
        let (views, notices) = lived(hours);
        let cards = views.iter().flat_map(|view| &view.cards);
        (cards.map(|card| card.level).collect(), notices)
    }

    /// Runs the simulated day tick by tick; returns every view and the title of every notification.
    fn lived(hours: i64) -> (Vec<View>, Vec<String>) {
        let start: Timestamp = "2026-11-23T04:00:00Z".parse().expect("a moment");
        let mut now = Now { at: start, zone: TimeZone::UTC };
        let mut monitor = Monitor::new(
            Start {
                settings: settings(&Settings::default()),
                memory: Memory::default(),
                kept: Vec::new(),
                system_locale: "en".to_owned(),
                demo: true,
            },
            &now,
        );
        let (mut views, mut notices) = (Vec::new(), Vec::new());
        let mut events = vec![Event::Window(true)];
        for _ in 0..hours * 60 {
            while let Some(event) = events.pop() {
                for effect in monitor.update(event, &now) {
                    match effect {
                        Effect::Fetch { account, fetch, .. } => {
                            let outcome = Ok(answer(&account, start, now.at));
                            events.push(Event::Answered { account, fetch, outcome });
                        }
                        Effect::ShowView(view) => views.push(*view),
                        Effect::Notify(notice) => {
                            notices.push(notice.title);
                            events.push(Event::NoticeShown { id: notice.id, shown: true });
                        }
                        _ => {}
                    }
                }
            }
            now.at += SignedDuration::from_mins(1);
            events.push(Event::Tick);
        }
        (views, notices)
    }

    #[test]
    fn five_minutes_of_the_demo_pass_through_every_level() {
        use Level::{Critical, Good, Near, Spent, Trouble, Unknown};
        let (levels, _) = live(5);
        assert_eq!(levels, BTreeSet::from([Good, Near, Critical, Spent, Unknown, Trouble]));
    }

    #[test]
    fn the_demo_looks_ahead_counts_its_week_and_spends() {
        let (views, _) = lived(5);
        let cards = || views.iter().flat_map(|view| &view.cards);
        assert!(cards().any(|card| card.sentence.starts_with("Runs out about")));
        assert!(cards().any(|card| card.sentence.starts_with("Good until the reset")));
        assert!(cards().any(|card| card.sentence.ends_with("Wallet can take over.")));
        let notes = cards().flat_map(|card| &card.meters).map(|meter| &meter.note);
        assert!(notes.into_iter().any(|note| note.ends_with("full windows left this week")));
        assert!(cards().any(|c| c.outlook.as_ref().is_some_and(|o| o.starts_with("Spent today $"))));
    }

    #[test]
    fn the_demo_tells_each_edge_once() {
        let (_, notices) = live(5);
        let expected = [
            "Simulated · Default Team: 20 % left (5 hours)",
            "Simulated · Default Team: 5 % left (5 hours)",
            "Simulated · Side project: 20 % left (5 hours)",
            "Simulated · Default Team: 5 hours used up",
            "Simulated · Wallet: MiniMax refuses the key",
            "Simulated · Default Team: 5 hours available again",
            "Simulated · Side project: 5 hours available again",
        ];
        assert_eq!(notices, expected);
    }

    #[test]
    fn the_days_before_lead_to_the_first_moment_and_have_nights_holes_and_top_ups() {
        let start: Timestamp = "2026-11-23T04:00:00Z".parse().expect("a moment");
        let accounts = settings(&Settings::default()).accounts;
        let month = |i: usize| {
            let since = start - SignedDuration::from_hours(30 * 24);
            past(&accounts[i], start, since, start, SignedDuration::from_mins(20))
        };
        let lefts = |changes: &[Change], wanted: Span| -> Vec<f64> {
            let of = |change: &Change| match change {
                Change::Window { key, point } if key.span == wanted => Some(point.left.get()),
                Change::Window { .. } | Change::Money(_) => None,
            };
            changes.iter().filter_map(of).collect()
        };
        let team = month(0);
        let (hours, weeks) = (lefts(&team, Span::Interval), lefts(&team, Span::Weekly));
        assert!(hours.contains(&0.0) && hours.contains(&100.0) && hours.len() > 200, "{}", hours.len());
        let first = *weeks.last().expect("a week");
        assert!((58.0..=62.0).contains(&first), "{first}");
        assert!(weeks.iter().all(|left| *left > 2.0) && weeks.iter().any(|left| *left < 30.0));
        let studio = month(1);
        let at = |change: &Change| match change {
            Change::Window { point, .. } => (point.at, point.until),
            Change::Money(point) => (point.at, point.until),
        };
        let holes = studio.windows(2).filter(|p| at(&p[1]).0.duration_since(at(&p[0]).1) > GAP).count();
        assert!((5..40).contains(&holes), "{holes}");
        let sums: Vec<_> = month(2)
            .into_iter()
            .filter_map(|change| match change {
                Change::Money(point) => Some(point.available),
                Change::Window { .. } => None,
            })
            .collect();
        let top_ups = sums.windows(2).filter(|pair| pair[1] > pair[0]).count();
        assert!((1..5).contains(&top_ups), "{top_ups}");
    }

    #[test]
    fn the_same_moment_gives_the_same_answer() {
        let start: Timestamp = "2026-11-23T04:00:00Z".parse().expect("a moment");
        let at = start + SignedDuration::from_mins(77);
        let team = AccountId(TEAM.to_owned());
        assert_eq!(answer(&team, start, at), answer(&team, start, at));
    }
}
