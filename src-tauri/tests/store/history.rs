//! The history: stored, found, thinned out, deleted.

use jiff::{SignedDuration, Timestamp};
use rusqlite::Connection;
use tidemark::store::{self, Clock, Entry, Figure, Filter, NotReadable, Store};
use tidemark_core::account::{Account, AccountId};
use tidemark_core::history::{Change, MoneyPoint, Point, WindowKey};
use tidemark_core::reading::{Percent, Span};

use super::{fine, home, id, now};

const MINUTE: SignedDuration = SignedDuration::from_mins(1);
const HOUR: SignedDuration = SignedDuration::from_hours(1);
const DAY: SignedDuration = SignedDuration::from_hours(24);

fn moment(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn key(row: Option<&str>, span: Span) -> WindowKey {
    WindowKey { row: row.map(str::to_owned), span }
}

fn general() -> WindowKey {
    key(Some("general"), Span::Interval)
}

fn point(at: Timestamp, hundredths: u64) -> Point {
    Point {
        at,
        until: at,
        left: Percent::of(hundredths, 10_000).unwrap(),
        starts_at: None,
        resets_at: None,
        rolling: false,
    }
}

fn change(at: Timestamp, hundredths: u64) -> Change {
    Change::Window { key: general(), point: point(at, hundredths) }
}

fn paid(at: Timestamp, available: &str) -> Change {
    Change::Money(MoneyPoint { at, until: at, available: available.parse().unwrap() })
}

fn account(id: &AccountId, name: &str) -> Account {
    serde_json::from_value(
        serde_json::json!({ "id": id, "name": name, "kind": "token_plan", "region": "china" }),
    )
    .unwrap()
}

fn all(store: &Store, filter: &Filter) -> Vec<Entry> {
    let (mut entries, mut from) = (Vec::new(), None);
    loop {
        let page = store.page(filter, from).unwrap();
        entries.extend(page.entries);
        from = page.next;
        if from.is_none() {
            return entries;
        }
    }
}

fn lefts(changes: &[Change]) -> Vec<u16> {
    let left = |change: &Change| match change {
        Change::Window { point, .. } => point.left.hundredths(),
        Change::Money(_) => panic!("a balance: {change:?}"),
    };
    changes.iter().map(left).collect()
}

#[test]
fn every_figure_of_a_point_comes_back_after_a_restart() {
    let (_home, path) = home();
    let at = moment("2026-11-22T10:15:00.123Z");
    let whole = Point {
        until: at + MINUTE * 7,
        starts_at: Some(moment("2026-11-22T10:00:00.001Z")),
        resets_at: Some(moment("2026-11-22T15:00:00Z")),
        rolling: true,
        ..point(at, 9385)
    };
    let changes = vec![
        Change::Window { key: general(), point: whole },
        Change::Window { key: key(None, Span::Weekly), point: point(at + MINUTE, 0) },
        Change::Window { key: key(Some(""), Span::Weekly), point: point(at + MINUTE * 2, 10_000) },
        paid(at + MINUTE * 3, "-12345678901234567.89000"),
    ];
    fine(&path).keep_history(&id(1), &changes).unwrap();
    let store = fine(&path);
    assert_eq!(store.history(&id(1), Timestamp::MIN).unwrap(), changes);
    assert_eq!(store.chart(&id(1), &general(), Timestamp::MIN).unwrap(), [whole]);
    assert_eq!(
        store.chart(&id(1), &key(None, Span::Weekly), Timestamp::MIN).unwrap(),
        [point(at + MINUTE, 0)]
    );
    assert_eq!(store.balances(&id(1), Timestamp::MIN).unwrap().len(), 1);
    assert_eq!(store.history(&id(2), Timestamp::MIN).unwrap(), []);
}

#[test]
fn a_point_seen_again_is_one_point_that_lasted_longer() {
    let (_home, path) = home();
    let store = fine(&path);
    // Nanoseconds are not stored, yet it is the same point.
    let at = now();
    for minutes in [0, 5, 10] {
        let seen = Point { until: at + MINUTE * minutes, ..point(at, 7100) };
        store.keep_history(&id(1), &[Change::Window { key: general(), point: seen }]).unwrap();
    }
    let kept = store.chart(&id(1), &general(), Timestamp::MIN).unwrap();
    assert_eq!(kept.len(), 1);
    assert_eq!(kept[0].until.as_millisecond(), (at + MINUTE * 10).as_millisecond());
}

#[test]
fn a_chart_begins_with_what_was_left_at_its_edge() {
    let (_home, path) = home();
    let store = fine(&path);
    let start = moment("2026-11-22T00:00:00Z");
    let changes: Vec<Change> =
        (0..10).map(|h| change(start + MINUTE * 60 * h, 9000 - u64::from(h.unsigned_abs()))).collect();
    store.keep_history(&id(1), &changes).unwrap();
    let since = start + MINUTE * 60 * 5 + MINUTE;
    assert_eq!(lefts(&store.history(&id(1), since).unwrap()), [8995, 8994, 8993, 8992, 8991]);
    let exactly = store.chart(&id(1), &general(), start + MINUTE * 60 * 5).unwrap();
    assert_eq!(exactly[0].left.hundredths(), 8995);
}

#[test]
fn readings_come_page_by_page_oldest_first_and_none_is_left_out_or_said_twice() {
    let (_home, path) = home();
    let store = fine(&path);
    let start = moment("2025-11-22T00:00:00Z");
    for (account, hours) in [(1, 7), (2, 11)] {
        let changes: Vec<Change> = (0..200)
            // Nothing was running for a month in between.
            .map(|n| {
                change(
                    start + MINUTE * 60 * hours * n + if n > 100 { DAY * 30 } else { SignedDuration::ZERO },
                    u64::from(n.unsigned_abs()),
                )
            })
            .collect();
        store.keep_history(&id(account), &changes).unwrap();
    }
    store.keep_history(&id(2), &[paid(start, "1"), paid(start + DAY * 400, "0.5")]).unwrap();
    let entries = all(&store, &Filter::default());
    assert_eq!(entries.len(), 402);
    assert!(entries.is_sorted_by_key(Entry::at));
    let of_one = Filter { accounts: Some(vec![id(1)]), since: None };
    assert_eq!(all(&store, &of_one).len(), 200);
    let late = Filter { accounts: None, since: Some(start + DAY * 300) };
    assert_eq!(all(&store, &late).len(), 1);
    assert!(matches!(all(&store, &late)[0].figure, Figure::Money(_)));
}

#[test]
fn a_reading_still_seen_at_the_time_asked_for_is_among_them() {
    let (_home, path) = home();
    let store = fine(&path);
    let at = moment("2026-11-01T00:00:00Z");
    let long = Point { until: at + DAY * 10, ..point(at, 7100) };
    store.keep_history(&id(1), &[Change::Window { key: general(), point: long }]).unwrap();
    store.keep_history(&id(2), &[change(at + DAY, 5000)]).unwrap();
    let since = |days: i32| Filter { accounts: None, since: Some(at + DAY * days) };
    assert_eq!(all(&store, &since(5)).len(), 1);
    assert_eq!(all(&store, &since(5))[0].account, id(1));
    assert_eq!(all(&store, &since(11)), []);
}

#[test]
fn old_detail_is_thinned_out_without_losing_a_fall() {
    let (_home, path) = home();
    let store = fine(&path);
    let today = moment("2026-11-22T12:00:00Z");
    let old = moment("2026-09-01T10:00:00Z");
    let fresh = today - DAY * 10;
    // One hundredth less every minute, for two hours, with a reset after 90 minutes.
    let left = |n: u64| if n < 90 { 5000 - n } else { 10_000 - n };
    let run = |from: Timestamp| {
        (0_u64..120).map(move |n| change(from + MINUTE * i32::try_from(n).unwrap(), left(n)))
    };
    let changes: Vec<Change> = run(old).chain(run(fresh)).chain(run(today - MINUTE * 121)).collect();
    store.keep_history(&id(1), &changes).unwrap();
    store.thin(today, 400).unwrap();

    let kept = lefts(&store.history(&id(1), Timestamp::MIN).unwrap());
    let (hourly, rest) = kept.split_at(3);
    assert_eq!(
        hourly,
        [5000 - 59, 5000 - 89, 10_000 - 119],
        "the last of each hour, and the one before the reset"
    );
    let (fine_detail, rest) = rest.split_at(24);
    let every_five: Vec<u16> =
        (0..24_u16).map(|n| n * 5 + 4).map(|n| if n < 90 { 5000 - n } else { 10_000 - n }).collect();
    assert_eq!(fine_detail, every_five);
    assert_eq!(rest.len(), 120, "the last day keeps every point");
    store.thin(today, 400).unwrap();
    assert_eq!(lefts(&store.history(&id(1), Timestamp::MIN).unwrap()), kept, "a second time changes nothing");
}

#[test]
fn thinning_goes_on_where_it_ended_as_days_pass() {
    let (_home, path) = home();
    let store = fine(&path);
    let start = moment("2026-01-01T00:00:00Z");
    for day in 0..60 {
        let of_day: Vec<Change> = (0_i32..288)
            .map(|n| change(start + DAY * day + MINUTE * 5 * n, 9000 - u64::from(n.unsigned_abs())))
            .collect();
        store.keep_history(&id(1), &of_day).unwrap();
        store.thin(start + DAY * (day + 1), 50).unwrap();
    }
    let kept = store.chart(&id(1), &general(), Timestamp::MIN).unwrap();
    let oldest = start + DAY * 60 - MINUTE * 5 - DAY * 50;
    assert!(kept[0].at >= oldest - MINUTE * 60, "{:?}", kept[0]);
    let old = kept.iter().filter(|p| p.at < start + DAY * 24).count();
    let young = kept.iter().filter(|p| p.at >= start + DAY * 25).count();
    assert_eq!((old, young), (1 + 24 * 14, 288 * 35), "the last hour of the first day, and all after it");
}

#[test]
fn a_balance_is_thinned_so_that_what_was_spent_still_adds_up() {
    let (_home, path) = home();
    let store = fine(&path);
    let old = moment("2026-08-01T10:00:00Z");
    let sums = ["20.00", "19.50", "9.00", "29.00", "28.75"];
    let changes: Vec<Change> = (0..).zip(sums).map(|(n, sum)| paid(old + MINUTE * n, sum)).collect();
    store.keep_history(&id(1), &changes).unwrap();
    store.keep_history(&id(1), &[paid(old + DAY * 100, "1")]).unwrap();
    store.thin(old + DAY * 101, 400).unwrap();
    let kept: Vec<String> =
        store.balances(&id(1), Timestamp::MIN).unwrap().iter().map(|m| m.available.to_string()).collect();
    assert_eq!(kept, ["9.00", "28.75", "1"]);
}

#[test]
fn a_clock_that_runs_months_ahead_costs_no_detail() {
    let (_home, path) = home();
    let store = fine(&path);
    let start = moment("2026-11-22T10:00:00Z");
    let changes: Vec<Change> =
        (0_u64..60).map(|n| change(start + MINUTE * i32::try_from(n).unwrap(), 5000 - n)).collect();
    store.keep_history(&id(1), &changes).unwrap();
    store.thin(start + DAY * 900, 400).unwrap();
    assert_eq!(store.history(&id(1), Timestamp::MIN).unwrap(), changes);
}

/// A machine whose clocks are set by the test.
struct Machine {
    store: Store,
    /// The true time.
    real: Timestamp,
    /// The difference between the machine's clock and the true time.
    ahead: SignedDuration,
    boot: u32,
    since_boot: SignedDuration,
    has_server_time: bool,
}

impl Machine {
    fn new(store: Store) -> Self {
        let real = moment("2026-06-01T10:00:00Z");
        let zero = SignedDuration::ZERO;
        Self { store, real, ahead: zero, boot: 1, since_boot: zero, has_server_time: true }
    }

    /// Lets this much time pass, stores one reading at its end, and does the daily maintenance.
    fn run(&mut self, span: SignedDuration) {
        self.real += span;
        self.since_boot += span;
        let seen = if self.has_server_time { self.real } else { self.real + self.ahead };
        self.store.keep_history(&id(1), &[change(seen, 5000), paid(seen, "7")]).unwrap();
        self.round();
    }

    fn round(&self) {
        let clock = Clock {
            now: self.real + self.ahead,
            boot: self.boot.to_string(),
            since_boot: self.since_boot,
            server: self.has_server_time.then_some(self.real),
        };
        let today = self.store.trusted_time(&clock).unwrap();
        self.store.thin(today, 30).unwrap();
    }

    fn start_again(&mut self, off: SignedDuration) {
        self.real += off;
        (self.boot, self.since_boot) = (self.boot + 1, MINUTE);
    }

    fn points(&self) -> usize {
        self.store.history(&id(1), Timestamp::MIN).unwrap().len()
    }
}

#[test]
fn a_clock_that_is_wrong_for_days_deletes_nothing() {
    for (has_server_time, ahead) in [(true, 40), (true, 400), (false, 40), (false, 400), (false, -400)] {
        let (_home, path) = home();
        let mut machine = Machine::new(fine(&path));
        for _ in 0..20 {
            machine.run(DAY);
        }
        assert_eq!(machine.points(), 40);
        // Restarted with a wrong clock, which stays wrong over more restarts.
        (machine.has_server_time, machine.ahead) = (has_server_time, DAY * ahead);
        for day in 1..=3 {
            machine.start_again(HOUR);
            machine.run(HOUR * 2);
            machine.run(DAY);
            assert_eq!(
                machine.points(),
                40 + 4 * day,
                "{ahead} days ahead, server's time: {has_server_time}"
            );
        }
        // Set to the right time again.
        (machine.has_server_time, machine.ahead) = (true, SignedDuration::ZERO);
        machine.start_again(HOUR);
        machine.run(HOUR * 2);
        // Points that were dated only by a clock set far back look old to every clock, so they are deleted.
        let misdated = if has_server_time || ahead > 0 { 0 } else { 12 };
        assert_eq!(machine.points(), 40 + 12 + 2 - misdated, "{ahead} days ahead, set right");
    }
}

#[test]
fn what_is_old_by_two_clocks_goes_and_so_does_what_the_machines_running_time_made_old() {
    let (_home, path) = home();
    let mut machine = Machine::new(fine(&path));
    machine.run(DAY);
    machine.run(DAY);
    // Off for two months according to both clocks.
    machine.start_again(DAY * 60);
    machine.run(HOUR * 2);
    assert_eq!(machine.points(), 2, "only what was just read");
    // Without the server's time: the time that the machine runs makes the readings old.
    machine.has_server_time = false;
    machine.run(DAY * 29);
    assert_eq!(machine.points(), 4);
    machine.run(DAY * 2);
    assert_eq!(machine.points(), 4, "the first has gone, and one has come");
    // Off for two months according to one clock only.
    machine.start_again(DAY * 60);
    machine.run(HOUR * 2);
    assert_eq!(machine.points(), 6);
}

#[test]
fn a_first_start_with_a_clock_that_is_years_back_loses_nothing_once_it_is_set_right() {
    let (_home, path) = home();
    let mut machine = Machine::new(fine(&path));
    (machine.ahead, machine.has_server_time) = (-DAY * 365 * 50, true);
    machine.run(HOUR * 2);
    machine.run(DAY);
    machine.ahead = SignedDuration::ZERO;
    machine.run(HOUR * 2);
    assert_eq!(machine.points(), 6);
}

#[test]
fn a_store_of_the_version_before_trusts_its_newest_point() {
    let (_home, path) = home();
    let mut machine = Machine::new(fine(&path));
    for _ in 0..20 {
        machine.run(DAY);
    }
    let older = Connection::open(&path).unwrap();
    older.execute_batch("DROP TABLE clock; PRAGMA user_version = 2").unwrap();
    assert_eq!(
        all(&store::look(&path).unwrap().unwrap(), &Filter::default()).len(),
        40,
        "it is looked at as it is"
    );
    machine.store = fine(&path);
    (machine.has_server_time, machine.ahead) = (false, DAY * 400);
    machine.run(HOUR * 2);
    assert_eq!(machine.points(), 42);
}

#[test]
fn a_removed_account_keeps_its_history_and_its_name_unless_both_are_to_go() {
    let (_home, path) = home();
    let store = fine(&path);
    store.note(&[account(&id(1), "Studio"), account(&id(2), "Harbour")]).unwrap();
    for n in [1, 2] {
        store.keep_history(&id(n), &[change(now(), 5000)]).unwrap();
    }
    store.forget(&id(1), false).unwrap();
    store.forget(&id(2), true).unwrap();
    store.note(&[]).unwrap();
    let known = store.known().unwrap();
    assert_eq!(known.len(), 1);
    assert_eq!((known[0].name.as_deref(), &known[0].id), (Some("Studio"), &id(1)));
    assert_eq!(all(&store, &Filter::default()).len(), 1);
    store.keep_history(&id(2), &[change(now(), 4000)]).unwrap();
    assert_eq!(
        store.history(&id(2), Timestamp::MIN).unwrap(),
        [],
        "an answer on its way brings nothing back"
    );
    drop(store);
    let raw = Connection::open(&path).unwrap();
    let names: i64 =
        raw.query_row("SELECT count(*) FROM account WHERE name = 'Harbour'", [], |r| r.get(0)).unwrap();
    assert_eq!(names, 0);
}

#[test]
fn the_history_of_a_removed_account_goes_with_age_and_its_name_with_it() {
    let (_home, path) = home();
    let store = fine(&path);
    store.note(&[account(&id(1), "Studio"), account(&id(2), "Harbour")]).unwrap();
    store.keep_history(&id(1), &[change(now() - DAY * 20, 5000)]).unwrap();
    store.note(&[account(&id(2), "Harbour")]).unwrap();
    store.keep_history(&id(2), &[change(now(), 5000)]).unwrap();
    store.thin(now(), 14).unwrap();
    assert_eq!(
        store.known().unwrap().iter().map(|k| k.name.as_deref()).collect::<Vec<_>>(),
        [Some("Harbour")]
    );
}

#[test]
fn rows_with_ever_new_names_do_not_fill_the_store() {
    let (_home, path) = home();
    let store = fine(&path);
    let changes: Vec<Change> = (0..500)
        .map(|n| Change::Window {
            key: key(Some(&format!("row-{n}")), Span::Interval),
            point: point(now(), 1),
        })
        .collect();
    store.keep_history(&id(1), &changes).unwrap();
    assert_eq!(store.windows(&Filter::default()).unwrap().len(), 200);
}

#[test]
fn a_look_finds_what_the_app_has_just_kept_and_makes_nothing() {
    let (_home, path) = home();
    assert!(store::look(&path).unwrap().is_none());
    assert!(!path.parent().unwrap().exists(), "a look made the folder");
    let app = fine(&path);
    app.keep_history(&id(1), &[change(now(), 5000)]).unwrap();
    let look = store::look(&path).unwrap().unwrap();
    assert_eq!(all(&look, &Filter::default()).len(), 1);
    assert!(look.keep_history(&id(1), &[change(now() + MINUTE, 4000)]).is_err(), "a look cannot write");
    app.keep_history(&id(1), &[change(now() + MINUTE, 4000)]).unwrap();
    assert_eq!(all(&look, &Filter::default()).len(), 2);
}

#[test]
fn a_look_at_what_is_no_store_of_ours_says_why_and_leaves_it() {
    let (_home, path) = home();
    drop(fine(&path));
    Connection::open(&path).unwrap().pragma_update(None, "user_version", 99).unwrap();
    assert_eq!(store::look(&path).unwrap_err(), NotReadable::Newer);
    let text = b"no database, and longer than a header of one hundred bytes: ".repeat(9);
    std::fs::write(&path, &text).unwrap();
    assert_eq!(store::look(&path).unwrap_err(), NotReadable::Broken);
    assert_eq!(std::fs::read(&path).unwrap(), text);
}
