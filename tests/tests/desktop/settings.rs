//! The settings after changes by the command line, by an editor, and by a killed process.

use std::collections::hash_map::RandomState;
use std::fs;
use std::hash::{BuildHasher as _, Hasher as _};
use std::time::Duration;

use e2e::{Answer, MiniMax, Part, Session, until};
use serde_json::Value;

const KEY: &str = "sk-cp-test-settings-c20ad4d76fe97759aa27a0";
const PAYG: &str = "sk-api-test-settings-c51ce410c124a10e0db5e4";
const BARE: [Part; 3] = [Part::WindowManager, Part::Notices, Part::Tray];

/// Number of killed writers.
const KILLS: u32 = 100;

#[tokio::test(flavor = "multi_thread")]
async fn a_writer_killed_at_any_moment_leaves_the_old_settings_or_the_new() {
    let session = Session::without(&[Part::WindowManager, Part::Notices, Part::Tray, Part::Keyring]).await;
    let accounts: Value = serde_json::json!([
        { "id": "00000000-0000-4000-8000-000000000001", "name": "Plan", "kind": "token_plan",
          "region": "global", "harbour": "from a newer version" },
        { "id": "00000000-0000-4000-8000-000000000002", "name": "Paid", "kind": "pay_as_you_go",
          "region": "china", "balance_below": "12.50" },
    ]);
    let file = session.settings_file();
    fs::create_dir_all(file.parent().expect("a folder")).expect("the app's folder");
    let first = serde_json::json!({ "schema": 1, "history_days": 7, "accounts": accounts });
    fs::write(&file, first.to_string()).expect("settings");
    let whole = session.tidemark(&["settings", "set", "history_days", "8"]).await.ended_with(0);

    let (mut old, mut kept, mut written) = (8, 0, 0);
    for round in 0..KILLS {
        let new = 9 + u64::from(round);
        let mut writer = session.launch(&["settings", "set", "history_days", &new.to_string()]);
        // The moment varies: from the writer's start until shortly after its usual end.
        tokio::time::sleep(whole.took.mul_f64(chance())).await;
        writer.kill();
        let text = fs::read_to_string(&file).expect("the settings are there");
        let read: Value =
            serde_json::from_str(&text).unwrap_or_else(|e| panic!("round {round}: {e}\n{text}"));
        let days = read["history_days"].as_u64().expect("a number");
        assert!(days == old || days == new, "round {round}: {old} or {new}, not {days}");
        assert_eq!(read["accounts"][0]["harbour"], "from a newer version", "round {round}");
        assert_eq!(read["accounts"][1]["balance_below"], "12.50", "round {round}");
        if days == new {
            written += 1;
        } else {
            kept += 1;
        }
        old = days;
    }
    assert!(kept > 0 && written > 0, "the moments were all alike: {kept} kept, {written} written");
    let listed = session.tidemark(&["settings", "list"]).await.ended_with(0);
    assert_eq!(listed.stderr, "", "nothing was broken on the way");
    let _ = session.tidemark(&["settings", "set", "history_days", "400"]).await.ended_with(0);
    let folder = file.parent().expect("a folder");
    let left: Vec<_> = fs::read_dir(folder)
        .expect("the app's folder")
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter(|name| name.contains(".tmp") || name.contains("broken"))
        .collect();
    assert_eq!(left, Vec::<String>::new(), "killed writers leave nothing behind");
}

#[tokio::test(flavor = "multi_thread")]
async fn settings_edited_by_hand_while_it_runs_are_taken_or_named() {
    let minimax = MiniMax::start().await;
    minimax.answer(KEY, Answer::plan(71, 85));
    let mut session = Session::start().await;
    session.ask(&minimax);
    session.add_account("Default Team", KEY).await;
    let page = session.open().await;
    page.text_until("card-figure", "71 %", |text| text.contains("71")).await;
    let file = session.settings_file();
    let edit = |change: &dyn Fn(&mut Value)| {
        let text = fs::read_to_string(&file).expect("the settings");
        let mut settings: Value = serde_json::from_str(&text).expect("settings as JSON");
        change(&mut settings);
        // In place, as many editors write.
        fs::write(&file, settings.to_string()).expect("an edit");
    };

    edit(&|settings| settings["show_used"] = true.into());
    page.text_until("card-figure", "what is used", |text| text.contains("29")).await;

    edit(&|settings| {
        settings["quiet_hours"] = "late".into();
        settings["accounts"][0]["tier"] = "gold".into();
        settings["show_used"] = false.into();
    });
    page.text_until("card-figure", "what is left again", |text| text.contains("71")).await;
    let said = page.banner("settings_mended").await;
    assert!(said.contains("quiet_hours") && said.contains("tier"), "{said}");
    let text = fs::read_to_string(&file).expect("the settings");
    assert!(text.contains("late"), "the editor's text is left to be mended: {text}");

    edit(&|settings| {
        settings["quiet_hours"] = "22:00-07:00".into();
        settings["accounts"][0]["tier"] = "max".into();
    });
    page.no_banner("settings_mended").await;
    let got = session.tidemark(&["settings", "get", "quiet_hours"]).await.ended_with(0);
    assert_eq!(got.stdout.trim(), "22:00-07:00");

    fs::write(&file, "{ \"schema\": 1, \"accounts\": [ {").expect("a broken edit");
    page.banner("settings").await;
    until("the account to be there again", async || {
        let run = session.tidemark(&["account", "list", "--json"]).await;
        if run.stdout.contains("Default Team") { Ok(()) } else { Err(run.stdout) }
    })
    .await;
    page.text_until("card-figure", "still 71 %", |text| text.contains("71")).await;
    assert_eq!(session.kept("tidemark").await.len(), 1, "and the key with it");
}

