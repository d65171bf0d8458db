//! What the tray shows: icon, title, tooltip and menu, as whole values.

#![expect(clippy::expect_used, reason = "a test whose setup fails has failed")]

use jiff::tz::TimeZone;
use tidemark_core::account::{Account, AccountId};
use tidemark_core::alert::{Memory, SnoozeFor};
use tidemark_core::answer::Answer;
use tidemark_core::message::{Effect, Event, Now};
use tidemark_core::monitor::{Monitor, Start};
use tidemark_core::settings::{Language, Settings};
use tidemark_core::tray::{MenuAction, MenuLine, Picture, Shape, Theme, Tray};

/// What an account's plan has left of its 5 hours and of its week.
type Left = (f64, f64);

/// The tray of accounts with these names and figures, each checked a moment ago.
fn tray(accounts: &[(&str, Left)], choose: impl FnOnce(&mut Settings)) -> Tray {
    let bodies: Vec<_> = accounts.iter().map(|(name, left)| (*name, body(&[("general", *left)]))).collect();
    shown(&bodies, choose)
}

fn one(left: Left, choose: impl FnOnce(&mut Settings)) -> Tray {
    tray(&[("Home", left)], choose)
}

/// The tray of accounts with these answers; one without an answer is still waiting.
fn shown(accounts: &[(&str, serde_json::Value)], choose: impl FnOnce(&mut Settings)) -> Tray {
    let now = Now { at: "2026-11-23T04:00:00Z".parse().expect("a moment"), zone: TimeZone::UTC };
    let mut settings = Settings { language: Language::English, ..Settings::default() };
    settings.accounts = accounts.iter().map(|(name, _)| account(name)).collect();
    choose(&mut settings);
    let start = Start {
        settings,
        memory: Memory::default(),
        kept: Vec::new(),
        system_locale: "en".to_owned(),
        demo: false,
    };
    let mut monitor = Monitor::new(start, &now);
    let mut trays = Vec::new();
    let mut events = vec![Event::Tick];
    let mut waits: Vec<_> =
        accounts.iter().filter(|(_, body)| !body.is_null()).map(|(name, _)| account(name).id).collect();
    while let Some(event) = events.pop() {
        for effect in monitor.update(event, &now) {
            match effect {
                Effect::Fetch { account: id, fetch, .. } => {
                    let (_, body) =
                        accounts.iter().find(|(name, _)| account(name).id == id).expect("its own");
                    if body.is_null() {
                        continue;
                    }
                    waits.retain(|waiting| *waiting != id);
                    let answer =
                        Answer { status: 200, headers: Vec::new(), body: body.to_string().into_bytes() };
                    events.push(Event::Answered { account: id, fetch, outcome: Ok(answer) });
                }
                Effect::ShowTray(tray) => trays.push(*tray),
                _ => {}
            }
        }
        // Many accounts are checked in several rounds.
        if events.is_empty() && !waits.is_empty() {
            events.push(Event::CheckNow);
        }
    }
    trays.pop().expect("a tray was shown")
}

fn account(name: &str) -> Account {
    let value = serde_json::json!({ "id": format!("id-{name}"), "name": name, "kind": "token_plan", "region": "global" });
    serde_json::from_value(value).expect("an account")
}

fn body(rows: &[(&str, Left)]) -> serde_json::Value {
    let row = |(name, (interval, week)): &(&str, Left)| {
        serde_json::json!({
            "model_name": name,
            "start_time": 1_795_392_000_000_i64, "end_time": 1_795_410_000_000_i64,
            "current_interval_status": if *interval == 0.0 { 2 } else { 1 },
            "current_interval_remaining_percent": interval,
            "weekly_start_time": 1_795_392_000_000_i64, "weekly_end_time": 1_795_996_800_000_i64,
            "current_weekly_status": if *week == 0.0 { 2 } else { 1 },
            "current_weekly_remaining_percent": week,
        })
    };
    let rows: Vec<_> = rows.iter().map(row).collect();
    serde_json::json!({ "model_remains": rows, "base_resp": { "status_code": 0, "status_msg": "success" } })
}

