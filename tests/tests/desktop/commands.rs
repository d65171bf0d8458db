//! The other commands (explain, settings, doctor), and their messages for wrong usage.

use std::fs;

use e2e::{Answer, MiniMax, Part, Session};

const KEY: &str = "sk-cp-test-commands-8f14e45fceea167a5a";
const BARE: [Part; 3] = [Part::WindowManager, Part::Notices, Part::Tray];
const NOTHING: [Part; 4] = [Part::WindowManager, Part::Keyring, Part::Notices, Part::Tray];

#[tokio::test(flavor = "multi_thread")]
async fn wrong_use_ends_with_2_and_help_with_0() {
    let session = Session::without(&NOTHING).await;
    for wrong in [
        &["nonsense"][..],
        &["status", "--nonsense"],
        &["account"],
        &["account", "add"],
        &["settings", "set", "interval_minutes"],
        &["settings", "set", "interval_minutes", "-5"],
        &["settings", "set", "interval_minutes", "often"],
        &["settings", "set", "no_such_setting", "1"],
        &["explain", "--at", "yesterday-ish", "-"],
    ] {
        let run = session.tidemark(wrong).await;
        assert_eq!(run.code, Some(2), "{wrong:?}: {run:#?}");
        assert!(!run.stderr.trim().is_empty() && run.stdout.is_empty(), "{wrong:?}: {run:#?}");
    }
    for right in [&["--help"][..], &["status", "--help"], &["--version"], &["completions", "bash"]] {
        let run = session.tidemark(right).await.ended_with(0);
        assert!(!run.stdout.trim().is_empty(), "{right:?}: {run:#?}");
    }
    let version = session.tidemark(&["--version"]).await;
    assert!(version.stdout.starts_with("tidemark "), "{version:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn explain_reads_a_saved_answer_from_a_file_or_standard_input() {
    let session = Session::without(&NOTHING).await;
    let answer = r#"{"model_remains":[{"model_name":"general","start_time":1782381600000,"end_time":1782399600000,
        "remains_time":2669853,"current_interval_remaining_percent":10,"current_interval_status":1}],
        "base_resp":{"status_code":0,"status_msg":"success"}}"#;
    let file = session.home().join("answer.json");
    fs::write(&file, answer).expect("an answer");
    let name = file.display().to_string();
    let at = "2026-06-25T14:15:30Z";
    let from_file = session.tidemark(&["explain", &name, "--at", at, "--json"]).await.ended_with(0).json();
    assert_eq!((&from_file["schema"], &from_file["outcome"]), (&1.into(), &"quota".into()));
    let window = &from_file["rows"][0]["windows"][0];
    assert_eq!(
        (&window["used_percent"], &window["remaining_percent"]),
        (&90.into(), &10.into()),
        "{from_file:#}"
    );
    assert_eq!(window["resets_at"], "2026-06-25T15:00:00Z");
    assert_eq!(window["length_seconds"], 18000);
    for arguments in [&["explain", "--at", at, "--json"][..], &["explain", "-", "--at", at, "--json"]] {
        let piped = session.tidemark_told(arguments, answer).await.ended_with(0).json();
        assert_eq!(piped, from_file, "{arguments:?}");
    }
    let plain = session.tidemark_told(&["explain", "--at", at], answer).await.ended_with(0).stdout;
    let resets = Session::local("2026-06-25T15:00:00Z".parse().expect("a moment"), "%Y-%m-%d %H:%M");
    assert!(plain.contains(&format!("resets {resets} (in 44 min 30 s)")), "the user's clock: {plain}");

    let refused = r#"{"base_resp":{"status_code":2049,"status_msg":"invalid api key"}}"#;
    let told = session.tidemark_told(&["explain", "--json"], refused).await.ended_with(0).json();
    assert_eq!(told["failure"]["kind"], "key_rejected_or_wrong_region", "a refusal is a meaning");
    let page = ["explain", "--status", "403", "--header", "Content-Type: text/html", "--json"];
    let told = session.tidemark_told(&page, "<html>no</html>").await.ended_with(0).json();
    assert_eq!(told["failure"]["kind"], "blocked");
    let money = r#"{"available_amount":"-1.25","cash_balance":"-1.25","base_resp":{"status_code":0}}"#;
    let balance = ["explain", "--endpoint", "balance", "--region", "china", "--json"];
    let told = session.tidemark_told(&balance, money).await.ended_with(0).json();
    assert_eq!(
        (&told["balance"]["available"], &told["balance"]["currency"]),
        (&"-1.25".into(), &"CNY".into())
    );
    for garbage in ["", "not json", "\u{0}\u{1}", "[[[[[["] {
        let told = session.tidemark_told(&["explain", "--json"], garbage).await.ended_with(0).json();
        assert_eq!(told["failure"]["kind"], "unreadable", "{garbage:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn explain_ends_with_1_for_a_file_that_cannot_be_read() {
    let session = Session::without(&NOTHING).await;
    let folder = session.home().display().to_string();
    for name in ["no-such-file.json", folder.as_str()] {
        let run = session.tidemark(&["explain", name]).await.ended_with(1).complains();
        assert!(run.stderr.contains(name), "it says which file: {run:#?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn settings_are_listed_set_exported_without_keys_and_imported() {
    let minimax = MiniMax::start().await;
    minimax.answer(KEY, Answer::plan(71, 85));
    let mut session = Session::without(&BARE).await;
    session.ask(&minimax);
    session.add_account("Default Team", KEY).await;
    let listed = session.tidemark(&["settings", "list"]).await.ended_with(0);
    assert!(
        listed.stdout.contains("interval_minutes") && listed.stdout.contains("key_command"),
        "{listed:#?}"
    );
    let _ = session.tidemark(&["settings", "set", "interval_minutes", "7"]).await.ended_with(0);
    let got = session.tidemark(&["settings", "get", "interval_minutes"]).await.ended_with(0);
    assert_eq!(got.stdout.trim(), "7");

    let file = session.home().join("exported.json").display().to_string();
    let _ = session.tidemark(&["settings", "export", &file]).await.ended_with(0);
    let exported = fs::read_to_string(&file).expect("the export");
    assert!(!exported.contains("sk-cp"), "{exported}");
    let _ = session.tidemark(&["settings", "set", "interval_minutes", "9"]).await.ended_with(0);
    let _ = session.tidemark(&["settings", "import", &file]).await.ended_with(0);
    let got = session.tidemark(&["settings", "get", "interval_minutes"]).await.ended_with(0);
    assert_eq!(got.stdout.trim(), "7");
    assert_eq!(session.kept("tidemark").await.len(), 1, "an import leaves the keys alone");

    fs::write(&file, "{ broken").expect("a broken file");
    let run = session.tidemark(&["settings", "import", &file]).await.complains();
    assert!(matches!(run.code, Some(1 | 2)), "{run:#?}");
    let got = session.tidemark(&["settings", "get", "interval_minutes"]).await.ended_with(0);
    assert_eq!(got.stdout.trim(), "7", "a broken import changes nothing");
}

#[tokio::test(flavor = "multi_thread")]
async fn doctor_names_what_is_missing_on_this_desktop_and_can_be_pasted_in_public() {
    let minimax = MiniMax::that_may_be_asked().await;
    minimax.answer(KEY, Answer::plan(71, 85));
    let mut session = Session::start().await;
    session.ask(&minimax);
    session.add_account("Default Team", KEY).await;
    let all_well = session.tidemark(&["doctor", "--json"]).await;
    let _ = all_well.json();
    assert!(!all_well.stdout.contains("sk-cp"), "{all_well:#?}");
    let home = session.home().display().to_string();
    assert!(!all_well.stdout.contains(&home), "no path of the user's: {all_well:#?}");
    session.stop_part(Part::Keyring);
    session.stop_part(Part::Tray);
    let lacking = session.tidemark(&["doctor"]).await;
    let said = lacking.stdout.to_lowercase();
    assert!(said.contains("keyring") && said.contains("tray"), "{lacking:#?}");
    let well = session.tidemark(&["doctor"]).await;
    assert_eq!(lacking.code, well.code);
}