#[tokio::test(flavor = "multi_thread")]
async fn settings_broken_while_it_is_off_cost_no_account() {
    let minimax = MiniMax::start().await;
    minimax.answer(KEY, Answer::plan(71, 85));
    let mut session = Session::without(&BARE).await;
    session.ask(&minimax);
    session.add_account("Default Team", KEY).await;
    let _ = session.tidemark(&["settings", "set", "quiet_hours", "22:00-07:00"]).await.ended_with(0);
    fs::write(session.settings_file(), "").expect("an emptied file");
    let run = session.tidemark(&["status", "--json"]).await.ended_with(0);
    assert_eq!(run.json()["accounts"][0]["name"], "Default Team");
    assert_eq!(run.json()["accounts"][0]["state"], "good");
    assert!(run.stderr.contains("settings.broken-"), "it says so: {run:#?}");
    let run = session.tidemark(&["settings", "get", "quiet_hours"]).await.ended_with(0);
    assert_eq!((run.stdout.trim(), run.stderr.as_str()), ("22:00-07:00", ""), "once");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_user_says_of_an_account_is_set_and_listed() {
    let minimax = MiniMax::start().await;
    minimax.answer(KEY, Answer::plan(71, 85));
    minimax.answer(PAYG, Answer::balance("10.00"));
    let mut session = Session::without(&BARE).await;
    session.ask(&minimax);
    session.add_account("Plan", KEY).await;
    let paid = session.tidemark_told(&["account", "add", "Paid"], PAYG).await;
    let _ = paid.ended_with(0);
    for (name, field, value) in [
        ("Plan", "credits", "on"),
        ("Plan", "tier", "ultra"),
        ("Plan", "high_speed", "on"),
        ("Plan", "team", "Studio"),
        ("Paid", "balance_below", "12.50"),
    ] {
        let _ = session.tidemark(&["account", "set", name, field, value]).await.ended_with(0);
    }
    let listed = session.tidemark(&["account", "list", "--json"]).await.ended_with(0).json();
    let (plan, paid) = (&listed["accounts"][0], &listed["accounts"][1]);
    assert_eq!((&plan["credits"], &plan["tier"]), (&true.into(), &"ultra".into()));
    assert_eq!((&plan["high_speed"], &plan["team"]), (&true.into(), &"Studio".into()));
    assert_eq!((&paid["balance_below"], &paid["tier"]), (&"12.50".into(), &Value::Null));
    for (name, field, value) in [
        ("Plan", "tier", "gold"),
        ("Plan", "balance_below", "5"),
        ("Paid", "balance_below", "-5"),
        ("Paid", "credits", "on"),
        ("Plan", "mood", "calm"),
        ("Nobody", "tier", "max"),
    ] {
        let run = session.tidemark(&["account", "set", name, field, value]).await.complains();
        let names_it = run.stderr.contains(if name == "Nobody" { name } else { field });
        assert!(run.code == Some(2) && names_it, "{field} {value}: {run:#?}");
    }
    let again = session.tidemark(&["account", "list", "--json"]).await.ended_with(0).json();
    assert_eq!(again, listed, "what is refused changes nothing");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_with_one_wrong_field_is_refused_by_its_name_and_changes_nothing() {
    let session = Session::without(&[Part::WindowManager, Part::Notices, Part::Tray, Part::Keyring]).await;
    let _ = session.tidemark(&["settings", "set", "quiet_hours", "22:00-07:00"]).await.ended_with(0);
    let before = session.tidemark(&["settings", "list"]).await.ended_with(0).stdout;
    let file = session.home().join("import.json");
    for (field, value) in [
        ("interval_minutes", "\"often\""),
        ("quiet_allows", "\"all\""),
        ("peak_zone", "7"),
        ("notice_peak", "\"yes\""),
        ("history_days", "100000"),
    ] {
        fs::write(&file, format!("{{ \"schema\": 1, \"show_used\": true, \"{field}\": {value} }}"))
            .expect("an import");
        let path = file.display().to_string();
        let run = session.tidemark(&["settings", "import", &path]).await.complains();
        assert!(run.code == Some(2) && run.stderr.contains(field), "{field}: {run:#?}");
        assert_eq!(session.tidemark(&["settings", "list"]).await.ended_with(0).stdout, before, "{field}");
    }
}

/// A different number from 0 to 1.6 each time.
fn chance() -> f64 {
    let spread = RandomState::new().build_hasher().finish() % 1600;
    Duration::from_millis(spread).as_secs_f64()
}
