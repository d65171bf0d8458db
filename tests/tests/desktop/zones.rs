//! Times are shown in the user's zone, from `TZ` or `/etc/localtime`, also after a change.

use std::time::Duration;

use e2e::tray::Item;
use e2e::zone::SystemZone;
use e2e::{Answer, MiniMax, Part, Session, Window, until_within};
use jiff::{SignedDuration, Timestamp};

const KEY: &str = "sk-cp-test-zones-a87ff679a2f3e71d9181a";
const NOTHING: [Part; 4] = [Part::WindowManager, Part::Keyring, Part::Notices, Part::Tray];
/// The app's timer ticks every 15 s; the machine may be busy.
const A_HEARTBEAT: Duration = Duration::from_secs(45);

#[tokio::test(flavor = "multi_thread")]
async fn tray_status_and_quiet_hours_follow_the_systems_zone_while_the_app_runs() {
    let minimax = MiniMax::start().await;
    let (window, week) = (Window::interval(71), Window::week(85));
    minimax.answer(KEY, Answer::windows(window, week));
    let mut session = Session::start().await;
    session.ask(&minimax);
    session.add_account("Default Team", KEY).await;
    let zone = SystemZone::new(&session, "Asia/Tokyo");
    let quiet = session.tidemark(&["settings", "set", "quiet_hours", &around_now("Asia/Tokyo")]).await;
    assert_eq!(quiet.code, Some(0), "{quiet:#?}");
    let _app = zone.launch(&session);
    minimax.asked_about(KEY, minimax.times_asked(KEY).max(2)).await;
    let item = session.tray().await;
    let resets_at = reset(&session).await;
    shows(&item, &clock(resets_at, "Asia/Tokyo"), Duration::from_secs(20)).await;
    let status = zone.run(&session, "unset TZ", &["status"]).ended_with(0);
    assert!(status.stdout.contains(&clock(resets_at, "Asia/Tokyo")), "{status:#?}");

    // Near the limit: would cause a notification, but not in the quiet hours of Tokyo.
    read(&item, &minimax, Answer::windows(window.left(18), week), "18 % left").await;
    read(&item, &minimax, Answer::windows(window.left(17), week), "17 % left").await;
    session.notices_shown(0).await;

    zone.set("America/New_York");
    shows(&item, &clock(resets_at, "America/New_York"), A_HEARTBEAT).await;
    let shown = session.notices_shown(1).await;
    assert!(shown[0].summary.contains("17 % left"), "the quiet hours of Tokyo are over: {shown:#?}");

    zone.set_by_copy("Asia/Kathmandu");
    shows(&item, &clock(resets_at, "Asia/Kathmandu"), A_HEARTBEAT).await;
    assert!(!session.printed().contains("cannot be read"), "{}", session.printed());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_zone_that_cannot_be_read_falls_back_to_the_systems_and_is_logged_once() {
    let minimax = MiniMax::start().await;
    let week = Window::week(85);
    minimax.answer(KEY, Answer::windows(Window::interval(71), week));
    let mut session = Session::start().await;
    session.ask(&minimax);
    session.set("TZ", "Nonsense/Zone");
    session.add_account("Default Team", KEY).await;
    let _app = session.launch_asking(&minimax, KEY).await;
    let item = session.tray().await;
    let resets_at = reset(&session).await;
    let system = jiff::tz::TimeZone::get("UTC").expect("UTC");
    let system = std::fs::read("/etc/localtime")
        .ok()
        .and_then(|bytes| jiff::tz::TimeZone::tzif("system", &bytes).ok())
        .unwrap_or(system);
    let clock = resets_at.to_zoned(system).strftime("%H:%M").to_string();
    shows(&item, &clock, Duration::from_secs(20)).await;
    for left in [70, 69, 68] {
        let answer = Answer::windows(Window::interval(left), week);
        read(&item, &minimax, answer, &format!("{left} % left")).await;
    }
    let log = session.home().join(".local/state/tidemark/tidemark.log");
    let log = std::fs::read_to_string(log).expect("the log");
    assert_eq!(log.matches("time zone cannot be read").count(), 1, "{log}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_takes_the_zone_from_tz_before_that_of_the_system_and_needs_no_zone_files() {
    let session = Session::without(&NOTHING).await;
    let zone = SystemZone::new(&session, "Asia/Tokyo");
    let hides = "mount -t tmpfs none /usr/share/zoneinfo";
    for (first, offset) in [
        ("unset TZ", 9 * 60),
        ("export TZ=Asia/Kathmandu", 5 * 60 + 45),
        ("export TZ=:Asia/Kathmandu", 5 * 60 + 45),
        ("export TZ=/usr/share/zoneinfo/Asia/Kathmandu", 5 * 60 + 45),
        ("export TZ=:/etc/localtime", 9 * 60),
        ("export TZ=NPT-5:45", 5 * 60 + 45),
        ("export TZ=", 0),
        ("export TZ=Nonsense/Zone", 9 * 60),
        ("export TZ=\"$(printf 'Asia/\\377')\"", 9 * 60),
        (&format!("unset TZ && {hides}"), 9 * 60),
        (&format!("export TZ=Asia/Kathmandu && {hides}"), 5 * 60 + 45),
        ("unset TZ && rm /etc/localtime", 0),
        ("unset TZ && rm /etc/localtime && echo nonsense > /etc/localtime", 0),
    ] {
        let (at, resets_at): (Timestamp, Timestamp) =
            ("2026-06-25T12:00:00Z".parse().expect("a moment"), "2026-06-25T15:00:00Z".parse().expect("one"));
        let answer = session.home().join("answer.json");
        let body = format!(
            r#"{{"model_remains":[{{"model_name":"general","end_time":{},"current_interval_remaining_percent":10,
            "current_interval_status":1}}],"base_resp":{{"status_code":0,"status_msg":"success"}}}}"#,
            resets_at.as_millisecond()
        );
        std::fs::write(&answer, body).expect("an answer");
        let arguments = ["explain", &answer.display().to_string(), "--at", &at.to_string()];
        let run = zone.run(&session, first, &arguments).ended_with(0);
        let offset = jiff::tz::Offset::from_seconds(offset * 60).expect("an offset").to_time_zone();
        let (then, now) = (resets_at.to_zoned(offset.clone()), at.to_zoned(offset));
        let format = if then.date() == now.date() { "resets %H:%M" } else { "resets %Y-%m-%d %H:%M" };
        assert!(run.stdout.contains(&then.strftime(format).to_string()), "{first}: {run:#?}");
        assert_eq!(run.stderr, "", "{first}");
        zone.set("Asia/Tokyo");
    }
}

