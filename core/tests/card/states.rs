//! All texts of an account in each of its states, in both languages, as one reviewed snapshot in
//! `snapshots/`: a changed sentence is a changed line there. `cargo insta review`, or `INSTA_UPDATE=always`,
//! accepts a change.

use std::fmt::Write as _;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use tidemark_core::account::{Account, Region, Tier};
use tidemark_core::failure::{Failure, FailureKind};
use tidemark_core::message::{Event, KeyringTrouble};
use tidemark_core::settings::{Language, Settings};
use tidemark_core::tray::MenuLine;
use tidemark_core::view::{Banner, Card, Meter};

use super::stage::{NOON, Stage, at, left, money, plan, settings, sliding, steady, wallet};

#[test]
fn every_state_is_said_in_english() {
    insta::assert_snapshot!("english", every_state(Language::English));
}

#[test]
fn every_state_is_said_in_chinese() {
    insta::assert_snapshot!("chinese", every_state(Language::Chinese));
}

fn every_state(language: Language) -> String {
    let mut said = String::new();
    for (name, stage) in plans(language).into_iter().chain(rolling(language)).chain(wallets(language)) {
        tell(&mut said, name, &stage);
    }
    for kind in FailureKind::ALL {
        tell(&mut said, &format!("nothing read, {}", kind.name()), &failing(language, kind, false));
    }
    // All kinds that decide the state, and two of those that leave the figures as they are.
    for kind in FailureKind::ALL {
        if kind.verdict().is_some() || matches!(kind, FailureKind::RateLimited | FailureKind::Offline) {
            tell(&mut said, &format!("read before, {}", kind.name()), &failing(language, kind, true));
        }
    }
    said
}

/// A plan in each state that one answer is enough for.
fn plans(language: Language) -> Vec<(&'static str, Stage)> {
    let of = |account: Account, answer: Value| Stage::of(spoken(language, vec![account]), &[answer]);
    let paired = Account { pair: Some(wallet().id), ..plan() };
    let with_wallet = |answer: Value, money: Value| {
        Stage::of(spoken(language, vec![paired.clone(), wallet()]), &[answer, money])
    };
    let on_credits = || Account { has_credits: true, ..plan() };
    let (loading, _) = Stage::begun(NOON, spoken(language, vec![plan()]));
    let mut stale = of(plan(), left(71, 63));
    stale.now.at += SignedDuration::from_mins(40);
    stale.tell(Event::Tick);
    let mut ended = of(plan(), left(71, 63));
    ended.now.at = at("2026-11-23T09:00:30Z");
    ended.tell(Event::Tick);
    let used = Settings { show_used: true, ..spoken(language, vec![plan()]) };
    let peak = Settings { peak_hours: String::new(), ..spoken(language, vec![plan()]) };
    let tier = vec![Account { tier: Some(Tier::Max), high_speed: true, ..plan() }];
    let peak_tier = Settings { peak_hours: String::new(), ..spoken(language, tier) };
    let mut running = of(plan(), left(100, 90));
    running.live(24, steady(30.0));
    let mut lasting = of(plan(), left(100, 90));
    lasting.live(24, steady(10.0));
    let mut lasting_near = of(plan(), left(100, 15));
    lasting_near.live(24, |now| with(steady(10.0)(now), &[("current_weekly_remaining_percent", json!(15))]));
    vec![
        ("loading", loading),
        ("good", of(plan(), left(71, 63))),
        ("good, as used", Stage::of(used, &[left(71, 63)])),
        ("good, whole", of(plan(), left(100, 100))),
        ("good, little of the week", of(plan(), left(71, 9))),
        ("good, lasts", lasting),
        ("good, runs out", running),
        ("good, counts and boost", of(plan(), with(left(71, 63), &COUNTS.map(|(k, v)| (k, json!(v)))))),
        ("good, no reset known", of(plan(), without_times(left(71, 63)))),
        ("good, reset too far ahead", of(plan(), far(left(71, 63)))),
        ("good, other rows", of(plan(), rows())),
        ("good, peak hours", Stage::at("2026-11-23T08:00:00Z", peak, &[left(71, 63)])),
        ("good, peak hours and tier", Stage::at("2026-11-23T08:00:00Z", peak_tier, &[left(71, 63)])),
        ("near", of(plan(), left(14, 63))),
        ("near, by the week", of(plan(), left(71, 15))),
        ("near, by the week, lasts", lasting_near),
        ("near, no reset known", of(plan(), without_times(left(14, 63)))),
        ("critical", of(plan(), left(3, 63))),
        ("critical, no reset known", of(plan(), without_times(left(3, 63)))),
        ("spent", of(plan(), left(0, 60))),
        ("spent, no reset known", of(plan(), without_times(left(0, 60)))),
        ("spent, the week", of(plan(), left(71, 0))),
        ("spent, both", of(plan(), left(0, 0))),
        ("spent, with Credits", of(on_credits(), left(0, 60))),
        ("spent, with Credits, no reset known", of(on_credits(), without_times(left(0, 60)))),
        ("spent, with a pair", with_wallet(left(0, 60), money("12.34", "0.00"))),
        ("spent, with an empty pair", with_wallet(left(0, 60), money("0.00", "0.00"))),
        ("spent, with a pair that owes", with_wallet(left(0, 60), money("-1.50", "1.50"))),
        ("spent, while something else could pair", {
            Stage::of(spoken(language, vec![plan(), wallet()]), &[left(0, 60), money("12.34", "0.00")])
        }),
        ("stale", stale),
        ("ended, waiting", ended),
        ("unlimited", of(plan(), row(&[("current_interval_status", json!(3))]))),
        ("not in plan", of(plan(), not_in_plan())),
        (
            "partly readable",
            of(plan(), with(left(71, 63), &[("current_weekly_remaining_percent", json!("many"))])),
        ),
        ("not readable", of(plan(), row(&[("current_interval_remaining_percent", json!("many"))]))),
        ("contradictory", of(plan(), with(left(71, 63), &[("current_interval_status", json!(2))]))),
        ("row sent twice", of(plan(), twice())),
    ]
}

