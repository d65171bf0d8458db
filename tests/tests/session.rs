//! Tests of the harness itself: what it reports about a session is true.
#![expect(clippy::expect_used, reason = "a test fails by panicking with a message")]

use std::time::Duration;

use e2e::{Answer, MiniMax, Part, Session};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

fn keep(session: &Session, secret: &str, user: &str) -> std::process::Output {
    use std::io::Write;
    let mut command = session.command("secret-tool");
    command.args(["store", "--label=e2e", "service", "tidemark", "username", user]);
    command.stdin(std::process::Stdio::piped()).stderr(std::process::Stdio::piped());
    let mut child = command.spawn().expect("secret-tool, see tests/packages.txt");
    child.stdin.take().expect("its input").write_all(secret.as_bytes()).expect("it reads");
    child.wait_with_output().expect("it ends")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_is_kept_locked_and_read_back() {
    let session = Session::without(&[Part::Notices, Part::Tray, Part::WindowManager]).await;
    assert!(keep(&session, "sk-cp-test-0001", "an-account").status.success());
    assert_eq!(session.kept_key("an-account").await.as_deref(), Some("sk-cp-test-0001"));
    assert_eq!(session.kept_key("another").await, None);

    session.lock_keyring().await;
    assert!(!keep(&session, "sk-cp-test-0002", "another").status.success(), "a locked keyring keeps nothing");
    session.unlock_keyring().await;
    assert_eq!(session.kept("tidemark").await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_keyring_can_be_absent_hang_and_come_back_with_what_it_kept() {
    let mut session = Session::without(&[Part::Notices, Part::Tray, Part::WindowManager]).await;
    assert!(keep(&session, "sk-cp-test-0001", "an-account").status.success());

    session.stop_part(Part::Keyring);
    assert!(!session.owned("org.freedesktop.secrets").await);
    assert!(!keep(&session, "sk-cp-test-0002", "another").status.success(), "nobody is there to keep it");

    session.start_part(Part::Keyring).await;
    assert_eq!(session.kept_key("an-account").await.as_deref(), Some("sk-cp-test-0001"));

    session.hang_part(Part::Keyring);
    let asked = tokio::time::timeout(Duration::from_millis(500), session.keyring_locked()).await;
    assert!(asked.is_err(), "a hung keyring answers nothing, but: {asked:?}");
    session.resume_part(Part::Keyring);
    assert_eq!(session.keyring_locked().await, Ok(false));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_notice_is_recorded_as_shown_and_clicked_with_the_mouse() {
    let mut session = Session::without(&[Part::Keyring, Part::Tray]).await;
    let mut sent = session.command("notify-send");
    sent.args(["--app-name=e2e", "--urgency=critical", "--action=default=Open"]);
    sent.args(["Quota \"low\"", "12 % left\nof <5 hours>"]);
    let sending =
        sent.stdout(std::process::Stdio::piped()).spawn().expect("notify-send, see tests/packages.txt");

    let shown = session.notices_shown(1).await;
    assert_eq!(shown[0].app, "e2e");
    assert_eq!(shown[0].summary, "Quota \"low\"");
    assert!(shown[0].body.contains("12 % left\nof"), "{shown:?}");
    assert_eq!(shown[0].urgency, "CRITICAL");

    let window = session.window("^Dunst$").await;
    e2e::until("the notice to be painted", async || {
        let colours = session.shot().crop(session.area(window)).colours();
        if colours > 2 { Ok(()) } else { Err(format!("{colours} colours")) }
    })
    .await;

    session.click_notice().await;
    let said = sending.wait_with_output().expect("notify-send ends when its action was chosen");
    assert_eq!(String::from_utf8_lossy(&said.stdout).trim(), "default");
    session.no_notice_on_screen().await;

    session.stop_part(Part::Notices);
    assert!(session.run("notify-send", &["nobody", "sees this"]).is_err());
    session.start_part(Part::Notices).await;
    session.run("notify-send", &["seen", "again"]).expect("the daemon is back");
    assert_eq!(session.notices_shown(2).await[1].summary, "seen");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tray_item_is_found_read_clicked_and_found_again_by_a_new_host() {
    let mut session = Session::without(&[Part::Keyring, Part::Notices]).await;
    assert!(session.tray_items().await.is_empty());
    let _fixture = session.spawn(env!("CARGO_BIN_EXE_tray_item"), &[]);
    let item = session.tray().await;
    assert_eq!(item.title().await.as_deref(), Ok("waiting"));
    assert_eq!(item.tooltip().await.as_deref(), Ok("42 % left\nresets soon"));
    let picture = item.picture().await.expect("a picture");
    assert_eq!((picture.width, picture.height, &picture.argb[..4]), (22, 22, &[255, 200, 0, 0][..]));
    let menu = item.menu().await.expect("a menu");
    assert_eq!(menu.len(), 3, "{menu:?}");
    assert!(!menu[0].enabled && menu[1].separator && menu[2].enabled, "{menu:?}");

    item.choose("Check now").await;
    assert_eq!(item.title().await.as_deref(), Ok("chosen"));
    item.activate().await;
    assert_eq!(item.picture().await.expect("a picture").argb[..4], [255, 0, 200, 0]);

    session.stop_part(Part::Tray);
    assert!(session.tray_items().await.is_empty());
    session.start_part(Part::Tray).await;
    session.tray().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_scripted_minimax_answers_in_turn_goes_away_and_comes_back() {
    let mut minimax = MiniMax::start().await;
    let key = "sk-cp-test-0001";
    minimax.answers(key, [Answer::plan(71, 57), Answer::status(429).header("Retry-After", "17")]);
    let first = ask(&minimax, "/v1/token_plan/remains", key).await.expect("an answer");
    assert!(
        first.starts_with("HTTP/1.1 200 ") && first.contains("\"current_interval_remaining_percent\":71"),
        "{first}"
    );
    for _ in 0..2 {
        let next = ask(&minimax, "/v1/token_plan/remains", key).await.expect("an answer");
        assert!(next.starts_with("HTTP/1.1 429 ") && next.contains("Retry-After: 17"), "{next}");
    }
    let stranger = ask(&minimax, "/v1/token_plan/remains", "sk-cp-test-stranger").await.expect("an answer");
    assert!(stranger.contains("2049"), "{stranger}");
    let nowhere = ask(&minimax, "/v1/nowhere", key).await.expect("an answer");
    assert!(nowhere.starts_with("HTTP/1.1 404 "), "{nowhere}");
    assert_eq!(minimax.times_asked(key), 4);
    assert_eq!(minimax.asked()[0].path, "/v1/token_plan/remains");

    minimax.leave().await;
    assert!(ask(&minimax, "/v1/token_plan/remains", key).await.is_err(), "nobody listens");
    minimax.come_back().await;
    assert!(ask(&minimax, "/v1/token_plan/remains", key).await.is_ok());
}

#[tokio::test(flavor = "multi_thread")]
#[should_panic(expected = "never asked")]
async fn a_scripted_minimax_that_was_never_asked_fails_its_test() {
    drop(MiniMax::start().await);
}

#[tokio::test(flavor = "multi_thread")]
#[should_panic(expected = "must not be asked")]
async fn a_scripted_minimax_that_was_asked_against_the_rule_fails_its_test() {
    let minimax = MiniMax::that_must_not_be_asked().await;
    let _answered = ask(&minimax, "/v1/token_plan/remains", "sk-cp-test-0001").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_is_read_typed_into_clicked_and_ended() {
    let session = Session::without(&[Part::Keyring, Part::Notices, Part::Tray]).await;
    // WebKit's small test browser is used in place of the app.
    let libraries = std::fs::read_dir("/usr/lib").expect("the system's libraries").filter_map(Result::ok);
    let browser =
        libraries.map(|folder| folder.path().join("webkit2gtk-4.1/MiniBrowser")).find(|file| file.is_file());
    let page = session.drive(&browser.expect("MiniBrowser, see tests/packages.txt"), &["--automation"]).await;
    let file = session.home().join("page.html");
    std::fs::write(&file, PAGE).expect("a page");
    page.go(&format!("file://{}", file.display())).await;

    assert_eq!(page.text_of("said").await, "nothing yet");
    assert_eq!(page.attribute("said", "data-level").await, "good");
    page.type_into("word", "tide").await;
    page.click("say").await;
    page.text_until("said", "what was typed", |text| text == "tide").await;
    page.without("say").await;
    assert!(page.banner("notice:").await.contains("low water"));
    page.close(&session).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_is_found_in_files_arguments_and_environments_of_the_session() {
    let session = Session::without(&[Part::Keyring, Part::Notices, Part::Tray, Part::WindowManager]).await;
    session.nowhere("sk-cp-test-needle");
    std::fs::write(session.home().join("note"), "xx sk-cp-test-needle xx").expect("a file");
    assert_eq!(session.search("sk-cp-test-needle").len(), 1);
    let told = session.spawn("sleep", &["600.0"]);
    // A child has its parent's arguments until it has started the new program.
    e2e::until(&format!("the needle in the arguments of {}", told.pid()), async || {
        match session.search("600.0").len() {
            1 => Ok(()),
            places => Err(format!("{places} places")),
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_of_a_session_is_left_when_it_ends() {
    let session = Session::start().await;
    let folder = session.folder().to_owned();
    // A program that the test does not end.
    let forgotten = session.command("sleep").arg("600").spawn().expect("sleep");
    e2e::until("all processes of the session", async || match session.process_ids().len() {
        many if many >= 7 => Ok(()),
        few => Err(format!("{few}")),
    })
    .await;
    let before = session.process_ids();
    drop(session);
    assert!(!folder.exists());
    for pid in before {
        let state = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
        let gone = state.is_empty() || state.rsplit(") ").next().is_some_and(|rest| rest.starts_with('Z'));
        assert!(gone, "{pid} is left: {state}");
    }
    drop(forgotten);
}

const PAGE: &str = r#"<!DOCTYPE html><p data-testid="said" data-level="good">nothing yet</p>
<p data-testid="banner" data-id="notice:1">low water</p>
<input data-testid="word" value="ebb"><button data-testid="say" onclick="
document.querySelector('[data-testid=said]').textContent = document.querySelector('[data-testid=word]').value;
this.remove()">Say</button>"#;

async fn ask(minimax: &MiniMax, path: &str, key: &str) -> std::io::Result<String> {
    let address = minimax.base().trim_start_matches("http://").to_owned();
    let mut stream = tokio::net::TcpStream::connect(&address).await?;
    let request = format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {key}\r\n\r\n");
    stream.write_all(request.as_bytes()).await?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await?;
    Ok(answer)
}