/// When the five-hour window ends, as the running app has read it.
async fn reset(session: &Session) -> Timestamp {
    let account = session.account("Default Team").await;
    let resets_at = &account["rows"][0]["windows"][0]["resets_at"];
    resets_at.as_str().and_then(|at| at.parse().ok()).unwrap_or_else(|| panic!("no reset: {account:#}"))
}

fn clock(moment: Timestamp, zone: &str) -> String {
    moment.in_tz(zone).expect("a zone").strftime("%H:%M").to_string()
}

/// Quiet hours that began an hour ago and end in an hour, by the clock of a zone.
fn around_now(zone: &str) -> String {
    let (now, hour) = (Timestamp::now(), SignedDuration::from_hours(1));
    format!("{}-{}", clock(now - hour, zone), clock(now + hour, zone))
}

/// Sets the answer, makes the app ask, and waits until the tooltip has the figure.
async fn read(item: &Item, minimax: &MiniMax, answer: Answer, figure: &str) {
    minimax.answer(KEY, answer);
    minimax.asked_a_moment_ago().await;
    let before = minimax.times_asked(KEY);
    item.choose("Check now").await;
    minimax.asked_about(KEY, before + 1).await;
    shows(item, figure, Duration::from_secs(20)).await;
}

async fn shows(item: &Item, what: &str, limit: Duration) {
    until_within(limit, &format!("{what:?} in the tooltip"), async || {
        let tooltip = item.tooltip().await?;
        if tooltip.contains(what) { Ok(()) } else { Err(tooltip) }
    })
    .await;
}