/// A plan with a rolling window.
fn rolling(language: Language) -> Vec<(&'static str, Stage)> {
    let used = |now: Timestamp, last: u32| match now.duration_since(at(NOON)).as_mins() {
        ..30 => 100,
        30..60 => 88,
        _ => last,
    };
    let at_last = |last: u32| {
        let mut stage = Stage::of(spoken(language, vec![plan()]), &[sliding(at(NOON), 100)]);
        stage.live(18, |now| sliding(now, used(now, last)));
        stage
    };
    vec![
        ("rolling, good", at_last(60)),
        ("rolling, near", at_last(15)),
        ("rolling, critical", at_last(3)),
        ("rolling, spent", at_last(0)),
    ]
}

/// A pay-as-you-go key.
fn wallets(language: Language) -> Vec<(&'static str, Stage)> {
    let of = |account: Account, answer: Value| Stage::of(spoken(language, vec![account]), &[answer]);
    let global = || Account { region: Region::Global, ..wallet() };
    let own_line = || Account { balance_below: "20".parse().ok(), ..wallet() };
    let mut spending = of(wallet(), money("20.00", "0.00"));
    for day in 0..=4_u32 {
        spending.now.at = at(NOON) + SignedDuration::from_hours(24 * i64::from(day));
        spending.live(1, |_| money(&format!("{}.50", 19 - day), "0.00"));
    }
    vec![
        ("pay-as-you-go, fine", of(global(), money("1234567.89", "0.00"))),
        ("pay-as-you-go, spending", spending),
        ("pay-as-you-go, below MiniMax's line", of(wallet(), money("4.90", "0.00"))),
        ("pay-as-you-go, below the own line", of(own_line(), money("12.34", "0.00"))),
        ("pay-as-you-go, empty", of(wallet(), money("0.00", "0.00"))),
        ("pay-as-you-go, owed", of(global(), money("-1.50", "1.50"))),
        ("pay-as-you-go, unknown", of(wallet(), money("many", "0.00"))),
    ]
}

/// A plan whose request failed, initially or after a reading.
fn failing(language: Language, kind: FailureKind, read_before: bool) -> Stage {
    let settings = spoken(language, vec![plan()]);
    let (mut stage, asked) = if read_before {
        let mut stage = Stage::of(settings, &[left(71, 63)]);
        stage.now.at += SignedDuration::from_mins(6);
        let asked = stage.tell(Event::Tick);
        (stage, asked)
    } else {
        Stage::begun(NOON, settings)
    };
    let mut failure = Failure::new(kind);
    match kind {
        FailureKind::RateLimited => failure.retry_after = Some(Duration::from_mins(12)),
        FailureKind::ServerError => failure.http_status = Some(503),
        FailureKind::Other => failure.code = Some(4711),
        FailureKind::Keyring => {
            stage.tell(Event::Keyring(Some(KeyringTrouble::Locked)));
        }
        _ => {}
    }
    assert!(!asked.is_empty(), "it is asked");
    for (account, fetch) in asked {
        stage.tell(Event::Answered { account, fetch, outcome: Err(failure) });
    }
    stage
}

fn spoken(language: Language, accounts: Vec<Account>) -> Settings {
    Settings { language, ..settings(accounts) }
}

/// The fields of a count, with a boosted allowance.
const COUNTS: [(&str, u32); 3] = [
    ("current_interval_total_count", 1000),
    ("current_interval_usage_count", 290),
    ("interval_boost_permille", 2000),
];

fn with(mut answer: Value, fields: &[(&str, Value)]) -> Value {
    for (name, value) in fields {
        answer["model_remains"][0][*name] = value.clone();
    }
    answer
}

/// An answer of one row that has these fields only.
fn row(fields: &[(&str, Value)]) -> Value {
    let bare = json!({ "model_remains": [{ "model_name": "general" }], "base_resp": { "status_code": 0 } });
    with(bare, fields)
}