fn with_digits(settings: &mut Settings) {
    settings.tray_digits = true;
}

/// A menu as text: submenus indented, separators as lines, entries with their targets.
fn written(lines: &[MenuLine]) -> String {
    let line = |line: &MenuLine| match line {
        MenuLine::Figure { text, account: Some(id) } => format!("{text} -> {}", id.0),
        MenuLine::Figure { text, account: None } => text.clone(),
        MenuLine::Action { text, action } => format!("{text} -> {action:?}"),
        MenuLine::Submenu { text, lines } => {
            let below = written(lines).replace('\n', "\n      > ");
            format!("{text} >\n      > {below}")
        }
        MenuLine::Separator => "---".to_owned(),
    };
    lines.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// The lines above the actions.
fn figures(tray: &Tray) -> &[MenuLine] {
    tray.menu.split(|line| *line == MenuLine::Separator).next().expect("the first group")
}

#[test]
fn the_tightest_account_and_window_make_the_picture() {
    let accounts = [("Home", (71.0, 85.0)), ("Work", (60.0, 18.0))];
    let shown = tray(&accounts, |_| {});
    assert_eq!(shown.picture, Picture { shape: Shape::Notched, left: 18, used: false, digits: None });
    assert_eq!(shown.theme, Theme::Auto);
    assert_eq!(shown.title, "Tidemark, Work: Near the limit, 18 % left");
}

#[test]
fn the_user_chooses_account_window_and_panel_and_the_form_still_warns() {
    let accounts = [("Home", (71.0, 85.0)), ("Work", (60.0, 18.0))];
    let home = tray(&accounts, |s| {
        s.set("tray_account", "Home").expect("an account by its name");
        s.set("tray_window", "weekly").expect("a window");
        s.set("tray_theme", "dark").expect("a panel");
    });
    assert_eq!(home.picture, Picture { shape: Shape::Full, left: 85, used: false, digits: None });
    assert_eq!((home.theme, home.title.as_str()), (Theme::Dark, "Tidemark, Home: Good, 85 % left"));
    let work = tray(&accounts, |s| s.set("tray_window", "interval").expect("a window"));
    assert_eq!((work.picture.shape, work.picture.left), (Shape::Notched, 60));
    let removed = tray(&accounts, |s| s.tray_account = "id-of-a-removed-account".to_owned());
    assert_eq!((removed.picture.shape, removed.picture.left), (Shape::Notched, 18));
}

#[test]
fn nothing_is_drawn_as_nothing_or_as_all_before_it_is() {
    for (left, drawn) in [(100.0, 100), (99.6, 99), (71.4, 71), (50.5, 51), (1.2, 1), (0.4, 1), (0.07, 1)] {
        let picture = one((left, 100.0), with_digits).picture;
        assert_eq!(picture.left, drawn, "{left}");
        assert_eq!(picture.digits, Some(drawn).filter(|digits| *digits < 100), "{left}");
    }
    assert_eq!(one((0.0, 100.0), with_digits).picture.left, 0);
}

#[test]
fn what_is_used_flips_ring_and_figure_alike() {
    let used = |left| {
        one((left, 100.0), |s| {
            with_digits(s);
            s.show_used = true;
        })
    };
    let picture = |left, digits| Picture { shape: Shape::Full, left, used: true, digits: Some(digits) };
    assert_eq!(used(71.0).picture, picture(71, 29));
    assert_eq!(used(99.6).picture, picture(99, 1));
    assert_eq!(used(100.0).picture, picture(100, 0));
    assert_eq!(used(71.0).title, "Tidemark, Home: Good, 29 % used");
    assert_eq!(used(0.4).picture.digits, Some(99));
}

#[test]
fn a_spent_an_unknown_and_a_missing_account_have_no_figure() {
    let spent = one((0.0, 85.0), with_digits);
    assert_eq!(spent.picture, Picture { shape: Shape::Broken, left: 0, used: false, digits: None });
    assert_eq!(spent.title, "Tidemark, Home: Used up");
    let none = Picture { shape: Shape::Dashed, left: 100, used: false, digits: None };
    let empty = tray(&[], with_digits);
    assert_eq!((empty.picture, empty.title.as_str()), (none, "Tidemark"));
    let odd = shown(&[("Home", serde_json::json!({ "model_remains": "moon" }))], with_digits);
    assert_eq!((odd.picture.digits, odd.picture.used), (None, false));
}

#[test]
fn the_menu_has_the_figures_first_and_then_what_can_be_done() {
    let menu = written(&one((71.0, 57.0), |_| {}).menu);
    let expected = "\
Home: Good -> id-Home
    5 hours: 71 % left · resets 05:00 -> id-Home
    Week: 57 % left · resets 30 November 00:00 -> id-Home
---
Check now -> CheckNow
Snooze >
      > For 1 hour -> Snooze(Hour)
      > Until the reset -> Snooze(UntilReset)
Open Tidemark -> Open
Settings… -> Settings
Quit -> Quit";
    assert_eq!(menu, expected);
}

#[test]
fn the_menu_speaks_the_user_s_language() {
    let menu = written(&one((71.0, 57.0), |s| s.language = Language::Chinese).menu);
    for word in
        ["立即检查 -> CheckNow", "打开 Tidemark -> Open", "设置… -> Settings", "退出 -> Quit", "剩余 71%"]
    {
        assert!(menu.contains(word), "{word} in {menu}");
    }
}

#[test]
fn without_an_account_the_first_line_leads_to_the_window() {
    let lines = tray(&[], |_| {});
    assert!(
        matches!(&lines.menu[0], MenuLine::Figure { text, account: None } if text.contains("no key yet"))
    );
    assert!(lines.menu.iter().any(|l| matches!(l, MenuLine::Action { action: MenuAction::Open, .. })));
}

#[test]
fn six_accounts_have_a_line_each_in_the_user_s_order() {
    let names = ["A", "B", "C", "D", "E", "F"];
    let shown = tray(&names.map(|name| (name, (71.0, 85.0))), |_| {});
    let leads: Vec<_> = figures(&shown).iter().map(leads_to).collect();
    assert_eq!(leads, names.map(|name| Some(AccountId(format!("id-{name}")))));
}

#[test]
fn of_twelve_accounts_the_worst_come_first_and_the_calm_ones_stand_aside() {
    let names = ["A", "B", "C", "D", "E", "F", "G", "H", "I", "J", "K", "L"];
    let left = |name| match name {
        "K" => 0.0,
        "D" => 3.0,
        "F" => 15.0,
        "L" => 12.0,
        _ => 71.0,
    };
    let shown = tray(&names.map(|name| (name, (left(name), 100.0))), |_| {});
    let lines = figures(&shown);
    let first: Vec<_> = lines.iter().filter_map(leads_to).map(|id| id.0).collect();
    assert_eq!(first, ["id-K", "id-D", "id-L", "id-F"], "{}", written(lines));
    let Some(MenuLine::Submenu { text, lines }) = lines.last() else { panic!("a menu of the calm ones") };
    assert_eq!((text.as_str(), lines.len()), ("8 more accounts", 8));

    let calm = tray(&names.map(|name| (name, (71.0, 100.0))), |_| {});
    assert_eq!(figures(&calm).len(), 4, "{}", written(figures(&calm)));
}

#[test]
fn accounts_whose_turn_has_not_come_stand_behind_those_with_figures() {
    let names = ["A", "B", "C", "D", "E", "F", "G", "H", "I", "J", "K", "L"];
    let answer = |name| match name {
        "H" => body(&[("general", (3.0, 100.0))]),
        "I" => body(&[("general", (71.0, 100.0))]),
        _ => serde_json::Value::Null,
    };
    let shown = shown(&names.map(|name| (name, answer(name))), |_| {});
    assert_eq!(shown.title, "Tidemark, H: Almost used up, 3 % left");
    assert_eq!(shown.picture.left, 3);
    assert!(shown.tooltip.starts_with("H: "), "{}", shown.tooltip);
    let first: Vec<_> = figures(&shown).iter().filter_map(leads_to).map(|id| id.0).collect();
    assert_eq!(first, ["id-H", "id-I", "id-A"], "{}", written(figures(&shown)));
}

#[test]
fn two_hundred_accounts_fit_into_the_menu_and_the_tooltip() {
    let names: Vec<String> = (0..200).map(|n| format!("Account {n}")).collect();
    let accounts: Vec<_> = names.iter().map(|name| (name.as_str(), (2.0, 100.0))).collect();
    let shown = tray(&accounts, |_| {});
    let lines = figures(&shown);
    assert_eq!(lines.len(), 9);
    let Some(MenuLine::Submenu { text, lines }) = lines.last() else { panic!("a menu of the others") };
    assert_eq!(text, "192 more accounts");
    assert_eq!(lines.len(), 31);
    assert!(matches!(&lines[30], MenuLine::Figure { text, account: None } if text == "and 162 more"));
    assert!(shown.tooltip.lines().count() <= 6, "{}", shown.tooltip);
}

#[test]
fn of_fifty_rows_the_headline_s_and_the_tightest_are_in_the_menu() {
    let names: Vec<String> = (0..49).map(|n| format!("model-{n}")).collect();
    let mut rows: Vec<_> = names.iter().map(|name| (name.as_str(), (90.0, 80.0))).collect();
    rows[30].1 = (33.0, 80.0);
    rows.push(("general", (71.0, 85.0)));
    let shown = shown(&[("Home", body(&rows))], |_| {});
    let lines = written(figures(&shown));
    assert_eq!(figures(&shown).len(), 8, "{lines}");
    let places = ["5 hours: 71 % left", "Week: 85 % left", "model-30, 5 hours: 33 % left", "and 94 more"];
    let found: Vec<_> = places.iter().map(|place| lines.find(place)).collect();
    assert!(found.iter().all(Option::is_some) && found.is_sorted(), "{found:?} in {lines}");
}

#[test]
fn long_names_are_shortened_to_what_a_line_can_bear() {
    let long = "An account whose owner likes to tell stories";
    let wide = "一个名字非常非常非常非常非常非常非常长的账户";
    let shown = tray(&[(long, (71.0, 85.0)), (wide, (71.0, 85.0))], |_| {});
    let menu = written(&shown.menu);
    for start in ["An account whose owner like…:", "一个名字非常非常非常非常非…:"] {
        assert!(menu.contains(start), "{start} in {menu}");
        assert!(shown.tooltip.contains(start), "{}", shown.tooltip);
    }
    assert!(!shown.title.contains("stories"), "{}", shown.title);
}

fn leads_to(line: &MenuLine) -> Option<AccountId> {
    match line {
        MenuLine::Figure { account, .. } => account.clone(),
        MenuLine::Action { .. } | MenuLine::Submenu { .. } | MenuLine::Separator => None,
    }
}

#[test]
fn snoozing_is_offered_for_an_hour_and_until_the_reset() {
    let shown = one((71.0, 85.0), |_| {});
    let snooze = shown.menu.iter().find_map(|line| match line {
        MenuLine::Submenu { text, lines } if text == "Snooze" => Some(lines),
        _ => None,
    });
    let actions: Vec<_> = snooze
        .expect("a menu of its own")
        .iter()
        .filter_map(|line| match line {
            MenuLine::Action { action, .. } => Some(*action),
            _ => None,
        })
        .collect();
    assert_eq!(actions, [SnoozeFor::Hour, SnoozeFor::UntilReset].map(MenuAction::Snooze));
}