fn without_times(mut answer: Value) -> Value {
    let row = answer["model_remains"][0].as_object_mut().expect("a row");
    row.retain(|name, _| !name.ends_with("_time"));
    answer
}

/// Moves the end of the short window nine years ahead.
fn far(answer: Value) -> Value {
    let end = at("2035-11-28T09:00:00Z").as_millisecond();
    with(answer, &[("end_time", json!(end))])
}

/// A plan with additional rows for video and for an unknown model.
fn rows() -> Value {
    let mut answer = left(71, 63);
    let mut video = left(50, 100)["model_remains"][0].clone();
    video["model_name"] = json!("video");
    let mut stranger = video.clone();
    stranger["model_name"] = json!("hailuo-9");
    let absent = not_in_plan()["model_remains"][0].clone();
    answer["model_remains"].as_array_mut().expect("rows").extend([video, stranger]);
    answer["model_remains"].as_array_mut().expect("rows").push({
        let mut absent = absent;
        absent["model_name"] = json!("music-2");
        absent
    });
    answer
}

fn twice() -> Value {
    let mut answer = left(71, 63);
    let again = left(40, 63)["model_remains"][0].clone();
    answer["model_remains"].as_array_mut().expect("rows").push(again);
    answer
}

fn not_in_plan() -> Value {
    let zero = ["current_interval", "current_weekly"].into_iter().flat_map(|window| {
        [("total_count", 0), ("usage_count", 0), ("status", 3), ("remaining_percent", 100)]
            .map(|(field, value)| (format!("{window}_{field}"), json!(value)))
    });
    let zero: Vec<(String, Value)> = zero.collect();
    let fields: Vec<(&str, Value)> =
        zero.iter().map(|(name, value)| (name.as_str(), value.clone())).collect();
    row(&fields)
}

/// Prints all texts of the first account of a stage.
fn tell(said: &mut String, name: &str, stage: &Stage) {
    let view = stage.view();
    let Some(tray) = &stage.tray else { return };
    let write = |said: &mut String, text: String| {
        if !text.trim().is_empty() {
            writeln!(said, "  {}", text.trim_end()).expect("memory");
        }
    };
    writeln!(said, "\n## {name}").expect("memory");
    for Banner { title, body, .. } in view.banners.iter().filter(|banner| banner.id != "no_tray") {
        write(said, format!("banner   {title} | {body}"));
    }
    let Some(card) = view.cards.first() else { return };
    for line in of_card(card) {
        write(said, line);
    }
    write(said, format!("footer   {} | {} | {}", view.checked, view.next, view.next_why));
    write(said, format!("tray     {}", tray.tooltip.replace('\n', " ⏎ ")));
    write(said, format!("title    {}", tray.title));
    for line in &tray.menu {
        match line {
            MenuLine::Figure { text, .. } => write(said, format!("menu     {text}")),
            MenuLine::Action { .. } | MenuLine::Submenu { .. } | MenuLine::Separator => break,
        }
    }
}

fn of_card(card: &Card) -> Vec<String> {
    let figure = card.figure.clone().unwrap_or_default();
    let unit = card.figure_unit.clone().unwrap_or_default();
    let mut lines = vec![
        format!(
            "card     {} | {} | {:?} | ring {:.2}",
            card.chips.join(", "),
            card.level_word,
            card.shape,
            card.ring
        ),
        if figure.is_empty() { String::new() } else { format!("figure   {figure} {unit}") },
    ];
    lines.extend(card.stale.iter().map(|stale| format!("stale    {stale}")));
    lines.push(if card.sentence.is_empty() { String::new() } else { format!("sentence {}", card.sentence) });
    lines.extend(card.outlook.iter().map(|outlook| format!("outlook  {outlook}")));
    if let Some(failure) = &card.failure {
        let button = failure.action.as_ref().map(|action| action.label.as_str()).unwrap_or_default();
        lines.push(format!("failure  {} | {} | [{button}]", failure.title, failure.body));
    }
    lines.extend(card.meters.iter().map(of_meter));
    lines.extend(card.quiet.iter().map(|quiet| format!("quiet    {quiet}")));
    for way in &card.ways {
        let buttons = way.action.iter().chain(&way.also).map(|action| format!("[{}]", action.label));
        let buttons: String = buttons.collect();
        lines.push(format!("way      {} | {} | {} | {buttons}", way.title, way.body, way.aside));
    }
    lines
}

fn of_meter(meter: &Meter) -> String {
    let row = meter.row.as_ref().map(|row| format!("{row}, ")).unwrap_or_default();
    let mut parts = vec![format!("{row}{}", meter.title), meter.value.clone(), meter.reset.clone()];
    parts.extend([&meter.note, &meter.note_hint, &meter.outlook].map(Clone::clone));
    parts.extend(meter.releases.iter().cloned());
    parts.retain(|part| !part.is_empty());
    format!("meter    {}", parts.join(" | "))
}
